/*
 * series_layers: see series_layers.h.
 *
 * How a layer is stored depends on what it says. The layer of the batch that days.job_id names is the row of
 * `days` itself. Another that says the same has a row of day_layers without data: it leans on what shows. All
 * others have their data. A day that does not show, because every batch that stated it is undone, has no row in
 * `days` and all its layers in day_layers with their data. So a fresh import writes one row a day, and one that
 * only repeats what is there 10 bytes a day.
 *
 * A row of `days` stays as it is while what shows stays, also where the batch that it names is undone and
 * others lean on it: the first of two imports that say the same is undone without a write.
 *
 * A window of days is read into memory with all its layers, a stack a day; then each stack is settled: what has
 * to show follows from its layers, and the rows that differ are written. A batch whose days nobody else has
 * stated is undone by moving them from one table to the other, a window at once.
 *
 * Disadvantage: a day that changes is read and written as a whole with all its layers (5 us for two).
 */
#include "app/series_layers.h"

#include "db/db.h"

#define WINDOW_MEMORY (1u << 20) /* read at once; minutes of a year are more */
#define STACKS_ARENA  (64u << 20)

#define A_DAY        "series_id = ? AND day = ?"
#define A_WINDOW(t)  t ".series_id = ? AND " t ".day BETWEEN ? AND ?"
#define LIVE         "CASE WHEN j.undone_at IS NULL THEN 1 ELSE 0 END"
#define DAY_OF(s)    db_i((s)->series_id), db_i((s)->day)
#define WINDOW_OF(w) db_i((w)->series_id), db_i((w)->first), db_i((w)->last)

SQL(layers_shown, "SELECT d.day, d.job_id, d.data, j.on_conflict, " LIVE " FROM days d LEFT JOIN jobs j "
                  "ON j.id = d.job_id WHERE " A_WINDOW("d") " ORDER BY d.day");
SQL(layers_beside, "SELECT l.day, l.job_id, l.data, j.on_conflict, " LIVE " FROM day_layers l LEFT JOIN jobs j "
                   "ON j.id = l.job_id WHERE " A_WINDOW("l") " ORDER BY l.day, l.job_id");
SQL(layers_any, "SELECT 1 FROM day_layers l WHERE " A_WINDOW("l") " LIMIT 1");
SQL(layers_add, "INSERT INTO day_layers (series_id, day, job_id, data) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (series_id, day, job_id) DO NOTHING");
SQL(layers_change, "UPDATE day_layers SET data = ? WHERE " A_DAY " AND job_id = ?");
SQL(layers_remove, "DELETE FROM day_layers WHERE " A_DAY " AND job_id = ?");
SQL(shown_add, "INSERT INTO days (series_id, day, job_id, data) VALUES (?, ?, ?, ?)");
SQL(shown_change, "UPDATE days SET job_id = ?, data = ? WHERE " A_DAY);
SQL(shown_remove, "DELETE FROM days WHERE " A_DAY);
SQL(window_store, "INSERT INTO day_layers (series_id, day, job_id, data) SELECT d.series_id, d.day, d.job_id, "
                  "d.data FROM days d WHERE " A_WINDOW("d") " AND d.job_id = ?");
SQL(window_hide, "DELETE FROM days WHERE series_id = ? AND day BETWEEN ? AND ? AND job_id = ?");

SQL(window_forget, "DELETE FROM day_layers WHERE series_id = ? AND day BETWEEN ? AND ? AND job_id = ?");
SQL(range_forget, "DELETE FROM job_series WHERE job_id = ? AND series_id = ?");
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

/* ---- stacks ---- */

/* One batch's layer of a day. */
struct layer {
	int64_t job;
	enum {
		NOWHERE,
		IN_DAYS,
		LEANING,
		APART
	} stored;         /* NOWHERE: not yet; APART: in day_layers with its data */
	bool live, grown; /* grown: data is more than what is stored */
	enum series_policy policy;
	struct str data;
	struct layer *next;
};

/* A day with its layers, in the order of their batches. */
struct stack {
	int64_t series_id;
	int32_t day;
	bool there;       /* it has a row in `days` */
	struct str shows; /* that row's data */
	struct layer *layers;
	struct stack *next;
};

/* The windows of one call, read piece by piece. */
struct reading {
	struct ctx *c;
	struct arena *a;
	const struct layers_window *w;
	bool live; /* how the window's batch is taken; the others are as their jobs say */
	struct stack *stacks;
	int64_t next; /* the day to go on with */
};

static void add_layer(struct stack *s, struct layer *l)
{
	struct layer **at = &s->layers;
	while (*at && (*at)->job < l->job)
		at = &(*at)->next;
	l->next = *at;
	*at = l;
}

static struct layer *find_layer(const struct stack *s, int64_t job)
{
	struct layer *l = s->layers;
	while (l && l->job != job)
		l = l->next;
	return l;
}

/* A row of either query becomes a layer of the stack. */
static void take_layer(const struct reading *r, struct db_cur *cur, struct stack *s, bool in_days)
{
	struct str data = db_text(cur, 2);
	if (in_days) {
		s->there = true;
		s->shows = arena_str(r->a, data);
	}
	if (db_is_null(cur, 1))
		return; /* none has stated all of what shows */
	struct layer *l = ARENA_NEW(r->a, struct layer);
	l->job = db_int(cur, 1);
	l->stored = in_days ? IN_DAYS : data.p ? APART : LEANING;
	l->data = l->stored == APART ? arena_str(r->a, data) : s->shows;
	l->policy = SERIES_ACTUAL_WINS;
	series_policy_of(db_text(cur, 3), &l->policy);
	l->live = l->job == r->w->job_id ? r->live : db_int(cur, 4) != 0;
	add_layer(s, l);
}

/* The stacks of the window's days from r->next on, as many as there is memory for. */
static enum err read_stacks(struct reading *r)
{
	struct db_cur days, beside;
	const struct db_val window[] = {db_i(r->w->series_id), db_i(r->next), db_i(r->w->last)};
	struct stack **end = &r->stacks;
	arena_reset(r->a);
	r->stacks = NULL;
	db_query(r->c->db, &days, &sql_layers_shown, 3, window);
	db_query(r->c->db, &beside, &sql_layers_beside, 3, window);
	bool one = db_next(&days), more = db_next(&beside);
	while ((one || more) && arena_used(r->a) < WINDOW_MEMORY) {
		int64_t a = one ? db_int(&days, 0) : INT64_MAX, b = more ? db_int(&beside, 0) : INT64_MAX;
		struct stack *s = ARENA_NEW(r->a, struct stack);
		s->series_id = r->w->series_id;
		s->day = (int32_t)(a < b ? a : b);
		if (a == s->day) {
			take_layer(r, &days, s, true);
			one = db_next(&days);
		}
		for (; more && db_int(&beside, 0) == s->day; more = db_next(&beside))
			take_layer(r, &beside, s, false);
		*end = s;
		end = &s->next;
		r->next = s->day + 1;
	}
	if (!one && !more)
		r->next = r->w->last + 1;
	enum err e = db_done(&days), other = db_done(&beside);
	return e ? e : other;
}

/* The same of the window's first day alone, in two steps: what shows of it, */
static enum err read_shown(struct reading *r, struct stack *s)
{
	struct db_cur cur;
	*s = (struct stack){.series_id = r->w->series_id, .day = (int32_t)r->w->first};
	db_query(r->c->db, &cur, &sql_layers_shown, DB_ARGS(db_i(s->series_id), db_i(s->day), db_i(s->day)));
	if (db_next(&cur))
		take_layer(r, &cur, s, true);
	return db_done(&cur);
}

/* and the layers beside that. */
static enum err read_beside(struct reading *r, struct stack *s)
{
	struct db_cur cur;
	db_query(r->c->db, &cur, &sql_layers_beside, DB_ARGS(db_i(s->series_id), db_i(s->day), db_i(s->day)));
	while (db_next(&cur))
		take_layer(r, &cur, s, false);
	return db_done(&cur);
}

/* ---- what has to show ---- */

/* Lays a statement over what is there. */
static void lay(struct series_day *onto, const struct series_day *stated, enum series_policy policy)
{
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
			break;
		case SERIES_ABSENT:
		case SERIES_IDENTICAL:
		case SERIES_KEPT:
		case SERIES_BARRED:
			break;
		}
}

/* The layers of the live batches over each other. Empty: nothing shows. False: one is damaged. */
static bool lay_all(const struct stack *s, uint8_t room[SERIES_PACKED_MAX], struct str *out)
{
	struct series_day shows, stated;
	*out = STR("");
	bool all_same = true;
	for (const struct layer *l = s->layers; l; l = l->next) {
		if (!l->live)
			continue;
		if (!l->data.n)
			return false;
		all_same = all_same && (!out->n || str_eq(*out, l->data));
		*out = l->data;
	}
	if (all_same)
		return true;
	shows.n = 0;
	for (const struct layer *l = s->layers; l; l = l->next) {
		if (!l->live)
			continue;
		if (!series_unpack(l->data, &stated))
			return false;
		lay(&shows, &stated, l->policy);
	}
	*out = (struct str){(char *)room, series_pack(shows.n, shows.value, shows.quality, room)};
	return true;
}

/* The layer that the row of `days` stands for, if what shows is `now`; NULL: there is none. */
static const struct layer *leader_of(const struct stack *s, struct str now)
{
	const struct layer *l = s->layers;
	while (l && l->stored != IN_DAYS)
		l = l->next;
	if (str_eq(s->shows, now) && !(l && l->grown))
		return l;
	for (l = s->layers; l; l = l->next)
		if (l->live && str_eq(l->data, now))
			return l;
	return NULL;
}

/* ---- writing ---- */

static enum err store_layer(struct ctx *c, const struct stack *s, const struct layer *l, bool leads,
                            bool changed)
{
	switch (l->stored) {
	case NOWHERE:
	case IN_DAYS:
		return leads ? OK
		             : db_run(c->db, &sql_layers_add, DB_ARGS(DAY_OF(s), db_i(l->job), db_b(l->data)));
	case LEANING:
	case APART:
		if (leads)
			return db_run(c->db, &sql_layers_remove, DB_ARGS(DAY_OF(s), db_i(l->job)));
		if (l->grown || (changed && l->stored == LEANING))
			return db_run(c->db, &sql_layers_change,
			              DB_ARGS(db_b(l->data), DAY_OF(s), db_i(l->job)));
		return OK;
	}
	return OK;
}

static enum err store_shown(struct ctx *c, const struct stack *s, const struct layer *leader, struct str now)
{
	int64_t job = leader ? leader->job : 0;
	if (!now.n)
		return db_run(c->db, &sql_shown_remove, DB_ARGS(DAY_OF(s)));
	return s->there ? db_run(c->db, &sql_shown_change, DB_ARGS(db_i0(job), db_b(now), DAY_OF(s)))
	                : db_run(c->db, &sql_shown_add, DB_ARGS(DAY_OF(s), db_i0(job), db_b(now)));
}

/* Makes what shows of the day right. dry: only says what would become of it. */
static enum err settle(struct ctx *c, const struct stack *s, bool dry, enum layers_effect *effect)
{
	uint8_t room[SERIES_PACKED_MAX];
	struct str now;
	enum err e = OK;
	if (!lay_all(s, room, &now))
		return series_damaged(c, s->series_id, s->day);
	bool changed = !str_eq(s->shows, now), moved = false;
	*effect = !changed ? LAYERS_SAME : !now.n ? LAYERS_REMOVED : s->there ? LAYERS_CHANGED : LAYERS_ADDED;
	const struct layer *leader = leader_of(s, now);
	for (const struct layer *l = s->layers; l && !dry && !e; l = l->next) {
		e = store_layer(c, s, l, l == leader, changed);
		moved = moved || (l == leader) != (l->stored == IN_DAYS);
	}
	if (!e && !dry && (changed || moved))
		e = store_shown(c, s, leader, now);
	return e;
}

/* ---- stating ---- */

/* The batch has a layer of this day already, from an earlier commit: it grows. */
static bool grow(struct arena *a, struct layer *l, const struct layers_statement *st)
{
	struct series_day stated, more;
	uint8_t room[SERIES_PACKED_MAX];
	if (!series_unpack(l->data, &stated) || !series_unpack(st->packed, &more))
		return false;
	lay(&stated, &more, st->policy);
	struct str data = {(char *)room, series_pack(stated.n, stated.value, stated.quality, room)};
	l->grown = !str_eq(l->data, data);
	if (l->grown)
		l->data = arena_str(a, data);
	return true;
}

/* What becomes of each interval that is stated. */
static bool judge(struct str shows, const struct layers_statement *st, uint8_t *outcome, int *n)
{
	struct series_day old, now;
	old.n = 0;
	if (!series_unpack(st->packed, &now))
		return false;
	*n = now.n;
	if (str_eq(shows, st->packed)) {
		for (int i = 0; i < now.n; i++)
			outcome[i] = now.quality[i] ? SERIES_IDENTICAL : SERIES_ABSENT;
		return true;
	}
	if (shows.n && !series_unpack(shows, &old))
		return false;
	for (int i = 0; i < now.n; i++) {
		bool has = i < old.n;
		outcome[i] = (uint8_t)series_judge(has ? old.value[i] : 0, has ? old.quality[i] : 0,
		                                   now.value[i], now.quality[i], st->policy);
	}
	return true;
}

static bool any_written(const uint8_t *outcome, int n)
{
	for (int i = 0; i < n; i++)
		if (outcome[i] == SERIES_NEW || outcome[i] == SERIES_CHANGED)
			return true;
	return false;
}

/* Adds the statement to the day's layers. */
static enum err state(struct reading *r, struct stack *s, const struct layers_statement *st)
{
	enum layers_effect unused;
	enum err e = read_beside(r, s);
	if (e)
		return e;
	struct layer *l = find_layer(s, st->job_id);
	if (l && !grow(r->a, l, st))
		return series_damaged(r->c, s->series_id, s->day);
	if (!l) {
		l = ARENA_NEW(r->a, struct layer);
		*l = (struct layer){.job = st->job_id, .live = true, .policy = st->policy, .data = st->packed};
		add_layer(s, l);
	}
	return settle(r->c, s, false, &unused);
}

static enum err put(struct reading *r, const struct layers_statement *st, bool dry, uint8_t *outcome, int *n)
{
	struct stack s;
	enum err e = read_shown(r, &s);
	if (e)
		return e;
	if (!judge(s.shows, st, outcome, n))
		return series_damaged(r->c, s.series_id, s.day);
	bool owns = find_layer(&s, st->job_id) != NULL;
	/* who has stated what shows, and states less than that again, has stated nothing new */
	if (dry || (owns && !any_written(outcome, *n)))
		return OK;
	if (!owns && str_eq(s.shows, st->packed)) { /* it leans on what shows, and nothing changes */
		e = db_run(r->c->db, &sql_layers_add, DB_ARGS(DAY_OF(&s), db_i(st->job_id), db_null()));
		if (e || db_changes(r->c->db))
			return e;
	}
	return state(r, &s, st);
}

static enum err said(struct ctx *c, enum err e)
{
	return !e || c->fault.code ? e : ctx_db_failed(c, e, "storing readings");
}

enum err layers_put(struct ctx *c, int64_t series_id, int32_t day, const struct layers_statement *st, bool dry,
                    uint8_t outcome[SERIES_INTERVALS_MAX], int *n)
{
	const struct layers_window w = {st->job_id, series_id, day, day};
	struct reading r = {.c = c, .a = arena_new(STACKS_ARENA), .w = &w, .live = true};
	enum err e = put(&r, st, dry, outcome, n);
	arena_free(r.a);
	return said(c, e);
}

/* The day is not there at all, and one live batch stated it. */
static enum err restore_fresh(struct reading *r, const struct layers_day *d, bool *done)
{
	const struct db_val day[] = {db_i(d->series_id), db_i(d->day), db_i(d->day)};
	int64_t any;
	enum err e = db_one_int(r->c->db, &sql_layers_any, 3, day, &any);
	*done = e == ERR_NOT_FOUND;
	if (!*done)
		return e;
	return db_run(r->c->db, &sql_shown_add,
	              DB_ARGS(db_i(d->series_id), db_i(d->day), db_i(d->st->job_id), db_b(d->st->packed)));
}

static enum err restore(struct reading *r, const struct layers_day *d, bool *known, enum layers_effect *effect)
{
	struct stack s;
	bool done = false, more = false;
	enum err e = read_shown(r, &s);
	*effect = LAYERS_SAME;
	if (!e && d->n == 1 && s.layers && s.layers->job == d->st->job_id) {
		known[0] = true;
		return OK;
	}
	if (!e && !s.there && d->n == 1 && d->live[0]) {
		*effect = LAYERS_ADDED;
		known[0] = false;
		e = restore_fresh(r, d, &done);
	}
	if (!e && !done)
		e = read_beside(r, &s);
	for (size_t i = 0; !e && !done && i < d->n; i++) {
		const struct layers_statement *st = &d->st[i];
		known[i] = find_layer(&s, st->job_id) != NULL;
		if (known[i])
			continue;
		struct layer *l = ARENA_NEW(r->a, struct layer);
		*l = (struct layer){
		        .job = st->job_id, .live = d->live[i], .policy = st->policy, .data = st->packed};
		add_layer(&s, l);
		more = true;
	}
	return e || !more ? e : settle(r->c, &s, false, effect);
}

enum err layers_restore(struct ctx *c, struct arena *a, const struct layers_day *d, bool *known,
                        enum layers_effect *effect)
{
	const struct layers_window w = {0, d->series_id, d->day, d->day};
	struct reading r = {.c = c, .a = a, .w = &w};
	return said(c, restore(&r, d, known, effect));
}

enum err layers_window_add(struct ctx *c, const struct layers_window *w)
{
	return said(c, db_run(c->db, &sql_range_add,
	                      DB_ARGS(db_i(w->job_id), db_i(w->series_id), db_i(w->first), db_i(w->last))));
}

enum err layers_range(struct ctx *c, int64_t job_id, int64_t series_id, int32_t first, int32_t last)
{
	enum err e = layers_window_add(c, &(struct layers_window){job_id, series_id, first, last});
	return e ? e : said(c, db_run(c->db, &sql_range_meter_back, DB_ARGS(db_i(series_id))));
}

/* ---- windows ---- */

/* One window's days of the batch are moved out of `days` where nobody else has a layer. False: somebody has. */
static enum err hide_all(struct ctx *c, const struct layers_window *w, int64_t *hidden, bool *alone)
{
	const struct db_val args[] = {WINDOW_OF(w), db_i(w->job_id)};
	int64_t any;
	enum err e = db_one_int(c->db, &sql_layers_any, 3, args, &any);
	*alone = e == ERR_NOT_FOUND;
	if (!*alone)
		return e;
	e = db_run(c->db, &sql_window_store, 4, args);
	*hidden = e ? 0 : db_changes(c->db);
	return e ? e : db_run(c->db, &sql_window_hide, 4, args);
}

/* The days of the batch, one after the other. */
static enum err settle_days(struct reading *r, bool dry, struct layers_counts *n)
{
	enum err e = OK;
	while (!e && r->next <= r->w->last) {
		e = read_stacks(r);
		for (struct stack *s = r->stacks; s && !e; s = s->next) {
			enum layers_effect effect = LAYERS_SAME;
			if (!find_layer(s, r->w->job_id))
				continue;
			e = settle(r->c, s, dry, &effect);
			n->days++;
			n->same += effect == LAYERS_SAME;
			n->changed += effect == LAYERS_CHANGED;
			n->removed += effect == LAYERS_REMOVED;
			n->added += effect == LAYERS_ADDED;
		}
	}
	return e;
}

static enum err window(struct ctx *c, const struct layers_window *w, bool live, bool dry,
                       struct layers_counts *counts)
{
	int64_t hidden = 0;
	bool done = false;
	enum err e = live || dry ? OK : hide_all(c, w, &hidden, &done);
	counts->days += hidden;
	counts->removed += hidden;
	if (e || done)
		return said(c, e);
	struct reading r = {.c = c, .a = arena_new(STACKS_ARENA), .w = w, .live = live, .next = w->first};
	e = settle_days(&r, dry, counts);
	arena_free(r.a);
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

enum err layers_forget(struct ctx *c, const struct layers_window *w)
{
	enum err e = db_run(c->db, &sql_window_forget,
	                    DB_ARGS(db_i(w->series_id), db_i(w->first), db_i(w->last), db_i(w->job_id)));
	if (!e)
		e = db_run(c->db, &sql_range_forget, DB_ARGS(db_i(w->job_id), db_i(w->series_id)));
	return e ? ctx_db_failed(c, e, "forgetting what a batch stated") : OK;
}
