/*
 * due: the times of a cron expression, as people give it: what scheduled fetches (schedule.h) and scheduled
 * exports (export_schedule.h) have in common.
 *
 * It is all that they have in common, so each has its own table: what they do shares no column, and they take
 * what is due in different ways. A fetch uses the network, so it runs outside of any transaction and under a
 * lock; an export is only asked for, which is one transaction and needs no lock.
 */
#ifndef WL_APP_DUE_H
#define WL_APP_DUE_H

#include "app/ctx.h"
#include "base/cron.h"

/* ERR_INVALID: it is no cron expression; the field is "cron". */
enum err due_read(struct ctx *c, struct str text, struct cron *out);
/* The first time after now. ERR_INVALID: it is none, or never comes. */
enum err due_next(struct ctx *c, struct str text, const struct tz *z, int64_t *next);
/* The last time that is not after `until`; `first`, which is one itself, if there is none between. */
int64_t due_last(const struct cron *k, const struct tz *z, int64_t first, int64_t until);

#endif
