/* reading_export: see reading_export.h. */
#include "app/reading_export.h"

#include <unistd.h>

#include "app/export_file.h"
#include "app/export_job.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "codec/csv.h"
#include "db/db.h"

#define OUT_BYTES (64 * 1024)
#define TEXTS_MAX 2048 /* bytes of a line's texts */

SQL(reading_export_by,
    "SELECT u.email FROM jobs j JOIN users u ON u.id = j.user_id WHERE j.id = ? OR j.batch_id = ?");

static const struct csv_dialect csv = {',', '"'};

struct writer {
	struct ctx *c;
	const struct export_sink *sink;
	const struct reading_filter *filter;
	struct buf out;
	struct buf meter; /* ,name,type, of the series */
	struct buf by;    /* ,email and the line's end, of this batch or job */
	struct buf batch;
	int64_t job_id;
	bool known; /* `by` is of batch and job_id */
	bool gone;
};

static void flush(struct writer *w)
{
	if (w->out.n && !w->gone)
		w->gone = !w->sink->put(w->sink->arg, buf_str(&w->out));
	buf_reset(&w->out);
}

static bool begin(void *arg, const struct reading_series *s)
{
	struct writer *w = arg;
	buf_reset(&w->meter);
	buf_addc(&w->meter, ',');
	csv_put_text(&w->meter, s->meter_name.n ? s->meter_name : s->meter, csv);
	buf_addc(&w->meter, ',');
	csv_put_text(&w->meter, s->meter_type, csv);
	buf_addc(&w->meter, ',');
	return true;
}

/* Who stated it: asked for once a batch, as far as readings of one lie together. */
static bool find_recorder(struct writer *w, const struct reading *g)
{
	struct db_cur cur;
	if (w->known && w->job_id == g->job_id && str_eq(buf_str(&w->batch), g->batch))
		return true;
	w->known = true;
	w->job_id = g->job_id;
	buf_reset(&w->batch);
	buf_adds(&w->batch, g->batch);
	buf_reset(&w->by);
	buf_addc(&w->by, ',');
	db_query(w->c->db, &cur, &sql_reading_export_by, DB_ARGS(db_i(g->job_id), db_t(buf_str(&w->batch))));
	if (db_next(&cur))
		csv_put_text(&w->by, db_text(&cur, 0), csv);
	buf_addc(&w->by, '\n');
	enum err e = db_done(&cur);
	if (e)
		ctx_db_failed(w->c, e, "reading who recorded a reading");
	return e == OK;
}

static bool each(void *arg, const struct reading *g)
{
	struct writer *w = arg;
	char value[DEC_TEXT], at[CIVIL_TIME_TEXT];
	if (!find_recorder(w, g))
		return false;
	if (w->out.n + 2 * TEXTS_MAX > OUT_BYTES)
		flush(w);
	civil_format_at(g->at, at);
	buf_add(&w->out, at, CIVIL_TIME_TEXT - 1);
	buf_adds(&w->out, buf_str(&w->meter));
	buf_add(&w->out, value, dec_format(g->value, value));
	buf_adds(&w->out, buf_str(&w->by));
	return !w->gone;
}

static enum err put_all(struct ctx *c, const struct export_sink *sink, void *arg)
{
	struct writer w = {.c = c,
	                   .sink = sink,
	                   .out = BUF_INIT(OUT_BYTES),
	                   .meter = BUF_INIT(TEXTS_MAX),
	                   .by = BUF_INIT(TEXTS_MAX),
	                   .batch = BUF_INIT(64)};
	const struct reading_sink readings = {begin, each, &w, true};
	int64_t total;
	c->fault = (struct fault){.code = OK};
	buf_addz(&w.out, "timestamp,meter_name,meter_type,value,recorded_by\n");
	enum err e = reading_scan(c, arg, &readings, &total);
	if (!e)
		flush(&w);
	buf_free(&w.out);
	buf_free(&w.meter);
	buf_free(&w.by);
	buf_free(&w.batch);
	return e ? e : c->fault.code;
}

enum err reading_export(struct ctx *c, const struct reading_filter *f, struct str format, int *fd,
                        int64_t *size)
{
	struct reading_filter all = *f;
	*fd = -1;
	all.limit = INT64_MAX;
	all.offset = 0;
	if (!export_format_known(format))
		return ctx_fail(c, ERR_INVALID, "format", "\"format\" is csv or xlsx.");
	enum err e = right_to_property(c, f->property_id, RIGHT_READ);
	if (!e)
		e = export_allow(c);
	if (!e)
		e = export_spool(c, fd);
	if (!e)
		e = export_to_fd(c, format, *fd, put_all, &all);
	*size = e ? 0 : lseek(*fd, 0, SEEK_END);
	if (e && *fd >= 0)
		close(*fd);
	return e;
}
