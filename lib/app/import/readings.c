/*
 * readings: the readings of registers that a batch states. They are gathered as the rows are read, the later of
 * two for the same instant counting, and written with the batch's days. A value lower than the one before it is
 * what a meter's exchange or roll-over looks like, or a mistake: it is kept and said.
 */
#include <stdlib.h>

#include "app/import/format.h"
#include "base/civil.h"
#include "base/decimal.h"

#define READING_BUCKETS 4096

static struct import_reading *find(struct import_run *r, struct import_series *s, int64_t at,
                                   struct import_reading ***bucket)
{
	uint32_t h = (uint32_t)((uintptr_t)s >> 4) * 2654435761u ^ (uint32_t)(at / 60) * 40503u;
	if (!r->reading_bucket)
		r->reading_bucket = ARENA_ARRAY(r->batch, struct import_reading *, READING_BUCKETS);
	*bucket = &r->reading_bucket[(h ^ h >> 15) % READING_BUCKETS];
	for (struct import_reading *g = **bucket; g; g = g->same)
		if (g->series == s && g->stated.at == at)
			return g;
	return NULL;
}

void batch_reading(struct import_run *r, struct import_meter *m, struct import_series *s, int64_t at,
                   int64_t value, char quality)
{
	const struct register_reading stated = {at, value, quality, 0};
	struct import_reading **bucket, *g = find(r, s, at, &bucket);
	if (g) {
		enum series_outcome outcome =
		        series_judge(g->stated.value, g->stated.quality, value, quality, r->policy);
		if (outcome != SERIES_CHANGED) {
			batch_count(r, outcome, r->rows - 1);
			return;
		}
		batch_warn_twice(r);
		g->stated = stated;
		g->row = r->rows - 1;
		g->line = r->record->line;
		return;
	}
	g = ARENA_NEW(r->batch, struct import_reading);
	*g = (struct import_reading){.meter = m,
	                             .series = s,
	                             .stated = stated,
	                             .row = r->rows - 1,
	                             .line = r->record->line,
	                             .same = *bucket};
	*bucket = g;
	*r->readings_end = g;
	r->readings_end = &g->next;
	r->readings_count++;
}

/* ---- values that fall ---- */

/* By series and then by time. */
static int in_order(const void *a, const void *b)
{
	const struct import_reading *x = *(struct import_reading *const *)a,
	                            *y = *(struct import_reading *const *)b;
	if (x->series != y->series)
		return (uintptr_t)x->series < (uintptr_t)y->series ? -1 : 1;
	return x->stated.at < y->stated.at ? -1 : x->stated.at > y->stated.at;
}

/* The walk over a register: what the ledger shows, and between it what the batch states. */
struct walk {
	struct import_run *r;
	struct import_reading **mine;
	size_t n; /* of mine that are still to come */
	const struct import_reading *last_mine;
	struct register_reading last; /* quality 0: none yet */
};

static void step(struct walk *w, const struct register_reading *g, const struct import_reading *mine)
{
	const struct import_reading *about = mine ? mine : w->last_mine;
	char date[CIVIL_TIME_TEXT], now[DEC_TEXT], before[DEC_TEXT];
	if (w->last.quality && g->value < w->last.value && about) {
		const struct csv_row at = {.line = about->line};
		civil_format_at(g->at, date);
		dec_format(g->value, now);
		dec_format(w->last.value, before);
		w->r->record = &at;
		run_warn(w->r, w->r->layout->at[COLUMN_VALUE], "DECREASE",
		         str_of(arena_printf(w->r->batch, "%.*s %.*s", STR_ARG(about->meter->identifier),
		                             STR_ARG(about->series->channel))),
		         "The reading of %s is %s, lower than the reading before (%s): was the meter "
		         "exchanged, or did "
		         "it roll over? It was kept.",
		         date, now, before);
		w->r->record = NULL;
	}
	w->last = *g;
	w->last_mine = mine;
}

/* Mine that stand before an instant. */
static void mine_until(struct walk *w, int64_t at)
{
	for (; w->n && w->mine[0]->stated.at < at; w->mine++, w->n--)
		step(w, &w->mine[0]->stated, w->mine[0]);
}

static bool each_shown(void *arg, const struct register_reading *g)
{
	struct walk *w = arg;
	mine_until(w, g->at);
	if (!w->n || w->mine[0]->stated.at != g->at) {
		step(w, g, NULL);
		return true;
	}
	step(w, w->mine[0]->outcome == SERIES_KEPT ? g : &w->mine[0]->stated, w->mine[0]);
	w->mine++;
	w->n--;
	return true;
}

/* The readings of one register in the order of time, with their neighbours in the ledger. */
static enum err look_for_falls(struct import_run *r, struct import_reading **mine, size_t n)
{
	struct walk w = {.r = r, .mine = mine, .n = n};
	int64_t id = mine[0]->series->id, from, to;
	enum err e = register_beside(r->c, id, mine[0]->stated.at, mine[n - 1]->stated.at, &from, &to);
	if (!e)
		e = register_scan(r->c, id, from, to + 1, each_shown, &w);
	mine_until(&w, INT64_MAX);
	return e;
}

/* ---- writing ---- */

static int32_t utc_day(int64_t at)
{
	return (int32_t)((at >= 0 ? at : at - 86399) / 86400);
}

enum err readings_put(struct import_run *r, struct import_series **widened)
{
	struct import_reading **all = ARENA_ARRAY(r->batch, struct import_reading *, r->readings_count + 1);
	size_t n = 0;
	enum err e = OK;
	for (struct import_reading *g = r->readings; g && !e; g = g->next) {
		e = batch_make(r, g->meter, g->series);
		if (!e)
			e = register_put(r->c, g->series->id, r->run->job.id, &g->stated, r->policy, r->dry,
			                 &g->outcome);
		if (!e)
			batch_count(r, g->outcome, g->row);
		if (!r->dry)
			batch_widen(g->series, utc_day(g->stated.at), widened);
		all[n++] = g;
	}
	qsort(all, n, sizeof(all[0]), in_order);
	for (size_t i = 0, k; i < n && !e; i = k) {
		for (k = i + 1; k < n && all[k]->series == all[i]->series; k++)
			;
		e = look_for_falls(r, all + i, k - i);
	}
	return e;
}
