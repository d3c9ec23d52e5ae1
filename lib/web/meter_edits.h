/*
 * meter_edits: the edits of a meter as a part of its page: those that were made, and the form for another one.
 */
#ifndef WL_WEB_METER_EDITS_H
#define WL_WEB_METER_EDITS_H

#include "app/series.h"
#include "base/tz.h"
#include "web/frame.h"

/* The days of a series that the page shows: the form starts with them. `refused`: what was wrong with the form
 * as it was sent (code 0: nothing was). */
struct meter_edits {
	const struct series *series;
	const struct tz *zone;
	int64_t property_id;
	int32_t from, to;
	const struct fault *refused;
};
enum err meter_edits_view(struct request *r, struct view *v, const struct meter_edits *m);

#endif
