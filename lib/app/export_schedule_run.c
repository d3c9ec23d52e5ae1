/* export_schedule_run: what is due is asked for; see export_schedule.h. */
#include "app/due.h"
#include "app/export_period.h"
#include "app/export_schedule.h"
#include "app/meter.h"
#include "app/property.h"
#include "app/setting.h"
#include "app/user.h"
#include "base/civil.h"
#include "db/db.h"

SQL(export_schedule_due, "SELECT s.id FROM export_schedules s WHERE s.is_enabled = 1 AND s.next_run_at <= ? "
                         "ORDER BY s.next_run_at, s.id LIMIT 1");
SQL(export_schedule_ran,
    "UPDATE export_schedules SET last_run_at = ?, next_run_at = ?, last_outcome = ?, last_job_id = COALESCE(?, "
    "last_job_id), version = version + 1 WHERE id = ?");

/* As its owner: whether what it exports is there. */
static enum err look(struct ctx *c, const struct export_schedule *s)
{
	struct property p = {.is_active = true};
	struct meter m = {.is_active = true, .property_id = s->property_id};
	enum err e = s->property_id ? property_get(c, s->property_id, &p) : OK;
	if (!e && s->meter_id)
		e = meter_get(c, s->meter_id, &m);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, ERR_CONFLICT, "",
		                "The %s that it exports is not there any more, or is not %.*s's to see. Choose "
		                "another, or remove this schedule.",
		                s->meter_id ? "meter" : "property", STR_ARG(s->user_email));
	if (!e && !p.is_active)
		return ctx_fail(c, ERR_CONFLICT, "",
		                "The property %.*s was removed. Restore it, or remove this schedule.",
		                STR_ARG(p.name));
	if (!e && !m.is_active)
		return ctx_fail(c, ERR_CONFLICT, "",
		                "The meter %.*s was removed. Restore it, or remove this schedule.",
		                STR_ARG(m.identifier));
	if (!e && s->property_id && m.property_id != s->property_id)
		return ctx_fail(c, ERR_CONFLICT, "",
		                "The meter %.*s belongs to another property now. Choose again, or remove this "
		                "schedule.",
		                STR_ARG(m.identifier));
	return e;
}

/* In a transaction: the job of the owner, of the days that `at` says. */
static enum err queue(struct ctx *c, const struct export_schedule *s, int64_t at, struct job *job)
{
	char from[CIVIL_DATE_TEXT], to[CIVIL_DATE_TEXT];
	struct export_wanted w = {.shape = s->shape,
	                          .format = s->format,
	                          .property_id = s->property_id,
	                          .meter = &s->meter_id,
	                          .meters = s->meter_id ? 1 : 0,
	                          .schedule_id = s->id};
	int32_t first, last;
	if (str_eqz(s->last_job_status, "queued") || str_eqz(s->last_job_status, "processing"))
		return ctx_fail(c, ERR_CONFLICT, "",
		                "The export before it is not done yet: this one was left out.");
	struct actor asking = c->actor;
	enum err e = user_act_for(c, s->user_id);
	if (!e)
		e = look(c, s);
	if (!e &&
	    export_period_range(s->period, s->days, tz_day_of(tz_load(s->time_zone), at), &first, &last)) {
		civil_format_day(first, from);
		civil_format_day(last, to);
		w.from = str_of(from);
		w.to = str_of(to);
		e = export_queue_in(c, &w, job);
	}
	c->actor = asking;
	return e;
}

static enum err write_down(struct ctx *c, const struct export_schedule *s, int64_t next, const char *outcome,
                           int64_t job_id)
{
	enum err e = db_run(c->db, &sql_export_schedule_ran,
	                    DB_ARGS(db_i(ctx_now(c)), db_i0(next), db_z(outcome), db_i0(job_id), db_i(s->id)));
	return e ? ctx_db_failed(c, e, "writing down what came of a scheduled export") : OK;
}

static const char *queued(struct ctx *c, const struct job *j)
{
	return arena_printf(c->arena, "The export %.*s was asked for.", STR_ARG(j->filename));
}

enum err export_schedule_ask(struct ctx *c, int64_t id, struct export_schedule *out)
{
	struct export_schedule s;
	struct job j;
	enum err e = export_schedule_get(c, id, &s);
	if (!e)
		e = export_allow(c);
	if (e)
		return e;
	e = db_begin(c->db);
	if (e)
		return ctx_db_failed(c, e, "asking for an export");
	e = export_schedule_get(c, id, &s);
	if (!e)
		e = queue(c, &s, ctx_now(c), &j);
	if (!e)
		e = write_down(c, &s, s.next_run_at, queued(c, &j), j.id);
	if (!e) {
		e = db_commit(c->db);
		if (e)
			ctx_db_failed(c, e, "asking for an export");
	}
	if (e)
		db_rollback(c->db);
	return e ? e : export_schedule_get(c, id, out);
}

/* In a transaction: the next one that is due. ERR_NOT_FOUND: none is. */
static enum err run_next(struct ctx *c)
{
	struct export_schedule s;
	struct cron k;
	struct job j = {.id = 0};
	int64_t id;
	enum err e = db_one_int(c->db, &sql_export_schedule_due, DB_ARGS(db_i(ctx_now(c))), &id);
	if (e)
		return e;
	e = export_schedule_get(c, id, &s);
	if (!e)
		e = due_read(c, s.cron, &k);
	if (e)
		return e;
	const struct tz *zone = tz_load(s.time_zone);
	enum err failed = queue(c, &s, due_last(&k, zone, s.next_run_at, ctx_now(c)), &j);
	if (err_info(failed)->again) /* it stays due */
		return failed;
	log_event(&c->log, failed ? LOG_WARN : LOG_INFO, "scheduled export", LOG_INT("schedule", s.id),
	          LOG_Z("result", failed ? "failed" : "queued"), LOG_Z("why", failed ? c->fault.message : ""));
	return write_down(c, &s, cron_next(&k, zone, ctx_now(c)),
	                  failed ? arena_printf(c->arena, "%s", c->fault.message) : queued(c, &j), j.id);
}

enum err export_schedule_run_due(struct ctx *c, const volatile int *stop)
{
	enum err e = OK;
	while (!e && !*stop) {
		arena_reset(c->arena);
		setting_forget(c);
		c->fault = (struct fault){0};
		e = db_begin(c->db);
		if (!e)
			e = run_next(c);
		if (!e)
			e = db_commit(c->db);
		if (e)
			db_rollback(c->db);
	}
	return e == ERR_NOT_FOUND ? OK : e;
}
