/* quality: see quality.h. It owns no table. */
#include "app/quality.h"

#include <stdlib.h>

#include "app/meter.h"
#include "app/series.h"
#include "app/setting.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "base/tz.h"
#include "db/db.h"

#define OUTLIER_TIMES   6
#define OUTLIER_LEAST   48 /* values above zero that a percentile needs */
#define ZEROS_MINUTES   (23 * 60)
#define TOTAL_TOLERANCE (DEC_ONE / 20)
#define EIGHTHS         8
#define BUCKETS         (64 * EIGHTHS)

SQL(quality_series,
    "SELECT s.id, m.id, m.identifier, p.id, p.name, s.channel, s.unit, s.interval_minutes, "
    "m.time_zone, " SERIES_FIRST_DAY ", " SERIES_LAST_DAY ", "
    "(SELECT r.at FROM register_readings r LEFT JOIN jobs j ON j.id = r.job_id WHERE r.series_id = s.id AND "
    "j.undone_at IS NULL ORDER BY r.at DESC LIMIT 1) "
    "FROM series s JOIN meters m ON m.id = s.meter_id JOIN properties p ON p.id = m.property_id "
    "WHERE m.is_active = 1 AND m.is_undone = 0 AND " RIGHT_SEES " AND (CAST(? AS BIGINT) = 0 OR p.id = ?) "
    "AND (CAST(? AS BIGINT) = 0 OR m.id = ?) ORDER BY m.identifier, m.id, s.channel, s.interval_minutes DESC");

static const struct rec_field fields[] = {
        REC(struct quality_finding, kind, REC_TEXT),
        REC(struct quality_finding, meter_id, REC_INT),
        REC(struct quality_finding, identifier, REC_TEXT),
        REC(struct quality_finding, property_id, REC_INT),
        REC(struct quality_finding, property_name, REC_TEXT),
        REC(struct quality_finding, series_id, REC_INT),
        REC(struct quality_finding, channel, REC_TEXT),
        REC(struct quality_finding, unit, REC_TEXT),
        REC(struct quality_finding, interval_minutes, REC_INT),
        REC(struct quality_finding, first_day, REC_DAY),
        REC(struct quality_finding, last_day, REC_DAY),
        REC(struct quality_finding, count, REC_INT),
        REC(struct quality_finding, worst, REC_TEXT),
        REC(struct quality_finding, href, REC_TEXT),
};
const struct rec_desc quality_finding_desc = REC_DESC(struct quality_finding, fields);

static const char *const kinds[QUALITY_KINDS] = {
        [QUALITY_GAP] = "gap",         [QUALITY_ESTIMATED] = "estimated", [QUALITY_SUBSTITUTED] = "substituted",
        [QUALITY_UNKNOWN] = "unknown", [QUALITY_ZEROS] = "zeros",         [QUALITY_NEGATIVE] = "negative",
        [QUALITY_OUTLIER] = "outlier", [QUALITY_TOTAL] = "total",         [QUALITY_STALE] = "stale",
};

const char *quality_kind_name(enum quality_kind k)
{
	return kinds[k];
}

bool quality_kind_of(struct str name, enum quality_kind *out)
{
	for (enum quality_kind k = QUALITY_GAP; k < QUALITY_KINDS; k++)
		if (str_eqz(name, kinds[k])) {
			*out = k;
			return true;
		}
	return false;
}

/* ---- runs ---- */

struct series_row {
	int64_t id, meter_id, property_id;
	struct str identifier, property_name, channel, unit;
	int64_t minutes;
	const struct tz *zone;
	bool has_days;
	int64_t first_day, last_day; /* where it has any */
	int64_t register_at;         /* of a register: its last reading; 0: none */
};

/* Findings of one kind that follow one another. */
struct run {
	bool open;
	int64_t first, last, count, worst;
};

/* The whole of a piece of work. */
struct work {
	struct ctx *c;
	const struct quality_filter *f;
	struct quality_report *out;
	const struct series_row *series; /* in hand */
	struct run run[QUALITY_KINDS];
	/* of the series in hand, from the first scan */
	uint32_t *bucket; /* BUCKETS */
	int64_t above_zero, limit;
	bool any_not_zero;
	/* in the second scan */
	int32_t next;     /* the day that should come */
	bool known;       /* something is known before */
	struct run gap;   /* missing so far; a gap once something comes behind it */
	struct run zeros; /* in one piece so far */
	int64_t zero_minutes;
	/* totals of days: of the series of days in hand, or before the finer one in hand; by day of the range
	 */
	int64_t *total;
	bool *has_total;
	const struct series_row *totals_of;
};

static bool has_worst(enum quality_kind k)
{
	return k == QUALITY_NEGATIVE || k == QUALITY_OUTLIER || k == QUALITY_TOTAL;
}

/* A run has ended: it is a finding. */
static void flush(struct work *w, enum quality_kind k)
{
	struct run *g = &w->run[k];
	const struct series_row *s = w->series;
	enum quality_kind only;
	char text[DEC_TEXT];
	if (!g->open)
		return;
	g->open = false;
	w->out->count[k]++;
	if (w->f->kind.n && (!quality_kind_of(w->f->kind, &only) || only != k))
		return;
	int64_t nth = w->out->total++;
	if (nth < w->f->offset || nth >= w->f->offset + w->f->limit)
		return;
	dec_format(g->worst, text);
	w->out->finding[w->out->n++] = (struct quality_finding){
	        .kind = str_of(kinds[k]),
	        .meter_id = s->meter_id,
	        .identifier = s->identifier,
	        .property_id = s->property_id,
	        .property_name = s->property_name,
	        .series_id = s->id,
	        .channel = s->channel,
	        .unit = s->unit,
	        .interval_minutes = s->minutes,
	        .first_day = g->first,
	        .last_day = g->last,
	        .count = g->count,
	        .worst = has_worst(k) ? arena_str(w->c->arena, str_of(text)) : (struct str){NULL, 0},
	};
}

static void note(struct work *w, enum quality_kind k, int64_t first, int64_t last, int64_t count, int64_t worst)
{
	struct run *g = &w->run[k];
	if (g->open && first > g->last + 1)
		flush(w, k);
	if (!g->open)
		*g = (struct run){.open = true, .first = first, .worst = worst};
	g->last = last;
	g->count += count;
	bool lower = worst < g->worst, further = k == QUALITY_TOTAL ? llabs(worst) > llabs(g->worst) : !lower;
	if (k == QUALITY_NEGATIVE ? lower : further)
		g->worst = worst;
}

/* ---- the first scan: how large values are ---- */

/* Of a value above zero: its power of two, and the eighth within it. */
static int bucket_of(int64_t v)
{
	int power = 63 - __builtin_clzll((unsigned long long)v);
	int eighth = power >= 3 ? (int)(v >> (power - 3)) & 7 : (int)(v << (3 - power)) & 7;
	return power * EIGHTHS + eighth;
}

/* What no value of the bucket reaches. */
static int64_t bucket_end(int bucket)
{
	int power = bucket / EIGHTHS, eighth = bucket % EIGHTHS;
	return power > 58 ? INT64_MAX / OUTLIER_TIMES : ((INT64_C(9) + eighth) << power) / EIGHTHS + 1;
}

static bool measure(void *arg, const struct series_day *d, struct str batch)
{
	struct work *w = arg;
	(void)batch;
	for (int i = 0; i < d->n; i++) {
		w->any_not_zero = w->any_not_zero || d->value[i] != 0;
		if (d->value[i] <= 0)
			continue;
		w->bucket[bucket_of(d->value[i])]++;
		w->above_zero++;
	}
	return true;
}

static int64_t outlier_limit(const struct work *w)
{
	int64_t seen = 0;
	int b = 0;
	if (w->above_zero < OUTLIER_LEAST)
		return INT64_MAX;
	for (; b < BUCKETS && seen * 100 < w->above_zero * 95; b++)
		seen += w->bucket[b];
	return bucket_end(b - 1) * OUTLIER_TIMES;
}

/* ---- the second scan ---- */

static void missing(struct work *w, int64_t first, int64_t last, int64_t count)
{
	if (!w->known)
		return;
	if (!w->gap.open)
		w->gap = (struct run){.open = true, .first = first};
	w->gap.last = last;
	w->gap.count += count;
}

/* Something comes behind what is missing. */
static void end_gap(struct work *w)
{
	if (w->gap.open)
		note(w, QUALITY_GAP, w->gap.first, w->gap.last, w->gap.count, 0);
	w->gap.open = false;
}

static void end_zeros(struct work *w)
{
	bool long_enough = w->zero_minutes >= ZEROS_MINUTES && w->any_not_zero;
	if (w->zeros.open && long_enough)
		note(w, QUALITY_ZEROS, w->zeros.first, w->zeros.last, w->zeros.count, 0);
	w->zeros.open = false;
	w->zero_minutes = 0;
}

static void zero(struct work *w, int32_t day)
{
	if (!w->zeros.open)
		w->zeros = (struct run){.open = true, .first = day};
	w->zeros.last = day;
	w->zeros.count++;
	w->zero_minutes += w->series->minutes;
}

static void look_at(struct work *w, int32_t day, int64_t value, char quality)
{
	w->known = true;
	if (w->gap.open)
		end_gap(w);
	if (quality == 'E' || quality == 'S' || quality == 'U')
		note(w,
		     quality == 'E'   ? QUALITY_ESTIMATED
		     : quality == 'S' ? QUALITY_SUBSTITUTED
		                      : QUALITY_UNKNOWN,
		     day, day, 1, 0);
	if (value < 0)
		note(w, QUALITY_NEGATIVE, day, day, 1, value);
	if (value > w->limit)
		note(w, QUALITY_OUTLIER, day, day, 1, value);
	if (value)
		end_zeros(w);
	else
		zero(w, day);
}

/* Days without a row, up to but not including `day`. */
static void skip_to(struct work *w, int32_t day)
{
	if (w->next < day)
		end_zeros(w);
	for (; w->next < day; w->next++)
		missing(w, w->next, w->next, series_intervals(w->series->zone, w->next, w->series->minutes));
}

/* The day's own total against its intervals; or, of a series of days, keeps it for the finer ones. */
static void check_total(struct work *w, const struct series_day *d)
{
	int64_t at = d->day - w->out->first_day, sum, off;
	unsigned present;
	if (w->series->minutes == 1440) {
		w->has_total[at] = d->quality[0] != 0;
		w->total[at] = d->value[0];
		return;
	}
	if (!w->totals_of || !w->has_total[at] || !series_total(d, &present, &sum) || present < d->n)
		return;
	if (dec_add(w->total[at], -sum, &off) && llabs(off) > TOTAL_TOLERANCE)
		note(w, QUALITY_TOTAL, d->day, d->day, 1, off);
}

static bool look(void *arg, const struct series_day *d, struct str batch)
{
	struct work *w = arg;
	(void)batch;
	skip_to(w, d->day);
	for (int i = 0; i < d->n; i++) {
		if (d->quality[i]) {
			look_at(w, d->day, d->value[i], d->quality[i]);
		} else {
			end_zeros(w);
			missing(w, d->day, d->day, 1);
		}
	}
	check_total(w, d);
	w->next = d->day + 1;
	return true;
}

/* A series of days: what it says of each is wanted by the finer series of the channel that come next. */
static void take_totals(struct work *w)
{
	const struct series_row *s = w->series, *t = w->totals_of;
	if (s->minutes == 1440) {
		w->totals_of = s;
		memset(w->has_total, 0, (size_t)(w->out->last_day - w->out->first_day + 1));
	} else if (t && (t->meter_id != s->meter_id || !str_eq(t->channel, s->channel) ||
	                 !str_eq(t->unit, s->unit))) {
		w->totals_of = NULL;
	}
}

static enum err scan(struct work *w, const struct series_row *s)
{
	int32_t from = (int32_t)w->out->first_day, to = (int32_t)w->out->last_day;
	w->series = s;
	take_totals(w);
	memset(w->bucket, 0, BUCKETS * sizeof(*w->bucket));
	w->above_zero = 0;
	w->any_not_zero = false;
	enum err e = series_scan(w->c, s->id, from, to, measure, w);
	if (e)
		return e;
	w->limit = outlier_limit(w);
	w->known = s->first_day < from;
	w->next = w->known ? from : (int32_t)s->first_day;
	w->gap = w->zeros = (struct run){.open = false};
	w->zero_minutes = 0;
	e = series_scan(w->c, s->id, from, to, look, w);
	if (s->last_day > to && s->first_day <= to) { /* it goes on behind the range */
		skip_to(w, to + 1);
		end_gap(w);
	}
	end_zeros(w);
	for (enum quality_kind k = QUALITY_GAP; k < QUALITY_KINDS; k++)
		flush(w, k);
	return e;
}

/* ---- meters ---- */

static int64_t last_known(const struct series_row *s)
{
	int64_t day = s->register_at ? tz_day_of(s->zone, s->register_at) : INT64_MIN;
	return s->has_days && s->last_day > day ? s->last_day : day;
}

/* One meter's series: is the latest day of any of them long ago? */
static void check_stale(struct work *w, const struct series_row *s, size_t n)
{
	size_t latest = 0;
	for (size_t i = 1; i < n; i++)
		if (last_known(&s[i]) > last_known(&s[latest]))
			latest = i;
	int64_t last = last_known(&s[latest]), today = tz_day_of(s->zone, ctx_now(w->c));
	if (last == INT64_MIN || today - last <= setting_int(w->c, SETTING_stale_days))
		return;
	w->series = &s[latest];
	note(w, QUALITY_STALE, last + 1, today, today - last, 0);
	flush(w, QUALITY_STALE);
}

static enum err list_series(struct ctx *c, const struct quality_filter *f, struct series_row **out, size_t *n)
{
	struct db_cur cur;
	size_t room = 0;
	*out = NULL;
	*n = 0;
	db_query(c->db, &cur, &sql_quality_series,
	         DB_ARGS(RIGHT_SEES_ARGS(c), db_i(f->property_id), db_i(f->property_id), db_i(f->meter_id),
	                 db_i(f->meter_id)));
	while (db_next(&cur)) {
		if (*n == room)
			*out = arena_doubled(c->arena, *out, sizeof(**out), &room);
		struct series_row *s = &(*out)[(*n)++];
		*s = (struct series_row){.id = db_int(&cur, 0),
		                         .meter_id = db_int(&cur, 1),
		                         .identifier = arena_str(c->arena, db_text(&cur, 2)),
		                         .property_id = db_int(&cur, 3),
		                         .property_name = arena_str(c->arena, db_text(&cur, 4)),
		                         .channel = arena_str(c->arena, db_text(&cur, 5)),
		                         .unit = arena_str(c->arena, db_text(&cur, 6)),
		                         .minutes = db_int(&cur, 7),
		                         .zone = tz_load(db_text(&cur, 8)),
		                         .has_days = !db_is_null(&cur, 9),
		                         .first_day = db_int(&cur, 9),
		                         .last_day = db_int(&cur, 10),
		                         .register_at = db_int(&cur, 11)};
		if (!s->zone)
			s->zone = tz_load(STR("UTC"));
	}
	enum err e = db_done(&cur);
	return e ? ctx_db_failed(c, e, "listing series") : OK;
}

/* ---- the range ---- */

static enum err read_day(struct ctx *c, const char *field, struct str text, int64_t *out)
{
	int32_t day;
	if (!text.n)
		return OK;
	if (!civil_parse_day(text, &day))
		return ctx_fail(c, ERR_INVALID, field, "\"%s\" is a date such as 2025-11-07.", field);
	*out = day;
	return OK;
}

static enum err read_range(struct ctx *c, const struct quality_filter *f, const struct series_row *s, size_t n,
                           struct quality_report *out)
{
	int64_t last = INT64_MIN, first;
	for (size_t i = 0; i < n; i++)
		if (s[i].has_days && s[i].last_day > last)
			last = s[i].last_day;
	if (last == INT64_MIN)
		last = ctx_now(c) / 86400;
	enum err e = read_day(c, "last_day", f->last_day, &last);
	first = last - QUALITY_DAYS + 1;
	if (!e)
		e = read_day(c, "first_day", f->first_day, &first);
	if (!e && first > last)
		e = ctx_fail(c, ERR_INVALID, "first_day", "The range begins after its end.");
	if (!e && last - first >= QUALITY_DAYS_MAX)
		e = ctx_fail(c, ERR_INVALID, "first_day", "At most %d days are looked at at once.",
		             QUALITY_DAYS_MAX);
	out->first_day = first;
	out->last_day = last;
	return e;
}

static enum err check(struct ctx *c, const struct quality_filter *f)
{
	struct meter m;
	enum quality_kind k;
	if (f->kind.n && !quality_kind_of(f->kind, &k))
		return ctx_fail(c, ERR_INVALID, "kind", "There is no kind of finding called so.");
	enum err e = f->property_id ? right_to_property(c, f->property_id, RIGHT_READ) : OK;
	return e || !f->meter_id ? e : meter_get(c, f->meter_id, &m);
}

enum err quality_find(struct ctx *c, const struct quality_filter *f, struct quality_report *out)
{
	struct work w = {.c = c, .f = f, .out = out};
	struct series_row *all;
	size_t n;
	*out = (struct quality_report){.total = 0};
	enum err e = check(c, f);
	if (!e)
		e = list_series(c, f, &all, &n);
	if (!e)
		e = read_range(c, f, all, n, out);
	if (e)
		return e;
	out->finding = ARENA_ARRAY(c->arena, struct quality_finding, (size_t)f->limit);
	w.bucket = ARENA_ARRAY(c->arena, uint32_t, BUCKETS);
	w.total = ARENA_ARRAY(c->arena, int64_t, (size_t)(out->last_day - out->first_day + 1));
	w.has_total = ARENA_ARRAY(c->arena, bool, (size_t)(out->last_day - out->first_day + 1));
	for (size_t i = 0, end; !e && i < n; i = end) {
		for (end = i; !e && end < n && all[end].meter_id == all[i].meter_id; end++) {
			out->series++;
			if (all[end].minutes && all[end].has_days)
				e = scan(&w, &all[end]);
		}
		if (!e)
			check_stale(&w, &all[i], end - i);
	}
	return e;
}
