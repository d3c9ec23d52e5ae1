/*
 * dashboard: see dashboard.h.
 *
 * Of each series the days of this month are read, or the last one that shows where that is older: 31 rows at
 * most, of which only the head has to be looked at to count them.
 */
#include "app/dashboard.h"

#include "app/series.h"
#include "app/setting.h"
#include "base/civil.h"
#include "base/tz.h"
#include "db/db.h"

SQL(dashboard_days,
    "SELECT p.id, p.name, m.id, m.time_zone, s.interval_minutes, d.day, d.data FROM properties p LEFT JOIN "
    "meters m ON m.property_id = p.id AND m.is_active = 1 AND m.is_undone = 0 LEFT JOIN series s ON "
    "s.meter_id = m.id AND s.interval_minutes > 0 LEFT JOIN days d ON d.series_id = s.id AND d.day >= (SELECT "
    "CASE WHEN d.day < CAST(? AS BIGINT) THEN d.day ELSE CAST(? AS BIGINT) END FROM days d WHERE "
    "d.series_id = s.id AND " SERIES_SHOWS " ORDER BY d.day DESC LIMIT 1) WHERE p.is_active = 1 AND "
    "p.is_undone = 0 AND " RIGHT_SEES " ORDER BY LOWER(p.name), p.id, m.id, s.id, d.day");
SQL(dashboard_registers, "SELECT m.property_id, COUNT(DISTINCT CASE WHEN r.at >= CAST(? AS BIGINT) THEN r.at "
                         "END), MAX(r.at) FROM properties "
                         "p JOIN meters m ON m.property_id = p.id AND m.is_active = 1 AND m.is_undone = 0 JOIN "
                         "series s ON s.meter_id = m.id "
                         "AND s.interval_minutes = 0 JOIN register_readings r ON r.series_id = s.id LEFT JOIN "
                         "jobs j ON j.id = r.job_id WHERE "
                         "p.is_active = 1 AND p.is_undone = 0 AND j.undone_at IS NULL AND " RIGHT_SEES
                         " GROUP BY m.property_id, s.id");

static const struct rec_field fields[] = {
        REC(struct dashboard_property, id, REC_INT),
        REC(struct dashboard_property, name, REC_TEXT),
        REC(struct dashboard_property, meters_count, REC_INT),
        REC(struct dashboard_property, readings_this_month, REC_INT),
        REC(struct dashboard_property, latest_reading, REC_AT),
};
const struct rec_desc dashboard_property_desc = REC_DESC(struct dashboard_property, fields);

struct work {
	struct ctx *c;
	struct dashboard *d;
	size_t room;
	int64_t meter; /* of the last row */
	int32_t month; /* its first day */
	const struct tz *zone;
	struct str zone_name;
};

static struct dashboard_property *property(struct work *w, struct db_cur *cur)
{
	struct dashboard *d = w->d;
	int64_t id = db_int(cur, 0);
	if (d->n && d->property[d->n - 1].id == id)
		return &d->property[d->n - 1];
	if (d->n == w->room)
		d->property = arena_doubled(w->c->arena, d->property, sizeof(*d->property), &w->room);
	d->property[d->n] =
	        (struct dashboard_property){.id = id, .name = arena_str(w->c->arena, db_text(cur, 1))};
	return &d->property[d->n++];
}

static void take_day(struct work *w, struct db_cur *cur, struct dashboard_property *p)
{
	unsigned present;
	int last;
	int32_t day = (int32_t)db_int(cur, 5);
	struct str zone = db_text(cur, 3);
	if (!series_peek(db_text(cur, 6), &present, &last))
		return;
	if (day >= w->month)
		p->readings_this_month += present;
	if (!w->zone || !str_eq(zone, w->zone_name)) {
		w->zone_name = arena_str(w->c->arena, zone);
		w->zone = tz_load(w->zone_name);
	}
	/* the zone of few meters changes its clock on the last day: only a day that may be the latest is asked
	 * about */
	if (last < 0 || !w->zone || ((int64_t)day + 2) * 86400 < p->latest_reading)
		return;
	int64_t at = tz_day_start(w->zone, day) + last * db_int(cur, 4) * 60;
	p->latest_reading = at > p->latest_reading ? at : p->latest_reading;
}

static enum err read_days(struct work *w)
{
	struct db_cur cur;
	db_query(w->c->db, &cur, &sql_dashboard_days,
	         DB_ARGS(db_i(w->month), db_i(w->month), RIGHT_SEES_ARGS(w->c)));
	while (db_next(&cur)) {
		struct dashboard_property *p = property(w, &cur);
		int64_t meter = db_int(&cur, 2);
		p->meters_count += meter && meter != w->meter;
		w->meter = meter;
		if (!db_is_null(&cur, 5))
			take_day(w, &cur, p);
	}
	return db_done(&cur);
}

static enum err read_registers(struct work *w, int64_t since)
{
	struct db_cur cur;
	struct dashboard *d = w->d;
	db_query(w->c->db, &cur, &sql_dashboard_registers, DB_ARGS(db_i(since), RIGHT_SEES_ARGS(w->c)));
	while (db_next(&cur)) {
		for (size_t i = 0; i < d->n; i++) {
			struct dashboard_property *p = &d->property[i];
			int64_t last = db_int(&cur, 2);
			if (p->id != db_int(&cur, 0))
				continue;
			p->readings_this_month += db_int(&cur, 1);
			p->latest_reading = last > p->latest_reading ? last : p->latest_reading;
		}
	}
	return db_done(&cur);
}

enum err dashboard_of(struct ctx *c, struct dashboard *out)
{
	struct work w = {.c = c, .d = out};
	const struct tz *zone = setting_zone(c);
	struct civil today = civil_from_day(tz_day_of(zone, ctx_now(c)));
	today.day = 1;
	w.month = civil_to_day(today);
	*out = (struct dashboard){.n = 0};
	enum err e = read_days(&w);
	if (!e)
		e = read_registers(&w, tz_day_start(zone, w.month));
	if (e)
		return ctx_db_failed(c, e, "reading the dashboard");
	for (size_t i = 0; i < out->n; i++) {
		const struct dashboard_property *p = &out->property[i];
		out->meters_count += p->meters_count;
		out->readings_this_month += p->readings_this_month;
		if (p->latest_reading > out->latest_reading_date)
			out->latest_reading_date = p->latest_reading;
	}
	out->properties_count = (int64_t)out->n;
	return OK;
}
