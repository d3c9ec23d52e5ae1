/* audit: for admins: who did what, newest first; and whether the log is as it was written. */
#include "web/audit_query.h"
#include "web/frame.h"
#include "web/handlers.h"

#define LIMIT 50

static void put_query(struct buf *b, const char *name, struct str value)
{
	buf_printf(b, "%s%s=", b->n ? "&" : "", name);
	form_put_encoded(b, value);
}

/* The address of this list, without its place in it. */
static struct str here(struct request *r)
{
	static const char *const names[] = {"actor", "action", "from", "to"};
	struct buf q;

	buf_init(&q, 4 * REQUEST_URL_MAX);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_query(&q, names[i], form_get(&r->query, names[i]));
	struct str out = request_printf_link(r, "/admin/audit?%.*s", STR_ARG(buf_str(&q)));

	buf_free(&q);
	return out;
}

static void show_filter(struct request *r, struct view *v)
{
	struct str action = form_get(&r->query, "action");

	view_set(v, "ACTOR", form_get(&r->query, "actor"));
	view_set(v, "FROM", form_get(&r->query, "from"));
	view_set(v, "TO", form_get(&r->query, "to"));
	for (size_t i = 0; audit_kinds[i].name; i++) {
		struct view *o = view_section(v, "KIND");

		view_setz(o, "NAME", audit_kinds[i].name);
		view_setz(o, "LABEL", audit_kinds[i].label);
		if (str_eqz(action, audit_kinds[i].name))
			view_show(o, "SELECTED");
	}
}

static enum err show_check(struct request *r, struct view *v)
{
	struct audit_check k;
	enum err e = audit_verify(r->ctx, &k);

	if (e)
		return e;
	struct view *said = view_section(v, k.broken ? "BROKEN" : "SOUND");

	view_set(said, "ROWS", frame_number(r, k.rows));
	view_int(said, "ROW", k.broken);
	view_set(said, "LAST", arena_str(r->ctx->arena, str_of(k.last)));
	return OK;
}

static enum err show_rows(struct request *r, struct view *v, struct audit_filter *f)
{
	struct audit_row *rows;
	size_t n;
	int64_t total;

	f->limit = LIMIT;
	if (request_query_int(r, "offset", 0, INT32_MAX, 0, &f->offset) != OK ||
	    audit_list(r->ctx, f, &rows, &n, &total) != OK)
		return r->ctx->fault.code;
	struct view *table = n ? view_section(v, "TABLE") : NULL;

	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(table, "ROW");

		view_rec(row, &audit_desc, &rows[i]);
		frame_at(r, row, "DONE", rows[i].at);
	}
	if (!n)
		view_show(v, "NONE");
	frame_pager(r, v, "PAGER", here(r), LIMIT, f->offset, total);
	return OK;
}

struct reply *page_audit(struct request *r)
{
	static const char *const fields[] = {"from", "to", NULL};
	struct audit_filter f;
	enum err e = audit_query(r, &f);
	struct fault refused = r->ctx->fault;
	struct view *v = frame_begin(r, "page/audit.tpl", "Audit log");

	r->ctx->fault = (struct fault){.code = OK};
	show_filter(r, v);
	if ((form_has(&r->query, "verify") && show_check(r, v) != OK) || (!e && show_rows(r, v, &f) != OK))
		return reply_fault(r);
	if (!e)
		return reply_page(r, 200);
	r->ctx->fault = refused;
	frame_form_error(r, v, fields);
	return reply_page(r, reply_fault_status(r));
}
