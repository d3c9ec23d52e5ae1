/* tariff: see tariff.h. Owns the table charging_tariffs. */
#include "app/charging/tariff.h"

#include "app/audit.h"
#include "app/charging/car.h"
#include "app/check.h"
#include "app/right.h"
#include "base/decimal.h"
#include "db/db.h"

#define NETWORK_MAX_CHARS 100
#define POUNDS_MAX        10000

#define TARIFF_COLUMNS                                                                                      \
	"t.id, COALESCE(t.car_id, 0), k.name, NULLIF(t.network, ''), t.from_day, t.per_kwh, t.per_minute, " \
	"t.per_session, COALESCE(t.user_id, 0), t.created_at FROM charging_tariffs t LEFT JOIN cars k ON "  \
	"k.id = t.car_id "
SQL(tariff_list, "SELECT " TARIFF_COLUMNS "WHERE (CAST(? AS BIGINT) = 1 OR t.user_id = ?) ORDER BY k.name_key, "
                 "t.network, t.from_day DESC, t.id");
SQL(tariff_get, "SELECT " TARIFF_COLUMNS "WHERE t.id = ?");
SQL(tariff_of, "SELECT " TARIFF_COLUMNS
               "WHERE COALESCE(t.user_id, 0) = ? AND (t.car_id = ? OR t.car_id IS NULL) AND (t.network = ? OR "
               "t.network = '') AND t.from_day <= ? ORDER BY CASE WHEN t.network = '' THEN 1 ELSE 0 END, "
               "CASE WHEN t.car_id IS NULL THEN 1 ELSE 0 END, t.from_day DESC LIMIT 1");
SQL(tariff_drop_same, "DELETE FROM charging_tariffs WHERE COALESCE(user_id, 0) = ? AND COALESCE(car_id, 0) = ? "
                      "AND network = ? AND from_day = ?");
SQL(tariff_insert, "INSERT INTO charging_tariffs (user_id, car_id, network, from_day, per_kwh, per_minute, "
                   "per_session, created_at) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
SQL(tariff_remove, "DELETE FROM charging_tariffs WHERE id = ? AND (CAST(? AS BIGINT) = 1 OR user_id = ?)");

static const struct rec_field fields[] = {
        REC(struct tariff, id, REC_INT),
        REC_FLAGS(struct tariff, car_id, REC_INT, REC_ZERO_NULL),
        REC(struct tariff, car, REC_TEXT),
        REC(struct tariff, network, REC_TEXT),
        REC(struct tariff, from_day, REC_DAY),
        REC_FLAGS(struct tariff, per_kwh, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct tariff, per_minute, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct tariff, per_session, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct tariff, user_id, REC_INT, REC_HIDDEN),
        REC(struct tariff, created_at, REC_AT),
};
const struct rec_desc tariff_desc = REC_DESC(struct tariff, fields);

static const struct rec_field edit_fields[] = {
        REC(struct tariff_edit, car_id, REC_INT),
        REC(struct tariff_edit, network, REC_TEXT),
        REC_FLAGS(struct tariff_edit, from_day, REC_DAY, REC_MAYBE),
        REC_FLAGS(struct tariff_edit, per_kwh, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct tariff_edit, per_minute, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct tariff_edit, per_session, REC_DEC, REC_MAYBE),
};
const struct rec_desc tariff_edit_desc = REC_DESC(struct tariff_edit, edit_fields);

enum err tariff_list(struct ctx *c, struct tariff **out, size_t *n)
{
	enum err e;
	*out = db_all(c->db, &sql_tariff_list, DB_ARGS(db_i(right_to_all(c)), db_i(c->actor.user_id)), c->arena,
	              &tariff_desc, n, &e);
	return e ? ctx_db_failed(c, e, "listing tariffs") : OK;
}

enum err tariff_of(struct ctx *c, int64_t user_id, int64_t car_id, struct str network, int64_t day,
                   struct tariff *out)
{
	enum err e = db_one(
	        c->db, &sql_tariff_of,
	        DB_ARGS(db_i(user_id), db_i(car_id), db_t(arena_lower(c->arena, str_trim(network))), db_i(day)),
	        c->arena, &tariff_desc, out);
	return e && e != ERR_NOT_FOUND ? ctx_db_failed(c, e, "looking for a tariff") : e;
}

static enum err check(struct ctx *c, const struct tariff_edit *d)
{
	const struct {
		const char *field;
		int64_t v;
	} amounts[] = {{"per_kwh", d->per_kwh}, {"per_minute", d->per_minute}, {"per_session", d->per_session}};
	bool any = false;
	enum err e = check_line(c, "network", d->network, NETWORK_MAX_CHARS);
	if (!e && d->from_day == REC_NONE)
		e = ctx_fail(c, ERR_INVALID, "from_day", "Say from which day the tariff holds.");
	for (size_t i = 0; !e && i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		any = any || amounts[i].v != REC_NONE;
		if (amounts[i].v != REC_NONE &&
		    (amounts[i].v < 0 || amounts[i].v > POUNDS_MAX * (int64_t)DEC_ONE))
			e = ctx_fail(c, ERR_INVALID, amounts[i].field, "\"%s\" is in pounds, from 0 to %d.",
			             amounts[i].field, POUNDS_MAX);
	}
	return e || any ? e
	                : ctx_fail(c, ERR_INVALID, "per_kwh",
	                           "Say what it costs, a kWh, a minute or a session.");
}

/* The tariff belongs to whom its car belongs to; without a car to the actor. */
static enum err put(struct ctx *c, const struct tariff_edit *d, int64_t *id)
{
	struct car car = {.user_id = c->actor.user_id};
	struct str network = arena_lower(c->arena, d->network.n ? d->network : STR(""));
	enum err e = d->car_id ? car_get(c, d->car_id, &car) : OK;
	if (!e)
		e = db_run(c->db, &sql_tariff_drop_same,
		           DB_ARGS(db_i(car.user_id), db_i(d->car_id), db_t(network), db_i(d->from_day)));
	if (!e)
		e = db_one_int(c->db, &sql_tariff_insert,
		               DB_ARGS(db_i0(car.user_id), db_i0(d->car_id), db_t(network), db_i(d->from_day),
		                       db_im(d->per_kwh), db_im(d->per_minute), db_im(d->per_session),
		                       db_i(ctx_now(c))),
		               id);
	return e;
}

enum err tariff_put(struct ctx *c, const struct tariff_edit *edit, struct tariff *out)
{
	int64_t id = 0;
	enum err e = right_to_write(c);
	if (!e)
		e = check(c, edit);
	if (!e)
		e = ctx_begin(c, "storing a tariff");
	if (!e)
		e = ctx_end(c, put(c, edit, &id), "storing a tariff");
	if (e)
		return e;
	e = db_one(c->db, &sql_tariff_get, DB_ARGS(db_i(id)), c->arena, &tariff_desc, out);
	return e ? ctx_db_failed(c, e, "reading a tariff") : OK;
}

enum err tariff_remove(struct ctx *c, int64_t id)
{
	enum err e = right_to_write(c);
	if (e)
		return e;
	bool changed;
	e = audit_run(c, "removing a tariff", &sql_tariff_remove,
	              DB_ARGS(db_i(id), db_i(right_to_all(c)), db_i(c->actor.user_id)),
	              "charging.tariff_remove", str_of(arena_printf(c->arena, "tariff %lld", (long long)id)),
	              &changed);
	return e || changed ? e
	                    : ctx_fail(c, ERR_NOT_FOUND, "tariff", "There is no tariff %lld.", (long long)id);
}
