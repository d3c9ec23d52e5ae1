/*
 * engine: from an open file to the ledger.
 *
 * The head of the file is understood anew at every start (the same bytes give the same layout), then reading
 * goes on at the place of the last commit. A batch is 5,000 meter days (of a wide file: records), because that
 * is what a commit takes its time for; while web requests are about it is 2,000 with a short sleep after it, so
 * that they find the database free (measured: their 99th percentile is 13 ms then, against 3.5 s).
 */
#include <time.h>

#include "app/import/format.h"
#include "app/setting.h"
#include "app/storage.h"
#include "db/db.h"

#define BATCH_ARENA  (64u << 20)
#define KEEP_ARENA   (32u << 20)
#define SAMPLE_BYTES (1u << 20) /* of the text: a sample is taken while somebody waits */

/* What was committed before the file failed is said: it counts. */
static enum err read_failed(struct import_run *r)
{
	enum err e = source_failed(r->source);
	struct fault why = r->c->fault;
	long long rows = (long long)r->run->job.processed_rows;
	if (err_info(e)->again || r->dry)
		return e;
	return ctx_fail(
	        r->c, e, why.field,
	        rows ? "%s The %lld rows before that have been imported; undo the import to take them out."
	             : "%s Nothing of it was imported.",
	        why.message, rows);
}

enum err layout_of(struct ctx *c, const struct source *s, const struct layout_ask *ask, struct layout *out)
{
	size_t of;
	struct str sheet = source_sheet(s, &of);
	enum err e = layout_detect(c->arena, source_head(s), ask, out, &c->fault);
	out->source = s;
	if (!e || of < 2 || ask->answers.given[ANSWER_sheet].n)
		return e;
	struct fault why = c->fault;
	return ctx_fail(c, e, why.field,
	                "%s The sheet \"%.*s\" was read, the first of %zu: another can be named.", why.message,
	                STR_ARG(sheet), of);
}

/* --strict: nothing is assumed. */
static enum err refuse_doubts(struct ctx *c, const struct layout *l)
{
	struct layout_doubt doubt[DOUBTS_MAX];
	size_t n = layout_doubts(l, doubt);
	return n ? ctx_fail(c, ERR_INVALID, answer_infos[doubt[0].about].id,
	                    "The file leaves something open, and nothing may be assumed (strict). %s Say it: "
	                    "%s.",
	                    doubt[0].text, answer_infos[doubt[0].about].help)
	         : OK;
}

static enum err understand(struct import_run *r, struct layout *l)
{
	struct job *j = &r->run->job;
	r->ask->type = j->import_type;
	enum err e = layout_of(r->c, r->source, r->ask, l);
	if (!e && r->strict)
		e = refuse_doubts(r->c, l);
	if (e)
		return e;
	if (!r->dry || !j->id) /* a dry run that is corrected may turn out to be of another type */
		j->import_type = str_of(l->format->name);
	j->bytes_total = source_size(r->source);
	r->layout = l;
	if (!r->file_tz && l->zone)
		r->tz = tz_load(str_of(l->zone)); /* of new meters too: their days are the file's */
	if (!r->file_tz && (l->utc || l->zone))
		r->file_tz = tz_load(l->zone ? str_of(l->zone) : STR("UTC"));
	if (!r->tz || (l->zone && !r->file_tz))
		return ctx_fail(r->c, ERR_UNAVAILABLE, "",
		                "The system's time zones are missing: install the package tzdata.");
	return OK;
}

/* A row that was rejected as cut off, padded with blanks in the file of rejected rows, and not mended: its last
 * number may still be half of one. Two blanks may be those of HH49 and HH50. */
static bool still_cut_off(const struct layout *l, const struct csv_row *row)
{
	int at = l->rejects_at, blanks = 0;
	if (at < 0 || (size_t)at + 2 >= row->n || !str_eqz(str_trim(row->cell[at + 2]), "SHORT_ROW"))
		return false;
	while (blanks < at && !str_trim(row->cell[at - 1 - blanks]).n)
		blanks++;
	return blanks > 2;
}

/* True: the record cannot be trusted and has been rejected. */
static bool flawed(struct import_run *r, const struct csv_row *row)
{
	int column = (int)row->flaw_cell;
	switch (row->flaw) {
	case CSV_FINE:
		break;
	case CSV_TOO_LONG:
		run_reject(r, -1, "LINE_TOO_LONG", "The line is longer than %d KiB.", CSV_RECORD_MAX / 1024);
		return true;
	case CSV_TOO_MANY:
		run_reject(r, -1, "TOO_MANY_COLUMNS", "The row has more than %d cells.", CSV_CELLS_MAX);
		return true;
	case CSV_OPEN_QUOTE:
		run_reject(r, column, "OPEN_QUOTE",
		           "A quotation mark is opened and never closed. Close it or remove it.");
		return true;
	case CSV_AFTER_QUOTE:
		run_reject(r, column, "AFTER_QUOTE",
		           "There is text after a closing quotation mark. Double the marks inside the text.");
		return true;
	}
	if (still_cut_off(r->layout, row)) {
		run_reject(r, -1, "SHORT_ROW",
		           "The row was cut off and has not been mended: fill in what is missing.");
		return true;
	}
	for (size_t i = r->layout->columns; i < row->n && !r->layout->records_at_header; i++)
		if (str_trim(row->cell[i]).n) {
			run_reject(r, (int)i, "LONG_ROW",
			           "The row has %zu cells, the header has %zu. Put quotation marks around a "
			           "cell that holds the delimiter.",
			           row->n, r->layout->columns);
			return true;
		}
	return false;
}

static void read_record(struct import_run *r, const struct csv_row *row)
{
	r->row[r->rows++] = (struct import_row){.line = row->line};
	if (!flawed(r, row))
		r->layout->format->row(r, row);
}

/* Lines that are no records are not counted among the rows, and not passed over in silence either. */
static void skip_footer(struct import_run *r, const struct csv_row *row)
{
	if (row_is_blank(row))
		return;
	r->record = row;
	run_warn(
	        r, -1, "NO_RECORD", STR("NO_RECORD"),
	        "A line is no record but a footer, a grand total or the header once more. It was passed over.");
}

/* The next record: the one held back, or one more of the file. */
static enum csv_next next_record(struct import_run *r, struct csv_row *row)
{
	if (!r->holds)
		return source_next(r->source, row);
	*row = r->held; /* its slices are good: nothing was read since */
	r->holds = false;
	return CSV_ROW;
}

static void take_record(struct import_run *r, const struct csv_row *row)
{
	r->record = row;
	if (!layout_is_row(r->layout, row)) {
		if (r->layout->format->context)
			r->layout->format->context(r, row);
	} else if (layout_footer(r->batch, r->layout, row))
		skip_footer(r, row);
	else if (!row_is_blank(row))
		read_record(r, row);
	r->record = NULL;
}

/* Fills a batch. It is full when its rows are, but goes on to the end of a row's context. *end: the file has
 * ended. */
static enum err fill(struct import_run *r, bool *end)
{
	struct csv_row row;
	struct job *j = &r->run->job;
	for (;;) {
		switch (next_record(r, &row)) {
		case CSV_END:
			*end = true;
			return OK;
		case CSV_FAILED:
			return read_failed(r);
		case CSV_ROW:
			break;
		}
		if (batch_full(r) && layout_is_row(r->layout, &row)) {
			r->held = row;
			r->holds = true;
			return OK;
		}
		take_record(r, &row);
		j->resume_offset = (int64_t)row.next;
		j->resume_line = (int64_t)row.next_line;
		if (r->c->fault.code) /* the database failed while a meter was looked up */
			return r->c->fault.code;
	}
}

static void begin_batch(struct import_run *r, bool shared)
{
	uint32_t days = shared ? BATCH_DAYS_SHARED : BATCH_DAYS;
	bool readings = !r->layout->intervals && r->layout->interval_minutes;
	batch_begin(r, readings ? BATCH_READINGS : days, days);
}

/* What had to be assumed is said, once, with the first batch. */
static void say_guesses(struct import_run *r)
{
	struct layout_doubt doubt[DOUBTS_MAX];
	size_t n = layout_doubts(r->layout, doubt);
	if (source_lost_bytes(r->source))
		run_warn(r, -1, "NUL_BYTES", STR("NUL_BYTES"), "The file has NUL bytes, which were left out.");
	for (size_t i = 0; i < n; i++)
		run_warn(r, doubt[i].column, doubt[i].code, str_of(doubt[i].code), "%s", doubt[i].text);
}

/* How many rows there are in all: known at the end, until then guessed from the share of the file that they
 * came from. */
static void foresee(struct import_run *r, bool end)
{
	struct job *j = &r->run->job;
	int64_t rows = j->processed_rows + r->rows;
	j->bytes_done = end ? j->bytes_total : source_done(r->source, (uint64_t)j->resume_offset);
	double share = j->bytes_total > 0 ? (double)j->bytes_done / (double)j->bytes_total : 0;
	j->total_rows = end || share <= 0 ? rows : (int64_t)((double)rows / share);
}

static enum err read_all(struct import_run *r, const volatile int *stop)
{
	enum err e = OK;
	bool end = false;
	while (!e && !end) {
		bool shared = r->run->job.id && storage_web_active(r->c->storage);
		begin_batch(r, shared);
		if (!r->described)
			say_guesses(r);
		e = fill(r, &end);
		if (!e)
			foresee(r, end);
		if (!e)
			e = batch_commit(r);
		if (!e && r->run->progress)
			r->run->progress(r->run->progress_arg, &r->run->job);
		if (!e && !end && *stop)
			e = ctx_fail(r->c, ERR_INTERRUPTED, "", "The import was interrupted.");
		if (!e && !end && shared)
			nanosleep(&(struct timespec){0, 10000000}, NULL);
	}
	return e;
}

/* A run that goes on where another stopped has to know what stood before: the context of the rows already
 * taken. */
static enum err read_context_again(struct import_run *r)
{
	const struct job *j = &r->run->job;
	const struct layout *l = r->layout;
	struct csv_row row;
	enum csv_next got = CSV_END;
	if (!l->format->context || j->resume_offset <= (int64_t)l->data_offset)
		return OK;
	enum err e = source_seek(r->source, l->dialect, l->data_offset, l->data_line);
	if (e)
		return e;
	batch_begin(r, 1, 1);
	while ((got = source_next(r->source, &row)) == CSV_ROW && (int64_t)row.offset < j->resume_offset)
		if (!layout_is_row(l, &row))
			l->format->context(r, &row);
	return got == CSV_FAILED ? read_failed(r) : OK;
}

enum err import_sample(struct import_run *r, struct layout *l,
                       bool (*each)(void *arg, struct import_run *r, const struct csv_row *row), void *arg)
{
	struct csv_row row;
	bool more = true;
	enum csv_next got = CSV_ROW;
	r->strict = false; /* what is left open is asked */
	enum err e = understand(r, l);
	if (!e)
		e = source_seek(r->source, l->dialect, l->data_offset, l->data_line);
	if (e)
		return e;
	r->keep = arena_new(KEEP_ARENA);
	r->batch = arena_new(BATCH_ARENA);
	r->kept_end = &r->kept;
	row.offset = l->data_offset;
	batch_begin(r, 1, 1);
	while (more && !r->c->fault.code && row.offset - l->data_offset < SAMPLE_BYTES &&
	       (got = source_next(r->source, &row)) == CSV_ROW) {
		take_record(r, &row);
		if (!r->rows)
			continue;
		more = each(arg, r, &row);
		batch_begin(r, 1, 1);
	}
	arena_free(r->keep);
	arena_free(r->batch);
	return got == CSV_FAILED ? read_failed(r) : r->c->fault.code;
}

static enum err execute(struct import_run *r, const volatile int *stop)
{
	struct layout *l = ARENA_NEW(r->c->arena, struct layout);
	struct job *j = &r->run->job;
	enum err e = r->dry ? job_rewind(r->c, r->run) : OK; /* what it had counted, it did not keep */
	if (!e)
		e = understand(r, l);
	if (e)
		return e;
	r->errors_kept = setting_int(r->c, SETTING_errors_kept);
	r->described = j->resume_offset > 0;
	if (!j->resume_offset) {
		j->resume_offset = (int64_t)l->data_offset;
		j->resume_line = (int64_t)l->data_line;
	}
	r->keep = arena_new(KEEP_ARENA);
	r->batch = arena_new(BATCH_ARENA);
	r->kept_end = &r->kept;
	e = r->described ? run_meters_before(r) : OK;
	if (!e)
		e = read_context_again(r);
	if (!e)
		e = source_seek(r->source, l->dialect, (uint64_t)j->resume_offset, (uint64_t)j->resume_line);
	if (!e)
		e = read_all(r, stop);
	arena_free(r->keep);
	arena_free(r->batch);
	return e;
}

enum err import_execute(struct import_run *r, int fd, const volatile int *stop)
{
	enum err e = source_open(r->c, fd, &r->ask->answers, &r->source);
	if (!e)
		e = execute(r, stop);
	source_close(r->source);
	return e;
}
