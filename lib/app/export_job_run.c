/* export_job_run: an export is written; see export_job.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/export_file.h"
#include "app/export_job.h"
#include "app/export_range.h"
#include "app/meter.h"
#include "app/storage.h"
#include "app/user.h"
#include "db/db.h"

#define FOLDER "exports"

SQL(export_run_begin,
    "UPDATE exports SET error_code = NULL, record_count = 0, reading_count = 0, skipped_series = 0, "
    "file_size_bytes = 0 WHERE job_id = ?");
SQL(export_run_failed, "UPDATE exports SET error_code = ? WHERE job_id = ?");
SQL(export_run_done,
    "UPDATE exports SET record_count = ?, reading_count = ?, skipped_series = ?, file_size_bytes = ? "
    "WHERE job_id = ?");
SQL(export_run_file, "UPDATE jobs SET file_path = ? WHERE id = ?");

struct work {
	struct ctx *c;
	struct job_run *run;
	struct export_job x;
	struct export_filter filter;
	struct export_counts counts;
	int fd;
	int64_t said_at; /* when the progress was committed last */
	const char *name, *part;
};

static const char *name_of(struct ctx *c, const struct job *j, int64_t take, const char *ending)
{
	return arena_printf(c->arena, FOLDER "/%.*s-%lld%s", STR_ARG(j->batch_id), (long long)take, ending);
}

/* ---- what ---- */

static enum err no_such_meter(struct work *w)
{
	enum err e =
	        db_run(w->c->db, &sql_export_run_failed, DB_ARGS(db_z("SMART_METER_NOT_FOUND"), db_i(w->x.id)));
	if (e)
		return ctx_db_failed(w->c, e, "keeping why an export failed");
	return ctx_fail(w->c, ERR_NOT_FOUND, "", "Smart meter with ID '%.*s' not found",
	                STR_ARG(w->x.smart_meter_id));
}

static enum err choose(struct work *w)
{
	struct export_filter *f = &w->filter;
	struct str rest = w->x.meters;
	struct meter m;
	*f = (struct export_filter){.property_id = w->x.property_id};
	enum err e = export_read_range(w->c, w->x.range_from, w->x.range_to, f);
	if (!e && w->x.smart_meter_id.n) {
		e = meter_by_identifier(w->c, w->x.smart_meter_id, &m);
		f->meter_id = e ? 0 : m.id;
		return e == ERR_NOT_FOUND ? no_such_meter(w) : e;
	}
	if (e || !rest.p)
		return e;
	int64_t *id = ARENA_ARRAY(w->c->arena, int64_t, EXPORT_METERS_MAX);
	while (rest.p && f->meters < EXPORT_METERS_MAX)
		if (str_to_i64(str_cut(&rest, ','), &id[f->meters]))
			f->meters++;
	f->meter = id;
	return OK;
}

/* ---- writing ---- */

/* Once a second the job says how far it is, and hears of its cancelling. */
static enum err step(void *arg, int64_t done, int64_t all)
{
	struct work *w = arg;
	struct job *j = &w->run->job;
	struct ctx *c = w->c;
	if (*w->run->stop)
		return ctx_fail(c, ERR_INTERRUPTED, "", "Interrupted. The worker starts this export over.");
	if (done && w->said_at == ctx_now(c))
		return OK;
	w->said_at = ctx_now(c);
	j->processed_rows = done;
	j->total_rows = all;
	enum err e = db_begin(c->db);
	return e ? ctx_db_failed(c, e, "saying how far an export is") : job_commit(c, w->run);
}

/* On the disk, under its name. */
static enum err settle(struct work *w)
{
	int dir = w->c->storage->dir_fd, folder = openat(dir, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = folder >= 0 && fsync(w->fd) == 0 && renameat(dir, w->part, dir, w->name) == 0 &&
	          fsync(folder) == 0;
	int why = errno;
	if (folder >= 0)
		close(folder);
	return ok ? OK
	          : ctx_fail(w->c, storage_errno(why), "", "The export's file could not be kept: %s.",
	                     strerror(why));
}

static enum err record(struct work *w)
{
	struct ctx *c = w->c;
	struct job *j = &w->run->job;
	struct stat st;
	if (fstat(w->fd, &st) < 0)
		return ctx_fail(c, ERR_IO, "", "The export's file could not be looked at: %s.",
		                strerror(errno));
	j->processed_rows = j->total_rows;
	j->imported_rows = w->counts.rows;
	j->bytes_total = j->bytes_done = st.st_size;
	enum err e = db_begin(c->db);
	if (!e)
		e = db_run(c->db, &sql_export_run_done,
		           DB_ARGS(db_i(w->counts.rows), db_i(w->counts.readings),
		                   db_i(w->counts.skipped_series), db_i(st.st_size), db_i(j->id)));
	if (!e)
		e = db_run(c->db, &sql_export_run_file, DB_ARGS(db_z(w->name), db_i(j->id)));
	if (e) {
		db_rollback(c->db);
		return ctx_db_failed(c, e, "keeping an export");
	}
	return job_commit(c, w->run);
}

static enum err write_file(struct work *w)
{
	struct ctx *c = w->c;
	int dir = c->storage->dir_fd;
	const struct export_watch watch = {step, w};
	w->fd = openat(dir, w->part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (w->fd < 0)
		return ctx_fail(c, storage_errno(errno), "", "The export's file cannot be made: %s.",
		                strerror(errno));
	struct actor self = c->actor;
	enum err e = w->x.by_system ? OK : user_act_for(c, w->x.user_id);
	if (!e)
		e = choose(w);
	if (!e)
		e = export_readings_to_fd(c, w->x.shape, w->x.format, &w->filter, w->fd, &watch, &w->counts);
	c->actor = self;
	if (!e)
		e = settle(w);
	if (!e)
		e = record(w);
	close(w->fd);
	if (e) {
		unlinkat(dir, w->part, 0);
		unlinkat(dir, w->name, 0);
	}
	return e;
}

/* What earlier takes, killed, have left. */
static void forget_takes(struct work *w)
{
	const struct job *j = &w->run->job;
	for (int64_t take = 1; take < j->lease_token; take++) {
		unlinkat(w->c->storage->dir_fd, name_of(w->c, j, take, ".part"), 0);
		unlinkat(w->c->storage->dir_fd, name_of(w->c, j, take, ""), 0);
	}
}

enum err export_job_run(struct ctx *c, struct job_run *run)
{
	struct job *j = &run->job;
	struct work *w = ARENA_NEW(c->arena, struct work);
	*w = (struct work){.c = c, .run = run, .name = name_of(c, j, j->lease_token, "")};
	w->part = name_of(c, j, j->lease_token, ".part");
	int64_t trimmed = 0;
	enum err e = export_get(c, j->batch_id, &w->x);
	if (e)
		return e;
	if (w->x.file_path.n &&
	    faccessat(c->storage->dir_fd, arena_strz(c->arena, w->x.file_path), R_OK, 0) == 0)
		return OK; /* it was whole, and its worker died before it could say so */
	forget_takes(w);
	e = db_run(c->db, &sql_export_run_begin, DB_ARGS(db_i(j->id)));
	if (e)
		return ctx_db_failed(c, e, "beginning an export");
	j->processed_rows = j->total_rows = j->imported_rows = 0;
	e = write_file(w);
	if (!e && w->x.schedule_id)
		export_trim(c, &trimmed); /* what fails is done by the next clean-up */
	return e;
}
