/*
 * register: see register.h. This file owns the table register_readings.
 *
 * Statements come out of the database in the order (instant, batch), so one pass lays them. Disadvantage: every
 * reader pays for the layers; with a handful of readings a month that is nothing.
 */
#include "app/register.h"

#include "db/db.h"

#define LIVE "CASE WHEN j.undone_at IS NULL THEN 1 ELSE 0 END"

SQL(register_statements, "SELECT r.at, r.job_id, r.value, r.quality, j.on_conflict, " LIVE
                         " FROM register_readings r LEFT JOIN jobs j ON j.id = r.job_id "
                         "WHERE r.series_id = ? AND r.at >= ? AND r.at < ? ORDER BY r.at, r.job_id");
SQL(register_before, "SELECT MAX(r.at) FROM register_readings r LEFT JOIN jobs j ON j.id = r.job_id "
                     "WHERE r.series_id = ? AND r.at < ? AND j.undone_at IS NULL");
SQL(register_behind, "SELECT MIN(r.at) FROM register_readings r LEFT JOIN jobs j ON j.id = r.job_id "
                     "WHERE r.series_id = ? AND r.at > ? AND j.undone_at IS NULL");
SQL(register_add,
    "INSERT INTO register_readings (series_id, at, job_id, value, quality) VALUES (?, ?, ?, ?, ?)");
SQL(register_change,
    "UPDATE register_readings SET value = ?, quality = ? WHERE series_id = ? AND at = ? AND job_id = ?");
SQL(register_forget, "DELETE FROM register_readings WHERE series_id = ? AND job_id = ?");
SQL(register_stated, "SELECT COUNT(*) FROM job_series s JOIN register_readings r ON r.series_id = s.series_id "
                     "AND r.job_id = s.job_id WHERE s.job_id = ?");
SQL(register_of_meter, "SELECT id, channel, unit FROM series WHERE meter_id = ? AND interval_minutes = 0 "
                       "ORDER BY channel");

#define REGISTERS_OF_A_METER 64

/* One batch's word on an instant. */
struct statement {
	struct register_reading g;
	int64_t job;
	enum series_policy policy;
	bool live;
};

static struct statement read_statement(struct db_cur *cur)
{
	struct statement s = {.g = {.at = db_int(cur, 0), .value = db_int(cur, 2), .job_id = db_int(cur, 1)},
	                      .job = db_int(cur, 1),
	                      .policy = SERIES_ACTUAL_WINS,
	                      .live = db_int(cur, 5) != 0};
	struct str quality = db_text(cur, 3);
	s.g.quality = quality.n ? quality.p[0] : '-';
	series_policy_of(db_text(cur, 4), &s.policy);
	return s;
}

/* Lays a statement over what shows. quality 0: nothing does. */
static void lay(struct register_reading *onto, const struct statement *s)
{
	switch (series_judge(onto->value, onto->quality, s->g.value, s->g.quality, s->policy)) {
	case SERIES_NEW:
	case SERIES_CHANGED:
		*onto = s->g;
		break;
	case SERIES_ABSENT:
	case SERIES_IDENTICAL:
	case SERIES_KEPT:
	case SERIES_BARRED:
		break;
	}
}

static enum err failed(struct ctx *c, enum err e, const char *what)
{
	return e ? ctx_db_failed(c, e, what) : OK;
}

enum err register_scan(struct ctx *c, int64_t series_id, int64_t from, int64_t to, register_each_fn *each,
                       void *arg)
{
	struct db_cur cur;
	struct register_reading shows = {0};
	bool more = true;
	db_query(c->db, &cur, &sql_register_statements, DB_ARGS(db_i(series_id), db_i(from), db_i(to)));
	while (more && db_next(&cur)) {
		struct statement s = read_statement(&cur);
		if (shows.quality && shows.at != s.g.at) {
			more = each(arg, &shows);
			shows.quality = 0;
		}
		if (more && s.live)
			lay(&shows, &s);
	}
	enum err e = db_done(&cur);
	if (!e && more && shows.quality)
		each(arg, &shows);
	return failed(c, e, "reading a register");
}

static bool keep(void *arg, const struct register_reading *g)
{
	*(struct register_reading *)arg = *g;
	return true;
}

enum err register_at(struct ctx *c, int64_t series_id, int64_t at, struct register_reading *out)
{
	*out = (struct register_reading){.quality = 0};
	return register_scan(c, series_id, at, at + 1, keep, out);
}

enum err register_beside(struct ctx *c, int64_t series_id, int64_t from, int64_t to, int64_t *before,
                         int64_t *behind)
{
	struct db_cur cur;
	*before = from;
	*behind = to;
	db_query(c->db, &cur, &sql_register_before, DB_ARGS(db_i(series_id), db_i(from)));
	if (db_next(&cur) && !db_is_null(&cur, 0))
		*before = db_int(&cur, 0);
	enum err e = db_done(&cur);
	if (e)
		return failed(c, e, "reading a register");
	db_query(c->db, &cur, &sql_register_behind, DB_ARGS(db_i(series_id), db_i(to)));
	if (db_next(&cur) && !db_is_null(&cur, 0))
		*behind = db_int(&cur, 0);
	return failed(c, db_done(&cur), "reading a register");
}

/* What the batch's own statement becomes: it grows by its own rule. */
static enum err write_own(struct ctx *c, int64_t series_id, const struct register_reading *own,
                          const struct statement *s)
{
	struct register_reading now = *own;
	const char letter[] = {s->g.quality, '\0'};
	if (!own->quality)
		return db_run(
		        c->db, &sql_register_add,
		        DB_ARGS(db_i(series_id), db_i(s->g.at), db_i(s->job), db_i(s->g.value), db_z(letter)));
	lay(&now, s);
	if (now.value == own->value && now.quality == own->quality)
		return OK;
	return db_run(c->db, &sql_register_change,
	              DB_ARGS(db_i(now.value), db_z(letter), db_i(series_id), db_i(s->g.at), db_i(s->job)));
}

enum err register_put(struct ctx *c, int64_t series_id, int64_t job_id, const struct register_reading *stated,
                      enum series_policy policy, bool dry, enum series_outcome *outcome)
{
	const struct statement now = {*stated, job_id, policy, true};
	struct register_reading shows = {0}, own = {0};
	struct db_cur cur;
	db_query(c->db, &cur, &sql_register_statements,
	         DB_ARGS(db_i(series_id), db_i(stated->at), db_i(stated->at + 1)));
	while (db_next(&cur)) {
		struct statement s = read_statement(&cur);
		if (s.job == job_id)
			own = s.g;
		if (s.live)
			lay(&shows, &s);
	}
	enum err e = db_done(&cur);
	*outcome = series_judge(shows.value, shows.quality, stated->value, stated->quality, policy);
	if (!e && !dry)
		e = write_own(c, series_id, &own, &now);
	return failed(c, e, "storing a register's reading");
}

/* ---- undo ---- */

/* An instant, with the batch and without it. */
struct both {
	struct register_reading with, without;
	bool stated;
};

static void count(const struct both *b, bool live, struct layers_counts *counts)
{
	const struct register_reading *before = live ? &b->without : &b->with,
	                              *after = live ? &b->with : &b->without;
	if (!b->stated)
		return;
	counts->days++;
	if (before->value == after->value && before->quality == after->quality)
		counts->same++;
	else if (!after->quality)
		counts->removed++;
	else if (!before->quality)
		counts->added++;
	else
		counts->changed++;
}

enum err register_effects(struct ctx *c, const struct layers_window *w, bool live, struct layers_counts *counts)
{
	struct db_cur cur;
	struct both b = {.stated = false};
	int64_t at = INT64_MIN;
	db_query(c->db, &cur, &sql_register_statements,
	         DB_ARGS(db_i(w->series_id), db_i(w->first * 86400), db_i((w->last + 1) * 86400)));
	while (db_next(&cur)) {
		struct statement s = read_statement(&cur);
		if (s.g.at != at) {
			count(&b, live, counts);
			b = (struct both){.stated = false};
			at = s.g.at;
		}
		b.stated = b.stated || s.job == w->job_id;
		if (s.live || s.job == w->job_id)
			lay(&b.with, &s);
		if (s.live && s.job != w->job_id)
			lay(&b.without, &s);
	}
	count(&b, live, counts);
	return failed(c, db_done(&cur), "reading a register");
}

enum err register_stated(struct ctx *c, int64_t job_id, int64_t *readings)
{
	return failed(c, db_one_int(c->db, &sql_register_stated, DB_ARGS(db_i(job_id)), readings),
	              "counting a register's readings");
}

/* ---- looking ---- */

static bool keep_last(void *arg, const struct register_reading *g)
{
	struct register_info *i = arg;
	i->readings++;
	i->last = *g;
	return true;
}

enum err register_list(struct ctx *c, int64_t meter_id, struct register_info **out, size_t *n)
{
	struct register_info *all = ARENA_ARRAY(c->arena, struct register_info, REGISTERS_OF_A_METER);
	int64_t id[REGISTERS_OF_A_METER];
	struct db_cur cur;
	size_t found = 0;
	db_query(c->db, &cur, &sql_register_of_meter, DB_ARGS(db_i(meter_id)));
	for (; found < REGISTERS_OF_A_METER && db_next(&cur); found++) {
		id[found] = db_int(&cur, 0);
		all[found].channel = arena_str(c->arena, db_text(&cur, 1));
		all[found].unit = arena_str(c->arena, db_text(&cur, 2));
	}
	enum err e = failed(c, db_done(&cur), "listing a meter's registers");
	*out = all;
	*n = 0;
	for (size_t i = 0; i < found && !e; i++) {
		e = register_scan(c, id[i], INT64_MIN, INT64_MAX, keep_last, &all[i]);
		if (all[i].readings)
			all[(*n)++] = all[i];
	}
	return e;
}

enum err register_forget(struct ctx *c, const struct layers_window *w)
{
	enum err e = db_run(c->db, &sql_register_forget, DB_ARGS(db_i(w->series_id), db_i(w->job_id)));
	return e ? ctx_db_failed(c, e, "forgetting what a batch stated") : OK;
}
