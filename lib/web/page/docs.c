/*
 * docs: the API for people, made from the same tables as /api/openapi.json: each operation with its parameters,
 * body, reply and a line for curl; the objects; and the types of errors. A GET can be tried with a plain form:
 * page_docs_try makes the address out of its fields, which a form cannot do by itself, and leaves out what is
 * empty.
 */
#include <stdio.h>

#include "app/storage.h"
#include "codec/json.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/op.h"

#define ADDRESS_MAX 4096

static const char *const methods[METHOD_COUNT] = {
        [METHOD_GET] = "GET",     [METHOD_POST] = "POST",     [METHOD_PUT] = "PUT",
        [METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE",
};

static struct str shape_name(struct request *r, enum shape_id id)
{
	char title[SHAPE_TITLE];

	shape_title(id, title);
	return arena_str(r->ctx->arena, str_of(title));
}

/* ---- addresses ---- */

/* The pattern with something in the place of each {name}: what `form` says, or an example. */
static void put_path(struct buf *b, const char *pattern, const struct form *form)
{
	struct str names = str_of(pattern), rest = names;
	struct op_param p;

	while (rest.p) {
		struct str part = str_cut(&rest, '/');

		if (!part.n)
			continue;
		buf_addc(b, '/');
		if (part.p[0] != '{') {
			buf_adds(b, part);
			continue;
		}
		op_next_in_path(&names, &p);
		if (form)
			form_put_encoded(b, form_get(form, p.name));
		else
			buf_addz(b, p.type == REC_INT ? "1" : p.name);
	}
}

static void put_query(struct buf *b, const struct op *op, const struct form *form)
{
	struct str query = str_of(op->query);
	const char *between = "?";
	struct op_param p;

	while (op_next_param(&query, &p)) {
		struct str value = form ? form_get(form, p.name) : STR("...");

		if (form ? !value.n : !p.needed)
			continue;
		buf_printf(b, "%s%s=", between, p.name);
		if (form)
			form_put_encoded(b, value);
		else
			buf_adds(b, p.type == REC_INT ? STR("0") : value);
		between = "&";
	}
}

static struct str curl(struct request *r, const struct route *route, const struct op *op)
{
	struct str site = r->ctx->storage->config.base_url;
	struct buf b = BUF_INIT(ADDRESS_MAX);
	struct json_out j;

	buf_addz(&b, "curl");
	if (route->method != METHOD_GET && route->method != METHOD_POST)
		buf_printf(&b, " -X %s", methods[route->method]);
	if (route->access > ACCESS_PUBLIC)
		buf_addz(&b, " -H \"Authorization: Bearer $TOKEN\"");
	if (op->flags & OP_MULTIPART)
		buf_addz(&b, " -F file=@readings.csv");
	else if (op->flags & OP_OCTETS)
		buf_addz(&b, " --data-binary @chunk -H \"Content-Type: application/octet-stream\"");
	else if (op->body != SHAPE_none) {
		buf_addz(&b, " -H \"Content-Type: application/json\" -d '");
		json_start(&j, &b);
		shape_example(&j, op->body);
		buf_addz(&b, "'");
	}
	buf_printf(&b, " \"%.*s", STR_ARG(site.n ? site : STR("https://your.site")));
	put_path(&b, route->pattern, NULL);
	put_query(&b, op, NULL);
	buf_addc(&b, '"');
	struct str line = arena_str(r->ctx->arena, buf_str(&b));

	buf_free(&b);
	return line;
}

struct reply *page_docs_try(struct request *r)
{
	struct str name = form_get(&r->query, "op");
	struct buf b = BUF_INIT(ADDRESS_MAX);
	struct str path;

	for (size_t i = 0; i < routes_count; i++) {
		const struct op *op = op_of(&routes[i]);

		if (!op || routes[i].method != METHOD_GET || !str_eqz(name, op->name))
			continue;
		put_path(&b, routes[i].pattern, &r->query);
		put_query(&b, op, &r->query);
		path = arena_str(r->ctx->arena, b.over ? STR("/docs") : buf_str(&b));
		buf_free(&b);
		return reply_redirect(r, request_join(r, path, STR("")));
	}
	return reply_redirect(r, request_link(r, "/docs"));
}

/* ---- the page ---- */

static void show_param(struct view *v, const struct op_param *p, const char *in)
{
	struct view *row = view_section(v, "PARAM");

	view_setz(row, "NAME", p->name);
	view_setz(row, "IN", in);
	view_setz(row, "TYPE", shape_scalar_said(p->type));
	view_setz(row, "ABOUT", p->about);
	if (p->words[0])
		view_setz(view_section(row, "ONE_OF"), "WORDS", p->words);
	if (p->needed)
		view_show(row, "NEEDED");
}

static void show_params(struct view *v, const struct route *route, const struct op *op)
{
	struct str path = str_of(route->pattern), query = str_of(op->query);
	struct op_param p;

	while (op_next_in_path(&path, &p))
		show_param(v, &p, "path");
	while (op_next_param(&query, &p))
		show_param(v, &p, "query");
}

/* The form's fields have ids of their own on the page. */
static void show_field(struct view *v, const struct op *op, const struct op_param *p)
{
	struct view *field = view_section(v, "FIELD");

	view_setz(field, "OP_NAME", op->name);
	view_setz(field, "NAME", p->name);
	if (p->needed)
		view_show(field, "NEEDED");
}

static void show_try(struct view *v, const struct route *route, const struct op *op)
{
	struct str path = str_of(route->pattern), query = str_of(op->query);
	struct view *form = view_section(v, "TRY");
	struct op_param p;

	view_setz(form, "HANDLER", op->name);
	while (op_next_in_path(&path, &p))
		show_field(form, op, &p);
	while (op_next_param(&query, &p))
		show_field(form, op, &p);
}

static void show_headers(struct view *v, const struct route *route, const struct op *op)
{
	if (op->flags & OP_IF_MATCH)
		view_show(v, "IF_MATCH");
	if (op->flags & OP_REPEATABLE)
		view_show(v, "REPEATABLE");
	if (op->flags & OP_VERSIONED && route->method == METHOD_GET)
		view_show(v, "IF_NONE_MATCH");
}

static void show_reply(struct request *r, struct view *v, const struct route *route, const struct op *op)
{
	static const char *const kinds[] = {
	        [REPLY_NOTHING] = "nothing",          [REPLY_ONE] = "",
	        [REPLY_PAGE] = "a page of",           [REPLY_ITEMS] = "a list of",
	        [REPLY_GONE] = "nothing, or (202)",   [REPLY_CSV] = "CSV",
	        [REPLY_FILE] = "a file, CSV or XLSX", [REPLY_ARCHIVE] = "a file, ZIP or encrypted",
	};
	struct view *reply = view_section(v, "REPLY");
	int errors[OP_ERRORS_MAX];
	size_t n = op_errors(route, op, errors);

	view_setz(reply, "STATUS", op->status);
	view_setz(reply, "KIND", kinds[op->reply]);
	if (op->shape != SHAPE_none)
		view_set(view_section(reply, "OBJECT"), "SHAPE", shape_name(r, op->shape));
	for (size_t i = 0; i < n; i++)
		view_int(view_section(v, "ERROR"), "STATUS", errors[i]);
}

static void show_op(struct request *r, struct view *chapter, const struct route *route, const struct op *op)
{
	static const char *const who[] = {
	        [ACCESS_OPEN] = "Anybody.",
	        [ACCESS_PUBLIC] = "Anybody.",
	        [ACCESS_READ] = "Viewers and above; tokens with the scope read.",
	        [ACCESS_IMPORT] = "Editors and above; tokens with the scope import.",
	        [ACCESS_EXPORT] = "Viewers and above; tokens with the scope export.",
	        [ACCESS_ADMIN] = "Admins; tokens with the scope admin.",
	};
	struct view *v = view_section(chapter, "OP");

	view_setz(v, "OP_NAME", op->name + strlen("api_"));
	view_setz(v, "METHOD", methods[route->method]);
	view_setz(v, "PATH", route->pattern);
	view_setz(v, "SUMMARY", route->summary);
	view_setz(v, "WHO", who[route->access]);
	view_set(v, "CURL", curl(r, route, op));
	if (strchr(route->pattern, '{') || op->query[0])
		show_params(view_section(v, "PARAMS"), route, op);
	show_headers(v, route, op);
	if (op->body != SHAPE_none && op->body != SHAPE_nothing)
		view_set(view_section(v, "BODY"), "SHAPE", shape_name(r, op->body));
	show_reply(r, v, route, op);
	if (route->method == METHOD_GET)
		show_try(v, route, op);
}

struct table {
	struct request *r;
	struct view *v;
};

static void show_member(void *arg, const struct shape_row *row)
{
	const struct table *table = arg;
	struct view *v = view_section(table->v, "MEMBER");

	view_setz(v, "NAME", row->name[0] ? row->name : "one of");
	view_setz(v, "TYPE", row->type);
	if (row->of != SHAPE_none)
		view_set(view_section(v, "OBJECT"), "SHAPE", shape_name(table->r, row->of));
	if (row->nullable)
		view_show(v, "NULLABLE");
	if (row->absent)
		view_show(v, "ABSENT");
	if (row->needed)
		view_show(v, "NEEDED");
}

struct reply *page_docs(struct request *r)
{
	struct view *v = frame_begin(r, "page/docs.tpl", "API");

	for (enum op_tag tag = 0; tag < TAGS; tag++) {
		struct view *chapter = view_section(v, "CHAPTER");

		view_setz(chapter, "TITLE", op_tags[tag].title);
		view_setz(chapter, "ABOUT", op_tags[tag].about);
		view_setz(view_section(v, "CONTENTS"), "TITLE", op_tags[tag].title);
		for (size_t i = 0; i < routes_count; i++) {
			const struct op *op = op_of(&routes[i]);

			if (op && op->tag == tag)
				show_op(r, chapter, &routes[i], op);
		}
	}
	for (enum shape_id id = SHAPE_none + 1; id < SHAPES; id++) {
		/* not OBJECT: where a part has no section of a name, it is looked for in the whole page */
		struct view *object = view_section(v, "SHAPE_TABLE");

		view_set(object, "SHAPE", shape_name(r, id));
		shape_each(id, show_member, &(struct table){r, object});
	}
	return reply_page(r, 200);
}

struct reply *page_docs_elsewhere(struct request *r)
{
	return reply_redirect(r, request_link(r, "/docs"));
}

struct reply *page_problems(struct request *r)
{
	static const struct {
		const char *slug, *status, *title, *about;
	} problems[] = {
#define PROBLEM(slug, status, title, about) {#slug, status, title, about},
#include "web/problems.def"
#undef PROBLEM
	};
	struct view *v = frame_begin(r, "page/problems.tpl", "Errors of the API");

	for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++) {
		struct view *row = view_section(v, "PROBLEM");

		view_setz(row, "SLUG", problems[i].slug);
		view_setz(row, "STATUS", problems[i].status);
		view_setz(row, "PROBLEM_TITLE", problems[i].title);
		view_setz(row, "ABOUT", problems[i].about);
	}
	return reply_page(r, 200);
}
