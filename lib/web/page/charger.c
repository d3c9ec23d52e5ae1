/* charger: a charger's sub-meter: its half hours and the sessions charged at it, month by month, and what of
 * either the other does not know. */
#include "app/charging/charger.h"
#include "app/meter.h"
#include "base/civil.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/meter_link.h"

#define METERS_MAX 200
#define ROWS_MAX   200 /* of each list; the API has all */

static enum err show_meters(struct request *r, struct view *v, int64_t chosen, int64_t *first)
{
	struct meter_filter f = {.meter_type = STR("SUB_METER"), .limit = METERS_MAX};
	struct meter *m;
	size_t n;
	int64_t total;
	enum err e = meter_list(r->ctx, &f, &m, &n, &total);

	*first = 0;
	for (size_t i = 0; !e && i < n; i++) {
		struct view *o = view_section(v, "METER_OPTION");

		*first = *first ? *first : m[i].id;
		view_int(o, "ID", m[i].id);
		view_set(o, "NAME", m[i].name.n ? m[i].name : m[i].identifier);
		if (m[i].id == chosen)
			view_show(o, "SELECTED");
	}
	return e;
}

static void maybe(struct request *r, struct view *v, const char *name, int64_t micro)
{
	view_set(v, name, micro != REC_NONE ? frame_decimal(r, micro) : STR("–"));
}

static void show_months(struct request *r, struct view *v, const struct charger *k)
{
	for (size_t i = 0; i < 12; i++) {
		const struct charger_month *m = &k->month[i];
		struct view *row = view_section(v, "MONTH");

		view_setz(row, "LABEL", arena_printf(r->ctx->arena, "%04d-%02d", (int)m->year, (int)m->month));
		view_set(row, "SESSIONS", frame_number(r, m->sessions));
		view_set(row, "SESSIONS_KWH", frame_decimal(r, m->sessions_kwh));
		maybe(r, row, "METER_KWH", m->meter_kwh);
		maybe(r, row, "DIFFERENCE", m->difference_kwh);
		if (m->difference_kwh != REC_NONE && m->difference_kwh < 0)
			view_show(row, "SHORT");
	}
}

static void show_missing(struct request *r, struct view *v, const struct charger *k)
{
	for (size_t i = 0; i < k->n_missing && i < ROWS_MAX; i++) {
		const struct charger_missing *m = &k->missing[i];
		struct view *row = view_section(v, "SESSION");

		view_set(row, "HREF", request_printf_link(r, "/admin/sessions/%.*s", STR_ARG(m->id)));
		view_set(row, "DATE", meter_date(r, (int32_t)m->date));
		view_set(row, "CAR", m->car);
		view_set(row, "KWH", frame_decimal(r, m->charge_delivered_kwh));
		if (m->found_kwh != REC_NONE)
			view_set(view_section(row, "FOUND"), "VALUE", frame_decimal(r, m->found_kwh));
		else
			view_show(row, "UNKNOWN");
	}
	view_show(v, k->n_missing ? "SOME_MISSING" : "NONE_MISSING");
}

static void show_unexplained(struct request *r, struct view *v, const struct charger *k)
{
	for (size_t i = 0; i < k->n_unexplained && i < ROWS_MAX; i++) {
		const struct charger_unexplained *u = &k->unexplained[i];
		struct view *row = view_section(v, "RUN");

		frame_at(r, row, "START", u->start);
		frame_at(r, row, "END", u->end);
		view_set(row, "KWH", frame_decimal(r, u->kwh));
	}
	view_show(v, k->n_unexplained ? "SOME_UNEXPLAINED" : "NONE_UNEXPLAINED");
	if (k->n_missing > ROWS_MAX || k->n_unexplained > ROWS_MAX)
		view_int(view_section(v, "CUT"), "ROWS", ROWS_MAX);
}

struct reply *page_charger(struct request *r)
{
	int64_t id, first, year, now = civil_from_day(tz_day_of(frame_zone(r), ctx_now(r->ctx))).year;
	struct charger k;
	struct view *v;

	if (request_query_int(r, "meter_id", 1, INT64_MAX, 0, &id) != OK ||
	    request_query_int(r, "year", 1900, 2099, now, &year) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/charger.tpl", "A charger and its sessions");
	if (show_meters(r, v, id, &first) != OK)
		return reply_fault(r);
	view_int(v, "YEAR", year);
	id = id ? id : first;
	if (!id) {
		view_show(v, "NO_METER");
		return reply_page(r, 200);
	}
	if (charger_of(r->ctx, id, year, &k) != OK)
		return reply_fault(r);
	v = view_section(v, "HAS_METER");
	view_set(v, "NAME", k.name.n ? k.name : k.identifier);
	view_set(v, "METER_HREF", request_printf_link(r, "/admin/meters/%lld", (long long)k.meter_id));
	if (!k.interval_minutes)
		view_show(v, "NO_READINGS");
	show_months(r, v, &k);
	show_missing(r, v, &k);
	show_unexplained(r, v, &k);
	return reply_page(r, 200);
}
