/* charge_export: see charge_export.h. */
#include "app/charging/charge_export.h"

#include <unistd.h>

#include "app/export_file.h"
#include "app/export_job.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "codec/csv.h"

#define OUT_BYTES (64 << 10)
#define LINE_MAX_ (96 << 10) /* notes with all their marks doubled, and the rest */

static const struct csv_dialect csv = {',', '"'};
static const char header[] = "date,odometer,charge_type,charge_power_kw,location_label,charge_network,"
                             "charge_delivered_kwh,duration_mins,cost_per_kwh,total_cost_gbp,soc_from,soc_to,"
                             "ambient_temp_c,notes";
static const char more_columns[] =
        ",preconditioning_used,preconditioning_events,car,started_at,ended_at,status";

struct writer {
	const struct charge_filter *filter;
	bool asked; /* for all columns */
	const struct export_sink *sink;
	bool plain;
	int64_t rows;
	struct buf out;
	bool gone;
};

/* ---- cells, each with the comma before it ---- */

static void put_int(struct buf *b, int64_t v)
{
	buf_addc(b, ',');
	if (v != REC_NONE)
		buf_printf(b, "%lld", (long long)v);
}

static void put_dec(struct buf *b, int64_t v)
{
	char text[DEC_TEXT];
	buf_addc(b, ',');
	if (v != REC_NONE)
		buf_add(b, text, dec_format(v, text));
}

static void put_text(struct buf *b, struct str s)
{
	buf_addc(b, ',');
	csv_put_text(b, s, csv);
}

static void put_at(struct buf *b, int64_t at)
{
	char text[CIVIL_TIME_TEXT];
	buf_addc(b, ',');
	if (at == 0)
		return;
	civil_format_at(at, text);
	buf_add(b, text, CIVIL_TIME_TEXT - 1);
}

/* ---- lines ---- */

static bool all_columns(const struct writer *w)
{
	return w->asked || !w->plain;
}

static void put_header(struct writer *w)
{
	buf_addz(&w->out, header);
	buf_addz(&w->out, all_columns(w) ? more_columns : "");
	buf_addc(&w->out, '\n');
}

static bool put_session(void *arg, const struct charge *s)
{
	struct writer *w = arg;
	struct buf *b = &w->out;
	char day[CIVIL_DATE_TEXT];
	if (!w->rows++)
		put_header(w);
	civil_format_day((int32_t)s->date, day);
	buf_addz(b, day);
	put_int(b, s->odometer);
	put_text(b, s->charge_type);
	put_dec(b, s->charge_power_kw);
	put_text(b, s->location_label);
	put_text(b, s->charge_network);
	put_dec(b, s->charge_delivered_kwh);
	put_int(b, s->duration_mins);
	put_dec(b, s->cost_per_kwh);
	put_dec(b, s->total_cost_gbp);
	put_int(b, s->soc_from);
	put_int(b, s->soc_to);
	put_dec(b, s->ambient_temp_c);
	put_text(b, s->notes);
	if (all_columns(w)) {
		put_int(b, s->preconditioning_used);
		put_int(b, s->preconditioning_events);
		put_text(b, s->car);
		put_at(b, s->started_at);
		put_at(b, s->ended_at);
		put_text(b, s->status);
	}
	buf_addc(b, '\n');
	if (b->n < OUT_BYTES)
		return true;
	w->gone = !w->sink->put(w->sink->arg, buf_str(b));
	buf_reset(b);
	return !w->gone;
}

static enum err put_all(struct ctx *c, const struct export_sink *sink, void *arg)
{
	struct writer *w = arg;
	w->sink = sink;
	buf_init(&w->out, OUT_BYTES + LINE_MAX_);
	enum err e = charge_each(c, w->filter, &w->plain, put_session, w);
	if (!e && !w->rows)
		put_header(w);
	if (!e && !w->gone && w->out.n)
		sink->put(sink->arg, buf_str(&w->out));
	buf_free(&w->out);
	return e;
}

enum err charge_export_to_fd(struct ctx *c, const struct charge_filter *f, bool all, int fd, int64_t *rows)
{
	struct writer w = {.filter = f, .asked = all};
	enum err e = export_to_fd(c, STR("csv"), fd, put_all, &w);
	*rows = w.rows;
	return e;
}

enum err charge_export(struct ctx *c, const struct charge_filter *f, bool all, int *fd, int64_t *size)
{
	int64_t rows;
	*fd = -1;
	enum err e = export_allow(c);
	if (!e)
		e = export_spool(c, fd);
	if (!e)
		e = charge_export_to_fd(c, f, all, *fd, &rows);
	*size = e ? 0 : lseek(*fd, 0, SEEK_END);
	if (e && *fd >= 0)
		close(*fd);
	return e;
}
