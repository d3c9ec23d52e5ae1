/* schedule: see schedule.h. This file is what people ask of schedules; schedule_run.c fetches. Together they
 * own the table schedules. */
#include "app/schedule.h"

#include "app/audit.h"
#include "app/due.h"
#include "app/http.h"
#include "app/preset.h"
#include "app/schedule_columns.h"
#include "app/setting.h"
#include "app/user.h"
#include "codec/json.h"
#include "db/db.h"

#define SCHEDULE_MINE "(CAST(? AS BIGINT) = 1 OR s.user_id = ?)"
SQL(schedule_list, "SELECT " SCHEDULE_COLUMNS " WHERE " SCHEDULE_MINE " ORDER BY s.id");
SQL(schedule_get, "SELECT " SCHEDULE_COLUMNS " WHERE s.id = ? AND " SCHEDULE_MINE);
SQL(schedule_insert,
    "INSERT INTO schedules (user_id, address, cron, import_type, on_conflict, meter, time_zone, preset, "
    "property_id, strict, answers, next_run_at, created_at, car) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?, ?) "
    "RETURNING id");
SQL(schedule_delete, "DELETE FROM schedules WHERE id = ?");
SQL(schedule_enable, "UPDATE schedules SET is_enabled = ?, next_run_at = ? WHERE id = ?");
SQL(schedule_ask, "UPDATE schedules SET next_run_at = ?, etag = NULL, last_modified = NULL "
                  "WHERE id = ? AND is_enabled = 1");

static const struct rec_field schedule_fields[] = {
        REC(struct schedule, id, REC_INT),
        REC(struct schedule, address, REC_TEXT),
        REC(struct schedule, cron, REC_TEXT),
        REC(struct schedule, is_enabled, REC_BOOL),
        REC(struct schedule, import_type, REC_TEXT),
        REC(struct schedule, on_conflict, REC_TEXT),
        REC(struct schedule, meter, REC_TEXT),
        REC(struct schedule, time_zone, REC_TEXT),
        REC(struct schedule, preset, REC_TEXT),
        REC_FLAGS(struct schedule, property_id, REC_INT, REC_HIDDEN),
        REC(struct schedule, strict, REC_BOOL),
        REC_FLAGS(struct schedule, answers, REC_TEXT, REC_HIDDEN),
        REC_FLAGS(struct schedule, etag, REC_TEXT, REC_HIDDEN),
        REC_FLAGS(struct schedule, last_modified, REC_TEXT, REC_HIDDEN),
        REC(struct schedule, last_run_at, REC_AT),
        REC(struct schedule, next_run_at, REC_AT),
        REC(struct schedule, last_outcome, REC_TEXT),
        REC(struct schedule, last_batch, REC_TEXT),
        REC_FLAGS(struct schedule, user_id, REC_INT, REC_HIDDEN),
        REC(struct schedule, user_email, REC_TEXT),
        REC(struct schedule, created_at, REC_AT),
        REC(struct schedule, car, REC_TEXT),
};
const struct rec_desc schedule_desc = REC_DESC(struct schedule, schedule_fields);

static struct db_val sees_all(const struct ctx *c)
{
	return db_i(c->actor.kind == ACTOR_SYSTEM || c->actor.role == ROLE_ADMIN);
}

void schedule_json(struct json_out *j, const struct schedule *s)
{
	json_object(j);
	json_rec(j, &schedule_desc, s);
	json_key(j, "property");
	if (s->property_id)
		json_int(j, s->property_id);
	else
		json_null(j);
	json_key(j, "answers");
	json_raw(j, s->answers.n ? s->answers : STR("{}"));
	json_end_object(j);
}

/* ---- looking ---- */

enum err schedule_list(struct ctx *c, struct schedule **out, size_t *n)
{
	struct db_cur cur;
	size_t room = 0;
	*n = 0;
	*out = NULL;
	db_query(c->db, &cur, &sql_schedule_list, DB_ARGS(sees_all(c), db_i(c->actor.user_id)));
	while (db_next(&cur)) {
		if (*n == room) {
			struct schedule *more =
			        ARENA_ARRAY(c->arena, struct schedule, room = room ? 2 * room : 16);
			if (*n)
				memcpy(more, *out, *n * sizeof(*more));
			*out = more;
		}
		db_read(&cur, c->arena, &schedule_desc, &(*out)[(*n)++]);
	}
	enum err e = db_done(&cur);
	return e ? ctx_db_failed(c, e, "listing schedules") : OK;
}

enum err schedule_get(struct ctx *c, int64_t id, struct schedule *out)
{
	enum err e = db_one(c->db, &sql_schedule_get, DB_ARGS(db_i(id), sees_all(c), db_i(c->actor.user_id)),
	                    c->arena, &schedule_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "schedule", "There is no schedule %lld.", (long long)id);
	return e ? ctx_db_failed(c, e, "reading a schedule") : OK;
}

/* ---- changing ---- */

static enum err check_options(struct ctx *c, const struct import_options *o)
{
	struct preset p;
	if (o->dry_run || o->preview || o->fixes.n)
		return ctx_fail(c, ERR_INVALID, "",
		                "A schedule imports: dry_run, preview and fixes are of single files.");
	enum err e = import_check(c, o);
	if (e || !o->preset.n || str_eqz(o->preset, "none"))
		return e;
	e = preset_by_name(c, o->preset, &p);
	return e == ERR_NOT_FOUND ? ctx_fail(c, ERR_INVALID, "preset", "There is no preset \"%.*s\".",
	                                     STR_ARG(str_sub(o->preset, 0, 60)))
	                          : e;
}

static enum err may_change(struct ctx *c)
{
	if (c->actor.kind != ACTOR_SYSTEM && (c->actor.role < ROLE_EDITOR || !(c->actor.scopes & SCOPE_IMPORT)))
		return ctx_fail(c, ERR_FORBIDDEN, "", "Your role does not allow imports.");
	return OK;
}

enum err schedule_add(struct ctx *c, struct str address, struct str cron, const struct import_options *o,
                      struct schedule *out)
{
	struct user owner = {.id = c->actor.user_id};
	int64_t next = 0, id = 0;
	enum err e = may_change(c);
	if (!e)
		e = http_check_address(c, address);
	if (!e)
		e = due_next(c, cron, setting_zone(c), &next);
	if (!e)
		e = check_options(c, o);
	if (!e && !owner.id)
		e = user_first_admin(c, &owner);
	if (e)
		return e;
	struct str answers = answers_any(&o->answers) ? answers_write(c->arena, &o->answers) : STR("");
	e = db_one_int(c->db, &sql_schedule_insert,
	               DB_ARGS(db_i(owner.id), db_t(address), db_t(str_trim(cron)), db_t(o->type),
	                       db_t0(o->on_conflict), db_t0(o->meter), db_t0(o->time_zone), db_t0(o->preset),
	                       db_i0(o->property_id), db_i(o->strict), db_t0(answers), db_i(next),
	                       db_i(ctx_now(c)), db_t0(o->car)),
	               &id);
	return e ? ctx_db_failed(c, e, "adding a schedule") : schedule_get(c, id, out);
}

enum err schedule_remove(struct ctx *c, int64_t id)
{
	struct schedule s;
	bool changed;
	enum err e = may_change(c);
	if (!e)
		e = schedule_get(c, id, &s);
	return e ? e
	         : audit_run(c, "removing a schedule", &sql_schedule_delete, DB_ARGS(db_i(id)),
	                     "schedule.remove", s.address, &changed);
}

enum err schedule_enable(struct ctx *c, int64_t id, bool on)
{
	struct schedule s;
	int64_t next = 0;
	enum err e = may_change(c);
	if (!e)
		e = schedule_get(c, id, &s);
	if (!e && on)
		e = due_next(c, s.cron, setting_zone(c), &next);
	if (e)
		return e;
	e = db_run(c->db, &sql_schedule_enable, DB_ARGS(db_i(on), db_i0(next), db_i(id)));
	return e ? ctx_db_failed(c, e, "changing a schedule") : OK;
}

enum err schedule_ask(struct ctx *c, int64_t id)
{
	struct schedule s;
	enum err e = may_change(c);
	if (!e)
		e = schedule_get(c, id, &s);
	if (e)
		return e;
	e = db_run(c->db, &sql_schedule_ask, DB_ARGS(db_i(ctx_now(c)), db_i(id)));
	if (e)
		return ctx_db_failed(c, e, "changing a schedule");
	return db_changes(c->db) ? OK
	                         : ctx_fail(c, ERR_CONFLICT, "", "This schedule is paused. Resume it first.");
}
