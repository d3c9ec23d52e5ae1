/*
 * session: browser sessions. 256 random bits, stored as SHA-256; idle 30 min, absolute 12 h (settings); new at
 * sign-in. The CSRF token is HMAC-SHA256 over the session's own secret with the instance key, so nothing more
 * is stored. Before sign-in (login, setup forms) the CSRF token is bound to a random pre-session cookie.
 */
#ifndef WL_APP_SESSION_H
#define WL_APP_SESSION_H

#include "app/ctx.h"

#define SESSION_SECRET_TEXT 65 /* hex and a NUL: the cookie's value */
#define CSRF_TEXT           65

enum err session_create(struct ctx *c, int64_t user_id, struct str agent, struct str address,
                        char secret[SESSION_SECRET_TEXT]);
/* Fills ctx->actor from a cookie's value. ERR_UNAUTHORIZED: unknown, ended, or its user is disabled. Moves
 * last_seen at most once a minute, so that reading pages do not write. */
enum err session_resume(struct ctx *c, struct str secret);
enum err session_end(struct ctx *c); /* the actor's own */
/* All of a user's but one; except 0: all. */
enum err session_end_of(struct ctx *c, int64_t user_id, int64_t except);
/* The token that forms of this secret (a session's, or a pre-session's) must carry. */
void session_csrf(const struct ctx *c, struct str secret, char out[CSRF_TEXT]);
bool session_csrf_ok(const struct ctx *c, struct str secret, struct str given);

#endif
