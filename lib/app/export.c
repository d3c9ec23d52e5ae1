/* export: see export.h. */
#include "app/export.h"

#include "app/export/shape.h"
#include "app/right.h"
#include "db/db.h"

SQL(export_series,
    "SELECT s.id, s.interval_minutes, m.identifier, s.channel, s.unit, m.time_zone, m.id FROM series s "
    "JOIN meters m ON m.id = s.meter_id JOIN properties p ON p.id = m.property_id WHERE m.is_active = 1 AND "
    "m.is_undone = 0 AND " RIGHT_SEES " AND (CAST(? AS BIGINT) = 0 OR m.id = ?) "
    "AND (CAST(? AS BIGINT) = 0 OR m.property_id = ?) "
    "ORDER BY m.identifier, m.id, s.channel, s.interval_minutes");

#define OUT_BYTES (64 * 1024)

#define EXPORT(name, function, title) export_shape_fn function;
#include "app/exports.def"
#undef EXPORT

static const struct {
	const char *name;
	export_shape_fn *run;
} shapes[] = {
#define EXPORT(name, function, title) {#name, function},
#include "app/exports.def"
#undef EXPORT
};

static export_shape_fn *shape_of(struct str name)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (str_eqz(name, shapes[i].name))
			return shapes[i].run;
	return NULL;
}

bool export_shape_known(struct str shape)
{
	return shape_of(shape) != NULL;
}

static bool wanted(const struct export_filter *f, int64_t meter_id)
{
	for (size_t i = 0; i < f->meters; i++)
		if (f->meter[i] == meter_id)
			return true;
	return !f->meter;
}

/* All series of the filter. The list is read first, so that no cursor stays open over the whole export and a
 * writer gets in between two series. */
static enum err list_series(struct ctx *c, const struct export_filter *f, struct export_series **out, size_t *n)
{
	struct db_cur cur;
	size_t room = 0;
	*out = NULL;
	*n = 0;
	db_query(c->db, &cur, &sql_export_series,
	         DB_ARGS(RIGHT_SEES_ARGS(c), db_i(f->meter_id), db_i(f->meter_id), db_i(f->property_id),
	                 db_i(f->property_id)));
	while (db_next(&cur)) {
		if (!wanted(f, db_int(&cur, 6)))
			continue;
		if (*n == room)
			*out = arena_doubled(c->arena, *out, sizeof(**out), &room);
		struct export_series *s = &(*out)[(*n)++];
		s->id = db_int(&cur, 0);
		s->minutes = db_int(&cur, 1);
		s->meter = arena_str(c->arena, db_text(&cur, 2));
		s->channel = arena_str(c->arena, db_text(&cur, 3));
		s->unit = arena_str(c->arena, db_text(&cur, 4));
		s->meter_id = db_int(&cur, 6);
		s->tz = tz_load(db_text(&cur, 5));
		if (!s->tz)
			s->tz = tz_load(STR("UTC"));
	}
	enum err e = db_done(&cur);
	return e ? ctx_db_failed(c, e, "listing series") : OK;
}

void export_flush(struct export_run *x)
{
	if (x->out.n && !x->gone)
		x->gone = !x->sink->put(x->sink->arg, buf_str(&x->out));
	buf_reset(&x->out);
}

char *export_line(struct export_run *x)
{
	if (x->out.n + EXPORT_LINE_MAX > OUT_BYTES)
		export_flush(x);
	return buf_room(&x->out, EXPORT_LINE_MAX);
}

enum err export_step(struct export_run *x, size_t done)
{
	return x->watch ? x->watch->step(x->watch->arg, (int64_t)done, (int64_t)x->n) : OK;
}

struct export_range export_range(const struct export_filter *f, const struct tz *zone)
{
	if (!f->by_instants)
		return (struct export_range){tz_day_start(zone, f->first_day),
		                             tz_day_start(zone, f->last_day + 1), f->first_day, f->last_day};
	return (struct export_range){f->from, f->to, tz_day_of(zone, f->from), tz_day_of(zone, f->to - 1)};
}

void export_span(const struct export_range *g, int64_t start, int64_t step, int n, int *first, int *end)
{
	int64_t i = g->from > start ? (g->from - start + step - 1) / step : 0;
	int64_t k = g->to > start ? (g->to - start + step - 1) / step : 0;
	*first = (int)(i < n ? i : n);
	*end = (int)(k < n ? k : n);
}

enum err export_readings(struct ctx *c, struct str shape, const struct export_filter *f,
                         const struct export_sink *sink, const struct export_watch *watch,
                         struct export_counts *counts)
{
	struct export_series *series;
	struct export_run x = {.c = c, .filter = f, .out = BUF_INIT(OUT_BYTES), .sink = sink, .watch = watch};
	export_shape_fn *run = shape_of(shape);
	if (!run)
		return ctx_fail(c, ERR_INVALID, "shape", "There is no shape \"%.*s\": it is " EXPORT_SHAPES ".",
		                STR_ARG(str_sub(shape, 0, 30)));
	enum err e = f->property_id ? right_to_property(c, f->property_id, RIGHT_READ) : OK;
	if (!e)
		e = list_series(c, f, &series, &x.n);
	if (e)
		return e;
	x.series = series;
	e = run(&x);
	if (!e)
		export_flush(&x);
	buf_free(&x.out);
	*counts = x.counts;
	if (!e && x.gone)
		return ctx_fail(c, ERR_IO, "", "The export could not be written to its end.");
	return e;
}
