/*
 * cors: pages of other origins that use the API from a browser (the setting cors_origins; nobody by default).
 *
 * They do it with a token. Cookies are never of use to them: no reply allows credentials, and what was asked
 * with a session's cookie is not shown to them at all.
 */
#ifndef WL_WEB_CORS_H
#define WL_WEB_CORS_H

#include "web/reply.h"

/* Sets r->cors: once the route is known, before anything is refused. */
void cors_look(struct request *r);
/* OPTIONS: what may be asked here. `allow`: the methods. */
struct reply *cors_preflight(struct request *r, const char *allow);
/* The headers of every reply of the API. */
void cors_headers(const struct request *r, struct buf *b);

#endif
