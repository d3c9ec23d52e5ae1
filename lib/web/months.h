/*
 * months: what went through a meter, or a property's main meters, month by month for a year, beside the year
 * before: bars drawn by the server, and the numbers in a table.
 */
#ifndef WL_WEB_MONTHS_H
#define WL_WEB_MONTHS_H

#include "base/tz.h"
#include "web/request.h"
#include "web/view.h"

/* Includes MONTHS into the view: twelve local months that end with the one of `last` (an instant). Nothing
 * where nothing is known of them. n meters are added. */
enum err months_view(struct request *r, struct view *v, const int64_t *meter_ids, size_t n, struct str channel,
                     const struct tz *zone, int64_t last);

#endif
