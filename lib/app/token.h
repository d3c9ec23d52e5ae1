/*
 * token: API tokens: wl_ + 30 base62 + 6 of CRC32 (base62), stored as SHA-256, shown once; scopes, expiry, last
 * used (moved at most once a minute).
 */
#ifndef WL_APP_TOKEN_H
#define WL_APP_TOKEN_H

#include "app/ctx.h"
#include "base/rec.h"

#define TOKEN_TEXT           40 /* "wl_" + 36 and a NUL */
#define TOKEN_SIGNED_IN_DAYS 1

struct token {
	int64_t id, user_id;
	struct str name, scopes, user_email;
	int64_t created_at, expires_at, last_used_at, revoked_at;
};
extern const struct rec_desc token_desc;

/* scopes: comma list of read, import, export, admin. expires_days 0: never. A person makes tokens for nobody
 * else, and a token makes none with more scopes than its own: ERR_FORBIDDEN. */
enum err token_create(struct ctx *c, int64_t user_id, struct str name, struct str scopes, int64_t expires_days,
                      char secret[TOKEN_TEXT]);
/* For a program that has signed in with the user's password: a token of all scopes that the role may have. It
 * stands for a session, and ends like one. */
enum err token_sign_in(struct ctx *c, int64_t user_id, enum role role, char secret[TOKEN_TEXT]);
/* All of a user's that stand for sessions but one; except 0: all. */
enum err token_end_of(struct ctx *c, int64_t user_id, int64_t except);
/* Fills ctx->actor. ERR_UNAUTHORIZED: unknown, damaged (checksum), expired, revoked, user disabled;
 * ERR_RATE: over api_per_minute, with retry_after. */
enum err token_resume(struct ctx *c, struct str secret);
/* One's own; of an admin and the system all. ERR_NOT_FOUND: somebody else's, or revoked already. */
enum err token_list(struct ctx *c, struct token **out, size_t *n);
enum err token_revoke(struct ctx *c, int64_t id);

#endif
