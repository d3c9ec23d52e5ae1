/* job: see job.h. This file is what people ask of jobs; job_run.c is what the worker does with them. Together
 * they own the tables jobs and job_errors. */
#include "app/job.h"

#include "app/job_columns.h"
#include "app/job_run.h"
#include "app/setting.h"
#include "app/storage.h"
#include "base/rand.h"
#include "codec/csv.h"
#include "db/db.h"

#define ERRORS_PAGE 100 /* errors read at a time for a download */

/* Who may see a job: an admin and the system all, others their own. */
#define JOB_MINE "(CAST(? AS BIGINT) = 1 OR j.user_id = ?)"
#define JOB_FILTER                                                  \
	JOB_MINE " AND (CAST(? AS TEXT) = '' OR j.status = ?) AND " \
	         "((CAST(? AS TEXT) = '' AND j.kind IN ('import', 'undo')) OR j.kind = ?)"

SQL(job_list, "SELECT " JOB_COLUMNS " WHERE " JOB_FILTER " ORDER BY j.id DESC LIMIT ? OFFSET ?");
SQL(job_list_rows, "SELECT " JOB_ROW_COLUMNS " WHERE " JOB_FILTER " ORDER BY j.id DESC LIMIT ? OFFSET ?");
SQL(job_count, "SELECT COUNT(*) FROM jobs j WHERE " JOB_FILTER);
SQL(job_get, "SELECT " JOB_COLUMNS " WHERE j.batch_id = ? AND " JOB_MINE);
SQL(job_insert,
    "INSERT INTO jobs (batch_id, kind, user_id, status, filename, file_path, import_type, dry_run, "
    "on_conflict, "
    "property_id, meter, car, time_zone, answers, preset, strict, follows_id, origin, bytes_total, target_id, "
    "queued_at, "
    "started_at, lease_slot, lease_token) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) RETURNING id");
SQL(job_cancel_queued, "UPDATE jobs SET status = 'cancelled', cancel_requested = 1, completed_at = ? "
                       "WHERE id = ? AND status = 'queued'");
SQL(job_cancel_running, "UPDATE jobs SET cancel_requested = 1 WHERE id = ? AND status = 'processing'");
SQL(job_retry,
    "UPDATE jobs SET status = 'queued', cancel_requested = 0, error_message = NULL, completed_at = NULL, "
    "attempts = 0, not_before_at = NULL, lease_slot = NULL "
    "WHERE id = ? AND status IN ('failed', 'cancelled') AND undone_at IS NULL");
SQL(job_errors, "SELECT row, col AS \"column\", code, message, line, times FROM job_errors "
                "WHERE job_id = ? AND severity = 'error' ORDER BY row, id LIMIT ? OFFSET ?");
SQL(job_warnings, "SELECT row, col AS \"column\", code, message, line, times FROM job_errors "
                  "WHERE job_id = ? AND severity = 'warning' ORDER BY row, id LIMIT ?");
SQL(job_errors_count, "SELECT COUNT(*) FROM job_errors WHERE job_id = ? AND severity = 'error'");
SQL(job_file_head, "SELECT header_line, delimiter FROM jobs WHERE id = ?");
SQL(job_waiting, "SELECT COUNT(*), COALESCE(MIN(queued_at), 0) FROM jobs WHERE status = 'queued'");

static const struct rec_field job_fields[] = {
        REC(struct job, id, REC_INT),
        REC(struct job, batch_id, REC_TEXT),
        REC(struct job, kind, REC_TEXT),
        REC(struct job, filename, REC_TEXT),
        REC_FLAGS(struct job, file_path, REC_TEXT, REC_HIDDEN),
        REC(struct job, import_type, REC_TEXT),
        REC(struct job, status, REC_TEXT),
        REC(struct job, dry_run, REC_BOOL),
        REC(struct job, total_rows, REC_INT),
        REC(struct job, processed_rows, REC_INT),
        REC(struct job, imported_rows, REC_INT),
        REC(struct job, unchanged_rows, REC_INT),
        REC(struct job, failed_rows, REC_INT),
        REC(struct job, intervals_new, REC_INT),
        REC(struct job, intervals_identical, REC_INT),
        REC(struct job, intervals_changed, REC_INT),
        REC(struct job, intervals_kept, REC_INT),
        REC(struct job, meters_new, REC_INT),
        REC(struct job, bytes_total, REC_INT),
        REC(struct job, bytes_done, REC_INT),
        REC(struct job, queued_at, REC_AT_SQL),
        REC(struct job, started_at, REC_AT_SQL),
        REC(struct job, meters_known, REC_INT),
        REC(struct job, values_blank, REC_INT),
        REC(struct job, values_negative, REC_INT),
        REC(struct job, values_sentinel, REC_INT),
        REC(struct job, values_out_of_range, REC_INT),
        REC(struct job, completed_at, REC_AT_SQL),
        REC(struct job, progress_at, REC_AT_SQL),
        REC(struct job, attempts, REC_INT),
        REC(struct job, cancel_requested, REC_BOOL),
        REC(struct job, error_message, REC_TEXT),
        REC_FLAGS(struct job, summary, REC_TEXT, REC_HIDDEN),
        REC_FLAGS(struct job, user_id, REC_INT, REC_HIDDEN),
        REC(struct job, user_name, REC_TEXT),
        REC(struct job, user_email, REC_TEXT),
        REC(struct job, on_conflict, REC_TEXT),
        REC_FLAGS(struct job, property_id, REC_INT, REC_HIDDEN),
        REC(struct job, meter, REC_TEXT),
        REC(struct job, car, REC_TEXT),
        REC(struct job, time_zone, REC_TEXT),
        REC_FLAGS(struct job, answers, REC_TEXT, REC_HIDDEN),
        REC(struct job, preset, REC_TEXT),
        REC(struct job, strict, REC_BOOL),
        REC_FLAGS(struct job, follows_id, REC_INT, REC_HIDDEN),
        REC(struct job, follows, REC_TEXT),
        REC(struct job, origin, REC_TEXT),
        REC_FLAGS(struct job, target_id, REC_INT, REC_HIDDEN),
        REC(struct job, undone_at, REC_AT_SQL),
        REC(struct job, cleaned_at, REC_AT_SQL),
        REC_FLAGS(struct job, resume_offset, REC_INT, REC_HIDDEN),
        REC_FLAGS(struct job, resume_line, REC_INT, REC_HIDDEN),
        REC_FLAGS(struct job, lease_token, REC_INT, REC_HIDDEN),
};
const struct rec_desc job_desc = REC_DESC(struct job, job_fields);

static const struct rec_field job_row_fields[] = {
        REC(struct job, batch_id, REC_TEXT),     REC(struct job, kind, REC_TEXT),
        REC(struct job, filename, REC_TEXT),     REC(struct job, import_type, REC_TEXT),
        REC(struct job, status, REC_TEXT),       REC(struct job, dry_run, REC_BOOL),
        REC(struct job, total_rows, REC_INT),    REC(struct job, processed_rows, REC_INT),
        REC(struct job, imported_rows, REC_INT), REC(struct job, failed_rows, REC_INT),
        REC(struct job, bytes_total, REC_INT),   REC(struct job, bytes_done, REC_INT),
        REC(struct job, queued_at, REC_AT_SQL),  REC(struct job, cancel_requested, REC_BOOL),
        REC(struct job, undone_at, REC_AT_SQL),  REC(struct job, user_name, REC_TEXT),
        REC(struct job, user_email, REC_TEXT),   REC(struct job, origin, REC_TEXT),
};
static const struct rec_desc job_row_desc = REC_DESC(struct job, job_row_fields);

static const struct rec_field error_fields[] = {
        REC(struct job_error, row, REC_INT),   REC(struct job_error, column, REC_TEXT),
        REC(struct job_error, code, REC_TEXT), REC(struct job_error, message, REC_TEXT),
        REC(struct job_error, line, REC_TEXT), REC(struct job_error, times, REC_INT),
};
const struct rec_desc job_error_desc = REC_DESC(struct job_error, error_fields);

static struct db_val sees_all(const struct ctx *c)
{
	return db_i(c->actor.kind == ACTOR_SYSTEM || c->actor.role == ROLE_ADMIN);
}

/* ---- looking ---- */

static const char *const statuses[] = {"queued", "processing", "completed", "failed", "cancelled"};

bool job_status_known(struct str status)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (str_eqz(status, statuses[i]))
			return true;
	return false;
}

enum err job_list(struct ctx *c, const struct job_filter *f, struct job **out, size_t *n, int64_t *total)
{
	struct db_val all = sees_all(c), me = db_i(c->actor.user_id);
	struct db_val status = db_t(f->status.n ? f->status : STR("")),
	              kind = db_t(f->kind.n ? f->kind : STR(""));
	enum err e;
	/* one row more than was asked for tells whether the others have to be counted */
	*out = db_all(c->db, f->rows_only ? &sql_job_list_rows : &sql_job_list,
	              DB_ARGS(all, me, status, status, kind, kind, db_i(f->limit + 1), db_i(f->offset)),
	              c->arena, f->rows_only ? &job_row_desc : &job_desc, n, &e);
	bool counted = (*n > 0 || f->offset == 0) && *n <= (size_t)f->limit;
	if (*n > (size_t)f->limit)
		*n = (size_t)f->limit;
	*total = f->offset + (int64_t)*n;
	if (!e && !counted)
		e = db_one_int(c->db, &sql_job_count, DB_ARGS(all, me, status, status, kind, kind), total);
	return e ? ctx_db_failed(c, e, "listing jobs") : OK;
}

bool job_of_backups(const struct job *j)
{
	return str_eqz(j->kind, "backup") || str_eqz(j->kind, "restore");
}

/* An admin's token may be one for imports alone. */
static bool sees_backups(const struct ctx *c)
{
	return c->actor.kind == ACTOR_SYSTEM ||
	       (c->actor.role == ROLE_ADMIN && (c->actor.scopes & SCOPE_ADMIN));
}

enum err job_get(struct ctx *c, struct str batch_id, struct job *out)
{
	enum err e = db_one(c->db, &sql_job_get, DB_ARGS(db_t(batch_id), sees_all(c), db_i(c->actor.user_id)),
	                    c->arena, &job_desc, out);
	if (!e && job_of_backups(out) && !sees_backups(c))
		e = ERR_NOT_FOUND;
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "batch", "There is no job %.*s.", STR_ARG(str_sub(batch_id, 0, 60)));
	return e ? ctx_db_failed(c, e, "reading a job") : OK;
}

bool job_active(const struct job *j)
{
	return str_eqz(j->status, "queued") || str_eqz(j->status, "processing");
}

bool job_file_kept(const struct job *j)
{
	return str_starts(j->file_path, STR("uploads/"));
}

int job_progress(const struct job *j)
{
	if (str_eqz(j->status, "completed"))
		return 1000;
	int64_t part = j->processed_rows, whole = j->total_rows;
	if (whole <= 0) {
		part = j->bytes_done;
		whole = j->bytes_total;
	}
	if (whole <= 0 || part <= 0)
		return 0;
	int64_t tenths = part >= whole ? 1000 : part * 1000 / whole;
	return (int)tenths;
}

void job_pace(const struct job *j, int64_t now, double *rows_per_second, int64_t *seconds_left)
{
	int64_t until = j->completed_at ? j->completed_at : now;
	int64_t took = until - j->started_at;
	*seconds_left = -1;
	*rows_per_second = j->started_at ? (double)j->processed_rows / (double)(took > 0 ? took : 1) : 0;
	if (str_eqz(j->status, "processing") && *rows_per_second > 0 && j->total_rows >= j->processed_rows)
		*seconds_left = (int64_t)((double)(j->total_rows - j->processed_rows) / *rows_per_second + 0.5);
}

/* ---- asking for changes ---- */

enum err job_add(struct ctx *c, const struct job *w, const char *status, int64_t slot, struct job *out)
{
	char batch[37];
	int64_t id, now = ctx_now(c);
	bool here = strcmp(status, "processing") == 0;
	rand_uuid(batch);
	enum err e = db_one_int(
	        c->db, &sql_job_insert,
	        DB_ARGS(db_z(batch), db_t(w->kind), db_i0(w->user_id), db_z(status), db_t(w->filename),
	                db_t(w->file_path), db_t(w->import_type), db_i(w->dry_run),
	                db_t(w->on_conflict.n ? w->on_conflict : STR("actual-wins")), db_i0(w->property_id),
	                db_t0(w->meter), db_t0(w->car), db_t0(w->time_zone), db_t0(w->answers),
	                db_t0(w->preset), db_i(w->strict), db_i0(w->follows_id), db_t0(w->origin),
	                db_i(w->bytes_total), db_i0(w->target_id), db_i(now), db_i0(here ? now : 0),
	                here ? db_i(slot) : db_null()),
	        &id);
	if (e)
		return ctx_db_failed(c, e, "adding a job");
	struct actor asking = c->actor;
	c->actor.kind = ACTOR_SYSTEM;
	e = job_get(c, str_of(batch), out);
	c->actor = asking;
	return e;
}

enum err job_queue(struct ctx *c, const struct job *wanted, struct job *out)
{
	return job_add(c, wanted, "queued", 0, out);
}

enum err job_cancel(struct ctx *c, struct str batch_id)
{
	struct job j;
	enum err e = job_get(c, batch_id, &j);
	if (e)
		return e;
	if (str_eqz(j.kind, "undo"))
		return ctx_fail(c, ERR_CONFLICT, "",
		                "An undo is not stopped half way. Redo the import afterwards.");
	e = db_run(c->db, &sql_job_cancel_queued, DB_ARGS(db_i(ctx_now(c)), db_i(j.id)));
	if (!e && db_changes(c->db))
		return OK;
	if (!e)
		e = db_run(c->db, &sql_job_cancel_running, DB_ARGS(db_i(j.id)));
	if (e)
		return ctx_db_failed(c, e, "cancelling a job");
	return db_changes(c->db) ? OK
	                         : ctx_fail(c, ERR_CONFLICT, "", "The job has ended already: it is %.*s.",
	                                    STR_ARG(j.status));
}

/* Into the queue again; *done: it could be. */
static enum err put_back(struct ctx *c, const struct job *j, bool *done)
{
	enum err e = ctx_begin(c, "putting a job back");
	if (e)
		return e;
	e = db_run(c->db, &sql_job_retry, DB_ARGS(db_i(j->id)));
	*done = !e && db_changes(c->db) > 0;
	if (*done && str_eqz(j->kind, "import") && !j->dry_run)
		e = job_to_the_top(c, j);
	return ctx_end(c, e, "putting a job back");
}

enum err job_retry(struct ctx *c, struct str batch_id)
{
	struct job j;
	bool done;
	struct str unused;
	enum err e = job_get(c, batch_id, &j);
	if (e)
		return e;
	if (str_starts(j.file_path, STR("/")) || str_eqz(j.file_path, "-"))
		return ctx_fail(c, ERR_CONFLICT, "",
		                "This import was run on the command line: run the command again.");
	if (str_eqz(j.kind, "restore") && !j.dry_run)
		return ctx_fail(c, ERR_CONFLICT, "",
		                "A restore is confirmed each time: ask for it anew, at the backup.");
	if (j.undone_at)
		return ctx_fail(c, ERR_CONFLICT, "", "This import has been undone. Redo it, then try again.");
	if (str_eqz(j.kind, "import") &&
	    (!j.file_path.n ||
	     storage_get(c->storage, c->arena, arena_strz(c->arena, j.file_path), 1, &unused) == ERR_NOT_FOUND))
		return ctx_fail(c, ERR_CONFLICT, "",
		                "The uploaded file is not kept any more: upload it again.");
	e = put_back(c, &j, &done);
	if (e)
		return e;
	return done ? OK
	            : ctx_fail(c, ERR_CONFLICT, "",
	                       "Only a failed or cancelled job can be tried again: it is %.*s.",
	                       STR_ARG(j.status));
}

/* ---- errors ---- */

enum err job_errors(struct ctx *c, const struct job *j, int64_t limit, int64_t offset, struct job_error **out,
                    size_t *n, int64_t *total)
{
	enum err e;
	*out = db_all(c->db, &sql_job_errors, DB_ARGS(db_i(j->id), db_i(limit), db_i(offset)), c->arena,
	              &job_error_desc, n, &e);
	if (!e)
		e = db_one_int(c->db, &sql_job_errors_count, DB_ARGS(db_i(j->id)), total);
	return e ? ctx_db_failed(c, e, "reading a job's errors") : OK;
}

enum err job_warnings(struct ctx *c, const struct job *j, int64_t limit, struct job_error **out, size_t *n)
{
	enum err e;
	*out = db_all(c->db, &sql_job_warnings, DB_ARGS(db_i(j->id), db_i(limit)), c->arena, &job_error_desc, n,
	              &e);
	return e ? ctx_db_failed(c, e, "reading a job's warnings") : OK;
}

/* The record as it came; one that ends inside a quote gets it closed, so that our columns stay columns. */
static void put_record(struct buf *b, struct str line)
{
	size_t quotes = 0;
	for (size_t i = 0; i < line.n; i++)
		quotes += line.p[i] == '"';
	buf_adds(b, line);
	if (quotes % 2)
		buf_addc(b, '"');
}

/* The file's header line with ours behind it. Returns how many columns the file's own has. */
static size_t put_header(struct buf *b, struct str header, struct csv_dialect d)
{
	size_t columns = 0;
	put_record(b, header);
	if (b->n) {
		columns = csv_cells(buf_str(b), d);
		buf_addc(b, d.delimiter);
	}
	buf_printf(b, "line%ccolumn%ccode%cmessage\r\n", d.delimiter, d.delimiter, d.delimiter);
	return columns;
}

static enum err put_header_of(struct ctx *c, const struct job *j, struct buf *b, struct csv_dialect *d,
                              size_t *columns)
{
	struct db_cur cur;
	struct str header = {NULL, 0};
	db_query(c->db, &cur, &sql_job_file_head, DB_ARGS(db_i(j->id)));
	if (db_next(&cur)) {
		struct str delimiter = db_text(&cur, 1);
		if (delimiter.n == 1)
			d->delimiter = delimiter.p[0];
		header = db_text(&cur, 0);
	}
	*columns = put_header(b, header, *d);
	enum err e = db_done(&cur);
	return e ? ctx_db_failed(c, e, "reading a job's header line") : OK;
}

/* The record, with empty cells up to the header's width: what we add must stand under its own names, or a file
 * that is mended and sent again would have our line number for a reading. */
static void put_error(struct buf *b, const struct job_error *e, struct csv_dialect d, size_t columns)
{
	buf_reset(b);
	put_record(b, e->line);
	for (size_t n = csv_cells(buf_str(b), d); n < columns; n++)
		buf_addc(b, d.delimiter);
	buf_printf(b, "%c%lld%c", d.delimiter, (long long)e->row, d.delimiter);
	csv_put_text(b, e->column, d);
	buf_addc(b, d.delimiter);
	csv_put_cell(b, e->code, d);
	buf_addc(b, d.delimiter);
	csv_put_text(b, e->message, d);
	buf_addz(b, "\r\n");
}

enum err job_errors_csv(struct ctx *c, const struct job *j, bool (*put)(void *arg, struct str piece), void *arg)
{
	struct csv_dialect d = {',', '"'};
	struct buf b = BUF_INIT(4 * CSV_RECORD_MAX);
	struct arena *outer = c->arena, *page = arena_new(ERRORS_PAGE * 2 * CSV_RECORD_MAX);
	size_t columns, n = ERRORS_PAGE;
	enum err e = put_header_of(c, j, &b, &d, &columns);
	bool more = !e && put(arg, buf_str(&b));
	/* read page by page: no cursor is held open while a slow client takes its time, and no more than a page
	 * is in memory */
	c->arena = page;
	for (int64_t at = 0; more && n == ERRORS_PAGE; at += ERRORS_PAGE) {
		struct job_error *errors;
		int64_t total;
		arena_reset(page);
		e = job_errors(c, j, ERRORS_PAGE, at, &errors, &n, &total);
		more = !e;
		for (size_t i = 0; more && i < n; i++) {
			put_error(&b, &errors[i], d, columns);
			more = put(arg, buf_str(&b));
		}
	}
	c->arena = outer;
	arena_free(page);
	buf_free(&b);
	return e;
}

bool job_errors_csv_of(struct str header, char delimiter, const struct job_error *errors, size_t n,
                       bool (*put)(void *arg, struct str piece), void *arg)
{
	const struct csv_dialect d = {delimiter, '"'};
	struct buf b = BUF_INIT(4 * CSV_RECORD_MAX);
	size_t columns = put_header(&b, header, d);
	bool more = put(arg, buf_str(&b));
	for (size_t i = 0; more && i < n; i++) {
		put_error(&b, &errors[i], d, columns);
		more = put(arg, buf_str(&b));
	}
	buf_free(&b);
	return more;
}

/* ---- health ---- */

enum err job_health(struct ctx *c, struct job_health *out)
{
	struct db_cur cur;
	int64_t oldest = 0, now = ctx_now(c);
	*out = (struct job_health){.running = job_worker_running(c),
	                           .seen_at = storage_worker_seen_at(c->storage)};
	db_query(c->db, &cur, &sql_job_waiting, DB_NOARGS);
	if (db_next(&cur)) {
		out->waiting = db_int(&cur, 0);
		oldest = db_int(&cur, 1);
	}
	enum err e = db_done(&cur);
	if (e)
		return ctx_db_failed(c, e, "asking for the worker");
	int64_t patience = setting_int(c, SETTING_worker_late_minutes) * 60;
	out->late = out->waiting && !out->running && now - oldest > patience && now - out->seen_at > patience;
	out->cron_line = str_of(arena_printf(c->arena, "* * * * * %s --storage %.*s --once", job_worker_path(c),
	                                     STR_ARG(c->storage->dir)));
	return OK;
}
