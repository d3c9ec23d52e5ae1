/* car: see car.h. Owns the table cars. */
#include "app/charging/car.h"

#include "app/audit.h"
#include "app/charging/charge_row.h"
#include "app/check.h"
#include "app/right.h"
#include "base/decimal.h"
#include "codec/utf8.h"

#define NAME_MAX_CHARS  60
#define PLATE_MAX_CHARS 20

#define CAR_COLUMNS                                                                                            \
	"k.id, k.name, k.registration, k.battery_kwh, k.efficiency_mpkwh, k.petrol_mpg, k.is_active, (SELECT " \
	"COUNT(*) FROM charging_sessions s WHERE s.car_id = k.id AND s.status = 'closed' AND s.is_undone = "   \
	"0), "                                                                                                 \
	"(SELECT MAX(s.odometer) FROM charging_sessions s WHERE s.car_id = k.id AND s.is_undone = 0), "        \
	"COALESCE(k.user_id, 0), u.email, k.created_at, k.version FROM cars k LEFT JOIN users u ON u.id = "    \
	"k.user_id "
#define SEEN "k.is_undone = 0 AND (CAST(? AS BIGINT) = 1 OR k.user_id = ?) "
SQL(car_list, "SELECT " CAR_COLUMNS "WHERE " SEEN "AND (CAST(? AS BIGINT) = 0 OR k.user_id = ?) AND "
              "k.is_active >= ? ORDER BY k.is_active DESC, k.name_key, k.id");
SQL(car_get, "SELECT " CAR_COLUMNS "WHERE " SEEN "AND k.id = ?");
SQL(car_named, "SELECT " CAR_COLUMNS "WHERE k.is_undone = 0 AND COALESCE(k.user_id, 0) = ? AND k.name_key = ?");
SQL(car_insert, "INSERT INTO cars (name, name_key, registration, battery_kwh, efficiency_mpkwh, petrol_mpg, "
                "user_id, made_by_job, "
                "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
SQL(car_update, "UPDATE cars SET name = ?, name_key = ?, registration = ?, battery_kwh = ?, efficiency_mpkwh = "
                "?, petrol_mpg = ?, "
                "made_by_job = NULL, version = version + 1 WHERE id = ?");
SQL(car_activate, "UPDATE cars SET is_active = ?, made_by_job = NULL, version = version + 1 WHERE id = ?");
/* of one that went with its import: as if it were made now */
SQL(car_revive, "UPDATE cars SET is_undone = 0, is_active = 1, name = ?, registration = ?, battery_kwh = ?, "
                "efficiency_mpkwh = ?, petrol_mpg = ?, made_by_job = ?, version = version + 1 WHERE "
                "COALESCE(user_id, 0) = ? "
                "AND name_key = ? AND is_undone = 1 RETURNING id");
/* the name is wanted for another car */
SQL(car_aside, "UPDATE cars SET name = name || ' (' || CAST(id AS TEXT) || ')', name_key = name_key || ' (' || "
               "CAST(id AS TEXT) || ')' WHERE COALESCE(user_id, 0) = ? AND name_key = ? AND is_undone = 1");
#define OF_IMPORT                                                                                              \
	"k.made_by_job IS NOT NULL AND (k.made_by_job = ? OR k.id IN (SELECT s.car_id FROM charging_sessions " \
	"s "                                                                                                   \
	"WHERE " CHARGE_STATED ")) "
#define IN_USE                                                                                       \
	"(EXISTS (SELECT 1 FROM charging_tariffs t WHERE t.car_id = k.id) OR EXISTS (SELECT 1 FROM " \
	"charging_sessions s WHERE s.car_id = k.id AND s.is_undone = 0"
SQL(car_settle, "UPDATE cars AS k SET is_undone = CASE WHEN " IN_USE ")) THEN 0 ELSE 1 END WHERE " OF_IMPORT);
SQL(car_go, "SELECT COUNT(*) FROM cars k WHERE k.is_undone = 0 AND " OF_IMPORT "AND NOT " IN_USE
            " AND NOT (" CHARGE_GOES ")))");
SQL(car_come, "SELECT COUNT(*) FROM cars k WHERE k.is_undone = 1 AND " OF_IMPORT
              "AND EXISTS (SELECT 1 FROM charging_sessions s WHERE s.car_id = k.id AND " CHARGE_COMES ")");
SQL(car_forget,
    "DELETE FROM cars WHERE is_undone = 1 AND NOT EXISTS (SELECT 1 FROM charging_sessions s WHERE "
    "s.car_id = cars.id) AND NOT EXISTS (SELECT 1 FROM charging_tariffs t WHERE t.car_id = cars.id)");
SQL(car_drop, "DELETE FROM cars WHERE id = ? AND NOT EXISTS (SELECT 1 FROM charging_sessions s WHERE s.car_id "
              "= cars.id)");

static const struct rec_field fields[] = {
        REC(struct car, id, REC_INT),
        REC(struct car, name, REC_TEXT),
        REC(struct car, registration, REC_TEXT),
        REC_FLAGS(struct car, battery_kwh, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct car, efficiency_mpkwh, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct car, petrol_mpg, REC_DEC, REC_MAYBE),
        REC(struct car, is_active, REC_BOOL),
        REC(struct car, sessions_count, REC_INT),
        REC_FLAGS(struct car, last_odometer, REC_INT, REC_MAYBE),
        REC_FLAGS(struct car, user_id, REC_INT, REC_HIDDEN),
        REC(struct car, user_email, REC_TEXT),
        REC(struct car, created_at, REC_AT),
        REC(struct car, version, REC_INT),
};
const struct rec_desc car_desc = REC_DESC(struct car, fields);

static const struct rec_field edit_fields[] = {
        REC(struct car_edit, name, REC_TEXT),
        REC(struct car_edit, registration, REC_TEXT),
        REC_FLAGS(struct car_edit, battery_kwh, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct car_edit, efficiency_mpkwh, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct car_edit, petrol_mpg, REC_DEC, REC_MAYBE),
};
const struct rec_desc car_edit_desc = REC_DESC(struct car_edit, edit_fields);

/* ---- looking ---- */

enum err car_list(struct ctx *c, int64_t user_id, bool include_inactive, struct car **out, size_t *n)
{
	enum err e;
	*out = db_all(c->db, &sql_car_list,
	              DB_ARGS(db_i(right_to_all(c)), db_i(c->actor.user_id), db_i(user_id), db_i(user_id),
	                      db_i(!include_inactive)),
	              c->arena, &car_desc, n, &e);
	return e ? ctx_db_failed(c, e, "listing cars") : OK;
}

enum err car_get(struct ctx *c, int64_t id, struct car *out)
{
	enum err e =
	        db_one(c->db, &sql_car_get, DB_ARGS(db_i(right_to_all(c)), db_i(c->actor.user_id), db_i(id)),
	               c->arena, &car_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "car", "There is no car %lld.", (long long)id);
	return e ? ctx_db_failed(c, e, "reading a car") : OK;
}

enum err car_by_name(struct ctx *c, int64_t user_id, struct str name, struct car *out)
{
	enum err e = db_one(c->db, &sql_car_named,
	                    DB_ARGS(db_i(user_id), db_t(arena_lower(c->arena, str_trim(name)))), c->arena,
	                    &car_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "car", "There is no car \"%.*s\".", STR_ARG(utf8_cut(name, 60)));
	return e ? ctx_db_failed(c, e, "reading a car") : OK;
}

enum err car_called(struct ctx *c, int64_t user_id, struct str name, struct car *out)
{
	const struct fault before = c->fault;
	struct car *all;
	size_t n, found = 0;
	enum err e = car_by_name(c, user_id, name, out);
	if (e != ERR_NOT_FOUND || user_id)
		return e;
	const struct fault none = c->fault;
	c->fault = before;
	e = car_list(c, 0, true, &all, &n);
	for (size_t i = 0; i < n && !e; i++)
		if (str_eq_nocase(all[i].name, str_trim(name))) {
			*out = all[i];
			found++;
		}
	if (e || found == 1)
		return e;
	c->fault = none;
	return found ? ctx_fail(c, ERR_CONFLICT, "car", "More than one user has a car called \"%.*s\".",
	                        STR_ARG(utf8_cut(name, 60)))
	             : ERR_NOT_FOUND;
}

/* ---- changing ---- */

static enum err check_amount(struct ctx *c, const char *field, int64_t v, int64_t most, const char *unit)
{
	if (v == REC_NONE || (v > 0 && v <= most * DEC_ONE))
		return OK;
	return ctx_fail(c, ERR_INVALID, field, "\"%s\" is more than 0 and at most %lld %s.", field,
	                (long long)most, unit);
}

enum err car_name_check(struct ctx *c, struct str name)
{
	enum err e = check_line(c, "name", name, NAME_MAX_CHARS);
	return e || name.n ? e : ctx_fail(c, ERR_INVALID, "name", "A car needs a name.");
}

static enum err check(struct ctx *c, const struct car_edit *d)
{
	enum err e = car_name_check(c, d->name);
	if (!e)
		e = check_line(c, "registration", d->registration, PLATE_MAX_CHARS);
	if (!e)
		e = check_amount(c, "battery_kwh", d->battery_kwh, 1000, "kWh");
	if (!e)
		e = check_amount(c, "efficiency_mpkwh", d->efficiency_mpkwh, 100, "miles a kWh");
	if (!e)
		e = check_amount(c, "petrol_mpg", d->petrol_mpg, 1000, "miles a gallon");
	return e;
}

/* In a transaction. `except`: the car itself. */
static enum err name_is_free(struct ctx *c, int64_t user_id, struct str name, int64_t except)
{
	const struct fault kept = c->fault;
	struct car other;
	enum err e = car_by_name(c, user_id, name, &other);
	if (e == ERR_NOT_FOUND || (!e && other.id == except)) {
		c->fault = kept;
		return OK;
	}
	return e ? e
	         : ctx_fail(c, ERR_CONFLICT, "name", "There is a car called \"%.*s\" already.",
	                    STR_ARG(utf8_cut(other.name, 60)));
}

static enum err insert(struct ctx *c, int64_t user_id, const struct car_edit *d, int64_t job_id, int64_t *id)
{
	struct str key = arena_lower(c->arena, d->name);
	enum err e = db_one_int(c->db, &sql_car_revive,
	                        DB_ARGS(db_t(d->name), db_t0(d->registration), db_im(d->battery_kwh),
	                                db_im(d->efficiency_mpkwh), db_im(d->petrol_mpg), db_i0(job_id),
	                                db_i(user_id), db_t(key)),
	                        id);
	if (e != ERR_NOT_FOUND)
		return e;
	return db_one_int(c->db, &sql_car_insert,
	                  DB_ARGS(db_t(d->name), db_t(key), db_t0(d->registration), db_im(d->battery_kwh),
	                          db_im(d->efficiency_mpkwh), db_im(d->petrol_mpg), db_i0(user_id),
	                          db_i0(job_id), db_i(ctx_now(c))),
	                  id);
}

enum err car_create(struct ctx *c, int64_t user_id, const struct car_edit *edit, struct car *out)
{
	int64_t id = 0, whose = user_id ? user_id : c->actor.user_id;
	enum err e = right_to_write(c);
	if (!e && whose != c->actor.user_id && !right_to_all(c))
		e = ctx_fail(c, ERR_FORBIDDEN, "user", "Only an admin adds cars for others.");
	if (!e)
		e = check(c, edit);
	if (!e)
		e = ctx_begin(c, "adding a car");
	if (e)
		return e;
	e = name_is_free(c, whose, edit->name, 0);
	if (!e)
		e = insert(c, whose, edit, 0, &id);
	e = ctx_end(c, e, "adding a car");
	return e ? e : car_get(c, id, out);
}

enum err car_found(struct ctx *c, int64_t user_id, struct str name, int64_t job_id, int64_t *id)
{
	struct car_edit d = {name, {NULL, 0}, REC_NONE, REC_NONE, REC_NONE};
	enum err e = check(c, &d);
	return e ? e : insert(c, user_id, &d, job_id, id);
}

static enum err update(struct ctx *c, int64_t id, int64_t version, const struct car_edit *edit, uint64_t given)
{
	struct car now;
	enum err e = car_get(c, id, &now);
	if (e)
		return e;
	if (version && version != now.version)
		return ctx_fail(c, ERR_PRECONDITION, "", "The car was changed meanwhile: look at it again.");
	struct car_edit all = {now.name, now.registration, now.battery_kwh, now.efficiency_mpkwh,
	                       now.petrol_mpg};
	rec_merge(&car_edit_desc, &all, edit, given);
	e = check(c, &all);
	if (!e)
		e = name_is_free(c, now.user_id, all.name, id);
	if (!e)
		e = db_run(c->db, &sql_car_aside,
		           DB_ARGS(db_i(now.user_id), db_t(arena_lower(c->arena, all.name))));
	if (e)
		return e;
	return db_run(c->db, &sql_car_update,
	              DB_ARGS(db_t(all.name), db_t(arena_lower(c->arena, all.name)), db_t0(all.registration),
	                      db_im(all.battery_kwh), db_im(all.efficiency_mpkwh), db_im(all.petrol_mpg),
	                      db_i(id)));
}

enum err car_update(struct ctx *c, int64_t id, int64_t version, const struct car_edit *edit, uint64_t given,
                    struct car *out)
{
	enum err e = right_to_write(c);
	if (!e)
		e = ctx_begin(c, "changing a car");
	if (!e)
		e = ctx_end(c, update(c, id, version, edit, given), "changing a car");
	return e ? e : car_get(c, id, out);
}

static enum err remove_one(struct ctx *c, int64_t id)
{
	struct car now;
	enum err e = car_get(c, id, &now);
	if (!e)
		e = db_run(c->db, &sql_car_drop, DB_ARGS(db_i(id)));
	if (!e && !db_changes(c->db))
		e = db_run(c->db, &sql_car_activate, DB_ARGS(db_i(0), db_i(id)));
	return e ? e : audit_add(c, "charging.car_remove", now.name, STR(""));
}

enum err car_remove(struct ctx *c, int64_t id)
{
	enum err e = right_to_write(c);
	if (!e)
		e = ctx_begin(c, "removing a car");
	return e ? e : ctx_end(c, remove_one(c, id), "removing a car");
}

enum err car_restore(struct ctx *c, int64_t id, struct car *out)
{
	enum err e = right_to_write(c);
	if (!e)
		e = car_get(c, id, out);
	if (e)
		return e;
	e = db_run(c->db, &sql_car_activate, DB_ARGS(db_i(1), db_i(id)));
	return e ? ctx_db_failed(c, e, "restoring a car") : car_get(c, id, out);
}

/* ---- with an import ---- */

enum err car_settle(struct ctx *c, int64_t job_id)
{
	return db_run(c->db, &sql_car_settle, DB_ARGS(db_i(job_id), db_i(job_id), db_i(job_id)));
}

enum err car_foresee(struct ctx *c, int64_t job_id, bool live, int64_t *n)
{
	const struct db_val args[] = {db_i(job_id), db_i(job_id), db_i(job_id),
	                              db_i(job_id), db_i(job_id), db_i(job_id)};
	return live ? db_one_int(c->db, &sql_car_come, 5, args, n) : db_one_int(c->db, &sql_car_go, 6, args, n);
}

enum err car_forget(struct ctx *c)
{
	return db_run(c->db, &sql_car_forget, DB_NOARGS);
}
