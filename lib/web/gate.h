/*
 * gate: what a request must pass before its handler is called. Nothing is let through by forgetting something:
 * the route's row says who may, and a write without a CSRF token is refused unless the row is for tokens alone.
 */
#ifndef WL_WEB_GATE_H
#define WL_WEB_GATE_H

#include "web/reply.h"
#include "web/route.h"

/* Finds the route, checks all, reads small bodies. NULL: go on with r->route->handler; else the refusal. */
struct reply *gate_check(struct request *r);

/* For BODY_STREAM handlers: the token came as a field of the body. Sets r->csrf_ok. */
enum err gate_csrf_field(struct request *r, struct str token);

/* The CSRF token for the forms of this request; makes a pre-session cookie for somebody who is not signed in.
 */
struct str gate_csrf(struct request *r);

/* After a sign-in: sends the session's cookie and drops the pre-session's. */
void gate_signed_in(struct request *r, struct str secret);
void gate_signed_out(struct request *r);

/* A path of ours to go to after sign-in, or the dashboard if `next` is not one. */
struct str gate_next(struct request *r, struct str next);

#endif
