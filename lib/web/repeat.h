/*
 * repeat: Idempotency-Key (app/repeat.h) around the handlers of operations that api.def calls REPEATABLE.
 */
#ifndef WL_WEB_REPEAT_H
#define WL_WEB_REPEAT_H

#include "web/reply.h"

/* Calls the handler of r->route, or answers as it was answered before (Idempotency-Replayed: true). */
struct reply *repeat_handle(struct request *r);

#endif
