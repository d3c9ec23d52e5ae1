/* date: the forms, the days that are not, times of day, and whose turn it is to be the month. */
#include "codec/date.h"
#include "unit.h"

static const struct {
	const char *text;
	enum date_order order;
	enum date_result result;
	const char *day;
} cases[] = {
        {"2025-11-07", DATE_DMY, DATE_OK, "2025-11-07"},
        {"2025-11-07", DATE_MDY, DATE_OK, "2025-11-07"},
        {"2025/11/07", DATE_DMY, DATE_OK, "2025-11-07"},
        {"2025/1/7", DATE_DMY, DATE_OK, "2025-01-07"},
        {"20251107", DATE_MDY, DATE_OK, "2025-11-07"},
        {"07/11/2025", DATE_DMY, DATE_OK, "2025-11-07"},
        {"11/07/2025", DATE_MDY, DATE_OK, "2025-11-07"},
        {"7/11/2025", DATE_DMY, DATE_OK, "2025-11-07"},
        {"07-11-2025", DATE_DMY, DATE_OK, "2025-11-07"},
        {"07.11.2025", DATE_DMY, DATE_OK, "2025-11-07"},
        {"07.11.25", DATE_DMY, DATE_OK, "2025-11-07"},
        {"07/11/25", DATE_DMY, DATE_OK, "2025-11-07"},
        {"11/07/25", DATE_MDY, DATE_OK, "2025-11-07"},
        {"25-11-07", DATE_YMD, DATE_OK, "2025-11-07"},
        {"07/11/2025", DATE_YMD, DATE_OK, "2025-11-07"},
        {"  07/11/2025\t", DATE_DMY, DATE_OK, "2025-11-07"},
        {"07/11/2025 00:00", DATE_DMY, DATE_OK, "2025-11-07"},
        {"07/11/2025  0:00:00 ", DATE_DMY, DATE_OK, "2025-11-07"},
        {"2025-11-07T00:00:00", DATE_DMY, DATE_OK, "2025-11-07"},
        {"20251107 00:00", DATE_DMY, DATE_OK, "2025-11-07"},
        {"29/02/2024", DATE_DMY, DATE_OK, "2024-02-29"},
        {"31/02/2025", DATE_DMY, DATE_NO_SUCH, NULL},
        {"29/02/2025", DATE_DMY, DATE_NO_SUCH, NULL},
        {"2025-13-01", DATE_DMY, DATE_NO_SUCH, NULL},
        {"13/13/2025", DATE_MDY, DATE_NO_SUCH, NULL},
        {"25/12/2025", DATE_MDY, DATE_NO_SUCH, NULL},
        {"00/00/0000", DATE_DMY, DATE_NO_SUCH, NULL},
        {"20251301", DATE_DMY, DATE_NO_SUCH, NULL},
        {"", DATE_DMY, DATE_BAD, NULL},
        {"hello", DATE_DMY, DATE_BAD, NULL},
        {"07/11-2025", DATE_DMY, DATE_BAD, NULL},
        {"07/11", DATE_DMY, DATE_OK, "2026-11-07"},
        {"07/11/0", DATE_DMY, DATE_OK, "2026-11-07"},
        {"11/07", DATE_MDY, DATE_OK, "2026-11-07"},
        {"29/02", DATE_DMY, DATE_NO_SUCH, NULL},
        {"07-11", DATE_DMY, DATE_BAD, NULL},
        {"07/11/1", DATE_DMY, DATE_BAD, NULL},
        {"07/11/", DATE_DMY, DATE_BAD, NULL},
        {"07/11/2025/1", DATE_DMY, DATE_BAD, NULL},
        {"07/11/202", DATE_DMY, DATE_BAD, NULL},
        {"007/11/2025", DATE_DMY, DATE_BAD, NULL},
        {"07/11/02025", DATE_DMY, DATE_BAD, NULL},
        {"2025-011-07", DATE_DMY, DATE_BAD, NULL},
        {"07:11:2025", DATE_DMY, DATE_BAD, NULL},
        {"-7/11/2025", DATE_DMY, DATE_BAD, NULL},
        {"07/11/2025 00:30", DATE_DMY, DATE_BAD, NULL},
        {"07/11/2025x", DATE_DMY, DATE_BAD, NULL},
        {"2025110", DATE_DMY, DATE_BAD, NULL},
        {"202511070", DATE_DMY, DATE_BAD, NULL},
        {"1200000000001", DATE_DMY, DATE_BAD, NULL},
        {"45000", DATE_DMY, DATE_OK, "2023-03-15"},
        {"45000.0", DATE_DMY, DATE_OK, "2023-03-15"},
        {"45000.00001", DATE_DMY, DATE_OK, "2023-03-15"},
        {"45000.5", DATE_DMY, DATE_BAD, NULL},
        {"4500", DATE_DMY, DATE_BAD, NULL},
        {"36525", DATE_DMY, DATE_BAD, NULL},
        {"73051", DATE_DMY, DATE_BAD, NULL},
        {"4.5E+04", DATE_DMY, DATE_BAD, NULL},
        {"Nov  7 2025 12:00AM", DATE_DMY, DATE_OK, "2025-11-07"},
        {" 7 Nov 2025", DATE_DMY, DATE_OK, "2025-11-07"},
};

static void dates(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int32_t day = -999;
		char text[CIVIL_DATE_TEXT];
		struct date_form form = {cases[i].order, 2026};
		enum date_result r = date_parse_day(str_of(cases[i].text), form, &day);
		civil_format_day(day, text);
		if (r != cases[i].result || (cases[i].day ? strcmp(text, cases[i].day) != 0 : day != -999))
			fail_msg("\"%s\": result %d, %s", cases[i].text, (int)r, text);
	}
}

static void times(void **state)
{
	static const struct {
		const char *text;
		int32_t seconds; /* -1: refused */
	} c[] = {
	        {"00:30", 1800},
	        {"0:30", 1800},
	        {"00:30:00", 1800},
	        {" 23:59:59 ", 86399},
	        {"24:00", 86400},
	        {"24:00:00", 86400},
	        {"24:01", -1},
	        {"24:00:01", -1},
	        {"25:00", -1},
	        {"12:60", -1},
	        {"12:00:60", -1},
	        {"12", -1},
	        {"12:", -1},
	        {"12:5", -1},
	        {"12:000", -1},
	        {"012:00", -1},
	        {"12:00:", -1},
	        {"12:00:0", -1},
	        {"12:00:00x", -1},
	        {"-1:00", -1},
	        {"", -1},
	        {":30", -1},
	        {"12.30", -1},
	        {"30:00.0", 1800},
	        {"00:00.0", 0},
	        {"61:00.0", -1},
	        {"1:30 pm", 48600},
	        {"12:00 a.m.", 0},
	        {"00:00 - 00:30", 0},
	        {"23:30-00:00", 84600},
	        {"pm", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
		int32_t seconds = -1;
		if (date_parse_time(str_of(c[i].text), &seconds) != (c[i].seconds >= 0) ||
		    seconds != c[i].seconds)
			fail_msg("\"%s\": %d", c[i].text, seconds);
	}
}

static void guesses(void **state)
{
	static const struct {
		const char *texts[4];
		enum date_order order;
		bool certain;
	} c[] = {
	        {{"01/02/2025", "13/02/2025"}, DATE_DMY, true},
	        {{"01/02/2025", "02/13/2025"}, DATE_MDY, true},
	        {{"01/02/2025", "03/04/2025"}, DATE_DMY, false},
	        {{"2025-01-13", "2025-02-01"}, DATE_YMD, true},
	        {{"2025-01-13", "total"}, DATE_YMD, true},
	        {{"20250113"}, DATE_YMD, true},
	        {{"13/01/2025", "01/13/2025"}, DATE_DMY, false},
	        {{"2025-01-13", "01/13/2025"}, DATE_MDY, true},
	        {{"hello"}, DATE_DMY, false},
	        {{NULL}, DATE_DMY, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
		struct date_votes v = {0};
		bool certain = !c[i].certain;
		for (size_t k = 0; k < 4 && c[i].texts[k]; k++)
			date_vote(&v, str_of(c[i].texts[k]));
		if (date_guess_order(&v, &certain) != c[i].order || certain != c[i].certain)
			fail_msg("case %zu", i);
	}
}

/* Every day of a century in every form. */
static void all_days(void **state)
{
	(void)state;
	for (int32_t day = 10957; day < 10957 + 36525; day++) {
		struct civil c = civil_from_day(day);
		char text[7][32];
		const enum date_order order[7] = {DATE_YMD, DATE_DMY, DATE_DMY, DATE_MDY,
		                                  DATE_DMY, DATE_DMY, DATE_YMD};
		(void)snprintf(text[0], 32, "%04d-%02d-%02d", c.year, c.month, c.day);
		(void)snprintf(text[1], 32, "%04d%02d%02d", c.year, c.month, c.day);
		(void)snprintf(text[2], 32, "%02d/%02d/%04d", c.day, c.month, c.year);
		(void)snprintf(text[3], 32, "%d/%d/%04d", c.month, c.day, c.year);
		(void)snprintf(text[4], 32, "%02d.%02d.%02d", c.day, c.month, c.year % 100);
		(void)snprintf(text[5], 32, "%d-%d-%02d 00:00:00", c.day, c.month, c.year % 100);
		(void)snprintf(text[6], 32, "%02d-%02d-%02d", c.year % 100, c.month, c.day);
		for (int i = 0; i < 7; i++) {
			int32_t got = 0;
			if (date_parse_day(str_of(text[i]), (struct date_form){order[i], 0}, &got) != DATE_OK ||
			    got != day)
				fail_msg("%s", text[i]);
		}
	}
}

/* The short way for plain forms says what the long one says: a second blank before the time leads there. */
static void short_and_long_way(void **state)
{
	static const char letters[] = "0123456789012345678901234567890123/-.: TZ";
	uint64_t seed = unit_seed();

	(void)state;
	for (int i = 0; i < 2000000; i++) {
		char text[24] = "13/01/2025 10:30:00Z";
		char other[48];
		const bool year_first = unit_below(&seed, 2);
		if (year_first)
			(void)snprintf(text, sizeof text, "2025-01-13T10:30:00Z");
		text[unit_below(&seed, 2) ? 20 : unit_below(&seed, 2) ? 19 : 16] = '\0';
		for (uint64_t n = unit_below(&seed, 4); n; n--)
			text[unit_below(&seed, strlen(text))] = letters[unit_below(&seed, sizeof letters - 1)];
		if (text[10] != ' ' && text[10] != 'T')
			continue;
		(void)snprintf(other, sizeof other, "%.10s%c %s", text, text[10], text + 11);
		struct date_moment a = {0}, b = {0};
		struct date_form order = {(enum date_order)unit_below(&seed, 3), 0};
		enum date_result x = date_parse_moment(str_of(text), order, &a);
		enum date_result y = date_parse_moment(str_of(other), order, &b);
		if (x != y ||
		    (x == DATE_OK && (a.day != b.day || a.seconds != b.seconds || a.timed != b.timed ||
		                      a.has_offset != b.has_offset || a.offset != b.offset)))
			fail_msg("\"%s\" is %d, \"%s\" is %d", text, (int)x, other, (int)y);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(dates),
	        cmocka_unit_test(times),
	        cmocka_unit_test(guesses),
	        cmocka_unit_test(all_days),
	        cmocka_unit_test(short_and_long_way),
	};

	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
