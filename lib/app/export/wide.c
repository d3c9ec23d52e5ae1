/*
 * wide: MPAN,Date,HH01,...,HH48: a row for each meter and local day, blank where nothing is known; HH49 and
 * HH50 (HH52 of a zone that goes back two hours) only if a long day is among them. What the plain shape cannot
 * say (another unit or channel, a quality) adds the columns Unit,Channel,Flags to the whole file. Only
 * half-hourly series fit; others are counted as skipped.
 *
 * wide15 is the same of quarter hours: MPAN,Date,Q01,...,Q96, and up to Q104 (DECISIONS 18).
 *
 * Two passes over the data: the first finds out which columns are needed, the second writes.
 */
#include <stdio.h>

#include "app/export/shape.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "codec/csv.h"

export_shape_fn export_wide, export_wide15;

struct wide {
	struct export_run *x;
	int64_t minutes;   /* of the intervals that fit */
	const char *title; /* of their columns: "HH" */
	const struct export_series *s;
	struct export_range range;
	int columns; /* 48, 50 or what the longest day asks for */
	bool extra;  /* Unit, Channel, Flags */
	struct buf head, tail;
};

static bool look(void *arg, const struct series_day *d, struct str batch)
{
	struct wide *w = arg;
	int i, end;
	(void)batch;
	if (d->n > w->columns)
		w->columns = d->n;
	export_span(&w->range, tz_day_start(w->s->tz, d->day), w->minutes * 60, d->n, &i, &end);
	for (; i < end && !w->extra; i++)
		w->extra = d->quality[i] && d->quality[i] != '-';
	return true;
}

static bool write_day(void *arg, const struct series_day *d, struct str batch)
{
	struct wide *w = arg;
	struct export_run *x = w->x;
	int first, end;
	(void)batch;
	export_span(&w->range, tz_day_start(w->s->tz, d->day), w->minutes * 60, d->n, &first, &end);
	if (first == end)
		return true;
	char *from = export_line(x), *p = from;
	memcpy(p, w->head.p, w->head.n);
	p += w->head.n;
	civil_format_day(d->day, p);
	p += CIVIL_DATE_TEXT - 1;
	for (int i = 0; i < w->columns; i++) {
		*p++ = ',';
		if (i >= first && i < end && d->quality[i]) {
			p += dec_format(d->value[i], p);
			x->counts.readings++;
		}
	}
	if (w->extra) {
		memcpy(p, w->tail.p, w->tail.n);
		p += w->tail.n;
		if (first == 0 && d->quality[0] == '-')
			*p++ = '\''; /* or a spreadsheet takes it for a formula (DECISIONS 19) */
		for (int i = 0; i < d->n; i++)
			*p++ = i >= first && i < end && d->quality[i] ? d->quality[i] : '.';
	}
	*p++ = '\n';
	x->out.n += (size_t)(p - from);
	x->counts.rows++;
	return !x->gone;
}

static void write_header(const struct wide *w)
{
	struct buf *out = &w->x->out;
	buf_addz(out, "MPAN,Date");
	for (int i = 1; i <= w->columns; i++)
		buf_printf(out, ",%s%02d", w->title, i);
	buf_addz(out, w->extra ? ",Unit,Channel,Flags\n" : "\n");
}

static enum err export(struct export_run *x, int64_t minutes, const char *title) {
	const struct csv_dialect csv = {',', '"'}; struct wide w = {.x = x,
	                                                            .minutes = minutes,
	                                                            .title = title,
	                                                            .columns = (int)(1440 / minutes),
	                                                            .head = BUF_INIT(600),
	                                                            .tail = BUF_INIT(600)};
	enum err e = OK; for (size_t i = 0; i < x->n && !e;
	                      i++){const struct export_series *s = &x->series[i];
	                           if (s->minutes != minutes){x->counts.skipped_series++; continue;}
w.s = s;
w.range = export_range(x->filter, s->tz);
w.extra = w.extra || !str_eqz(s->unit, "kWh") || !str_eqz(s->channel, "import");
e = export_step(x, 0);
if (!e)
	e = series_scan(x->c, s->id, w.range.first, w.range.last, look, &w);
}
write_header(&w);
for (size_t i = 0; i < x->n && !e && !x->gone; i++) {
	const struct export_series *s = &x->series[i];
	if (s->minutes != minutes)
		continue;
	w.s = s;
	w.range = export_range(x->filter, s->tz);
	buf_reset(&w.head);
	buf_reset(&w.tail);
	csv_put_text(&w.head, s->meter, csv);
	buf_addc(&w.head, ',');
	buf_addc(&w.tail, ',');
	csv_put_text(&w.tail, s->unit, csv);
	buf_addc(&w.tail, ',');
	csv_put_text(&w.tail, s->channel, csv);
	buf_addc(&w.tail, ',');
	e = export_step(x, i);
	if (!e)
		e = series_scan(x->c, s->id, w.range.first, w.range.last, write_day, &w);
}
buf_free(&w.head);
buf_free(&w.tail);
return e;
}

enum err export_wide(struct export_run *x)
{
	return export(x, 30, "HH");
}

enum err export_wide15(struct export_run *x)
{
	return export(x, 15, "Q");
}
