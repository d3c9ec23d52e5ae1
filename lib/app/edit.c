/* edit: see edit.h. Owns the table edits. */
#include "app/edit.h"

#include "app/check.h"
#include "app/meter.h"
#include "app/series.h"
#include "app/series_layers.h"
#include "app/undo.h"
#include "base/decimal.h"
#include "base/tz.h"
#include "db/db.h"

#define CHANNEL_MAX_CHARS 40
#define REASON_MAX_CHARS  400
#define DAY               86400

#define EDIT_COLUMNS                                                                                      \
	"e.job_id AS id, s.meter_id, e.series_id, s.channel, s.unit, s.interval_minutes, e.start_at, "    \
	"e.end_at, "                                                                                      \
	"e.action, e.value, e.quality, e.reason, e.intervals, e.intervals_changed, j.batch_id, u.email, " \
	"j.queued_at, j.undone_at FROM edits e JOIN series s ON s.id = e.series_id "                      \
	"JOIN jobs j ON j.id = e.job_id LEFT JOIN users u ON u.id = j.user_id WHERE s.meter_id = ?"
SQL(edit_list, "SELECT " EDIT_COLUMNS " ORDER BY e.job_id DESC LIMIT ? OFFSET ?");
SQL(edit_count, "SELECT COUNT(*) FROM edits e JOIN series s ON s.id = e.series_id WHERE s.meter_id = ?");
SQL(edit_get, "SELECT " EDIT_COLUMNS " AND e.job_id = ?");
SQL(edit_meter, "SELECT s.meter_id FROM edits e JOIN series s ON s.id = e.series_id WHERE e.job_id = ?");
SQL(edit_insert,
    "INSERT INTO edits (job_id, series_id, start_at, end_at, action, value, quality, reason, intervals, "
    "intervals_changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
SQL(edit_series, "SELECT id, interval_minutes FROM series WHERE meter_id = ? AND channel = ? AND "
                 "interval_minutes > 0 AND (CAST(? AS BIGINT) = 0 OR interval_minutes = ?)");

static const struct rec_field wanted_fields[] = {
        REC(struct edit_wanted, channel, REC_TEXT), REC(struct edit_wanted, interval_minutes, REC_INT),
        REC(struct edit_wanted, start, REC_AT),     REC(struct edit_wanted, end, REC_AT),
        REC(struct edit_wanted, action, REC_TEXT),  REC_FLAGS(struct edit_wanted, value, REC_DEC, REC_NOT_NULL),
        REC(struct edit_wanted, quality, REC_TEXT), REC(struct edit_wanted, reason, REC_TEXT),
};
const struct rec_desc edit_wanted_desc = REC_DESC(struct edit_wanted, wanted_fields);

static const struct rec_field fields[] = {
        REC(struct edit, id, REC_INT),        REC(struct edit, meter_id, REC_INT),
        REC(struct edit, series_id, REC_INT), REC(struct edit, channel, REC_TEXT),
        REC(struct edit, unit, REC_TEXT),     REC(struct edit, interval_minutes, REC_INT),
        REC(struct edit, start, REC_AT),      REC(struct edit, end, REC_AT),
        REC(struct edit, action, REC_TEXT),   REC(struct edit, value, REC_TEXT),
        REC(struct edit, quality, REC_TEXT),  REC(struct edit, reason, REC_TEXT),
        REC(struct edit, intervals, REC_INT), REC(struct edit, intervals_changed, REC_INT),
        REC(struct edit, batch_id, REC_TEXT), REC(struct edit, made_by, REC_TEXT),
        REC(struct edit, made_at, REC_AT),    REC(struct edit, taken_out_at, REC_AT),
};
const struct rec_desc edit_desc = REC_DESC(struct edit, fields);

/* ---- what may be said ---- */

static enum err check_range(struct ctx *c, const struct edit_wanted *w)
{
	if (!w->start)
		return ctx_fail(c, ERR_INVALID, "start",
		                "Say where the range begins, such as 2025-11-07T10:30:00Z.");
	if (!w->end)
		return ctx_fail(c, ERR_INVALID, "end",
		                "Say where the range ends, such as 2025-11-07T12:00:00Z; it is not included.");
	if (w->start >= w->end)
		return ctx_fail(c, ERR_INVALID, "start", "The range begins at or after its end.");
	if (w->end - w->start > (int64_t)EDIT_DAYS_MAX * DAY)
		return ctx_fail(c, ERR_INVALID, "end", "An edit covers at most %d days.", EDIT_DAYS_MAX);
	if (w->end > ctx_now(c) + 2 * DAY)
		return ctx_fail(c, ERR_INVALID, "end", "The range reaches into the future.");
	return OK;
}

static enum err check_set(struct ctx *c, struct edit_wanted *w)
{
	if (!w->has_value)
		return ctx_fail(c, ERR_INVALID, "value", "Say which value each interval gets.");
	if (!w->quality.n)
		w->quality = STR("S");
	if (w->quality.n != 1 || !strchr("AES", w->quality.p[0]))
		return ctx_fail(c, ERR_INVALID, "quality",
		                "The quality is S (substituted), E (estimated) or A (actual).");
	return OK;
}

static enum err check_exclude(struct ctx *c, const struct edit_wanted *w)
{
	if (w->has_value || w->quality.n)
		return ctx_fail(c, ERR_INVALID, w->has_value ? "value" : "quality",
		                "What is excluded has no value and no quality.");
	return OK;
}

static enum err check(struct ctx *c, struct edit_wanted *w)
{
	enum err e = check_range(c, w);
	bool sets = str_eqz(w->action, "set");
	if (!e && !sets && !str_eqz(w->action, "exclude"))
		e = ctx_fail(c, ERR_INVALID, "action", "\"action\" is set or exclude.");
	if (!e)
		e = sets ? check_set(c, w) : check_exclude(c, w);
	if (!w->channel.n)
		w->channel = STR("import");
	if (!e)
		e = check_line(c, "channel", w->channel, CHANNEL_MAX_CHARS);
	w->reason = str_trim(w->reason);
	if (!e && !w->reason.n)
		e = ctx_fail(c, ERR_INVALID, "reason", "Say why: whoever looks at it later wants to know.");
	return e ? e : check_line(c, "reason", w->reason, REASON_MAX_CHARS);
}

/* The one series that is meant. */
static enum err find_series(struct ctx *c, int64_t meter_id, struct edit_wanted *w, int64_t *id)
{
	struct db_cur cur;
	int64_t minutes = w->interval_minutes;
	size_t n = 0;
	db_query(c->db, &cur, &sql_edit_series,
	         DB_ARGS(db_i(meter_id), db_t(w->channel), db_i(minutes), db_i(minutes)));
	for (; db_next(&cur); n++) {
		*id = db_int(&cur, 0);
		w->interval_minutes = db_int(&cur, 1);
	}
	enum err e = db_done(&cur);
	if (e)
		return ctx_db_failed(c, e, "looking for a series");
	if (n == 0)
		return ctx_fail(c, ERR_INVALID, minutes ? "interval_minutes" : "channel",
		                "The meter has no such series of interval readings.");
	if (n > 1)
		return ctx_fail(c, ERR_INVALID, "interval_minutes",
		                "The meter has several series of this channel: say the interval_minutes of the "
		                "one that is meant.");
	return OK;
}

/* ---- making one ---- */

struct count {
	int64_t stated, changed;
};

/* What the edit states of one day; false: no interval of it. */
static bool state_day(const struct edit_wanted *w, const struct tz *zone, struct series_day *d)
{
	int64_t start = tz_day_start(zone, d->day), step = w->interval_minutes * 60;
	bool any = false, sets = str_eqz(w->action, "set");
	d->n = (uint16_t)series_intervals(zone, d->day, w->interval_minutes);
	for (int i = 0; i < d->n; i++) {
		int64_t at = start + i * step;
		bool in = at >= w->start && at < w->end;
		d->value[i] = in && sets ? w->value : 0;
		d->quality[i] = !in ? 0 : sets ? w->quality.p[0] : SERIES_EXCLUDED;
		any = any || in;
	}
	return any;
}

static enum err put_days(struct ctx *c, const struct edit_wanted *w, const struct tz *zone, int64_t series,
                         int64_t job, struct count *count)
{
	uint8_t packed[SERIES_PACKED_MAX], outcome[SERIES_INTERVALS_MAX];
	struct series_day *d = ARENA_NEW(c->arena, struct series_day);
	int32_t first = tz_day_of(zone, w->start), last = tz_day_of(zone, w->end - 1);
	enum err e = OK;
	for (d->day = first; !e && d->day <= last; d->day++) {
		int n = 0;
		if (!state_day(w, zone, d))
			continue;
		struct str data = {(char *)packed, series_pack(d->n, d->value, d->quality, packed)};
		e = series_put(c, series, d->day, job, data, SERIES_REPLACE, false, outcome, &n);
		for (int i = 0; !e && i < n; i++) {
			count->stated += outcome[i] != SERIES_ABSENT;
			count->changed += outcome[i] == SERIES_NEW || outcome[i] == SERIES_CHANGED;
		}
	}
	return e ? e : layers_range(c, job, series, first, last);
}

/* In a transaction. */
static enum err put(struct ctx *c, const struct meter *m, const struct edit_wanted *w, int64_t series,
                    int64_t *id)
{
	const struct job wanted = {
	        .kind = STR("edit"),
	        .filename = str_of(arena_printf(c->arena, "Edit of %.*s", STR_ARG(m->identifier))),
	        .file_path = STR(""),
	        .import_type = w->action,
	        .on_conflict = STR("replace"),
	        .property_id = m->property_id,
	        .user_id = c->actor.user_id};
	struct job j;
	struct count n = {0, 0};
	char value[DEC_TEXT];
	const struct tz *zone = tz_load(m->time_zone);
	enum err e = job_add(c, &wanted, "completed", 0, &j);
	if (!e)
		e = put_days(c, w, zone ? zone : tz_load(STR("UTC")), series, j.id, &n);
	if (!e && !n.stated)
		e = ctx_fail(c, ERR_INVALID, "start", "No interval of %lld minutes begins in this range.",
		             (long long)w->interval_minutes);
	if (e)
		return e;
	dec_format(w->value, value);
	*id = j.id;
	return db_run(c->db, &sql_edit_insert,
	              DB_ARGS(db_i(j.id), db_i(series), db_i(w->start), db_i(w->end), db_t(w->action),
	                      w->has_value ? db_z(value) : db_null(), db_t0(w->quality), db_t(w->reason),
	                      db_i(n.stated), db_i(n.changed)));
}

static enum err may(struct ctx *c, int64_t meter_id, struct meter *m)
{
	enum err e = meter_get(c, meter_id, m);
	return e ? e : right_to_property(c, m->property_id, RIGHT_EDIT);
}

enum err edit_add(struct ctx *c, int64_t meter_id, const struct edit_wanted *wanted, struct edit *out)
{
	struct edit_wanted w = *wanted;
	struct meter m;
	int64_t series = 0, id = 0;
	enum err e = may(c, meter_id, &m);
	if (!e)
		e = check(c, &w);
	if (!e)
		e = find_series(c, meter_id, &w, &series);
	if (e)
		return e;
	e = ctx_begin(c, "storing an edit");
	if (!e)
		e = ctx_end(c, put(c, &m, &w, series, &id), "storing an edit");
	return e ? e : edit_get(c, meter_id, id, out);
}

/* ---- looking ---- */

enum err edit_list(struct ctx *c, int64_t meter_id, int64_t limit, int64_t offset, struct edit **out, size_t *n,
                   int64_t *total)
{
	struct meter m;
	enum err e = meter_get(c, meter_id, &m);
	*n = 0;
	if (e)
		return e;
	*out = db_all(c->db, &sql_edit_list, DB_ARGS(db_i(meter_id), db_i(limit), db_i(offset)), c->arena,
	              &edit_desc, n, &e);
	if (!e)
		e = db_one_int(c->db, &sql_edit_count, DB_ARGS(db_i(meter_id)), total);
	return e ? ctx_db_failed(c, e, "listing a meter's edits") : OK;
}

enum err edit_get(struct ctx *c, int64_t meter_id, int64_t id, struct edit *out)
{
	struct meter m;
	enum err e = meter_get(c, meter_id, &m);
	if (e)
		return e;
	e = db_one(c->db, &sql_edit_get, DB_ARGS(db_i(meter_id), db_i(id)), c->arena, &edit_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "edit", "The meter has no such edit.");
	return e ? ctx_db_failed(c, e, "reading an edit") : OK;
}

enum err edit_meter(struct ctx *c, int64_t id, int64_t *meter_id)
{
	struct meter m;
	enum err e = db_one_int(c->db, &sql_edit_meter, DB_ARGS(db_i(id)), meter_id);
	if (e && e != ERR_NOT_FOUND)
		return ctx_db_failed(c, e, "looking for an edit");
	if (!e)
		e = meter_get(c, *meter_id, &m);
	return e == ERR_NOT_FOUND ? ctx_fail(c, e, "edit", "There is no edit %lld.", (long long)id) : e;
}

/* ---- out and back ---- */

/* Whoever may edit the property may do it, also where the job is somebody else's. */
static enum err move(struct ctx *c, int64_t meter_id, int64_t id, enum undo_what what, struct edit *out)
{
	static const volatile int never = 0;
	struct undo_report done;
	struct meter m;
	enum err e = may(c, meter_id, &m);
	if (!e)
		e = edit_get(c, meter_id, id, out);
	if (e)
		return e;
	if ((what == UNDO) == (out->taken_out_at != 0))
		return ctx_fail(c, ERR_CONFLICT, "",
		                what == UNDO ? "The edit has been taken out already."
		                             : "The edit holds already.");
	enum actor_kind asking = c->actor.kind;
	c->actor.kind = ACTOR_SYSTEM;
	e = undo_here(c, out->batch_id, what, &never, &done);
	c->actor.kind = asking;
	return e ? e : edit_get(c, meter_id, id, out);
}

enum err edit_take_out(struct ctx *c, int64_t meter_id, int64_t id, struct edit *out)
{
	return move(c, meter_id, id, UNDO, out);
}

enum err edit_put_back(struct ctx *c, int64_t meter_id, int64_t id, struct edit *out)
{
	return move(c, meter_id, id, REDO, out);
}
