/*
 * openapi: the API's description (OpenAPI 3.1), written anew for each request from the tables that serve it: it
 * cannot be older than the program. It takes two milliseconds; the ETag, a hash of the text, saves the
 * transfer.
 *
 * Paths have no slash at their end, though the lists' rows in routes.def do: the program takes both.
 */
#include <stdio.h>

#include "app/crypto.h"
#include "codec/json.h"
#include "web/handlers.h"
#include "web/op.h"

static const char about[] =
        "Everything that the pages do. Times are UTC, RFC 3339; exact numbers are text. Errors are "
        "application/problem+json (RFC 9457), each with a type that /docs/problems explains. A collection's "
        "address "
        "may end with a slash or not.";

static void pair(struct json_out *j, const char *key, const char *value)
{
	json_key(j, key);
	json_str(j, str_of(value));
}

static void begin(struct json_out *j, const char *key)
{
	json_key(j, key);
	json_object(j);
}

/* ---- parameters ---- */

static void parameter(struct json_out *j, const struct op_param *p, const char *in)
{
	struct str words = str_of(p->words);

	json_object(j);
	pair(j, "name", p->name);
	pair(j, "in", in);
	if (p->needed) {
		json_key(j, "required");
		json_bool(j, true);
	}
	pair(j, "description", p->about);
	json_key(j, "schema");
	if (words.n) {
		json_object(j);
		pair(j, "type", "string");
		json_key(j, "enum");
		json_array(j);
		while (words.p)
			json_str(j, str_cut(&words, ' '));
		json_end_array(j);
		json_end_object(j);
	} else {
		shape_scalar(j, p->type, false, false);
	}
	json_end_object(j);
}

static void parameters(struct json_out *j, const struct route *route, const struct op *op)
{
	struct str path = str_of(route->pattern), query = str_of(op->query);
	struct op_param p;

	json_key(j, "parameters");
	json_array(j);
	while (op_next_in_path(&path, &p))
		parameter(j, &p, "path");
	while (op_next_param(&query, &p))
		parameter(j, &p, "query");
	p = (struct op_param){"If-Match", REC_TEXT, "",
	                      "The ETag of what is to be changed: 412 if it has changed.", false};
	if (op->flags & OP_IF_MATCH)
		parameter(j, &p, "header");
	p = (struct op_param){"Idempotency-Key", REC_TEXT, "",
	                      "A name of your own for this request: sent again within a day, it is answered as "
	                      "the first time and makes nothing.",
	                      false};
	if (op->flags & OP_REPEATABLE)
		parameter(j, &p, "header");
	p = (struct op_param){"If-None-Match", REC_TEXT, "", "An ETag: 304 if it has not changed.", false};
	if (op->flags & OP_VERSIONED && route->method == METHOD_GET)
		parameter(j, &p, "header");
	json_end_array(j);
}

/* ---- bodies ---- */

static void body(struct json_out *j, const struct op *op)
{
	if (op->body == SHAPE_none && !(op->flags & OP_OCTETS))
		return;
	begin(j, "requestBody");
	json_key(j, "required");
	json_bool(j, op->body != SHAPE_nothing);
	begin(j, "content");
	begin(j, op->flags & OP_MULTIPART ? "multipart/form-data"
	         : op->flags & OP_OCTETS  ? "application/octet-stream"
	                                  : "application/json");
	if (op->body != SHAPE_none) {
		json_key(j, "schema");
		shape_reference(j, op->body);
	}
	json_end_object(j);
	json_end_object(j);
	json_end_object(j);
}

static void counted(struct json_out *j, const char *key)
{
	json_key(j, key);
	shape_scalar(j, REC_INT, false, false);
}

static void page_schema(struct json_out *j, const struct op *op)
{
	static const char *const keys[] = {"items", "total", "limit", "offset"};
	size_t n = op->reply == REPLY_PAGE ? 4 : 2;

	json_object(j);
	pair(j, "type", "object");
	begin(j, "properties");
	begin(j, "items");
	pair(j, "type", "array");
	json_key(j, "items");
	shape_reference(j, op->shape);
	json_end_object(j);
	for (size_t i = 1; i < n; i++)
		counted(j, keys[i]);
	json_end_object(j);
	json_key(j, "required");
	json_array(j);
	for (size_t i = 0; i < n; i++)
		json_str(j, str_of(keys[i]));
	json_end_array(j);
	json_end_object(j);
}

static void content(struct json_out *j, const char *type, const struct op *op)
{
	begin(j, type);
	json_key(j, "schema");
	if (op->shape == SHAPE_none)
		shape_scalar(j, REC_TEXT, false, false);
	else if (op->reply == REPLY_PAGE || op->reply == REPLY_ITEMS)
		page_schema(j, op);
	else
		shape_reference(j, op->shape);
	json_end_object(j);
}

static void reply_content(struct json_out *j, const struct op *op)
{
	begin(j, "content");
	if (op->shape != SHAPE_none)
		content(j, "application/json", op);
	if (op->reply == REPLY_CSV || op->reply == REPLY_FILE)
		content(j, "text/csv", op);
	if (op->reply == REPLY_ARCHIVE)
		content(j, "application/zip", op);
	if (op->reply == REPLY_ARCHIVE)
		content(j, "application/octet-stream", op);
	if (op->reply == REPLY_FILE)
		content(j, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", op);
	json_end_object(j);
}

static void header(struct json_out *j, const char *name, const char *description)
{
	begin(j, name);
	pair(j, "description", description);
	json_key(j, "schema");
	shape_scalar(j, REC_TEXT, false, false);
	json_end_object(j);
}

static void reply_headers(struct json_out *j, const struct op *op)
{
	if (op->reply != REPLY_PAGE && !(op->flags & OP_VERSIONED))
		return;
	begin(j, "headers");
	if (op->reply == REPLY_PAGE)
		header(j, "Link", "The next and the previous page (RFC 8288), as far as there are such.");
	if (op->flags & OP_VERSIONED)
		header(j, "ETag", "The version, for If-Match and If-None-Match.");
	json_end_object(j);
}

static const char *status_said(int status)
{
	switch (status) {
	case 201:
		return "Made.";
	case 202:
		return "Taken; it goes on in the background.";
	case 204:
		return "Done.";
	case 206:
		return "The range that was asked for.";
	case 503:
		return "Not in working order.";
	default:
		return "As asked.";
	}
}

static void replies(struct json_out *j, const struct route *route, const struct op *op)
{
	struct str rest = str_of(op->status);
	int errors[OP_ERRORS_MAX], status;
	size_t n = op_errors(route, op, errors);
	char key[32];

	begin(j, "responses");
	while ((status = op_next_status(&rest))) {
		snprintf(key, sizeof(key), "%d", status);
		begin(j, key);
		pair(j, "description", status_said(status));
		reply_headers(j, op);
		if (status != 204)
			reply_content(j, op);
		json_end_object(j);
	}
	if (op->flags & OP_VERSIONED && route->method == METHOD_GET) {
		begin(j, "304");
		pair(j, "description", "It has not changed.");
		json_end_object(j);
	}
	for (size_t i = 0; i < n; i++) {
		snprintf(key, sizeof(key), "%d", errors[i]);
		begin(j, key);
		pair(j, "$ref", "#/components/responses/Problem");
		json_end_object(j);
	}
	json_end_object(j);
}

/* ---- who may ---- */

static void scheme(struct json_out *j, const char *const *names)
{
	json_object(j);
	for (; *names; names++) {
		json_key(j, *names);
		json_array(j);
		json_end_array(j);
	}
	json_end_object(j);
}

static void security(struct json_out *j, const struct route *route)
{
	json_key(j, "security");
	json_array(j);
	if (route->access > ACCESS_PUBLIC) {
		scheme(j, (const char *const[]){"token", NULL});
		scheme(j, (const char *const[]){"apiKey", NULL});
		scheme(j, route->method == METHOD_GET ? (const char *const[]){"session", NULL}
		                                      : (const char *const[]){"session", "csrf", NULL});
	}
	json_end_array(j);
}

static void security_schemes(struct json_out *j)
{
	begin(j, "securitySchemes");
	begin(j, "token");
	pair(j, "type", "http");
	pair(j, "scheme", "bearer");
	pair(j, "description", "An API token: the profile page, or POST /api/tokens, makes one.");
	json_end_object(j);
	begin(j, "apiKey");
	pair(j, "type", "apiKey");
	pair(j, "in", "header");
	pair(j, "name", "X-API-Key");
	pair(j, "description", "The same token in a header of its own.");
	json_end_object(j);
	begin(j, "session");
	pair(j, "type", "apiKey");
	pair(j, "in", "cookie");
	pair(j, "name", "__Host-wattledger");
	pair(j, "description", "The browser's session.");
	json_end_object(j);
	begin(j, "csrf");
	pair(j, "type", "apiKey");
	pair(j, "in", "header");
	pair(j, "name", "X-CSRF-Token");
	pair(j, "description", "With a session, for everything that writes.");
	json_end_object(j);
	json_end_object(j);
}

/* ---- the whole ---- */

static const char *const method_keys[METHOD_COUNT] = {[METHOD_GET] = "get",
                                                      [METHOD_POST] = "post",
                                                      [METHOD_PUT] = "put",
                                                      [METHOD_PATCH] = "patch",
                                                      [METHOD_DELETE] = "delete"};
static const char *const who[] = {
        [ACCESS_OPEN] = "For anybody.",
        [ACCESS_PUBLIC] = "For anybody.",
        [ACCESS_READ] = "For viewers and above; a token needs the scope read.",
        [ACCESS_IMPORT] = "For editors and above; a token needs the scope import.",
        [ACCESS_EXPORT] = "For viewers and above; a token needs the scope export.",
        [ACCESS_ADMIN] = "For admins; a token needs the scope admin.",
};

static void operation(struct json_out *j, const struct route *route, const struct op *op)
{
	begin(j, method_keys[route->method]);
	pair(j, "operationId", op->name + strlen("api_"));
	json_key(j, "tags");
	json_array(j);
	json_str(j, str_of(op_tags[op->tag].title));
	json_end_array(j);
	pair(j, "summary", route->summary);
	pair(j, "description", who[route->access]);
	security(j, route);
	parameters(j, route, op);
	body(j, op);
	replies(j, route, op);
	json_end_object(j);
}

/* The methods of one path, where the path's first row is. */
static void path(struct json_out *j, size_t first)
{
	struct str pattern = str_of(routes[first].pattern);
	size_t n = pattern.n - str_ends(pattern, STR("/"));
	char key[REQUEST_URL_MAX];

	for (size_t i = 0; i < first; i++)
		if (op_of(&routes[i]) && str_eqz(pattern, routes[i].pattern))
			return;
	snprintf(key, sizeof(key), "%.*s", (int)n, pattern.p);
	begin(j, key);
	for (size_t i = first; i < routes_count; i++)
		if (op_of(&routes[i]) && str_eqz(pattern, routes[i].pattern))
			operation(j, &routes[i], op_of(&routes[i]));
	json_end_object(j);
}

static void components(struct json_out *j)
{
	char title[SHAPE_TITLE];

	begin(j, "components");
	security_schemes(j);
	begin(j, "responses");
	begin(j, "Problem");
	pair(j, "description", "An error (RFC 9457).");
	begin(j, "content");
	begin(j, "application/problem+json");
	json_key(j, "schema");
	shape_reference(j, SHAPE_problem);
	json_end_object(j);
	json_end_object(j);
	json_end_object(j);
	json_end_object(j);
	begin(j, "schemas");
	for (enum shape_id id = SHAPE_none + 1; id < SHAPES; id++) {
		shape_title(id, title);
		json_key(j, title);
		shape_schema(j, id);
	}
	json_end_object(j);
	json_end_object(j);
}

static void head(struct request *r, struct json_out *j)
{
	struct str base = request_link(r, "");

	pair(j, "openapi", "3.1.0");
	begin(j, "info");
	pair(j, "title", "Wattledger");
	pair(j, "version", WATTLEDGER_VERSION);
	pair(j, "description", about);
	begin(j, "license");
	pair(j, "name", "MIT");
	pair(j, "identifier", "MIT");
	json_end_object(j);
	json_end_object(j);
	json_key(j, "servers");
	json_array(j);
	json_object(j);
	json_key(j, "url");
	json_str(j, base.n ? base : STR("/"));
	json_end_object(j);
	json_end_array(j);
	json_key(j, "tags");
	json_array(j);
	for (size_t i = 0; i < TAGS; i++) {
		json_object(j);
		pair(j, "name", op_tags[i].title);
		pair(j, "description", op_tags[i].about);
		json_end_object(j);
	}
	json_end_array(j);
}

struct reply *api_openapi(struct request *r)
{
	uint8_t hash[CRYPTO_HASH];
	char hex[2 * CRYPTO_HASH + 1];
	struct json_out j;

	json_start(&j, r->out);
	json_object(&j);
	head(r, &j);
	begin(&j, "paths");
	for (size_t i = 0; i < routes_count; i++)
		if (op_of(&routes[i]))
			path(&j, i);
	json_end_object(&j);
	components(&j);
	json_end_object(&j);
	crypto_sha256(buf_str(r->out), hash);
	crypto_hex(hash, 16, hex);
	return reply_versioned(r, reply_cached(reply_json(r, 200), STR("public, max-age=300")),
	                       str_of(arena_printf(r->ctx->arena, "\"%s\"", hex)));
}
