/*
 * export_period: the days that a scheduled export is of, told from the day on which it is due: "the last 7
 * days", "last month". Days that are over are whole; only what goes "to date" has the day itself in it.
 */
#ifndef WL_APP_EXPORT_PERIOD_H
#define WL_APP_EXPORT_PERIOD_H

#include "base/str.h"

#define EXPORT_PERIOD_DAYS_MAX 3660

struct export_period {
	const char *name, *title;
};
extern const struct export_period export_periods[];
extern const size_t export_periods_count;

/* The first and the last day. `n`: of the period "days". False: there is no such period. */
bool export_period_range(struct str period, int64_t n, int32_t today, int32_t *first, int32_t *last);
/* The same in words: "The last 7 days". */
#define EXPORT_PERIOD_TEXT 64
void export_period_text(struct str period, int64_t n, char out[EXPORT_PERIOD_TEXT]);

#endif
