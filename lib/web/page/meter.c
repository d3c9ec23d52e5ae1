/*
 * meter: one meter, its series, its days, and the readings of a chosen day or range as a load profile and a
 * table.
 *
 * Days are local days of the meter's zone and have as many intervals as they last: 46, 48 or 50 half hours. A
 * range is as long as can still be drawn and read; each single reading is listed for a week at most.
 */
#include <stdio.h>

#include "app/meter.h"
#include "app/reading.h"
#include "app/register.h"
#include "app/series.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "web/chart.h"
#include "web/compare.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/heatmap.h"
#include "web/meter_edits.h"
#include "web/meter_link.h"
#include "web/months.h"

#define TABLE_DAYS  7
#define LONGEST_DAY 1560 /* minutes */
#define DAYS_LISTED 31

struct range {
	const struct series *series;
	const struct tz *zone;
	int32_t from, to;
	struct chart_point *point;
	char *quality;
	size_t n, cap;
	int64_t total;
	bool total_fits;
	size_t present;
};

static bool collect(void *arg, const struct series_day *d, struct str batch)
{
	struct range *g = arg;
	int64_t start = tz_day_start(g->zone, d->day), step = g->series->interval_minutes * 60;
	int64_t end = start + tz_day_seconds(g->zone, d->day);

	(void)batch;
	for (size_t i = 0; i < d->n && g->n < g->cap; i++) {
		struct chart_point *p = &g->point[g->n];

		p->at = start + (int64_t)i * step;
		p->end = p->at + step < end ? p->at + step : end;
		p->value = d->value[i];
		p->present = d->quality[i] != 0;
		g->quality[g->n++] = d->quality[i];
		if (p->present)
			g->total_fits = g->total_fits && dec_add(g->total, p->value, &g->total);
		g->present += p->present;
	}
	return true;
}

static struct str total_text(struct request *r, bool fits, int64_t total)
{
	return fits ? frame_decimal(r, total) : STR("too large");
}

/* from and to of the query; the last day with readings where they are not given. */
static enum err read_range(struct request *r, const struct series *s, int32_t *from, int32_t *to)
{
	struct str a = form_get(&r->query, "from"), b = form_get(&r->query, "to");
	int32_t most = meter_days_at_once(s->interval_minutes);

	*to = (int32_t)s->last_day;
	if (b.n > 0 && !civil_parse_day(b, to))
		return ctx_fail(r->ctx, ERR_INVALID, "to", "\"to\" is a date such as 2025-11-07.");
	*from = s->interval_minutes < 1440 || b.n > 0 ? *to : *to - 30;
	if (a.n > 0 && !civil_parse_day(a, from))
		return ctx_fail(r->ctx, ERR_INVALID, "from", "\"from\" is a date such as 2025-11-07.");
	if (a.n > 0 && b.n == 0)
		*to = *from;
	if (*from > *to)
		return ctx_fail(r->ctx, ERR_INVALID, "from", "The range begins after its end.");
	if (*to - *from >= most)
		return ctx_fail(r->ctx, ERR_INVALID, "from", "At most %d days can be shown at once.", most);
	return OK;
}

static struct str range_link(struct request *r, const struct series *s, int32_t from, int32_t to)
{
	return meter_link(r, s->meter_id, s->id, from, to);
}

static void show_series(struct request *r, struct view *v, const struct series *all, size_t n,
                        const struct series *here)
{
	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(v, "SERIES");

		view_rec(row, &series_desc, &all[i]);
		view_set(row, "HREF",
		         request_printf_link(r, "/admin/meters/%lld?series=%lld", (long long)all[i].meter_id,
		                             (long long)all[i].id));
		view_setz(row, "LENGTH",
		          all[i].interval_minutes == 1440 ? "daily"
		          : all[i].interval_minutes == 30 ? "half-hourly"
		                                          : arena_printf(r->ctx->arena, "every %lld min",
		                                                         (long long)all[i].interval_minutes));
		if (&all[i] == here)
			view_show(row, "HERE");
	}
}

static void show_readings(struct request *r, struct view *v, const struct range *g)
{
	struct view *table;
	bool dates = g->from != g->to;

	if (g->to - g->from >= TABLE_DAYS && g->series->interval_minutes < 1440) {
		view_int(view_section(v, "TOO_MANY"), "DAYS", TABLE_DAYS);
		return;
	}
	table = view_section(v, "READINGS");
	view_set(table, "UNIT", g->series->unit);
	for (size_t i = 0; i < g->n; i++) {
		struct view *row = view_section(table, "READING");
		const struct chart_point *p = &g->point[i];
		struct str date = meter_date(r, tz_day_of(g->zone, p->at)),
		           clock = chart_clock(r, g->zone, p->at);
		char *iso = arena_alloc(r->ctx->arena, CIVIL_TIME_TEXT);

		civil_format_at(p->at, iso);
		view_setz(row, "ISO", iso);
		if (g->series->interval_minutes == 1440)
			view_set(row, "WHEN", date);
		else if (dates)
			view_setz(row, "WHEN",
			          arena_printf(r->ctx->arena, "%.*s %.*s", STR_ARG(date), STR_ARG(clock)));
		else
			view_set(row, "WHEN", clock);
		view_setz(row, "QUALITY", reading_quality_name(g->quality[i]));
		if (p->present)
			view_set(view_section(row, "PRESENT"), "VALUE", frame_decimal(r, p->value));
		else
			view_show(row, "MISSING");
	}
}

/* Whether a word stands in an address as it is. */
static bool form_encodable(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!((word.p[i] >= 'a' && word.p[i] <= 'z') || word.p[i] == '_'))
			return false;
	return true;
}

/* The same, compared as the shown days are. */
static struct str step_link(struct request *r, const struct series *s, int32_t from, int32_t to)
{
	return str_of(
	        arena_printf(r->ctx->arena, "%.*s%s", STR_ARG(range_link(r, s, from, to)), compare_query(r)));
}

static void show_steps(struct request *r, struct view *v, const struct range *g)
{
	int32_t span = g->to - g->from + 1, first = (int32_t)g->series->first_day,
	        last = (int32_t)g->series->last_day;

	if (g->from > first)
		view_set(view_section(v, "EARLIER"), "HREF",
		         step_link(r, g->series, g->from - span, g->to - span));
	if (g->to < last)
		view_set(view_section(v, "LATER"), "HREF",
		         step_link(r, g->series, g->from + span, g->to + span));
}

static enum err read_points(struct request *r, struct range *g)
{
	g->cap = (size_t)(g->to - g->from + 1) * (size_t)(LONGEST_DAY / g->series->interval_minutes);
	g->point = ARENA_ARRAY(r->ctx->arena, struct chart_point, g->cap);
	g->quality = ARENA_ARRAY(r->ctx->arena, char, g->cap);
	return series_read(r->ctx, g->series->id, g->from, g->to, collect, g);
}

/* The other period that is asked for, in the picture and in numbers. */
static enum err show_compared(struct request *r, struct view *v, const struct range *g, struct chart *chart)
{
	struct range other = {.series = g->series, .zone = g->zone, .total_fits = true};
	struct period shown = {g->from, g->to}, days;
	bool any;
	enum err e = compare_read(r, shown, &days, &any);

	if (e || !any)
		return e;
	other.from = days.from;
	other.to = days.to;
	e = read_points(r, &other);
	if (e)
		return e;
	const struct compare c = {
	        g->zone, g->series->unit, {shown, g->point, g->n}, {days, other.point, other.n}};
	struct chart_point *aligned = ARENA_ARRAY(r->ctx->arena, struct chart_point, other.n + 1);

	chart->other = aligned;
	chart->others = compare_align(&c, aligned);
	chart->label = compare_label(r, shown);
	chart->other_label = compare_label(r, days);
	compare_view(r, v, &c, aligned, chart->others);
	return OK;
}

static enum err show_range(struct request *r, struct view *v, const struct range *g)
{
	struct str from = meter_date(r, g->from), to = meter_date(r, g->to);
	struct chart chart = {.point = g->point,
	                      .n = g->n,
	                      .zone = g->zone,
	                      .unit = g->series->unit,
	                      .many_days = g->from != g->to,
	                      .minutes = g->series->interval_minutes};

	chart.title =
	        str_of(g->from == g->to ? arena_printf(r->ctx->arena, "Load profile of %.*s", STR_ARG(from))
	                                : arena_printf(r->ctx->arena, "Load profile from %.*s to %.*s",
	                                               STR_ARG(from), STR_ARG(to)));
	if (g->series->interval_minutes < 1440 && form_encodable(g->series->channel) &&
	    !form_get(&r->query, "compare").n)
		chart.readings = request_printf_link(
		        r,
		        "/api/readings/meter/%lld/"
		        "range?start_date=%.*s&end_date=%.*s&interval_minutes=%lld&channel=%.*s",
		        (long long)g->series->meter_id, STR_ARG(from), STR_ARG(to),
		        (long long)g->series->interval_minutes, STR_ARG(g->series->channel));
	view_set(v, "FROM", from);
	view_set(v, "TO", to);
	view_set(v, "RANGE",
	         g->from == g->to
	                 ? from
	                 : str_of(arena_printf(r->ctx->arena, "%.*s to %.*s", STR_ARG(from), STR_ARG(to))));
	show_steps(r, v, g);
	compare_choices(r, v);
	if (g->n == 0) {
		view_show(v, "NOTHING");
		return OK;
	}
	v = view_section(v, "SOMETHING");
	view_set(v, "TOTAL", total_text(r, g->total_fits, g->total));
	view_set(v, "UNIT", g->series->unit);
	view_set(v, "PRESENT", frame_number(r, (int64_t)g->present));
	view_set(v, "INTERVALS", frame_number(r, (int64_t)g->n));
	view_set(v, "MISSING", frame_number(r, (int64_t)(g->n - g->present)));
	enum err e = show_compared(r, v, g, &chart);

	chart_view(r, v, "PROFILE", &chart);
	show_readings(r, v, g);
	return e;
}

/* ---- the list of days ---- */

struct day_row {
	int32_t day;
	int64_t total;
	bool total_fits;
	unsigned present, n;
	struct str batch;
};

struct day_list {
	struct arena *arena;
	struct day_row row[DAYS_LISTED];
	size_t n;
};

static bool collect_day(void *arg, const struct series_day *d, struct str batch)
{
	struct day_list *l = arg;
	struct day_row *row = &l->row[l->n];

	if (l->n == DAYS_LISTED)
		return false;
	row->day = d->day;
	row->n = d->n;
	row->total_fits = series_total(d, &row->present, &row->total);
	row->batch = arena_str(l->arena, batch);
	l->n++;
	return true;
}

/* Newest first, DAYS_LISTED days that end with `last`. */
static enum err show_days(struct request *r, struct view *v, const struct series *s, int32_t last)
{
	struct day_list *l = ARENA_NEW(r->ctx->arena, struct day_list);
	enum err e;

	l->arena = r->ctx->arena;
	e = series_read(r->ctx, s->id, last - DAYS_LISTED + 1, last, collect_day, l);
	if (e != OK)
		return e;
	view_set(v, "UNIT", s->unit);
	for (size_t i = l->n; i-- > 0;) {
		struct view *row = view_section(v, "DAY");

		view_set(row, "DATE", meter_date(r, l->row[i].day));
		view_set(row, "HREF", range_link(r, s, l->row[i].day, l->row[i].day));
		view_set(row, "TOTAL", total_text(r, l->row[i].total_fits, l->row[i].total));
		view_int(row, "PRESENT", l->row[i].present);
		view_int(row, "INTERVALS", l->row[i].n);
		if (l->row[i].present < l->row[i].n)
			view_show(row, "INCOMPLETE");
		if (l->row[i].batch.n > 0)
			view_set(
			        view_section(row, "BATCH"), "HREF",
			        request_printf_link(r, "/admin/imports/status/%.*s", STR_ARG(l->row[i].batch)));
	}
	return OK;
}

static const struct series *choose(struct request *r, const struct series *all, size_t n)
{
	int64_t id;

	if (request_query_int(r, "series", 1, INT64_MAX, 0, &id) != OK)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (all[i].id == id || id == 0)
			return &all[i];
	}
	ctx_fail(r->ctx, ERR_NOT_FOUND, "series", "This meter has no such series.");
	return NULL;
}

/* *from, *to: the days that it shows. */
static enum err show_series_page(struct request *r, struct view *v, const struct series *s,
                                 const struct tz *zone, int32_t *from, int32_t *to)
{
	struct range g = {.series = s, .zone = zone, .total_fits = true};
	enum err e = read_range(r, s, &g.from, &g.to);

	if (e != OK)
		return e;
	e = read_points(r, &g);
	if (e != OK)
		return e;
	view_int(v, "SERIES_ID", s->id);
	view_int(v, "MOST_DAYS", meter_days_at_once(s->interval_minutes));
	view_set(v, "FIRST_DAY", meter_date(r, (int32_t)s->first_day));
	view_set(v, "LAST_DAY", meter_date(r, (int32_t)s->last_day));
	view_set(v, "FIRST_HREF", range_link(r, s, (int32_t)s->first_day, (int32_t)s->first_day));
	view_set(v, "LAST_HREF", range_link(r, s, (int32_t)s->last_day, (int32_t)s->last_day));
	e = show_range(r, v, &g);
	if (!e)
		e = heatmap_view(r, v, s, g.to > (int32_t)s->last_day ? (int32_t)s->last_day : g.to);
	if (!e)
		e = months_view(r, v, &s->meter_id, 1, s->channel, zone,
		                tz_day_start(zone, (int32_t)s->last_day));
	*from = g.from;
	*to = g.to;
	return e ? e
	         : show_days(r, v, s,
	                     g.to > (int32_t)s->last_day                     ? (int32_t)s->last_day
	                     : g.to + DAYS_LISTED / 2 < (int32_t)s->last_day ? g.to + DAYS_LISTED / 2
	                                                                     : (int32_t)s->last_day);
}

/* Each register with its last reading. */
static void show_registers(struct request *r, struct view *v, const struct register_info *all, size_t n,
                           const struct tz *zone)
{
	struct view *table = n > 0 ? view_section(v, "REGISTERS") : NULL;

	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(table, "REGISTER");
		const struct register_reading *last = &all[i].last;
		struct str date = meter_date(r, tz_day_of(zone, last->at)),
		           clock = chart_clock(r, zone, last->at);
		char *iso = arena_alloc(r->ctx->arena, CIVIL_TIME_TEXT);

		civil_format_at(last->at, iso);
		view_set(row, "CHANNEL", all[i].channel);
		view_set(row, "UNIT", all[i].unit);
		view_set(row, "READINGS", frame_number(r, all[i].readings));
		view_setz(row, "ISO", iso);
		view_setz(row, "WHEN", arena_printf(r->ctx->arena, "%.*s %.*s", STR_ARG(date), STR_ARG(clock)));
		view_set(row, "VALUE", frame_decimal(r, last->value));
		view_setz(row, "QUALITY", reading_quality_name(last->quality));
	}
}

struct reply *page_meter(struct request *r)
{
	struct ctx *c = r->ctx;
	struct fault refused = c->fault; /* of a form (meter_edits.c) */
	struct meter m;
	struct series *all;
	struct register_info *registers;
	const struct series *s = NULL;
	size_t n, registers_n;
	int64_t id;
	struct view *v;

	if (!str_to_i64(r->param[0], &id)) {
		ctx_fail(c, ERR_NOT_FOUND, "", "There is no such meter.");
		return reply_fault(r);
	}
	if (meter_get(c, id, &m) != OK || series_list(c, id, &all, &n) != OK ||
	    register_list(c, id, &registers, &registers_n) != OK || (n > 0 && !(s = choose(r, all, n))))
		return reply_fault(r);
	v = frame_begin(r, "page/meter.tpl", arena_printf(c->arena, "Meter %.*s", STR_ARG(m.identifier)));
	view_rec(v, &meter_desc, &m);
	view_set(v, "METER_HREF", request_printf_link(r, "/admin/meters/%lld", (long long)id));
	if (m.made_by_batch.n > 0)
		view_set(view_section(v, "MADE_BY"), "HREF",
		         request_printf_link(r, "/admin/imports/status/%.*s", STR_ARG(m.made_by_batch)));
	struct meter_edits edits = {id, m.property_id, tz_load(m.time_zone), s, 0, 0, &refused};

	show_registers(r, v, registers, registers_n, edits.zone);
	if (!s && registers_n == 0)
		view_show(v, "NO_SERIES");
	show_series(r, v, all, n, s);
	if ((s && show_series_page(r, view_section(v, "SERIES_PAGE"), s, edits.zone, &edits.from, &edits.to) !=
	                  OK) ||
	    meter_edits_view(r, v, &edits) != OK)
		return reply_fault(r);
	c->fault = refused;
	return reply_page(r, refused.code ? reply_fault_status(r) : 200);
}
