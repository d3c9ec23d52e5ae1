/* summary: see summary.h. */
#include "app/summary.h"

#include "app/consumption.h"
#include "app/meter.h"
#include "app/reading.h"
#include "app/register.h"
#include "app/series.h"
#include "base/decimal.h"
#include "db/db.h"

#define DAYS 30
#define DAY  86400

/* The last instant that something is known of a meter, from days alone (its registers: register_list). */
SQL(summary_last_day,
    "SELECT MAX(" SERIES_LAST_DAY ") FROM series s WHERE s.meter_id = ? AND s.channel = 'import'");

/* What a meter's register showed at `at` or last before it. */
static enum err register_last(struct ctx *c, int64_t meter_id, int64_t at, struct register_reading *out,
                              struct str *unit)
{
	struct str u;
	int64_t series, last, behind;
	enum err e = series_find(c, meter_id, STR("import"), 0, &series, &u);
	*out = (struct register_reading){.quality = 0};
	if (e || !series)
		return e;
	e = register_beside(c, series, at + 1, at + 1, &last, &behind);
	if (!e && last <= at)
		e = register_at(c, series, last, out);
	if (out->quality)
		*unit = arena_str(c->arena, u);
	return e;
}

static enum err list_meters(struct ctx *c, struct summary *s)
{
	struct meter_filter f = {.property_id = s->property_id, .limit = INT32_MAX}; /* a sum leaves none out */
	struct meter *m;
	int64_t total;
	enum err e = meter_list(c, &f, &m, &s->n, &total);
	if (e)
		return e;
	s->meter = ARENA_ARRAY(c->arena, struct summary_meter, s->n ? s->n : 1);
	for (size_t i = 0; i < s->n; i++)
		s->meter[i] = (struct summary_meter){.meter_id = m[i].id,
		                                     .identifier = m[i].identifier,
		                                     .name = m[i].name,
		                                     .is_main = str_eqz(m[i].meter_type, "MAIN_METER")};
	return OK;
}

/* ---- by registers ---- */

/* The instant of the main meters' last reading; 0: they have no registers. */
static enum err last_reading(struct ctx *c, struct summary *s)
{
	enum err e = OK;
	s->at = 0;
	for (size_t i = 0; !e && i < s->n && s->meter[i].is_main; i++) {
		struct register_reading g;
		struct str unit = {NULL, 0};
		e = register_last(c, s->meter[i].meter_id, INT64_MAX / 2, &g, &unit);
		if (g.quality && g.at > s->at)
			s->at = g.at;
	}
	return e;
}

static enum err by_registers(struct ctx *c, struct summary *s)
{
	enum err e = OK;
	for (size_t i = 0; !e && i < s->n; i++) {
		struct summary_meter *m = &s->meter[i];
		struct register_reading g;
		e = register_last(c, m->meter_id, s->at, &g, &s->unit);
		m->known = g.quality != 0;
		m->value = g.value;
		m->at = g.at;
		if (!m->known)
			continue;
		s->known = s->known || m->is_main;
		if (!dec_add(s->unmetered, m->is_main ? m->value : -m->value, &s->unmetered))
			return ctx_fail(c, ERR_INVALID, "", "The sum is too large.");
	}
	s->share = s->known ? 1000 : 0;
	return e;
}

/* ---- over a range ---- */

static enum err last_days(struct ctx *c, const struct tz *zone, struct summary *s)
{
	enum err e = OK;
	int64_t last = INT64_MIN;
	for (size_t i = 0; !e && i < s->n && s->meter[i].is_main; i++) {
		struct db_cur cur;
		db_query(c->db, &cur, &sql_summary_last_day, DB_ARGS(db_i(s->meter[i].meter_id)));
		if (db_next(&cur) && !db_is_null(&cur, 0) && db_int(&cur, 0) > last)
			last = db_int(&cur, 0);
		e = db_done(&cur);
	}
	if (e)
		return ctx_db_failed(c, e, "reading a property's days");
	if (last == INT64_MIN)
		return OK;
	s->from = tz_day_start(zone, (int32_t)last - DAYS + 1);
	s->to = tz_day_start(zone, (int32_t)last + 1);
	return OK;
}

struct days {
	const int64_t *edge;
	size_t n;
	int64_t *unmetered;
	bool *known;
	struct consumption *one; /* meter */
};

/* One meter's days, added to what is unmetered. */
static enum err add_meter(struct ctx *c, struct summary *s, struct summary_meter *m, struct days *d)
{
	struct consumption *one = d->one;
	struct str unit;
	enum err e = consumption_between(c, m->meter_id, STR("import"), d->edge, d->n, one, &unit);
	if (e)
		return e;
	if (unit.n && !s->unit.n)
		s->unit = unit;
	if (unit.n && !str_eq(unit, s->unit)) /* cubic metres and kWh have no sum */
		memset(one, 0, d->n * sizeof(*one));
	for (size_t i = 0; i < d->n; i++) {
		d->known[i] = d->known[i] && one[i].covered == d->edge[i + 1] - d->edge[i];
		m->covered += one[i].covered;
		if (one[i].covered && d->edge[i + 1] > s->at && m->is_main)
			s->at = d->edge[i + 1];
		if (!dec_add(m->value, one[i].value, &m->value) ||
		    !dec_add(d->unmetered[i], m->is_main ? one[i].value : -one[i].value, &d->unmetered[i]))
			return ctx_fail(c, ERR_INVALID, "", "The sum is too large.");
	}
	m->known = m->covered > 0;
	return OK;
}

static enum err by_range(struct ctx *c, const struct tz *zone, struct summary *s)
{
	int32_t first = tz_day_of(zone, s->from), last = tz_day_of(zone, s->to - 1);
	size_t n = (size_t)(last - first) + 1, known = 0;
	int64_t *edge = ARENA_ARRAY(c->arena, int64_t, n + 1);
	struct days d = {edge, n, ARENA_ARRAY(c->arena, int64_t, n), ARENA_ARRAY(c->arena, bool, n),
	                 ARENA_ARRAY(c->arena, struct consumption, n)};
	bool main_there = s->n && s->meter[0].is_main;
	enum err e = OK;
	for (size_t i = 0; i <= n; i++) {
		edge[i] = i == 0 ? s->from : i == n ? s->to : tz_day_start(zone, first + (int32_t)i);
		if (i < n)
			d.known[i] = main_there;
	}
	for (size_t i = 0; !e && i < s->n; i++)
		e = add_meter(c, s, &s->meter[i], &d);
	for (size_t i = 0; !e && i < n; i++) {
		if (!d.known[i])
			continue;
		known++;
		if (!dec_add(s->unmetered, d.unmetered[i], &s->unmetered))
			return ctx_fail(c, ERR_INVALID, "", "The sum is too large.");
	}
	s->known = known > 0;
	s->share = (int64_t)(known * 1000 / n);
	return e;
}

enum err summary_of(struct ctx *c, int64_t property_id, int64_t from, int64_t to, struct summary *out)
{
	const struct tz *zone;
	enum err e = right_to_property(c, property_id, RIGHT_READ);
	*out = (struct summary){.property_id = property_id, .from = from, .to = to};
	if (!e && to && (from >= to || to - from > READING_RANGE_MAX))
		e = ctx_fail(c, ERR_INVALID, "start_date", "The range is empty, or longer than fifty years.");
	if (!e)
		e = list_meters(c, out);
	if (!e)
		e = reading_zone(c, 0, property_id, &zone);
	if (!e && !to)
		e = last_reading(c, out);
	if (e)
		return e;
	if (out->at)
		return by_registers(c, out);
	if (!to)
		e = last_days(c, zone, out);
	return e || !out->to ? e : by_range(c, zone, out);
}
