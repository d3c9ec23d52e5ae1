/*
 * meter_event: what happened to a meter's register: it was exchanged for another, or rolled over.
 *
 * At the instant of an exchange the old register showed final_value and the new one first_value. Of a roll-over
 * final_value is what comes after the largest number that it can show (100000 of five digits), first_value 0.
 */
#ifndef WL_APP_METER_EVENT_H
#define WL_APP_METER_EVENT_H

#include "app/right.h"
#include "base/rec.h"

struct meter_event {
	int64_t id, meter_id, at;
	struct str kind;    /* exchange, rollover */
	struct str channel; /* empty: import */
	int64_t final_value, first_value;
	struct str note;        /* null: none */
	struct str recorded_by; /* e-mail; null: the system */
};
extern const struct rec_desc meter_event_desc;
extern const struct rec_desc meter_event_given_desc; /* what may be said */
#define METER_EVENT_FINAL_GIVEN (UINT64_C(1) << 3)   /* the bit of "final_value" in it */

/* All of a channel (empty: of every one), in the order of time. The caller has looked at the meter. */
enum err meter_events_of(struct ctx *c, int64_t meter_id, struct str channel, struct meter_event **out,
                         size_t *n);
/* ERR_INVALID names the field; ERR_CONFLICT: one of that instant is there. */
enum err meter_event_add(struct ctx *c, int64_t meter_id, const struct meter_event *wanted,
                         struct meter_event *out);
enum err meter_event_remove(struct ctx *c, int64_t meter_id, int64_t id);

#endif
