/* op: see op.h. */
#include "web/op.h"

#include "base/panic.h"
#include "codec/utf8.h"
#include "web/fields.h"
#include "web/handlers.h"

const struct op_tag_info op_tags[TAGS] = {
#define OP(...)
#define TAG(id, title, about) {title, about},
#include "web/api.def"
#undef TAG
#undef OP
};

/* The words of the rows. */
enum {
	VERSIONED = OP_VERSIONED,
	IF_MATCH = OP_IF_MATCH,
	REPEATABLE = OP_REPEATABLE,
	CONFLICT = OP_CONFLICT,
	MISSING = OP_MISSING,
	MULTIPART = OP_MULTIPART,
	OCTETS = OP_OCTETS,
	HERE = OP_HERE,
};

static const struct op ops[] = {
#define TAG(...)
#define OP(handler, tag, query, body, status, reply, shape, flags) \
	{handler, #handler, TAG_##tag, query, SHAPE_##body, status, REPLY_##reply, SHAPE_##shape, flags},
#include "web/api.def"
#undef OP
#undef TAG
};

static const struct op_param params[] = {
#define PARAM(name, type, words, about) {#name, REC_##type, words, about, false},
#include "web/params.def"
#undef PARAM
};

const struct op *op_of(const struct route *route)
{
	for (size_t i = 0; route->flags & API && i < sizeof(ops) / sizeof(ops[0]); i++)
		if (ops[i].handler == route->handler)
			return &ops[i];
	return NULL;
}

/* ---- parameters ---- */

static void find_param(struct str name, struct op_param *out)
{
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
		if (str_eqz(name, params[i].name)) {
			*out = params[i];
			return;
		}
	}
	panic("params.def has no row for %.*s", STR_ARG(name));
}

bool op_next_param(struct str *rest, struct op_param *out)
{
	struct str word = {NULL, 0};

	while (rest->p && !word.n)
		word = str_cut(rest, ' ');
	if (!word.n)
		return false;
	bool needed = str_ends(word, STR("!"));

	find_param(str_sub(word, 0, word.n - needed), out);
	out->needed = needed;
	return true;
}

bool op_next_in_path(struct str *rest, struct op_param *out)
{
	while (rest->p) {
		struct str part = str_cut(rest, '/');

		if (!str_starts(part, STR("{")))
			continue;
		find_param(str_sub(part, 1, part.n - 2), out);
		out->needed = true;
		return true;
	}
	return false;
}

static bool takes(const struct op *op, struct str name)
{
	struct str rest = str_of(op->query);

	while (rest.p) {
		struct str word = str_cut(&rest, ' ');

		if (str_eq(str_sub(word, 0, word.n - str_ends(word, STR("!"))), name))
			return true;
	}
	return false;
}

enum err op_check_query(struct request *r)
{
	const struct op *op = op_of(r->route);

	for (size_t i = 0; i < r->query.n; i++) {
		struct str name = r->query.pair[i].name;

		if (!op || !takes(op, name))
			return ctx_fail(r->ctx, ERR_INVALID, "", "There is no parameter \"%.*s\" here.",
			                STR_ARG(utf8_cut(name, 40)));
	}
	return OK;
}

enum err op_check_body(struct request *r)
{
	static const struct rec_desc no_field = {.name = "nothing"};
	const struct op *op = op_of(r->route);
	uint64_t given;

	return op && op->body == SHAPE_nothing && r->text.n ? fields_json(r, &no_field, NULL, &given) : OK;
}

/* ---- statuses ---- */

int op_next_status(struct str *rest)
{
	int64_t n = 0;

	while (rest->p && !n)
		if (!str_to_i64(str_cut(rest, ' '), &n))
			n = 0;
	return (int)n;
}

size_t op_errors(const struct route *route, const struct op *op, int out[OP_ERRORS_MAX])
{
	bool body = route->flags & (BODY_JSON | BODY_STREAM), open = route->access == ACCESS_OPEN;
	bool person = route->access > ACCESS_PUBLIC, writes = route->method != METHOD_GET;
	const struct {
		int status;
		bool may;
	} all[] = {
	        {400, true},
	        {401, person || op->body == SHAPE_sign_in || op->body == SHAPE_password_change},
	        {403, !open},
	        {404, (strchr(route->pattern, '{') && !(op->flags & OP_HERE)) || op->flags & OP_MISSING},
	        {409, op->flags & (OP_CONFLICT | OP_REPEATABLE)},
	        {411, op->flags & OP_OCTETS},
	        {412, op->flags & OP_IF_MATCH},
	        {413, body},
	        {415, body && !(op->flags & OP_OCTETS)},
	        {416, (op->reply == REPLY_FILE || op->reply == REPLY_ARCHIVE) && op->flags & OP_VERSIONED},
	        {422, !(route->flags & BAD_IS_400) && (op->query[0] || (body && !(op->flags & OP_OCTETS)))},
	        {429, !open},
	        {503, !strstr(op->status, "503")},
	        {507, writes},
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && n < OP_ERRORS_MAX; i++)
		if (all[i].may)
			out[n++] = all[i].status;
	return n;
}
