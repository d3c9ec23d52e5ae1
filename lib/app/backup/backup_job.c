/* backup_job: see backup_job.h. This file is what people ask; backup_job_run.c does it. */
#include "app/backup/backup_job.h"

#include "app/audit.h"
#include "app/backup/envelope.h"
#include "app/backup/shelf.h"
#include "app/right.h"
#include "app/seal.h"
#include "app/user.h"
#include "db/db.h"

#define COLUMNS                                                                                           \
	"j.id, j.batch_id AS job_id, k.mode, j.status, j.dry_run, k.backup_id, b.name AS backup_name, "   \
	"o.email AS only_user, j.total_rows, j.processed_rows, j.queued_at AS created_at, j.started_at, " \
	"j.completed_at, j.cancel_requested, j.error_message, u.email AS user_email, k.only_user_id, "    \
	"j.user_id, k.passphrase, k.report FROM backup_jobs k JOIN jobs j ON j.id = k.job_id LEFT JOIN "  \
	"backups b ON b.id = k.backup_id LEFT JOIN users u ON u.id = j.user_id LEFT JOIN users o ON "     \
	"o.id = k.only_user_id"

SQL(backup_job_list, "SELECT " COLUMNS " ORDER BY j.id DESC LIMIT ? OFFSET ?");
SQL(backup_job_count, "SELECT COUNT(*) FROM backup_jobs");
SQL(backup_job_get, "SELECT " COLUMNS " WHERE j.batch_id = ?");
SQL(backup_job_insert, "INSERT INTO backup_jobs (job_id, mode, backup_id, only_user_id, passphrase) "
                       "VALUES (?, ?, ?, ?, ?)");
#define ENDED                                                                                \
	"passphrase <> '' AND EXISTS (SELECT 1 FROM jobs j WHERE j.id = backup_jobs.job_id " \
	"AND j.status IN ('completed', 'failed', 'cancelled'))"
SQL(backup_job_sealed, "SELECT COUNT(*) FROM backup_jobs WHERE " ENDED);
SQL(backup_job_forget, "UPDATE backup_jobs SET passphrase = '' WHERE " ENDED);

static const struct rec_field fields[] = {
        REC_FLAGS(struct backup_job, id, REC_INT, REC_HIDDEN),
        REC_FLAGS(struct backup_job, job_id, REC_TEXT, REC_NOT_NULL),
        REC_FLAGS(struct backup_job, mode, REC_TEXT, REC_NOT_NULL),
        REC_FLAGS(struct backup_job, status, REC_TEXT, REC_NOT_NULL),
        REC(struct backup_job, dry_run, REC_BOOL),
        REC_FLAGS(struct backup_job, backup_id, REC_INT, REC_ZERO_NULL),
        REC(struct backup_job, backup_name, REC_TEXT),
        REC(struct backup_job, only_user, REC_TEXT),
        REC(struct backup_job, total_rows, REC_INT),
        REC(struct backup_job, processed_rows, REC_INT),
        REC(struct backup_job, created_at, REC_AT),
        REC(struct backup_job, started_at, REC_AT),
        REC(struct backup_job, completed_at, REC_AT),
        REC(struct backup_job, cancel_requested, REC_BOOL),
        REC(struct backup_job, error_message, REC_TEXT),
        REC(struct backup_job, user_email, REC_TEXT),
        REC_FLAGS(struct backup_job, only_user_id, REC_INT, REC_HIDDEN),
        REC_FLAGS(struct backup_job, user_id, REC_INT, REC_HIDDEN),
        REC_FLAGS(struct backup_job, passphrase, REC_TEXT, REC_HIDDEN),
        REC_FLAGS(struct backup_job, report, REC_TEXT, REC_HIDDEN),
};
const struct rec_desc backup_job_desc = REC_DESC(struct backup_job, fields);

bool backup_job_active(const struct backup_job *j)
{
	return str_eqz(j->status, "queued") || str_eqz(j->status, "processing");
}

bool backup_job_restores(const struct backup_job *j)
{
	return !j->dry_run && (str_eqz(j->mode, "merge") || str_eqz(j->mode, "replace"));
}

static enum err admins_only(struct ctx *c)
{
	return right_to_all(c) ? OK : ctx_fail(c, ERR_FORBIDDEN, "", "Backups are for admins.");
}

/* ---- looking ---- */

enum err backup_job_list(struct ctx *c, int64_t limit, int64_t offset, struct backup_job **out, size_t *n,
                         int64_t *total)
{
	enum err e = admins_only(c);
	*n = 0;
	if (e)
		return e;
	*out = db_all(c->db, &sql_backup_job_list, DB_ARGS(db_i(limit), db_i(offset)), c->arena,
	              &backup_job_desc, n, &e);
	if (!e)
		e = db_one_int(c->db, &sql_backup_job_count, DB_NOARGS, total);
	return e ? ctx_db_failed(c, e, "listing jobs of backups") : OK;
}

enum err backup_job_get(struct ctx *c, struct str job_id, struct backup_job *out)
{
	enum err e = admins_only(c);
	if (e)
		return e;
	e = db_one(c->db, &sql_backup_job_get, DB_ARGS(db_t(job_id)), c->arena, &backup_job_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "", "There is no job %.*s of backups.", STR_ARG(str_sub(job_id, 0, 60)));
	return e ? ctx_db_failed(c, e, "reading a job of a backup") : OK;
}

/* ---- asking ---- */

/* Its name is what the job is called in lists. */
static enum err check(struct ctx *c, const struct backup_wanted *w, int64_t *only_user_id, struct str *name)
{
	bool create = strcmp(w->mode, "create") == 0;
	struct shelved s;
	struct user u;
	enum err e = admins_only(c);
	*only_user_id = 0;
	*name = create ? STR("backup") : STR("");
	if (!e && create && w->passphrase.n)
		e = envelope_passphrase(c, w->passphrase);
	if (!e && create && w->only_user.n) {
		e = user_by_email(c, w->only_user, &u);
		if (e == ERR_NOT_FOUND)
			e = ctx_fail(c, ERR_INVALID, "user", "There is no user %.*s.",
			             STR_ARG(str_sub(w->only_user, 0, 100)));
		*only_user_id = e ? 0 : u.id;
	}
	if (e || create)
		return e;
	e = shelf_get(c, w->backup_id, &s);
	if (e)
		return e;
	*name = s.name;
	return s.only_user.n && strcmp(w->mode, "replace") == 0 ? backup_not_whole(c, s.only_user) : OK;
}

static enum err tell(struct ctx *c, const struct backup_wanted *w, struct str name)
{
	if (w->scheduled || strcmp(w->mode, "verify") == 0)
		return OK;
	return audit_addf(c, "backup.ask", name, "%s%s", w->mode, w->dry ? ", only to look" : "");
}

enum err backup_job_queue_in(struct ctx *c, const struct backup_wanted *w, struct backup_job *out)
{
	struct str name, sealed = {NULL, 0};
	int64_t only_user_id;
	struct job j;
	enum err e = check(c, w, &only_user_id, &name);
	if (e)
		return e;
	bool restore = strcmp(w->mode, "merge") == 0 || strcmp(w->mode, "replace") == 0;
	const struct job wanted = {.kind = restore ? STR("restore") : STR("backup"),
	                           .filename = name,
	                           .file_path = STR(""),
	                           .import_type = str_of(w->mode),
	                           .dry_run = w->dry,
	                           .user_id = c->actor.user_id,
	                           .origin = w->scheduled ? STR("schedule") : STR("")};
	e = job_queue(c, &wanted, &j);
	if (!e && w->passphrase.n)
		e = seal_close(c, j.batch_id, w->passphrase, &sealed);
	if (e)
		return e;
	e = db_run(c->db, &sql_backup_job_insert,
	           DB_ARGS(db_i(j.id), db_z(w->mode), db_i0(w->backup_id), db_i0(only_user_id), db_t0(sealed)));
	if (e)
		return ctx_db_failed(c, e, "asking for a backup");
	e = tell(c, w, name);
	return e ? e : backup_job_get(c, j.batch_id, out);
}

enum err backup_job_queue(struct ctx *c, const struct backup_wanted *w, struct backup_job *out)
{
	enum err e = ctx_begin(c, "asking for a backup");
	return e ? e : ctx_end(c, backup_job_queue_in(c, w, out), "asking for a backup");
}

/* ---- ending ---- */

enum err backup_job_forget_passphrases(struct ctx *c)
{
	int64_t n = 0;
	/* a look costs nobody a lock */
	enum err e = db_one_int(c->db, &sql_backup_job_sealed, DB_NOARGS, &n);
	if (!e && n)
		e = db_run(c->db, &sql_backup_job_forget, DB_NOARGS);
	return e ? ctx_db_failed(c, e, "forgetting passphrases") : OK;
}

enum err backup_job_cancel(struct ctx *c, struct str job_id, struct backup_job *out)
{
	enum err e = backup_job_get(c, job_id, out);
	if (!e)
		e = job_cancel(c, job_id);
	if (!e)
		e = backup_job_forget_passphrases(c);
	return e ? e : backup_job_get(c, job_id, out);
}

enum err backup_job_retry(struct ctx *c, struct str job_id, struct backup_job *out)
{
	enum err e = backup_job_get(c, job_id, out);
	if (!e && out->passphrase.p)
		return ctx_fail(c, ERR_CONFLICT, "",
		                "Its passphrase was not kept: ask for it anew, with the passphrase.");
	if (!e && !str_eqz(out->mode, "create") && !out->backup_id)
		return ctx_fail(c, ERR_CONFLICT, "", "The backup that it read is not there any more.");
	if (!e)
		e = job_retry(c, job_id);
	return e ? e : backup_job_get(c, job_id, out);
}
