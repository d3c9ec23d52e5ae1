/* meter_event: see meter_event.h. Owns the table meter_events. */
#include "app/meter_event.h"

#include "app/audit.h"
#include "app/check.h"
#include "app/meter.h"
#include "app/register.h"
#include "db/db.h"

#define CHANNEL_MAX_CHARS 40
#define NOTE_MAX_CHARS    400

#define EVENT_COLUMNS                                                                                    \
	"e.id, e.meter_id, e.at, e.kind, e.channel, e.final_value, e.first_value, e.note, u.email FROM " \
	"meter_events e LEFT JOIN users u ON u.id = e.user_id "
SQL(meter_events,
    "SELECT " EVENT_COLUMNS "WHERE e.meter_id = ? AND (CAST(? AS TEXT) = '' OR e.channel = ?) ORDER BY "
    "e.at, e.id");
SQL(meter_event_get, "SELECT " EVENT_COLUMNS "WHERE e.id = ?");
SQL(meter_event_at, "SELECT COUNT(*) FROM meter_events WHERE meter_id = ? AND channel = ? AND at = ?");
SQL(meter_event_add,
    "INSERT INTO meter_events (meter_id, at, kind, channel, final_value, first_value, note, user_id, "
    "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
SQL(meter_event_remove, "DELETE FROM meter_events WHERE id = ? AND meter_id = ?");

static const struct rec_field fields[] = {
        REC(struct meter_event, id, REC_INT),
        REC(struct meter_event, meter_id, REC_INT),
        REC(struct meter_event, at, REC_AT),
        REC(struct meter_event, kind, REC_TEXT),
        REC(struct meter_event, channel, REC_TEXT),
        REC_FLAGS(struct meter_event, final_value, REC_DEC, REC_NOT_NULL),
        REC_FLAGS(struct meter_event, first_value, REC_DEC, REC_NOT_NULL),
        REC(struct meter_event, note, REC_TEXT),
        REC(struct meter_event, recorded_by, REC_TEXT),
};
const struct rec_desc meter_event_desc = REC_DESC(struct meter_event, fields);
const struct rec_desc meter_event_given_desc = {"meter_event", fields + 2, 6, sizeof(struct meter_event)};

enum err meter_events_of(struct ctx *c, int64_t meter_id, struct str channel, struct meter_event **out,
                         size_t *n)
{
	enum err e;
	channel = channel.n ? channel : STR("");
	*out = db_all(c->db, &sql_meter_events, DB_ARGS(db_i(meter_id), db_t(channel), db_t(channel)), c->arena,
	              &meter_event_desc, n, &e);
	return e ? ctx_db_failed(c, e, "listing a meter's events") : OK;
}

static enum err check(struct ctx *c, struct meter_event *w)
{
	bool exchange = str_eqz(w->kind, "exchange");
	if (!exchange && !str_eqz(w->kind, "rollover"))
		return ctx_fail(c, ERR_INVALID, "kind", "\"kind\" is exchange or rollover.");
	if (!w->at || w->at > ctx_now(c))
		return ctx_fail(c, ERR_INVALID, "at", "Say when it happened, such as 2025-11-07T10:30:00Z.");
	if (w->final_value < 0 || w->final_value > REGISTER_MAX + 1000)
		return ctx_fail(c, ERR_INVALID, "final_value", "A register shows 0 to 999999999.999.");
	if (w->first_value < 0 || w->first_value > REGISTER_MAX)
		return ctx_fail(c, ERR_INVALID, "first_value", "A register shows 0 to 999999999.999.");
	if (!exchange && (w->final_value == 0 || w->first_value != 0))
		return ctx_fail(c, ERR_INVALID, "final_value",
		                "Of a roll-over, \"final_value\" is what comes after the largest number that "
		                "the register "
		                "shows (100000 of five digits), and \"first_value\" is 0.");
	if (!w->channel.n)
		w->channel = STR("import");
	enum err e = check_line(c, "channel", w->channel, CHANNEL_MAX_CHARS);
	return e ? e : check_line(c, "note", w->note, NOTE_MAX_CHARS);
}

static enum err may(struct ctx *c, int64_t meter_id)
{
	struct meter m;
	enum err e = meter_get(c, meter_id, &m);
	return e ? e : right_to_property(c, m.property_id, RIGHT_EDIT);
}

enum err meter_event_add(struct ctx *c, int64_t meter_id, const struct meter_event *wanted,
                         struct meter_event *out)
{
	struct meter_event w = *wanted;
	int64_t id = 0, there = 0;
	enum err e = may(c, meter_id);
	if (!e)
		e = check(c, &w);
	if (e)
		return e;
	e = db_one_int(c->db, &sql_meter_event_at, DB_ARGS(db_i(meter_id), db_t(w.channel), db_i(w.at)),
	               &there);
	if (!e && there)
		return ctx_fail(c, ERR_CONFLICT, "at", "An event of that instant is there already.");
	if (!e)
		e = db_one_int(c->db, &sql_meter_event_add,
		               DB_ARGS(db_i(meter_id), db_i(w.at), db_t(w.kind), db_t(w.channel),
		                       db_i(w.final_value), db_i(w.first_value),
		                       w.note.n ? db_t(w.note) : db_null(), db_i0(c->actor.user_id),
		                       db_i(ctx_now(c))),
		               &id);
	if (!e)
		e = db_one(c->db, &sql_meter_event_get, DB_ARGS(db_i(id)), c->arena, &meter_event_desc, out);
	return e ? ctx_db_failed(c, e, "adding a meter's event") : OK;
}

enum err meter_event_remove(struct ctx *c, int64_t meter_id, int64_t id)
{
	bool changed;
	enum err e = may(c, meter_id);
	if (!e)
		e = audit_run(c, "removing a meter's event", &sql_meter_event_remove,
		              DB_ARGS(db_i(id), db_i(meter_id)), "meter.event_remove",
		              str_of(arena_printf(c->arena, "meter %lld", (long long)meter_id)), &changed);
	return e || changed ? e : ctx_fail(c, ERR_NOT_FOUND, "event", "The meter has no such event.");
}
