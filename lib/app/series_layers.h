/*
 * series_layers: what each batch stated of a day, and what shows of it (DECISIONS 10).
 *
 * A layer is one batch's whole statement of one day, also the intervals that were there already (identical) or
 * that did not prevail (kept). What shows is the layers of the live batches laid over each other in the order
 * of their numbers, each by its own rule for conflicts: exactly what a ledger would hold in which these batches
 * alone had been imported. A batch is live while its job's undone_at is null.
 */
#ifndef WL_APP_SERIES_LAYERS_H
#define WL_APP_SERIES_LAYERS_H

#include "app/series.h"

/* What became of a day. */
enum layers_effect { LAYERS_SAME, LAYERS_CHANGED, LAYERS_REMOVED, LAYERS_ADDED };

/* What a batch states of a day. */
struct layers_statement {
	int64_t job_id;
	struct str packed;
	enum series_policy policy;
};
/* A batch states a day that is perhaps there already; what shows is made anew. outcome and dry: series_put. In
 * the caller's transaction, like all that writes here. */
enum err layers_put(struct ctx *c, int64_t series_id, int32_t day, const struct layers_statement *st, bool dry,
                    uint8_t outcome[SERIES_INTERVALS_MAX], int *n);
/* What batches stated of a day elsewhere (a backup), each put at its place as it is; one that has a layer of
 * the day here already keeps that. */
struct layers_day {
	int64_t series_id;
	int32_t day;
	const struct layers_statement *st;
	const bool *live; /* whether the batch of a statement is */
	size_t n;
};
/* known: for each statement, whether its batch had one. `a` is for the caller to reset. */
enum err layers_restore(struct ctx *c, struct arena *a, const struct layers_day *d, bool *known,
                        enum layers_effect *effect);
/* Every day that the batch has stated of the series lies between these two. The meter can be seen again if it
 * was undone with its batches. */
enum err layers_range(struct ctx *c, int64_t job_id, int64_t series_id, int32_t first, int32_t last);

/* A window of one batch's days. */
struct layers_window {
	int64_t job_id, series_id, first, last;
};
/* layers_range of a batch that is undone: the meter stays as it is. */
enum err layers_window_add(struct ctx *c, const struct layers_window *w);
/* The first series after `after` of which the batch states something; series_id 0: there is none. */
enum err layers_next(struct ctx *c, int64_t job_id, int64_t after, struct layers_window *out);
/* Days that the batch states, altogether. */
enum err layers_days(struct ctx *c, int64_t job_id, int64_t *days);

struct layers_counts { /* a reading of a register counts as a day */
	int64_t days, same, changed, removed, added;
};
/* After a batch has become live or undone: makes what shows of the window right. Adds to the counts. */
enum err layers_settle(struct ctx *c, const struct layers_window *w, bool live, struct layers_counts *counts);
/* What layers_settle would do, without writing anything. */
enum err layers_foresee(struct ctx *c, const struct layers_window *w, bool live, struct layers_counts *counts);

/* All that the batch has stated of the series goes; it must be one that is undone for good. In the caller's
 * transaction. */
enum err layers_forget(struct ctx *c, const struct layers_window *w);

#endif
