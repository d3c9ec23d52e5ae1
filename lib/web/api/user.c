/*
 * user: the signed-in person's profile, properties and dashboard, signing in and out for programs (D's items 6
 * and 12), and users for admins.
 */
#include "app/user.h"
#include "app/account.h"
#include "app/dashboard.h"
#include "app/property.h"
#include "app/session.h"
#include "app/token.h"
#include "web/api/bodies.h"
#include "web/fields.h"
#include "web/gate.h"
#include "web/handlers.h"
#include "web/list.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     500

/* ---- oneself ---- */

static struct reply *account_reply(struct request *r, enum err e, int status, const struct account *a)
{
	return e ? reply_fault(r) : list_one(r, status, &account_desc, a, 0);
}

struct reply *api_me(struct request *r)
{
	struct account a;
	enum err e = account_me(r->ctx, &a);

	return account_reply(r, e, 200, &a);
}

struct reply *api_me_patch(struct request *r)
{
	struct account_edit edit = {.name = {NULL, 0}};
	struct account a;
	uint64_t given;
	enum err e = fields_json(r, &account_edit_desc, &edit, &given);

	if (!e)
		e = account_update(r->ctx, &edit, given, &a);
	return account_reply(r, e, 200, &a);
}

struct reply *api_me_properties(struct request *r)
{
	struct property_filter f = {.search = {NULL, 0}};
	struct property *p;
	struct list l;
	size_t n;

	if (list_query(r, LIMIT_DEFAULT, LIMIT_MAX, &l) != OK)
		return reply_fault(r);
	f.limit = l.limit;
	f.offset = l.offset;
	if (property_list(r->ctx, &f, &p, &n, &l.total) != OK)
		return reply_fault(r);
	return list_reply(r, &l, &property_desc, p, n);
}

struct reply *api_me_dashboard(struct request *r)
{
	struct dashboard d;
	struct json_out j;

	if (dashboard_of(r->ctx, &d) != OK)
		return reply_fault(r);
	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "properties_count");
	json_int(&j, d.properties_count);
	json_key(&j, "meters_count");
	json_int(&j, d.meters_count);
	json_key(&j, "readings_this_month");
	json_int(&j, d.readings_this_month);
	json_key(&j, "latest_reading_date");
	json_at(&j, d.latest_reading_date);
	json_key(&j, "properties_summary");
	json_array(&j);
	for (size_t i = 0; i < d.n; i++) {
		json_object(&j);
		json_rec(&j, &dashboard_property_desc, &d.property[i]);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	return reply_json(r, 200);
}

/* ---- signing in and out ---- */

struct sign_in {
	struct str email, password;
};

static const struct rec_field sign_in_fields[] = {REC(struct sign_in, email, REC_TEXT),
                                                  REC_FLAGS(struct sign_in, password, REC_TEXT, REC_RAW)};
const struct rec_desc api_sign_in_desc = REC_DESC(struct sign_in, sign_in_fields);

struct reply *api_login(struct request *r)
{
	struct sign_in body = {.email = {NULL, 0}};
	char secret[TOKEN_TEXT];
	struct user u;
	struct json_out j;
	uint64_t given;

	if (fields_json(r, &api_sign_in_desc, &body, &given) != OK ||
	    user_check_password(r->ctx, body.email, body.password, r->address, &u) != OK ||
	    token_sign_in(r->ctx, u.id, role_of(u.role), secret) != OK)
		return reply_fault(r);
	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "access_token");
	json_str(&j, arena_str(r->ctx->arena, str_of(secret)));
	json_key(&j, "token_type");
	json_str(&j, STR("bearer"));
	json_key(&j, "expires_in");
	json_int(&j, TOKEN_SIGNED_IN_DAYS * 86400);
	json_end_object(&j);
	return reply_json(r, 200);
}

struct reply *api_logout(struct request *r)
{
	enum err e =
	        r->ctx->actor.token_id ? token_revoke(r->ctx, r->ctx->actor.token_id) : session_end(r->ctx);

	if (e)
		return reply_fault(r);
	if (r->by_cookie)
		gate_signed_out(r);
	return reply_empty(r, 204);
}

struct change {
	struct str current_password, new_password;
};

static const struct rec_field change_fields[] = {REC_FLAGS(struct change, current_password, REC_TEXT, REC_RAW),
                                                 REC_FLAGS(struct change, new_password, REC_TEXT, REC_RAW)};
const struct rec_desc api_password_change_desc = REC_DESC(struct change, change_fields);

struct reply *api_change_password(struct request *r)
{
	struct change body = {.new_password = {NULL, 0}};
	uint64_t given;

	if (fields_json(r, &api_password_change_desc, &body, &given) != OK ||
	    account_change_password(r->ctx, body.current_password, body.new_password) != OK)
		return reply_fault(r);
	return reply_empty(r, 204);
}

/* ---- users, for admins ---- */

struct reply *api_users(struct request *r)
{
	struct account *a;
	struct list l;
	size_t n;

	if (list_query(r, LIMIT_DEFAULT, LIMIT_MAX, &l) != OK ||
	    account_list(r->ctx, form_get(&r->query, "search"), l.limit, l.offset, &a, &n, &l.total) != OK)
		return reply_fault(r);
	return list_reply(r, &l, &account_desc, a, n);
}

struct reply *api_users_post(struct request *r)
{
	struct account_wanted wanted = {.email = {NULL, 0}};
	struct account a;
	uint64_t given;
	enum err e = fields_json(r, &account_wanted_desc, &wanted, &given);

	if (!e)
		e = account_create(r->ctx, &wanted, &a);
	return account_reply(r, e, 201, &a);
}

struct reply *api_user(struct request *r)
{
	struct account a;
	int64_t id;
	enum err e = request_param_id(r, 0, "user", &id);

	if (!e)
		e = account_get(r->ctx, id, &a);
	return account_reply(r, e, 200, &a);
}

struct reply *api_user_patch(struct request *r)
{
	struct account_wanted wanted = {.email = {NULL, 0}};
	struct account a;
	int64_t id;
	uint64_t given;
	enum err e = request_param_id(r, 0, "user", &id);

	if (!e)
		e = fields_json(r, &account_wanted_desc, &wanted, &given);
	if (!e)
		e = account_set(r->ctx, id, &wanted, given, &a);
	return account_reply(r, e, 200, &a);
}
