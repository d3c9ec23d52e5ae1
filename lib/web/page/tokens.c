/*
 * tokens: API tokens: one's own, of an admin everybody's. The secret of a new one is shown once, in the answer
 * to the form that made it.
 */
#include "app/token.h"
#include "web/frame.h"
#include "web/handlers.h"

static void show_token(struct request *r, struct view *v, const struct token *t)
{
	view_rec(v, &token_desc, t);
	if (r->ctx->actor.role == ROLE_ADMIN)
		view_set(view_section(v, "OWNER"), "EMAIL", t->user_email);
	frame_at(r, v, "CREATED", t->created_at);
	frame_at(r, v, "ENDS", t->expires_at);
	frame_at(r, v, "USED", t->last_used_at);
	view_show(v, t->last_used_at ? "WAS_USED" : "NEVER_USED");
	view_show(v, t->expires_at == 0 ? "FOR_EVER" : t->expires_at > ctx_now(r->ctx) ? "LASTS" : "ENDED");
}

/* `secret`: of a new token, or NULL; `refused`: why none was made is ctx->fault. */
static struct reply *show(struct request *r, const char *secret, bool refused)
{
	static const char *const fields[] = {"name", "scope", "expires", NULL};
	struct fault kept = r->ctx->fault;
	struct view *v, *table = NULL;
	struct token *t;
	size_t n;

	r->ctx->fault = (struct fault){.code = OK};
	if (token_list(r->ctx, &t, &n) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/tokens.tpl", "API tokens");
	for (size_t i = 0; i < n; i++) {
		if (t[i].revoked_at)
			continue;
		table = table ? table : view_section(v, "TABLE");
		show_token(r, view_section(table, "TOKEN"), &t[i]);
	}
	if (!table)
		view_show(v, "NONE");
	if (r->ctx->actor.role == ROLE_ADMIN)
		view_show(v, "IS_ADMIN");
	view_set(v, "NEW_NAME", refused ? form_get(&r->form, "name") : STR(""));
	view_set(v, "NEW_EXPIRES", refused ? form_get(&r->form, "expires") : STR("90"));
	if (secret)
		view_setz(view_section(v, "NEW_TOKEN"), "SECRET", secret);
	r->ctx->fault = kept;
	if (!refused)
		return reply_page(r, 200);
	frame_form_error(r, v, fields);
	return reply_page(r, reply_fault_status(r));
}

struct reply *page_tokens(struct request *r)
{
	return show(r, NULL, false);
}

/* The boxes that are ticked, with commas between them. */
static struct str ticked(struct request *r, const char *name)
{
	struct str all = {NULL, 0};

	for (size_t i = 0; i < r->form.n; i++)
		if (str_eqz(r->form.pair[i].name, name))
			all = str_of(arena_printf(r->ctx->arena, "%.*s%s%.*s", STR_ARG(all), all.n ? "," : "",
			                          STR_ARG(r->form.pair[i].value)));
	return all;
}

/* Makes a token, or revokes the one that `revoke` names. */
struct reply *page_tokens_post(struct request *r)
{
	char *secret = arena_alloc(r->ctx->arena, TOKEN_TEXT);
	struct str revoke = form_get(&r->form, "revoke"), expires = str_trim(form_get(&r->form, "expires"));
	int64_t id, days = 0;
	enum err e = OK;

	if (revoke.n) {
		e = str_to_i64(revoke, &id) ? token_revoke(r->ctx, id) : ERR_NOT_FOUND;
		return e == OK || e == ERR_NOT_FOUND ? reply_redirect(r, request_link(r, "/admin/tokens"))
		                                     : reply_fault(r);
	}
	if (expires.n && !str_to_i64(expires, &days))
		e = ctx_fail(r->ctx, ERR_INVALID, "expires", "The days that it lasts are a whole number.");
	if (!e)
		e = token_create(r->ctx, r->ctx->actor.user_id, form_get(&r->form, "name"), ticked(r, "scope"),
		                 days, secret);
	return show(r, e ? NULL : secret, e != OK);
}
