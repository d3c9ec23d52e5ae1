/*
 * merge_days: readings. What each batch of the archive stated of a day is laid into that day here, at the place
 * that the batch has among the others, and what shows follows from it (series_layers.h): readings that a later
 * import here has corrected stay corrected, and an undo of any batch, from there or from here, goes on working.
 */
#include "app/backup/diff.h"
#include "app/backup/merge_rows.h"
#include "app/series_layers.h"
#include "db/db.h"

SQL(merge_days, "SELECT series_id, day, job_id, data FROM days ORDER BY series_id, day");
SQL(merge_layers, "SELECT series_id, day, job_id, data FROM day_layers ORDER BY series_id, day, job_id");
SQL(merge_ranges, "SELECT job_id, series_id, first_day, last_day FROM job_series ORDER BY job_id, series_id");

/* One day of the archive. */
struct staged_day {
	int64_t series_id, day;
	bool shows;       /* it has a row in `days` */
	struct str shown; /* that row's data */
	struct layers_statement *st;
	bool *live;
	size_t n, room, rooms;
	size_t own; /* statements that are the row in `days`: 0 or 1 */
};

/* A statement is laid at its batch's place here; what has been cleaned away here stays away. */
static void add_statement(const struct merge *m, struct staged_day *d, int64_t job_from, struct str packed)
{
	const struct merge_pair *p = merge_find(m, BACKUP_OF_jobs, job_from);
	const struct merge_job *j = merge_job(m, job_from);
	if (!p || j->forgotten)
		return;
	if (d->n == d->room) {
		d->st = arena_doubled(m->row, d->st, sizeof(*d->st), &d->room);
		d->live = arena_doubled(m->row, d->live, sizeof(*d->live), &d->rooms);
	}
	d->st[d->n] = (struct layers_statement){p->to, packed, j->policy};
	d->live[d->n++] = !j->is_undone;
}

/* < 0: cursor a is at an earlier day than b. */
static int order_of(struct db_cur *a, bool has_a, struct db_cur *b, bool has_b)
{
	if (!has_a || !has_b)
		return (int)has_b - (int)has_a;
	int64_t s = db_int(a, 0) - db_int(b, 0), d = db_int(a, 1) - db_int(b, 1);
	return s ? (s > 0) - (s < 0) : (d > 0) - (d < 0);
}

/* The next day of the two lists. */
static void take_day(const struct merge *m, struct db_cur *days, bool *has_days, struct db_cur *layers,
                     bool *has_layers, struct staged_day *d)
{
	int order = order_of(days, *has_days, layers, *has_layers);
	struct db_cur *at = order <= 0 ? days : layers;
	arena_reset(m->row);
	*d = (struct staged_day){.series_id = db_int(at, 0), .day = db_int(at, 1)};
	if (order <= 0) {
		d->shows = true;
		d->shown = arena_str(m->row, db_text(days, 3));
		if (!db_is_null(days, 2))
			add_statement(m, d, db_int(days, 2), d->shown);
		d->own = d->n;
		*has_days = db_next(days);
	}
	while (*has_layers && db_int(layers, 0) == d->series_id && db_int(layers, 1) == d->day) {
		struct str data = db_text(layers, 3);
		add_statement(m, d, db_int(layers, 2), data.p ? arena_str(m->row, data) : d->shown);
		*has_layers = db_next(layers);
	}
}

static enum err put_day(struct merge *m, const struct staged_day *d)
{
	struct backup_change *days = diff_of(m->out, "days"), *layers = diff_of(m->out, "day_layers");
	const struct merge_pair *series = merge_find(m, BACKUP_OF_series, d->series_id);
	const struct layers_day day = {series->to, (int32_t)d->day, d->st, d->live, d->n};
	bool *known = ARENA_ARRAY(m->row, bool, d->n + 1);
	enum layers_effect effect = LAYERS_SAME;
	enum err e = d->n ? layers_restore(m->c, m->row, &day, known, &effect) : OK;
	for (size_t i = d->own; i < d->n; i++) {
		layers->left += known[i];
		layers->added += !known[i];
	}
	days->added += effect == LAYERS_ADDED;
	days->changed += effect == LAYERS_CHANGED;
	days->left += effect == LAYERS_SAME && d->shows;
	return e;
}

enum err merge_days(struct merge *m)
{
	struct db_cur days, layers;
	struct staged_day d;
	enum err e = OK;
	db_query(m->from, &days, &sql_merge_days, DB_NOARGS);
	db_query(m->from, &layers, &sql_merge_layers, DB_NOARGS);
	bool has_days = db_next(&days), has_layers = db_next(&layers);
	while (!e && (has_days || has_layers)) {
		take_day(m, &days, &has_days, &layers, &has_layers, &d);
		e = put_day(m, &d);
	}
	enum err one = db_done(&days), other = db_done(&layers);
	return e ? e : one ? one : other;
}

enum err merge_ranges(struct merge *m)
{
	struct backup_change *n = diff_of(m->out, "job_series");
	struct db_cur cur;
	enum err e = OK;
	db_query(m->from, &cur, &sql_merge_ranges, DB_NOARGS);
	while (!e && db_next(&cur)) {
		const struct merge_pair *job = merge_find(m, BACKUP_OF_jobs, db_int(&cur, 0));
		const struct merge_pair *series = merge_find(m, BACKUP_OF_series, db_int(&cur, 1));
		const struct merge_job *j = merge_job(m, db_int(&cur, 0));
		if (!job || !series || j->forgotten || !(job->is_new || series->is_new)) {
			n->left++;
			continue;
		}
		const struct layers_window w = {job->to, series->to, db_int(&cur, 2), db_int(&cur, 3)};
		e = j->is_undone ? layers_window_add(m->c, &w)
		                 : layers_range(m->c, w.job_id, w.series_id, (int32_t)w.first, (int32_t)w.last);
		n->added++;
	}
	enum err other = db_done(&cur);
	return e ? e : other;
}
