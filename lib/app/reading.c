/* reading: see reading.h. It owns no table: days are series.c's, registers register.c's. */
#include "app/reading.h"

#include "app/meter.h"
#include "app/register.h"
#include "app/series.h"
#include "app/setting.h"
#include "base/civil.h"
#include "codec/date.h"
#include "codec/utf8.h"
#include "db/db.h"

SQL(reading_series,
    "SELECT s.id, s.meter_id, m.identifier, m.name, m.meter_type, s.channel, s.unit, s.interval_minutes, "
    "m.time_zone FROM series s JOIN meters m ON m.id = s.meter_id WHERE m.is_undone = 0 AND (m.id = ? OR "
    "(m.property_id = ? AND m.is_active = 1)) AND (CAST(? AS TEXT) = '' OR s.channel = ?) AND (CAST(? AS "
    "BIGINT) < "
    "0 OR s.interval_minutes = ?) ORDER BY m.meter_type, m.id, s.channel, s.interval_minutes");
SQL(reading_zone,
    "SELECT COALESCE((SELECT m.time_zone FROM meters m WHERE m.id = ?), (SELECT p.time_zone FROM "
    "properties p WHERE p.id = ?), (SELECT MIN(m.time_zone) FROM meters m WHERE m.property_id = ? AND "
    "m.is_undone = 0), '')");

struct scan {
	const struct reading_filter *f;
	const struct reading_sink *sink;
	const struct reading_series *series;
	int64_t seen; /* readings of the range so far */
	bool begun, stopped;
};

static bool take(struct scan *s, const struct reading *g)
{
	int64_t nth = s->seen++;
	if (nth < s->f->offset || nth >= s->f->offset + s->f->limit || s->stopped)
		return true;
	if (!s->begun && s->sink->begin)
		s->stopped = !s->sink->begin(s->sink->arg, s->series);
	s->begun = true;
	if (!s->stopped && s->sink->each)
		s->stopped = !s->sink->each(s->sink->arg, g);
	return !s->stopped;
}

static bool take_day(void *arg, const struct series_day *d, struct str batch)
{
	struct scan *s = arg;
	int64_t start = tz_day_start(s->series->zone, d->day), step = s->series->minutes * 60;
	for (size_t i = 0; i < d->n; i++) {
		struct reading g = {start + (int64_t)i * step, d->value[i], d->quality[i], 0, batch};
		if (g.quality && g.at >= s->f->from && g.at < s->f->to && !take(s, &g))
			return false;
	}
	return true;
}

static bool take_register(void *arg, const struct register_reading *r)
{
	struct reading g = {r->at, r->value, r->quality, r->job_id, STR("")};
	return take(arg, &g);
}

static enum err scan_series(struct ctx *c, struct scan *s, const struct reading_series *one)
{
	s->series = one;
	s->begun = false;
	if (!one->minutes)
		return register_scan(c, one->id, s->f->from, s->f->to, take_register, s);
	int32_t first = tz_day_of(one->zone, s->f->from), last = tz_day_of(one->zone, s->f->to - 1);
	return s->sink->recorders ? series_read(c, one->id, first, last, take_day, s)
	                          : series_scan(c, one->id, first, last, take_day, s);
}

static enum err list_series(struct ctx *c, const struct reading_filter *f, struct reading_series **out,
                            size_t *n)
{
	struct db_cur cur;
	size_t room = 0;
	struct str channel = f->channel.n ? f->channel : STR("");
	*out = NULL;
	*n = 0;
	db_query(c->db, &cur, &sql_reading_series,
	         DB_ARGS(db_i(f->meter_id), db_i(f->property_id), db_t(channel), db_t(channel),
	                 db_i(f->minutes), db_i(f->minutes)));
	while (db_next(&cur)) {
		if (*n == room)
			*out = arena_doubled(c->arena, *out, sizeof(**out), &room);
		struct reading_series *s = &(*out)[(*n)++];
		*s = (struct reading_series){.id = db_int(&cur, 0),
		                             .meter_id = db_int(&cur, 1),
		                             .meter = arena_str(c->arena, db_text(&cur, 2)),
		                             .meter_name = arena_str(c->arena, db_text(&cur, 3)),
		                             .meter_type = arena_str(c->arena, db_text(&cur, 4)),
		                             .channel = arena_str(c->arena, db_text(&cur, 5)),
		                             .unit = arena_str(c->arena, db_text(&cur, 6)),
		                             .minutes = db_int(&cur, 7),
		                             .zone = tz_load(db_text(&cur, 8))};
		if (!s->zone)
			s->zone = tz_load(STR("UTC"));
	}
	enum err e = db_done(&cur);
	return e ? ctx_db_failed(c, e, "listing series") : OK;
}

enum err reading_scan(struct ctx *c, const struct reading_filter *f, const struct reading_sink *sink,
                      int64_t *total)
{
	struct reading_series *series;
	struct meter m;
	struct scan s = {.f = f, .sink = sink};
	size_t n;
	enum err e =
	        f->meter_id ? meter_get(c, f->meter_id, &m) : right_to_property(c, f->property_id, RIGHT_READ);
	if (!e && f->from >= f->to)
		e = ctx_fail(c, ERR_INVALID, "start_date", "The range begins at or after its end.");
	if (!e && f->to - f->from > READING_RANGE_MAX)
		e = ctx_fail(c, ERR_INVALID, "end_date", "The range is longer than fifty years.");
	if (!e)
		e = list_series(c, f, &series, &n);
	for (size_t i = 0; !e && i < n && !s.stopped; i++)
		e = scan_series(c, &s, &series[i]);
	*total = s.seen;
	return e;
}

/* ---- instants ---- */

enum err reading_parse_at(struct ctx *c, const char *field, struct str text, const struct tz *zone, bool stated,
                          bool end, int64_t *at)
{
	struct date_moment m;
	struct date_form form = {.order = DATE_YMD};
	int32_t day;
	int64_t second;
	if (civil_parse_at(text, at))
		return OK;
	if (civil_parse_day(text, &day)) {
		*at = tz_day_start(zone, day + end);
		return OK;
	}
	if (date_parse_moment(text, form, &m) != DATE_OK || !m.timed || m.has_offset || text.n < 16 ||
	    text.p[4] != '-')
		return ctx_fail(
		        c, ERR_INVALID, field,
		        "\"%s\" is an instant such as 2025-11-07T10:30:00Z, or a date such as 2025-11-07, not "
		        "\"%.*s\".",
		        field, STR_ARG(utf8_line(c->arena, utf8_cut(text, 40))));
	if (!stated)
		return ctx_fail(c, ERR_INVALID, field,
		                "\"%s\" does not say its offset from UTC: write it with Z or +01:00, or say "
		                "its zone with "
		                "time_zone.",
		                field);
	switch (tz_local_to_at(zone, m.day, m.seconds, at, &second)) {
	case 1:
		return OK;
	case 0:
		return ctx_fail(c, ERR_INVALID, field, "\"%s\" is skipped by the clocks of %s.", field,
		                tz_name(zone));
	}
	return ctx_fail(c, ERR_INVALID, field,
	                "\"%s\" comes twice by the clocks of %s: write it with its offset from UTC.", field,
	                tz_name(zone));
}

enum err reading_zone(struct ctx *c, int64_t meter_id, int64_t property_id, const struct tz **out)
{
	struct db_cur cur;
	*out = NULL;
	db_query(c->db, &cur, &sql_reading_zone, DB_ARGS(db_i(meter_id), db_i(property_id), db_i(property_id)));
	if (db_next(&cur))
		*out = tz_load(db_text(&cur, 0));
	enum err e = db_done(&cur);
	if (!*out)
		*out = tz_load(setting_text(c, SETTING_default_time_zone));
	if (!*out)
		*out = tz_load(STR("UTC"));
	return e ? ctx_db_failed(c, e, "reading a time zone") : OK;
}

const char *reading_quality_name(char quality)
{
	switch (quality) {
	case 0:
		return "missing";
	case 'A':
		return "actual";
	case 'E':
		return "estimated";
	case 'S':
		return "substituted";
	case 'U':
		return "unknown flag";
	}
	return "not stated";
}
