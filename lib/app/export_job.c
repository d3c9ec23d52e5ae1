/* export_job: see export_job.h. This file is what people ask of exports; export_job_run.c writes them. Together
 * they own the table exports. */
#include "app/export_job.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/audit.h"
#include "app/check.h"
#include "app/export_file.h"
#include "app/export_range.h"
#include "app/meter.h"
#include "app/rate.h"
#include "app/setting.h"
#include "app/storage.h"
#include "base/civil.h"
#include "db/db.h"

#define NAME_MAX_CHARS 64  /* of a meter or property, in a file's name */
#define PIECE          100 /* exports cleaned up in one transaction */

#define COLUMNS                                                                                                \
	"j.id, j.batch_id, j.status, x.shape, x.format, x.meters, x.smart_meter_id, x.property_id, p.name AS " \
	"property_name, x.range_from, x.range_to, j.filename, j.file_path, x.record_count, x.reading_count, "  \
	"x.skipped_series, x.file_size_bytes, j.processed_rows, j.total_rows, j.queued_at, j.started_at, "     \
	"j.completed_at, COALESCE(j.completed_at, j.progress_at, j.started_at, j.queued_at) AS updated_at, "   \
	"j.cancel_requested, x.error_code, j.error_message, u.email AS user_email, x.schedule_id, j.user_id, " \
	"x.by_system "                                                                                         \
	"FROM exports x JOIN jobs j ON j.id = x.job_id LEFT JOIN users u ON u.id = j.user_id "                 \
	"LEFT JOIN properties p ON p.id = x.property_id"
#define MINE "(CAST(? AS BIGINT) = 1 OR j.user_id = ?)"

SQL(export_insert,
    "INSERT INTO exports (job_id, shape, format, meters, smart_meter_id, property_id, range_from, "
    "range_to, by_system, schedule_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
SQL(export_list, "SELECT " COLUMNS " WHERE " MINE " ORDER BY j.id DESC LIMIT ? OFFSET ?");
SQL(export_count, "SELECT COUNT(*) FROM exports x JOIN jobs j ON j.id = x.job_id WHERE " MINE);
SQL(export_get, "SELECT " COLUMNS " WHERE j.batch_id = ? AND " MINE);
SQL(export_delete, "DELETE FROM jobs WHERE id = ? AND kind = 'export' AND status IN ('completed', 'failed', "
                   "'cancelled')");
SQL(export_old,
    "SELECT j.id, j.file_path FROM jobs j WHERE j.kind = 'export' AND j.completed_at < ? AND j.status "
    "IN ('completed', 'failed', 'cancelled') AND NOT (j.status = 'completed' AND EXISTS (SELECT 1 FROM exports "
    "x "
    "WHERE x.job_id = j.id AND x.schedule_id IS NOT NULL)) ORDER BY j.id LIMIT ?");
/* a file that is whole counts before its job says that it is completed */
SQL(export_surplus,
    "SELECT f.id, f.file_path FROM (SELECT j.id, j.file_path, j.status, s.keep, ROW_NUMBER() OVER (PARTITION "
    "BY "
    "x.schedule_id ORDER BY x.job_id DESC) AS place FROM exports x JOIN export_schedules s ON s.id = "
    "x.schedule_id "
    "JOIN jobs j ON j.id = x.job_id WHERE j.status IN ('processing', 'completed') AND j.file_path <> '') f "
    "WHERE f.place > f.keep AND f.status = 'completed' ORDER BY f.id LIMIT ?");

static const struct rec_field fields[] = {
        REC_FLAGS(struct export_job, id, REC_INT, REC_HIDDEN),
        REC(struct export_job, job_id, REC_TEXT),
        REC(struct export_job, status, REC_TEXT),
        REC(struct export_job, shape, REC_TEXT),
        REC(struct export_job, format, REC_TEXT),
        REC_FLAGS(struct export_job, meters, REC_TEXT, REC_HIDDEN),
        REC(struct export_job, smart_meter_id, REC_TEXT),
        REC_FLAGS(struct export_job, property_id, REC_INT, REC_ZERO_NULL),
        REC(struct export_job, property_name, REC_TEXT),
        REC(struct export_job, range_from, REC_TEXT),
        REC(struct export_job, range_to, REC_TEXT),
        REC(struct export_job, filename, REC_TEXT),
        REC_FLAGS(struct export_job, file_path, REC_TEXT, REC_HIDDEN),
        REC(struct export_job, record_count, REC_INT),
        REC(struct export_job, reading_count, REC_INT),
        REC(struct export_job, skipped_series, REC_INT),
        REC(struct export_job, file_size_bytes, REC_INT),
        REC_FLAGS(struct export_job, series_done, REC_INT, REC_HIDDEN),
        REC_FLAGS(struct export_job, series_all, REC_INT, REC_HIDDEN),
        REC(struct export_job, created_at, REC_AT),
        REC(struct export_job, started_at, REC_AT),
        REC(struct export_job, completed_at, REC_AT),
        REC(struct export_job, updated_at, REC_AT),
        REC(struct export_job, cancel_requested, REC_BOOL),
        REC_FLAGS(struct export_job, error_code, REC_TEXT, REC_HIDDEN),
        REC(struct export_job, error_message, REC_TEXT),
        REC(struct export_job, user_email, REC_TEXT),
        REC_FLAGS(struct export_job, schedule_id, REC_INT, REC_ZERO_NULL),
        REC_FLAGS(struct export_job, user_id, REC_INT, REC_HIDDEN),
        REC_FLAGS(struct export_job, by_system, REC_BOOL, REC_HIDDEN),
};
const struct rec_desc export_job_desc = REC_DESC(struct export_job, fields);

struct str export_job_error(const struct export_job *x)
{
	if (str_eqz(x->status, "cancelled"))
		return STR("CANCELLED");
	if (!str_eqz(x->status, "failed"))
		return (struct str){NULL, 0};
	return x->error_code.n ? x->error_code : STR("EXPORT_FAILED");
}

/* ---- asking for one ---- */

enum err export_allow(struct ctx *c)
{
	if (c->actor.kind == ACTOR_SYSTEM)
		return OK;
	return rate_hit(c, str_of(arena_printf(c->arena, "export:%lld", (long long)c->actor.user_id)),
	                setting_int(c, SETTING_exports_per_hour), 3600);
}

/* What may stand in the name of a file everywhere; anything else becomes '_'. */
static struct str plain(struct ctx *c, struct str name)
{
	char *out = arena_alloc(c->arena, NAME_MAX_CHARS + 1);
	size_t n = name.n < NAME_MAX_CHARS ? name.n : NAME_MAX_CHARS;
	for (size_t i = 0; i < n; i++) {
		char k = name.p[i];
		bool fine = (k >= '0' && k <= '9') || (k >= 'A' && k <= 'Z') || (k >= 'a' && k <= 'z') ||
		            k == '-' || k == '_' || (k == '.' && i);
		out[i] = fine ? k : '_';
	}
	return (struct str){out, n};
}

/* "2025-11-07" or "2025-11-07T10:30:00Z" -> "20251107" */
static const char *day_digits(struct ctx *c, struct str at)
{
	return at.n < 10 ? "" : arena_printf(c->arena, "_%.4s%.2s%.2s", at.p, at.p + 5, at.p + 8);
}

static enum err name_file(struct ctx *c, struct export_wanted *w)
{
	const char *of = "";
	if (w->smart_meter_id.n) {
		w->filename = str_of(arena_printf(c->arena, "smart_meter_%.*s%s%s.%.*s",
		                                  STR_ARG(plain(c, w->smart_meter_id)), day_digits(c, w->from),
		                                  day_digits(c, w->to), STR_ARG(w->format)));
		return OK;
	}
	if (w->meters == 1) {
		struct meter m;
		enum err e = meter_get(c, w->meter[0], &m);
		if (e)
			return e;
		of = arena_printf(c->arena, "_%.*s", STR_ARG(plain(c, m.identifier)));
	} else if (w->property_id) {
		of = arena_printf(c->arena, "_property_%lld", (long long)w->property_id);
	}
	w->filename = str_of(arena_printf(c->arena, "readings_%.*s%s%s%s.%.*s", STR_ARG(w->shape), of,
	                                  day_digits(c, w->from), day_digits(c, w->to), STR_ARG(w->format)));
	return OK;
}

static enum err check(struct ctx *c, struct export_wanted *w)
{
	struct export_filter f = {.meter = w->meter};
	enum err e = OK;
	w->shape = w->shape.n ? w->shape : STR("long");
	w->format = w->format.n ? w->format : STR("csv");
	if (!export_shape_known(w->shape))
		return ctx_fail(c, ERR_INVALID, "shape", "A shape is " EXPORT_SHAPES ".");
	if (!export_format_known(w->format))
		return ctx_fail(c, ERR_INVALID, "format", "A format is csv or xlsx.");
	if (w->meters > EXPORT_METERS_MAX)
		return ctx_fail(c, ERR_INVALID, "meters", "An export names at most %d meters.",
		                EXPORT_METERS_MAX);
	if (w->property_id)
		e = right_to_property(c, w->property_id, RIGHT_READ);
	if (!e)
		e = export_read_range(c, w->from, w->to, &f);
	return e || w->filename.n ? e : name_file(c, w);
}

/* "3,7" */
static struct str join(struct ctx *c, const int64_t *meter, size_t n)
{
	struct buf b = BUF_INIT(n * 21 + 1);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%lld", i ? "," : "", (long long)meter[i]);
	struct str out = arena_str(c->arena, buf_str(&b));
	buf_free(&b);
	return out;
}

static struct str end_of(struct str s)
{
	return s.n ? s : STR("open");
}

static enum err tell(struct ctx *c, const struct export_wanted *w)
{
	struct str of = STR("all that may be seen");
	if (w->smart_meter_id.n)
		of = w->smart_meter_id;
	else if (w->meters)
		of = str_of(arena_printf(c->arena, "meters %.*s", STR_ARG(join(c, w->meter, w->meters))));
	else if (w->property_id)
		of = str_of(arena_printf(c->arena, "property %lld", (long long)w->property_id));
	return audit_addf(c, "export.make", w->filename, "%.*s as %.*s, from %.*s to %.*s, of %.*s",
	                  STR_ARG(w->shape), STR_ARG(w->format), STR_ARG(end_of(w->from)),
	                  STR_ARG(end_of(w->to)), STR_ARG(of));
}

/* The job and its row, in a transaction. run NULL: into the queue. */
static enum err add_in(struct ctx *c, const struct export_wanted *w, struct job *job, struct job_run *run,
                       int *lock)
{
	const struct job wanted = {.kind = STR("export"),
	                           .filename = w->filename,
	                           .file_path = STR(""),
	                           .import_type = w->shape,
	                           .property_id = w->property_id,
	                           .user_id = c->actor.user_id};
	enum err e = run ? job_start_here(c, &wanted, run, lock) : job_queue(c, &wanted, job);
	if (e)
		return e;
	e = db_run(c->db, &sql_export_insert,
	           DB_ARGS(db_i(run ? run->job.id : job->id), db_t(w->shape), db_t(w->format),
	                   w->meters ? db_t(join(c, w->meter, w->meters)) : db_null(), db_t0(w->smart_meter_id),
	                   db_i0(w->property_id), db_t0(w->from), db_t0(w->to),
	                   db_i(c->actor.kind == ACTOR_SYSTEM && !c->actor.user_id), db_i0(w->schedule_id)));
	return e ? ctx_db_failed(c, e, "asking for an export") : tell(c, w);
}

static enum err add(struct ctx *c, const struct export_wanted *w, struct job *job, struct job_run *run,
                    int *lock)
{
	enum err e = ctx_begin(c, "asking for an export");
	return e ? e : ctx_end(c, add_in(c, w, job, run, lock), "asking for an export");
}

enum err export_queue_in(struct ctx *c, const struct export_wanted *wanted, struct job *out)
{
	struct export_wanted w = *wanted;
	enum err e = check(c, &w);
	return e ? e : add_in(c, &w, out, NULL, NULL);
}

enum err export_queue(struct ctx *c, const struct export_wanted *wanted, struct export_job *out)
{
	struct export_wanted w = *wanted;
	struct job job;
	enum err e = check(c, &w);
	if (!e)
		e = export_allow(c);
	if (!e)
		e = add(c, &w, &job, NULL, NULL);
	return e ? e : export_get(c, job.batch_id, out);
}

enum err export_here(struct ctx *c, const struct export_wanted *wanted, const volatile int *stop,
                     struct export_job *out)
{
	struct export_wanted w = *wanted;
	struct job_run run = {.slot = -1};
	int lock = -1;
	enum err e = check(c, &w);
	if (!e)
		e = add(c, &w, NULL, &run, &lock);
	if (!e) {
		run.stop = stop;
		e = export_job_run(c, &run);
		struct fault why = c->fault;
		job_end(c, &run, e);
		c->fault = why;
	}
	if (lock >= 0)
		close(lock);
	return e ? e : export_get(c, run.job.batch_id, out);
}

/* ---- looking ---- */

enum err export_list(struct ctx *c, int64_t limit, int64_t offset, struct export_job **out, size_t *n,
                     int64_t *total)
{
	struct db_val all = db_i(right_to_all(c)), me = db_i(c->actor.user_id);
	enum err e;
	*out = db_all(c->db, &sql_export_list, DB_ARGS(all, me, db_i(limit), db_i(offset)), c->arena,
	              &export_job_desc, n, &e);
	if (!e)
		e = db_one_int(c->db, &sql_export_count, DB_ARGS(all, me), total);
	return e ? ctx_db_failed(c, e, "listing exports") : OK;
}

enum err export_get(struct ctx *c, struct str job_id, struct export_job *out)
{
	enum err e = db_one(c->db, &sql_export_get,
	                    DB_ARGS(db_t(job_id), db_i(right_to_all(c)), db_i(c->actor.user_id)), c->arena,
	                    &export_job_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "", "There is no export %.*s.", STR_ARG(str_sub(job_id, 0, 60)));
	return e ? ctx_db_failed(c, e, "reading an export") : OK;
}

bool export_active(const struct export_job *x)
{
	return str_eqz(x->status, "queued") || str_eqz(x->status, "processing");
}

enum err export_open(struct ctx *c, const struct export_job *x, int *fd, int64_t *size)
{
	struct stat st;
	*fd = -1;
	if (!str_eqz(x->status, "completed"))
		return ctx_fail(c, ERR_NOT_FOUND, "", "The export has no file: it is %.*s.",
		                STR_ARG(x->status));
	*fd = openat(c->storage->dir_fd, arena_strz(c->arena, x->file_path), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd >= 0 && fstat(*fd, &st) == 0) {
		*size = st.st_size;
		return OK;
	}
	int why = errno;
	if (*fd >= 0)
		close(*fd);
	return ctx_fail(c, why == ENOENT ? ERR_NOT_FOUND : storage_errno(why), "",
	                "The export's file cannot be opened: %s.", strerror(why));
}

/* ---- ending ---- */

enum err export_remove(struct ctx *c, struct str job_id, bool *gone)
{
	struct export_job x;
	enum err e = export_get(c, job_id, &x);
	*gone = false;
	if (e)
		return e;
	e = audit_run(c, "removing an export", &sql_export_delete, DB_ARGS(db_i(x.id)), "export.remove",
	              x.filename, gone);
	if (e)
		return e;
	if (!*gone)
		return job_cancel(c, job_id);
	if (x.file_path.n)
		storage_remove(c->storage, arena_strz(c->arena, x.file_path));
	return OK;
}

/* First the rows go, then the files: what is left of a death in between, nobody refers to (upload_sweep). */
static enum err clean_some(struct ctx *c, const struct db_sql *which, size_t args, const struct db_val *arg,
                           size_t *n)
{
	int64_t id[PIECE];
	const char *path[PIECE];
	struct db_cur cur;
	enum err e = db_begin(c->db);
	*n = 0;
	if (e)
		return e;
	db_query(c->db, &cur, which, args, arg);
	while (*n < PIECE && db_next(&cur)) {
		id[*n] = db_int(&cur, 0);
		path[(*n)++] = arena_strz(c->arena, db_text(&cur, 1));
	}
	e = db_done(&cur);
	for (size_t i = 0; i < *n && !e; i++)
		e = db_run(c->db, &sql_export_delete, DB_ARGS(db_i(id[i])));
	if (!e)
		e = db_commit(c->db);
	if (e) {
		db_rollback(c->db);
		return e;
	}
	for (size_t i = 0; i < *n; i++)
		if (*path[i])
			storage_remove(c->storage, path[i]);
	return OK;
}

static enum err clean_all(struct ctx *c, const struct db_sql *which, size_t args, const struct db_val *arg,
                          int64_t *removed)
{
	size_t n = PIECE;
	enum err e = OK;
	while (!e && n == PIECE) {
		e = clean_some(c, which, args, arg, &n);
		*removed += e ? 0 : (int64_t)n;
	}
	return e ? ctx_db_failed(c, e, "cleaning up exports") : OK;
}

enum err export_clean(struct ctx *c, int64_t before_at, int64_t *removed)
{
	return clean_all(c, &sql_export_old, DB_ARGS(db_i(before_at), db_i(PIECE)), removed);
}

enum err export_trim(struct ctx *c, int64_t *removed)
{
	return clean_all(c, &sql_export_surplus, DB_ARGS(db_i(PIECE)), removed);
}
