/* backup_carry: see backup_carry.h. */
#include "app/backup/backup_carry.h"

#include "app/backup/shelf.h"
#include "db/db.h"

#define ROWS_MAX 100000

SQL(carry_no_jobs, "DELETE FROM jobs WHERE kind IN ('backup', 'restore')");
SQL(carry_no_shelf, "DELETE FROM backups");
SQL(carry_shelf,
    "SELECT b.id, b.name, b.origin, u.email AS user_email, b.added_at, b.size, b.sha256, "
    "b.is_encrypted, b.made_at, b.app_version, b.schema_version, b.total_rows, b.digest, "
    "b.only_user, b.verified_at, b.failure, 0 AS in_use FROM backups b LEFT JOIN users u ON u.id = "
    "b.user_id ORDER BY b.id LIMIT ?");
SQL(carry_put,
    "INSERT INTO backups (id, name, origin, user_id, added_at, size, sha256, is_encrypted, made_at, "
    "app_version, "
    "schema_version, total_rows, digest, only_user, verified_at, failure) VALUES (?, ?, ?, (SELECT id FROM "
    "users WHERE email = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
SQL(carry_lease, "SELECT COALESCE(MAX(lease_token), 0) + 1 FROM jobs");
SQL(carry_leases, "UPDATE jobs SET lease_token = lease_token + ? WHERE status <> 'completed'");
SQL(carry_waiting, "UPDATE jobs SET status = 'queued', lease_slot = NULL WHERE status = 'processing'");
SQL(carry_actor, "SELECT id FROM users WHERE email = ?");
SQL(carry_job,
    "INSERT INTO jobs (batch_id, kind, user_id, status, filename, file_path, import_type, on_conflict, "
    "total_rows, processed_rows, queued_at, started_at, completed_at, lease_token) VALUES (?, 'restore', "
    "(SELECT id FROM users WHERE email = ?), 'completed', ?, '', ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
SQL(carry_report, "UPDATE backup_jobs SET report = ? WHERE job_id = ?");
SQL(carry_done, "INSERT INTO backup_jobs (job_id, mode, backup_id, report) VALUES (?, ?, ?, ?)");

/* No archive has jobs of backups, nor the list: there are some if this is done again. */
static enum err begin_anew(struct ctx *c)
{
	enum err e = db_run(c->db, &sql_carry_no_jobs, DB_NOARGS);
	return e ? e : db_run(c->db, &sql_carry_no_shelf, DB_NOARGS);
}

/* The rows of the list, under their numbers. */
static enum err put_shelf(struct ctx *c, struct db *from)
{
	size_t n;
	enum err e;
	const struct shelved *s =
	        db_all(from, &sql_carry_shelf, DB_ARGS(db_i(ROWS_MAX)), c->arena, &shelved_desc, &n, &e);
	for (size_t i = 0; !e && i < n; i++)
		e = db_run(c->db, &sql_carry_put,
		           DB_ARGS(db_i(s[i].id), db_t(s[i].name), db_t(s[i].origin), db_t(s[i].user_email),
		                   db_i(s[i].added_at), db_i(s[i].size), db_t(s[i].sha256),
		                   db_i(s[i].is_encrypted), db_i0(s[i].made_at), db_t(s[i].app_version),
		                   db_i0(s[i].schema_version), db_i0(s[i].total_rows), db_t(s[i].digest),
		                   db_t(s[i].only_user), db_i0(s[i].verified_at), db_t(s[i].failure)));
	return e;
}

/* Jobs of the archive that were under way are to be begun again, and whoever works on one of that number in the
 * old database has a lease that none of the new ones is equal to. */
static enum err end_leases(struct ctx *c, struct db *from)
{
	int64_t above;
	enum err e = db_one_int(from, &sql_carry_lease, DB_NOARGS, &above);
	if (!e)
		e = db_run(c->db, &sql_carry_leases, DB_ARGS(db_i(above)));
	return e ? e : db_run(c->db, &sql_carry_waiting, DB_NOARGS);
}

static enum err put_job(struct ctx *c, const struct backup_carry *y)
{
	const struct job *j = &y->run->job;
	int64_t id, now = ctx_now(c);
	enum err e = db_one_int(c->db, &sql_carry_job,
	                        DB_ARGS(db_t(j->batch_id), db_t(j->user_email), db_t(j->filename),
	                                db_t(j->import_type), db_t(j->on_conflict), db_i(j->total_rows),
	                                db_i(j->total_rows), db_i(j->queued_at), db_i(j->started_at), db_i(now),
	                                db_i(j->lease_token)),
	                        &id);
	return e ? e
	         : db_run(c->db, &sql_carry_done,
	                  DB_ARGS(db_i(id), db_t(y->mode), db_i0(y->backup_id),
	                          db_t0(backup_job_report(c, y->report, y->kept))));
}

static enum err find_actor(struct ctx *c)
{
	enum err e = db_one_int(c->db, &sql_carry_actor, DB_ARGS(db_t(c->actor.email)), &c->actor.user_id);
	if (e == ERR_NOT_FOUND)
		c->actor.user_id = 0;
	return e == ERR_NOT_FOUND ? OK : e;
}

/* A job whose worker dies after this is known to have been done. */
static enum err keep_report(struct ctx *c, const struct backup_carry *y)
{
	enum err e = db_run(c->db, &sql_carry_report,
	                    DB_ARGS(db_t0(backup_job_report(c, y->report, NULL)), db_i(y->run->job.id)));
	return e ? ctx_db_failed(c, e, "keeping what a merge did") : OK;
}

enum err backup_carry(void *arg, struct ctx *c, struct db *from)
{
	struct backup_carry *y = arg;
	if (!from)
		return y->run ? keep_report(c, y) : OK;
	enum err e = begin_anew(c);
	if (!e)
		e = put_shelf(c, from);
	if (!e)
		e = shelf_add(c, y->kept, "restore", 0, 0, NULL, &y->kept_id);
	if (!e)
		e = end_leases(c, from);
	if (!e)
		e = find_actor(c);
	if (!e && y->run)
		e = put_job(c, y);
	return e ? ctx_db_failed(c, e, "carrying the list of backups along") : OK;
}

enum err backup_carry_kept(void *arg, struct ctx *c, const struct backup *b)
{
	const struct backup_carry *y = arg;
	return shelf_opened(c, y->kept_id, b);
}
