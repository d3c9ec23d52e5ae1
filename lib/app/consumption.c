/*
 * consumption: see consumption.h.
 *
 * Days of a meter are looked at twice if it has several series: first to see which one knows most of each day,
 * then to add that one's readings up. A register is a line of points, and what lies between two edges is the
 * difference of the line at both.
 */
#include "app/consumption.h"

#include "app/meter.h"
#include "app/meter_event.h"
#include "app/reading.h"
#include "app/register.h"
#include "app/series.h"
#include "base/decimal.h"
#include "db/db.h"

#define ARENA_OF_ONE (32u << 20) /* fifty years of days, and of each meter of a formula */
#define SERIES_MAX   16          /* interval lengths of one channel */
#define NO_SERIES    (-1)

struct work {
	struct ctx *c;
	const int64_t *edge;
	size_t n;
	struct consumption *out;
	const struct tz *zone;
	int32_t first, days; /* local days that the edges span */
	int8_t *chosen;      /* of each day, which series; NULL: there is one alone */
	uint8_t *known;      /* of each day, 0 to 255 parts of it that the chosen one knows */
	int which;           /* of the series that is being read */
	int64_t step;        /* its interval in seconds */
	size_t at;           /* the pair of edges that the last reading fell into */
	bool overflow;
};

/* The part of `value`, which runs evenly from `from` to `to`, that had come by `at`. */
static int64_t by_then(struct work *w, int64_t from, int64_t to, int64_t value, int64_t at)
{
	int64_t part = 0;
	bool rounded;
	if (at >= to)
		return value;
	if (at > from && !dec_scale(value, at - from, to - from, &part, &rounded))
		w->overflow = true;
	return part;
}

/* Adds to the pairs of edges that [from, to) lies in, each its share; the shares add up to the value exactly.
 */
static void spread(struct work *w, int64_t from, int64_t to, int64_t value)
{
	if (from < w->edge[w->at])
		w->at = 0;
	while (w->at < w->n && w->edge[w->at + 1] <= from)
		w->at++;
	for (size_t i = w->at; i < w->n && w->edge[i] < to; i++) {
		int64_t a = from > w->edge[i] ? from : w->edge[i],
		        b = to < w->edge[i + 1] ? to : w->edge[i + 1];
		if (a >= b)
			continue;
		int64_t share = by_then(w, from, to, value, b) - by_then(w, from, to, value, a);
		if (!dec_add(w->out[i].value, share, &w->out[i].value))
			w->overflow = true;
		w->out[i].covered += b - a;
	}
}

/* ---- interval readings ---- */

static bool choose_day(void *arg, const struct series_day *d, struct str batch)
{
	struct work *w = arg;
	unsigned present = 0;
	int32_t i = d->day - w->first;
	(void)batch;
	for (size_t k = 0; k < d->n; k++)
		present += d->quality[k] != 0;
	unsigned known = d->n ? present * 255 / d->n : 0;
	if (i >= 0 && i < w->days &&
	    known > w->known[i]) { /* the finest comes first: a coarser one must know more */
		w->known[i] = (uint8_t)known;
		w->chosen[i] = (int8_t)w->which;
	}
	return true;
}

static bool add_day(void *arg, const struct series_day *d, struct str batch)
{
	struct work *w = arg;
	int64_t start, end;
	(void)batch;
	if (w->chosen && w->chosen[d->day - w->first] != w->which)
		return true;
	start = tz_day_start(w->zone, d->day);
	end = start + tz_day_seconds(w->zone, d->day);
	for (size_t i = 0; i < d->n; i++) {
		int64_t from = start + (int64_t)i * w->step, to = w->step == 86400 ? end : from + w->step;
		if (d->quality[i])
			spread(w, from, to, d->value[i]);
	}
	return true;
}

static enum err of_intervals(struct work *w, const struct series *const *s, size_t n)
{
	enum err e = OK;
	int32_t last = w->first + w->days - 1;
	if (n > 1) {
		w->chosen = memset(arena_alloc(w->c->arena, (size_t)w->days), NO_SERIES, (size_t)w->days);
		w->known = arena_alloc(w->c->arena, (size_t)w->days);
		for (size_t i = 0; !e && i < n; i++) {
			w->which = (int)i;
			e = series_scan(w->c, s[i]->id, w->first, last, choose_day, w);
		}
	}
	for (size_t i = 0; !e && i < n; i++) {
		w->which = (int)i;
		w->step = s[i]->interval_minutes * 60;
		w->at = 0;
		e = series_scan(w->c, s[i]->id, w->first, last, add_day, w);
	}
	return e;
}

/* ---- registers ---- */

struct line {
	struct work *w;
	const struct meter_event *event;
	size_t events, next;
	int64_t shift; /* what exchanges have added to the register's own value */
	int64_t at, value;
	bool begun;
};

static void line_to(struct line *l, int64_t at, int64_t value)
{
	if (l->begun && at > l->at)
		spread(l->w, l->at, at, value - l->value);
	l->at = at;
	l->value = value;
	l->begun = true;
}

/* An event is two points at once: what the register showed last, and what it showed then. */
static void line_over(struct line *l, const struct meter_event *e)
{
	if (!l->begun) {
		line_to(l, e->at, e->first_value);
		return;
	}
	if (e->at > l->at)
		line_to(l, e->at, e->final_value + l->shift);
	l->shift += e->final_value - e->first_value;
}

static bool add_point(void *arg, const struct register_reading *g)
{
	struct line *l = arg;
	for (; l->next < l->events && l->event[l->next].at <= g->at; l->next++)
		line_over(l, &l->event[l->next]);
	line_to(l, g->at, g->value + l->shift);
	return true;
}

static enum err of_register(struct work *w, int64_t meter_id, struct str channel, int64_t series_id)
{
	struct line l = {.w = w};
	struct meter_event *events;
	int64_t before, behind, from = w->edge[0], to = w->edge[w->n];
	enum err e = register_beside(w->c, series_id, from + 1, to - 1, &before, &behind);
	if (!e)
		e = meter_events_of(w->c, meter_id, channel, &events, &l.events);
	if (e)
		return e;
	l.event = events;
	w->at = 0;
	while (l.next < l.events && l.event[l.next].at <= (before > from ? from : before))
		l.next++;
	if (before > from && l.next) /* no reading so early: the line begins with an event */
		line_over(&l, &l.event[l.next - 1]);
	e = register_scan(w->c, series_id, before > from ? from : before, behind + 1, add_point, &l);
	for (; !e && l.next < l.events; l.next++)
		line_over(&l, &l.event[l.next]);
	return e;
}

/* ---- one meter ---- */

static enum err of_physical(struct work *w, int64_t meter_id, struct str channel, struct str *unit)
{
	const struct series *mine[SERIES_MAX];
	struct series *all;
	struct consumption *lines = ARENA_ARRAY(w->c->arena, struct consumption, w->n);
	struct str register_unit;
	size_t n, count = 0;
	int64_t register_id;
	enum err e = series_list(w->c, meter_id, &all, &n);
	for (size_t i = 0; !e && i < n && count < SERIES_MAX; i++)
		if (all[i].interval_minutes && str_eq(all[i].channel, channel) &&
		    (!count || str_eq(all[i].unit, *unit))) {
			mine[count++] = &all[i];
			*unit = all[i].unit;
		}
	if (!e)
		e = of_intervals(w, mine, count);
	if (!e)
		e = series_find(w->c, meter_id, channel, 0, &register_id, &register_unit);
	if (e || !register_id || (count && !str_eq(register_unit, *unit)))
		return e;
	struct work r = *w;
	r.out = lines;
	e = of_register(&r, meter_id, channel, register_id);
	for (size_t i = 0; !e && i < w->n; i++)
		if (lines[i].covered > w->out[i].covered) {
			w->out[i] = lines[i];
			*unit = register_unit;
		}
	w->overflow = w->overflow || r.overflow;
	return e;
}

/* Of a meter that is gone (an import that found it was undone) nothing is known. */
static enum err of_term(struct ctx *c, int64_t meter_id, struct str channel, const int64_t *edge, size_t n,
                        struct consumption *out, struct str *unit)
{
	struct str own = {NULL, 0};
	struct meter m;
	enum err e = meter_get(c, meter_id, &m);
	memset(out, 0, n * sizeof(*out));
	if (e == ERR_NOT_FOUND) {
		c->fault.code = OK;
		return OK;
	}
	if (e || m.formula.n)
		return e;
	e = consumption_between(c, meter_id, channel, edge, n, out, &own);
	if (own.n && unit->n && !str_eq(own, *unit)) /* cubic metres and kWh have no sum */
		memset(out, 0, n * sizeof(*out));
	else if (own.n)
		*unit = own;
	return e;
}

static enum err of_formula(struct ctx *c, const struct meter *m, struct str channel, const int64_t *edge,
                           size_t n, struct consumption *out, struct str *unit)
{
	struct formula_term term[FORMULA_TERMS_MAX];
	struct consumption *one = ARENA_ARRAY(c->arena, struct consumption, n);
	size_t terms;
	enum err e = formula_parse(c, m->formula, term, &terms);
	for (size_t k = 0; !e && k < terms; k++) {
		e = of_term(c, term[k].meter_id, channel, edge, n, one, unit);
		for (size_t i = 0; !e && i < n; i++) {
			int64_t scaled;
			bool rounded;
			if (!dec_scale(one[i].value, term[k].factor, DEC_ONE, &scaled, &rounded) ||
			    !dec_add(out[i].value, scaled, &out[i].value))
				return ctx_fail(c, ERR_INVALID, "formula", "The sum is too large.");
			if (k == 0 || one[i].covered < out[i].covered)
				out[i].covered = one[i].covered;
		}
	}
	return e;
}

static enum err between(struct ctx *c, int64_t meter_id, struct str channel, const int64_t *edge, size_t n,
                        struct consumption *out, struct str *unit)
{
	struct work w = {.c = c, .edge = edge, .n = n, .out = out};
	struct meter m;
	enum err e = meter_get(c, meter_id, &m);
	memset(out, 0, n * sizeof(*out));
	*unit = (struct str){NULL, 0};
	if (!channel.n)
		channel = STR("import");
	if (e)
		return e;
	if (m.formula.n)
		return of_formula(c, &m, channel, edge, n, out, unit);
	w.zone = tz_load(m.time_zone);
	if (!w.zone)
		w.zone = tz_load(STR("UTC"));
	w.first = tz_day_of(w.zone, edge[0]);
	w.days = tz_day_of(w.zone, edge[n] - 1) - w.first + 1;
	e = of_physical(&w, meter_id, channel, unit);
	if (!e && w.overflow)
		return ctx_fail(c, ERR_INVALID, "", "The sum is too large.");
	return e;
}

enum err consumption_between(struct ctx *c, int64_t meter_id, struct str channel, const int64_t *edge, size_t n,
                             struct consumption *out, struct str *unit)
{
	struct arena *outer = c->arena;
	c->arena = arena_new(ARENA_OF_ONE); /* thousands of meters are asked for in one request */
	enum err e = between(c, meter_id, channel, edge, n, out, unit);
	*unit = e || !unit->n ? (struct str){NULL, 0} : arena_str(outer, *unit);
	arena_free(c->arena);
	c->arena = outer;
	return e;
}

enum err consumption_together(struct ctx *c, const int64_t *meter_ids, size_t meters, struct str channel,
                              const int64_t *edge, size_t n, struct consumption *out, struct str *unit)
{
	struct consumption *one = ARENA_ARRAY(c->arena, struct consumption, n);
	bool any = false;
	enum err e = OK;
	memset(out, 0, n * sizeof(*out));
	*unit = (struct str){NULL, 0};
	for (size_t k = 0; !e && k < meters; k++) {
		struct str its;
		e = consumption_between(c, meter_ids[k], channel, edge, n, one, &its);
		if (its.n && !unit->n)
			*unit = its;
		if (e || !its.n || !str_eq(its, *unit))
			continue;
		for (size_t i = 0; i < n; i++) {
			if (!any || one[i].covered < out[i].covered)
				out[i].covered = one[i].covered;
			if (!dec_add(out[i].value, one[i].value, &out[i].value))
				return ctx_fail(c, ERR_INVALID, "", "The sum is too large.");
		}
		any = true;
	}
	return e;
}

/* ---- formulas ---- */

struct text {
	struct str s;
	size_t at;
};

static void blanks(struct text *t)
{
	while (t->at < t->s.n && t->s.p[t->at] == ' ')
		t->at++;
}

static bool next_is(struct text *t, char ch)
{
	blanks(t);
	if (t->at == t->s.n || t->s.p[t->at] != ch)
		return false;
	t->at++;
	return true;
}

static struct str digits(struct text *t)
{
	size_t from = t->at;
	while (t->at < t->s.n && ((t->s.p[t->at] >= '0' && t->s.p[t->at] <= '9') || t->s.p[t->at] == '.'))
		t->at++;
	return str_sub(t->s, from, t->at - from);
}

/* [factor *] Mnumber [* factor] */
static bool read_term(struct text *t, bool minus, struct formula_term *out)
{
	out->factor = DEC_ONE;
	blanks(t);
	if (!next_is(t, 'M')) {
		if (dec_parse(digits(t), '.', &out->factor) != DEC_OK || !next_is(t, '*') || !next_is(t, 'M'))
			return false;
	}
	if (!str_to_i64(digits(t), &out->meter_id) || out->meter_id <= 0)
		return false;
	if (next_is(t, '*')) {
		int64_t more;
		bool rounded;
		blanks(t);
		if (dec_parse(digits(t), '.', &more) != DEC_OK ||
		    !dec_scale(out->factor, more, DEC_ONE, &out->factor, &rounded))
			return false;
	}
	if (minus)
		out->factor = -out->factor;
	return true;
}

enum err formula_parse(struct ctx *c, struct str text, struct formula_term term[FORMULA_TERMS_MAX], size_t *n)
{
	struct text t = {text, 0};
	bool minus = next_is(&t, '-'), more = true;
	*n = 0;
	while (more && *n < FORMULA_TERMS_MAX && read_term(&t, minus, &term[*n])) {
		(*n)++;
		minus = next_is(&t, '-');
		more = minus || next_is(&t, '+');
		if (!more) {
			blanks(&t);
			if (t.at == text.n)
				return OK;
		}
	}
	return ctx_fail(
	        c, ERR_INVALID, "formula",
	        "A formula adds and subtracts meters by their numbers, as in M12 - M13 + 0.5 * M14; it is not "
	        "understood from its character %zu on.",
	        t.at + 1);
}
