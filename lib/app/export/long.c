/*
 * long: meter,channel,interval_start,interval_minutes,value,unit,quality: a row for each reading that is there,
 * instants in UTC; a register's have interval_minutes 0. It carries everything. This is the hot path of an
 * export (millions of lines), so a line is put together by hand from pieces that change rarely: the series'
 * head and tail, and the date.
 */
#include <stdio.h>

#include "app/export/shape.h"
#include "app/register.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "codec/csv.h"

export_shape_fn export_long;

#define PIECE_MAX 600

struct line {
	struct export_run *x; /* first: it is the callback's argument */
	const struct export_series *s;
	struct export_range range;
	char head[PIECE_MAX], minutes[16], tail[PIECE_MAX];
	size_t head_n, minutes_n, tail_n;
	int32_t date_day;
	char date[CIVIL_DATE_TEXT];
};

static char *put(char *p, const char *from, size_t n)
{
	memcpy(p, from, n);
	return p + n;
}

static char *put_two(char *p, int v)
{
	p[0] = (char)('0' + v / 10);
	p[1] = (char)('0' + v % 10);
	return p + 2;
}

/* 2025-11-07T10:30:00Z */
static char *put_instant(struct line *l, char *p, int64_t at)
{
	int32_t day = (int32_t)((at >= 0 ? at : at - 86399) / 86400);
	int second = (int)(at - (int64_t)day * 86400);
	if (day != l->date_day) {
		l->date_day = day;
		civil_format_day(day, l->date);
	}
	p = put(p, l->date, 10);
	*p++ = 'T';
	p = put_two(p, second / 3600);
	*p++ = ':';
	p = put_two(p, second / 60 % 60);
	*p++ = ':';
	p = put_two(p, second % 60);
	*p++ = 'Z';
	return p;
}

static void put_line(struct line *l, int64_t at, int64_t value, char quality)
{
	struct export_run *x = l->x;
	char *from = export_line(x), *p = from;
	p = put(p, l->head, l->head_n);
	p = put_instant(l, p, at);
	p = put(p, l->minutes, l->minutes_n);
	p += dec_format(value, p);
	p = put(p, l->tail, l->tail_n);
	if (quality != '-')
		*p++ = quality;
	*p++ = '\n';
	x->out.n += (size_t)(p - from);
	x->counts.readings++;
	x->counts.rows++;
}

static bool each(void *arg, const struct series_day *d, struct str batch)
{
	struct line *l = arg;
	struct export_run *x = l->x;
	int64_t start = tz_day_start(l->s->tz, d->day);
	int i, end;
	(void)batch;
	for (export_span(&l->range, start, l->s->minutes * 60, d->n, &i, &end); i < end; i++)
		if (d->quality[i])
			put_line(l, start + i * l->s->minutes * 60, d->value[i], d->quality[i]);
	return !x->gone;
}

static bool each_reading(void *arg, const struct register_reading *g)
{
	struct line *l = arg;
	put_line(l, g->at, g->value, g->quality);
	return !l->x->gone;
}

/* Puts a text cell and a comma behind what is ready to be copied. False: it is longer than names are. */
static bool piece(char *out, size_t *n, struct str cell)
{
	struct buf b = BUF_INIT(PIECE_MAX / 2);
	csv_put_text(&b, cell, (struct csv_dialect){',', '"'});
	buf_addc(&b, ',');
	bool fits = !b.over;
	if (fits)
		put(out + *n, b.p, b.n);
	*n += fits ? b.n : 0;
	buf_free(&b);
	return fits;
}

static enum err begin_series(struct line *l, const struct export_series *s)
{
	l->s = s;
	l->range = export_range(l->x->filter, s->tz);
	l->minutes_n = (size_t)snprintf(l->minutes, sizeof(l->minutes), ",%d,", (int)s->minutes);
	l->head_n = 0;
	l->tail[0] = ',';
	l->tail_n = 1;
	if (piece(l->head, &l->head_n, s->meter) && piece(l->head, &l->head_n, s->channel) &&
	    piece(l->tail, &l->tail_n, s->unit))
		return OK;
	return ctx_fail(l->x->c, ERR_INVALID, "",
	                "The name of a meter, of its channel or of its unit is too long for an export: %.*s.",
	                STR_ARG(str_sub(s->meter, 0, 60)));
}

enum err export_long(struct export_run *x)
{
	static const char header[] = "meter,channel,interval_start,interval_minutes,value,unit,quality\n";
	struct line l = {.x = x, .date_day = INT32_MIN};
	buf_addz(&x->out, header);
	for (size_t i = 0; i < x->n && !x->gone; i++) {
		const struct export_series *s = &x->series[i];
		enum err e = export_step(x, i);
		if (e)
			return e;
		e = begin_series(&l, s);
		if (e)
			return e;
		e = s->minutes ? series_scan(x->c, s->id, l.range.first, l.range.last, each, &l)
		               : register_scan(x->c, s->id, l.range.from, l.range.to, each_reading, &l);
		if (e)
			return e;
	}
	return OK;
}
