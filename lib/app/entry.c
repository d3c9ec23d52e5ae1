/* entry: see entry.h. */
#include "app/entry.h"

#include "app/check.h"
#include "app/job_run.h"
#include "app/meter.h"
#include "app/register.h"
#include "base/decimal.h"
#include "db/db.h"

#define CHANNEL_MAX_CHARS 40
#define SKEW              300 /* seconds that another clock may be ahead */
#define DAY               86400

SQL(entry_event_between,
    "SELECT COUNT(*) FROM meter_events WHERE meter_id = ? AND channel = ? AND at > ? AND at <= ?");

static const struct rec_field fields[] = {
        REC(struct entry, meter_id, REC_INT),
        REC(struct entry, reading_timestamp, REC_AT),
        REC_FLAGS(struct entry, value, REC_DEC, REC_NOT_NULL),
        REC(struct entry, channel, REC_TEXT),
        REC(struct entry, quality, REC_TEXT),
        REC(struct entry, recorded_by, REC_TEXT),
        REC(struct entry, batch_id, REC_TEXT),
        REC(struct entry, outcome, REC_TEXT),
        REC(struct entry, decreased, REC_BOOL),
        REC(struct entry, warning, REC_TEXT),
};
const struct rec_desc entry_desc = REC_DESC(struct entry, fields);
const struct rec_desc entry_given_desc = {"entry", fields, 5, sizeof(struct entry)};

/* The name of a row's field in the fault. */
static const char *field_of(struct ctx *c, const char *name, size_t row, size_t n)
{
	return n > 1 ? arena_printf(c->arena, "readings/%zu/%s", row, name) : name;
}

static enum err check_row(struct ctx *c, struct entry *g, size_t row, size_t n)
{
	const char *field = field_of(c, "value", row, n);
	if (g->value < 0 || g->value > REGISTER_MAX)
		return ctx_fail(c, ERR_INVALID, field, "A register shows 0 to 999999999.999.");
	field = field_of(c, "reading_timestamp", row, n);
	if (!g->reading_timestamp)
		return ctx_fail(c, ERR_INVALID, field,
		                "Say when the register showed it, such as 2025-11-07T10:30:00Z.");
	if (g->reading_timestamp > ctx_now(c) + SKEW)
		return ctx_fail(c, ERR_INVALID, field, "The reading is of the future.");
	if (!g->quality.n)
		g->quality = STR("A");
	if (g->quality.n != 1 || !strchr("AES", g->quality.p[0]))
		return ctx_fail(c, ERR_INVALID, field_of(c, "quality", row, n),
		                "The quality is A (actual), E (estimated) or S (substituted).");
	if (!g->channel.n)
		g->channel = STR("import");
	return check_line(c, field_of(c, "channel", row, n), g->channel, CHANNEL_MAX_CHARS);
}

static enum err check_meter(struct ctx *c, const struct entry *g, size_t row, size_t n)
{
	struct meter m;
	enum err e = g->meter_id ? meter_get(c, g->meter_id, &m) : ERR_NOT_FOUND;
	if (!e)
		e = right_to_property(c, m.property_id, RIGHT_EDIT);
	if (e == ERR_NOT_FOUND && n > 1)
		return ctx_fail(c, ERR_INVALID, field_of(c, "meter_id", row, n), "There is no meter %lld.",
		                (long long)g->meter_id);
	if (!g->meter_id)
		return ctx_fail(c, ERR_INVALID, "meter_id", "Say which meter it is of.");
	if (!e && str_eqz(m.sub_meter_kind, "VIRTUAL"))
		return ctx_fail(c, ERR_INVALID, field_of(c, "meter_id", row, n),
		                "Meter %lld is virtual: it is computed, and shows nothing itself.",
		                (long long)m.id);
	return e;
}

/* Does the register fall from its reading before to this one, or from this one to the next? */
static enum err check_fall(struct ctx *c, int64_t series, struct entry *g)
{
	struct register_reading before = {0}, behind = {0};
	int64_t at = g->reading_timestamp, first, next, events = 0;
	enum err e = register_beside(c, series, at, at, &first, &next);
	if (!e && first < at)
		e = register_at(c, series, first, &before);
	if (!e && next > at)
		e = register_at(c, series, next, &behind);
	bool fell = before.quality && g->value < before.value,
	     falls = behind.quality && behind.value < g->value;
	if (e || (!fell && !falls))
		return e;
	e = db_one_int(
	        c->db, &sql_entry_event_between,
	        DB_ARGS(db_i(g->meter_id), db_t(g->channel), db_i(fell ? first : at), db_i(fell ? at : next)),
	        &events);
	if (e || events)
		return e;
	char text[DEC_TEXT];
	dec_format(fell ? before.value : behind.value, text);
	g->decreased = true;
	g->warning = str_of(arena_printf(
	        c->arena,
	        fell ? "It is less than the reading before it, %s. Was the meter exchanged? Then "
	               "record the exchange; else check both readings."
	             : "The reading after it is less, %s. Was the meter exchanged? Then record the "
	               "exchange; else check both readings.",
	        text));
	return OK;
}

static const char *const outcomes[] = {
        [SERIES_ABSENT] = "absent",   [SERIES_NEW] = "new",   [SERIES_IDENTICAL] = "identical",
        [SERIES_CHANGED] = "changed", [SERIES_KEPT] = "kept", [SERIES_BARRED] = "kept"};

static enum err put_row(struct ctx *c, const struct job *j, struct entry *g)
{
	const struct register_reading stated = {g->reading_timestamp, g->value, g->quality.p[0], 0};
	enum series_outcome outcome;
	int64_t series, day = g->reading_timestamp / DAY - (g->reading_timestamp % DAY < 0);
	struct str unit;
	enum err e = series_find(c, g->meter_id, g->channel, 0, &series, &unit);
	if (!e && !series)
		e = series_add(c, g->meter_id, g->channel, 0, STR("kWh"), &series);
	if (!e)
		e = check_fall(c, series, g);
	if (!e)
		e = register_put(c, series, j->id, &stated, SERIES_REPLACE, false, &outcome);
	if (!e)
		e = layers_range(c, j->id, series, (int32_t)day, (int32_t)day);
	if (e)
		return e;
	g->outcome = str_of(outcomes[outcome]);
	g->recorded_by = j->user_email;
	g->batch_id = j->batch_id;
	return OK;
}

enum err entry_put(struct ctx *c, struct entry *rows, size_t n)
{
	const struct job wanted = {.kind = STR("entry"),
	                           .filename = STR("Entered readings"),
	                           .file_path = STR(""),
	                           .import_type = STR("register"),
	                           .on_conflict = STR("replace"),
	                           .user_id = c->actor.user_id};
	struct job j;
	enum err e = right_to_write(c);
	if (!e && (n == 0 || n > ENTRY_MAX))
		e = ctx_fail(c, ERR_INVALID, "readings", "An entry has 1 to %d readings.", ENTRY_MAX);
	for (size_t i = 0; !e && i < n; i++) {
		e = check_row(c, &rows[i], i, n);
		if (!e)
			e = check_meter(c, &rows[i], i, n);
	}
	if (e)
		return e;
	e = ctx_begin(c, "storing readings");
	if (e)
		return e;
	e = job_add(c, &wanted, "completed", 0, &j);
	for (size_t i = 0; !e && i < n; i++)
		e = put_row(c, &j, &rows[i]);
	return ctx_end(c, e, "storing readings");
}
