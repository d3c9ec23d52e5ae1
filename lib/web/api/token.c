/* token: API tokens. A token's secret is in the one reply that makes it, and nowhere else. */
#include "app/token.h"
#include "web/api/bodies.h"
#include "web/fields.h"
#include "web/handlers.h"
#include "web/list.h"

struct reply *api_tokens(struct request *r)
{
	struct token *t;
	size_t n;

	if (token_list(r->ctx, &t, &n) != OK)
		return reply_fault(r);
	return list_whole(r, &token_desc, t, n);
}

struct wanted {
	struct str name, scope;
	int64_t expires_days;
};

static const struct rec_field wanted_fields[] = {REC(struct wanted, name, REC_TEXT),
                                                 REC(struct wanted, scope, REC_TEXT),
                                                 REC(struct wanted, expires_days, REC_INT)};
const struct rec_desc api_token_wanted_desc = REC_DESC(struct wanted, wanted_fields);

struct reply *api_tokens_post(struct request *r)
{
	struct wanted body = {.scope = STR("read")};
	char secret[TOKEN_TEXT];
	struct json_out j;
	uint64_t given;

	if (fields_json(r, &api_token_wanted_desc, &body, &given) != OK ||
	    token_create(r->ctx, r->ctx->actor.user_id, body.name, body.scope, body.expires_days, secret) != OK)
		return reply_fault(r);
	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "token");
	json_str(&j, arena_str(r->ctx->arena, str_of(secret)));
	json_end_object(&j);
	return reply_json(r, 201);
}

struct reply *api_token_delete(struct request *r)
{
	int64_t id;

	if (request_param_id(r, 0, "token", &id) != OK || token_revoke(r->ctx, id) != OK)
		return reply_fault(r);
	return reply_empty(r, 204);
}
