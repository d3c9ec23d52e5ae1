/* account: see account.h. The table users is shared with user.c, which knows of passwords and signing in. */
#include "app/account.h"

#include "app/audit.h"
#include "app/check.h"
#include "app/meter.h"
#include "app/right.h"
#include "app/session.h"
#include "app/token.h"
#include "app/user.h"
#include "codec/utf8.h"
#include "db/db.h"

#define NAME_MAX_CHARS  100
#define PHONE_MAX_CHARS 40

#define ACCOUNT_COLUMNS                                                                \
	"u.id, u.email, u.name, u.role, u.phone, u.time_zone, u.default_property_id, " \
	"u.default_meter_id, u.is_active, u.created_at, u.last_login_at FROM users u "
SQL(account_get, "SELECT " ACCOUNT_COLUMNS "WHERE u.id = ?");
SQL(account_list,
    "SELECT " ACCOUNT_COLUMNS "WHERE LOWER(u.email) LIKE ? ESCAPE '!' OR LOWER(u.name) LIKE ? ESCAPE '!' "
    "ORDER BY u.email LIMIT ? OFFSET ?");
SQL(account_count,
    "SELECT COUNT(*) FROM users u WHERE LOWER(u.email) LIKE ? ESCAPE '!' OR LOWER(u.name) LIKE ? "
    "ESCAPE '!'");
SQL(account_update,
    "UPDATE users SET name = ?, phone = ?, time_zone = ?, default_property_id = ?, default_meter_id = "
    "? WHERE id = ?");
SQL(account_set, "UPDATE users SET name = ?, role = ?, is_active = ? WHERE id = ?");
SQL(account_admins, "SELECT COUNT(*) FROM users WHERE role = 'admin' AND is_active = 1 AND id <> ?");

static const struct rec_field fields[] = {
        REC(struct account, id, REC_INT),
        REC(struct account, email, REC_TEXT),
        REC(struct account, name, REC_TEXT),
        REC(struct account, role, REC_TEXT),
        REC(struct account, phone, REC_TEXT),
        REC(struct account, time_zone, REC_TEXT),
        REC_FLAGS(struct account, default_property_id, REC_INT, REC_ZERO_NULL),
        REC_FLAGS(struct account, default_meter_id, REC_INT, REC_ZERO_NULL),
        REC(struct account, is_active, REC_BOOL),
        REC(struct account, created_at, REC_AT),
        REC(struct account, last_login_at, REC_AT),
};
const struct rec_desc account_desc = REC_DESC(struct account, fields);

static const struct rec_field edit_fields[] = {
        REC(struct account_edit, name, REC_TEXT),
        REC(struct account_edit, phone, REC_TEXT),
        REC(struct account_edit, time_zone, REC_TEXT),
        REC(struct account_edit, default_property_id, REC_INT),
        REC(struct account_edit, default_meter_id, REC_INT),
};
const struct rec_desc account_edit_desc = REC_DESC(struct account_edit, edit_fields);

static const struct rec_field wanted_fields[] = {
        REC(struct account_wanted, email, REC_TEXT),
        REC(struct account_wanted, name, REC_TEXT),
        REC(struct account_wanted, role, REC_TEXT),
        REC_FLAGS(struct account_wanted, password, REC_TEXT, REC_RAW),
        REC(struct account_wanted, is_active, REC_BOOL),
};
const struct rec_desc account_wanted_desc = REC_DESC(struct account_wanted, wanted_fields);

static enum err read_one(struct ctx *c, int64_t id, struct account *out)
{
	enum err e = db_one(c->db, &sql_account_get, DB_ARGS(db_i(id)), c->arena, &account_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "user", "There is no user %lld.", (long long)id);
	return e ? ctx_db_failed(c, e, "reading a user") : OK;
}

/* ---- oneself ---- */

static enum err somebody(struct ctx *c)
{
	return c->actor.user_id ? OK : ctx_fail(c, ERR_FORBIDDEN, "", "The system has no profile.");
}

enum err account_me(struct ctx *c, struct account *out)
{
	enum err e = somebody(c);
	return e ? e : read_one(c, c->actor.user_id, out);
}

static enum err check_name(struct ctx *c, struct str name)
{
	return name.n ? check_line(c, "name", name, NAME_MAX_CHARS)
	              : ctx_fail(c, ERR_INVALID, "name", "A name is needed.");
}

static enum err check_edit(struct ctx *c, const struct account_edit *d)
{
	struct meter m;
	enum err e = check_name(c, d->name);
	if (!e)
		e = check_line(c, "phone", d->phone, PHONE_MAX_CHARS);
	for (size_t i = 0; !e && i < d->phone.n; i++)
		if (!strchr("+0123456789 ()-./x", d->phone.p[i]))
			e = ctx_fail(c, ERR_INVALID, "phone",
			             "A phone number has digits, blanks and + ( ) - . / in it.");
	if (!e)
		e = check_zone(c, "time_zone", d->time_zone);
	if (!e && d->default_property_id && right_to_property(c, d->default_property_id, RIGHT_READ))
		e = ctx_fail(c, ERR_INVALID, "default_property_id", "There is no property %lld.",
		             (long long)d->default_property_id);
	if (!e && d->default_meter_id && meter_get(c, d->default_meter_id, &m))
		e = ctx_fail(c, ERR_INVALID, "default_meter_id", "There is no meter %lld.",
		             (long long)d->default_meter_id);
	return e;
}

/* In a transaction: what is not given is as it is at this moment. */
static enum err update(struct ctx *c, const struct account_edit *edit, uint64_t given)
{
	struct account now;
	enum err e = account_me(c, &now);
	if (e)
		return e;
	struct account_edit all = {now.name, now.phone, now.time_zone, now.default_property_id,
	                           now.default_meter_id};
	rec_merge(&account_edit_desc, &all, edit, given);
	e = check_edit(c, &all);
	return e ? e
	         : db_run(c->db, &sql_account_update,
	                  DB_ARGS(db_t(all.name), db_t0(all.phone), db_t0(all.time_zone),
	                          db_i0(all.default_property_id), db_i0(all.default_meter_id), db_i(now.id)));
}

enum err account_update(struct ctx *c, const struct account_edit *edit, uint64_t given, struct account *out)
{
	enum err e = ctx_begin(c, "changing a profile");
	if (!e)
		e = ctx_end(c, update(c, edit, given), "changing a profile");
	return e ? e : account_me(c, out);
}

/* Wherever the user is signed in that ends, but for the place where this is asked. */
static enum err sign_out(struct ctx *c, int64_t id)
{
	enum err e = session_end_of(c, id, c->actor.session_id);
	return e ? e : token_end_of(c, id, c->actor.token_id);
}

enum err account_change_password(struct ctx *c, struct str current, struct str wanted)
{
	char hash[CRYPTO_PASSWORD];
	struct account me;
	struct user u;
	enum err e = account_me(c, &me);
	if (e)
		return e;
	e = user_check_password(c, me.email, current, STR(""), &u);
	if (e == ERR_UNAUTHORIZED)
		return ctx_fail(c, ERR_INVALID, "current_password", "That is not the current password.");
	if (!e && str_eq(current, wanted))
		e = ctx_fail(c, ERR_INVALID, "new_password", "That is the password that you have.");
	if (!e)
		e = user_hash(c, "new_password", wanted, me.email, hash);
	if (!e)
		e = ctx_begin(c, "changing a password");
	if (e)
		return e;
	e = user_set_hash(c, me.id, hash);
	return ctx_end(c, e ? e : sign_out(c, me.id), "changing a password");
}

enum err account_confirm(struct ctx *c, struct str password, struct str address)
{
	struct user u;
	if (!c->actor.session_id)
		return OK;
	enum err e = user_check_password(c, c->actor.email, password, address, &u);
	return e == ERR_UNAUTHORIZED ? ctx_fail(c, ERR_INVALID, "password", "That is not your password.") : e;
}

/* ---- for admins ---- */

static enum err admins_only(struct ctx *c)
{
	return right_to_all(c) ? OK : ctx_fail(c, ERR_FORBIDDEN, "", "This is for admins.");
}

enum err account_list(struct ctx *c, struct str search, int64_t limit, int64_t offset, struct account **out,
                      size_t *n, int64_t *total)
{
	struct str like = db_like(c->arena, str_sub(str_trim(search), 0, 100));
	enum err e = admins_only(c);
	*n = 0;
	if (e)
		return e;
	*out = db_all(c->db, &sql_account_list, DB_ARGS(db_t(like), db_t(like), db_i(limit), db_i(offset)),
	              c->arena, &account_desc, n, &e);
	if (!e)
		e = db_one_int(c->db, &sql_account_count, DB_ARGS(db_t(like), db_t(like)), total);
	return e ? ctx_db_failed(c, e, "listing users") : OK;
}

enum err account_get(struct ctx *c, int64_t id, struct account *out)
{
	enum err e = admins_only(c);
	return e ? e : read_one(c, id, out);
}

static enum err check_role(struct ctx *c, struct str role)
{
	return role_of(role) != ROLE_NONE
	               ? OK
	               : ctx_fail(c, ERR_INVALID, "role", "The role is admin, editor or viewer.");
}

enum err account_create(struct ctx *c, const struct account_wanted *wanted, struct account *out)
{
	struct user u;
	struct str role = wanted->role.n ? wanted->role : STR("viewer");
	enum err e = admins_only(c);
	if (!e)
		e = check_role(c, role);
	if (!e)
		e = user_create(c, wanted->email, wanted->name, wanted->password, role_of(role), &u);
	return e ? e : read_one(c, u.id, out);
}

/* Somebody has to be able to let others in. */
static enum err check_last(struct ctx *c, const struct account *now, struct str role, bool is_active)
{
	int64_t others = 0;
	bool was = now->is_active && str_eqz(now->role, "admin"), is = is_active && str_eqz(role, "admin");
	enum err e = was && !is ? db_one_int(c->db, &sql_account_admins, DB_ARGS(db_i(now->id)), &others) : OK;
	if (e)
		return ctx_db_failed(c, e, "counting admins");
	return was && !is && !others
	               ? ctx_fail(c, ERR_CONFLICT, "role",
	                          "%.*s is the last admin: make somebody else one first.", STR_ARG(now->email))
	               : OK;
}

static enum err tell(struct ctx *c, const struct account *was, struct str role, bool is_active)
{
	enum err e = OK;
	if (!str_eq(was->role, role))
		e = audit_addf(c, "user.role", was->email, "%.*s -> %.*s", STR_ARG(was->role), STR_ARG(role));
	if (!e && was->is_active != is_active)
		e = audit_add(c, is_active ? "user.enable" : "user.disable", was->email, STR(""));
	return e;
}

/* In a transaction: what is not given is as it is at this moment. hash: of a new password, or NULL. */
static enum err set(struct ctx *c, int64_t id, const struct account_wanted *wanted, uint64_t given,
                    const char *hash)
{
	struct account now;
	enum err e = read_one(c, id, &now);
	if (e)
		return e;
	struct str name = given & ACCOUNT_NAME ? wanted->name : now.name,
	           role = given & ACCOUNT_ROLE ? wanted->role : now.role;
	bool is_active = given & ACCOUNT_IS_ACTIVE ? wanted->is_active : now.is_active;
	e = check_name(c, name);
	if (!e)
		e = check_role(c, role);
	if (!e)
		e = check_last(c, &now, role, is_active);
	if (!e)
		e = db_run(c->db, &sql_account_set, DB_ARGS(db_t(name), db_t(role), db_i(is_active), db_i(id)));
	if (!e)
		e = tell(c, &now, role, is_active);
	if (!e && hash)
		e = user_set_hash(c, id, hash);
	/* who has other rights now, or a password that others do not know, signs in again */
	return e || (is_active && !hash && str_eq(role, now.role)) ? e : sign_out(c, id);
}

enum err account_set(struct ctx *c, int64_t id, const struct account_wanted *wanted, uint64_t given,
                     struct account *out)
{
	char hash[CRYPTO_PASSWORD];
	bool with_password = given & ACCOUNT_PASSWORD;
	enum err e = account_get(c, id, out);
	if (!e && given & ACCOUNT_EMAIL && !str_eq_nocase(wanted->email, out->email))
		e = ctx_fail(c, ERR_INVALID, "email", "An e-mail address cannot be changed: add a new user.");
	if (!e && with_password)
		e = user_hash(c, "password", wanted->password, out->email, hash);
	if (!e)
		e = ctx_begin(c, "changing a user");
	if (!e)
		e = ctx_end(c, set(c, id, wanted, given, with_password ? hash : NULL), "changing a user");
	return e ? e : read_one(c, id, out);
}
