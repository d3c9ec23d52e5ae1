/* users: for admins: who there is, what they may, and whether they may sign in. */
#include "app/account.h"
#include "web/fields.h"
#include "web/frame.h"
#include "web/handlers.h"

#define LIMIT 100

static struct reply *show(struct request *r, const char *refused)
{
	struct fault kept = r->ctx->fault;
	struct account *a;
	size_t n;
	int64_t total, offset;

	r->ctx->fault = (struct fault){.code = OK};
	if (request_query_int(r, "offset", 0, INT32_MAX, 0, &offset) != OK ||
	    account_list(r->ctx, form_get(&r->query, "q"), LIMIT, offset, &a, &n, &total) != OK)
		return reply_fault(r);
	struct view *v = frame_begin(r, "page/users.tpl", "Users");

	view_set(v, "TOTAL", frame_number(r, total));
	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(v, "USER");

		view_rec(row, &account_desc, &a[i]);
		frame_at(r, row, "SEEN", a[i].last_login_at);
		view_show(row, str_eqz(a[i].role, "admin")    ? "ADMIN"
		               : str_eqz(a[i].role, "editor") ? "EDITOR"
		                                              : "VIEWER");
		view_show(row, a[i].is_active ? "ACTIVE" : "INACTIVE");
	}
	view_set(v, "NEW_EMAIL", form_get(&r->form, "email"));
	view_set(v, "NEW_NAME", form_get(&r->form, "name"));
	frame_pager(r, v, "PAGER", request_link(r, "/admin/users?"), LIMIT, offset, total);
	r->ctx->fault = kept;
	if (refused[0])
		view_setz(view_section(v, refused), "MESSAGE", kept.message);
	return reply_page(r, refused[0] ? reply_fault_status(r) : 200);
}

struct reply *page_users(struct request *r)
{
	return show(r, "");
}

struct reply *page_users_post(struct request *r)
{
	static const char *const other[] = {"id", NULL};
	struct account_wanted wanted = {.email = {NULL, 0}};
	struct account a;
	struct str id_text = form_get(&r->form, "id");
	uint64_t given;
	int64_t id = 0;
	enum err e = fields_form(r, &account_wanted_desc, &wanted, other, &given);

	if (!e && id_text.n && !str_to_i64(id_text, &id))
		e = ctx_fail(r->ctx, ERR_INVALID, "id", "\"id\" is the number of a user.");
	if (!e)
		e = id ? account_set(r->ctx, id, &wanted, given, &a) : account_create(r->ctx, &wanted, &a);
	return e ? show(r, id_text.n ? "CHANGE_REFUSED" : "ADD_REFUSED")
	         : reply_redirect(r, request_link(r, "/admin/users"));
}
