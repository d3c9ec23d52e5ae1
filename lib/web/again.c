/* again: see again.h. */
#include "web/again.h"

#include "app/session.h"
#include "web/draft_form.h"
#include "web/frame.h"

static bool is_secret(struct str name)
{
	return str_search(name, STR("password")) >= 0 || str_search(name, STR("token")) >= 0;
}

/* What a page has put there, and nobody has typed. */
static bool is_hidden(struct str name)
{
	return draft_form_field(name) || str_eqz(name, "carried") || str_eqz(name, "carried_to");
}

struct reply *again_form(struct request *r, int status, const char *title, const char *why)
{
	struct view *v = frame_begin(r, "page/again.tpl", title);

	frame_csrf(r);
	view_setz(v, "HEADING", title);
	view_setz(v, "DETAIL", why);
	view_set(v, "ACTION", request_printf_link(r, "%.*s", STR_ARG(r->path)));
	if (status == 401)
		view_show(v, "SIGN_IN");
	for (size_t i = 0; i < r->form.n; i++) {
		const struct form_pair *pair = &r->form.pair[i];
		struct view *row;

		if (str_eqz(pair->name, "csrf"))
			continue;
		row = view_section(v, is_secret(pair->name)              ? "SECRET"
		                      : is_hidden(pair->name)            ? "HIDDEN"
		                      : str_find(pair->value, '\n') >= 0 ? "LINES"
		                                                         : "FIELD");
		view_set(row, "NAME", pair->name);
		view_set(row, "VALUE", pair->value);
	}
	return reply_page(r, status);
}

/* ---- through the sign-in ---- */

/* r->form, percent-encoded, in the arena; p NULL: it is too much. */
static struct str encoded(struct request *r)
{
	struct str out = {NULL, 0};
	struct buf b;

	buf_init(&b, AGAIN_CARRIED_MAX);
	for (size_t i = 0; i < r->form.n; i++) {
		const struct form_pair *pair = &r->form.pair[i];

		if (str_eqz(pair->name, "csrf"))
			continue;
		if (b.n)
			buf_addc(&b, '&');
		form_put_encoded(&b, pair->name);
		buf_addc(&b, '=');
		if (!is_secret(pair->name))
			form_put_encoded(&b, pair->value);
	}
	if (!b.over)
		out = arena_str(r->ctx->arena, b.n ? buf_str(&b) : STR(""));
	buf_free(&b);
	return out;
}

static void put_carried(struct view *v, struct str carried, struct str to)
{
	struct view *part = view_section(v, "CARRIED");

	view_set(part, "VALUE", carried);
	view_set(part, "TO", to);
}

struct reply *again_signed_out(struct request *r)
{
	struct str carried = encoded(r);
	struct view *v;

	if (!carried.p)
		return again_form(
		        r, 401, "You have been signed out",
		        "You have been signed out because nothing happened for a while. This is what you "
		        "had typed: sign in in another tab, then send it here.");
	v = frame_begin(r, "page/login.tpl", "Sign in");
	frame_csrf(r);
	put_carried(v, carried, r->path);
	return reply_page(r, 401);
}

void again_carried(struct request *r, struct view *v)
{
	if (form_has(&r->form, "carried"))
		put_carried(v, form_get(&r->form, "carried"), form_get(&r->form, "carried_to"));
}

/* A path of ours, as the gate had it. */
static bool is_path(struct str s)
{
	bool ours = s.n > 1 && s.p[0] == '/' && s.p[1] != '/' && s.p[1] != '\\';

	for (size_t i = 0; ours && i < s.n; i++)
		ours = (unsigned char)s.p[i] > 0x20 && (unsigned char)s.p[i] < 0x7f;
	return ours;
}

struct reply *again_signed_in(struct request *r, struct str secret)
{
	struct str carried = form_get(&r->form, "carried"), to = form_get(&r->form, "carried_to");
	struct form typed;
	struct draft d;

	if (!carried.n || !is_path(to) || !form_parse(r->ctx->arena, carried, &typed) ||
	    session_resume(r->ctx, secret) != OK)
		return NULL;
	r->by_cookie = true;
	r->secret = secret;
	r->zone = NULL;
	r->form = typed;
	r->path = to;
	if (draft_form_of(form_get(&typed, "draft_form")) != DRAFT_FORMS && draft_form_save(r, &d) == OK)
		return reply_redirect(r, draft_href(r, &d));
	r->ctx->fault = (struct fault){.code = OK};
	return again_form(r, 200, "Please send it once more",
	                  "You are signed in again. This is what you had typed; nothing of it is stored yet.");
}
