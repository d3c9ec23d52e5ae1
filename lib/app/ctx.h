/*
 * ctx: what a service needs to work, passed explicitly. There are no globals.
 *
 * One ctx serves one request, one command or one job at a time. A service returns enum err and, when it
 * fails, has filled ctx->fault with a sentence for people.
 */
#ifndef WL_APP_CTX_H
#define WL_APP_CTX_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"

struct db;
struct storage;

/* Roles of an instance, in rising order (DECISIONS 21; ownership per property comes with the ledger). */
enum role { ROLE_NONE, ROLE_VIEWER, ROLE_EDITOR, ROLE_ADMIN };

/* Scopes of an API token, as bits. ADMIN includes the others (DECISIONS 23). A browser session has all that
 * its role allows. */
enum { SCOPE_READ = 1, SCOPE_IMPORT = 2, SCOPE_EXPORT = 4, SCOPE_ADMIN = 8, SCOPE_ALL = 15 };

enum actor_kind { ACTOR_NOBODY, ACTOR_USER, ACTOR_TOKEN, ACTOR_SYSTEM };

struct actor {
	enum actor_kind kind; /* SYSTEM: command line and worker (DECISIONS 22) */
	int64_t user_id;      /* 0 for nobody and system */
	enum role role;
	unsigned scopes;
	struct str email, name;
	struct str time_zone; /* that a person has chosen for pages; null: the instance's */
	int64_t session_id;   /* of a browser session, else 0 */
	int64_t token_id;     /* of an API token, else 0 */
};

struct ctx {
	struct arena *arena;
	struct db *db;
	const struct storage *storage;
	struct clock clock;
	struct actor actor;
	struct fault fault;
	struct log log;
	const struct str *settings;      /* read once a piece of work (setting.c); NULL: not yet */
	const struct str *user_settings; /* the same of one user */
	int64_t user_settings_of;
};

static inline int64_t ctx_now(const struct ctx *c)
{
	return clock_now(&c->clock);
}
#define ctx_fail(c, code, field, ...) fault_set(&(c)->fault, (code), (field), __VA_ARGS__)

/* Fills the fault from a failed database call and logs it; returns the code. */
enum err ctx_db_failed(struct ctx *c, enum err e, const char *doing);
/* Whether the sign-in and the role are in force still: since they were looked up a long upload may have passed,
 * or a restore. ERR_UNAUTHORIZED. */
enum err ctx_check_actor(struct ctx *c);
/* A write transaction: what is looked at after ctx_begin stays so until ctx_end, which commits what went well
 * and takes back what `e` says did not. Both fill the fault. ERR_UNAUTHORIZED: as ctx_check_actor. */
enum err ctx_begin(struct ctx *c, const char *doing);
enum err ctx_end(struct ctx *c, enum err e, const char *doing);

const char *role_name(enum role r); /* "admin" */
enum role role_of(struct str name); /* ROLE_NONE: no such role */

#endif
