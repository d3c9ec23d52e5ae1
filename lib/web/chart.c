/*
 * chart: geometry of the load profile; see chart.h.
 *
 * Doubles are fine here: they place pixels, and no number that is shown comes out of them but the axis labels,
 * which are multiples of 1, 2 or 5 times a power of ten.
 */
#include <stdio.h>

#include "base/civil.h"
#include "base/decimal.h"
#include "web/axis.h"
#include "web/chart.h"
#include "web/frame.h"

#define PATH_LIMIT ((size_t)2 << 20)

struct scale {
	int64_t from, to; /* instants */
	struct axis y;
};

static double x_of(const struct scale *s, int64_t at)
{
	return AXIS_LEFT +
	       (AXIS_WIDTH - AXIS_LEFT - AXIS_RIGHT) * (double)(at - s->from) / (double)(s->to - s->from);
}

static void stretch(const struct chart_point *p, size_t n, double *low, double *high)
{
	for (size_t i = 0; i < n; i++) {
		double v = p[i].present ? (double)p[i].value : 0;

		*low = v < *low ? v : *low;
		*high = v > *high ? v : *high;
	}
}

static struct scale scale_of(const struct chart *c)
{
	struct scale s = {c->point[0].at, c->point[c->n - 1].end, {0, 0, 0}};
	double low = 0, high = 0;

	stretch(c->point, c->n, &low, &high);
	stretch(c->other, c->others, &low, &high);
	s.y = axis_of(low, high);
	if (c->others && c->other[0].at < s.from)
		s.from = c->other[0].at;
	if (c->others && c->other[c->others - 1].end > s.to)
		s.to = c->other[c->others - 1].end;
	return s;
}

struct str chart_clock(struct request *r, const struct tz *zone, int64_t at)
{
	int32_t offset = tz_offset_at(zone, at), day = tz_day_of(zone, at);
	int32_t second = (int32_t)(at + offset - (int64_t)day * 86400);
	int64_t first, again;
	int shown = tz_local_to_at(zone, day, second, &first, &again);

	if (shown < 2)
		return str_of(arena_printf(r->ctx->arena, "%02d:%02d", second / 3600, second / 60 % 60));
	return str_of(arena_printf(r->ctx->arena, "%02d:%02d %c%02d:%02d", second / 3600, second / 60 % 60,
	                           offset < 0 ? '-' : '+', (offset < 0 ? -offset : offset) / 3600,
	                           (offset < 0 ? -offset : offset) / 60 % 60));
}

/* A run of present points as a step line; `close`: down to zero and back, for the area. */
static void put_run(struct buf *b, const struct scale *s, const struct chart_point *p, size_t n, bool close)
{
	if (close)
		buf_printf(b, "M%.1f %.1fV%.1f", x_of(s, p[0].at), axis_y(&s->y, 0),
		           axis_y(&s->y, (double)p[0].value));
	else
		buf_printf(b, "M%.1f %.1f", x_of(s, p[0].at), axis_y(&s->y, (double)p[0].value));
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "V%.1fH%.1f", axis_y(&s->y, (double)p[i].value), x_of(s, p[i].end));
	if (close)
		buf_printf(b, "V%.1fZ", axis_y(&s->y, 0));
}

static struct str path_of(struct request *r, const struct chart_point *p, size_t all, const struct scale *s,
                          bool close)
{
	struct buf b;
	struct str out;

	buf_init(&b, PATH_LIMIT);
	for (size_t i = 0; i < all;) {
		size_t n = 0;

		/* days that are not stored at all leave a hole in the points */
		while (i + n < all && p[i + n].present && (n == 0 || p[i + n].at == p[i + n - 1].end))
			n++;
		if (n > 0)
			put_run(&b, s, &p[i], n, close);
		i += n ? n : 1;
	}
	out = b.over ? STR("") : arena_str(r->ctx->arena, buf_str(&b));
	buf_free(&b);
	return out;
}

/* Every third full hour of one day, or the first instant of (some) days. */
static void x_ticks(struct request *r, struct view *v, const struct chart *c, const struct scale *s)
{
	int32_t first = tz_day_of(c->zone, s->from), last = tz_day_of(c->zone, s->to - 1);
	int32_t each = c->many_days ? (last - first) / 10 + 1 : 1;
	int64_t step = c->many_days ? 86400 : 3 * 3600;

	for (int32_t day = first; day <= last + 1; day += each) {
		for (int32_t second = 0; second < 86400; second += (int32_t)step) {
			int64_t at, again;
			struct view *tick;
			char date[CIVIL_DATE_TEXT];

			if (tz_local_to_at(c->zone, day, second, &at, &again) == 0 || at < s->from ||
			    at > s->to)
				continue;
			tick = view_section(v, "X_TICK");
			axis_set(r, tick, "X", x_of(s, at));
			civil_format_day(day, date);
			view_set(tick, "LABEL",
			         c->many_days ? arena_str(r->ctx->arena, str_of(date + 5))
			                      : chart_clock(r, c->zone, at));
		}
	}
}

/* One sentence that says what the picture shows. */
static void describe(struct request *r, struct view *v, const struct chart *c)
{
	const struct chart_point *peak = NULL;
	size_t missing = 0;
	char text[DEC_TEXT], date[CIVIL_DATE_TEXT];

	for (size_t i = 0; i < c->n; i++) {
		if (!c->point[i].present)
			missing++;
		else if (!peak || c->point[i].value > peak->value)
			peak = &c->point[i];
	}
	view_set(v, "TITLE", c->title);
	if (!peak) {
		view_setz(v, "DESC", "There are no readings in this range.");
		return;
	}
	dec_format(peak->value, text);
	civil_format_day(tz_day_of(c->zone, peak->at), date);
	view_setz(v, "DESC",
	          arena_printf(r->ctx->arena,
	                       "%zu readings, %zu missing. The highest is %s %.*s at %.*s on %s.%s%.*s All "
	                       "numbers are in the table.",
	                       c->n - missing, missing, text, STR_ARG(c->unit),
	                       STR_ARG(chart_clock(r, c->zone, peak->at)), date,
	                       c->other_label.n ? " The dashed line is " : "", STR_ARG(c->other_label)));
}

void chart_view(struct request *r, struct view *v, const char *name, const struct chart *c)
{
	struct scale s;
	struct view *chart;

	if (c->n == 0)
		return;
	s = scale_of(c);
	chart = view_include(v, name, "part/profile.tpl");
	describe(r, chart, c);
	view_set(chart, "UNIT", c->unit);
	view_set(chart, "LINE", path_of(r, c->point, c->n, &s, false));
	view_set(chart, "AREA", path_of(r, c->point, c->n, &s, true));
	if (c->other_label.n) {
		view_set(view_section(chart, "OTHER"), "OTHER_LINE",
		         path_of(r, c->other, c->others, &s, false));
		view_set(chart, "LABEL", c->label);
		view_set(view_section(chart, "LEGEND"), "OTHER_LABEL", c->other_label);
	}
	axis_view(r, chart, &s.y);
	x_ticks(r, chart, c, &s);
	if (!c->readings.n)
		return;
	struct view *zoom = view_section(chart, "ZOOM");

	view_set(zoom, "READINGS", c->readings);
	view_setz(zoom, "ZONE", tz_name(c->zone));
	view_int(zoom, "MINUTES", c->minutes);
	view_set(zoom, "SCRIPT", frame_asset(r, "uplot.js"));
	view_set(zoom, "STYLE", frame_asset(r, "uplot.css"));
	view_set(chart, "ZOOM_URL", frame_asset(r, "zoom.js"));
	view_show(chart, "ZOOM_SCRIPT");
}
