/*
 * edit: a range of a meter's intervals set to a value, or excluded, with the reason; the original is kept.
 *
 * An edit is a batch like an import's: a job of the kind "edit" that has ended when it is made, and a layer
 * over the days that it touches (app/series_layers.h). What a file stated stays in that file's own layer. So an
 * edit is taken out again, and put back, as an import is, in any order among the imports; who made it and when
 * is its job's, the range and the reason are a row of `edits`.
 *
 * It states every interval that begins in [start, end), also one that is missing: what is set fills gaps, and
 * what is excluded stays excluded when a later file brings it.
 *
 * An excluded interval shows again only if the edit is taken out, or if something states it under the policy
 * "replace": an import that says so, or another edit. Under actual-wins and keep an import counts it as kept,
 * with a warning.
 *
 * A value that was set is a reading of its quality and meets the ledger's rules: set as S or E, an actual that
 * is imported later takes its place under actual-wins, also the very same file once more. To keep a wrong
 * reading away for good, exclude it.
 *
 * Registers have no intervals: a wrong reading of one is entered again (app/entry.h).
 */
#ifndef WL_APP_EDIT_H
#define WL_APP_EDIT_H

#include "app/right.h"
#include "base/rec.h"

#define EDIT_DAYS_MAX 366

struct edit_wanted {
	struct str channel;       /* empty: import */
	int64_t interval_minutes; /* 0: the channel has one series */
	int64_t start, end;       /* instants, half-open */
	struct str action;        /* set, exclude */
	int64_t value;            /* to set: millionths of the series' unit */
	bool has_value;
	struct str quality; /* A, E, S; empty: S */
	struct str reason;
};
extern const struct rec_desc edit_wanted_desc;
#define EDIT_VALUE_GIVEN (UINT64_C(1) << 5) /* the bit of "value" */

struct edit {
	int64_t id, meter_id, series_id;
	struct str channel, unit;
	int64_t interval_minutes, start, end;
	struct str action, value, quality, reason; /* value, quality: null where excluded */
	int64_t intervals, intervals_changed;
	struct str batch_id;
	struct str made_by; /* e-mail; null: the system */
	int64_t made_at;
	int64_t taken_out_at; /* 0: it holds */
};
extern const struct rec_desc edit_desc;

/* ERR_INVALID names the field; ERR_NOT_FOUND, ERR_FORBIDDEN as ever. */
enum err edit_add(struct ctx *c, int64_t meter_id, const struct edit_wanted *wanted, struct edit *out);
/* Those of a meter, newest first. */
enum err edit_list(struct ctx *c, int64_t meter_id, int64_t limit, int64_t offset, struct edit **out, size_t *n,
                   int64_t *total);
enum err edit_get(struct ctx *c, int64_t meter_id, int64_t id, struct edit *out);
/* Of which meter it is, for who knows its number alone. ERR_NOT_FOUND, also where one may not see the meter. */
enum err edit_meter(struct ctx *c, int64_t id, int64_t *meter_id);

/* Takes it out, or puts it back at its place. Who may edit the property. ERR_CONFLICT: it is so already. */
enum err edit_take_out(struct ctx *c, int64_t meter_id, int64_t id, struct edit *out);
enum err edit_put_back(struct ctx *c, int64_t meter_id, int64_t id, struct edit *out);

#endif
