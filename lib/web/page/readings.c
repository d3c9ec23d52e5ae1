/*
 * readings: what shows of one meter, or of all meters of a property, between two days: each reading in a row,
 * with the meter's own clock, by pages.
 *
 * Without a choice it is one's usual meter, else one's usual property, else the first property; without days
 * the last week that has readings. A meter is called by its own number, as in an export.
 */
#include "app/account.h"
#include "app/meter.h"
#include "app/property.h"
#include "app/reading.h"
#include "base/civil.h"
#include "web/chart.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/meter_link.h"

#define LIMIT          200
#define PROPERTIES_MAX 500
#define DAYS_SHOWN     7

struct chosen {
	struct reading_filter filter;
	struct str meter; /* as it was typed */
	const struct tz *zone;
	int32_t from, to; /* local days, the last included */
};

struct rows {
	struct request *r;
	struct view *table;
	struct reading_series series;
};

static bool begin(void *arg, const struct reading_series *s)
{
	struct rows *rows = arg;

	rows->series = *s;
	return true;
}

static bool each(void *arg, const struct reading *g)
{
	struct rows *rows = arg;
	struct request *r = rows->r;
	const struct reading_series *s = &rows->series;
	struct view *row = view_section(rows->table, "READING");
	int32_t day = tz_day_of(s->zone, g->at);
	char *iso = arena_alloc(r->ctx->arena, CIVIL_TIME_TEXT);

	civil_format_at(g->at, iso);
	view_setz(row, "ISO", iso);
	view_set(row, "DATE", meter_date(r, day));
	if (s->minutes != 1440)
		view_set(view_section(row, "CLOCK"), "TIME", chart_clock(r, s->zone, g->at));
	view_set(row, "METER", s->meter);
	view_set(row, "HREF", meter_link(r, s->meter_id, s->minutes ? s->id : 0, day, day));
	view_set(row, "CHANNEL", s->channel);
	if (s->minutes == 1440)
		view_show(row, "DAILY");
	else if (s->minutes)
		view_int(view_section(row, "INTERVAL"), "MINUTES", s->minutes);
	else
		view_show(row, "REGISTER");
	view_set(row, "VALUE", frame_decimal(r, g->value));
	view_set(row, "UNIT", s->unit);
	view_setz(row, "QUALITY", reading_quality_name(g->quality));
	return true;
}

/* ---- what is asked for ---- */

/* The property and meter of the query; the usual ones where it says nothing. */
static enum err choose(struct request *r, struct chosen *c)
{
	struct property_filter first = {.limit = 1};
	struct property *p;
	struct account me = {.id = 0};
	size_t n;
	int64_t total;
	enum err e;

	c->meter = str_trim(form_get(&r->query, "meter"));
	if (form_has(&r->query, "property_id") || c->meter.n)
		return request_query_int(r, "property_id", 1, INT64_MAX, 0, &c->filter.property_id);
	if (account_me(r->ctx, &me) == OK) {
		c->filter.meter_id = me.default_meter_id;
		c->filter.property_id = me.default_property_id;
	}
	if (c->filter.meter_id || c->filter.property_id)
		return OK;
	e = property_list(r->ctx, &first, &p, &n, &total);
	c->filter.property_id = !e && n ? p[0].id : 0;
	return e;
}

/* The day of the latest reading; today where there is none. */
static enum err last_day(struct request *r, const struct chosen *c, int32_t *day)
{
	struct meter_filter f = {.property_id = c->filter.property_id, .limit = PROPERTIES_MAX};
	struct meter m, *all = &m;
	size_t n = 1;
	int64_t total;
	enum err e = c->filter.meter_id ? meter_get(r->ctx, c->filter.meter_id, &m)
	                                : meter_list(r->ctx, &f, &all, &n, &total);

	*day = 0;
	for (size_t i = 0; !e && i < n; i++)
		if (all[i].days && all[i].last_day > *day)
			*day = (int32_t)all[i].last_day;
	if (!*day)
		*day = tz_day_of(c->zone, ctx_now(r->ctx));
	return e;
}

static enum err read_day(struct request *r, const char *name, int32_t *day)
{
	struct str text = form_get(&r->query, name);

	if (text.n && !civil_parse_day(text, day))
		return ctx_fail(r->ctx, ERR_INVALID, name, "\"%s\" is a date such as 2025-11-07.", name);
	return OK;
}

static enum err read_days(struct request *r, struct chosen *c)
{
	enum err e = OK;

	c->to = c->from = INT32_MIN;
	if ((e = read_day(r, "to", &c->to)) || (e = read_day(r, "from", &c->from)))
		return e;
	if (c->to == INT32_MIN && c->from == INT32_MIN)
		e = last_day(r, c, &c->to);
	else if (c->to == INT32_MIN)
		c->to = c->from + DAYS_SHOWN - 1;
	if (c->from == INT32_MIN)
		c->from = c->to - DAYS_SHOWN + 1;
	if (!e && c->from > c->to)
		return ctx_fail(r->ctx, ERR_INVALID, "from", "The range begins after its end.");
	c->filter.from = tz_day_start(c->zone, c->from);
	c->filter.to = tz_day_start(c->zone, c->to + 1);
	return e;
}

static enum err read_query(struct request *r, struct chosen *c)
{
	struct meter m;
	enum err e = choose(r, c);

	if (!e && c->meter.n && !(e = meter_by_identifier(r->ctx, c->meter, &m)))
		c->filter.meter_id = m.id;
	if (!e && c->filter.meter_id) {
		c->filter.property_id = 0;
		if (!c->meter.n && !(e = meter_get(r->ctx, c->filter.meter_id, &m)))
			c->meter = m.identifier;
	}
	if (!e && (c->filter.meter_id || c->filter.property_id))
		e = reading_zone(r->ctx, c->filter.meter_id, c->filter.property_id, &c->zone);
	return e ? e : read_days(r, c);
}

/* ---- the page ---- */

static enum err show_form(struct request *r, struct view *v, const struct chosen *c)
{
	struct property_filter f = {.limit = PROPERTIES_MAX};
	struct property *p;
	size_t n;
	int64_t total;

	if (property_list(r->ctx, &f, &p, &n, &total) != OK)
		return r->ctx->fault.code;
	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(v, "PROPERTY");

		view_int(row, "ID", p[i].id);
		view_set(row, "NAME", p[i].name);
		if (p[i].id == c->filter.property_id)
			view_show(row, "SELECTED");
	}
	view_set(v, "METER", c->meter);
	view_set(v, "FROM", c->from != INT32_MIN ? meter_date(r, c->from) : form_get(&r->query, "from"));
	view_set(v, "TO", c->to != INT32_MIN ? meter_date(r, c->to) : form_get(&r->query, "to"));
	return OK;
}

static enum err show_rows(struct request *r, struct view *v, struct chosen *c)
{
	struct rows rows = {.r = r, .table = view_section(v, "TABLE")};
	struct reading_sink sink = {begin, each, &rows, false};
	struct str from = meter_date(r, c->from), to = meter_date(r, c->to);
	struct str choice;
	struct buf q;
	int64_t total;

	c->filter.minutes = -1;
	c->filter.limit = LIMIT;
	if (request_query_int(r, "offset", 0, INT32_MAX, 0, &c->filter.offset) != OK ||
	    reading_scan(r->ctx, &c->filter, &sink, &total) != OK)
		return r->ctx->fault.code;
	view_show(v, total ? "SOME" : "NONE");
	view_set(v, "TOTAL", frame_number(r, total));
	view_setz(v, "ZONE", tz_name(c->zone));
	buf_init(&q, 3 * REQUEST_URL_MAX);
	buf_addz(&q, "meter=");
	form_put_encoded(&q, c->meter);
	buf_printf(&q, "&property_id=%lld&from=%.*s&to=%.*s", (long long)c->filter.property_id, STR_ARG(from),
	           STR_ARG(to));
	choice = arena_str(r->ctx->arena, buf_str(&q));
	buf_free(&q);
	view_set(v, "EXPORT_HREF", request_printf_link(r, "/admin/exports?%.*s", STR_ARG(choice)));
	frame_pager(r, v, "PAGER", request_printf_link(r, "/admin/readings?%.*s", STR_ARG(choice)), LIMIT,
	            c->filter.offset, total);
	return OK;
}

struct reply *page_readings(struct request *r)
{
	static const char *const fields[] = {"meter", "from", "to", NULL};
	struct chosen c = {.from = INT32_MIN, .to = INT32_MIN};
	struct fault refused = {.code = OK};
	struct view *v;

	c.zone = frame_zone(r);
	if (read_query(r, &c) != OK) {
		refused = r->ctx->fault;
		r->ctx->fault = (struct fault){.code = OK};
	}
	v = frame_begin(r, "page/readings.tpl", "Readings");
	if (show_form(r, v, &c) != OK)
		return reply_fault(r);
	if (!refused.code && !c.filter.meter_id && !c.filter.property_id)
		view_show(v, "NO_PROPERTY");
	else if (!refused.code && show_rows(r, v, &c) != OK)
		return reply_fault(r);
	if (!refused.code)
		return reply_page(r, 200);
	r->ctx->fault = refused;
	frame_form_error(r, v, fields);
	return reply_page(r, reply_fault_status(r));
}
