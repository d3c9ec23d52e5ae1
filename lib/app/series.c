/*
 * series: see series.h. This file and series_layers.c own the tables series, days,
 * day_layers and job_series.
 *
 * A day that one batch stated is one row of `days` with that batch's number, and nothing else: the common case
 * costs one row. What further batches state is laid beside it (series_layers.c).
 */
#include "app/series.h"

#include "app/series_layers.h"
#include "base/decimal.h"
#include "base/tz.h"
#include "db/db.h"

SQL(series_list, "SELECT s.id, s.meter_id, s.channel, s.interval_minutes, s.unit, "
                 "(SELECT COUNT(*) FROM days d WHERE d.series_id = s.id AND " SERIES_SHOWS
                 "), " SERIES_FIRST_DAY ", " SERIES_LAST_DAY " FROM series s WHERE s.meter_id = ? AND EXISTS "
                 "(SELECT 1 FROM days d WHERE d.series_id = s.id AND " SERIES_SHOWS ") "
                 "ORDER BY s.channel, s.interval_minutes");
SQL(series_find, "SELECT id, unit FROM series WHERE meter_id = ? AND channel = ? AND interval_minutes = ?");
SQL(series_add,
    "INSERT INTO series (meter_id, channel, interval_minutes, unit) VALUES (?, ?, ?, ?) RETURNING id");
/* The batch that a day names may be undone: then one that says the same stands for it. */
SQL(days_read,
    "SELECT d.day, d.data, COALESCE((SELECT j.batch_id FROM jobs j WHERE j.id = d.job_id AND j.undone_at IS "
    "NULL), "
    "(SELECT j.batch_id FROM day_layers l JOIN jobs j ON j.id = l.job_id WHERE l.series_id = d.series_id "
    "AND l.day = d.day AND l.data IS NULL AND j.undone_at IS NULL ORDER BY l.job_id LIMIT 1)) "
    "FROM days d WHERE d.series_id = ? AND d.day BETWEEN ? AND ? ORDER BY d.day");
SQL(days_scan, "SELECT day, data FROM days WHERE series_id = ? AND day BETWEEN ? AND ? ORDER BY day");
SQL(days_add, "INSERT INTO days (series_id, day, job_id, data) VALUES (?, ?, ?, ?) ON CONFLICT (series_id, "
              "day) DO NOTHING");
static const struct rec_field series_fields[] = {
        REC(struct series, id, REC_INT),        REC(struct series, meter_id, REC_INT),
        REC(struct series, channel, REC_TEXT),  REC(struct series, interval_minutes, REC_INT),
        REC(struct series, unit, REC_TEXT),     REC(struct series, days, REC_INT),
        REC(struct series, first_day, REC_DAY), REC(struct series, last_day, REC_DAY),
};
const struct rec_desc series_desc = REC_DESC(struct series, series_fields);

enum err series_list(struct ctx *c, int64_t meter_id, struct series **out, size_t *n)
{
	enum err e;
	*out = db_all(c->db, &sql_series_list, DB_ARGS(db_i(meter_id)), c->arena, &series_desc, n, &e);
	return e ? ctx_db_failed(c, e, "listing a meter's series") : OK;
}

enum err series_find(struct ctx *c, int64_t meter_id, struct str channel, int64_t minutes, int64_t *id,
                     struct str *unit)
{
	struct db_cur cur;
	*id = 0;
	*unit = STR("");
	db_query(c->db, &cur, &sql_series_find, DB_ARGS(db_i(meter_id), db_t(channel), db_i(minutes)));
	if (db_next(&cur)) {
		*id = db_int(&cur, 0);
		*unit = arena_str(c->arena, db_text(&cur, 1));
	}
	enum err e = db_done(&cur);
	return e ? ctx_db_failed(c, e, "looking for a series") : OK;
}

enum err series_add(struct ctx *c, int64_t meter_id, struct str channel, int64_t minutes, struct str unit,
                    int64_t *id)
{
	enum err e = db_one_int(c->db, &sql_series_add,
	                        DB_ARGS(db_i(meter_id), db_t(channel), db_i(minutes), db_t(unit)), id);
	return e ? ctx_db_failed(c, e, "adding a series") : OK;
}

/* ---- reading ---- */

/* What was excluded is missing to all who read. False: the day holds nothing else. */
static bool hide_excluded(struct series_day *d)
{
	if (!memchr(d->quality, SERIES_EXCLUDED, d->n))
		return true;
	bool any = false;
	for (int i = 0; i < d->n; i++) {
		if (d->quality[i] == SERIES_EXCLUDED)
			d->quality[i] = 0;
		any = any || d->quality[i];
	}
	return any;
}

static enum err each_day(struct ctx *c, const struct db_sql *q, bool with_batch, int64_t series_id,
                         int32_t from, int32_t to, series_each_fn *each, void *arg)
{
	struct db_cur cur;
	struct series_day d; /* on the stack: an export makes thousands of these calls in one arena */
	bool damaged = false, more = true;
	db_query(c->db, &cur, q, DB_ARGS(db_i(series_id), db_i(from), db_i(to)));
	while (more && db_next(&cur)) {
		d.day = (int32_t)db_int(&cur, 0);
		if (!series_unpack(db_text(&cur, 1), &d)) {
			damaged = true;
			break;
		}
		if (!hide_excluded(&d))
			continue;
		struct str batch = with_batch ? db_text(&cur, 2) : STR("");
		more = each(arg, &d, batch.p ? batch : STR(""));
	}
	enum err e = db_done(&cur);
	if (damaged)
		return series_damaged(c, series_id, d.day);
	return e ? ctx_db_failed(c, e, "reading readings") : OK;
}

enum err series_read(struct ctx *c, int64_t series_id, int32_t from, int32_t to, series_each_fn *each,
                     void *arg)
{
	return each_day(c, &sql_days_read, true, series_id, from, to, each, arg);
}

enum err series_scan(struct ctx *c, int64_t series_id, int32_t from, int32_t to, series_each_fn *each,
                     void *arg)
{
	return each_day(c, &sql_days_scan, false, series_id, from, to, each, arg);
}

bool series_total(const struct series_day *d, unsigned *count, int64_t *total)
{
	bool fits = true;
	*total = 0;
	*count = 0;
	for (int i = 0; i < d->n; i++)
		if (d->quality[i]) {
			fits = fits && dec_add(*total, d->value[i], total);
			++*count;
		}
	if (!fits)
		*total = 0;
	return fits;
}

/* ---- writing ---- */

bool series_policy_of(struct str word, enum series_policy *out)
{
	static const struct {
		const char *word;
		enum series_policy policy;
	} words[] = {{"actual-wins", SERIES_ACTUAL_WINS}, {"replace", SERIES_REPLACE}, {"keep", SERIES_KEEP}};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eqz(word, words[i].word)) {
			*out = words[i].policy;
			return true;
		}
	return false;
}

enum series_outcome series_judge(int64_t old_value, char old_quality, int64_t value, char quality,
                                 enum series_policy policy)
{
	if (!quality)
		return SERIES_ABSENT;
	if (!old_quality)
		return SERIES_NEW;
	if (old_quality == SERIES_EXCLUDED && quality != SERIES_EXCLUDED)
		return policy == SERIES_REPLACE ? SERIES_CHANGED : SERIES_BARRED;
	if (value == old_value && (quality == old_quality || quality == '-'))
		return SERIES_IDENTICAL;
	if (policy == SERIES_KEEP)
		return SERIES_KEPT;
	if (policy == SERIES_ACTUAL_WINS && old_quality == 'A' && (quality == 'E' || quality == 'S'))
		return SERIES_KEPT;
	return SERIES_CHANGED;
}

int series_intervals(const struct tz *zone, int32_t day, int64_t minutes)
{
	int n = (int)(tz_day_seconds(zone, day) / (minutes * 60));
	return n ? n : 1;
}

static int mark_new(struct str packed, uint8_t *outcome)
{
	struct series_day d;
	if (!series_unpack(packed, &d))
		return -1;
	for (int i = 0; i < d.n; i++)
		outcome[i] = d.quality[i] ? SERIES_NEW : SERIES_ABSENT;
	return d.n;
}

enum err series_damaged(struct ctx *c, int64_t series_id, int32_t day)
{
	return ctx_fail(c, ERR_CORRUPT, "", "The stored day %d of series %lld is damaged.", day,
	                (long long)series_id);
}

enum err series_put(struct ctx *c, int64_t series_id, int32_t day, int64_t job_id, struct str packed,
                    enum series_policy policy, bool dry, uint8_t outcome[SERIES_INTERVALS_MAX], int *n)
{
	enum err e = OK;
	if (!dry) {
		e = db_run(c->db, &sql_days_add,
		           DB_ARGS(db_i(series_id), db_i(day), db_i(job_id), db_b(packed)));
		if (e)
			return ctx_db_failed(c, e, "storing readings");
		if (db_changes(c->db)) {
			*n = mark_new(packed, outcome);
			return OK;
		}
	}
	const struct layers_statement st = {job_id, packed, policy};
	return layers_put(c, series_id, day, &st, dry, outcome, n);
}
