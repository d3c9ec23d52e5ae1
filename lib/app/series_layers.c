/*
 * series_layers: see series_layers.h.
 *
 * How a layer is stored depends on what it says. The layer of the batch that days.job_id names is the row of
 * `days` itself. Another that says the same has a row of day_layers without data. All others have their data. A
 * day that does not show, because every batch that stated it is undone, has no row in `days` and all its layers
 * in day_layers. So a fresh import writes one row a day, and one that only repeats what is there 10 bytes a
 * day.
 *
 * A day stated by one batch alone is undone and redone by moving its row from one table to the other, many days
 * in one statement; days with several layers are laid anew one after the other.
 *
 * Disadvantage: a day that changes is read and written as a whole with all its layers (10 us for two).
 */
#include "app/series_layers.h"

#include "db/db.h"

#define A_DAY(t)     t ".series_id = ? AND " t ".day = ?"
#define A_WINDOW(t)  t ".series_id = ? AND " t ".day BETWEEN ? AND ?"
#define SAME_DAY     "l.series_id = d.series_id AND l.day = d.day"
#define LIVE         "CASE WHEN j.undone_at IS NULL THEN 1 ELSE 0 END"
#define DAY_ARGS(k)  db_i((k)->series_id), db_i((k)->day)
#define WINDOW_OF(w) db_i((w)->series_id), db_i((w)->first), db_i((w)->last)

SQL(layers_shown, "SELECT d.data, d.job_id, j.on_conflict, " LIVE
                  " FROM days d LEFT JOIN jobs j ON j.id = d.job_id WHERE " A_DAY("d"));
SQL(layers_of_day, "SELECT l.job_id, l.data, j.on_conflict, " LIVE " FROM day_layers l "
                   "LEFT JOIN jobs j ON j.id = l.job_id WHERE " A_DAY("l") " ORDER BY l.job_id");
SQL(layers_get,
    "SELECT COALESCE(l.data, d.data) FROM day_layers l LEFT JOIN days d ON d.series_id = l.series_id "
    "AND d.day = l.day WHERE " A_DAY("l") " AND l.job_id = ?");
SQL(layers_add, "INSERT INTO day_layers (series_id, day, job_id, data) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (series_id, day, job_id) DO NOTHING");
SQL(layers_change, "UPDATE day_layers SET data = ? WHERE series_id = ? AND day = ? AND job_id = ?");
SQL(layers_write_out, "UPDATE day_layers SET data = ? WHERE series_id = ? AND day = ? AND data IS NULL");
SQL(layers_remove, "DELETE FROM day_layers WHERE series_id = ? AND day = ? AND job_id = ?");
SQL(shown_add, "INSERT INTO days (series_id, day, job_id, data) VALUES (?, ?, ?, ?)");
SQL(shown_change, "UPDATE days SET job_id = ?, data = ? WHERE series_id = ? AND day = ?");
SQL(shown_owner, "UPDATE days SET job_id = ? WHERE series_id = ? AND day = ?");
SQL(shown_remove, "DELETE FROM days WHERE series_id = ? AND day = ?");

SQL(range_add, "INSERT INTO job_series (job_id, series_id, first_day, last_day) VALUES (?, ?, ?, ?) "
               "ON CONFLICT (job_id, series_id) DO UPDATE SET "
               "first_day = CASE WHEN excluded.first_day < job_series.first_day THEN excluded.first_day "
               "ELSE job_series.first_day END, "
               "last_day = CASE WHEN excluded.last_day > job_series.last_day THEN excluded.last_day "
               "ELSE job_series.last_day END");
SQL(range_meter_back,
    "UPDATE meters SET is_undone = 0 WHERE is_undone = 1 AND id = (SELECT s.meter_id FROM series s "
    "WHERE s.id = ?)");
SQL(range_next, "SELECT series_id, first_day, last_day FROM job_series WHERE job_id = ? AND series_id > ? "
                "ORDER BY series_id LIMIT 1");
SQL(range_days,
    "SELECT CAST(COALESCE(SUM((SELECT COUNT(*) FROM days d WHERE d.series_id = s.series_id AND d.day BETWEEN "
    "s.first_day AND s.last_day AND d.job_id = s.job_id) + (SELECT COUNT(*) FROM day_layers l "
    "WHERE l.series_id = s.series_id AND l.day BETWEEN s.first_day AND s.last_day AND l.job_id = s.job_id)), "
    "0) "
    "AS BIGINT) FROM job_series s WHERE s.job_id = ?");

/* ---- one day ---- */

struct day_key {
	int64_t series_id;
	int32_t day;
};

/* What shows of a day, as it is stored. */
struct shown {
	bool there, live;          /* live: the batch that `job` names is */
	int64_t job;               /* 0: none has stated all of it */
	enum series_policy policy; /* of that batch */
	struct str data;
	uint8_t room[SERIES_PACKED_MAX];
};

static enum err read_shown(struct ctx *c, const struct day_key *k, struct shown *s)
{
	struct db_cur cur;
	s->there = s->live = false;
	s->job = 0;
	s->policy = SERIES_ACTUAL_WINS;
	s->data = STR("");
	db_query(c->db, &cur, &sql_layers_shown, DB_ARGS(DAY_ARGS(k)));
	if (db_next(&cur)) {
		struct str data = db_text(&cur, 0);
		s->there = true;
		s->job = db_int(&cur, 1);
		series_policy_of(db_text(&cur, 2), &s->policy);
		s->live = db_int(&cur, 3) != 0;
		s->data = (struct str){(char *)s->room, data.n < sizeof(s->room) ? data.n : sizeof(s->room)};
		memcpy(s->room, data.p, s->data.n);
	}
	return db_done(&cur);
}

/* Lays a statement over what is there. True: something has changed. */
static bool lay(struct series_day *onto, const struct series_day *stated, enum series_policy policy)
{
	bool changed = false;
	for (int i = onto->n; i < stated->n; i++) {
		onto->value[i] = 0;
		onto->quality[i] = 0;
	}
	if (stated->n > onto->n)
		onto->n = stated->n;
	for (int i = 0; i < stated->n; i++)
		switch (series_judge(onto->value[i], onto->quality[i], stated->value[i], stated->quality[i],
		                     policy)) {
		case SERIES_NEW:
		case SERIES_CHANGED:
			onto->value[i] = stated->value[i];
			onto->quality[i] = stated->quality[i];
			changed = true;
			break;
		case SERIES_ABSENT:
		case SERIES_IDENTICAL:
		case SERIES_KEPT:
			break;
		}
	return changed;
}

static bool equal(const struct series_day *a, const struct series_day *b)
{
	return a->n == b->n && memcmp(a->quality, b->quality, a->n) == 0 &&
	       memcmp(a->value, b->value, a->n * sizeof(a->value[0])) == 0;
}

/* What has to show. */
struct laid {
	struct str data; /* empty: nothing */
	int64_t owner;   /* a live batch that states just this; 0: none is known */
	bool leaning;    /* some layers have no data of their own */
	uint8_t room[SERIES_PACKED_MAX];
};

/* Lays one more layer over those before it; false: it is damaged. */
static bool lay_one(struct series_day *shows, struct laid *l, int64_t job, struct str data,
                    enum series_policy policy)
{
	struct series_day stated;
	if (!series_unpack(data, &stated))
		return false;
	if (lay(shows, &stated, policy) || !l->owner)
		l->owner = equal(shows, &stated) ? job : 0;
	return true;
}

/* `job_id` is taken for live or not as `live` says, the others as their jobs say; 0: all as their jobs say. */
static enum err lay_all(struct ctx *c, const struct day_key *k, const struct shown *s, int64_t job_id,
                        bool live, struct laid *out)
{
	struct db_cur cur;
	struct series_day shows;
	bool fine = true;
	bool row =
	        s->job && (s->job == job_id ? live : s->live); /* the layer that is the row of `days` waits */
	shows.n = 0;
	out->owner = 0;
	out->leaning = false;
	db_query(c->db, &cur, &sql_layers_of_day, DB_ARGS(DAY_ARGS(k)));
	while (fine && db_next(&cur)) {
		enum series_policy policy = SERIES_ACTUAL_WINS;
		int64_t job = db_int(&cur, 0);
		struct str data = db_text(&cur, 1);
		if (row && s->job < job) {
			row = false;
			fine = lay_one(&shows, out, s->job, s->data, s->policy);
		}
		out->leaning = out->leaning || !data.p;
		if (!fine || !(job == job_id ? live : db_int(&cur, 3) != 0))
			continue;
		series_policy_of(db_text(&cur, 2), &policy);
		fine = lay_one(&shows, out, job, data.p ? data : s->data, policy);
	}
	enum err e = db_done(&cur);
	if (fine && row)
		fine = lay_one(&shows, out, s->job, s->data, s->policy);
	out->data.p = (char *)out->room;
	out->data.n = series_pack(shows.n, shows.value, shows.quality, out->room);
	return fine ? e : series_damaged(c, k->series_id, k->day);
}

static enum layers_effect effect_of(const struct shown *before, struct str now)
{
	if (before->there && str_eq(before->data, now))
		return LAYERS_SAME;
	return !now.n ? LAYERS_REMOVED : before->there ? LAYERS_CHANGED : LAYERS_ADDED;
}

/* The same shows, but the batch whose layer the row was is undone: another stands for it. */
static enum err change_owner(struct ctx *c, const struct day_key *k, int64_t from, int64_t to)
{
	enum err e = db_run(c->db, &sql_layers_add, DB_ARGS(DAY_ARGS(k), db_i(from), db_null()));
	if (!e)
		e = db_run(c->db, &sql_layers_remove, DB_ARGS(DAY_ARGS(k), db_i(to)));
	return e ? e : db_run(c->db, &sql_shown_owner, DB_ARGS(db_i0(to), DAY_ARGS(k)));
}

/* Something else shows: the layers that leaned on what showed stand on their own, and the new owner's leans. */
static enum err change_shown(struct ctx *c, const struct day_key *k, const struct shown *s,
                             const struct laid *l)
{
	enum err e = OK;
	if (l->leaning)
		e = db_run(c->db, &sql_layers_write_out, DB_ARGS(db_b(s->data), DAY_ARGS(k)));
	if (!e && s->job)
		e = db_run(c->db, &sql_layers_add, DB_ARGS(DAY_ARGS(k), db_i(s->job), db_b(s->data)));
	if (!e && l->owner)
		e = db_run(c->db, &sql_layers_remove, DB_ARGS(DAY_ARGS(k), db_i(l->owner)));
	if (e)
		return e;
	if (!l->data.n)
		return db_run(c->db, &sql_shown_remove, DB_ARGS(DAY_ARGS(k)));
	return s->there ? db_run(c->db, &sql_shown_change, DB_ARGS(db_i0(l->owner), db_b(l->data), DAY_ARGS(k)))
	                : db_run(c->db, &sql_shown_add, DB_ARGS(DAY_ARGS(k), db_i0(l->owner), db_b(l->data)));
}

/* Makes what shows of the day right. */
static enum err settle_day(struct ctx *c, const struct day_key *k, enum layers_effect *effect)
{
	struct shown s;
	struct laid l;
	enum err e = read_shown(c, k, &s);
	if (!e)
		e = lay_all(c, k, &s, 0, false, &l);
	if (e)
		return e;
	*effect = effect_of(&s, l.data);
	if (*effect != LAYERS_SAME)
		return change_shown(c, k, &s, &l);
	return s.job && !s.live ? change_owner(c, k, s.job, l.owner) : OK;
}

/* ---- stating ---- */

/* The batch has a layer of this day already, from an earlier commit: it grows. */
static enum err grow(struct ctx *c, const struct day_key *k, int64_t job_id, struct str packed,
                     enum series_policy policy)
{
	struct db_cur cur;
	struct series_day stated, more;
	uint8_t room[SERIES_PACKED_MAX];
	db_query(c->db, &cur, &sql_layers_get, DB_ARGS(DAY_ARGS(k), db_i(job_id)));
	bool fine = db_next(&cur) && series_unpack(db_text(&cur, 0), &stated) && series_unpack(packed, &more);
	enum err e = db_done(&cur);
	if (e || !fine)
		return e ? e : series_damaged(c, k->series_id, k->day);
	lay(&stated, &more, policy);
	struct str data = {(char *)room, series_pack(stated.n, stated.value, stated.quality, room)};
	return db_run(c->db, &sql_layers_change, DB_ARGS(db_b(data), DAY_ARGS(k), db_i(job_id)));
}

static enum err state(struct ctx *c, const struct day_key *k, const struct layers_statement *st)
{
	enum layers_effect unused;
	enum err e = OK;
	if (st->owns) { /* its row becomes a layer that can grow */
		e = db_run(c->db, &sql_layers_add, DB_ARGS(DAY_ARGS(k), db_i(st->job_id), db_null()));
		if (!e)
			e = db_run(c->db, &sql_shown_owner, DB_ARGS(db_null(), DAY_ARGS(k)));
	} else {
		e = db_run(c->db, &sql_layers_add,
		           DB_ARGS(DAY_ARGS(k), db_i(st->job_id), st->same ? db_null() : db_b(st->packed)));
		if (!e && db_changes(c->db))
			return st->same ? OK : settle_day(c, k, &unused);
	}
	if (!e)
		e = grow(c, k, st->job_id, st->packed, st->policy);
	return e ? e : settle_day(c, k, &unused);
}

static enum err said(struct ctx *c, enum err e)
{
	return !e || c->fault.code ? e : ctx_db_failed(c, e, "storing readings");
}

enum err layers_state(struct ctx *c, int64_t series_id, int32_t day, const struct layers_statement *st)
{
	const struct day_key k = {series_id, day};
	return said(c, state(c, &k, st));
}

enum err layers_range(struct ctx *c, int64_t job_id, int64_t series_id, int32_t first, int32_t last)
{
	enum err e =
	        db_run(c->db, &sql_range_add, DB_ARGS(db_i(job_id), db_i(series_id), db_i(first), db_i(last)));
	return said(c, e ? e : db_run(c->db, &sql_range_meter_back, DB_ARGS(db_i(series_id))));
}

/* ---- windows ---- */

#define ALONE(t)                                                                                            \
	"NOT EXISTS (SELECT 1 FROM day_layers o WHERE o.series_id = " t ".series_id AND o.day = " t ".day " \
	"AND o.job_id <> " t ".job_id)"

/* undo: the days of the batch alone leave `days` */
SQL(window_store,
    "INSERT INTO day_layers (series_id, day, job_id, data) SELECT d.series_id, d.day, d.job_id, d.data "
    "FROM days d WHERE " A_WINDOW("d") " AND d.job_id = ? AND " ALONE("d"));
SQL(window_hide, "DELETE FROM days WHERE series_id = ? AND day BETWEEN ? AND ? AND job_id = ? AND EXISTS "
                 "(SELECT 1 FROM day_layers l WHERE l.series_id = days.series_id AND l.day = days.day "
                 "AND l.job_id = days.job_id)");
/* undo: a day that one live batch only repeats is that batch's now; then its layer is the undone one's */
SQL(window_hand_over,
    "UPDATE days SET job_id = (SELECT l.job_id FROM day_layers l WHERE l.series_id = days.series_id AND l.day "
    "= "
    "days.day) WHERE series_id = ? AND day BETWEEN ? AND ? AND job_id = ? AND (SELECT CASE WHEN COUNT(*) = 1 "
    "AND "
    "COUNT(l.data) = 0 AND COUNT(j.undone_at) = 0 THEN 1 ELSE 0 END FROM day_layers l LEFT JOIN jobs j "
    "ON j.id = l.job_id WHERE l.series_id = days.series_id AND l.day = days.day) = 1");
SQL(window_handed, "UPDATE day_layers SET job_id = ? WHERE series_id = ? AND day BETWEEN ? AND ? AND job_id = "
                   "(SELECT d.job_id "
                   "FROM days d WHERE d.series_id = day_layers.series_id AND d.day = day_layers.day)");
/* redo: and come back */
SQL(window_show, "INSERT INTO days (series_id, day, job_id, data) SELECT l.series_id, l.day, l.job_id, l.data "
                 "FROM day_layers l WHERE " A_WINDOW("l") " AND l.job_id = ? AND " ALONE(
                         "l") " AND NOT EXISTS "
                              "(SELECT 1 FROM days d WHERE " SAME_DAY ")");
SQL(window_unstore,
    "DELETE FROM day_layers WHERE series_id = ? AND day BETWEEN ? AND ? AND job_id = ? AND EXISTS "
    "(SELECT 1 FROM days d WHERE d.series_id = day_layers.series_id AND d.day = day_layers.day "
    "AND d.job_id = day_layers.job_id)");
SQL(window_days, "SELECT (SELECT COUNT(*) FROM days d WHERE " A_WINDOW(
                         "d") " AND d.job_id = ?) + "
                              "(SELECT COUNT(*) FROM day_layers l WHERE " A_WINDOW("l") " AND l.job_id = ?)");
SQL(window_alone, "SELECT COUNT(*) FROM days d WHERE " A_WINDOW("d") " AND d.job_id = ? AND " ALONE("d"));
SQL(window_hidden, "SELECT COUNT(*) FROM day_layers l WHERE " A_WINDOW("l") " AND l.job_id = ? AND " ALONE(
                           "l") " AND NOT EXISTS (SELECT 1 FROM days d WHERE " SAME_DAY ")");
/* The batch's days with layers of others, but for those where it only repeats the one other: nothing comes of
 * them either way. */
SQL(window_shared,
    "SELECT d.day FROM days d WHERE " A_WINDOW("d") " AND d.day > ? AND d.job_id = ? AND NOT " ALONE(
            "d") " UNION ALL SELECT l.day FROM day_layers l LEFT JOIN days d ON d.series_id = l.series_id "
                 "AND d.day = l.day WHERE " A_WINDOW("l") " AND l.day > ? AND l.job_id = ? AND (NOT " ALONE(
                         "l") " OR (d.day IS NOT NULL AND (d.job_id IS NULL OR l.data IS NOT NULL))) ORDER BY "
                              "1 LIMIT 500");
#define SHARED_AT_ONCE 500
SQL(window_hold, "SELECT COUNT(*) FROM job_series WHERE job_id = ?");

static enum err next_shared(struct ctx *c, const struct layers_window *w, int64_t after,
                            int32_t day[SHARED_AT_ONCE], int *n)
{
	struct db_cur cur;
	*n = 0;
	db_query(c->db, &cur, &sql_window_shared,
	         DB_ARGS(WINDOW_OF(w), db_i(after), db_i(w->job_id), WINDOW_OF(w), db_i(after),
	                 db_i(w->job_id)));
	while (*n < SHARED_AT_ONCE && db_next(&cur))
		day[(*n)++] = (int32_t)db_int(&cur, 0);
	return db_done(&cur);
}

static enum err foresee_day(struct ctx *c, const struct layers_window *w, const struct day_key *k, bool live,
                            enum layers_effect *effect)
{
	struct shown s;
	struct laid l;
	enum err e = read_shown(c, k, &s);
	if (!e)
		e = lay_all(c, k, &s, w->job_id, live, &l);
	if (!e)
		*effect = effect_of(&s, l.data);
	return e;
}

/* The days that others state too, one after the other. */
static enum err shared_days(struct ctx *c, const struct layers_window *w, bool live, bool dry,
                            struct layers_counts *counts)
{
	int32_t day[SHARED_AT_ONCE];
	int64_t after = w->first - 1;
	int n = SHARED_AT_ONCE;
	struct db_cur hold;
	enum err e = OK;
	while (!e && n == SHARED_AT_ONCE) {
		if (dry) { /* an open cursor keeps the read lock, which would cost more than the reading */
			db_query(c->db, &hold, &sql_window_hold, DB_ARGS(db_i(w->job_id)));
			db_next(&hold);
		}
		e = next_shared(c, w, after, day, &n);
		for (int i = 0; i < n && !e; i++) {
			const struct day_key k = {w->series_id, day[i]};
			enum layers_effect effect = LAYERS_SAME;
			e = dry ? foresee_day(c, w, &k, live, &effect) : settle_day(c, &k, &effect);
			counts->changed += effect == LAYERS_CHANGED;
			counts->removed += effect == LAYERS_REMOVED;
			counts->added += effect == LAYERS_ADDED;
			after = day[i];
		}
		if (dry)
			db_done(&hold);
	}
	return e;
}

static enum err window(struct ctx *c, const struct layers_window *w, bool live, bool dry,
                       struct layers_counts *counts)
{
	int64_t days = 0, moved = 0, touched;
	struct layers_counts here = {0};
	const struct db_val args[] = {WINDOW_OF(w), db_i(w->job_id)};
	enum err e = db_one_int(c->db, &sql_window_days,
	                        DB_ARGS(WINDOW_OF(w), db_i(w->job_id), WINDOW_OF(w), db_i(w->job_id)), &days);
	if (!e && dry)
		e = db_one_int(c->db, live ? &sql_window_hidden : &sql_window_alone, 4, args, &moved);
	if (!e && !dry)
		e = db_run(c->db, live ? &sql_window_show : &sql_window_store, 4, args);
	if (!e && !dry) {
		moved = db_changes(c->db);
		if (moved)
			e = db_run(c->db, live ? &sql_window_unstore : &sql_window_hide, 4, args);
	}
	if (!e && !dry && !live && moved < days) {
		e = db_run(c->db, &sql_window_hand_over, 4, args);
		if (!e && db_changes(c->db))
			e = db_run(c->db, &sql_window_handed, DB_ARGS(db_i(w->job_id), WINDOW_OF(w)));
	}
	if (!e && moved < days)
		e = shared_days(c, w, live, dry, &here);
	touched = moved + here.changed + here.removed + here.added;
	counts->days += days;
	counts->same += days - touched;
	counts->changed += here.changed;
	counts->removed += here.removed + (live ? 0 : moved);
	counts->added += here.added + (live ? moved : 0);
	return said(c, e);
}

enum err layers_settle(struct ctx *c, const struct layers_window *w, bool live, struct layers_counts *counts)
{
	return window(c, w, live, false, counts);
}

enum err layers_foresee(struct ctx *c, const struct layers_window *w, bool live, struct layers_counts *counts)
{
	return window(c, w, live, true, counts);
}

enum err layers_next(struct ctx *c, int64_t job_id, int64_t after, struct layers_window *out)
{
	struct db_cur cur;
	*out = (struct layers_window){.job_id = job_id};
	db_query(c->db, &cur, &sql_range_next, DB_ARGS(db_i(job_id), db_i(after)));
	if (db_next(&cur)) {
		out->series_id = db_int(&cur, 0);
		out->first = db_int(&cur, 1);
		out->last = db_int(&cur, 2);
	}
	return said(c, db_done(&cur));
}

enum err layers_days(struct ctx *c, int64_t job_id, int64_t *days)
{
	return said(c, db_one_int(c->db, &sql_range_days, DB_ARGS(db_i(job_id)), days));
}
