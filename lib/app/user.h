/*
 * user: people, their passwords and roles; the one-time setup of the first admin.
 * Passwords: Argon2id by libsodium (19 MiB, t=2), 12 to 1024 bytes, common ones refused, at most two hashes at
 * once on the machine (flock slots), and a dummy hash for unknown users so that timing tells nothing.
 */
#ifndef WL_APP_USER_H
#define WL_APP_USER_H

#include "app/crypto.h"
#include "app/ctx.h"
#include "base/rec.h"

struct user {
	int64_t id;
	struct str email, name, role;
	bool is_active;
	int64_t created_at, last_login_at;
};
extern const struct rec_desc user_desc;

/* ERR_INVALID: e-mail, name or password break a rule (field says which); ERR_CONFLICT: e-mail is taken. */
enum err user_create(struct ctx *c, struct str email, struct str name, struct str password, enum role role,
                     struct user *out);
/* A new password in two steps, as the first is slow and nobody should wait for it in a transaction: its hash
 * (`field` is what a fault names; ERR_INVALID: it is too weak), and storing that. */
enum err user_hash(struct ctx *c, const char *field, struct str password, struct str email,
                   char hash[CRYPTO_PASSWORD]);
enum err user_set_hash(struct ctx *c, int64_t id, const char *hash);
/* Who does what this user has asked for: with the user's rights as they are now. */
struct actor user_actor(const struct user *u);
enum err user_by_email(struct ctx *c, struct str email, struct user *out);
/* The active admin who came first. ERR_NOT_FOUND: the instance is not set up yet. */
enum err user_first_admin(struct ctx *c, struct user *out);
enum err user_by_id(struct ctx *c, int64_t id, struct user *out);
/* From here on the actor is this user: for work that goes on without them. ERR_FORBIDDEN: the account is
 * closed, or no more. */
enum err user_act_for(struct ctx *c, int64_t id);
/* Checks e-mail and password: OK, ERR_UNAUTHORIZED (one answer for unknown, wrong and disabled), ERR_RATE with
 * retry_after: per address and per account, with a delay that doubles to 15 min, never a permanent lock. */
enum err user_check_password(struct ctx *c, struct str email, struct str password, struct str address,
                             struct user *out);
/* The first admin: `token` must be the one in storage/setup-token.txt. One immediate transaction; then the file
 * is removed and user_setup_open is false for ever. */
bool user_setup_open(struct ctx *c); /* no user exists yet */
enum err user_setup(struct ctx *c, struct str token, struct str email, struct str name, struct str password,
                    struct user *out);

#endif
