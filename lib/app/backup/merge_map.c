/*
 * merge_map: see merge_map.h. A rule is two statements: the keys of the archive's rows, and which rows here
 * have such a key. Rules of one table are tried one after the other for all of its rows, the surest first.
 */
#include "app/backup/merge_map.h"

#include "db/migrate.h"

#define KEYS_MAX 8

/* What a part of a key is, if it is no number of a row in another table. */
enum { PLAIN = BACKUP_OF_NOTHING, TEXT_KEY = -1, BLOB_KEY = -2 };

#define OWNED   "COALESCE(owner_id, 0)"
#define P_OWNED "COALESCE(p.owner_id, 0)"
#define A_METER "FROM meters m JOIN properties p ON p.id = m.property_id"
#define AN_IDENTIFIER                                                                              \
	"FROM meter_identifiers i JOIN meters m ON m.id = i.meter_id JOIN properties p ON p.id = " \
	"m.property_id"
#define SESSION_KEY                                                                              \
	"car_id, day, COALESCE(odometer, -1), COALESCE(charge_delivered_kwh, -1), CASE WHEN "    \
	"odometer IS NULL THEN COALESCE(started_at, 0) ELSE 0 END FROM charging_sessions WHERE " \
	"status = 'closed' AND is_undone = 0"
#define SCHEDULE_KEY \
	"user_id, address, cron, import_type, COALESCE(meter, ''), COALESCE(property_id, 0) FROM schedules"
#define EXPORT_KEY                                                                                   \
	"user_id, shape || ' ' || format, COALESCE(property_id, 0), COALESCE(meter_id, 0), period, " \
	"COALESCE(days, 0), cron FROM export_schedules"

SQL(match_users, "SELECT id, email FROM users ORDER BY id");
SQL(there_users, "SELECT id FROM users WHERE email = ?");
SQL(match_tokens, "SELECT id, secret_hash FROM tokens ORDER BY id");
SQL(there_tokens, "SELECT id FROM tokens WHERE secret_hash = ?");
SQL(match_properties, "SELECT id, " OWNED ", name, created_at FROM properties ORDER BY id");
SQL(there_properties_same,
    "SELECT id FROM properties WHERE " OWNED " = ? AND name = ? AND created_at = ? ORDER BY id");
SQL(match_properties_name, "SELECT id, " OWNED ", name FROM properties ORDER BY id");
SQL(there_properties_name, "SELECT id FROM properties WHERE " OWNED " = ? AND name = ? ORDER BY id");
SQL(match_properties_renamed, "SELECT id, " OWNED ", id, created_at FROM properties ORDER BY id");
SQL(there_properties_renamed, "SELECT id FROM properties WHERE " OWNED " = ? AND id = ? AND created_at = ?");
SQL(match_jobs, "SELECT id, batch_id FROM jobs ORDER BY id");
SQL(there_jobs, "SELECT id FROM jobs WHERE batch_id = ?");
SQL(match_meters, "SELECT m.id, " P_OWNED ", m.identifier " A_METER " ORDER BY m.id");
SQL(there_meters, "SELECT m.id " A_METER " WHERE " P_OWNED " = ? AND m.identifier = ? ORDER BY m.id");
SQL(there_meters_besides,
    "SELECT m.id " AN_IDENTIFIER " WHERE " P_OWNED " = ? AND i.identifier = ? ORDER BY m.id");
SQL(match_meters_besides, "SELECT m.id, " P_OWNED ", i.identifier " AN_IDENTIFIER " ORDER BY m.id, i.id");
SQL(match_identifiers, "SELECT id, meter_id, identifier FROM meter_identifiers ORDER BY id");
SQL(there_identifiers, "SELECT id FROM meter_identifiers WHERE meter_id = ? AND identifier = ?");
SQL(match_events, "SELECT id, meter_id, channel, at FROM meter_events ORDER BY id");
SQL(there_events, "SELECT id FROM meter_events WHERE meter_id = ? AND channel = ? AND at = ?");
SQL(match_series, "SELECT id, meter_id, channel, interval_minutes FROM series ORDER BY id");
SQL(there_series, "SELECT id FROM series WHERE meter_id = ? AND channel = ? AND interval_minutes = ?");
SQL(match_errors, "SELECT id, job_id, severity, code, subject FROM job_errors ORDER BY id");
SQL(there_errors, "SELECT id FROM job_errors WHERE job_id = ? AND severity = ? AND code = ? AND subject = ?");
SQL(match_exports_same, "SELECT id, user_id, id, created_at FROM export_schedules ORDER BY id");
SQL(there_exports_same, "SELECT id FROM export_schedules WHERE user_id = ? AND id = ? AND created_at = ?");
SQL(match_exports, "SELECT id, " EXPORT_KEY " ORDER BY id");
SQL(there_exports,
    "SELECT id FROM (SELECT id, user_id AS a, shape || ' ' || format AS b, COALESCE(property_id, 0) AS c, "
    "COALESCE(meter_id, 0) AS d, period AS e, COALESCE(days, 0) AS f, cron AS g FROM export_schedules) x "
    "WHERE a = ? AND b = ? AND c = ? AND d = ? AND e = ? AND f = ? AND g = ? ORDER BY id");
SQL(match_presets, "SELECT id, name_key FROM presets ORDER BY id");
SQL(there_presets, "SELECT id FROM presets WHERE name_key = ?");
SQL(match_schedules_same, "SELECT id, user_id, id, created_at FROM schedules ORDER BY id");
SQL(there_schedules_same, "SELECT id FROM schedules WHERE user_id = ? AND id = ? AND created_at = ?");
SQL(match_schedules, "SELECT id, " SCHEDULE_KEY " ORDER BY id");
SQL(there_schedules,
    "SELECT id FROM schedules WHERE user_id = ? AND address = ? AND cron = ? AND import_type = ? "
    "AND COALESCE(meter, '') = ? AND COALESCE(property_id, 0) = ? ORDER BY id");
SQL(match_cars, "SELECT id, COALESCE(user_id, 0), name_key FROM cars ORDER BY id");
SQL(there_cars, "SELECT id FROM cars WHERE COALESCE(user_id, 0) = ? AND name_key = ?");
SQL(match_cars_renamed, "SELECT id, COALESCE(user_id, 0), id, created_at FROM cars ORDER BY id");
SQL(there_cars_renamed, "SELECT id FROM cars WHERE COALESCE(user_id, 0) = ? AND id = ? AND created_at = ?");
SQL(match_tariffs,
    "SELECT id, COALESCE(user_id, 0), COALESCE(car_id, 0), network, from_day FROM charging_tariffs "
    "ORDER BY id");
SQL(there_tariffs,
    "SELECT id FROM charging_tariffs WHERE COALESCE(user_id, 0) = ? AND COALESCE(car_id, 0) = ? AND "
    "network = ? AND from_day = ?");
SQL(match_charges, "SELECT id, public_id FROM charging_sessions ORDER BY id");
SQL(there_charges, "SELECT id FROM charging_sessions WHERE public_id = ?");
SQL(match_charges_key, "SELECT id, " SESSION_KEY " ORDER BY id");
SQL(there_charges_key,
    "SELECT id FROM charging_sessions WHERE car_id = ? AND day = ? AND COALESCE(odometer, -1) = ? AND "
    "COALESCE(charge_delivered_kwh, -1) = ? AND CASE WHEN odometer IS NULL THEN COALESCE(started_at, 0) ELSE 0 "
    "END "
    "= ? AND status = 'closed' AND is_undone = 0 ORDER BY id");
SQL(match_job_state, "SELECT undone_at, cleaned_at, on_conflict FROM jobs WHERE id = ?");

static const struct rule {
	enum backup_target of;
	const struct db_sql *keys, *there;
	int part[KEYS_MAX]; /* PLAIN, TEXT_KEY, BLOB_KEY, or the table that the number is of */
	size_t n;
} rules[] = {
        {BACKUP_OF_users, &sql_match_users, &sql_there_users, {TEXT_KEY}, 1},
        {BACKUP_OF_tokens, &sql_match_tokens, &sql_there_tokens, {BLOB_KEY}, 1},
        {BACKUP_OF_properties,
         &sql_match_properties,
         &sql_there_properties_same,
         {BACKUP_OF_users, TEXT_KEY, PLAIN},
         3},
        {BACKUP_OF_properties,
         &sql_match_properties_name,
         &sql_there_properties_name,
         {BACKUP_OF_users, TEXT_KEY},
         2},
        {BACKUP_OF_properties,
         &sql_match_properties_renamed,
         &sql_there_properties_renamed,
         {BACKUP_OF_users, PLAIN, PLAIN},
         3},
        {BACKUP_OF_jobs, &sql_match_jobs, &sql_there_jobs, {TEXT_KEY}, 1},
        {BACKUP_OF_meters, &sql_match_meters, &sql_there_meters, {BACKUP_OF_users, TEXT_KEY}, 2},
        {BACKUP_OF_meters, &sql_match_meters, &sql_there_meters_besides, {BACKUP_OF_users, TEXT_KEY}, 2},
        {BACKUP_OF_meters, &sql_match_meters_besides, &sql_there_meters, {BACKUP_OF_users, TEXT_KEY}, 2},
        {BACKUP_OF_meter_identifiers,
         &sql_match_identifiers,
         &sql_there_identifiers,
         {BACKUP_OF_meters, TEXT_KEY},
         2},
        {BACKUP_OF_meter_events, &sql_match_events, &sql_there_events, {BACKUP_OF_meters, TEXT_KEY, PLAIN}, 3},
        {BACKUP_OF_series, &sql_match_series, &sql_there_series, {BACKUP_OF_meters, TEXT_KEY, PLAIN}, 3},
        {BACKUP_OF_job_errors,
         &sql_match_errors,
         &sql_there_errors,
         {BACKUP_OF_jobs, TEXT_KEY, TEXT_KEY, TEXT_KEY},
         4},
        {BACKUP_OF_export_schedules,
         &sql_match_exports_same,
         &sql_there_exports_same,
         {BACKUP_OF_users, PLAIN, PLAIN},
         3},
        {BACKUP_OF_export_schedules,
         &sql_match_exports,
         &sql_there_exports,
         {BACKUP_OF_users, TEXT_KEY, BACKUP_OF_properties, BACKUP_OF_meters, TEXT_KEY, PLAIN, TEXT_KEY},
         7},
        {BACKUP_OF_presets, &sql_match_presets, &sql_there_presets, {TEXT_KEY}, 1},
        {BACKUP_OF_schedules,
         &sql_match_schedules_same,
         &sql_there_schedules_same,
         {BACKUP_OF_users, PLAIN, PLAIN},
         3},
        {BACKUP_OF_schedules,
         &sql_match_schedules,
         &sql_there_schedules,
         {BACKUP_OF_users, TEXT_KEY, TEXT_KEY, TEXT_KEY, TEXT_KEY, BACKUP_OF_properties},
         6},
        {BACKUP_OF_cars, &sql_match_cars, &sql_there_cars, {BACKUP_OF_users, TEXT_KEY}, 2},
        {BACKUP_OF_cars, &sql_match_cars_renamed, &sql_there_cars_renamed, {BACKUP_OF_users, PLAIN, PLAIN}, 3},
        {BACKUP_OF_charging_tariffs,
         &sql_match_tariffs,
         &sql_there_tariffs,
         {BACKUP_OF_users, BACKUP_OF_cars, TEXT_KEY, PLAIN},
         4},
        {BACKUP_OF_charging_sessions, &sql_match_charges, &sql_there_charges, {TEXT_KEY}, 1},
        {BACKUP_OF_charging_sessions,
         &sql_match_charges_key,
         &sql_there_charges_key,
         {BACKUP_OF_cars, PLAIN, PLAIN, PLAIN, PLAIN},
         5},
};

/* ---- numbers that are taken ---- */

/* A set of numbers; 0 is never in it. */
struct taken {
	int64_t *slot;
	size_t room; /* a power of two, more than twice as many as there will be */
};

static struct taken taken_new(struct arena *a, size_t most)
{
	struct taken t = {.room = 16};
	while (t.room < 2 * most + 2)
		t.room *= 2;
	t.slot = ARENA_ARRAY(a, int64_t, t.room);
	return t;
}

/* Its place, or the free one where it would be. */
static int64_t *taken_at(const struct taken *t, int64_t number)
{
	size_t i = (size_t)((uint64_t)number * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (t->room - 1);
	while (t->slot[i] && t->slot[i] != number)
		i = (i + 1) & (t->room - 1);
	return &t->slot[i];
}

/* ---- matching ---- */

struct merge_pair *merge_find(const struct merge *m, enum backup_target of, int64_t from)
{
	const struct merge_map *map = &m->map[of];
	size_t low = 0, high = map->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (map->pair[mid].from < from)
			low = mid + 1;
		else
			high = mid;
	}
	return low < map->n && map->pair[low].from == from ? &map->pair[low] : NULL;
}

const struct merge_job *merge_job(const struct merge *m, int64_t from)
{
	const struct merge_pair *p = merge_find(m, BACKUP_OF_jobs, from);
	return p ? &m->job[p - m->map[BACKUP_OF_jobs].pair] : NULL;
}

static enum err list_rows(struct merge *m, const struct backup_table *t)
{
	struct merge_map *map = &m->map[t->number];
	struct db_cur cur;
	size_t room = 0;
	db_query(m->from, &cur, t->all, DB_NOARGS);
	while (db_next(&cur)) {
		if (map->n == room)
			map->pair = arena_doubled(m->a, map->pair, sizeof(*map->pair), &room);
		map->pair[map->n++] = (struct merge_pair){.from = db_int(&cur, 0)};
	}
	return db_done(&cur);
}

/* The key of the row under the cursor, as it would be here. */
static void take_key(const struct merge *m, const struct rule *r, struct db_cur *cur,
                     struct db_val key[KEYS_MAX])
{
	for (size_t i = 0; i < r->n; i++) {
		int col = (int)i + 1;
		if (r->part[i] == TEXT_KEY)
			key[i] = db_t(db_text(cur, col));
		else if (r->part[i] == BLOB_KEY)
			key[i] = db_b(db_text(cur, col));
		else if (r->part[i] == PLAIN)
			key[i] = db_i(db_int(cur, col));
		else {
			const struct merge_pair *p =
			        merge_find(m, (enum backup_target)r->part[i], db_int(cur, col));
			key[i] = db_i(p ? p->to : 0);
		}
	}
}

static enum err apply(struct merge *m, const struct rule *r, struct taken *taken)
{
	struct db_val key[KEYS_MAX];
	struct db_cur cur, here;
	enum err e = OK;
	db_query(m->from, &cur, r->keys, DB_NOARGS);
	while (!e && db_next(&cur)) {
		struct merge_pair *p = merge_find(m, r->of, db_int(&cur, 0));
		if (!p || p->to)
			continue;
		take_key(m, r, &cur, key);
		db_query(m->c->db, &here, r->there, r->n, key);
		while (!p->to && db_next(&here)) {
			int64_t number = db_int(&here, 0), *at = taken_at(taken, number);
			if (*at != number)
				p->to = *at = number;
		}
		e = db_done(&here);
	}
	enum err other = db_done(&cur);
	return e ? e : other;
}

/* ---- new numbers ---- */

static enum err number_is_free(struct merge *m, const struct backup_table *t, int64_t number, bool *free_here)
{
	struct db_cur cur;
	db_query(m->c->db, &cur, t->one, DB_ARGS(db_i(number)));
	*free_here = !db_next(&cur);
	return db_done(&cur);
}

static enum err number_new(struct merge *m, const struct backup_table *t)
{
	struct merge_map *map = &m->map[t->number];
	bool free_here, all_free = true;
	int64_t highest = 0;
	enum err e = db_one_int(m->c->db, t->highest, DB_NOARGS, &highest);
	if (map->n && map->pair[map->n - 1].from > highest)
		highest = map->pair[map->n - 1].from;
	for (size_t i = 0; !e && i < map->n; i++) {
		struct merge_pair *p = &map->pair[i];
		if (p->to)
			continue;
		p->is_new = true;
		e = number_is_free(m, t, p->from, &free_here);
		p->to = free_here ? p->from : 0;
		all_free = all_free && free_here;
	}
	for (size_t i = 0; !e && i < map->n; i++) {
		struct merge_pair *p = &map->pair[i];
		if (p->is_new && (!p->to || (t->number == BACKUP_OF_jobs && !all_free)))
			p->to = ++highest;
	}
	return e;
}

static enum err read_job(struct db *db, int64_t id, struct merge_job *j, bool *undone)
{
	struct db_cur cur;
	db_query(db, &cur, &sql_match_job_state, DB_ARGS(db_i(id)));
	if (db_next(&cur)) {
		*undone = !db_is_null(&cur, 0);
		j->forgotten = *undone && !db_is_null(&cur, 1);
		j->policy = SERIES_ACTUAL_WINS;
		series_policy_of(db_text(&cur, 2), &j->policy);
	}
	return db_done(&cur);
}

static enum err read_jobs(struct merge *m)
{
	const struct merge_map *map = &m->map[BACKUP_OF_jobs];
	enum err e = OK;
	m->job = ARENA_ARRAY(m->a, struct merge_job, map->n + 1);
	for (size_t i = 0; !e && i < map->n; i++) {
		struct merge_job *j = &m->job[i];
		e = read_job(m->from, map->pair[i].from, j, &j->was_undone);
		j->is_undone = j->was_undone;
		j->forgotten = false;
		if (!e && !map->pair[i].is_new)
			e = read_job(m->c->db, map->pair[i].to, j, &j->is_undone);
	}
	return e;
}

static enum err match_table(struct merge *m, const struct backup_table *t)
{
	enum err e = list_rows(m, t);
	struct taken taken = taken_new(m->a, m->map[t->number].n);
	for (size_t i = 0; !e && i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].of == t->number)
			e = apply(m, &rules[i], &taken);
	return e ? e : number_new(m, t);
}

enum err merge_match(struct merge *m)
{
	enum err e = OK;
	for (const struct backup_table *t = NULL; !e && (t = backup_table_next(t, migrate_latest()));)
		if (t->number != BACKUP_OF_NOTHING)
			e = match_table(m, t);
	return e ? e : read_jobs(m);
}
