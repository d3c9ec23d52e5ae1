/* properties: the list of properties, searched, and the form for a new one. */
#include "app/property.h"
#include "web/fields.h"
#include "web/frame.h"
#include "web/handlers.h"

#define LIMIT 50

/* Those with a place for a message of their own. */
static const char *const fields[] = {"name", "time_zone", NULL};

static void show_form(struct request *r, struct view *v)
{
	view_set(v, "NEW_NAME", form_get(&r->form, "name"));
	view_set(v, "NEW_ADDRESS", form_get(&r->form, "address"));
	view_set(v, "NEW_POSTCODE", form_get(&r->form, "postcode"));
	view_set(v, "NEW_TIME_ZONE", form_get(&r->form, "time_zone"));
}

static struct reply *show(struct request *r, int status)
{
	struct property_filter f = {.search = str_trim(form_get(&r->query, "q")), .limit = LIMIT};
	struct fault kept = r->ctx->fault;
	struct property *p;
	struct buf q;
	size_t n;
	int64_t total;

	request_bool(form_get(&r->query, "inactive"), &f.include_inactive);
	if (request_query_int(r, "offset", 0, INT32_MAX, 0, &f.offset) != OK ||
	    property_list(r->ctx, &f, &p, &n, &total) != OK)
		return reply_fault(r);
	struct view *v = frame_begin(r, "page/properties.tpl", "Properties");

	view_set(v, "SEARCH", f.search);
	view_set(v, "TOTAL", frame_number(r, total));
	view_show(v, n > 0 ? "SOME" : f.search.n > 0 ? "NONE_FOUND" : "NONE_YET");
	if (f.include_inactive)
		view_show(v, "INACTIVE_TOO");
	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(v, "PROPERTY");

		view_rec(row, &property_desc, &p[i]);
		view_set(row, "HREF", request_printf_link(r, "/admin/properties/%lld", (long long)p[i].id));
		if (!p[i].is_active)
			view_show(row, "IS_INACTIVE");
	}
	if (right_to_write(r->ctx) == OK) {
		view_show(v, "MAY_ADD");
		show_form(r, v);
	}
	r->ctx->fault = kept;
	if (status != 200)
		frame_form_error(r, v, fields);
	buf_init(&q, 3 * REQUEST_URL_MAX);
	form_put_encoded(&q, f.search);
	frame_pager(r, v, "PAGER",
	            request_printf_link(r, "/admin/properties?q=%.*s%s", STR_ARG(buf_str(&q)),
	                                f.include_inactive ? "&inactive=1" : ""),
	            LIMIT, f.offset, total);
	buf_free(&q);
	return reply_page(r, status);
}

struct reply *page_properties(struct request *r)
{
	return show(r, 200);
}

struct reply *page_properties_post(struct request *r)
{
	struct property_edit edit = {.name = {NULL, 0}};
	struct property made;
	uint64_t given;

	if (fields_form(r, &property_edit_desc, &edit, NULL, &given) != OK ||
	    property_create(r->ctx, &edit, &made) != OK)
		return show(r, reply_fault_status(r));
	return reply_redirect(r, request_printf_link(r, "/admin/properties/%lld", (long long)made.id));
}
