/* backup_job_run: the worker makes, verifies or restores a backup; see backup_job.h. */
#include <stdio.h>
#include <unistd.h>

#include "app/backup/backup_carry.h"
#include "app/backup/backup_job.h"
#include "app/backup/backup_schedule.h"
#include "app/backup/shelf.h"
#include "app/seal.h"
#include "app/setting.h"
#include "app/user.h"
#include "codec/json.h"
#include "db/db.h"

#define REPORT_ROOM (512u << 10)

SQL(backup_run_done, "UPDATE backup_jobs SET backup_id = ?, report = ? WHERE job_id = ?");

struct work {
	struct ctx *c;
	struct job_run *run;
	struct backup_job k;
	struct backup_watch watch;
	struct str passphrase;
	int64_t said_at; /* when the progress was committed last */
	bool lost;       /* the job is cancelled, or somebody else's */
};

/* In the caller's transaction, which ends. */
static enum err commit(struct work *w)
{
	enum err e = job_commit(w->c, w->run);
	w->lost = e == ERR_CONFLICT;
	return e;
}

/* Once a second the job says how far it is, and hears of its cancelling. */
static enum err step(void *arg, int64_t done, int64_t all)
{
	struct work *w = arg;
	struct job *j = &w->run->job;
	struct ctx *c = w->c;
	if (*w->run->stop)
		return ctx_fail(c, ERR_INTERRUPTED, "", "Interrupted. The worker starts it over.");
	if (w->said_at == ctx_now(c))
		return OK;
	w->said_at = ctx_now(c);
	j->processed_rows = done;
	j->total_rows = all;
	enum err e = ctx_begin(c, "saying how far a backup is");
	return e ? e : commit(w);
}

/* Its result, and that it has been done, in the caller's transaction, which ends. */
static enum err record(struct work *w, int64_t backup_id, struct str report)
{
	struct job *j = &w->run->job;
	j->processed_rows = j->total_rows;
	enum err e =
	        db_run(w->c->db, &sql_backup_run_done, DB_ARGS(db_i0(backup_id), db_t0(report), db_i(j->id)));
	if (!e)
		return commit(w);
	db_rollback(w->c->db);
	return ctx_db_failed(w->c, e, "keeping what came of a backup");
}

/* ---- making one ---- */

/* Of this take of the job alone; the first is number 2 (job_add). */
static const char *name_of(struct work *w, int64_t take)
{
	const struct job *j = &w->run->job;
	const char *digits = arena_printf(w->c->arena, "%.8s", arena_strz(w->c->arena, j->batch_id));
	if (take > 2)
		digits = arena_printf(w->c->arena, "%s-%lld", digits, (long long)take - 1);
	return shelf_name(w->c, "wattledger", j->queued_at, digits);
}

/* What earlier takes, killed, have left. */
static void forget_takes(struct work *w)
{
	for (int64_t take = 2; take < w->run->job.lease_token; take++)
		shelf_sweep(w->c, name_of(w, take));
}

static bool is_scheduled(const struct work *w)
{
	return str_eqz(w->run->job.origin, "schedule");
}

static enum err put_on_shelf(struct work *w, const char *name, const struct backup *made)
{
	const char *origin = is_scheduled(w) ? "schedule" : "person";
	int64_t id;
	enum err e = ctx_begin(w->c, "keeping a backup");
	if (e)
		return e;
	e = shelf_add(w->c, name, origin, w->k.user_id, made->size, made, &id);
	if (!e)
		return record(w, id, (struct str){NULL, 0});
	db_rollback(w->c->db);
	return e;
}

static enum err create(struct work *w)
{
	const char *name = name_of(w, w->run->job.lease_token);
	const struct backup_order order = {.path = shelf_path(w->c, name),
	                                   .user_id = w->k.only_user_id,
	                                   .passphrase = w->passphrase,
	                                   .watch = &w->watch};
	struct backup made;
	forget_takes(w);
	enum err e = backup_create(w->c, &order, &made);
	if (!e)
		e = put_on_shelf(w, name, &made);
	if (e)
		shelf_forget(w->c, name);
	else if (is_scheduled(w))
		backup_schedule_tidy(w->c);
	return e;
}

/* ---- reading one ---- */

static enum err verify(struct work *w)
{
	struct shelved s;
	enum err e = shelf_get(w->c, w->k.backup_id, &s);
	if (!e)
		e = shelf_verify(w->c, &s, w->passphrase);
	if (!e)
		e = ctx_begin(w->c, "verifying a backup");
	return e ? e : record(w, s.id, (struct str){NULL, 0});
}

struct str backup_job_report(struct ctx *c, const struct backup_report *r, const char *kept)
{
	struct buf out = BUF_INIT(REPORT_ROOM);
	struct json_out j;
	json_start(&j, &out);
	json_object(&j);
	json_key(&j, "backup_before");
	json_str(&j, str_of(kept));
	backup_put_report(&j, r);
	json_end_object(&j);
	struct str text = out.over ? (struct str){NULL, 0} : arena_str(c->arena, buf_str(&out));
	buf_free(&out);
	return text;
}

/* Everything is another now, this job's row too. */
static enum err replaced(struct work *w)
{
	setting_forget(w->c);
	w->lost = true;
	return ctx_fail(w->c, ERR_CONFLICT, "", "The job has been completed together with the restore.");
}

static enum err restore(struct work *w)
{
	struct ctx *c = w->c;
	struct backup_report report = {.n = 0};
	struct backup_carry y = {
	        .run = w->run, .mode = w->k.mode, .report = &report, .backup_id = w->k.backup_id};
	struct backup_wish wish = {.passphrase = w->passphrase,
	                           .merge = str_eqz(w->k.mode, "merge"),
	                           .dry = w->k.dry_run,
	                           .watch = &w->watch,
	                           .carry = backup_carry,
	                           .kept = backup_carry_kept,
	                           .carry_arg = &y};
	struct shelved s;
	int64_t size;
	enum err e = shelf_get(c, w->k.backup_id, &s);
	if (!e)
		e = shelf_open(c, &s, &wish.fd, &size);
	if (e)
		return e;
	if (!wish.merge && !wish.dry) {
		wish.keep = backup_keep_path(c);
		y.kept = strrchr(wish.keep, '/') + 1;
	}
	e = backup_restore(c, &wish, &report);
	close(wish.fd);
	if (e)
		return e;
	if (wish.keep)
		return replaced(w);
	e = ctx_begin(c, "keeping what a restore did");
	return e ? e : record(w, s.id, backup_job_report(c, &report, NULL));
}

/* ---- the job ---- */

static enum err open_passphrase(struct work *w)
{
	const struct str sealed = w->k.passphrase;
	if (is_scheduled(w))
		return setting_unsealed(w->c, 0, SETTING_backup_passphrase, &w->passphrase);
	if (!sealed.p)
		return OK;
	if (!sealed.n)
		return ctx_fail(w->c, ERR_INVALID, "",
		                "Its passphrase was not kept: ask for it anew, with the passphrase.");
	return seal_open(w->c, "The passphrase of a job", w->k.job_id, sealed, &w->passphrase);
}

static enum err run_as_asked(struct work *w)
{
	bool create_one = str_eqz(w->k.mode, "create");
	if (create_one ? w->k.backup_id != 0 : w->k.report.p != NULL)
		return OK; /* it was done, and its worker died before it could say so */
	enum err e = w->k.user_id ? user_act_for(w->c, w->k.user_id) : OK;
	if (!e)
		e = open_passphrase(w);
	if (e)
		return e;
	if (create_one)
		return create(w);
	return str_eqz(w->k.mode, "verify") ? verify(w) : restore(w);
}

enum err backup_job_run(struct ctx *c, struct job_run *run)
{
	struct work *w = ARENA_NEW(c->arena, struct work);
	*w = (struct work){.c = c, .run = run, .watch = {step, w}};
	enum err e = backup_job_get(c, run->job.batch_id, &w->k);
	if (e)
		return e;
	run->job.processed_rows = run->job.total_rows = 0;
	struct actor self = c->actor;
	e = run_as_asked(w);
	c->actor = self;
	if (e == ERR_CONFLICT && !w->lost) /* a reason of its own, and no word about the job */
		e = c->fault.code = ERR_INVALID;
	return e;
}
