/*
 * setup: the first admin, once. When a user exists this address is 404 for ever.
 */
#include "app/session.h"
#include "app/user.h"
#include "web/frame.h"
#include "web/gate.h"
#include "web/handlers.h"

static const char *const fields[] = {"token", "email", "name", "password", "password_again", NULL};

static struct reply *show(struct request *r, int status)
{
	struct view *v = frame_begin(r, "page/setup.tpl", "Set up Wattledger");

	frame_csrf(r);
	view_set(v, "TOKEN", form_get(&r->form, "token"));
	view_set(v, "EMAIL", form_get(&r->form, "email"));
	view_set(v, "NAME", form_get(&r->form, "name"));
	if (r->ctx->fault.code != OK)
		frame_form_error(r, v, fields);
	return reply_page(r, status);
}

static struct reply *closed(struct request *r)
{
	ctx_fail(r->ctx, ERR_NOT_FOUND, "", "There is nothing at this address.");
	return reply_fault(r);
}

struct reply *page_setup(struct request *r)
{
	return user_setup_open(r->ctx) ? show(r, 200) : closed(r);
}

struct reply *page_setup_post(struct request *r)
{
	struct ctx *c = r->ctx;
	struct str password = form_get(&r->form, "password");
	char secret[SESSION_SECRET_TEXT];
	struct user user;
	enum err e;

	if (!user_setup_open(c))
		return closed(r);
	if (!str_eq(password, form_get(&r->form, "password_again")))
		e = ctx_fail(c, ERR_INVALID, "password_again", "The two passwords are not the same.");
	else
		e = user_setup(c, str_trim(form_get(&r->form, "token")), str_trim(form_get(&r->form, "email")),
		               str_trim(form_get(&r->form, "name")), password, &user);
	if (e == OK)
		e = session_create(c, user.id, request_header(r, "User-Agent"), r->address, secret);
	if (e != OK)
		return show(r, reply_fault_status(r));
	gate_signed_in(r, str_of(secret));
	return reply_redirect(r, request_link(r, "/admin"));
}
