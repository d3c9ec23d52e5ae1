/*
 * register: the readings of registers: a cumulative value at an instant.
 *
 * A register is a series of interval length 0 (meter, channel, 0). What each batch stated of it is a row of its
 * own and stays that: what shows at an instant is the statements of the live batches laid over each other in
 * the order of their numbers, each by its own rule for conflicts, just as with days (series_layers.h). It is
 * laid whenever it is read, so that nothing has to be put right after an undo or a redo.
 */
#ifndef WL_APP_REGISTER_H
#define WL_APP_REGISTER_H

#include "app/series_layers.h"

#define REGISTER_MAX INT64_C(999999999999000) /* 999999999.999 in millionths */

struct register_reading {
	int64_t at, value; /* millionths of the series' unit */
	char quality;      /* as of an interval, never 0 */
	int64_t job_id;    /* whose statement it is, when it is read */
};

/* What shows of a register in [from, to), in the order of time. False stops. */
typedef bool register_each_fn(void *arg, const struct register_reading *g);
enum err register_scan(struct ctx *c, int64_t series_id, int64_t from, int64_t to, register_each_fn *each,
                       void *arg);
/* What shows at exactly that instant; quality 0: nothing does. */
enum err register_at(struct ctx *c, int64_t series_id, int64_t at, struct register_reading *out);
/* The instants of the readings next to a range: the last before `from` and the first behind `to`; from and to
 * themselves where there are none. */
enum err register_beside(struct ctx *c, int64_t series_id, int64_t from, int64_t to, int64_t *before,
                         int64_t *behind);

/* A batch states a reading, inside the caller's transaction. dry: nothing is written. */
enum err register_put(struct ctx *c, int64_t series_id, int64_t job_id, const struct register_reading *stated,
                      enum series_policy policy, bool dry, enum series_outcome *outcome);

/* What becoming live (or undone) does, or has done, to the window's readings: adds to the counts, each reading
 * as one. Nothing is written. */
enum err register_effects(struct ctx *c, const struct layers_window *w, bool live,
                          struct layers_counts *counts);
/* All that the batch has stated of the window's register goes. In the caller's transaction. */
enum err register_forget(struct ctx *c, const struct layers_window *w);
/* Readings that the batch states, altogether. */
enum err register_stated(struct ctx *c, int64_t job_id, int64_t *readings);

/* A register and the last reading that it shows. */
struct register_info {
	struct str channel, unit;
	int64_t readings; /* that show */
	struct register_reading last;
};
/* Those of a meter that show any reading. */
enum err register_list(struct ctx *c, int64_t meter_id, struct register_info **out, size_t *n);

#endif
