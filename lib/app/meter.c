/* meter: see meter.h. Owns the tables meters (with import/meters.c and undo.c) and meter_identifiers. */
#include "app/meter.h"

#include "app/audit.h"
#include "app/check.h"
#include "app/consumption.h"
#include "app/property.h"
#include "app/series.h"
#include "app/setting.h"
#include "base/civil.h"
#include "codec/utf8.h"
#include "db/db.h"

#define IDENTIFIER_MAX_CHARS 64
#define NAME_MAX_CHARS       200

#define METER_COLUMNS                                                                                       \
	"m.id, m.property_id, m.identifier, m.name, p.name AS property_name, m.meter_type, "                \
	"m.sub_meter_kind, m.formula, m.time_zone, m.is_active, "                                           \
	"(SELECT j.batch_id FROM jobs j WHERE j.id = m.made_by_job) AS made_by_batch, m.created_at, "       \
	"(SELECT COUNT(*) FROM days d JOIN series s ON s.id = d.series_id WHERE s.meter_id = m.id "         \
	"AND " SERIES_SHOWS "), (SELECT MIN(" SERIES_FIRST_DAY ") FROM series s WHERE s.meter_id = m.id), " \
	"(SELECT MAX(" SERIES_LAST_DAY ") FROM series s WHERE s.meter_id = m.id), m.version "               \
	"FROM meters m JOIN properties p ON p.id = m.property_id "
#define LISTED                                                                                               \
	"WHERE m.is_undone = 0 AND " RIGHT_SEES " AND (CAST(? AS BIGINT) = 0 OR m.property_id = ?) AND "     \
	"(CAST(? AS TEXT) = '' OR m.meter_type = ?) AND (CAST(? AS TEXT) = '' OR m.sub_meter_kind = ?) AND " \
	"m.is_active >= ? AND m.is_active <= ? AND (LOWER(m.identifier) LIKE ? ESCAPE '!' OR "               \
	"LOWER(COALESCE(m.name, '')) LIKE ? ESCAPE '!' OR EXISTS (SELECT 1 FROM meter_identifiers i WHERE "  \
	"i.meter_id = m.id AND LOWER(i.identifier) LIKE ? ESCAPE '!'))"
/* meters with this identifier, by their main one or another */
#define CALLED                                                                               \
	"SELECT c.id FROM meters c WHERE c.identifier = ? UNION ALL SELECT i.meter_id FROM " \
	"meter_identifiers i WHERE i.identifier = ?"
SQL(meter_list, "SELECT " METER_COLUMNS LISTED
                " ORDER BY m.meter_type, COALESCE(m.name, m.identifier), m.id LIMIT ? OFFSET ?");
SQL(meter_list_count, "SELECT COUNT(*) FROM meters m JOIN properties p ON p.id = m.property_id " LISTED);
SQL(meter_get, "SELECT " METER_COLUMNS "WHERE m.id = ? AND m.is_undone = 0 AND " RIGHT_SEES);
SQL(meter_by_identifier, "SELECT " METER_COLUMNS "WHERE m.id IN (" CALLED
                         ") AND m.is_undone = 0 AND " RIGHT_SEES " ORDER BY m.id LIMIT 5");
/* another meter of the same owner that is called so */
SQL(meter_namesake,
    "SELECT m.id FROM meters m JOIN properties p ON p.id = m.property_id WHERE m.id <> ? AND m.is_undone = 0 "
    "AND "
    "COALESCE(p.owner_id, 0) = COALESCE((SELECT o.owner_id FROM properties o WHERE o.id = ?), 0) AND "
    "m.id IN (" CALLED ") LIMIT 1");
SQL(meter_insert,
    "INSERT INTO meters (property_id, identifier, name, meter_type, sub_meter_kind, formula, time_zone, "
    "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
SQL(meter_update, "UPDATE meters SET property_id = ?, identifier = ?, name = ?, meter_type = ?, sub_meter_kind "
                  "= ?, formula = ?, "
                  "time_zone = ?, version = version + 1 WHERE id = ?");
SQL(meter_cut,
    "SELECT s.id FROM series s WHERE s.meter_id = ? AND (EXISTS (SELECT 1 FROM days d WHERE d.series_id = "
    "s.id) OR EXISTS (SELECT 1 FROM day_layers l WHERE l.series_id = s.id)) LIMIT 1");
SQL(meter_virtual,
    "SELECT " METER_COLUMNS "WHERE m.property_id = ? AND m.is_undone = 0 AND m.formula IS NOT NULL");
SQL(meter_come_back,
    "UPDATE meters SET is_undone = 0, is_active = 1, made_by_job = NULL WHERE property_id = ? AND "
    "identifier = ? AND is_undone = 1 RETURNING id");
SQL(meter_activate, "UPDATE meters SET is_active = ?, version = version + 1 WHERE id = ?");
SQL(meter_zone,
    "SELECT COALESCE(p.time_zone, (SELECT u.time_zone FROM users u WHERE u.id = p.owner_id), '') FROM "
    "properties p WHERE p.id = ?");
SQL(meter_identifiers,
    "SELECT id, identifier, from_day, to_day FROM meter_identifiers WHERE meter_id = ? ORDER BY "
    "COALESCE(from_day, -9999999), id");
SQL(meter_identifier_add,
    "INSERT INTO meter_identifiers (meter_id, identifier, from_day, to_day) VALUES (?, ?, ?, ?) RETURNING id");
SQL(meter_identifier_remove, "DELETE FROM meter_identifiers WHERE id = ? AND meter_id = ?");

static const struct rec_field meter_fields[] = {
        REC(struct meter, id, REC_INT),
        REC(struct meter, property_id, REC_INT),
        REC(struct meter, identifier, REC_TEXT),
        REC(struct meter, name, REC_TEXT),
        REC(struct meter, property_name, REC_TEXT),
        REC(struct meter, meter_type, REC_TEXT),
        REC(struct meter, sub_meter_kind, REC_TEXT),
        REC(struct meter, formula, REC_TEXT),
        REC(struct meter, time_zone, REC_TEXT),
        REC(struct meter, is_active, REC_BOOL),
        REC(struct meter, made_by_batch, REC_TEXT),
        REC(struct meter, created_at, REC_AT),
        REC(struct meter, days, REC_INT),
        REC_FLAGS(struct meter, first_day, REC_DAY, REC_ZERO_NULL),
        REC_FLAGS(struct meter, last_day, REC_DAY, REC_ZERO_NULL),
        REC(struct meter, version, REC_INT),
};
const struct rec_desc meter_desc = REC_DESC(struct meter, meter_fields);

static const struct rec_field edit_fields[] = {
        REC(struct meter_edit, identifier, REC_TEXT), REC(struct meter_edit, name, REC_TEXT),
        REC(struct meter_edit, meter_type, REC_TEXT), REC(struct meter_edit, sub_meter_kind, REC_TEXT),
        REC(struct meter_edit, formula, REC_TEXT),    REC(struct meter_edit, time_zone, REC_TEXT),
        REC(struct meter_edit, property_id, REC_INT),
};
const struct rec_desc meter_edit_desc = REC_DESC(struct meter_edit, edit_fields);
#define EDIT_ALL       ((UINT64_C(1) << sizeof(edit_fields) / sizeof(edit_fields[0])) - 1)
#define EDIT_TIME_ZONE (UINT64_C(1) << 5)

static const struct rec_field identifier_fields[] = {
        REC(struct meter_identifier, id, REC_INT),
        REC(struct meter_identifier, identifier, REC_TEXT),
        REC(struct meter_identifier, from, REC_TEXT),
        REC(struct meter_identifier, to, REC_TEXT),
};
const struct rec_desc meter_identifier_desc = REC_DESC(struct meter_identifier, identifier_fields);

/* ---- looking ---- */

static bool is_type(struct str s)
{
	return str_eqz(s, "MAIN_METER") || str_eqz(s, "SUB_METER");
}

static bool is_kind(struct str s)
{
	return str_eqz(s, "PHYSICAL") || str_eqz(s, "VIRTUAL");
}

static enum err check_filter(struct ctx *c, const struct meter_filter *f)
{
	if (f->meter_type.n && !is_type(f->meter_type))
		return ctx_fail(c, ERR_INVALID, "meter_type", "\"meter_type\" is MAIN_METER or SUB_METER.");
	if (f->sub_meter_kind.n && !is_kind(f->sub_meter_kind))
		return ctx_fail(c, ERR_INVALID, "sub_meter_kind", "\"sub_meter_kind\" is PHYSICAL or VIRTUAL.");
	return f->property_id ? right_to_property(c, f->property_id, RIGHT_READ) : OK;
}

enum err meter_list(struct ctx *c, const struct meter_filter *f, struct meter **out, size_t *n, int64_t *total)
{
	struct str like = db_like(c->arena, str_sub(str_trim(f->search), 0, 100));
	struct str type = f->meter_type.n ? f->meter_type : STR(""),
	           kind = f->sub_meter_kind.n ? f->sub_meter_kind : STR("");
	int64_t least = !f->include_inactive && !f->inactive_only, most = !f->inactive_only;
	enum err e = check_filter(c, f);
	if (e)
		return e;
#define FILTER                                                                                              \
	RIGHT_SEES_ARGS(c), db_i(f->property_id), db_i(f->property_id), db_t(type), db_t(type), db_t(kind), \
	        db_t(kind), db_i(least), db_i(most), db_t(like), db_t(like), db_t(like)
	*out = db_all(c->db, &sql_meter_list, DB_ARGS(FILTER, db_i(f->limit), db_i(f->offset)), c->arena,
	              &meter_desc, n, &e);
	if (!e)
		e = db_one_int(c->db, &sql_meter_list_count, DB_ARGS(FILTER), total);
#undef FILTER
	return e ? ctx_db_failed(c, e, "listing meters") : OK;
}

enum err meter_get(struct ctx *c, int64_t id, struct meter *out)
{
	enum err e = db_one(c->db, &sql_meter_get, DB_ARGS(db_i(id), RIGHT_SEES_ARGS(c)), c->arena, &meter_desc,
	                    out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "meter", "There is no meter %lld.", (long long)id);
	return e ? ctx_db_failed(c, e, "reading a meter") : OK;
}

enum err meter_by_identifier(struct ctx *c, struct str identifier, struct meter *out)
{
	struct db_cur cur;
	struct meter m;
	int found = 0;
	const char *candidates = "";
	db_query(c->db, &cur, &sql_meter_by_identifier,
	         DB_ARGS(db_t(identifier), db_t(identifier), RIGHT_SEES_ARGS(c)));
	while (db_next(&cur)) {
		db_read(&cur, c->arena, &meter_desc, &m);
		if (found++ == 0)
			*out = m;
		candidates = arena_printf(c->arena, "%s%s%lld of %.*s", candidates, found > 1 ? ", " : "",
		                          (long long)m.id, STR_ARG(utf8_cut(m.property_name, 60)));
	}
	enum err e = db_done(&cur);
	if (e)
		return ctx_db_failed(c, e, "reading a meter");
	if (!found)
		return ctx_fail(c, ERR_NOT_FOUND, "meter", "There is no meter %.*s.",
		                STR_ARG(str_sub(identifier, 0, 60)));
	if (found > 1)
		return ctx_fail(c, ERR_CONFLICT, "meter",
		                "More than one meter is called %.*s: name it by its number (%s).",
		                STR_ARG(str_sub(identifier, 0, 60)), candidates);
	return OK;
}

/* ---- changing ---- */

static enum err check_identifier(struct ctx *c, struct str s)
{
	return s.n ? check_line(c, "identifier", s, IDENTIFIER_MAX_CHARS)
	           : ctx_fail(c, ERR_INVALID, "identifier",
	                      "A meter needs an identifier, such as its MPAN or serial number.");
}

static enum err check_free(struct ctx *c, int64_t meter_id, int64_t property_id, struct str identifier)
{
	int64_t other;
	enum err e = db_one_int(c->db, &sql_meter_namesake,
	                        DB_ARGS(db_i(meter_id), db_i(property_id), db_t(identifier), db_t(identifier)),
	                        &other);
	if (e == ERR_NOT_FOUND)
		return OK;
	if (e)
		return ctx_db_failed(c, e, "looking for a meter");
	return ctx_fail(c, ERR_CONFLICT, "identifier", "Meter %lld is called %.*s already.", (long long)other,
	                STR_ARG(identifier));
}

/* Types and what goes with them; a sub-meter is physical unless it says otherwise. */
static enum err check_type(struct ctx *c, struct meter_edit *d)
{
	bool sub = str_eqz(d->meter_type, "SUB_METER");
	if (!is_type(d->meter_type))
		return ctx_fail(c, ERR_INVALID, "meter_type", "\"meter_type\" is MAIN_METER or SUB_METER.");
	if (sub && !d->sub_meter_kind.n)
		d->sub_meter_kind = d->formula.n ? STR("VIRTUAL") : STR("PHYSICAL");
	if (!sub && d->sub_meter_kind.n)
		return ctx_fail(c, ERR_INVALID, "sub_meter_kind", "Only a sub-meter has a \"sub_meter_kind\".");
	if (d->sub_meter_kind.n && !is_kind(d->sub_meter_kind))
		return ctx_fail(c, ERR_INVALID, "sub_meter_kind", "\"sub_meter_kind\" is PHYSICAL or VIRTUAL.");
	bool is_virtual = str_eqz(d->sub_meter_kind, "VIRTUAL");
	if (is_virtual && !d->formula.n)
		return ctx_fail(c, ERR_INVALID, "formula",
		                "A virtual meter needs a formula over other meters, such as M12 - M13.");
	if (!is_virtual && d->formula.n)
		return ctx_fail(c, ERR_INVALID, "formula", "Only a virtual meter has a formula.");
	return d->formula.n ? check_line(c, "formula", d->formula, 400) : OK;
}

/* A formula is over other meters of the property that are not virtual themselves. */
static enum err check_formula(struct ctx *c, int64_t id, const struct meter_edit *d)
{
	struct formula_term term[FORMULA_TERMS_MAX];
	size_t n = 0;
	enum err e = d->formula.n ? formula_parse(c, d->formula, term, &n) : OK;
	for (size_t i = 0; !e && i < n; i++) {
		struct meter m;
		e = meter_get(c, term[i].meter_id, &m);
		if (e == ERR_NOT_FOUND ||
		    (!e && (m.id == id || m.property_id != d->property_id || m.formula.n)))
			e = ctx_fail(c, ERR_INVALID, "formula",
			             "M%lld is no other meter of this property that is not virtual itself.",
			             (long long)term[i].meter_id);
	}
	return e;
}

static enum err check_edit(struct ctx *c, int64_t id, struct meter_edit *d)
{
	enum err e = right_to_property(c, d->property_id, RIGHT_EDIT);
	if (!e)
		e = check_identifier(c, d->identifier);
	if (!e)
		e = check_line(c, "name", d->name, NAME_MAX_CHARS);
	if (!e)
		e = check_type(c, d);
	if (!e)
		e = check_formula(c, id, d);
	if (!e)
		e = check_zone(c, "time_zone", d->time_zone);
	return e ? e : check_free(c, id, d->property_id, d->identifier);
}

/* The zone of a new meter where none is said (DECISIONS 6). */
static enum err zone_of_new(struct ctx *c, int64_t property_id, struct str *zone)
{
	struct db_cur cur;
	*zone = setting_text(c, SETTING_default_time_zone);
	db_query(c->db, &cur, &sql_meter_zone, DB_ARGS(db_i(property_id)));
	if (db_next(&cur) && db_text(&cur, 0).n)
		*zone = arena_str(c->arena, db_text(&cur, 0));
	enum err e = db_done(&cur);
	return e ? ctx_db_failed(c, e, "reading a property") : OK;
}

static struct db_val text_or_null(struct str s)
{
	return s.n ? db_t(s) : db_null();
}

/* No meter gets into a property that has been removed. */
static enum err check_active(struct ctx *c, int64_t property_id)
{
	struct property p;
	enum err e = property_get(c, property_id, &p);
	return e || p.is_active ? e
	                        : ctx_fail(c, ERR_CONFLICT, "property_id",
	                                   "The property is not active: restore that first.");
}

static struct meter_edit merged(const struct meter *now, const struct meter_edit *edit, uint64_t given)
{
	struct meter_edit all = {now->identifier, now->name,      now->meter_type, now->sub_meter_kind,
	                         now->formula,    now->time_zone, now->property_id};
	rec_merge(&meter_edit_desc, &all, edit, given);
	if (str_eqz(all.meter_type, "MAIN_METER") && !str_eq(all.meter_type, now->meter_type))
		all.sub_meter_kind = all.formula = (struct str){NULL, 0}; /* it is none any more */
	return all;
}

/* The days of a meter are cut in its zone, also those that an undone import would bring back. */
static enum err check_cut(struct ctx *c, const struct meter *now, struct str time_zone)
{
	int64_t any;
	if (str_eq(time_zone, now->time_zone))
		return OK;
	enum err e = db_one_int(c->db, &sql_meter_cut, DB_ARGS(db_i(now->id)), &any);
	if (e == ERR_NOT_FOUND)
		return OK;
	if (e)
		return ctx_db_failed(c, e, "looking for a meter's days");
	return ctx_fail(c, ERR_CONFLICT, "time_zone",
	                "The meter has readings, or an import of them that is undone, and their days are cut "
	                "in %.*s: they would have to be imported anew for another time zone.",
	                STR_ARG(now->time_zone));
}

/* What the formulas of its property name stays there, and is measured. */
static enum err check_named(struct ctx *c, const struct meter *now, const struct meter_edit *d)
{
	enum err e;
	size_t n;
	if (d->property_id == now->property_id && (!d->formula.n || now->formula.n))
		return OK;
	struct meter *m = db_all(c->db, &sql_meter_virtual, DB_ARGS(db_i(now->property_id)), c->arena,
	                         &meter_desc, &n, &e);
	for (size_t i = 0; !e && i < n; i++) {
		struct formula_term term[FORMULA_TERMS_MAX];
		size_t terms = 0;
		e = formula_parse(c, m[i].formula, term, &terms);
		for (size_t k = 0; !e && k < terms; k++)
			if (term[k].meter_id == now->id && m[i].id != now->id)
				return ctx_fail(c, ERR_CONFLICT, d->formula.n ? "formula" : "property_id",
				                "The formula of the virtual meter %.*s names this one: change "
				                "that first.",
				                STR_ARG(m[i].identifier));
	}
	return e && !c->fault.code ? ctx_db_failed(c, e, "reading formulas") : e;
}

/* An editor moves a meter about among the owner's properties; only the owner gives it away, and then all that
 * it is called must be free there. */
static enum err check_move(struct ctx *c, int64_t meter_id, int64_t from_id, int64_t to_id)
{
	struct property from, to;
	struct meter_identifier *called;
	size_t n = 0;
	enum err e = check_active(c, to_id);
	if (!e)
		e = meter_identifiers(c, meter_id, &called, &n);
	for (size_t i = 0; !e && i < n; i++)
		e = check_free(c, meter_id, to_id, called[i].identifier);
	if (!e)
		e = property_get(c, from_id, &from);
	if (!e)
		e = property_get(c, to_id, &to);
	return e || from.owner_id == to.owner_id ? e : right_to_property(c, from_id, RIGHT_OWN);
}

/* In a transaction. */
static enum err update(struct ctx *c, int64_t id, int64_t version, const struct meter_edit *edit,
                       uint64_t given)
{
	struct meter now;
	enum err e = meter_get(c, id, &now);
	if (!e)
		e = right_to_property(c, now.property_id, RIGHT_EDIT);
	if (e)
		return e;
	if (version && version != now.version)
		return ctx_fail(c, ERR_PRECONDITION, "", "The meter was changed meanwhile: look at it again.");
	struct meter_edit d = merged(&now, edit, given);
	e = check_cut(c, &now, d.time_zone);
	if (!e)
		e = check_edit(c, id, &d);
	if (!e)
		e = check_named(c, &now, &d);
	if (!e && d.property_id != now.property_id)
		e = check_move(c, id, now.property_id, d.property_id);
	if (!e)
		e = db_run(c->db, &sql_meter_update,
		           DB_ARGS(db_i(d.property_id), db_t(d.identifier), text_or_null(d.name),
		                   db_t(d.meter_type), text_or_null(d.sub_meter_kind), text_or_null(d.formula),
		                   db_t(d.time_zone), db_i(id)));
	if (e == ERR_CONFLICT && !c->fault.code)
		return ctx_fail(c, e, "identifier",
		                "A meter %.*s went from that property with an import that was undone: add it "
		                "again instead.",
		                STR_ARG(d.identifier));
	return e;
}

enum err meter_update(struct ctx *c, int64_t id, int64_t version, const struct meter_edit *edit, uint64_t given,
                      struct meter *out)
{
	enum err e = ctx_begin(c, "changing a meter");
	if (!e)
		e = ctx_end(c, update(c, id, version, edit, given), "changing a meter");
	return e ? e : meter_get(c, id, out);
}

static enum err activate(struct ctx *c, int64_t id, bool active, struct meter *out)
{
	enum err e = db_run(c->db, &sql_meter_activate, DB_ARGS(db_i(active), db_i(id)));
	if (!e)
		e = audit_add(c, active ? "meter.restore" : "meter.remove", out->identifier, STR(""));
	return e ? e : meter_get(c, id, out);
}

/* In a transaction. */
static enum err remove_one(struct ctx *c, int64_t id, struct meter *out)
{
	enum err e = meter_get(c, id, out);
	if (!e)
		e = right_to_property(c, out->property_id, RIGHT_EDIT);
	return e || !out->is_active ? e : activate(c, id, false, out);
}

enum err meter_remove(struct ctx *c, int64_t id, struct meter *out)
{
	enum err e = ctx_begin(c, "removing a meter");
	return e ? e : ctx_end(c, remove_one(c, id, out), "removing a meter");
}

/* In a transaction. One that went with an import that was undone comes back as what is said now. */
static enum err create(struct ctx *c, struct meter_edit d, int64_t *id)
{
	uint64_t given = d.time_zone.n ? EDIT_ALL : EDIT_ALL & ~EDIT_TIME_ZONE;
	enum err e = d.time_zone.n ? OK : zone_of_new(c, d.property_id, &d.time_zone);
	if (!e)
		e = check_edit(c, 0, &d);
	if (!e)
		e = check_active(c, d.property_id);
	if (e)
		return e;
	e = db_one_int(c->db, &sql_meter_come_back, DB_ARGS(db_i(d.property_id), db_t(d.identifier)), id);
	if (e != ERR_NOT_FOUND)
		return e ? e : update(c, *id, 0, &d, given);
	return db_one_int(c->db, &sql_meter_insert,
	                  DB_ARGS(db_i(d.property_id), db_t(d.identifier), text_or_null(d.name),
	                          db_t(d.meter_type), text_or_null(d.sub_meter_kind), text_or_null(d.formula),
	                          db_t(d.time_zone), db_i(ctx_now(c))),
	                  id);
}

enum err meter_create(struct ctx *c, const struct meter_edit *edit, struct meter *out)
{
	struct meter_edit d = *edit;
	int64_t id = 0;
	enum err e = right_to_write(c);
	if (!e && !d.property_id)
		e = ctx_fail(c, ERR_INVALID, "property_id", "A meter belongs to a property: say which.");
	if (!d.meter_type.n)
		d.meter_type = d.sub_meter_kind.n ? STR("SUB_METER") : STR("MAIN_METER");
	if (!e)
		e = ctx_begin(c, "adding a meter");
	if (!e)
		e = ctx_end(c, create(c, d, &id), "adding a meter");
	return e ? e : meter_get(c, id, out);
}

/* In a transaction. */
static enum err restore(struct ctx *c, int64_t id, struct meter *out)
{
	enum err e = meter_get(c, id, out);
	if (!e)
		e = right_to_property(c, out->property_id, RIGHT_EDIT);
	if (e || out->is_active)
		return e;
	e = check_active(c, out->property_id);
	return e ? e : activate(c, id, true, out);
}

enum err meter_restore(struct ctx *c, int64_t id, struct meter *out)
{
	enum err e = ctx_begin(c, "restoring a meter");
	return e ? e : ctx_end(c, restore(c, id, out), "restoring a meter");
}

/* ---- further identifiers ---- */

static struct str day_text(struct ctx *c, struct db_cur *cur, int col)
{
	char text[CIVIL_DATE_TEXT];
	if (db_is_null(cur, col))
		return (struct str){NULL, 0};
	civil_format_day((int32_t)db_int(cur, col), text);
	return arena_str(c->arena, str_of(text));
}

enum err meter_identifiers(struct ctx *c, int64_t meter_id, struct meter_identifier **out, size_t *n)
{
	struct db_cur cur;
	struct meter m;
	size_t cap = 32;
	enum err e = meter_get(c, meter_id, &m);
	*out = ARENA_ARRAY(c->arena, struct meter_identifier, cap);
	*n = 0;
	if (e)
		return e;
	db_query(c->db, &cur, &sql_meter_identifiers, DB_ARGS(db_i(meter_id)));
	while (*n < cap && db_next(&cur))
		(*out)[(*n)++] =
		        (struct meter_identifier){db_int(&cur, 0), arena_str(c->arena, db_text(&cur, 1)),
		                                  day_text(c, &cur, 2), day_text(c, &cur, 3)};
	e = db_done(&cur);
	return e ? ctx_db_failed(c, e, "listing identifiers") : OK;
}

static enum err read_day(struct ctx *c, const char *field, struct str s, int32_t dflt, int32_t *day)
{
	*day = dflt;
	if (!s.n || civil_parse_day(s, day))
		return OK;
	return ctx_fail(c, ERR_INVALID, field, "\"%s\" is a date such as 2025-11-07.", field);
}

/* In a transaction. */
static enum err identifier_add(struct ctx *c, int64_t meter_id, const struct meter_identifier *wanted,
                               struct meter_identifier *out)
{
	struct meter m;
	int32_t from, to;
	enum err e = meter_get(c, meter_id, &m);
	if (!e)
		e = right_to_property(c, m.property_id, RIGHT_EDIT);
	if (!e)
		e = check_identifier(c, wanted->identifier);
	if (!e)
		e = read_day(c, "from", wanted->from, INT32_MIN, &from);
	if (!e)
		e = read_day(c, "to", wanted->to, INT32_MAX, &to);
	if (!e && from > to)
		e = ctx_fail(c, ERR_INVALID, "from", "The range begins after its end.");
	if (!e && str_eq(wanted->identifier, m.identifier))
		e = ctx_fail(c, ERR_CONFLICT, "identifier", "The meter is called so already.");
	if (!e)
		e = check_free(c, 0, m.property_id, wanted->identifier);
	if (e)
		return e;
	*out = *wanted;
	e = db_one_int(c->db, &sql_meter_identifier_add,
	               DB_ARGS(db_i(meter_id), db_t(wanted->identifier),
	                       wanted->from.n ? db_i(from) : db_null(), wanted->to.n ? db_i(to) : db_null()),
	               &out->id);
	return e ? ctx_db_failed(c, e, "adding an identifier") : OK;
}

enum err meter_identifier_add(struct ctx *c, int64_t meter_id, const struct meter_identifier *wanted,
                              struct meter_identifier *out)
{
	enum err e = ctx_begin(c, "adding an identifier");
	return e ? e : ctx_end(c, identifier_add(c, meter_id, wanted, out), "adding an identifier");
}

enum err meter_identifier_remove(struct ctx *c, int64_t meter_id, int64_t id)
{
	struct meter m;
	bool changed;
	enum err e = meter_get(c, meter_id, &m);
	if (!e)
		e = right_to_property(c, m.property_id, RIGHT_EDIT);
	if (!e)
		e = audit_run(c, "removing an identifier", &sql_meter_identifier_remove,
		              DB_ARGS(db_i(id), db_i(meter_id)), "meter.identifier_remove", m.identifier,
		              &changed);
	return e || changed ? e : ctx_fail(c, ERR_NOT_FOUND, "identifier", "The meter has no such identifier.");
}
