/* export_schedule: see export_schedule.h. This file is what people ask of scheduled exports;
 * export_schedule_run.c makes them. Together they own the table export_schedules. */
#include "app/export_schedule.h"

#include "app/audit.h"
#include "app/due.h"
#include "app/export_file.h"
#include "app/export_period.h"
#include "app/meter.h"
#include "app/reading.h"
#include "app/setting.h"
#include "app/user.h"
#include "db/db.h"

#define EACH_MAX 50 /* schedules of one user */
#define KEEP_MAX 1000

/* What is not the reader's to see has no name here. */
#define COLUMNS                                                                                              \
	"s.id, s.shape, s.format, s.period, s.days, s.property_id, p.name AS property_name, s.meter_id, "    \
	"m.identifier AS meter, s.cron, u.time_zone, s.keep, s.is_enabled, s.next_run_at, s.last_run_at, "   \
	"s.last_outcome, j.batch_id AS last_job_id, j.status AS last_job_status, j.error_message AS "        \
	"last_job_error, s.user_id, u.email AS user_email, s.created_at, s.version FROM export_schedules s " \
	"JOIN users u ON u.id = s.user_id LEFT JOIN jobs j ON j.id = s.last_job_id LEFT JOIN properties p "  \
	"ON p.id = COALESCE(s.property_id, (SELECT o.property_id FROM meters o WHERE o.id = s.meter_id)) "   \
	"AND " RIGHT_SEES " LEFT JOIN meters m ON m.id = s.meter_id AND m.property_id = p.id "
#define MINE "(CAST(? AS BIGINT) = 1 OR s.user_id = ?)"

SQL(export_schedule_list, "SELECT " COLUMNS "WHERE " MINE " ORDER BY s.id LIMIT ? OFFSET ?");
SQL(export_schedule_count, "SELECT COUNT(*) FROM export_schedules s WHERE " MINE);
SQL(export_schedule_get, "SELECT " COLUMNS "WHERE s.id = ? AND " MINE);
SQL(export_schedule_insert,
    "INSERT INTO export_schedules (shape, format, period, days, property_id, meter_id, cron, keep, is_enabled, "
    "user_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
SQL(export_schedule_update,
    "UPDATE export_schedules SET shape = ?, format = ?, period = ?, days = ?, property_id = ?, meter_id = ?, "
    "cron = ?, keep = ?, is_enabled = ?, version = version + 1 WHERE id = ? AND version = ?");
SQL(export_schedule_next, "UPDATE export_schedules SET next_run_at = ? WHERE id = ?");
SQL(export_schedule_delete, "DELETE FROM export_schedules WHERE id = ?");

static const struct rec_field fields[] = {
        REC(struct export_schedule, id, REC_INT),
        REC(struct export_schedule, shape, REC_TEXT),
        REC(struct export_schedule, format, REC_TEXT),
        REC(struct export_schedule, period, REC_TEXT),
        REC_FLAGS(struct export_schedule, days, REC_INT, REC_ZERO_NULL),
        REC_FLAGS(struct export_schedule, property_id, REC_INT, REC_ZERO_NULL),
        REC(struct export_schedule, property_name, REC_TEXT),
        REC_FLAGS(struct export_schedule, meter_id, REC_INT, REC_ZERO_NULL),
        REC(struct export_schedule, meter, REC_TEXT),
        REC(struct export_schedule, cron, REC_TEXT),
        REC(struct export_schedule, time_zone, REC_TEXT),
        REC(struct export_schedule, keep, REC_INT),
        REC(struct export_schedule, is_enabled, REC_BOOL),
        REC(struct export_schedule, next_run_at, REC_AT),
        REC(struct export_schedule, last_run_at, REC_AT),
        REC(struct export_schedule, last_outcome, REC_TEXT),
        REC(struct export_schedule, last_job_id, REC_TEXT),
        REC(struct export_schedule, last_job_status, REC_TEXT),
        REC(struct export_schedule, last_job_error, REC_TEXT),
        REC_FLAGS(struct export_schedule, user_id, REC_INT, REC_HIDDEN),
        REC(struct export_schedule, user_email, REC_TEXT),
        REC(struct export_schedule, created_at, REC_AT),
        REC(struct export_schedule, version, REC_INT),
};
const struct rec_desc export_schedule_desc = REC_DESC(struct export_schedule, fields);

/* The place of a field is its bit in `given`. */
enum { SHAPE, FORMAT, PERIOD, DAYS, PROPERTY, METER_ID, METER, CRON, KEEP, ENABLED };
#define GIVEN(field) (UINT64_C(1) << (field))
static const struct rec_field edit_fields[] = {
        [SHAPE] = REC(struct export_schedule_edit, shape, REC_TEXT),
        [FORMAT] = REC(struct export_schedule_edit, format, REC_TEXT),
        [PERIOD] = REC(struct export_schedule_edit, period, REC_TEXT),
        [DAYS] = REC(struct export_schedule_edit, days, REC_INT),
        [PROPERTY] = REC(struct export_schedule_edit, property_id, REC_INT),
        [METER_ID] = REC(struct export_schedule_edit, meter_id, REC_INT),
        [METER] = REC(struct export_schedule_edit, meter, REC_TEXT),
        [CRON] = REC(struct export_schedule_edit, cron, REC_TEXT),
        [KEEP] = REC_FLAGS(struct export_schedule_edit, keep, REC_INT, REC_NOT_NULL),
        [ENABLED] = REC_FLAGS(struct export_schedule_edit, is_enabled, REC_BOOL, REC_NOT_NULL),
};
const struct rec_desc export_schedule_edit_desc = REC_DESC(struct export_schedule_edit, edit_fields);

/* ---- looking ---- */

/* The columns have the owner's zone. */
static enum err find_zone(struct ctx *c, struct export_schedule *s)
{
	const struct tz *zone;
	if (!s->property_id && !s->meter_id) {
		zone = s->time_zone.n ? tz_load(s->time_zone) : NULL;
		s->time_zone = str_of(tz_name(zone ? zone : setting_zone(c)));
		return OK;
	}
	enum err e = reading_zone(c, s->meter_id, s->property_id, &zone);
	if (!e)
		s->time_zone = str_of(tz_name(zone));
	return e;
}

enum err export_schedule_list(struct ctx *c, int64_t limit, int64_t offset, struct export_schedule **out,
                              size_t *n, int64_t *total)
{
	struct db_val all = db_i(right_to_all(c)), me = db_i(c->actor.user_id);
	enum err e;
	*out = db_all(c->db, &sql_export_schedule_list,
	              DB_ARGS(RIGHT_SEES_ARGS(c), all, me, db_i(limit), db_i(offset)), c->arena,
	              &export_schedule_desc, n, &e);
	if (!e)
		e = db_one_int(c->db, &sql_export_schedule_count, DB_ARGS(all, me), total);
	if (e)
		return ctx_db_failed(c, e, "listing scheduled exports");
	for (size_t i = 0; i < *n && !e; i++)
		e = find_zone(c, &(*out)[i]);
	return e;
}

enum err export_schedule_get(struct ctx *c, int64_t id, struct export_schedule *out)
{
	enum err e =
	        db_one(c->db, &sql_export_schedule_get,
	               DB_ARGS(RIGHT_SEES_ARGS(c), db_i(id), db_i(right_to_all(c)), db_i(c->actor.user_id)),
	               c->arena, &export_schedule_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "", "There is no scheduled export %lld.", (long long)id);
	return e ? ctx_db_failed(c, e, "reading a scheduled export") : find_zone(c, out);
}

/* ---- changing ---- */

static enum err check_when(struct ctx *c, const struct export_schedule_edit *d)
{
	struct cron k;
	enum err e =
	        d->cron.n
	                ? due_read(c, d->cron, &k)
	                : ctx_fail(
	                          c, ERR_INVALID, "cron",
	                          "Say when, as a cron expression: \"0 6 1 * *\" is 06:00 on the first of each "
	                          "month.");
	if (e)
		return e;
	return (k.minutes & (k.minutes - 1)) == 0 ? OK
	                                          : ctx_fail(c, ERR_INVALID, "cron",
	                                                     "An export is made at most once an hour: the "
	                                                     "first field is one minute, such as 15.");
}

static enum err check_period(struct ctx *c, struct export_schedule_edit *d, uint64_t given)
{
	int32_t first, last;
	if (!export_period_range(d->period, 1, 0, &first, &last))
		return ctx_fail(c, ERR_INVALID, "period",
		                "A period is days, last_week, last_month, month_to_date or year_to_date.");
	if (str_eqz(d->period, "days"))
		return d->days >= 1 && d->days <= EXPORT_PERIOD_DAYS_MAX
		               ? OK
		               : ctx_fail(c, ERR_INVALID, "days",
		                          "The period \"days\" needs their number in \"days\", from 1 to %d.",
		                          EXPORT_PERIOD_DAYS_MAX);
	if (d->days && given & GIVEN(DAYS))
		return ctx_fail(c, ERR_INVALID, "days",
		                "\"days\" is for the period \"days\" alone: leave it out.");
	d->days = 0;
	return OK;
}

/* The meter by its number here or by its own, and whether it fits the property. What somebody may not see any
 * more does not keep them from changing the rest, such as whether it is on. */
static enum err check_meter(struct ctx *c, struct export_schedule_edit *d, uint64_t given)
{
	struct meter m;
	enum err e = OK;
	if (!(given & (GIVEN(PROPERTY) | GIVEN(METER_ID) | GIVEN(METER))))
		return OK;
	if (!(given & GIVEN(METER_ID)) && given & GIVEN(METER))
		d->meter_id = 0;
	if (d->meter.n)
		e = meter_by_identifier(c, d->meter, &m);
	else if (d->meter_id)
		e = meter_get(c, d->meter_id, &m);
	else
		return d->property_id ? right_to_property(c, d->property_id, RIGHT_READ) : OK;
	if (e == ERR_NOT_FOUND && d->meter.n)
		return ctx_fail(c, ERR_INVALID, "meter", "There is no meter of this number.");
	if (!e && d->property_id)
		e = right_to_property(c, d->property_id, RIGHT_READ);
	if (!e && d->property_id && m.property_id != d->property_id)
		return ctx_fail(c, ERR_INVALID, "meter", "This meter belongs to another property.");
	if (!e)
		d->meter_id = m.id;
	return e;
}

#define EDIT_COLUMNS 9
static enum err check(struct ctx *c, struct export_schedule_edit *d, uint64_t given,
                      struct db_val out[EDIT_COLUMNS])
{
	enum err e = OK;
	if (!export_shape_known(d->shape))
		e = ctx_fail(c, ERR_INVALID, "shape", "A shape is " EXPORT_SHAPES ".");
	else if (!export_format_known(d->format))
		e = ctx_fail(c, ERR_INVALID, "format", "A format is csv or xlsx.");
	else if (d->keep < 1 || d->keep > KEEP_MAX)
		e = ctx_fail(c, ERR_INVALID, "keep", "From 1 to %d files are kept of a schedule.", KEEP_MAX);
	if (!e)
		e = check_period(c, d, given);
	if (!e)
		e = check_meter(c, d, given);
	if (!e)
		e = check_when(c, d);
	const struct db_val all[EDIT_COLUMNS] = {db_t(d->shape), db_t(d->format),       db_t(d->period),
	                                         db_i0(d->days), db_i0(d->property_id), db_i0(d->meter_id),
	                                         db_t(d->cron),  db_i(d->keep),         db_i(d->is_enabled)};
	memcpy(out, all, sizeof(all));
	return e;
}

/* In a transaction: when it comes next, by the zone of what it exports. */
static enum err set_next(struct ctx *c, struct export_schedule *s)
{
	enum err e = OK;
	s->next_run_at = 0;
	if (s->is_enabled)
		e = due_next(c, s->cron, tz_load(s->time_zone), &s->next_run_at);
	if (e)
		return e;
	e = db_run(c->db, &sql_export_schedule_next, DB_ARGS(db_i0(s->next_run_at), db_i(s->id)));
	return e ? ctx_db_failed(c, e, "changing a scheduled export") : OK;
}

/* In a transaction. */
static enum err insert(struct ctx *c, const struct db_val *columns, int64_t user_id,
                       struct export_schedule *out)
{
	struct db_val args[EDIT_COLUMNS + 2];
	int64_t id = 0, have = 0;
	enum err e = db_one_int(c->db, &sql_export_schedule_count, DB_ARGS(db_i(0), db_i(user_id)), &have);
	if (!e && have >= EACH_MAX)
		return ctx_fail(
		        c, ERR_CONFLICT, "",
		        "One user has at most %d scheduled exports: remove one that is not needed any more.",
		        EACH_MAX);
	memcpy(args, columns, EDIT_COLUMNS * sizeof(*args));
	args[EDIT_COLUMNS] = db_i(user_id);
	args[EDIT_COLUMNS + 1] = db_i(ctx_now(c));
	if (!e)
		e = db_one_int(c->db, &sql_export_schedule_insert, EDIT_COLUMNS + 2, args, &id);
	if (e)
		return ctx_db_failed(c, e, "adding a scheduled export");
	e = export_schedule_get(c, id, out);
	return e ? e : set_next(c, out);
}

/* Ends a transaction whose work went as `e` says. */
static enum err end(struct ctx *c, enum err e)
{
	if (!e) {
		e = db_commit(c->db);
		if (e)
			ctx_db_failed(c, e, "changing a scheduled export");
	}
	if (e)
		db_rollback(c->db);
	return e;
}

enum err export_schedule_create(struct ctx *c, const struct export_schedule_edit *wanted,
                                struct export_schedule *out)
{
	struct export_schedule_edit all = *wanted;
	struct db_val columns[EDIT_COLUMNS];
	struct user owner = {.id = c->actor.user_id};
	enum err e = check(c, &all, UINT64_MAX, columns);
	if (!e && !owner.id)
		e = user_first_admin(c, &owner);
	if (e)
		return e;
	e = db_begin(c->db);
	return e ? ctx_db_failed(c, e, "adding a scheduled export") : end(c, insert(c, columns, owner.id, out));
}

/* In a transaction. A time that has come stays due, unless it is about another clock now. */
static enum err change(struct ctx *c, const struct export_schedule *now, const struct db_val *columns,
                       struct export_schedule *out)
{
	struct db_val args[EDIT_COLUMNS + 2];
	memcpy(args, columns, EDIT_COLUMNS * sizeof(*args));
	args[EDIT_COLUMNS] = db_i(now->id);
	args[EDIT_COLUMNS + 1] = db_i(now->version);
	enum err e = db_run(c->db, &sql_export_schedule_update, EDIT_COLUMNS + 2, args);
	if (e)
		return ctx_db_failed(c, e, "changing a scheduled export");
	if (!db_changes(c->db))
		return ctx_fail(c, ERR_PRECONDITION, "",
		                "The scheduled export was changed, or has run, meanwhile: look at it again.");
	e = export_schedule_get(c, now->id, out);
	if (e || (out->is_enabled && now->is_enabled && str_eq(out->cron, now->cron) &&
	          str_eq(out->time_zone, now->time_zone)))
		return e;
	return set_next(c, out);
}

enum err export_schedule_update(struct ctx *c, int64_t id, int64_t version,
                                const struct export_schedule_edit *edit, uint64_t given,
                                struct export_schedule *out)
{
	struct db_val columns[EDIT_COLUMNS];
	struct export_schedule now;
	enum err e = export_schedule_get(c, id, &now);
	if (e)
		return e;
	struct export_schedule_edit all = {.shape = now.shape,
	                                   .format = now.format,
	                                   .period = now.period,
	                                   .days = now.days,
	                                   .property_id = now.property_id,
	                                   .meter_id = now.meter_id,
	                                   .cron = now.cron,
	                                   .keep = now.keep,
	                                   .is_enabled = now.is_enabled};
	rec_merge(&export_schedule_edit_desc, &all, edit, given);
	e = check(c, &all, given, columns);
	if (e)
		return e;
	now.version = version ? version : now.version;
	e = db_begin(c->db);
	return e ? ctx_db_failed(c, e, "changing a scheduled export") : end(c, change(c, &now, columns, out));
}

enum err export_schedule_enable(struct ctx *c, int64_t id, bool on, struct export_schedule *out)
{
	const struct export_schedule_edit edit = {.is_enabled = on};
	return export_schedule_update(c, id, 0, &edit, GIVEN(ENABLED), out);
}

enum err export_schedule_remove(struct ctx *c, int64_t id)
{
	struct export_schedule s;
	bool changed;
	enum err e = export_schedule_get(c, id, &s);
	return e ? e
	         : audit_run(c, "removing a scheduled export", &sql_export_schedule_delete, DB_ARGS(db_i(id)),
	                     "export.schedule_remove",
	                     str_of(arena_printf(c->arena, "scheduled export %lld", (long long)id)), &changed);
}
