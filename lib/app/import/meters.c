/*
 * meters: the meters and series that a run has met, kept in memory so that a row costs a hash and not a query.
 * What a file names and the ledger does not know is made, under the property that was asked for or the default
 * one, in the transaction of the batch that first needs it.
 */
#include "app/import/run.h"

#include "codec/utf8.h"
#include "db/db.h"

/* those that whom the import is by may change; an undone one comes back with the import that names it */
#define CALLED                                                                               \
	"SELECT c.id FROM meters c WHERE c.identifier = ? UNION ALL SELECT i.meter_id FROM " \
	"meter_identifiers i WHERE i.identifier = ?"
SQL(import_meter_find,
    "SELECT m.id, m.time_zone, p.name, CASE WHEN m.formula IS NULL THEN 0 ELSE 1 END FROM meters m JOIN "
    "properties p ON p.id = m.property_id WHERE m.id IN "
    "(" CALLED
    ") AND (CAST(? AS BIGINT) = 0 OR m.property_id = ?) AND (CAST(? AS BIGINT) = 0 OR p.owner_id = ? OR "
    "EXISTS (SELECT 1 FROM property_members pm WHERE pm.property_id = p.id AND pm.user_id = ? AND pm.role <> "
    "'viewer')) ORDER BY m.id LIMIT 5");
SQL(import_meter_add,
    "INSERT INTO meters (property_id, identifier, time_zone, made_by_job, created_at) VALUES (?, ?, ?, ?, ?) "
    "RETURNING id");
SQL(import_property_default, "SELECT id FROM properties WHERE is_default = 1 AND COALESCE(owner_id, 0) = ? "
                             "ORDER BY id LIMIT 1");
SQL(import_property_add, "INSERT INTO properties (name, is_default, owner_id, created_at) VALUES (?, 1, ?, ?) "
                         "RETURNING id");

SQL(import_meters_of, "SELECT DISTINCT m.identifier FROM job_series js JOIN series s ON s.id = js.series_id "
                      "JOIN meters m ON m.id = s.meter_id WHERE js.job_id = ?");

static uint64_t hash_of(struct str s)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (uint8_t)s.p[i]) * 1099511628211u;
	return (h ^ h >> 32) | 1; /* 0 is an empty place below */
}

static unsigned bucket_of(struct str s)
{
	return hash_of(s) / 2 % METER_BUCKETS;
}

/* ---- counting them, each once, also when they have been forgotten in between ---- */

static bool put_hash(struct import_seen *seen, uint64_t hash)
{
	size_t at = hash % seen->room;
	while (seen->hash[at] && seen->hash[at] != hash)
		at = (at + 1) % seen->room;
	bool is_new = !seen->hash[at];
	seen->hash[at] = hash;
	return is_new;
}

/* True the first time. Two identifiers with one 64-bit hash would be taken for one: a count, no more. */
static bool first_seen(struct import_run *r, struct str identifier)
{
	struct import_seen *seen = &r->seen;
	if (2 * seen->count >= seen->room) {
		struct import_seen old = *seen;
		seen->room = old.room ? 2 * old.room : 1024;
		seen->hash = ARENA_ARRAY(r->c->arena, uint64_t, seen->room);
		for (size_t i = 0; i < old.room; i++)
			if (old.hash[i])
				put_hash(seen, old.hash[i]);
	}
	bool is_new = put_hash(seen, hash_of(identifier));
	seen->count += is_new;
	return is_new;
}

void run_count_meter(struct import_run *r, struct import_meter *m)
{
	struct job *j = &r->run->job;
	if (m->counted)
		return;
	m->counted = true;
	if (!first_seen(r, m->identifier))
		return;
	if (m->id)
		j->meters_known++;
	else if (r->dry) /* else it is counted when it is made */
		j->meters_new++;
}

enum err run_meters_before(struct import_run *r)
{
	struct db_cur cur;
	db_query(r->c->db, &cur, &sql_import_meters_of, DB_ARGS(db_i(r->run->job.id)));
	while (db_next(&cur))
		first_seen(r, db_text(&cur, 0));
	enum err e = db_done(&cur);
	return e ? ctx_db_failed(r->c, e, "looking for an import's meters") : OK;
}

/* ---- having them ---- */

void run_forget_meters(struct import_run *r)
{
	memset(r->meters, 0, sizeof(r->meters));
	r->last_meter = NULL;
	r->meters_count = 0;
	arena_reset(r->keep);
}

static struct import_meter *load(struct import_run *r, struct str identifier)
{
	struct db_cur cur;
	struct import_meter *m = ARENA_NEW(r->keep, struct import_meter);
	const char *candidates = "";
	int found = 0;
	bool computed = false;
	m->identifier = arena_str(r->keep, identifier);
	m->tz = r->tz;
	db_query(r->c->db, &cur, &sql_import_meter_find,
	         DB_ARGS(db_t(identifier), db_t(identifier), db_i(r->property_id), db_i(r->property_id),
	                 db_i(r->as_user), db_i(r->as_user), db_i(r->as_user)));
	while (db_next(&cur)) {
		candidates = arena_printf(r->c->arena, "%s%smeter %lld of %.*s", candidates, found ? ", " : "",
		                          (long long)db_int(&cur, 0), STR_ARG(utf8_cut(db_text(&cur, 2), 60)));
		found++;
		m->id = db_int(&cur, 0);
		m->tz = tz_load(db_text(&cur, 1));
		computed = db_int(&cur, 3) != 0;
	}
	enum err e = db_done(&cur);
	if (e) {
		ctx_db_failed(r->c, e, "looking for a meter");
		return NULL;
	}
	if (found > 1) {
		run_reject(r, -1, "AMBIGUOUS_METER",
		           "More than one property has a meter %.*s (%s). Say which property the file is for.",
		           STR_ARG(identifier), candidates);
		return NULL;
	}
	if (computed) {
		run_reject(r, -1, "VIRTUAL_METER",
		           "Meter %.*s is virtual: it is computed, and has no readings itself.",
		           STR_ARG(identifier));
		return NULL;
	}
	if (!m->tz)
		m->tz = r->tz;
	return m;
}

struct import_meter *run_meter(struct import_run *r, struct str identifier)
{
	if (r->last_meter && str_eq(r->last_meter->identifier, identifier))
		return r->last_meter;
	struct import_meter **at = &r->meters[bucket_of(identifier)], *m = *at;
	while (m && !str_eq(m->identifier, identifier))
		m = m->next;
	if (!m && (m = load(r, identifier))) {
		m->next = *at;
		*at = m;
		r->meters_count++;
	}
	r->last_meter = m;
	return m;
}

struct import_series *run_series(struct import_run *r, struct import_meter *m, struct str channel,
                                 int64_t minutes, const char *unit)
{
	struct import_series *s;
	for (s = m->series; s; s = s->next)
		if (s->minutes == minutes && str_eq(s->channel, channel))
			break;
	if (!s) {
		struct str kept = {NULL, 0};
		s = ARENA_NEW(r->keep, struct import_series);
		if (m->id && series_find(r->c, m->id, channel, minutes, &s->id, &kept))
			return NULL;
		s->channel = arena_str(r->keep, channel);
		s->minutes = minutes;
		s->unit = s->id ? arena_strz(r->keep, kept) : unit;
		s->next = m->series;
		m->series = s;
	}
	if (s->unit != unit && strcmp(s->unit, unit) != 0) {
		run_reject(r, -1, "UNIT_DIFFERS",
		           "The readings of this meter's channel %.*s are kept in %s, and the row is in %s.",
		           STR_ARG(channel), s->unit, unit);
		return NULL;
	}
	return s;
}

int run_day_length(struct import_meter *m, int32_t day, int64_t minutes)
{
	if (minutes == 1440)
		return 1;
	tz_day_take(&m->local, m->tz, day);
	return (int)(m->local.seconds / (minutes * 60));
}

const struct tz_day *run_file_day(struct import_run *r, struct import_meter *m, int32_t day)
{
	struct tz_day *d = r->file_tz ? &r->file_day : &m->local;
	tz_day_take(d, r->file_tz ? r->file_tz : m->tz, day);
	return d;
}

static enum err property_for_new(struct import_run *r, int64_t *id)
{
	struct db *db = r->c->db;
	*id = r->property_id;
	if (*id)
		return OK;
	enum err e = db_one_int(db, &sql_import_property_default, DB_ARGS(db_i(r->as_user)), id);
	if (e == ERR_NOT_FOUND)
		e = db_one_int(db, &sql_import_property_add,
		               DB_ARGS(db_z("Unassigned meters"), db_i0(r->as_user), db_i(ctx_now(r->c))), id);
	return e;
}

enum err run_make(struct import_run *r, struct import_meter *m, struct import_series *s)
{
	struct job *j = &r->run->job;
	int64_t property;
	enum err e = OK;
	if (!m->id) {
		e = property_for_new(r, &property);
		if (!e)
			e = db_one_int(r->c->db, &sql_import_meter_add,
			               DB_ARGS(db_i(property), db_t(m->identifier), db_z(tz_name(m->tz)),
			                       db_i0(j->id), db_i(ctx_now(r->c))),
			               &m->id);
		if (e)
			return ctx_db_failed(r->c, e, "adding a meter");
		j->meters_new++;
	}
	/* another file may have made the series since this run looked */
	if (!s->id) {
		struct str unit;
		e = series_find(r->c, m->id, s->channel, s->minutes, &s->id, &unit);
		if (!e && !s->id)
			e = series_add(r->c, m->id, s->channel, s->minutes, str_of(s->unit), &s->id);
	}
	return e;
}
