/*
 * chart: a load profile as geometry for part/profile.tpl, drawn by the server as SVG.
 *
 * The markup is the template's; here are only numbers: a step line and an area under it, with gaps where
 * readings are missing (missing is not zero), ticks of both axes, and a sentence for those who cannot see it.
 * The line of another period (compare.h) lies over it, dashed and without an area.
 */
#ifndef WL_WEB_CHART_H
#define WL_WEB_CHART_H

#include "base/tz.h"
#include "web/request.h"
#include "web/view.h"

struct chart_point {
	int64_t at, end; /* the interval */
	int64_t value;   /* millionths of the unit */
	bool present;
};

struct chart {
	const struct chart_point *point;
	size_t n;
	const struct chart_point *other; /* of another period, at the places of this one; dashed */
	size_t others;
	struct str label, other_label; /* of the two, where there is another period */
	const struct tz *zone;
	struct str unit;
	struct str title;    /* "Load profile of 1 Jan 2025" */
	bool many_days;      /* label days rather than hours */
	struct str readings; /* where the same readings are to be had as JSON, for zooming; empty: nowhere */
	int64_t minutes;     /* of an interval */
};

/* Include NAME with the chart. Nothing where there are no points. */
void chart_view(struct request *r, struct view *v, const char *name, const struct chart *c);

/* "00:30", with the offset ("01:00 +00:00") where that clock shows the time twice: in the arena. */
struct str chart_clock(struct request *r, const struct tz *zone, int64_t at);

#endif
