/*
 * site: see site.h. This file owns the table site_layers and the columns of `properties` that it fills.
 *
 * Layers are laid whenever one of a property changes; there are few properties, and few files of them.
 */
#include "app/site.h"

#include "db/db.h"

#define FIELDS                                                                                              \
	"company_id, region_id, address, postcode, site_type, floor_area, latitude, longitude, is_active, " \
	"created_at"
#define OF_LAYER                                                                                    \
	"l.company_id, l.region_id, l.address, l.postcode, l.site_type, l.floor_area, l.latitude, " \
	"l.longitude, "                                                                             \
	"l.is_active, l.created_at"

SQL(site_find,
    "SELECT id, is_undone FROM properties WHERE name = ? AND (CAST(? AS BIGINT) = 0 OR owner_id = ?) "
    "ORDER BY id LIMIT 2");
SQL(site_make,
    "INSERT INTO properties (name, owner_id, made_by_job, created_at) VALUES (?, ?, ?, ?) RETURNING id");
/* layer 0; of a property that a batch made it states nothing */
SQL(site_base,
    "INSERT INTO site_layers (property_id, job_id, " FIELDS ") SELECT p.id, 0, p.company_id, p.region_id, "
    "p.address, p.postcode, p.site_type, p.floor_area, p.latitude, p.longitude, "
    "CASE WHEN p.made_by_job IS NULL THEN p.is_active END, CASE WHEN p.made_by_job IS NULL THEN "
    "p.created_at END FROM properties p WHERE p.id = ? ON CONFLICT (property_id, job_id) DO NOTHING");
SQL(site_layers,
    "SELECT " OF_LAYER ", l.job_id, j.on_conflict, CASE WHEN j.undone_at IS NULL THEN 1 ELSE 0 END "
    "FROM site_layers l LEFT JOIN jobs j ON j.id = l.job_id WHERE l.property_id = ? ORDER BY l.job_id");
SQL(site_state,
    "INSERT INTO site_layers (property_id, job_id, " FIELDS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (property_id, job_id) DO UPDATE SET company_id = COALESCE(excluded.company_id, "
    "site_layers.company_id), region_id = COALESCE(excluded.region_id, site_layers.region_id), "
    "address = COALESCE(excluded.address, site_layers.address), postcode = COALESCE(excluded.postcode, "
    "site_layers.postcode), site_type = COALESCE(excluded.site_type, site_layers.site_type), "
    "floor_area = COALESCE(excluded.floor_area, site_layers.floor_area), latitude = "
    "COALESCE(excluded.latitude, "
    "site_layers.latitude), longitude = COALESCE(excluded.longitude, site_layers.longitude), "
    "is_active = COALESCE(excluded.is_active, site_layers.is_active), "
    "created_at = COALESCE(excluded.created_at, site_layers.created_at)");
SQL(site_show, "UPDATE properties SET is_undone = ?, company_id = ?, region_id = ?, address = ?, postcode = ?, "
               "site_type = ?, "
               "floor_area = ?, latitude = ?, longitude = ?, is_active = COALESCE(CAST(? AS BIGINT), 1), "
               "created_at = COALESCE(CAST(? AS BIGINT), (SELECT j.queued_at FROM jobs j WHERE j.id = "
               "properties.made_by_job), "
               "created_at) WHERE id = ?");
SQL(site_of_job,
    "SELECT property_id FROM site_layers WHERE job_id = ? AND property_id > ? ORDER BY property_id LIMIT 1");
SQL(site_held,
    "SELECT CASE WHEN p.made_by_job IS NULL OR EXISTS (SELECT 1 FROM meters m WHERE m.property_id = p.id "
    "AND m.is_undone = 0) THEN 1 ELSE 0 END FROM properties p WHERE p.id = ?");

static bool is_text(int field)
{
	return field < SITE_TEXTS;
}

/* What shows of a property. */
struct shown {
	struct site site;
	bool spoken; /* some live batch states it */
};

static void lay(struct shown *onto, const struct site *s, enum series_policy policy)
{
	for (int f = 0; f < SITE_FIELDS; f++) {
		if (!s->stated[f] || (policy == SERIES_KEEP && onto->site.stated[f]))
			continue;
		onto->site.stated[f] = true;
		onto->site.number[f] = s->number[f];
		if (is_text(f))
			onto->site.text[f] = s->text[f];
	}
}

static bool same(const struct site *a, const struct site *b)
{
	for (int f = 0; f < SITE_FIELDS; f++)
		if (a->stated[f] != b->stated[f] ||
		    (a->stated[f] &&
		     (is_text(f) ? !str_eq(a->text[f], b->text[f]) : a->number[f] != b->number[f])))
			return false;
	return true;
}

/* The layers of a property, laid. `job_id` is taken for live or not as `live` says, the others as their jobs
 * say. */
static enum err lay_all(struct ctx *c, int64_t property_id, int64_t job_id, bool live, struct shown *out)
{
	struct db_cur cur;
	*out = (struct shown){.spoken = false};
	db_query(c->db, &cur, &sql_site_layers, DB_ARGS(db_i(property_id)));
	while (db_next(&cur)) {
		struct site s = {.stated = {false}};
		enum series_policy policy = SERIES_ACTUAL_WINS;
		int64_t job = db_int(&cur, SITE_FIELDS);
		if (!(job && job == job_id ? live : db_int(&cur, SITE_FIELDS + 2) != 0))
			continue;
		for (int f = 0; f < SITE_FIELDS; f++) {
			s.stated[f] = !db_is_null(&cur, f);
			if (is_text(f))
				s.text[f] = arena_str(c->arena, db_text(&cur, f));
			else
				s.number[f] = db_int(&cur, f);
		}
		series_policy_of(db_text(&cur, SITE_FIELDS + 1), &policy);
		lay(out, &s, policy);
		out->spoken = out->spoken || job;
	}
	return db_done(&cur);
}

static struct db_val field_value(const struct site *s, int f)
{
	return !s->stated[f] ? db_null() : is_text(f) ? db_t(s->text[f]) : db_i(s->number[f]);
}

#define FIELD_VALUES(s)                                                                                        \
	field_value(s, SITE_company_id), field_value(s, SITE_region_id), field_value(s, SITE_address),         \
	        field_value(s, SITE_postcode), field_value(s, SITE_type), field_value(s, SITE_floor_area),     \
	        field_value(s, SITE_latitude), field_value(s, SITE_longitude), field_value(s, SITE_is_active), \
	        field_value(s, SITE_created_at)

static enum err show(struct ctx *c, int64_t property_id, const struct shown *s, bool seen)
{
	return db_run(c->db, &sql_site_show, DB_ARGS(db_i(!seen), FIELD_VALUES(&s->site), db_i(property_id)));
}

/* ---- stating ---- */

/* The (first) property of that name; id 0: there is none. */
static enum err find(struct ctx *c, struct str name, int64_t as_user, int64_t *id, bool *undone, bool *several)
{
	struct db_cur cur;
	*id = 0;
	*undone = false;
	db_query(c->db, &cur, &sql_site_find, DB_ARGS(db_t(name), db_i(as_user), db_i(as_user)));
	if (db_next(&cur)) {
		*id = db_int(&cur, 0);
		*undone = db_int(&cur, 1) != 0;
	}
	*several = db_next(&cur);
	return db_done(&cur);
}

enum err site_ambiguous(struct ctx *c, struct str name, int64_t as_user, bool *several)
{
	int64_t id;
	bool undone;
	enum err e = find(c, name, as_user, &id, &undone, several);
	return e ? ctx_db_failed(c, e, "looking for a property") : OK;
}

static enum series_outcome outcome_of(const struct shown *before, const struct shown *after,
                                      const struct site *stated)
{
	if (!same(&before->site, &after->site))
		return SERIES_CHANGED;
	struct shown covered = *after;
	lay(&covered, stated, SERIES_REPLACE);
	return same(&covered.site, &after->site) ? SERIES_IDENTICAL : SERIES_KEPT;
}

static enum err write(struct ctx *c, int64_t id, int64_t job_id, const struct site *stated, struct shown *after)
{
	enum err e = db_run(c->db, &sql_site_state, DB_ARGS(db_i(id), db_i(job_id), FIELD_VALUES(stated)));
	if (!e)
		e = lay_all(c, id, 0, true, after);
	return e ? e : show(c, id, after, true);
}

enum err site_put(struct ctx *c, struct str name, int64_t as_user, int64_t job_id, const struct site *stated,
                  enum series_policy policy, bool dry, enum series_outcome *outcome)
{
	struct shown before = {0}, after;
	int64_t id;
	bool undone, several;
	enum err e = find(c, name, as_user, &id, &undone, &several);
	bool is_new = !id || undone;
	*outcome = SERIES_NEW;
	if (!e && dry && is_new)
		return OK;
	if (!e && !id)
		e = db_one_int(c->db, &sql_site_make,
		               DB_ARGS(db_t(name), db_i0(as_user), db_i(job_id), db_i(ctx_now(c))), &id);
	if (!e && !dry)
		e = db_run(c->db, &sql_site_base, DB_ARGS(db_i(id)));
	if (!e)
		e = lay_all(c, id, 0, true, &before);
	after = before;
	if (!e && dry)
		lay(&after, stated, policy);
	else if (!e)
		e = write(c, id, job_id, stated, &after);
	if (e)
		return ctx_db_failed(c, e, "storing a property");
	if (!is_new)
		*outcome = outcome_of(&before, &after, stated);
	return OK;
}

/* ---- undo ---- */

static void count(const struct shown *before, const struct shown *after, bool held,
                  struct layers_counts *counts)
{
	bool was = held || before->spoken, is = held || after->spoken;
	counts->days++;
	if (was != is)
		++*(is ? &counts->added : &counts->removed);
	else
		++*(same(&before->site, &after->site) ? &counts->same : &counts->changed);
}

static enum err settle_one(struct ctx *c, int64_t id, int64_t job_id, bool live, bool dry,
                           struct layers_counts *counts)
{
	struct shown before, after;
	int64_t held = 0;
	enum err e = lay_all(c, id, job_id, !live, &before);
	if (!e)
		e = lay_all(c, id, job_id, live, &after);
	if (!e)
		e = db_one_int(c->db, &sql_site_held, DB_ARGS(db_i(id)), &held);
	if (e)
		return e;
	count(&before, &after, held != 0, counts);
	return dry ? OK : show(c, id, &after, held || after.spoken);
}

enum err site_settle(struct ctx *c, int64_t job_id, bool live, bool dry, struct layers_counts *counts)
{
	struct arena *outer = c->arena;
	int64_t id = 0;
	enum err e = OK;
	c->arena = arena_new(4 << 20);
	while (!e && (e = db_one_int(c->db, &sql_site_of_job, DB_ARGS(db_i(job_id), db_i(id)), &id)) == OK) {
		arena_reset(c->arena);
		e = settle_one(c, id, job_id, live, dry, counts);
	}
	arena_free(c->arena);
	c->arena = outer;
	return e == ERR_NOT_FOUND ? OK : ctx_db_failed(c, e, "bringing properties into line");
}
