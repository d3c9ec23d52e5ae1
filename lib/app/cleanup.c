/*
 * cleanup: see cleanup.h.
 *
 * First the row says that the file is not there any more, then the file goes: whatever dies between the two
 * leaves a file that nothing refers to, and such files are removed when they are a day old. What an undone
 * import had stated goes a series at a time; what is left of it when the worker is stopped is found by its rows
 * in job_series.
 */
#include "app/cleanup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/audit.h"
#include "app/charging/charge.h"
#include "app/draft.h"
#include "app/export_job.h"
#include "app/job.h"
#include "app/register.h"
#include "app/repeat.h"
#include "app/setting.h"
#include "app/storage.h"
#include "app/upload.h"
#include "db/db.h"

#define PIECE        100 /* imports a transaction */
#define DAY          86400
#define PAUSE        3600 /* seconds between two times of the worker */
#define PARTIAL_KEPT DAY  /* an unfinished upload may rest */
#define MARK         "run/cleaned"
#define KEPT         "j.kind = 'import' AND j.file_path LIKE 'uploads/%'"
/* its last undo or redo, if there was one, has come to its end: of one that failed half way, days show still
 * what has been undone, and only its layers tell what they should */
#define NO_UNDO_OF_IT                                                                                   \
	"NOT EXISTS (SELECT 1 FROM jobs w WHERE w.target_id = j.id AND w.status <> 'completed' "        \
	"AND NOT EXISTS (SELECT 1 FROM jobs v WHERE v.target_id = j.id AND v.id > w.id AND v.status = " \
	"'completed'))"

SQL(cleanup_due,
    "SELECT j.id, j.file_path, j.bytes_total FROM jobs j WHERE j.kind = 'import' AND j.cleaned_at IS NULL "
    "AND j.status IN ('completed', 'failed', 'cancelled') AND j.completed_at < ? AND " NO_UNDO_OF_IT
    " ORDER BY j.id LIMIT ?");
SQL(cleanup_mark, "UPDATE jobs SET cleaned_at = ?, file_path = CASE WHEN file_path LIKE 'uploads/%' THEN '' "
                  "ELSE file_path END WHERE id = ?");
SQL(cleanup_left, "SELECT j.id FROM jobs j WHERE j.cleaned_at IS NOT NULL AND j.undone_at IS NOT NULL "
                  "AND EXISTS (SELECT 1 FROM job_series x WHERE x.job_id = j.id) LIMIT 1");
SQL(cleanup_no_file, "UPDATE jobs SET file_path = '' WHERE id = ? AND status NOT IN ('queued', 'processing') "
                     "AND file_path LIKE 'uploads/%'");
SQL(cleanup_list,
    "SELECT j.batch_id, j.filename, u.name AS user_name, j.bytes_total AS size, j.queued_at FROM jobs j "
    "LEFT JOIN users u ON u.id = j.user_id WHERE " KEPT " ORDER BY j.id LIMIT ? OFFSET ?");
SQL(cleanup_count, "SELECT COUNT(*) FROM jobs j WHERE " KEPT);
SQL(cleanup_bytes, "SELECT CAST(COALESCE(SUM(j.bytes_total), 0) AS BIGINT) FROM jobs j WHERE " KEPT);

static const struct rec_field kept_fields[] = {
        REC(struct cleanup_kept, batch_id, REC_TEXT),    REC(struct cleanup_kept, filename, REC_TEXT),
        REC(struct cleanup_kept, user_name, REC_TEXT),   REC(struct cleanup_kept, size, REC_INT),
        REC(struct cleanup_kept, queued_at, REC_AT_SQL),
};
const struct rec_desc cleanup_kept_desc = REC_DESC(struct cleanup_kept, kept_fields);

/* ---- imports ---- */

struct due {
	int64_t id, bytes;
	struct str path;
};

/* Marks up to PIECE imports in one transaction; then their files go. */
static enum err clean_some(struct ctx *c, int64_t before_at, struct cleanup_report *out, size_t *n)
{
	struct due *due = ARENA_ARRAY(c->arena, struct due, PIECE);
	struct db_cur cur;
	enum err e = db_begin(c->db);
	*n = 0;
	if (e)
		return ctx_db_failed(c, e, "cleaning up imports");
	db_query(c->db, &cur, &sql_cleanup_due, DB_ARGS(db_i(before_at), db_i(PIECE)));
	while (*n < PIECE && db_next(&cur))
		due[(*n)++] =
		        (struct due){db_int(&cur, 0), db_int(&cur, 2), arena_str(c->arena, db_text(&cur, 1))};
	e = db_done(&cur);
	for (size_t i = 0; i < *n && !e; i++)
		e = db_run(c->db, &sql_cleanup_mark, DB_ARGS(db_i(ctx_now(c)), db_i(due[i].id)));
	if (!e)
		e = db_commit(c->db);
	if (e) {
		db_rollback(c->db);
		return ctx_db_failed(c, e, "cleaning up imports");
	}
	for (size_t i = 0; i < *n; i++) {
		out->imports++;
		if (!str_starts(due[i].path, STR("uploads/")) ||
		    storage_remove(c->storage, arena_strz(c->arena, due[i].path)) != OK)
			continue;
		out->files++;
		out->bytes += due[i].bytes;
	}
	return OK;
}

/* What an undone import had stated of one series. */
static enum err forget_series(struct ctx *c, const struct layers_window *w)
{
	enum err e = db_begin(c->db);
	if (!e)
		e = register_forget(c, w);
	if (!e)
		e = layers_forget(c, w);
	if (!e)
		e = db_commit(c->db);
	if (e)
		db_rollback(c->db);
	return e ? ctx_db_failed(c, e, "cleaning up an undone import") : OK;
}

static enum err forget_undone(struct ctx *c)
{
	struct layers_window w = {0};
	int64_t id = 0;
	enum err e = OK;
	while (!e) {
		if (!w.series_id) /* the next import */
			e = db_one_int(c->db, &sql_cleanup_left, DB_NOARGS, &id);
		if (!e)
			e = layers_next(c, id, 0, &w);
		if (!e && w.series_id)
			e = forget_series(c, &w);
	}
	return e == ERR_NOT_FOUND ? OK : ctx_db_failed(c, e, "cleaning up undone imports");
}

static enum err forget_sessions(struct ctx *c)
{
	enum err e = ctx_begin(c, "cleaning up undone imports");
	return e ? e : ctx_end(c, charge_forget(c), "cleaning up undone imports");
}

enum err cleanup_before(struct ctx *c, int64_t at, struct cleanup_report *out)
{
	size_t n = PIECE;
	enum err e = OK;
	*out = (struct cleanup_report){0};
	while (!e && n == PIECE)
		e = clean_some(c, at, out, &n);
	if (!e)
		e = forget_undone(c);
	return e ? e : forget_sessions(c);
}

/* ---- by policy ---- */

/* Whether the last time is an hour ago; it is now, then. */
static bool is_time(struct ctx *c)
{
	struct stat st;
	struct fault unused = {.code = OK};
	if (fstatat(c->storage->dir_fd, MARK, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_mtime <= ctx_now(c) &&
	    st.st_mtime > ctx_now(c) - PAUSE)
		return false;
	return storage_put(c->storage, MARK, STR(""), 0600, &unused) == OK;
}

enum err cleanup_by_policy(struct ctx *c)
{
	struct cleanup_report done = {0};
	int64_t removed = 0, exports = 0, days = setting_int(c, SETTING_uploads_kept_days);
	if (!is_time(c))
		return OK;
	enum err e = upload_clean(c, ctx_now(c) - PARTIAL_KEPT, &removed);
	if (!e && days)
		e = cleanup_before(c, ctx_now(c) - days * DAY, &done);
	if (!e)
		e = export_clean(c, ctx_now(c) - setting_int(c, SETTING_exports_kept_days) * DAY, &exports);
	if (!e)
		e = export_trim(c, &exports);
	if (!e)
		e = upload_sweep(c, "exports", ctx_now(c) - PARTIAL_KEPT, &removed);
	if (!e)
		e = repeat_sweep(c);
	if (!e)
		e = draft_sweep(c);
	if (e || done.imports || removed || exports)
		log_event(&c->log, e ? LOG_WARN : LOG_INFO, "cleanup", LOG_INT("imports", done.imports),
		          LOG_INT("exports", exports), LOG_INT("files", done.files),
		          LOG_INT("left_behind", removed), LOG_Z("why", e ? c->fault.message : ""));
	return e;
}

/* ---- files ---- */

enum err cleanup_file(struct ctx *c, struct str batch_id)
{
	struct job j;
	enum err e = job_get(c, batch_id, &j);
	if (e)
		return e;
	if (c->actor.kind != ACTOR_SYSTEM && (c->actor.role < ROLE_EDITOR || !(c->actor.scopes & SCOPE_IMPORT)))
		return ctx_fail(c, ERR_FORBIDDEN, "", "Your role does not allow uploaded files to be removed.");
	if (!job_file_kept(&j))
		return ctx_fail(c, ERR_CONFLICT, "", "The file of this job is not kept here.");
	bool changed;
	e = audit_run(c, "removing a file", &sql_cleanup_no_file, DB_ARGS(db_i(j.id)), "import.file_remove",
	              j.filename, &changed);
	if (e)
		return e;
	if (!changed)
		return ctx_fail(c, ERR_CONFLICT, "",
		                "The import needs its file still. Cancel it, or wait until it has ended.");
	storage_remove(c->storage, arena_strz(c->arena, j.file_path));
	return OK;
}

enum err cleanup_list(struct ctx *c, int64_t limit, int64_t offset, struct cleanup_kept **out, size_t *n,
                      int64_t *total, int64_t *bytes)
{
	enum err e;
	*out = db_all(c->db, &sql_cleanup_list, DB_ARGS(db_i(limit), db_i(offset)), c->arena,
	              &cleanup_kept_desc, n, &e);
	if (!e)
		e = db_one_int(c->db, &sql_cleanup_count, DB_NOARGS, total);
	if (!e)
		e = db_one_int(c->db, &sql_cleanup_bytes, DB_NOARGS, bytes);
	return e ? ctx_db_failed(c, e, "listing kept files") : OK;
}
