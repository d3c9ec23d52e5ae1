/*
 * meter_link: links to days of a meter's page, and how many days that page shows at once.
 */
#ifndef WL_WEB_METER_LINK_H
#define WL_WEB_METER_LINK_H

#include "web/request.h"

#define METER_POINTS_MAX \
	3200 /* that can still be drawn and read: 31 long days of quarter hours, or 2 of minutes */

int32_t meter_days_at_once(int64_t interval_minutes);
/* To these days of a series, both included. */
struct str meter_link(struct request *r, int64_t meter_id, int64_t series_id, int32_t from, int32_t to);
/* To the days of a finding: at most as many as the page shows, from the first on; of a stale meter the last
 * that is known. */
struct quality_finding;
struct str meter_link_finding(struct request *r, const struct quality_finding *f);

struct str meter_date(struct request *r, int32_t day); /* "2025-11-07" in the arena */

#endif
