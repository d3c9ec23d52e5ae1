/*
 * job_run: see job_run.h: taking jobs, committing their pieces, ending them.
 *
 * Who works holds flock on a slot's file, run/slot-N.lock, for as long as it lives; the file is never unlinked,
 * and the kernel lets go of the lock at any death. A job in processing names its slot: if that lock can be had,
 * its worker is dead and the job may be taken. The lease token grows with every take and stands in every
 * progress UPDATE, so that a worker that was only asleep (a suspended machine) changes nothing any more.
 */
#include "app/job_run.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "app/backup/backup_job.h"
#include "app/backup/backup_schedule.h"
#include "app/backup/shelf.h"
#include "app/cleanup.h"
#include "app/export_schedule.h"
#include "app/inbox.h"
#include "app/job_columns.h"
#include "app/schedule.h"
#include "app/setting.h"
#include "app/storage.h"
#include "db/db.h"

#define WORKER_SLOTS  4   /* workers at once */
#define SLOTS         32  /* and commands that run a job at once */
#define ATTEMPTS_SOON 3   /* takes that follow at once on a failure that may pass */
#define ATTEMPTS_MAX  100 /* takes without any progress */

SQL(run_slots, "SELECT DISTINCT lease_slot FROM jobs WHERE status = 'processing'");
SQL(run_next, "SELECT j.id, j.cancel_requested FROM jobs j WHERE (j.status = 'processing' AND j.lease_slot IN "
              "(?, ?, ?, ?)) "
              "OR (j.status = 'queued' AND COALESCE(j.not_before_at, 0) <= ?) "
              "ORDER BY CASE j.status WHEN 'processing' THEN 0 ELSE 1 END, j.id LIMIT 1");
SQL(run_take, "UPDATE jobs SET status = 'processing', lease_slot = ?, lease_token = lease_token + 1, "
              "attempts = attempts + 1, started_at = COALESCE(started_at, ?) WHERE id = ?");
SQL(run_get, "SELECT " JOB_COLUMNS " WHERE j.id = ?");
SQL(run_progress,
    "UPDATE jobs SET import_type = ?, total_rows = ?, processed_rows = ?, imported_rows = ?, unchanged_rows = "
    "?, "
    "failed_rows = ?, intervals_new = ?, intervals_identical = ?, intervals_changed = ?, intervals_kept = ?, "
    "meters_new = ?, meters_known = ?, values_blank = ?, values_negative = ?, values_sentinel = ?, "
    "values_out_of_range = ?, bytes_total = ?, bytes_done = ?, resume_offset = ?, resume_line = ?, progress_at "
    "= ?, "
    "attempts = 0, error_message = NULL WHERE id = ? AND lease_token = ? AND status = 'processing' "
    "RETURNING cancel_requested");
SQL(run_describe, "UPDATE jobs SET header_line = ?, delimiter = ?, summary = ? WHERE id = ?");
SQL(run_note, "INSERT INTO job_errors (job_id, severity, row, col, code, subject, message, line, times) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job_id, severity, code, subject) "
              "DO UPDATE SET times = job_errors.times + excluded.times");
SQL(run_rewind,
    "UPDATE jobs SET total_rows = 0, processed_rows = 0, imported_rows = 0, unchanged_rows = 0, failed_rows = "
    "0, "
    "intervals_new = 0, intervals_identical = 0, intervals_changed = 0, intervals_kept = 0, meters_new = 0, "
    "meters_known = 0, values_blank = 0, values_negative = 0, values_sentinel = 0, values_out_of_range = 0, "
    "bytes_done = 0, resume_offset = 0, resume_line = 0, error_message = NULL, summary = NULL "
    "WHERE id = ? AND lease_token = ? AND processed_rows > 0");
SQL(run_again,
    "UPDATE jobs SET status = 'queued', dry_run = ?, import_type = ?, on_conflict = ?, property_id = ?, meter "
    "= ?, "
    "car = ?, time_zone = ?, answers = ?, preset = ?, strict = ?, queued_at = ?, cancel_requested = 0, "
    "lease_token = "
    "lease_token + 1, "
    "lease_slot = NULL, attempts = 0, not_before_at = NULL, started_at = NULL, completed_at = NULL, "
    "total_rows = 0, processed_rows = 0, imported_rows = 0, unchanged_rows = 0, failed_rows = 0, "
    "intervals_new = 0, intervals_identical = 0, intervals_changed = 0, intervals_kept = 0, meters_new = 0, "
    "meters_known = 0, values_blank = 0, values_negative = 0, values_sentinel = 0, values_out_of_range = 0, "
    "bytes_done = 0, resume_offset = 0, resume_line = 0, error_message = NULL, summary = NULL "
    "WHERE id = ? AND dry_run = 1 AND file_path LIKE 'uploads/%'");
/* a number of its own, higher than all: its place among the imports is that of today */
SQL(run_aside, "UPDATE jobs SET batch_id = batch_id || '-' WHERE id = ? AND processed_rows = 0");
SQL(run_anew,
    "INSERT INTO jobs (batch_id, kind, user_id, status, filename, file_path, import_type, dry_run, "
    "on_conflict, "
    "property_id, meter, car, time_zone, answers, preset, strict, follows_id, bytes_total, queued_at, "
    "lease_token) "
    "SELECT CAST(? AS TEXT), kind, user_id, status, filename, file_path, import_type, dry_run, on_conflict, "
    "property_id, meter, car, time_zone, answers, preset, strict, follows_id, bytes_total, queued_at, "
    "lease_token "
    "FROM jobs WHERE id = ? RETURNING id");
SQL(run_followers, "UPDATE jobs SET follows_id = ? WHERE follows_id = ?");
SQL(run_undos, "UPDATE jobs SET target_id = ? WHERE target_id = ?");
SQL(run_remove, "DELETE FROM jobs WHERE id = ?");
SQL(run_discard,
    "UPDATE jobs SET status = CASE WHEN status IN ('queued', 'processing') THEN 'cancelled' ELSE status END, "
    "completed_at = COALESCE(completed_at, ?), file_path = '', lease_token = lease_token + 1, lease_slot = "
    "NULL "
    "WHERE id = ? AND dry_run = 1 AND file_path LIKE 'uploads/%'");
SQL(run_forget_notes, "DELETE FROM job_errors WHERE job_id = ?");
SQL(run_end, "UPDATE jobs SET status = ?, completed_at = ?, error_message = ?, lease_slot = NULL "
             "WHERE id = ? AND lease_token = ? AND status = 'processing'");
SQL(run_wait,
    "UPDATE jobs SET status = 'queued', not_before_at = ?, error_message = ?, attempts = ?, lease_slot = NULL "
    "WHERE id = ? AND lease_token = ? AND status = 'processing'");

/* ---- slots ---- */

/* The lock's descriptor, or -1: somebody else holds it. */
static int slot_lock(struct ctx *c, int slot)
{
	char name[32];
	snprintf(name, sizeof(name), "run/slot-%d.lock", slot);
	int fd = openat(c->storage->dir_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int slot_lock_any(struct ctx *c, int from, int to, int *slot)
{
	for (int i = from; i < to; i++) {
		int fd = slot_lock(c, i);
		if (fd >= 0) {
			*slot = i;
			return fd;
		}
	}
	return -1;
}

bool job_worker_running(struct ctx *c)
{
	char name[32];
	bool held = false;
	for (int i = 0; i < WORKER_SLOTS && !held; i++) {
		snprintf(name, sizeof(name), "run/slot-%d.lock", i);
		int fd = openat(c->storage->dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			continue;
		held = flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
		close(fd);
	}
	return held;
}

/* ---- taking ---- */

/* Slots of jobs in processing whose worker is dead, mine among them: at most 4 at a time are enough. */
static enum err dead_slots(struct ctx *c, int mine, int64_t dead[4])
{
	struct db_cur cur;
	int n = 0;
	for (int i = 0; i < 4; i++)
		dead[i] = -1;
	db_query(c->db, &cur, &sql_run_slots, DB_NOARGS);
	while (n < 4 && db_next(&cur)) {
		int slot = (int)db_int(&cur, 0);
		int fd = slot == mine ? -1 : slot_lock(c, slot);
		if (slot == mine || fd >= 0)
			dead[n++] = slot;
		if (fd >= 0)
			close(fd);
	}
	return db_done(&cur);
}

/* In a transaction: the next job to work on becomes ours. ERR_NOT_FOUND: nothing waits. */
static enum err take(struct ctx *c, int slot, struct job *out)
{
	struct db_cur cur;
	int64_t dead[4], id = 0;
	enum err e = dead_slots(c, slot, dead);
	if (e)
		return e;
	db_query(c->db, &cur, &sql_run_next,
	         DB_ARGS(db_i(dead[0]), db_i(dead[1]), db_i(dead[2]), db_i(dead[3]), db_i(ctx_now(c))));
	if (db_next(&cur))
		id = db_int(&cur, 0);
	e = db_done(&cur);
	if (e || !id)
		return e ? e : ERR_NOT_FOUND;
	e = db_run(c->db, &sql_run_take, DB_ARGS(db_i(slot), db_i(ctx_now(c)), db_i(id)));
	return e ? e : db_one(c->db, &sql_run_get, DB_ARGS(db_i(id)), c->arena, &job_desc, out);
}

static enum err take_next(struct ctx *c, int slot, struct job *out)
{
	enum err e = db_begin(c->db);
	if (!e)
		e = take(c, slot, out);
	if (e) {
		db_rollback(c->db);
		return e;
	}
	return db_commit(c->db);
}

/* ---- pieces ---- */

enum err job_commit(struct ctx *c, struct job_run *run)
{
	struct job *j = &run->job;
	int64_t cancel = 0;
	enum err e =
	        db_one_int(c->db, &sql_run_progress,
	                   DB_ARGS(db_t(j->import_type), db_i(j->total_rows), db_i(j->processed_rows),
	                           db_i(j->imported_rows), db_i(j->unchanged_rows), db_i(j->failed_rows),
	                           db_i(j->intervals_new), db_i(j->intervals_identical),
	                           db_i(j->intervals_changed), db_i(j->intervals_kept), db_i(j->meters_new),
	                           db_i(j->meters_known), db_i(j->values_blank), db_i(j->values_negative),
	                           db_i(j->values_sentinel), db_i(j->values_out_of_range), db_i(j->bytes_total),
	                           db_i(j->bytes_done), db_i(j->resume_offset), db_i(j->resume_line),
	                           db_i(ctx_now(c)), db_i(j->id), db_i(j->lease_token)),
	                   &cancel);
	if (e == ERR_NOT_FOUND) {
		db_rollback(c->db);
		return ctx_fail(c, ERR_CONFLICT, "", "Another worker has this job.");
	}
	if (!e && cancel) {
		run->cancelled = true;
		e = db_run(c->db, &sql_run_end,
		           DB_ARGS(db_z("cancelled"), db_i(ctx_now(c)), db_null(), db_i(j->id),
		                   db_i(j->lease_token)));
	}
	if (!e)
		e = db_commit(c->db);
	if (e) {
		ctx_db_failed(c, e, "committing an import's rows");
		db_rollback(c->db);
		return e;
	}
	storage_touch_worker(c->storage, ctx_now(c));
	return run->cancelled ? ctx_fail(c, ERR_CONFLICT, "", "The job was cancelled.") : OK;
}

enum err job_describe(struct ctx *c, const struct job_run *run, struct str header_line, char delimiter,
                      struct str summary)
{
	enum err e = db_run(c->db, &sql_run_describe,
	                    DB_ARGS(db_b(header_line), db_t((struct str){&delimiter, 1}), db_t(summary),
	                            db_i(run->job.id)));
	return e ? ctx_db_failed(c, e, "describing a job's file") : OK;
}

enum err job_note(struct ctx *c, const struct job_run *run, const char *severity, const struct job_error *n,
                  struct str subject)
{
	enum err e = db_run(c->db, &sql_run_note,
	                    DB_ARGS(db_i(run->job.id), db_z(severity), db_i(n->row),
	                            db_t(n->column.p ? n->column : STR("")), db_t(n->code), db_t(subject),
	                            db_t(n->message), n->line.p ? db_b(n->line) : db_null(),
	                            db_i(n->times ? n->times : 1)));
	if (e == ERR_CONFLICT) /* of a job that is no more: it has got a new number meanwhile */
		return ctx_fail(c, e, "", "Another worker has this job.");
	return e ? ctx_db_failed(c, e, "keeping an error") : OK;
}

enum err job_rewind(struct ctx *c, struct job_run *run)
{
	struct job *j = &run->job, now;
	if (!j->id || !j->processed_rows)
		return OK;
	enum err e = db_begin(c->db);
	if (!e)
		e = db_run(c->db, &sql_run_rewind, DB_ARGS(db_i(j->id), db_i(j->lease_token)));
	if (!e && db_changes(c->db))
		e = db_run(c->db, &sql_run_forget_notes, DB_ARGS(db_i(j->id)));
	if (!e)
		e = db_one(c->db, &sql_run_get, DB_ARGS(db_i(j->id)), c->arena, &job_desc, &now);
	if (!e)
		e = db_commit(c->db);
	if (e) {
		db_rollback(c->db);
		return ctx_db_failed(c, e, "putting a job back to its beginning");
	}
	if (now.lease_token != j->lease_token)
		return ctx_fail(c, ERR_CONFLICT, "", "Another worker has this job.");
	*j = now;
	return OK;
}

static const char too_late[] = "This file has been imported already, or is not kept any more.";

enum err job_to_the_top(struct ctx *c, const struct job *now)
{
	int64_t id = 0;
	enum err e = db_run(c->db, &sql_run_aside, DB_ARGS(db_i(now->id)));
	if (e || !db_changes(c->db))
		return e;
	e = db_one_int(c->db, &sql_run_anew, DB_ARGS(db_t(now->batch_id), db_i(now->id)), &id);
	if (!e)
		e = db_run(c->db, &sql_run_followers, DB_ARGS(db_i(id), db_i(now->id)));
	if (!e)
		e = db_run(c->db, &sql_run_undos, DB_ARGS(db_i(id), db_i(now->id)));
	return e ? e : db_run(c->db, &sql_run_remove, DB_ARGS(db_i(now->id)));
}

enum err job_queue_again(struct ctx *c, const struct job *now, const struct job *w)
{
	enum err e = db_begin(c->db);
	if (!e)
		e = db_run(c->db, &sql_run_again,
		           DB_ARGS(db_i(w->dry_run), db_t(w->import_type),
		                   db_t(w->on_conflict.n ? w->on_conflict : STR("actual-wins")),
		                   db_i0(w->property_id), db_t0(w->meter), db_t0(w->car), db_t0(w->time_zone),
		                   db_t0(w->answers), db_t0(w->preset), db_i(w->strict), db_i(ctx_now(c)),
		                   db_i(now->id)));
	bool done = !e && db_changes(c->db) > 0;
	if (done)
		e = db_run(c->db, &sql_run_forget_notes, DB_ARGS(db_i(now->id)));
	if (done && !e && !w->dry_run)
		e = job_to_the_top(c, now);
	if (!e)
		e = db_commit(c->db);
	if (e) {
		db_rollback(c->db);
		return ctx_db_failed(c, e, "putting a job back to its beginning");
	}
	return done ? OK : ctx_fail(c, ERR_CONFLICT, "", too_late);
}

enum err job_discard(struct ctx *c, int64_t id)
{
	enum err e = db_run(c->db, &sql_run_discard, DB_ARGS(db_i(ctx_now(c)), db_i(id)));
	if (e)
		return ctx_db_failed(c, e, "discarding a dry run");
	return db_changes(c->db) ? OK : ctx_fail(c, ERR_CONFLICT, "", too_late);
}

/* ---- ending ---- */

static enum err end_as(struct ctx *c, const struct job *j, const char *status, const char *message)
{
	enum err e = db_run(c->db, &sql_run_end,
	                    DB_ARGS(db_z(status), db_i(ctx_now(c)), message ? db_z(message) : db_null(),
	                            db_i(j->id), db_i(j->lease_token)));
	return e ? ctx_db_failed(c, e, "ending a job") : OK;
}

static enum err wait_for(struct ctx *c, const struct job *j, int64_t until, const char *message,
                         int64_t attempts)
{
	enum err e = db_run(c->db, &sql_run_wait,
	                    DB_ARGS(db_i0(until), message ? db_z(message) : db_null(), db_i(attempts),
	                            db_i(j->id), db_i(j->lease_token)));
	return e ? ctx_db_failed(c, e, "putting a job back") : OK;
}

enum err job_end(struct ctx *c, struct job_run *run, enum err result)
{
	const struct job *j = &run->job;
	const char *why = arena_printf(c->arena, "%s", c->fault.message);
	db_rollback(c->db);
	log_event(&c->log, result && result != ERR_CONFLICT ? LOG_WARN : LOG_INFO, "job",
	          LOG_STR("batch", j->batch_id), LOG_Z("result", result ? err_info(result)->slug : "completed"),
	          LOG_INT("rows", j->processed_rows), LOG_INT("failed_rows", j->failed_rows),
	          LOG_Z("why", result ? why : ""));
	if (result == OK)
		return end_as(c, j, "completed", NULL);
	if (result == ERR_CONFLICT) /* cancelled, or no longer ours */
		return OK;
	if (result == ERR_INTERRUPTED)
		return wait_for(c, j, 0, NULL, 0);
	/* troubles that may pass: soon again, then every minute; a full disk is waited for without end */
	int64_t attempts = result == ERR_FULL && j->attempts > ATTEMPTS_SOON ? ATTEMPTS_SOON + 1 : j->attempts;
	if (err_info(result)->again && attempts < ATTEMPTS_MAX)
		return wait_for(c, j, attempts > ATTEMPTS_SOON ? ctx_now(c) + 60 : 0, why, attempts);
	return end_as(c, j, "failed", why);
}

enum err job_start_here(struct ctx *c, const struct job *wanted, struct job_run *run, int *lock_fd)
{
	*run = (struct job_run){.slot = -1};
	*lock_fd = slot_lock_any(c, WORKER_SLOTS, SLOTS, &run->slot);
	if (*lock_fd < 0)
		return ctx_fail(c, ERR_BUSY, "",
		                "Too many imports run at once on the command line. Please try again.");
	return job_add(c, wanted, "processing", run->slot, &run->job);
}

/* ---- working ---- */

#define TASK(kind, run, title) job_task_fn run;
#include "app/tasks.def"
#undef TASK

static const struct {
	const char *kind;
	job_task_fn *run;
} tasks[] = {
#define TASK(kind, run, title) {#kind, run},
#include "app/tasks.def"
#undef TASK
};

static enum err run_task(struct ctx *c, struct job_run *run)
{
	const struct job *j = &run->job;
	if (str_starts(j->file_path, STR("/")) || str_eqz(j->file_path, "-"))
		return ctx_fail(c, ERR_INVALID, "",
		                "The command was interrupted. Run it again: what it had stored is recognised.");
	if (j->attempts > ATTEMPTS_MAX)
		return ctx_fail(c, ERR_INVALID, "", "Given up after %d attempts that got nowhere.",
		                ATTEMPTS_MAX);
	if (j->cancel_requested) {
		end_as(c, j, "cancelled", NULL);
		return ctx_fail(c, ERR_CONFLICT, "", "The job was cancelled.");
	}
	for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++)
		if (str_eqz(j->kind, tasks[i].kind))
			return tasks[i].run(c, run);
	return ctx_fail(c, ERR_INVALID, "", "This program does not know how to do a job of kind %.*s.",
	                STR_ARG(j->kind));
}

enum err job_work(struct ctx *c, int64_t limit, const volatile int *stop, int64_t *done)
{
	int slot;
	int lock = slot_lock_any(c, 0, WORKER_SLOTS, &slot);
	enum err e = OK;
	*done = 0;
	if (lock < 0) /* enough workers are at it */
		return OK;
	storage_touch_worker(c->storage, ctx_now(c));
	/* their failures are no reason to leave the work: they are logged, and tried again */
	cleanup_by_policy(c);
	inbox_look(c);
	/* fetched first: an export that is due at the same time is queued behind the import */
	schedule_run_due(c, stop);
	export_schedule_run_due(c, stop);
	backup_job_forget_passphrases(c);
	shelf_look(c);
	backup_schedule_run_due(c);
	while (!e && !*stop && (limit == 0 || *done < limit)) {
		struct job_run run = {.stop = stop, .slot = slot};
		arena_reset(c->arena);
		setting_forget(c);
		c->fault = (struct fault){0};
		e = take_next(c, slot, &run.job);
		if (e)
			break;
		++*done;
		snprintf(c->log.request, sizeof(c->log.request), "%.*s",
		         STR_ARG(str_sub(run.job.batch_id, 0, 39)));
		e = job_end(c, &run, run_task(c, &run));
		backup_job_forget_passphrases(c);
		c->log.request[0] = '\0';
	}
	close(lock);
	if (e == ERR_NOT_FOUND)
		return OK;
	return e && !c->fault.code ? ctx_db_failed(c, e, "taking a job") : e;
}

/* ---- the worker program ---- */

const char *job_worker_path(struct ctx *c)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	while (n > 0 && self[n - 1] != '/')
		n--;
	return arena_printf(c->arena, "%.*swattledger-worker", (int)(n > 0 ? n : 0), self);
}

bool job_wake_worker(struct ctx *c)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, dflt;
	pid_t pid;
	const char *path = job_worker_path(c);
	const char *dir = arena_strz(c->arena, c->storage->dir);
	char *const argv[] = {(char *)"wattledger-worker", (char *)"--storage", (char *)dir, (char *)"--once",
	                      NULL};
	char *const env[] = {(char *)"PATH=/usr/bin:/bin", NULL};

	/* a worker that has ended needs no waiting for: the kernel reaps it */
	signal(SIGCHLD, SIG_IGN);
	sigemptyset(&none);
	sigemptyset(&dflt);
	sigaddset(&dflt, SIGCHLD);
	sigaddset(&dflt, SIGPIPE);
	sigaddset(&dflt, SIGTERM);
	sigaddset(&dflt, SIGUSR1);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigdefault(&attr, &dflt);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&files, 3);
	int rc = posix_spawn(&pid, path, &files, &attr, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	if (rc)
		log_event(&c->log, LOG_WARN, "worker", LOG_Z("path", path), LOG_Z("error", strerror(rc)));
	return rc == 0;
}
