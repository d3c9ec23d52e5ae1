/*
 * cron: "30 6 * * mon-fri": when, in five fields, as crontab(5) knows them.
 *
 * minute (0-59), hour (0-23), day of the month (1-31), month (1-12 or jan-dec), weekday (0-7 or sun-sat; 0 and
 * 7 are Sunday). A field is a list, between commas, of numbers, ranges a-b, and steps: a-b/n or * with /n.
 * Where both days are restricted (neither begins with *), either is enough, as cron has always had it.
 *
 * The clock is that of a time zone. What falls into the hour that is skipped in spring comes at the first
 * minute after it, once; what falls into the hour that is repeated in autumn comes in the first of the two,
 * once.
 */
#ifndef WL_BASE_CRON_H
#define WL_BASE_CRON_H

#include "base/tz.h"

struct cron {
	uint64_t minutes; /* a bit for each */
	uint32_t hours, days, months, weekdays;
	bool either_day; /* a day of the month or a weekday is enough */
};

#define CRON_WHY 240
/* False: `why` is a sentence about what is wrong, with the field's name. */
bool cron_parse(struct str text, struct cron *out, char why[CRON_WHY]);
/* The first instant after `after`; 0: there is none, such as the 30th of February. */
int64_t cron_next(const struct cron *c, const struct tz *z, int64_t after);

#endif
