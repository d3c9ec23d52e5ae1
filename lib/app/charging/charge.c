/* charge: see charge.h. Owns the table charging_sessions. */
#include "app/charging/charge.h"

#include "app/audit.h"
#include "app/charging/car.h"
#include "app/charging/charge_row.h"
#include "app/draft.h"
#include "app/meter.h"
#include "app/right.h"
#include "app/setting.h"
#include "base/rand.h"
#include "codec/utf8.h"

/* The session of the same car before this one; one without an odometer is passed over. Rows are compared as
 * wholes so that the index finds it at once. */
#define OF_CAR "b.car_id = s.car_id AND b.status = 'closed' AND b.is_undone = 0 AND "
#define BEFORE                                                                                              \
	"(SELECT b.odometer FROM charging_sessions b WHERE " OF_CAR "b.odometer IS NOT NULL AND "           \
	"(b.day, b.odometer, b.id) < (s.day, s.odometer, s.id) ORDER BY b.day DESC, b.odometer DESC, b.id " \
	"DESC LIMIT 1)"
#define IS_FIRST                                                                                 \
	"NOT EXISTS (SELECT 1 FROM charging_sessions b WHERE " OF_CAR                            \
	"b.day < s.day) AND NOT EXISTS (SELECT 1 "                                               \
	"FROM charging_sessions b WHERE " OF_CAR "b.day = s.day AND (COALESCE(b.odometer, 0) < " \
	"COALESCE(s.odometer, 0) OR (COALESCE(b.odometer, 0) = COALESCE(s.odometer, 0) AND b.id < s.id)))"
#define CHARGE_COLUMNS_BUT(notes)                                                                              \
	"s.id, s.public_id, s.car_id, k.name, s.status, s.day, s.odometer, s.charge_type, s.charge_power_kw, " \
	"s.location_label, s.charge_network, s.charge_delivered_kwh, s.duration_mins, s.cost_per_kwh, "        \
	"s.total_cost_gbp, s.cost_computed, s.soc_from, s.soc_to, s.ambient_temp_c, " notes ", "               \
	"s.preconditioning_used, s.preconditioning_events, s.started_at, s.ended_at, s.meter_id, "             \
	"COALESCE(k.user_id, 0), u.email, s.created_at, s.updated_at, s.version, " BEFORE                      \
	", CASE WHEN " IS_FIRST                                                                                \
	" THEN 1 ELSE 0 END, k.efficiency_mpkwh, k.petrol_mpg FROM charging_sessions s JOIN cars k ON "        \
	"k.id = s.car_id LEFT JOIN users u ON u.id = k.user_id "
#define CHARGE_COLUMNS CHARGE_COLUMNS_BUT("s.notes")
/* the first argument: with notes */
#define CHARGE_COLUMNS_LISTED CHARGE_COLUMNS_BUT("CASE WHEN CAST(? AS BIGINT) = 1 THEN s.notes END")
#define LIVE                  "WHERE s.is_undone = 0 AND (CAST(? AS BIGINT) = 1 OR k.user_id = ?) "
#define LISTED                                                                                                \
	LIVE "AND (CAST(? AS BIGINT) = 0 OR s.car_id = ?) AND (CAST(? AS BIGINT) = 0 OR k.user_id = ?) AND "  \
	     "s.day >= ? AND s.day <= ? AND LOWER(COALESCE(s.location_label, '')) LIKE ? ESCAPE '!' AND "     \
	     "LOWER(COALESCE(s.charge_network, '')) LIKE ? ESCAPE '!' AND (CAST(? AS TEXT) = '' OR s.status " \
	     "= ?) "

SQL(charge_list, "SELECT " CHARGE_COLUMNS_LISTED LISTED
                 "ORDER BY s.day DESC, COALESCE(s.odometer, 0) DESC, s.id DESC LIMIT ? OFFSET ?");
SQL(charge_list_old,
    "SELECT " CHARGE_COLUMNS_LISTED LISTED "ORDER BY s.day, COALESCE(s.odometer, 0), s.id LIMIT ? OFFSET ?");
SQL(charge_count, "SELECT COUNT(*) FROM charging_sessions s JOIN cars k ON k.id = s.car_id " LISTED);
SQL(charge_plain,
    "SELECT CASE WHEN COUNT(DISTINCT s.car_id) <= 1 AND COUNT(*) = COUNT(s.odometer) THEN 1 ELSE 0 END "
    "FROM charging_sessions s JOIN cars k ON k.id = s.car_id " LISTED);
SQL(charge_sum,
    "SELECT COUNT(*), CAST(COALESCE(SUM(s.charge_delivered_kwh), 0) AS BIGINT), "
    "CAST(COALESCE(SUM(s.total_cost_gbp), 0) AS BIGINT), COUNT(s.total_cost_gbp) FROM charging_sessions s "
    "JOIN cars k ON k.id = s.car_id " LISTED);
SQL(charge_get, "SELECT " CHARGE_COLUMNS LIVE "AND s.public_id = ?");
SQL(charge_same,
    "SELECT " CHARGE_COLUMNS "WHERE s.is_undone = 0 AND s.status = 'closed' AND s.car_id = ? AND s.day = ? AND "
    "COALESCE(s.odometer, -1) = ? AND s.charge_delivered_kwh = ? AND (CASE WHEN s.odometer IS NULL THEN "
    "COALESCE(s.started_at, 0) ELSE 0 END) = ?");
#define SAID                                                                                            \
	"car_id, status, day, odometer, charge_type, charge_power_kw, location_label, charge_network, " \
	"charge_delivered_kwh, duration_mins, cost_per_kwh, total_cost_gbp, soc_from, soc_to, "         \
	"ambient_temp_c, "                                                                              \
	"notes, preconditioning_used, preconditioning_events, started_at, ended_at, meter_id, cost_computed"
SQL(charge_insert,
    "INSERT INTO charging_sessions (" SAID ", public_id, made_by_job, created_at, updated_at) VALUES "
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
SQL(charge_update,
    "UPDATE charging_sessions SET car_id = ?, status = ?, day = ?, odometer = ?, charge_type = ?, "
    "charge_power_kw = ?, "
    "location_label = ?, charge_network = ?, charge_delivered_kwh = ?, duration_mins = ?, cost_per_kwh = ?, "
    "total_cost_gbp = ?, soc_from = ?, soc_to = ?, ambient_temp_c = ?, notes = ?, preconditioning_used = ?, "
    "preconditioning_events = ?, started_at = ?, ended_at = ?, meter_id = ?, cost_computed = ?, updated_at = "
    "?, "
    "is_edited = 1, version = version + 1 WHERE id = ?");
SQL(charge_places,
    "SELECT s.location_label FROM charging_sessions s JOIN cars k ON k.id = s.car_id " LIVE
    "AND s.location_label IS NOT NULL GROUP BY s.location_label ORDER BY MAX(s.day) DESC, 1 LIMIT 100");
SQL(charge_networks,
    "SELECT s.charge_network FROM charging_sessions s JOIN cars k ON k.id = s.car_id " LIVE
    "AND s.charge_network IS NOT NULL GROUP BY s.charge_network ORDER BY MAX(s.day) DESC, 1 LIMIT 100");
SQL(charge_drop, "DELETE FROM charging_sessions WHERE id = ?");

static const struct rec_field fields[] = {
        REC_FLAGS(struct charge, row, REC_INT, REC_HIDDEN),
        REC(struct charge, id, REC_TEXT),
        REC(struct charge, car_id, REC_INT),
        REC(struct charge, car, REC_TEXT),
        REC(struct charge, status, REC_TEXT),
        REC(struct charge, date, REC_DAY),
        REC_FLAGS(struct charge, odometer, REC_INT, REC_MAYBE),
        REC(struct charge, charge_type, REC_TEXT),
        REC_FLAGS(struct charge, charge_power_kw, REC_DEC, REC_MAYBE),
        REC(struct charge, location_label, REC_TEXT),
        REC(struct charge, charge_network, REC_TEXT),
        REC_FLAGS(struct charge, charge_delivered_kwh, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct charge, duration_mins, REC_INT, REC_MAYBE),
        REC_FLAGS(struct charge, cost_per_kwh, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct charge, total_cost_gbp, REC_DEC, REC_MAYBE),
        REC(struct charge, cost_computed, REC_BOOL),
        REC_FLAGS(struct charge, soc_from, REC_INT, REC_MAYBE),
        REC_FLAGS(struct charge, soc_to, REC_INT, REC_MAYBE),
        REC_FLAGS(struct charge, ambient_temp_c, REC_DEC, REC_MAYBE),
        REC(struct charge, notes, REC_TEXT),
        REC(struct charge, preconditioning_used, REC_BOOL),
        REC_FLAGS(struct charge, preconditioning_events, REC_INT, REC_MAYBE),
        REC(struct charge, started_at, REC_AT),
        REC(struct charge, ended_at, REC_AT),
        REC_FLAGS(struct charge, meter_id, REC_INT, REC_ZERO_NULL),
        REC_FLAGS(struct charge, user_id, REC_INT, REC_HIDDEN),
        REC(struct charge, user_email, REC_TEXT),
        REC(struct charge, created_at, REC_AT),
        REC(struct charge, updated_at, REC_AT),
        REC(struct charge, version, REC_INT),
        REC_FLAGS(struct charge, odometer_before, REC_INT, REC_HIDDEN | REC_MAYBE),
        REC_FLAGS(struct charge, first, REC_BOOL, REC_HIDDEN),
        REC_FLAGS(struct charge, car_efficiency, REC_DEC, REC_HIDDEN | REC_MAYBE),
        REC_FLAGS(struct charge, car_petrol_mpg, REC_DEC, REC_HIDDEN | REC_MAYBE),
        /* worked out */
        REC_FLAGS(struct charge, miles, REC_INT, REC_MAYBE),
        REC_FLAGS(struct charge, efficiency_mpkwh, REC_DEC, REC_MAYBE),
        REC(struct charge, efficiency_from, REC_TEXT),
        REC(struct charge, is_home, REC_BOOL),
        REC(struct charge, is_baseline, REC_BOOL),
        REC_FLAGS(struct charge, petrol_cost_gbp, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct charge, saving_gbp, REC_DEC, REC_MAYBE),
};
#define WORKED_OUT 7
const struct rec_desc charge_desc = REC_DESC(struct charge, fields);
static const struct rec_desc stored_desc = {"charge", fields, sizeof(fields) / sizeof(fields[0]) - WORKED_OUT,
                                            sizeof(struct charge)};

static const struct rec_field edit_fields[] = {
        REC(struct charge_edit, car_id, REC_INT),
        REC(struct charge_edit, car, REC_TEXT),
        REC(struct charge_edit, status, REC_TEXT),
        REC_FLAGS(struct charge_edit, date, REC_DAY, REC_MAYBE),
        REC_FLAGS(struct charge_edit, odometer, REC_INT, REC_MAYBE),
        REC(struct charge_edit, charge_type, REC_TEXT),
        REC_FLAGS(struct charge_edit, charge_power_kw, REC_DEC, REC_MAYBE),
        REC(struct charge_edit, location_label, REC_TEXT),
        REC(struct charge_edit, charge_network, REC_TEXT),
        REC_FLAGS(struct charge_edit, charge_delivered_kwh, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct charge_edit, duration_mins, REC_INT, REC_MAYBE),
        REC_FLAGS(struct charge_edit, cost_per_kwh, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct charge_edit, total_cost_gbp, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct charge_edit, soc_from, REC_INT, REC_MAYBE),
        REC_FLAGS(struct charge_edit, soc_to, REC_INT, REC_MAYBE),
        REC_FLAGS(struct charge_edit, ambient_temp_c, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct charge_edit, notes, REC_TEXT, REC_LONG),
        REC(struct charge_edit, preconditioning_used, REC_BOOL),
        REC_FLAGS(struct charge_edit, preconditioning_events, REC_INT, REC_MAYBE),
        REC(struct charge_edit, started_at, REC_AT),
        REC(struct charge_edit, ended_at, REC_AT),
        REC(struct charge_edit, meter_id, REC_INT),
};
const struct rec_desc charge_edit_desc = REC_DESC(struct charge_edit, edit_fields);

struct charge_edit charge_blank(void)
{
	struct charge_edit d;
	rec_clear(&charge_edit_desc, &d);
	return d;
}

struct charge_edit charge_said(const struct charge *s)
{
	return (struct charge_edit){.car_id = s->car_id,
	                            .status = s->status,
	                            .date = s->date,
	                            .odometer = s->odometer,
	                            .charge_type = s->charge_type,
	                            .charge_power_kw = s->charge_power_kw,
	                            .location_label = s->location_label,
	                            .charge_network = s->charge_network,
	                            .charge_delivered_kwh = s->charge_delivered_kwh,
	                            .duration_mins = s->duration_mins,
	                            .cost_per_kwh = s->cost_per_kwh,
	                            .total_cost_gbp = s->cost_computed ? REC_NONE : s->total_cost_gbp,
	                            .soc_from = s->soc_from,
	                            .soc_to = s->soc_to,
	                            .ambient_temp_c = s->ambient_temp_c,
	                            .notes = s->notes,
	                            .preconditioning_used = s->preconditioning_used,
	                            .preconditioning_events = s->preconditioning_events,
	                            .started_at = s->started_at,
	                            .ended_at = s->ended_at,
	                            .meter_id = s->meter_id};
}

/* ---- looking ---- */

#define CHARGE_ROW_MAX (256 << 10) /* bytes of one in memory */
#define SOME           2000        /* that are worked out at once, */
#define SOME_MEMORY    (16u << 20) /* in so many bytes */

#define FILTER_ARGS 12
static enum err filter_args(struct ctx *c, const struct charge_filter *f, struct db_val out[FILTER_ARGS])
{
	struct str place = db_like(c->arena, str_sub(str_trim(f->place), 0, 100)),
	           network = db_like(c->arena, str_sub(str_trim(f->network), 0, 100)),
	           status = f->status.n ? f->status : STR("");
	const struct db_val all[FILTER_ARGS] = {db_i(right_to_all(c)),
	                                        db_i(c->actor.user_id),
	                                        db_i(f->car_id),
	                                        db_i(f->car_id),
	                                        db_i(f->user_id),
	                                        db_i(f->user_id),
	                                        db_i(f->from != REC_NONE ? f->from : INT32_MIN),
	                                        db_i(f->to != REC_NONE ? f->to : INT32_MAX),
	                                        db_t(place),
	                                        db_t(network),
	                                        db_t(status),
	                                        db_t(status)};
	struct car car;
	memcpy(out, all, sizeof(all));
	if (status.n && !str_eqz(status, "active") && !str_eqz(status, "closed"))
		return ctx_fail(c, ERR_INVALID, "state", "\"state\" is active or closed.");
	return f->car_id ? car_get(c, f->car_id, &car) : OK;
}

/* Of a list: with notes or not, the filter, limit and offset. */
#define LIST_ARGS (FILTER_ARGS + 3)
static enum err list_args(struct ctx *c, const struct charge_filter *f, struct db_val out[LIST_ARGS])
{
	out[0] = db_i(f->with_notes);
	out[LIST_ARGS - 2] = db_i(f->limit);
	out[LIST_ARGS - 1] = db_i(f->offset);
	return filter_args(c, f, out + 1);
}

enum err charge_list(struct ctx *c, const struct charge_filter *f, struct charge **out, size_t *n,
                     int64_t *total)
{
	struct db_val args[LIST_ARGS];
	enum err e = list_args(c, f, args);
	*n = 0;
	if (e)
		return e;
	*out = db_all(c->db, f->oldest_first ? &sql_charge_list_old : &sql_charge_list, LIST_ARGS, args,
	              c->arena, &stored_desc, n, &e);
	for (size_t i = 0; i < *n; i++)
		charge_work_out(c, &(*out)[i]);
	if (!e)
		e = db_one_int(c->db, &sql_charge_count, FILTER_ARGS, args + 1, total);
	return e ? ctx_db_failed(c, e, "listing charging sessions") : OK;
}

enum err charge_sum(struct ctx *c, const struct charge_filter *f, struct charge_totals *out)
{
	static const struct rec_field sums[] = {
	        REC(struct charge_totals, count, REC_INT), REC(struct charge_totals, kwh, REC_DEC),
	        REC(struct charge_totals, cost, REC_DEC), REC(struct charge_totals, priced, REC_INT)};
	static const struct rec_desc sums_desc = REC_DESC(struct charge_totals, sums);
	struct charge_filter closed = *f;
	struct db_val args[FILTER_ARGS];
	enum err e;
	closed.status = STR("closed");
	e = filter_args(c, &closed, args);
	if (e)
		return e;
	e = db_one(c->db, &sql_charge_sum, FILTER_ARGS, args, c->arena, &sums_desc, out);
	return e ? ctx_db_failed(c, e, "adding up charging sessions") : OK;
}

enum err charge_each(struct ctx *c, const struct charge_filter *f, bool *plain,
                     bool (*each)(void *arg, const struct charge *s), void *arg)
{
	struct charge_filter closed = *f;
	struct db_val args[LIST_ARGS];
	struct arena *row = arena_new(CHARGE_ROW_MAX);
	struct db_cur cur;
	int64_t is_plain = 0;
	struct charge s;
	closed.status = STR("closed");
	closed.limit = INT64_MAX;
	closed.offset = 0;
	closed.with_notes = true;
	enum err e = list_args(c, &closed, args);
	if (!e && (e = db_one_int(c->db, &sql_charge_plain, FILTER_ARGS, args + 1, &is_plain)) != OK)
		e = ctx_db_failed(c, e, "listing charging sessions");
	*plain = is_plain;
	if (!e) {
		bool more = true;
		db_query(c->db, &cur, &sql_charge_list_old, LIST_ARGS, args);
		while (more && db_next(&cur)) {
			arena_reset(row);
			db_read(&cur, row, &stored_desc, &s);
			more = each(arg, &s);
		}
		if ((e = db_done(&cur)) != OK)
			e = ctx_db_failed(c, e, "listing charging sessions");
	}
	arena_free(row);
	return e;
}

enum err charge_each_worked(struct ctx *c, const struct charge_filter *f,
                            void (*each)(void *arg, const struct charge *s), void *arg)
{
	struct charge_filter some = *f;
	struct arena *outer = c->arena, *page = arena_new(SOME_MEMORY);
	size_t n = 0;
	enum err e;
	some.status = STR("closed");
	some.oldest_first = true;
	some.with_notes = false;
	some.limit = SOME;
	some.offset = 0;
	setting_zone(c); /* the instance's settings are read into the arena that stays */
	c->arena = page;
	do {
		struct charge *s;
		int64_t total;
		arena_reset(page);
		c->user_settings = NULL; /* of this page's arena */
		e = charge_list(c, &some, &s, &n, &total);
		for (size_t i = 0; i < n && !e; i++)
			each(arg, &s[i]);
		some.offset += (int64_t)n;
	} while (!e && n == SOME);
	c->arena = outer;
	c->user_settings = NULL;
	arena_free(page);
	return e;
}

enum err charge_get(struct ctx *c, struct str id, struct charge *out)
{
	enum err e =
	        db_one(c->db, &sql_charge_get, DB_ARGS(db_i(right_to_all(c)), db_i(c->actor.user_id), db_t(id)),
	               c->arena, &stored_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "session", "There is no such charging session.");
	if (e)
		return ctx_db_failed(c, e, "reading a charging session");
	charge_work_out(c, out);
	return OK;
}

enum err charge_words(struct ctx *c, bool networks, struct str **out, size_t *n)
{
	static const struct rec_field word[] = {{"word", REC_TEXT, 0, 0}};
	static const struct rec_desc word_desc = {"word", word, 1, sizeof(struct str)};
	enum err e;
	*out = db_all(c->db, networks ? &sql_charge_networks : &sql_charge_places,
	              DB_ARGS(db_i(right_to_all(c)), db_i(c->actor.user_id)), c->arena, &word_desc, n, &e);
	return e ? ctx_db_failed(c, e, "listing places") : OK;
}

enum err charge_same(struct ctx *c, const struct charge_edit *d, struct charge *out)
{
	bool reads = d->odometer != REC_NONE;
	enum err e = db_one(c->db, &sql_charge_same,
	                    DB_ARGS(db_i(d->car_id), db_i(d->date), db_i(reads ? d->odometer : -1),
	                            db_i(d->charge_delivered_kwh), db_i(reads ? 0 : d->started_at)),
	                    c->arena, &stored_desc, out);
	return e && e != ERR_NOT_FOUND ? ctx_db_failed(c, e, "reading a charging session") : e;
}

/* ---- changing ---- */

void charge_args(const struct charge_edit *d, bool computed, struct db_val out[CHARGE_EDIT_COLUMNS])
{
	const struct db_val all[CHARGE_EDIT_COLUMNS] = {
	        db_i(d->car_id),
	        db_t(d->status.n ? d->status : STR("closed")),
	        db_i(d->date),
	        db_im(d->odometer),
	        db_t0(d->charge_type),
	        db_im(d->charge_power_kw),
	        db_t0(d->location_label),
	        db_t0(d->charge_network),
	        db_im(d->charge_delivered_kwh),
	        db_im(d->duration_mins),
	        db_im(d->cost_per_kwh),
	        db_im(d->total_cost_gbp),
	        db_im(d->soc_from),
	        db_im(d->soc_to),
	        db_im(d->ambient_temp_c),
	        db_t0(d->notes),
	        db_i(d->preconditioning_used),
	        db_im(d->preconditioning_events),
	        db_i0(d->started_at),
	        db_i0(d->ended_at),
	        db_i0(d->meter_id),
	        db_i(computed),
	};
	memcpy(out, all, sizeof(all));
}

enum err charge_insert(struct ctx *c, struct str id, const struct charge_edit *d, bool computed, int64_t job_id)
{
	struct db_val args[CHARGE_EDIT_COLUMNS + 4];
	char made[37];
	rand_uuid(made);
	charge_args(d, computed, args);
	args[CHARGE_EDIT_COLUMNS] = db_t(id.n ? id : str_of(made));
	args[CHARGE_EDIT_COLUMNS + 1] = db_i0(job_id);
	args[CHARGE_EDIT_COLUMNS + 2] = args[CHARGE_EDIT_COLUMNS + 3] = db_i(ctx_now(c));
	return db_run(c->db, &sql_charge_insert, CHARGE_EDIT_COLUMNS + 4, args);
}

/* The car that a session names, or the only one there is; *user_id: whose it is. */
static enum err find_car(struct ctx *c, struct charge_edit *d, int64_t *user_id)
{
	struct car car, *all;
	size_t n;
	enum err e;
	if (d->car_id)
		e = car_get(c, d->car_id, &car);
	else if (d->car.n)
		e = car_by_name(c, c->actor.user_id, d->car, &car);
	else if (!(e = car_list(c, c->actor.user_id, false, &all, &n)) && n == 1)
		car = all[0];
	else if (!e)
		e = ctx_fail(c, ERR_INVALID, "car_id",
		             n ? "Say which car it was: there are several." : "Add a car first.");
	if (e)
		return e;
	if (d->car.n && !str_eq_nocase(d->car, car.name))
		return ctx_fail(c, ERR_INVALID, "car", "Car %lld is not called so.", (long long)car.id);
	d->car_id = car.id;
	*user_id = car.user_id;
	return OK;
}

/* All that is asked of a session by hand; fills car, total and kind. `now`: as it is stored, NULL: a new one. A
 * closed one of a file may go on lacking its odometer; a meter that is its already may be out of sight. */
static enum err settle(struct ctx *c, struct charge_edit *d, const struct charge *now, bool *computed)
{
	bool of_file = now && now->odometer == REC_NONE && str_eqz(now->status, "closed");
	struct meter m;
	int64_t user_id = 0;
	enum err e = find_car(c, d, &user_id);
	if (d->charge_type.n)
		d->charge_type = str_eq_nocase(d->charge_type, STR("ac"))   ? STR("AC")
		                 : str_eq_nocase(d->charge_type, STR("dc")) ? STR("DC")
		                                                            : d->charge_type;
	if (!e)
		e = charge_check(c, d, of_file);
	if (!e && d->meter_id && !(now && d->meter_id == now->meter_id))
		e = meter_get(c, d->meter_id, &m);
	*computed = d->total_cost_gbp == REC_NONE;
	if (!e && *computed)
		e = charge_cost(c, d, user_id, &d->total_cost_gbp);
	*computed = *computed && d->total_cost_gbp != REC_NONE;
	return e;
}

/* In a transaction. `except`: the session itself. */
static enum err key_is_free(struct ctx *c, const struct charge_edit *d, int64_t except)
{
	struct charge other;
	if (str_eqz(d->status, "active"))
		return OK;
	enum err e = charge_same(c, d, &other);
	if (e == ERR_NOT_FOUND || (!e && other.row == except))
		return OK;
	return e ? e
	         : ctx_fail(c, ERR_CONFLICT, "odometer",
	                    "There is a session of this car with the same day, odometer and energy already.");
}

static enum err create(struct ctx *c, struct str id, struct charge_edit *d)
{
	bool computed;
	enum err e = settle(c, d, NULL, &computed);
	if (!e)
		e = key_is_free(c, d, 0);
	return e ? e : charge_insert(c, id, d, computed, 0);
}

enum err charge_create(struct ctx *c, const struct charge_edit *edit, struct charge *out)
{
	struct charge_edit d = *edit;
	char made[37];
	enum err e = right_to_write(c);
	rand_uuid(made);
	if (!e)
		e = ctx_begin(c, "adding a charging session");
	if (!e)
		e = ctx_end(c, create(c, str_of(made), &d), "adding a charging session");
	return e ? e : charge_get(c, arena_str(c->arena, str_of(made)), out);
}

enum err charge_promote(struct ctx *c, struct str draft, int64_t version, const struct charge_edit *edit,
                        struct charge *out)
{
	struct charge_edit d = *edit;
	enum err e = right_to_write(c);
	if (!e)
		e = ctx_begin(c, "making a charging session of a draft");
	if (e)
		return e;
	e = draft_spend(c, draft, version, DRAFT_session);
	if (!e)
		e = create(c, draft, &d);
	e = ctx_end(c, e, "making a charging session of a draft");
	return e ? e : charge_get(c, draft, out);
}

static enum err update(struct ctx *c, struct str id, int64_t version, const struct charge_edit *edit,
                       uint64_t given)
{
	struct db_val args[CHARGE_EDIT_COLUMNS + 2];
	struct charge now;
	bool computed;
	enum err e = charge_get(c, id, &now);
	if (e)
		return e;
	if (version && version != now.version)
		return ctx_fail(c, ERR_PRECONDITION, "",
		                "The session was changed meanwhile: look at it again.");
	struct charge_edit all = charge_said(&now);
	rec_merge(&charge_edit_desc, &all, edit, given);
	if (all.car.n && !edit->car_id)
		all.car_id = 0; /* another one, by its name */
	if (str_eqz(now.status, "closed") && str_eqz(all.status, "active"))
		return ctx_fail(c, ERR_CONFLICT, "status", "A closed session does not become active again.");
	e = settle(c, &all, &now, &computed);
	if (!e)
		e = key_is_free(c, &all, now.row);
	if (e)
		return e;
	charge_args(&all, computed, args);
	args[CHARGE_EDIT_COLUMNS] = db_i(ctx_now(c));
	args[CHARGE_EDIT_COLUMNS + 1] = db_i(now.row);
	return db_run(c->db, &sql_charge_update, CHARGE_EDIT_COLUMNS + 2, args);
}

enum err charge_update(struct ctx *c, struct str id, int64_t version, const struct charge_edit *edit,
                       uint64_t given, struct charge *out)
{
	enum err e = right_to_write(c);
	if (!e)
		e = ctx_begin(c, "changing a charging session");
	if (!e)
		e = ctx_end(c, update(c, id, version, edit, given), "changing a charging session");
	return e ? e : charge_get(c, id, out);
}

static enum err remove_one(struct ctx *c, struct str id, int64_t version)
{
	struct charge now;
	enum err e = charge_get(c, id, &now);
	if (!e && version && version != now.version)
		e = ctx_fail(c, ERR_PRECONDITION, "", "The session was changed meanwhile: look at it again.");
	if (!e)
		e = db_run(c->db, &sql_charge_drop, DB_ARGS(db_i(now.row)));
	return e ? e : audit_add(c, "charging.session_remove", now.id, now.car);
}

enum err charge_remove(struct ctx *c, struct str id, int64_t version)
{
	enum err e = right_to_write(c);
	if (!e)
		e = ctx_begin(c, "removing a charging session");
	return e ? e : ctx_end(c, remove_one(c, id, version), "removing a charging session");
}
