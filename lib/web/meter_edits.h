/*
 * meter_edits: the edits of a meter as a part of its page: those that were made, and the form for another one.
 */
#ifndef WL_WEB_METER_EDITS_H
#define WL_WEB_METER_EDITS_H

#include "app/series.h"
#include "base/tz.h"
#include "web/frame.h"

/* The days of a series that the page shows: the form starts with them. NULL: no series shows (all is excluded,
 * perhaps by these edits), so there is no form. `refused`: what was wrong with the form as it was sent (code 0:
 * nothing was). */
struct meter_edits {
	int64_t meter_id, property_id;
	const struct tz *zone;
	const struct series *series;
	int32_t from, to;
	const struct fault *refused;
};
enum err meter_edits_view(struct request *r, struct view *v, const struct meter_edits *m);

#endif
