/*
 * rate: how often something may happen, counted in fixed windows in the shared mapping run/shared (not in the
 * database: a refused request must not cost a write, and the counts need not survive a reboot).
 */
#ifndef WL_APP_RATE_H
#define WL_APP_RATE_H

#include "app/ctx.h"

/* Counts one event for `key` ("login:a@b.c"). OK, or ERR_RATE with fault.retry_after set, when it is the
 * (limit+1)-th within `window` seconds. */
enum err rate_hit(struct ctx *c, struct str key, int64_t limit, int window);

/* Failures in a row of a key that has no row in the database to hold them, and until when it is refused: 0 and
 * 0 for one that has none. Of two keys in one place the later one stays. */
void rate_delay(struct ctx *c, struct str key, int64_t *failures, int64_t *until);
void rate_delay_set(struct ctx *c, struct str key, int64_t failures, int64_t until);

#endif
