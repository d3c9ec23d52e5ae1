/*
 * schedule: files that are fetched from an https address at the times of a cron expression, and imported.
 *
 * The worker looks at each tick what is due and fetches it, once however many of its times have passed. What
 * comes is an upload of the schedule's owner like any other, and its job is queued in the transaction that
 * writes down the outcome and the next time: whatever dies before it, the schedule is still due, and what had
 * come of the file is cleared away like any unfinished upload. The server's ETag and Last-Modified are kept and
 * sent back, so that what has not changed is no job. A failure is kept as the outcome, in a sentence, and the
 * next time is the cron expression's. The network is never used inside a transaction.
 *
 * The clock of the expression is that of the instance's default_time_zone. Owners see their own, admins all.
 * Disadvantage: a worker that fetches does no jobs meanwhile; others do, and only one fetches.
 */
#ifndef WL_APP_SCHEDULE_H
#define WL_APP_SCHEDULE_H

#include "app/import.h"
#include "base/rec.h"

struct schedule {
	int64_t id;
	struct str address, cron;
	bool is_enabled;
	/* options of its imports, as of an upload's */
	struct str import_type, on_conflict, meter, time_zone, preset; /* null: not given */
	int64_t property_id;
	bool strict;
	struct str answers;               /* JSON; null; hidden */
	struct str etag, last_modified;   /* of what was imported last; hidden */
	int64_t last_run_at, next_run_at; /* 0: never */
	struct str last_outcome;          /* a sentence; null: it has not run */
	struct str last_batch;            /* of the last job it queued; null */
	int64_t user_id;
	struct str user_email;
	int64_t created_at;
	struct str car; /* of charging sessions that name none; null: not given */
};
extern const struct rec_desc schedule_desc;

/* As the command line and the API show it. */
struct json_out;
void schedule_json(struct json_out *j, const struct schedule *s);

/* In the order of their numbers. */
enum err schedule_list(struct ctx *c, struct schedule **out, size_t *n);
enum err schedule_get(struct ctx *c, int64_t id, struct schedule *out); /* ERR_NOT_FOUND: or another's */
/* For whoever asks (the system: for the first admin). ERR_INVALID: the address, the expression, or an option.
 */
enum err schedule_add(struct ctx *c, struct str address, struct str cron, const struct import_options *o,
                      struct schedule *out);
enum err schedule_remove(struct ctx *c, int64_t id);
/* On again, it is due at its next time. */
enum err schedule_enable(struct ctx *c, int64_t id, bool on);
/* It is due now, and fetched whether it has changed or not. ERR_CONFLICT: it is off. */
enum err schedule_ask(struct ctx *c, int64_t id);

/* Fetches at once, whether it has changed or not. The outcome is in *out; what failed is the fault, too. */
enum err schedule_run(struct ctx *c, int64_t id, const volatile int *stop, struct schedule *out);
/* Fetches all that is due; for the worker, whose arena is reset for each. */
enum err schedule_run_due(struct ctx *c, const volatile int *stop);

#endif
