/* property: see property.h. Owns the tables properties (with site.c) and property_members. */
#include "app/property.h"

#include "app/audit.h"
#include "app/check.h"
#include "app/user.h"
#include "base/decimal.h"
#include "codec/utf8.h"
#include "db/db.h"

#define NAME_MAX_CHARS 200
#define TEXT_MAX_CHARS 400

#define MY_ROLE                                                                                     \
	"CASE WHEN CAST(? AS BIGINT) = 1 OR p.owner_id = ? THEN 'owner' ELSE (SELECT pm.role FROM " \
	"property_members pm WHERE pm.property_id = p.id AND pm.user_id = ?) END AS my_role, "
#define PROPERTY_COLUMNS                                                                                      \
	"p.id, p.name, p.time_zone, p.company_id, p.region_id, p.address, p.postcode, p.site_type, "          \
	"p.floor_area, CAST(p.latitude AS TEXT), CAST(p.longitude AS TEXT), p.is_active, p.is_default, "      \
	"p.owner_id, u.email AS owner_email, " MY_ROLE                                                        \
	"(SELECT COUNT(*) FROM meters m WHERE m.property_id = p.id AND m.is_active = 1 AND m.is_undone = 0) " \
	"AS meters_count, p.created_at, p.version FROM properties p LEFT JOIN users u ON u.id = p.owner_id "
#define LISTED                                                                                    \
	"WHERE p.is_undone = 0 AND " RIGHT_SEES " AND p.is_active >= ? AND p.is_active <= ? AND " \
	"(LOWER(p.name) LIKE ? ESCAPE '!' OR LOWER(COALESCE(p.address, '')) LIKE ? ESCAPE '!')"

SQL(property_list, "SELECT " PROPERTY_COLUMNS LISTED " ORDER BY LOWER(p.name), p.id LIMIT ? OFFSET ?");
SQL(property_count, "SELECT COUNT(*) FROM properties p " LISTED);
SQL(property_get, "SELECT " PROPERTY_COLUMNS "WHERE p.id = ? AND p.is_undone = 0 AND " RIGHT_SEES);
SQL(property_insert,
    "INSERT INTO properties (name, time_zone, company_id, region_id, address, postcode, site_type, floor_area, "
    "latitude, longitude, owner_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
SQL(property_update,
    "UPDATE properties SET name = ?, time_zone = ?, company_id = ?, region_id = ?, address = ?, postcode = ?, "
    "site_type = ?, floor_area = ?, latitude = ?, longitude = ?, version = version + 1, made_by_job = NULL "
    "WHERE id = ? AND version = ?");
SQL(property_layers_gone, "DELETE FROM site_layers WHERE property_id = ?");
SQL(property_activate,
    "UPDATE properties SET is_active = ?, version = version + 1, made_by_job = NULL WHERE id = ?");
SQL(property_meters_activate,
    "UPDATE meters SET is_active = ?, version = version + 1 WHERE property_id = ? AND is_active <> ?");
SQL(property_own, "UPDATE properties SET owner_id = ?, version = version + 1 WHERE id = ?");
SQL(property_namesake, "SELECT n.identifier FROM (SELECT m.identifier FROM meters m WHERE m.property_id = ? "
                       "AND m.is_undone = 0 UNION "
                       "SELECT i.identifier FROM meter_identifiers i JOIN meters m ON m.id = i.meter_id WHERE "
                       "m.property_id = ?) n WHERE "
                       "EXISTS (SELECT 1 FROM meters o JOIN properties q ON q.id = o.property_id WHERE "
                       "q.owner_id = ? AND q.id <> ? AND "
                       "o.is_undone = 0 AND (o.identifier = n.identifier OR EXISTS (SELECT 1 FROM "
                       "meter_identifiers x WHERE x.meter_id "
                       "= o.id AND x.identifier = n.identifier))) LIMIT 1");
SQL(property_members,
    "SELECT u.id, u.email, u.name, 'owner' AS role, 0 AS place FROM properties p JOIN users u ON u.id = "
    "p.owner_id WHERE p.id = ? UNION ALL SELECT u.id, u.email, u.name, pm.role, 1 FROM property_members pm "
    "JOIN users u ON u.id = pm.user_id WHERE pm.property_id = ? ORDER BY 5, 2");
SQL(property_member_put,
    "INSERT INTO property_members (user_id, property_id, role) VALUES (?, ?, ?) ON CONFLICT "
    "(user_id, property_id) DO UPDATE SET role = excluded.role");
SQL(property_member_drop, "DELETE FROM property_members WHERE user_id = ? AND property_id = ?");

static const struct rec_field fields[] = {
        REC(struct property, id, REC_INT),
        REC(struct property, name, REC_TEXT),
        REC(struct property, time_zone, REC_TEXT),
        REC(struct property, company_id, REC_TEXT),
        REC(struct property, region_id, REC_TEXT),
        REC(struct property, address, REC_TEXT),
        REC(struct property, postcode, REC_TEXT),
        REC(struct property, site_type, REC_TEXT),
        REC_FLAGS(struct property, floor_area, REC_DEC, REC_ZERO_NULL),
        REC(struct property, latitude, REC_TEXT),
        REC(struct property, longitude, REC_TEXT),
        REC(struct property, is_active, REC_BOOL),
        REC(struct property, is_default, REC_BOOL),
        REC_FLAGS(struct property, owner_id, REC_INT, REC_HIDDEN),
        REC(struct property, owner_email, REC_TEXT),
        REC(struct property, my_role, REC_TEXT),
        REC(struct property, meters_count, REC_INT),
        REC(struct property, created_at, REC_AT),
        REC(struct property, version, REC_INT),
};
const struct rec_desc property_desc = REC_DESC(struct property, fields);

/* display_name: as D calls the name. */
static const struct rec_field edit_fields[] = {
        REC(struct property_edit, name, REC_TEXT),
        REC(struct property_edit, time_zone, REC_TEXT),
        REC(struct property_edit, company_id, REC_TEXT),
        REC(struct property_edit, region_id, REC_TEXT),
        REC(struct property_edit, address, REC_TEXT),
        REC(struct property_edit, postcode, REC_TEXT),
        REC(struct property_edit, site_type, REC_TEXT),
        REC(struct property_edit, floor_area, REC_DEC),
        REC(struct property_edit, latitude, REC_TEXT),
        REC(struct property_edit, longitude, REC_TEXT),
        {"display_name", REC_TEXT, 0, offsetof(struct property_edit, name)},
};
const struct rec_desc property_edit_desc = REC_DESC(struct property_edit, edit_fields);

static const struct rec_field member_fields[] = {
        REC(struct property_member, user_id, REC_INT),
        REC(struct property_member, email, REC_TEXT),
        REC(struct property_member, name, REC_TEXT),
        REC(struct property_member, role, REC_TEXT),
};
const struct rec_desc property_member_desc = REC_DESC(struct property_member, member_fields);

/* ---- looking ---- */

static void degrees(struct ctx *c, struct str *text)
{
	int64_t micro;
	char out[DEC_TEXT];
	if (!text->n || !str_to_i64(*text, &micro))
		return;
	dec_format(micro, out);
	*text = arena_str(c->arena, str_of(out));
}

/* Coordinates are stored as whole millionths; 0 is a place, so that they cannot be numbers whose 0 is null. */
static void place(struct ctx *c, struct property *p)
{
	degrees(c, &p->latitude);
	degrees(c, &p->longitude);
}

enum err property_list(struct ctx *c, const struct property_filter *f, struct property **out, size_t *n,
                       int64_t *total)
{
	struct str like = db_like(c->arena, str_sub(str_trim(f->search), 0, 100));
	int64_t least = !f->include_inactive && !f->inactive_only, most = !f->inactive_only;
	enum err e;
	*out = db_all(c->db, &sql_property_list,
	              DB_ARGS(RIGHT_SEES_ARGS(c), RIGHT_SEES_ARGS(c), db_i(least), db_i(most), db_t(like),
	                      db_t(like), db_i(f->limit), db_i(f->offset)),
	              c->arena, &property_desc, n, &e);
	for (size_t i = 0; i < *n; i++)
		place(c, &(*out)[i]);
	if (!e)
		e = db_one_int(c->db, &sql_property_count,
		               DB_ARGS(RIGHT_SEES_ARGS(c), db_i(least), db_i(most), db_t(like), db_t(like)),
		               total);
	return e ? ctx_db_failed(c, e, "listing properties") : OK;
}

enum err property_get(struct ctx *c, int64_t id, struct property *out)
{
	enum err e = db_one(c->db, &sql_property_get, DB_ARGS(RIGHT_SEES_ARGS(c), db_i(id), RIGHT_SEES_ARGS(c)),
	                    c->arena, &property_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "property", "There is no property %lld.", (long long)id);
	if (e)
		return ctx_db_failed(c, e, "reading a property");
	place(c, out);
	return OK;
}

/* ---- changing ---- */

static enum err check_degrees(struct ctx *c, const char *field, struct str s, int64_t most, struct db_val *out)
{
	int64_t micro;
	*out = db_null();
	if (!s.n)
		return OK;
	if (dec_parse(s, '.', &micro) != DEC_OK || micro > most * DEC_ONE || micro < -most * DEC_ONE)
		return ctx_fail(c, ERR_INVALID, field,
		                "\"%s\" is in degrees, from -%lld to %lld, with at most six places.", field,
		                (long long)most, (long long)most);
	*out = db_i(micro);
	return OK;
}

/* The columns of insert and update, in their order. */
#define EDIT_COLUMNS 10
static enum err check_edit(struct ctx *c, const struct property_edit *d, struct db_val out[EDIT_COLUMNS])
{
	const struct {
		const char *field;
		struct str text;
	} texts[] = {{"company_id", d->company_id},
	             {"region_id", d->region_id},
	             {"address", d->address},
	             {"postcode", d->postcode},
	             {"site_type", d->site_type}};
	enum err e = check_line(c, "name", d->name, NAME_MAX_CHARS);
	if (!e && !d->name.n)
		e = ctx_fail(c, ERR_INVALID, "name", "A property needs a name.");
	if (!e)
		e = check_zone(c, "time_zone", d->time_zone);
	for (size_t i = 0; !e && i < sizeof(texts) / sizeof(texts[0]); i++) {
		e = check_line(c, texts[i].field, texts[i].text, TEXT_MAX_CHARS);
		out[2 + i] = texts[i].text.n ? db_t(texts[i].text) : db_null();
	}
	if (!e && d->floor_area < 0)
		e = ctx_fail(c, ERR_INVALID, "floor_area",
		             "\"floor_area\" is in square metres and not negative.");
	if (!e)
		e = check_degrees(c, "latitude", d->latitude, 90, &out[8]);
	if (!e)
		e = check_degrees(c, "longitude", d->longitude, 180, &out[9]);
	out[0] = db_t(d->name);
	out[1] = d->time_zone.n ? db_t(d->time_zone) : db_null();
	out[7] = db_i0(d->floor_area);
	return e;
}

enum err property_create(struct ctx *c, const struct property_edit *edit, struct property *out)
{
	struct db_val args[EDIT_COLUMNS + 2];
	int64_t id = 0;
	enum err e = right_to_write(c);
	if (!e)
		e = check_edit(c, edit, args);
	if (e)
		return e;
	args[EDIT_COLUMNS] = db_i0(c->actor.user_id);
	args[EDIT_COLUMNS + 1] = db_i(ctx_now(c));
	e = db_one_int(c->db, &sql_property_insert, EDIT_COLUMNS + 2, args, &id);
	return e ? ctx_db_failed(c, e, "adding a property") : property_get(c, id, out);
}

/* What was not given stays as it is. */
static struct property_edit merged(const struct property *now, const struct property_edit *edit, uint64_t given)
{
	struct property_edit all = {now->name,     now->time_zone, now->company_id, now->region_id,
	                            now->address,  now->postcode,  now->site_type,  now->floor_area,
	                            now->latitude, now->longitude};
	rec_merge(&property_edit_desc, &all, edit, given);
	return all;
}

enum err property_update(struct ctx *c, int64_t id, int64_t version, const struct property_edit *edit,
                         uint64_t given, struct property *out)
{
	struct db_val args[EDIT_COLUMNS + 2];
	struct property now;
	enum err e = right_to_property(c, id, RIGHT_EDIT);
	if (!e)
		e = property_get(c, id, &now);
	if (e)
		return e;
	if (version && version != now.version)
		return ctx_fail(c, ERR_PRECONDITION, "",
		                "The property was changed meanwhile: look at it again.");
	struct property_edit all = merged(&now, edit, given);
	e = check_edit(c, &all, args);
	if (e)
		return e;
	args[EDIT_COLUMNS] = db_i(id);
	args[EDIT_COLUMNS + 1] = db_i(now.version);
	e = ctx_begin(c, "changing a property");
	if (e)
		return e;
	e = db_run(c->db, &sql_property_update, EDIT_COLUMNS + 2, args);
	if (!e && db_changes(c->db) != 1)
		e = ctx_fail(c, ERR_PRECONDITION, "", "The property was changed meanwhile: look at it again.");
	if (!e)
		e = db_run(c->db, &sql_property_layers_gone, DB_ARGS(db_i(id)));
	e = ctx_end(c, e, "changing a property");
	return e ? e : property_get(c, id, out);
}

/* In a transaction. */
static enum err activate(struct ctx *c, int64_t id, bool active, bool cascade)
{
	enum err e = OK;
	if (cascade)
		e = db_run(c->db, &sql_property_meters_activate, DB_ARGS(db_i(active), db_i(id), db_i(active)));
	if (!e)
		e = db_run(c->db, &sql_property_activate, DB_ARGS(db_i(active), db_i(id)));
	return e ? e : db_run(c->db, &sql_property_layers_gone, DB_ARGS(db_i(id)));
}

static enum err remove_one(struct ctx *c, int64_t id, bool cascade)
{
	struct property p;
	enum err e = right_to_property(c, id, RIGHT_OWN);
	if (!e)
		e = property_get(c, id, &p);
	if (e || !p.is_active)
		return e;
	if (p.meters_count && !cascade)
		return ctx_fail(
		        c, ERR_CONFLICT, "",
		        "The property has %lld active meters: remove them first, or say that they go with it "
		        "(cascade).",
		        (long long)p.meters_count);
	e = activate(c, id, false, cascade);
	return e ? e : audit_add(c, "property.remove", p.name, cascade ? STR("with its meters") : STR(""));
}

enum err property_remove(struct ctx *c, int64_t id, bool cascade, struct property *out)
{
	enum err e = ctx_begin(c, "removing a property");
	if (!e)
		e = ctx_end(c, remove_one(c, id, cascade), "removing a property");
	return e ? e : property_get(c, id, out);
}

static enum err restore_one(struct ctx *c, int64_t id, bool cascade)
{
	struct property p;
	enum err e = right_to_property(c, id, RIGHT_OWN);
	if (!e)
		e = property_get(c, id, &p);
	if (e || (p.is_active && !cascade))
		return e;
	e = activate(c, id, true, cascade);
	return e ? e : audit_add(c, "property.restore", p.name, STR(""));
}

enum err property_restore(struct ctx *c, int64_t id, bool cascade, struct property *out)
{
	enum err e = ctx_begin(c, "restoring a property");
	if (!e)
		e = ctx_end(c, restore_one(c, id, cascade), "restoring a property");
	return e ? e : property_get(c, id, out);
}

/* ---- members ---- */

enum err property_members(struct ctx *c, int64_t id, struct property_member **out, size_t *n)
{
	enum err e = right_to_property(c, id, RIGHT_READ);
	*n = 0;
	if (e)
		return e;
	*out = db_all(c->db, &sql_property_members, DB_ARGS(db_i(id), db_i(id)), c->arena,
	              &property_member_desc, n, &e);
	return e ? ctx_db_failed(c, e, "listing a property's members") : OK;
}

/* Of one owner no two meters are called the same (DECISIONS 13). */
static enum err check_namesakes(struct ctx *c, int64_t id, const struct user *to)
{
	struct db_cur cur;
	struct str both = {NULL, 0};
	db_query(c->db, &cur, &sql_property_namesake, DB_ARGS(db_i(id), db_i(id), db_i(to->id), db_i(id)));
	if (db_next(&cur))
		both = arena_str(c->arena, db_text(&cur, 0));
	enum err e = db_done(&cur);
	return e || !both.n ? e
	                    : ctx_fail(c, ERR_CONFLICT, "email",
	                               "%.*s has a meter %.*s already, as this property has.",
	                               STR_ARG(to->email), STR_ARG(both));
}

/* The one owner hands the property on and stays as an editor. */
static enum err hand_on(struct ctx *c, const struct property *p, const struct user *u)
{
	int64_t to = u->id;
	enum err e = check_namesakes(c, p->id, u);
	if (!e && p->owner_id)
		e = db_run(c->db, &sql_property_member_put,
		           DB_ARGS(db_i(p->owner_id), db_i(p->id), db_z("editor")));
	if (!e)
		e = db_run(c->db, &sql_property_member_drop, DB_ARGS(db_i(to), db_i(p->id)));
	return e ? e : db_run(c->db, &sql_property_own, DB_ARGS(db_i(to), db_i(p->id)));
}

static enum err set_member(struct ctx *c, int64_t id, struct str email, struct str role)
{
	struct property p;
	struct user u;
	bool owner = str_eqz(role, "owner");
	enum err e = right_to_property(c, id, RIGHT_OWN);
	if (!e)
		e = property_get(c, id, &p);
	if (e)
		return e;
	if (!owner && !str_eqz(role, "editor") && !str_eqz(role, "viewer"))
		return ctx_fail(c, ERR_INVALID, "role", "The role is owner, editor or viewer.");
	e = user_by_email(c, email, &u);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, ERR_INVALID, "email", "There is no user %.*s.",
		                STR_ARG(utf8_cut(email, 100)));
	if (e)
		return e;
	if (u.id == p.owner_id)
		return owner ? OK
		             : ctx_fail(c, ERR_CONFLICT, "role",
		                        "%.*s owns the property: hand it on to somebody else first.",
		                        STR_ARG(u.email));
	e = owner ? hand_on(c, &p, &u)
	          : db_run(c->db, &sql_property_member_put, DB_ARGS(db_i(u.id), db_i(id), db_t(role)));
	return e ? e
	         : audit_addf(c, owner ? "property.owner" : "property.member", p.name, "%.*s is %.*s now",
	                      STR_ARG(u.email), STR_ARG(role));
}

enum err property_member_set(struct ctx *c, int64_t id, struct str email, struct str role)
{
	enum err e = ctx_begin(c, "changing a property's members");
	return e ? e : ctx_end(c, set_member(c, id, email, role), "changing a property's members");
}

enum err property_member_remove(struct ctx *c, int64_t id, int64_t user_id)
{
	struct property p;
	enum err e = property_get(c, id, &p);
	/* one may always leave */
	if (!e && user_id != c->actor.user_id)
		e = right_to_property(c, id, RIGHT_OWN);
	if (e)
		return e;
	if (user_id == p.owner_id)
		return ctx_fail(c, ERR_CONFLICT, "", "The owner cannot leave: hand the property on first.");
	bool changed;
	struct str who = str_of(arena_printf(c->arena, "%.*s, user %lld", STR_ARG(p.name), (long long)user_id));
	e = audit_run(c, "changing a property's members", &sql_property_member_drop,
	              DB_ARGS(db_i(user_id), db_i(id)), "property.member_remove", who, &changed);
	return e || changed ? e
	                    : ctx_fail(c, ERR_NOT_FOUND, "user", "That user is no member of this property.");
}
