/* ctx: the few helpers that every service shares. */
#include "app/ctx.h"

#include "db/db.h"

SQL(ctx_actor,
    "SELECT COUNT(*) FROM users u WHERE u.id = ? AND u.email = ? AND u.role = ? AND u.is_active = 1 AND "
    "(EXISTS (SELECT 1 FROM sessions s WHERE s.id = ? AND s.user_id = u.id) OR EXISTS "
    "(SELECT 1 FROM tokens t WHERE t.id = ? AND t.user_id = u.id AND t.revoked_at IS NULL))");

enum err ctx_db_failed(struct ctx *c, enum err e, const char *doing)
{
	log_event(&c->log, LOG_ERROR, "database", LOG_Z("doing", doing), LOG_Z("error", err_info(e)->slug),
	          LOG_Z("message", db_message(c->db)));
	switch (e) {
	case ERR_FULL:
		return ctx_fail(c, e, "", "There is no room left on the disk. Make room; nothing was lost.");
	case ERR_BUSY:
		c->fault.retry_after = 2;
		fault_set(&c->fault, e, "", "The database is busy. Please try again in a moment.");
		c->fault.retry_after = 2;
		return e;
	case ERR_CORRUPT:
		return ctx_fail(c, e, "", "The database is damaged. Restore the last backup.");
	case OK:
	case ERR_INVALID:
	case ERR_USAGE:
	case ERR_UNAUTHORIZED:
	case ERR_FORBIDDEN:
	case ERR_NOT_FOUND:
	case ERR_CONFLICT:
	case ERR_PRECONDITION:
	case ERR_TOO_LARGE:
	case ERR_RATE:
	case ERR_IO:
	case ERR_INTERRUPTED:
	case ERR_UNAVAILABLE:
	case ERR_COUNT:
		break;
	}
	return ctx_fail(c, e, "", "The database failed while %s.", doing);
}

/* In a database that a backup has taken the place of since, the number of whoever signed in may have been
 * somebody else's. */
enum err ctx_check_actor(struct ctx *c)
{
	const struct actor *a = &c->actor;
	int64_t there = 1;
	enum err e = OK;
	if (a->session_id || a->token_id)
		e = db_one_int(c->db, &sql_ctx_actor,
		               DB_ARGS(db_i(a->user_id), db_t(a->email), db_z(role_name(a->role)),
		                       db_i(a->session_id), db_i(a->token_id)),
		               &there);
	if (e)
		return ctx_db_failed(c, e, "looking for a sign-in");
	return there ? OK
	             : ctx_fail(c, ERR_UNAUTHORIZED, "",
	                        "Your sign-in, your role or all the data was changed meanwhile: nothing was "
	                        "stored. Please sign in again.");
}

enum err ctx_begin(struct ctx *c, const char *doing)
{
	enum err e = db_begin(c->db);
	if (e)
		return ctx_db_failed(c, e, doing);
	e = ctx_check_actor(c);
	return e ? ctx_end(c, e, doing) : OK;
}

enum err ctx_end(struct ctx *c, enum err e, const char *doing)
{
	if (e)
		db_rollback(c->db);
	else
		e = db_commit(c->db);
	return e && !c->fault.code ? ctx_db_failed(c, e, doing) : e;
}

static const char *const role_names[] = {"none", "viewer", "editor", "admin"};

const char *role_name(enum role r)
{
	return role_names[r];
}

enum role role_of(struct str name)
{
	for (enum role r = ROLE_VIEWER; r <= ROLE_ADMIN; r++)
		if (str_eqz(name, role_names[r]))
			return r;
	return ROLE_NONE;
}
