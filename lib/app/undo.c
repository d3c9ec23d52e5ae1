/*
 * undo: see undo.h.
 *
 * The counters of the work's job: processed_rows are meter days, imported_rows those that show something else
 * afterwards, unchanged_rows the others. resume_offset is the series, resume_line the day that it has come to.
 */
#include "app/undo.h"

#include <time.h>
#include <unistd.h>

#include "app/audit.h"
#include "app/charging/charge.h"
#include "app/register.h"
#include "app/right.h"
#include "app/site.h"
#include "app/storage.h"
#include "db/db.h"

#define PIECE        5000      /* days a commit; or the first window that goes over it */
#define PIECE_SHARED 1000      /* while web requests are about */
#define WINDOW       1000      /* calendar days of one series at once */
#define ALL_DONE     INT64_MAX /* resume_offset: the last piece has been committed, and counted */

SQL(undo_mark, "UPDATE jobs SET undone_at = ? WHERE id = ? AND undone_at IS NULL");
SQL(undo_unmark, "UPDATE jobs SET undone_at = NULL WHERE id = ? AND undone_at IS NOT NULL");
SQL(undo_is_live, "SELECT COUNT(*) FROM jobs WHERE id = ? AND undone_at IS NULL");
SQL(undo_under_way, "SELECT COUNT(*) FROM jobs WHERE target_id = ? AND status IN ('queued', 'processing')");
/* A meter is there while a live import speaks of it, or if somebody has given it a name or said anything else
 * of it. (M1 is found in M12 too: then a meter stays that might have gone.) */
#define OF_THE_BATCH                                                                                          \
	"m.made_by_job IS NOT NULL AND m.name IS NULL AND m.version = 1 AND NOT EXISTS (SELECT 1 FROM "       \
	"meter_identifiers i WHERE i.meter_id = m.id) AND NOT EXISTS (SELECT 1 FROM meter_events v WHERE "    \
	"v.meter_id = m.id) AND NOT EXISTS (SELECT 1 FROM meters f WHERE f.property_id = m.property_id AND "  \
	"f.formula LIKE '%M' || CAST(m.id AS TEXT) || '%') AND m.id IN (SELECT s.meter_id FROM job_series x " \
	"JOIN series s ON s.id = x.series_id WHERE x.job_id = ?)"
#define SPOKEN_OF                                                                                            \
	"EXISTS (SELECT 1 FROM series s JOIN job_series x ON x.series_id = s.id LEFT JOIN jobs j ON j.id = " \
	"x.job_id "                                                                                          \
	"WHERE s.meter_id = m.id AND j.undone_at IS NULL"
SQL(undo_meters,
    "UPDATE meters AS m SET is_undone = CASE WHEN " SPOKEN_OF ") THEN 0 ELSE 1 END WHERE " OF_THE_BATCH);
SQL(undo_meters_go, "SELECT COUNT(*) FROM meters m WHERE m.is_undone = 0 AND " OF_THE_BATCH
                    " AND NOT " SPOKEN_OF " AND x.job_id <> ?)");
SQL(undo_meters_come, "SELECT COUNT(*) FROM meters m WHERE m.is_undone = 1 AND " OF_THE_BATCH);

SQL(undo_of_others,
    "SELECT COUNT(*) FROM properties p WHERE p.id IN (SELECT m.property_id FROM job_series x JOIN series s ON "
    "s.id = x.series_id JOIN meters m ON m.id = s.meter_id WHERE x.job_id = ? UNION SELECT l.property_id FROM "
    "site_layers l WHERE l.job_id = ?) AND COALESCE(p.owner_id, 0) <> ? AND NOT EXISTS (SELECT 1 FROM "
    "property_members pm WHERE pm.property_id = p.id AND pm.user_id = ? AND pm.role <> 'viewer')");

/* ---- may it be? ---- */

static const char *refusal(const struct job *j, enum undo_what what)
{
	if (!str_eqz(j->kind, "import") && !str_eqz(j->kind, "entry") && !str_eqz(j->kind, "edit"))
		return "Only an import, an entry or an edit can be undone or redone.";
	if (j->dry_run)
		return "This was a dry run: nothing was stored, so there is nothing to undo.";
	if (job_active(j))
		return "It is still under way. Cancel it, or wait until it has ended.";
	if (j->cleaned_at)
		return "It has been cleaned up: its readings stay as they are, and it can be neither "
		       "undone nor redone any more.";
	if (what == UNDO && j->undone_at)
		return "It has been undone already.";
	if (what == REDO && !j->undone_at)
		return "It has not been undone, so there is nothing to redo.";
	return NULL;
}

bool undo_possible(const struct job *j, enum undo_what what)
{
	return !refusal(j, what);
}

/* A batch is somebody's own; what it changed may not be, or not any more. */
static enum err may_change(struct ctx *c, const struct job *of)
{
	int64_t others = 0, sessions = 0;
	if (right_to_all(c))
		return OK;
	enum err e = db_one_int(
	        c->db, &sql_undo_of_others,
	        DB_ARGS(db_i(of->id), db_i(of->id), db_i(c->actor.user_id), db_i(c->actor.user_id)), &others);
	if (!e)
		e = charge_of_others(c, of->id, &sessions);
	if (e)
		return ctx_db_failed(c, e, "asking who may");
	return others ? ctx_fail(c, ERR_FORBIDDEN, "", "It has readings of a property that you may not change.")
	       : sessions
	               ? ctx_fail(c, ERR_FORBIDDEN, "", "It has charging sessions of a car that is not yours.")
	               : OK;
}

static enum err check(struct ctx *c, struct str batch_id, enum undo_what what, struct job *of)
{
	int64_t active = 0;
	enum err e = job_get(c, batch_id, of);
	if (e)
		return e;
	if (c->actor.kind != ACTOR_SYSTEM && (c->actor.role < ROLE_EDITOR || !(c->actor.scopes & SCOPE_IMPORT)))
		return ctx_fail(c, ERR_FORBIDDEN, "", "Your role does not allow imports to be undone.");
	e = db_one_int(c->db, &sql_undo_under_way, DB_ARGS(db_i(of->id)), &active);
	if (e)
		return ctx_db_failed(c, e, "looking for an undo");
	if (active)
		return ctx_fail(c, ERR_CONFLICT, "", "It is being undone or redone at this moment.");
	e = may_change(c, of);
	if (e)
		return e;
	const char *why = refusal(of, what);
	return why ? ctx_fail(c, ERR_CONFLICT, "", "%s", why) : OK;
}

/* ---- what would it do? ---- */

static void report(struct undo_report *out, const struct layers_counts *n)
{
	out->days = n->days;
	out->days_removed = n->removed;
	out->days_changed = n->changed;
	out->days_added = n->added;
	out->days_same = n->same;
}

/* Meters that would go (come). */
static enum err count_meters(struct ctx *c, const struct job *of, enum undo_what what, int64_t *n)
{
	enum err e = what == UNDO
	                     ? db_one_int(c->db, &sql_undo_meters_go, DB_ARGS(db_i(of->id), db_i(of->id)), n)
	                     : db_one_int(c->db, &sql_undo_meters_come, DB_ARGS(db_i(of->id)), n);
	return e ? ctx_db_failed(c, e, "counting meters") : OK;
}

static void add_counts(struct layers_counts *to, const struct layers_counts *n)
{
	to->days += n->days;
	to->same += n->same;
	to->changed += n->changed;
	to->removed += n->removed;
	to->added += n->added;
}

/* `out` NULL: nobody asks what else it means. */
static enum err settle_sessions(struct ctx *c, int64_t job_id, bool live, bool dry, struct layers_counts *n,
                                struct undo_report *out)
{
	struct charge_effect effect;
	enum err e = charge_settle(c, job_id, live, dry, &effect);
	add_counts(n, &effect.counts);
	if (out) {
		out->sessions_edited = effect.edited;
		out->cars = effect.cars;
	}
	return e;
}

enum err undo_foresee(struct ctx *c, struct str batch_id, enum undo_what what, struct undo_report *out)
{
	struct layers_counts n = {0};
	struct layers_window w = {0};
	*out = (struct undo_report){0};
	enum err e = check(c, batch_id, what, &out->of);
	while (!e) {
		e = layers_next(c, out->of.id, w.series_id, &w);
		if (e || !w.series_id)
			break;
		e = layers_foresee(c, &w, what == REDO, &n);
		if (!e)
			e = register_effects(c, &w, what == REDO, &n);
	}
	if (!e)
		e = site_settle(c, out->of.id, what == REDO, true, &n);
	if (!e)
		e = settle_sessions(c, out->of.id, what == REDO, true, &n, out);
	report(out, &n);
	return e ? e : count_meters(c, &out->of, what, &out->meters);
}

/* ---- asking for it ---- */

static enum err tell(struct ctx *c, const struct job *of, enum undo_what what)
{
	const char *action = arena_printf(c->arena, "%s.%s", str_eqz(of->kind, "edit") ? "edit" : "import",
	                                  what == UNDO ? "undo" : "redo");
	return audit_add(c, action, of->filename, of->batch_id);
}

/* Sets the mark and adds the work in one transaction. run NULL: into the queue. */
static enum err ask(struct ctx *c, struct str batch_id, enum undo_what what, struct job *of, struct job *work,
                    struct job_run *run, int *lock)
{
	enum err e = ctx_begin(c, "asking for an undo");
	if (e)
		return e;
	e = check(c, batch_id, what, of);
	if (!e)
		e = what == UNDO ? db_run(c->db, &sql_undo_mark, DB_ARGS(db_i(ctx_now(c)), db_i(of->id)))
		                 : db_run(c->db, &sql_undo_unmark, DB_ARGS(db_i(of->id)));
	if (!e)
		e = tell(c, of, what);
	const struct job wanted = {.kind = STR("undo"),
	                           .filename = of->filename,
	                           .file_path = STR(""),
	                           .import_type = what == UNDO ? STR("undo") : STR("redo"),
	                           .on_conflict = of->on_conflict,
	                           .user_id = c->actor.user_id,
	                           .target_id = of->id};
	if (!e)
		e = run ? job_start_here(c, &wanted, run, lock) : job_queue(c, &wanted, work);
	return ctx_end(c, e, "asking for an undo");
}

enum err undo_queue(struct ctx *c, struct str batch_id, enum undo_what what, struct job *out)
{
	struct job of;
	return ask(c, batch_id, what, &of, out, NULL, NULL);
}

/* ---- the work ---- */

/* The next window of the batch's days. series_id 0: there is none. */
static enum err next_window(struct ctx *c, const struct job *j, struct layers_window *w)
{
	/* the series that it was in, as far as it has not been gone through, then the next one */
	enum err e = layers_next(c, j->target_id, j->resume_offset - 1, w);
	if (!e && w->series_id && w->series_id == j->resume_offset) {
		if (w->last > j->resume_line)
			w->first = w->first > j->resume_line ? w->first : j->resume_line + 1;
		else
			e = layers_next(c, j->target_id, j->resume_offset, w);
	}
	if (w->last - w->first >= WINDOW)
		w->last = w->first + WINDOW - 1;
	return e;
}

/* In a transaction: some thousand days, and at the end the meters. */
static enum err piece(struct ctx *c, struct job *j, int64_t size, struct layers_counts *all, bool *end)
{
	struct layers_counts n = {0};
	struct layers_window w;
	int64_t live;
	enum err e = db_one_int(c->db, &sql_undo_is_live, DB_ARGS(db_i(j->target_id)), &live);
	if (e)
		return ctx_db_failed(c, e, "reading a job");
	while (!e && !*end && n.days < size) {
		e = next_window(c, j, &w);
		*end = w.series_id == 0;
		if (e || *end)
			break;
		e = layers_settle(c, &w, live != 0, &n);
		if (!e)
			e = register_effects(c, &w, live != 0, &n);
		j->resume_offset = w.series_id;
		j->resume_line = w.last;
	}
	if (!e && *end)
		e = site_settle(c, j->target_id, live != 0, false, &n);
	if (!e && *end)
		e = settle_sessions(c, j->target_id, live != 0, false, &n, NULL);
	j->processed_rows += n.days;
	j->imported_rows += n.days - n.same;
	j->unchanged_rows += n.same;
	add_counts(all, &n);
	if (e || !*end)
		return e;
	j->total_rows = j->processed_rows;
	j->resume_offset = ALL_DONE;
	e = db_run(c->db, &sql_undo_meters, DB_ARGS(db_i(j->target_id)));
	return e ? ctx_db_failed(c, e, "making meters seen or unseen") : OK;
}

static enum err count_stated(struct ctx *c, struct job *j)
{
	int64_t readings = 0;
	enum err e = layers_days(c, j->target_id, &j->total_rows);
	if (!e)
		e = register_stated(c, j->target_id, &readings);
	j->total_rows += readings;
	return e;
}

static enum err work(struct ctx *c, struct job_run *run, struct layers_counts *all)
{
	struct job *j = &run->job;
	bool end = j->resume_offset == ALL_DONE;
	enum err e = j->resume_offset ? OK : count_stated(c, j);
	while (!e && !end) {
		bool shared = storage_web_active(c->storage);
		e = db_begin(c->db);
		if (e)
			return ctx_db_failed(c, e, "undoing an import");
		e = piece(c, j, shared ? PIECE_SHARED : PIECE, all, &end);
		if (e)
			db_rollback(c->db);
		else
			e = job_commit(c, run);
		if (!e && run->progress)
			run->progress(run->progress_arg, j);
		if (!e && !end && *run->stop)
			e = ctx_fail(c, ERR_INTERRUPTED, "", "Interrupted. The worker goes on with it.");
		if (!e && !end && shared)
			nanosleep(&(struct timespec){0, 10000000}, NULL);
	}
	return e;
}

enum err undo_run(struct ctx *c, struct job_run *run)
{
	return work(c, run, ARENA_NEW(c->arena, struct layers_counts));
}

enum err undo_here(struct ctx *c, struct str batch_id, enum undo_what what, const volatile int *stop,
                   struct undo_report *out)
{
	struct job_run run = {.slot = -1};
	struct layers_counts n = {0};
	int lock = -1;
	*out = (struct undo_report){0};
	enum err e = check(c, batch_id, what, &out->of);
	if (!e)
		e = count_meters(c, &out->of, what, &out->meters);
	if (!e)
		e = settle_sessions(c, out->of.id, what == REDO, true, &(struct layers_counts){0}, out);
	if (!e)
		e = ask(c, batch_id, what, &out->of, NULL, &run, &lock);
	if (!e) {
		run.stop = stop;
		e = work(c, &run, &n);
		struct fault why = c->fault;
		job_end(c, &run, e);
		c->fault = why;
		out->job = run.job;
		report(out, &n);
	}
	if (lock >= 0)
		close(lock);
	return e;
}
