/*
 * schedule_run: the fetching half of schedule.h.
 *
 * One process fetches at a time: it holds run/fetch.lock. Who fetches acts as the schedule's owner, so that the
 * import is theirs and what they may not do fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "app/due.h"
#include "app/http.h"
#include "app/job_run.h"
#include "app/schedule.h"
#include "app/schedule_columns.h"
#include "app/setting.h"
#include "app/storage.h"
#include "app/upload.h"
#include "app/user.h"
#include "db/db.h"

SQL(schedule_due, "SELECT " SCHEDULE_COLUMNS " WHERE s.is_enabled = 1 AND s.next_run_at <= ? "
                  "ORDER BY s.next_run_at, s.id LIMIT 1");
SQL(schedule_ran, "UPDATE schedules SET last_run_at = ?, next_run_at = ?, last_outcome = ?, "
                  "last_batch = COALESCE(?, last_batch), etag = ?, last_modified = ? WHERE id = ? AND "
                  "address = ? AND user_id = (SELECT u.id FROM users u WHERE u.id = ? AND u.email = ?)");

struct fetched {
	struct upload upload;
	struct http_reply reply;
	struct str rest;   /* of the stored file; empty: nothing new came */
	struct job wanted; /* of it */
};

struct sink {
	struct ctx *c;
	struct upload *upload;
};

static bool put(void *arg, const char *p, size_t n)
{
	struct sink *s = arg;
	return upload_write(s->c, s->upload, p, n) == OK;
}

/* The last part of the address' path, as a file's name. */
static struct str name_of(struct str address)
{
	struct str path = str_sub(address, strlen("https://"), address.n), last = path;
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '?' || path.p[i] == '#')
			path.n = i;
	for (struct str rest = path; rest.p;) {
		struct str part = str_cut(&rest, '/');
		last = part.n ? part : last;
	}
	return last;
}

/* What the owner's fetches say to this host: nothing, where they have named the hosts and this is none of them.
 */
static enum err authorization(struct ctx *c, const struct schedule *s, struct str *out)
{
	struct str hosts =
	        arena_lower(c->arena, setting_text_of(c, s->user_id, SETTING_fetch_authorization_hosts));
	struct str host = http_host(c, s->address);
	bool any = !str_trim(hosts).n;
	*out = (struct str){NULL, 0};
	while (!any && hosts.p)
		any = str_eq(str_cut(&hosts, ' '), host);
	return any ? setting_unsealed(c, s->user_id, SETTING_fetch_authorization, out) : OK;
}

static enum err fetch_file(struct ctx *c, const struct schedule *s, const volatile int *stop, struct fetched *f)
{
	struct sink sink = {c, &f->upload};
	struct http_get q = {.address = arena_strz(c->arena, s->address),
	                     .etag = s->etag,
	                     .last_modified = s->last_modified,
	                     .stop = stop,
	                     .put = put,
	                     .arg = &sink};
	enum err e = authorization(c, s, &q.authorization);
	if (e)
		return e;
	e = upload_begin(c, name_of(s->address), -1, false, &f->upload);
	if (e)
		return e;
	e = http_get(c, &q, &f->reply);
	if (!e && !f->reply.not_changed)
		return upload_finish(c, &f->upload, &f->rest);
	struct fault why = c->fault;
	upload_abort(c, &f->upload);
	c->fault = why;
	return e;
}

static enum err admit(struct ctx *c, const struct schedule *s, struct fetched *f)
{
	struct import_options o = {.filename = f->upload.filename,
	                           .type = s->import_type,
	                           .on_conflict = s->on_conflict,
	                           .property_id = s->property_id,
	                           .meter = s->meter,
	                           .car = s->car,
	                           .time_zone = s->time_zone,
	                           .preset = s->preset,
	                           .strict = s->strict};
	enum err e = answers_read(c->arena, s->answers, &o.answers, &c->fault);
	if (e)
		return e;
	int fd = openat(c->storage->dir_fd, arena_strz(c->arena, f->rest), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return ctx_fail(c, ERR_IO, "file", "The stored file cannot be opened: %s.", strerror(errno));
	e = import_admit(c, &o, fd, f->rest, &f->wanted);
	close(fd);
	f->wanted.origin = str_of(arena_printf(c->arena, "schedule %lld", (long long)s->id));
	return e;
}

/* In a transaction: the job, if there is one, and the outcome. After a restore the number may be that of
 * another schedule. */
static enum err write_down(struct ctx *c, const struct schedule *s, const struct fetched *f, enum err failed)
{
	bool fresh = !failed && !f->reply.not_changed;
	const struct str *etag = fresh ? &f->reply.etag : &s->etag;
	const struct str *modified = fresh ? &f->reply.last_modified : &s->last_modified;
	const char *outcome = failed  ? c->fault.message
	                      : fresh ? arena_printf(c->arena, "Fetched %lld bytes; their import was queued.",
	                                             (long long)f->wanted.bytes_total)
	                              : "It has not changed since it was imported last.";
	struct job j = {.batch_id = {NULL, 0}};
	int64_t next = 0;
	if (s->is_enabled)
		due_next(c, s->cron, setting_zone(c), &next);
	enum err e = fresh ? job_queue(c, &f->wanted, &j) : OK;
	if (!e)
		e = db_run(c->db, &sql_schedule_ran,
		           DB_ARGS(db_i(ctx_now(c)), db_i0(next), db_z(outcome), db_t(j.batch_id), db_t(*etag),
		                   db_t(*modified), db_i(s->id), db_t(s->address), db_i(s->user_id),
		                   db_t(s->user_email)));
	if (!e && !db_changes(c->db))
		e = ctx_fail(c, ERR_NOT_FOUND, "", "The schedule was removed meanwhile.");
	return e;
}

static enum err end(struct ctx *c, const struct schedule *s, const struct fetched *f, enum err failed)
{
	struct fault why = c->fault;
	enum err e = db_begin(c->db);
	if (!e)
		e = write_down(c, s, f, failed);
	bool no_job = e || failed;
	if (!e)
		e = db_commit(c->db);
	if (e)
		db_rollback(c->db);
	/* a commit that failed on the disk may be found done: then a job has the file; else upload_clean
	 * removes it */
	if (no_job && f->rest.n)
		storage_remove(c->storage, arena_strz(c->arena, f->rest));
	log_event(&c->log, e || failed ? LOG_WARN : LOG_INFO, "fetch", LOG_INT("schedule", s->id),
	          LOG_Z("result", failed                 ? "failed"
	                          : f->reply.not_changed ? "not changed"
	                                                 : "queued"),
	          LOG_Z("why", failed ? why.message : ""));
	return e;
}

/* Fetches for its owner. *failed: how it went, which is written down as well. */
static enum err run(struct ctx *c, const struct schedule *s, const volatile int *stop, enum err *failed)
{
	struct actor asking = c->actor;
	struct fetched f = {0};
	*failed = user_act_for(c, s->user_id);
	if (!*failed)
		*failed = fetch_file(c, s, stop, &f);
	if (!*failed && !f.reply.not_changed)
		*failed = admit(c, s, &f);
	/* asked to stop: as if it had not begun */
	enum err e = *failed == ERR_INTERRUPTED ? OK : end(c, s, &f, *failed);
	c->actor = asking;
	return e;
}

static int lock(struct ctx *c, int how)
{
	int fd = openat(c->storage->dir_fd, "run/fetch.lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0 && flock(fd, how) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

enum err schedule_run(struct ctx *c, int64_t id, const volatile int *stop, struct schedule *out)
{
	enum err failed = OK, e = schedule_get(c, id, out);
	if (e)
		return e;
	int fd = lock(c, LOCK_EX);
	if (fd < 0)
		return ctx_fail(c, ERR_BUSY, "", "Another fetch is under way. Please try again.");
	out->etag = out->last_modified = (struct str){NULL, 0};
	e = run(c, out, stop, &failed);
	close(fd);
	struct fault why = c->fault;
	if (!e && !failed)
		return schedule_get(c, id, out);
	c->fault = why;
	return e ? e : failed;
}

enum err schedule_run_due(struct ctx *c, const volatile int *stop)
{
	enum err e = OK, failed;
	int fd = lock(c, LOCK_EX | LOCK_NB);
	while (fd >= 0 && !e && !*stop) {
		struct schedule s;
		arena_reset(c->arena);
		setting_forget(c);
		c->fault = (struct fault){0};
		e = db_one(c->db, &sql_schedule_due, DB_ARGS(db_i(ctx_now(c))), c->arena, &schedule_desc, &s);
		if (!e)
			e = run(c, &s, stop, &failed);
	}
	if (fd >= 0)
		close(fd);
	return e == ERR_NOT_FOUND ? OK : e;
}
