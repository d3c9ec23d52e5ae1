/* mains: see mains.h. */
#include "web/mains.h"

#include "app/consumption.h"

#define HALF_HOUR      1800
#define HALF_HOUR_DAYS 31
#define DAYS_MAX       366
#define STEPS_A_DAY    52 /* the longest day lasts 26 hours */

struct mains {
	const int64_t *meter_ids;
	size_t meters;
	const struct tz *zone;
	bool by_day;
};

/* Where the steps of a period begin, and its end. Returns how many steps there are. */
static size_t edges_of(const struct mains *m, struct period p, int64_t *edge)
{
	size_t n = 0;

	for (int32_t day = p.from; day <= p.to; day++) {
		int64_t at = tz_day_start(m->zone, day), end = tz_day_start(m->zone, day + 1);

		edge[n++] = at;
		for (at += HALF_HOUR; !m->by_day && at < end; at += HALF_HOUR)
			edge[n++] = at;
	}
	edge[n] = tz_day_start(m->zone, p.to + 1);
	return n;
}

static enum err read_points(struct request *r, const struct mains *m, struct period p,
                            struct compare_side *side, struct str *unit)
{
	size_t most = (size_t)(p.to - p.from + 1) * (m->by_day ? 1 : STEPS_A_DAY);
	int64_t *edge = ARENA_ARRAY(r->ctx->arena, int64_t, most + 1);
	struct consumption *through = ARENA_ARRAY(r->ctx->arena, struct consumption, most);
	struct chart_point *point = ARENA_ARRAY(r->ctx->arena, struct chart_point, most);
	size_t n = edges_of(m, p, edge);
	enum err e =
	        consumption_together(r->ctx, m->meter_ids, m->meters, STR("import"), edge, n, through, unit);

	for (size_t i = 0; !e && i < n; i++)
		point[i] = (struct chart_point){edge[i], edge[i + 1], through[i].value,
		                                through[i].covered == edge[i + 1] - edge[i]};
	*side = (struct compare_side){p, point, n};
	return e;
}

/* Those that know anything of the days. */
static enum err knowing(struct request *r, const int64_t *meter_ids, size_t meters, struct mains *m,
                        struct period p)
{
	const int64_t edge[] = {tz_day_start(m->zone, p.from), tz_day_start(m->zone, p.to + 1)};
	int64_t *id = ARENA_ARRAY(r->ctx->arena, int64_t, meters);
	enum err e = OK;

	for (size_t i = 0; !e && i < meters; i++) {
		struct consumption all;
		struct str unit;

		e = consumption_between(r->ctx, meter_ids[i], STR("import"), edge, 1, &all, &unit);
		if (!e && all.covered)
			id[m->meters++] = meter_ids[i];
	}
	m->meter_ids = id;
	return e;
}

static bool any_known(const struct compare_side *side)
{
	for (size_t i = 0; i < side->n; i++)
		if (side->point[i].present)
			return true;
	return false;
}

static enum err show_compared(struct request *r, struct view *v, const struct mains *m, struct compare *c,
                              struct chart *chart)
{
	struct period days;
	struct str unit;
	bool any;
	enum err e = compare_read(r, c->shown.days, &days, &any);

	if (!e && any)
		e = read_points(r, m, days, &c->other, &unit);
	if (e || !any)
		return e;
	struct chart_point *aligned = ARENA_ARRAY(r->ctx->arena, struct chart_point, c->other.n);

	chart->other = aligned;
	chart->others = compare_align(c, aligned);
	chart->label = compare_label(r, c->shown.days);
	chart->other_label = compare_label(r, days);
	compare_view(r, v, c, aligned, chart->others);
	return OK;
}

enum err mains_view(struct request *r, struct view *v, const int64_t *meter_ids, size_t meters,
                    const struct tz *zone, struct period shown)
{
	int32_t days = shown.to - shown.from + 1;
	struct mains m = {.zone = zone, .by_day = days > HALF_HOUR_DAYS};
	struct compare c = {.zone = zone};

	if (!meters || days > DAYS_MAX)
		return OK;
	enum err e = knowing(r, meter_ids, meters, &m, shown);

	if (!e && m.meters)
		e = read_points(r, &m, shown, &c.shown, &c.unit);
	if (e == ERR_INVALID) { /* too large to add up: the rest of the page can be seen */
		r->ctx->fault = (struct fault){.code = OK};
		return OK;
	}
	if (e || !any_known(&c.shown))
		return e;
	struct view *part = view_section(v, "HAS_PROFILE");
	struct chart chart = {.point = c.shown.point,
	                      .n = c.shown.n,
	                      .zone = zone,
	                      .unit = c.unit,
	                      .many_days = days > 1,
	                      .title = str_of(arena_printf(r->ctx->arena, "Load profile of %.*s",
	                                                   STR_ARG(compare_label(r, shown))))};

	if (m.meters < meters) {
		struct view *some = view_section(part, "SOME_MAINS");

		view_int(some, "KNOWING", (int64_t)m.meters);
		view_int(some, "ALL", (int64_t)meters);
	}
	e = show_compared(r, part, &m, &c, &chart);
	chart_view(r, part, "PROFILE", &chart);
	return e;
}
