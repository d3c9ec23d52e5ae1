/* bars: see bars.h. */
#include "web/bars.h"

#include "base/rec.h"
#include "web/axis.h"

#define GAP 0.2 /* of a bar's place, on either side of it */

void bars_view(struct request *r, struct view *v, const char *name, const struct bars *b)
{
	double low = 0, high = 0, wide = (AXIS_WIDTH - AXIS_LEFT - AXIS_RIGHT) / (double)(b->n ? b->n : 1);
	bool any = false;

	for (size_t i = 0; i < b->n; i++) {
		double value = (double)b->bar[i].value;

		if (b->bar[i].value == REC_NONE)
			continue;
		any = true;
		low = value < low ? value : low;
		high = value > high ? value : high;
	}
	if (!any)
		return;
	struct view *part = view_include(v, name, "part/bars.tpl");
	struct axis a = axis_of(low, high);

	view_setz(part, "ID", b->id);
	view_setz(part, "TITLE", b->title);
	axis_view(r, part, &a);
	for (size_t i = 0; i < b->n; i++) {
		struct view *tick = view_section(part, "X_TICK");
		double x = AXIS_LEFT + wide * (double)i;

		axis_set(r, tick, "X", x + wide / 2);
		view_set(tick, "LABEL", b->bar[i].label);
		if (b->bar[i].value != REC_NONE)
			axis_bar(r, part, "BAR", &a, x + wide * GAP, wide * (1 - 2 * GAP), b->bar[i].value);
	}
}
