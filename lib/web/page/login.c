/*
 * login: signing in and out. The one answer to a wrong e-mail and a wrong password is the service's
 * (app/user.h).
 */
#include "app/session.h"
#include "app/user.h"
#include "web/again.h"
#include "web/frame.h"
#include "web/gate.h"
#include "web/handlers.h"
#include "web/web.h"

static const char *const fields[] = {"email", "password", NULL};

static struct reply *show(struct request *r, struct str email, struct str next, int status)
{
	struct view *v = frame_begin(r, "page/login.tpl", "Sign in");

	frame_csrf(r);
	view_set(v, "EMAIL", email);
	view_set(v, "NEXT", next);
	again_carried(r, v);
	if (r->ctx->fault.code != OK)
		frame_form_error(r, v, fields);
	return reply_page(r, status);
}

struct reply *page_login(struct request *r)
{
	if (r->by_cookie)
		return reply_redirect(r, request_link(r, "/admin"));
	if (!r->web->setup_done && user_setup_open(r->ctx))
		return reply_redirect(r, request_link(r, "/setup"));
	return show(r, STR(""), form_get(&r->query, "next"), 200);
}

struct reply *page_login_post(struct request *r)
{
	struct ctx *c = r->ctx;
	struct str email = str_trim(form_get(&r->form, "email")), next = form_get(&r->form, "next");
	char secret[SESSION_SECRET_TEXT];
	struct user user;
	struct reply *carried;
	enum err e = user_check_password(c, email, form_get(&r->form, "password"), r->address, &user);

	if (e == OK)
		e = session_create(c, user.id, request_header(r, "User-Agent"), r->address, secret);
	if (e != OK) {
		struct reply *p = show(r, email, next, reply_fault_status(r));

		if (c->fault.retry_after > 0)
			reply_header(p, "Retry-After",
			             str_of(arena_printf(c->arena, "%d", c->fault.retry_after)));
		return p;
	}
	gate_signed_in(r, str_of(secret));
	carried = again_signed_in(r, arena_str(c->arena, str_of(secret)));
	return carried ? carried : reply_redirect(r, gate_next(r, next));
}

struct reply *page_logout_post(struct request *r)
{
	if (session_end(r->ctx) != OK)
		return reply_fault(r);
	gate_signed_out(r);
	return reply_redirect(r, request_link(r, "/login"));
}
