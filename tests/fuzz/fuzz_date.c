/* date: what is taken is a day of the calendar, and formatted it is read as the same day in any order; instants
 * and times stay in their ranges. */
#include "base/civil.h"
#include "codec/date.h"
#include "fuzz.h"

static void day_is_a_day(int32_t day)
{
	struct civil c = civil_from_day(day);
	char text[CIVIL_DATE_TEXT];
	int32_t again;

	FUZZ_CHECK(civil_valid(c.year, c.month, c.day));
	civil_format_day(day, text);
	FUZZ_CHECK(civil_parse_day(str_of(text), &again) && again == day);
	for (int order = DATE_DMY; order <= DATE_YMD; order++)
		FUZZ_CHECK(date_parse_day(str_of(text), (struct date_form){(enum date_order)order, 0},
		                          &again) == DATE_OK &&
		           again == day);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = {(const char *)data, size};
	struct date_votes v = {0};
	char text[CIVIL_TIME_TEXT];
	int32_t day = -1, seconds = -1;
	int64_t at, again;
	bool certain;

	for (int order = DATE_DMY; order <= DATE_YMD; order++)
		if (date_parse_day(s, (struct date_form){(enum date_order)order, 2025}, &day) == DATE_OK)
			day_is_a_day(day);
	if (civil_parse_day(s, &day))
		day_is_a_day(day);
	if (date_parse_time(s, &seconds) || date_parse_bare_time(s, true, &seconds) ||
	    date_parse_bare_time(s, false, &seconds))
		FUZZ_CHECK(seconds >= 0 && seconds <= 86400);
	if (civil_parse_at(s, &at)) {
		civil_format_at(at, text);
		/* an offset may carry it over the ends of the years that can be written */
		FUZZ_CHECK(civil_parse_at(str_of(text), &again));
		FUZZ_CHECK(again == at || at < INT64_C(-62135596800) || at > INT64_C(253402300799));
	}
	for (struct str rest = s; rest.p;)
		date_vote(&v, str_cut(&rest, '\n'));
	(void)date_guess_order(&v, &certain);
	return 0;
}
