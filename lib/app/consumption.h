/*
 * consumption: how much went through a meter between instants.
 *
 * Of interval readings: per local day the finest series that is complete, never two added (DECISIONS 1); an
 * interval that lies only partly between two edges counts by its share of time. Of a register: interpolated
 * between its readings; an exchange or roll-over says what both sides of it showed (app/meter_event.h). Of
 * both, between each two edges whichever knows more of that time. Of a virtual meter: its formula over others.
 * Missing is not zero: `covered` says of how much of the time something is known.
 */
#ifndef WL_APP_CONSUMPTION_H
#define WL_APP_CONSUMPTION_H

#include "app/right.h"

struct consumption {
	int64_t value;   /* millionths of the unit */
	int64_t covered; /* seconds */
};

/* Between edge[i] and edge[i + 1], for i below n; the edges rise. `out` has n places. unit: "kWh", or null
 * where nothing is known. channel empty: import. ERR_NOT_FOUND; ERR_INVALID: a sum that is too large. */
enum err consumption_between(struct ctx *c, int64_t meter_id, struct str channel, const int64_t *edge, size_t n,
                             struct consumption *out, struct str *unit);

/* The same of some meters added up: covered is the least of theirs. The first unit that is met counts; what is
 * in another (gas beside electricity), and a meter of which nothing is known at all, is left out. */
enum err consumption_together(struct ctx *c, const int64_t *meter_ids, size_t meters, struct str channel,
                              const int64_t *edge, size_t n, struct consumption *out, struct str *unit);

/* What a formula may hold: M12 - M13 + 0.5 * M14, numbers of meters with factors. */
#define FORMULA_TERMS_MAX 32
struct formula_term {
	int64_t meter_id;
	int64_t factor; /* millionths */
};
/* ERR_INVALID, field "formula". */
enum err formula_parse(struct ctx *c, struct str text, struct formula_term term[FORMULA_TERMS_MAX], size_t *n);

#endif
