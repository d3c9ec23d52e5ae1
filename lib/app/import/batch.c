/*
 * batch: the records between two commits. Rows and days are gathered and packed without any lock; batch_commit
 * then writes days, errors, counters and the place in the file in one transaction. So whatever dies, the job is
 * exactly as far as its counters say.
 */
#include <stdarg.h>
#include <stdio.h>

#include "app/import/format.h"
#include "app/series_layers.h"
#include "base/panic.h"
#include "codec/utf8.h"
#include "db/db.h"

#define BATCH_MEMORY (8u << 20) /* commit when a batch of long days grows over it */
#define METERS_KEPT  8192       /* meters in memory; then it is emptied and filled again */

void batch_begin(struct import_run *r, uint32_t rows_max, uint32_t days_max)
{
	arena_reset(r->batch);
	r->rows = r->days = 0;
	r->rows_max = rows_max;
	r->days_max = days_max;
	r->row = ARENA_ARRAY(r->batch, struct import_row, rows_max);
	r->day = r->last_day = NULL;
	r->days_end = &r->day;
	r->day_bucket = ARENA_ARRAY(r->batch, struct import_day *, DAY_BUCKETS);
	r->readings = NULL;
	r->readings_end = &r->readings;
	r->reading_bucket = NULL;
	r->readings_count = 0;
	r->sites = NULL;
	r->sites_end = &r->sites;
	r->sessions = NULL;
	r->sessions_end = &r->sessions;
	r->notes = r->rejected = NULL;
	r->notes_end = &r->notes;
}

bool batch_full(const struct import_run *r)
{
	return r->rows == r->rows_max || r->days > r->days_max || arena_used(r->batch) > BATCH_MEMORY;
}

static struct import_day *add_day(struct import_run *r, const struct import_day *day,
                                  struct import_day **bucket)
{
	struct import_day *d = ARENA_NEW(r->batch, struct import_day);
	*d = *day;
	d->value = ARENA_ARRAY(r->batch, int64_t, (size_t)d->n);
	d->rows = ARENA_ARRAY(r->batch, uint32_t, (size_t)d->n);
	d->quality = ARENA_ARRAY(r->batch, char, (size_t)d->n);
	d->next = *bucket;
	*bucket = d;
	*r->days_end = d;
	r->days_end = &d->behind;
	r->days++;
	return d;
}

struct import_day *batch_day(struct import_run *r, struct import_meter *m, struct import_series *s, int32_t day,
                             int n)
{
	if (r->last_day && r->last_day->series == s && r->last_day->day == day)
		return r->last_day;
	uint32_t h = (uint32_t)((uintptr_t)s >> 4) * 2654435761u ^ (uint32_t)day * 40503u;
	struct import_day **at = &r->day_bucket[(h ^ h >> 15) % DAY_BUCKETS], *d = *at;
	while (d && (d->series != s || d->day != day))
		d = d->next;
	r->last_day =
	        d ? d
	          : add_day(r, &(struct import_day){.meter = m, .series = s, .day = day, .n = n, .next = *at},
	                    at);
	return r->last_day;
}

static void warn_kept(struct import_run *r)
{
	run_warn(r, -1, "KEPT", STR("KEPT"), "%s",
	         r->policy == SERIES_KEEP ? "A value that was there already differs and was kept, as asked."
	                                  : "An actual reading that was there already was kept: an estimate "
	                                    "does not replace it.");
}

static void warn_barred(struct import_run *r)
{
	run_warn(r, -1, "EXCLUDED", STR("EXCLUDED"), "%s",
	         "A reading that somebody has excluded stays so. It shows again if the edit is taken out on "
	         "the meter's page, or if the file is imported with \"replace\".");
}

void batch_warn_twice(struct import_run *r)
{
	run_warn(r, -1, "STATED_TWICE", STR("STATED_TWICE"),
	         "The file states a reading twice, with different values. The later one was taken.");
}

void batch_state(struct import_run *r, struct import_day *d, int i, int64_t value, char quality)
{
	struct job *j = &r->run->job;
	if (i < 0 || i >= d->n)
		panic("interval %d of a day of %d", i, d->n);
	switch (series_judge(d->value[i], d->quality[i], value, quality, r->policy)) {
	case SERIES_ABSENT:
		return;
	case SERIES_IDENTICAL:
		j->intervals_identical++;
		return;
	case SERIES_KEPT:
	case SERIES_BARRED: /* not within a file */
		j->intervals_kept++;
		warn_kept(r);
		return;
	case SERIES_CHANGED:
		batch_warn_twice(r);
		break;
	case SERIES_NEW:
		break;
	}
	d->value[i] = value;
	d->quality[i] = quality;
	d->rows[i] = r->rows - 1;
}

bool batch_state_at(struct import_run *r, struct import_meter *m, struct import_series *s, int64_t at,
                    int64_t value, char quality)
{
	tz_day_take_at(&m->local, m->tz, at);
	const int32_t day = m->local.day;
	const int64_t since = at - m->local.start, step = s->minutes * 60;
	const int n = run_day_length(m, day, s->minutes);
	if (since < 0 || since % step != 0 || since / step >= n)
		return false;
	batch_state(r, batch_day(r, m, s, day, n), (int)(since / step), value, quality);
	return true;
}

void batch_requalify(struct import_run *r, struct import_meter *m, struct import_series *s, int64_t at,
                     char quality)
{
	int32_t day = tz_day_of(m->tz, at);
	int64_t i = (at - tz_day_start(m->tz, day)) / (s->minutes * 60);
	struct import_day *d = batch_day(r, m, s, day, run_day_length(m, day, s->minutes));
	if (i < d->n && d->quality[i])
		d->quality[i] = quality;
}

/* ---- notes ---- */

static struct str column_name(const struct import_run *r, int column)
{
	if (column < 0)
		return STR("");
	if (r->layout && (size_t)column < r->layout->columns && r->layout->name[column].n)
		return r->layout->name[column];
	return str_of(arena_printf(r->batch, "column %d", column + 1));
}

/* Two records, each in its line. */
static struct str both(struct arena *a, struct str above, struct str below)
{
	if (!above.n)
		return arena_str(a, below);
	char *p = arena_alloc(a, above.n + 1 + below.n);
	memcpy(p, above.p, above.n);
	p[above.n] = '\n';
	memcpy(p + above.n + 1, below.p, below.n);
	return (struct str){p, above.n + 1 + below.n};
}

__attribute__((format(printf, 7, 0))) static struct import_note *
add_note(struct import_run *r, const char *severity, int64_t line, int column, const char *code,
         struct str subject, const char *fmt, va_list args)
{
	char text[500];
	struct import_note *n = ARENA_NEW(r->batch, struct import_note);
	vsnprintf(text, sizeof(text), fmt, args);
	n->severity = severity;
	n->subject = arena_str(r->batch, subject);
	n->e = (struct job_error){.row = line,
	                          .column = utf8_clean(r->batch, column_name(r, column)),
	                          .code = str_of(code),
	                          .message = utf8_clean(r->batch, arena_str(r->batch, str_of(text))),
	                          .line = r->record ? both(r->batch, r->above, r->record->raw)
	                                            : (struct str){NULL, 0},
	                          .times = 1};
	*r->notes_end = n;
	r->notes_end = &n->next;
	return n;
}

void run_reject(struct import_run *r, int column, const char *code, const char *fmt, ...)
{
	struct import_row *row = &r->row[r->rows - 1];
	va_list args;
	if (row->failed)
		return;
	row->failed = true;
	va_start(args, fmt);
	r->rejected = add_note(r, "error", (int64_t)r->record->line, column, code,
	                       str_of(arena_printf(r->batch, "%llu", (unsigned long long)r->record->line)), fmt,
	                       args);
	va_end(args);
}

void run_reject_with(struct import_run *r)
{
	if (r->rows && r->row[r->rows - 1].failed && r->rejected)
		r->rejected->e.line = both(r->batch, r->rejected->e.line, r->record->raw);
}

void run_warn(struct import_run *r, int column, const char *code, struct str subject, const char *fmt, ...)
{
	va_list args;
	for (struct import_note *n = r->notes; n; n = n->next)
		if (str_eqz(n->e.code, code) && str_eq(n->subject, subject)) {
			n->e.times++;
			return;
		}
	va_start(args, fmt);
	add_note(r, "warning", r->record ? (int64_t)r->record->line : 0, column, code, subject, fmt, args);
	va_end(args);
}

/* A command-line dry run has no job: its notes stay in memory, as many as are kept. */
static void keep_in_memory(struct import_run *r, const struct import_note *n)
{
	for (struct import_note *k = r->kept; k; k = k->next)
		if (k->severity == n->severity && str_eq(k->e.code, n->e.code) &&
		    str_eq(k->subject, n->subject)) {
			k->e.times += n->e.times;
			return;
		}
	struct arena *a = r->c->arena;
	struct import_note *copy = ARENA_NEW(a, struct import_note);
	*copy = *n;
	copy->next = NULL;
	copy->subject = arena_str(a, n->subject);
	copy->e.column = arena_str(a, n->e.column);
	copy->e.message = arena_str(a, n->e.message);
	copy->e.line = arena_str(a, n->e.line);
	*r->kept_end = copy;
	r->kept_end = &copy->next;
}

static enum err write_notes(struct import_run *r)
{
	int64_t room = r->errors_kept - r->run->job.failed_rows; /* failed_rows: of the batches before */
	enum err e = OK;
	for (struct import_note *n = r->notes; n && !e; n = n->next) {
		if (strcmp(n->severity, "error") == 0 && room-- <= 0)
			continue;
		if (r->run->job.id)
			e = job_note(r->c, r->run, n->severity, &n->e, n->subject);
		else
			keep_in_memory(r, n);
	}
	return e;
}

/* ---- the commit ---- */

static void pack_days(struct import_run *r)
{
	uint8_t room[SERIES_PACKED_MAX];
	for (struct import_day *d = r->day; d; d = d->behind) {
		size_t n = series_pack(d->n, d->value, d->quality, room);
		if (n)
			d->packed = arena_str(r->batch, (struct str){(char *)room, n});
	}
}

void batch_count(struct import_run *r, enum series_outcome outcome, uint32_t row)
{
	struct job *j = &r->run->job;
	switch (outcome) {
	case SERIES_ABSENT:
		return;
	case SERIES_NEW:
		j->intervals_new++;
		break;
	case SERIES_IDENTICAL:
		j->intervals_identical++;
		return;
	case SERIES_CHANGED:
		j->intervals_changed++;
		break;
	case SERIES_KEPT:
		j->intervals_kept++;
		warn_kept(r);
		return;
	case SERIES_BARRED:
		j->intervals_kept++;
		warn_barred(r);
		return;
	}
	r->row[row].written = true;
}

/* Widens the range of the days that this batch has stated of the series; those wider than the ledger knows are
 * chained. */
void batch_widen(struct import_series *s, int32_t day, struct import_series **widened)
{
	if (s->stated && day >= s->first_day && day <= s->last_day)
		return;
	s->first_day = s->stated && s->first_day < day ? s->first_day : day;
	s->last_day = s->stated && s->last_day > day ? s->last_day : day;
	s->stated = true;
	if (s->widened)
		return;
	s->widened = true;
	s->next_widened = *widened;
	*widened = s;
}

static enum err write_ranges(struct import_run *r, struct import_series *widened)
{
	enum err e = OK;
	for (struct import_series *s = widened; s && !e; s = s->next_widened) {
		s->widened = false;
		e = layers_range(r->c, r->run->job.id, s->id, s->first_day, s->last_day);
	}
	return e;
}

enum err batch_make(struct import_run *r, struct import_meter *m, struct import_series *s)
{
	run_count_meter(r, m);
	return r->dry ? OK : run_make(r, m, s);
}

static enum err put_days(struct import_run *r)
{
	uint8_t outcome[SERIES_INTERVALS_MAX];
	struct import_series *widened = NULL;
	enum err e = OK;
	for (struct import_day *d = r->day; d && !e; d = d->behind) {
		int n = 0;
		if (!d->packed.n)
			continue;
		e = batch_make(r, d->meter, d->series);
		if (!e)
			e = series_put(r->c, d->series->id, d->day, r->run->job.id, d->packed, r->policy,
			               r->dry, outcome, &n);
		for (int k = 0; k < n && !e; k++)
			batch_count(r, outcome[k], d->rows[k]);
		if (!r->dry)
			batch_widen(d->series, d->day, &widened);
	}
	if (!e)
		e = readings_put(r, &widened);
	if (!e)
		e = sites_put(r);
	if (!e)
		e = sessions_put(r);
	return e ? e : write_ranges(r, widened);
}

static void count_rows(struct import_run *r)
{
	struct job *j = &r->run->job;
	for (uint32_t i = 0; i < r->rows; i++) {
		const struct import_row *row = &r->row[i];
		if (row->failed)
			j->failed_rows++;
		else if (row->written)
			j->imported_rows++;
		else
			j->unchanged_rows++;
	}
	j->processed_rows += r->rows;
	if (j->total_rows < j->processed_rows)
		j->total_rows = j->processed_rows;
}

static enum err describe(struct import_run *r)
{
	bool first = !r->described;
	r->described = true;
	if (!first || !r->run->job.id)
		return OK;
	return job_describe(r->c, r->run, r->layout->header, r->layout->dialect.delimiter,
	                    layout_summary(r->batch, r->layout));
}

enum err batch_commit(struct import_run *r)
{
	enum err e = OK;
	pack_days(r);
	bool has_job = r->run->job.id != 0;
	if (has_job) {
		e = db_begin(r->c->db);
		if (e)
			return ctx_db_failed(r->c, e, "storing an import's rows");
	}
	e = put_days(r);
	if (!e)
		e = write_notes(r);
	if (!e)
		e = describe(r);
	if (e) {
		db_rollback(r->c->db);
		return e;
	}
	count_rows(r);
	if (has_job)
		e = job_commit(r->c, r->run);
	if (!e && (r->meters_count > METERS_KEPT || arena_used(r->keep) > BATCH_MEMORY))
		run_forget_meters(r);
	return e;
}
