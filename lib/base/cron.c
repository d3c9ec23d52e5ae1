/* cron: see cron.h. The next time is looked for day by day: the longest way is to a 29th of February, eight
 * years off around 1900 or 2100, and a day that does not fit costs a comparison. */
#include "base/cron.h"

#include <stdio.h>

#include "base/civil.h"

#define DAYS_LOOKED (9 * 366)

struct field {
	const char *name;
	unsigned lo, hi;
	const char *words; /* three letters each, the first stands for `first` */
	unsigned first;
};

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };
static const struct field fields[FIELDS] = {
        [MINUTE] = {"minute", 0, 59, "", 0},
        [HOUR] = {"hour", 0, 23, "", 0},
        [DAY] = {"day of the month", 1, 31, "", 0},
        [MONTH] = {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec", 1},
        [WEEKDAY] = {"weekday", 0, 7, "sunmontuewedthufrisat", 0},
};

static bool value_of(const struct field *f, struct str text, unsigned *out)
{
	uint64_t n;

	if (str_to_u64(text, f->hi, &n) && n >= f->lo) {
		*out = (unsigned)n;
		return true;
	}
	for (unsigned i = 0; text.n == 3 && f->words[3 * i]; i++)
		if (str_eq_nocase(text, (struct str){f->words + 3 * i, 3})) {
			*out = f->first + i;
			return true;
		}
	return false;
}

/* "5", "1-5", "1-31/2", "*", with a step behind the asterisk too: its bits join *out. */
static bool add_item(const struct field *f, struct str item, uint64_t *out)
{
	unsigned from = f->lo, to = f->hi;
	uint64_t step = 1;
	bool stepped = str_find(item, '/') >= 0;
	struct str range = str_cut(&item, '/'), last = range;

	if (stepped && (!str_to_u64(item, f->hi, &step) || step == 0))
		return false;
	if (!str_eqz(range, "*")) {
		bool ranged = str_find(range, '-') >= 0;
		struct str first = str_cut(&last, '-');

		if (!value_of(f, first, &from) || (ranged && !value_of(f, last, &to)) || (stepped && !ranged))
			return false;
		if (!ranged)
			to = from;
		if (from > to)
			return false;
	}
	for (uint64_t i = from; i <= to; i += step)
		*out |= (uint64_t)1 << i;
	return true;
}

bool cron_parse(struct str text, struct cron *out, char why[CRON_WHY])
{
	uint64_t bits[FIELDS] = {0};
	bool any[FIELDS];
	size_t n = 0;

	for (struct str rest = str_trim(text); rest.n;) {
		size_t end = 0;

		while (end < rest.n && rest.p[end] != ' ' && rest.p[end] != '\t')
			end++;
		struct str all = str_sub(rest, 0, end);
		rest = str_trim(str_sub(rest, end, rest.n));
		if (n < FIELDS) {
			any[n] = all.p[0] == '*';
			for (struct str items = all; items.p;)
				if (!add_item(&fields[n], str_cut(&items, ','), &bits[n])) {
					(void)snprintf(
					        why, CRON_WHY,
					        "The %s of a cron expression cannot be \"%.*s\": it is %u to "
					        "%u, "
					        "a range a-b, a step */n or a-b/n, or several between commas.",
					        fields[n].name, STR_ARG(str_sub(all, 0, 30)), fields[n].lo,
					        fields[n].hi);
					return false;
				}
		}
		n++;
	}
	if (n != FIELDS) {
		(void)snprintf(
		        why, CRON_WHY,
		        "A cron expression has five fields: minute, hour, day of the month, month, weekday.");
		return false;
	}
	*out = (struct cron){.minutes = bits[MINUTE],
	                     .hours = (uint32_t)bits[HOUR],
	                     .days = (uint32_t)bits[DAY],
	                     .months = (uint32_t)bits[MONTH],
	                     .weekdays = (uint32_t)(bits[WEEKDAY] | bits[WEEKDAY] >> 7),
	                     .either_day = !any[DAY] && !any[WEEKDAY]};
	return true;
}

static bool day_fits(const struct cron *c, int32_t day)
{
	struct civil date = civil_from_day(day);
	bool by_date = c->days >> date.day & 1, by_weekday = c->weekdays >> civil_weekday(day) & 1;

	return (c->months >> date.month & 1) && (c->either_day ? by_date || by_weekday : by_date && by_weekday);
}

/* The first of that day's times that comes after an instant; 0: none. */
static int64_t next_on(const struct cron *c, const struct tz *z, int32_t day, int64_t after)
{
	int64_t at, again;

	for (int minute = 0; minute < 24 * 60; minute++) {
		if (!(c->hours >> minute / 60 & 1) || !(c->minutes >> minute % 60 & 1))
			continue;
		tz_local_to_at(z, day, minute * 60, &at, &again);
		if (at > after)
			return at;
	}
	return 0;
}

int64_t cron_next(const struct cron *c, const struct tz *z, int64_t after)
{
	int32_t today = tz_day_of(z, after);
	int64_t at = 0;

	for (int32_t day = today; !at && day < today + DAYS_LOOKED; day++)
		if (day_fits(c, day))
			at = next_on(c, z, day, after);
	return at;
}
