/* axis: see axis.h. Doubles place pixels; no number that is shown comes out of them but the labels of the
 * steps. */
#include "web/axis.h"

#include <math.h>
#include <stdio.h>

#include "base/decimal.h"

struct axis axis_of(double low, double high)
{
	struct axis a = {low < 0 ? low : 0, high > 0 ? high : 0, 1};
	double raw, power;

	if (a.high - a.low < 1)
		a.high = DEC_ONE;
	raw = (a.high - a.low) / 4;
	power = pow(10, floor(log10(raw)));
	a.step = raw <= power       ? power
	         : raw <= 2 * power ? 2 * power
	         : raw <= 5 * power ? 5 * power
	                            : 10 * power;
	a.step = a.step < 1 ? 1 : a.step;
	a.low = floor(a.low / a.step) * a.step;
	a.high = ceil(a.high / a.step) * a.step;
	return a;
}

double axis_y(const struct axis *a, double value)
{
	return AXIS_TOP + (AXIS_HEIGHT - AXIS_TOP - AXIS_BOTTOM) * (a->high - value) / (a->high - a->low);
}

void axis_set(struct request *r, struct view *v, const char *name, double value)
{
	view_setz(v, name, arena_printf(r->ctx->arena, "%.1f", value));
}

void axis_view(struct request *r, struct view *v, const struct axis *a)
{
	char text[DEC_TEXT];

	axis_set(r, v, "WIDTH", AXIS_WIDTH);
	axis_set(r, v, "HEIGHT", AXIS_HEIGHT);
	axis_set(r, v, "LEFT", AXIS_LEFT);
	axis_set(r, v, "LABEL_X", AXIS_LEFT - 8);
	axis_set(r, v, "RIGHT", AXIS_WIDTH - AXIS_RIGHT);
	axis_set(r, v, "TOP", AXIS_TOP);
	axis_set(r, v, "BOTTOM", AXIS_HEIGHT - AXIS_BOTTOM);
	axis_set(r, v, "LABEL_Y", AXIS_HEIGHT - AXIS_BOTTOM + 20);
	for (double at = a->low; at <= a->high + a->step / 2; at += a->step) {
		struct view *tick = view_section(v, "Y_TICK");

		if (fabs(at) < (double)INT64_MAX)
			dec_format(llround(at), text);
		else /* the mark over the largest reading that there can be */
			snprintf(text, sizeof(text), "%.0f", at / DEC_ONE);
		axis_set(r, tick, "Y", axis_y(a, at));
		axis_set(r, tick, "TEXT_Y", axis_y(a, at) + 4);
		view_set(tick, "LABEL", arena_str(r->ctx->arena, str_of(text)));
		if (fabs(at) < a->step / 2)
			view_show(tick, "ZERO");
	}
}

void axis_bar(struct request *r, struct view *v, const char *name, const struct axis *a, double x, double width,
              int64_t value)
{
	double zero = axis_y(a, 0), y = axis_y(a, (double)value);
	struct view *bar = view_section(v, name);

	axis_set(r, bar, "X", x);
	axis_set(r, bar, "BAR_WIDTH", width);
	axis_set(r, bar, "Y", y < zero ? y : zero);
	axis_set(r, bar, "BAR_HEIGHT", y < zero ? zero - y : y - zero);
}
