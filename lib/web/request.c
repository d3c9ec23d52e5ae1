/*
 * request: parsing; see request.h.
 *
 * The path comes from REQUEST_URI, never from SCRIPT_NAME or PATH_INFO, because rewriting servers leave
 * different things in those (HOSTING.md 11). It is decoded once; what decodes to a NUL, to invalid UTF-8 or to
 * a ".." segment is refused, never repaired.
 */
#include <stdarg.h>
#include <stdio.h>

#include "app/storage.h"
#include "base/rand.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "web/request.h"

static const struct {
	const char *name;
	enum method method;
	bool head;
} methods[] = {
        {"GET", METHOD_GET, false}, {"HEAD", METHOD_GET, true},     {"POST", METHOD_POST, false},
        {"PUT", METHOD_PUT, false}, {"PATCH", METHOD_PATCH, false}, {"DELETE", METHOD_DELETE, false},
};

struct str request_var(const struct request *r, const char *name)
{
	const char *z = r->transport->param(r->transport->arg, name);
	struct str s = str_of(z);

	return s.n > REQUEST_HEADER_MAX ? (struct str){NULL, 0} : s;
}

struct str request_header(const struct request *r, const char *name)
{
	char var[64] = "HTTP_";
	size_t n = 5;

	for (; *name && n + 1 < sizeof(var); name++, n++) {
		char c = *name;

		var[n] = c == '-' ? '_' : c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
	}
	var[n] = '\0';
	return request_var(r, var);
}

bool request_is_type(const struct request *r, const char *media_type)
{
	struct str rest = request_var(r, "CONTENT_TYPE");

	return str_eq_nocase(str_trim(str_cut(&rest, ';')), str_of(media_type));
}

static void parse_method(struct request *r)
{
	r->method = METHOD_OTHER;
	r->method_name = request_var(r, "REQUEST_METHOD");
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (str_eqz(r->method_name, methods[i].name)) {
			r->method = methods[i].method;
			r->head = methods[i].head;
		}
	}
}

static bool id_valid(struct str s)
{
	if (s.n == 0 || s.n > REQUEST_ID_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
		      c == '_' || c == '-'))
			return false;
	}
	return true;
}

static void parse_id(struct request *r)
{
	char made[33];

	r->id = request_header(r, "X-Request-ID");
	if (!id_valid(r->id)) {
		rand_hex(made, 16);
		r->id = arena_str(r->ctx->arena, str_of(made));
	}
	snprintf(r->ctx->log.request, sizeof(r->ctx->log.request), "%.*s", STR_ARG(r->id));
}

/* HTTPS as the server saw it, or as a proxy says it where the configuration declares an https base address. */
static bool is_https(const struct request *r)
{
	struct str https = request_var(r, "HTTPS");
	const struct config *conf = &r->ctx->storage->config;

	if (https.n > 0 && !str_eq_nocase(https, STR("off")))
		return true;
	if (str_eqz(request_var(r, "REQUEST_SCHEME"), "https"))
		return true;
	return str_starts(conf->base_url, STR("https://")) &&
	       str_eqz(request_header(r, "X-Forwarded-Proto"), "https");
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* %xx decoded into the arena; false: a bad escape. */
static bool decode_path(struct arena *a, struct str raw, struct str *out)
{
	char *p = arena_alloc(a, raw.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		int hi, lo;

		if (raw.p[i] != '%') {
			p[n++] = raw.p[i];
			continue;
		}
		if (i + 2 >= raw.n || (hi = hex_digit(raw.p[i + 1])) < 0 || (lo = hex_digit(raw.p[i + 2])) < 0)
			return false;
		p[n++] = (char)(hi * 16 + lo);
		i += 2;
	}
	*out = (struct str){p, n};
	return true;
}

static bool path_safe(struct str path)
{
	struct str rest = path;

	if (path.n == 0 || path.p[0] != '/' || memchr(path.p, '\0', path.n) || memchr(path.p, '\\', path.n) ||
	    !utf8_valid(path))
		return false;
	for (size_t i = 0; i < path.n; i++) {
		if ((unsigned char)path.p[i] < 0x20 || path.p[i] == 0x7f)
			return false;
	}
	while (rest.p) {
		struct str segment = str_cut(&rest, '/');

		if (str_eqz(segment, "..") || str_eqz(segment, "."))
			return false;
	}
	return true;
}

/* "http://host/a?b" (a proxy's absolute form) -> "/a?b" */
static struct str origin_form(struct str uri)
{
	ptrdiff_t scheme = str_search(uri, STR("://"));

	if (uri.n > 0 && uri.p[0] != '/' && scheme > 0) {
		struct str after = str_sub(uri, (size_t)scheme + 3, uri.n);
		ptrdiff_t slash = str_find(after, '/');

		return slash < 0 ? STR("/") : str_sub(after, (size_t)slash, after.n);
	}
	return uri;
}

static enum err parse_uri(struct request *r)
{
	struct str rest, raw_path, base = r->ctx->storage->config.base_path;

	r->raw_uri = origin_form(str_of(r->transport->param(r->transport->arg, "REQUEST_URI")));
	if (r->raw_uri.n > REQUEST_URL_MAX) {
		r->raw_uri = STR("/");
		return ctx_fail(r->ctx, ERR_INVALID, "", "The address is longer than %d bytes.",
		                REQUEST_URL_MAX);
	}
	rest = r->raw_uri;
	raw_path = str_cut(&rest, '?');
	if (!decode_path(r->ctx->arena, raw_path, &r->path) || !path_safe(r->path)) {
		r->path = str_starts(raw_path, STR("/api/")) ? STR("/api/") : STR("/"); /* who is answered */
		return ctx_fail(r->ctx, ERR_INVALID, "", "The address is not well formed.");
	}
	if (base.n > 0 && str_starts(r->path, base) && (r->path.n == base.n || r->path.p[base.n] == '/'))
		r->path = r->path.n == base.n ? STR("/") : str_sub(r->path, base.n, r->path.n);
	if (rest.n > 0 && !form_parse(r->ctx->arena, rest, &r->query))
		return ctx_fail(r->ctx, ERR_INVALID, "", "The address's query is not well formed.");
	return OK;
}

static enum err parse_length(struct request *r)
{
	struct str s = request_var(r, "CONTENT_LENGTH");
	uint64_t n;

	r->length = -1;
	if (s.n == 0)
		return OK;
	if (!str_to_u64(s, INT64_MAX, &n))
		return ctx_fail(r->ctx, ERR_INVALID, "", "The Content-Length header is not a number.");
	r->length = (int64_t)n;
	return OK;
}

enum err request_parse(struct request *r)
{
	enum err e;

	parse_method(r);
	parse_id(r);
	r->https = is_https(r);
	r->address = request_var(r, "REMOTE_ADDR");
	if (!form_parse_cookies(r->ctx->arena, request_header(r, "Cookie"), &r->cookies))
		r->cookies = (struct form){0};
	e = parse_uri(r);
	return e == OK ? parse_length(r) : e;
}

ssize_t request_read(struct request *r, char *p, size_t n)
{
	ssize_t got;

	if (r->length >= 0 && (int64_t)n > r->length - r->consumed)
		n = (size_t)(r->length - r->consumed);
	if (n == 0)
		return 0;
	got = r->transport->read(r->transport->arg, p, n);
	if (got > 0)
		r->consumed += got;
	else if (got == 0 && r->length >= 0)
		return -1; /* Content-Length promised more */
	return got;
}

/* The whole of a small body, in the arena. */
static enum err read_small(struct request *r, struct str *out)
{
	struct buf b;
	char piece[16384];
	ssize_t got;
	enum err e = OK;

	if (r->length > REQUEST_BODY_MAX)
		return ctx_fail(r->ctx, ERR_TOO_LARGE, "", "The request is larger than 1 MiB.");
	buf_init(&b, REQUEST_BODY_MAX);
	while ((got = request_read(r, piece, sizeof(piece))) > 0 && !b.over)
		buf_add(&b, piece, (size_t)got);
	if (got < 0)
		e = ctx_fail(r->ctx, ERR_INVALID, "", "The request ended before all of it had arrived.");
	else if (b.over)
		e = ctx_fail(r->ctx, ERR_TOO_LARGE, "", "The request is larger than 1 MiB.");
	else
		*out = arena_str(r->ctx->arena, buf_str(&b));
	buf_free(&b);
	return e;
}

enum err request_form(struct request *r)
{
	struct str text;
	enum err e = read_small(r, &text);

	if (e == OK && text.n > 0 && !form_parse(r->ctx->arena, text, &r->form))
		e = ctx_fail(r->ctx, ERR_INVALID, "",
		             "The form could not be read: it is not valid UTF-8, or has over "
		             "%d fields.",
		             FORM_FIELDS_MAX);
	for (size_t i = 0; e == OK && i < r->form.n; i++) {
		for (size_t k = 0; e == OK && k < i; k++) {
			if (str_eq(r->form.pair[i].name, r->form.pair[k].name))
				e = ctx_fail(r->ctx, ERR_INVALID, "", "A field of the form came twice.");
		}
	}
	return e;
}

enum err request_text(struct request *r)
{
	return read_small(r, &r->text);
}

enum err request_query_int(struct request *r, const char *name, int64_t lo, int64_t hi, int64_t dflt,
                           int64_t *out)
{
	struct str s = form_get(&r->query, name);

	*out = dflt;
	if (s.n == 0)
		return OK;
	if (!str_to_i64(s, out) || *out < lo || *out > hi)
		return ctx_fail(r->ctx, ERR_INVALID, name, "\"%s\" must be a whole number from %lld to %lld.",
		                name, (long long)lo, (long long)hi);
	return OK;
}

bool request_bool(struct str s, bool *out)
{
	static const char *const yes[] = {"1", "true", "on", "yes"};
	static const char *const no[] = {"", "0", "false", "off", "no"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (str_eqz(s, yes[i]))
			return *out = true;
	}
	*out = false;
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		if (str_eqz(s, no[i]))
			return true;
	}
	return false;
}

struct str request_join(const struct request *r, struct str path, struct str tail)
{
	struct str base = r->ctx->storage->config.base_path;
	char *p = arena_alloc(r->ctx->arena, base.n + path.n + tail.n + 1);

	if (base.n > 0)
		memcpy(p, base.p, base.n);
	if (path.n > 0)
		memcpy(p + base.n, path.p, path.n);
	if (tail.n > 0)
		memcpy(p + base.n + path.n, tail.p, tail.n);
	return (struct str){p, base.n + path.n + tail.n};
}

struct str request_link(const struct request *r, const char *path)
{
	return request_join(r, str_of(path), STR(""));
}

struct str request_printf_link(const struct request *r, const char *fmt, ...)
{
	char path[REQUEST_URL_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	return request_join(r, n < 0 ? STR("") : str_of(path), STR(""));
}

struct json *request_object(struct request *r)
{
	char why[160] = "";
	struct json *root = json_parse(r->text.n ? r->text : STR("{}"), why);

	if (root && json_kind(root) == JSON_OBJECT)
		return root;
	ctx_fail(r->ctx, ERR_INVALID, "", "The body is not a JSON object. %s", why);
	json_free(root);
	return NULL;
}

enum err request_param_id(struct request *r, size_t param, const char *what, int64_t *out)
{
	if (str_to_i64(r->param[param], out) && *out > 0)
		return OK;
	return ctx_fail(r->ctx, ERR_NOT_FOUND, what, "There is no such %s.", what);
}
