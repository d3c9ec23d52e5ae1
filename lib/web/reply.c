/*
 * reply: answers, and the headers that every one of them carries; see reply.h.
 *
 * A reply is a description in the request's arena; reply_send turns it into bytes after the handler has
 * returned. The header block and the body go out in two writes.
 */
#include <stdio.h>

#include "base/panic.h"
#include "codec/json.h"
#include "web/cors.h"
#include "web/frame.h"
#include "web/reply.h"
#include "web/route.h"
#include "web/web.h"

#define RETRY_SECONDS 5 /* after a 503 that knows no better */
#define HEADERS_MAX   8

struct reply {
	int status;
	const char *type; /* NULL: no body */
	struct str body;
	reply_fill_fn *fill; /* or a stream, of so many bytes */
	void *fill_arg;
	size_t length;
	bool cacheable; /* the reply says its own Cache-Control */
	struct {
		const char *name;
		struct str value;
	} header[HEADERS_MAX];
	size_t headers;
};

/* SAFETY.md "Web". */
static const char security_headers[] =
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
        "data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "X-Frame-Options: DENY\r\n"
        "Referrer-Policy: same-origin\r\n"
        "Cross-Origin-Opener-Policy: same-origin\r\n"
        "Cross-Origin-Resource-Policy: same-origin\r\n"
        "Permissions-Policy: accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "microphone=(), midi=(), payment=(), usb=()\r\n";

static const struct {
	int status;
	const char *text;
} reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {303, "See Other"},
        {304, "Not Modified"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {412, "Precondition Failed"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
        {507, "Insufficient Storage"},
};

static const char *reason_of(int status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].status == status)
			return reasons[i].text;
	}
	return "Status";
}

static struct reply *reply_new(struct request *r, int status, const char *type, struct str body)
{
	struct reply *p = ARENA_NEW(r->ctx->arena, struct reply);

	p->status = status;
	p->type = type;
	p->body = body;
	return p;
}

struct reply *reply_page(struct request *r, int status)
{
	buf_reset(r->out);
	if (!view_render(r->web->views, "layout.tpl", r->view, r->out))
		panic("the page of %.*s could not be rendered", STR_ARG(r->path));
	return reply_new(r, status, "text/html; charset=utf-8", buf_str(r->out));
}

struct reply *reply_redirect(struct request *r, struct str location)
{
	return reply_header(reply_new(r, 303, NULL, (struct str){0}), "Location", location);
}

struct reply *reply_json(struct request *r, int status)
{
	if (r->out->over)
		panic("the JSON of %.*s is larger than its buffer", STR_ARG(r->path));
	return reply_new(r, status, "application/json", buf_str(r->out));
}

struct reply *reply_bytes(struct request *r, int status, const char *type, struct str bytes)
{
	struct reply *p = reply_new(r, status, type, bytes);

	p->cacheable = true;
	return p;
}

struct reply *reply_empty(struct request *r, int status)
{
	return reply_new(r, status, NULL, (struct str){0});
}

static bool count(void *arg, struct str piece)
{
	*(size_t *)arg += piece.n;
	return true;
}

struct reply *reply_stream(struct request *r, const char *type, struct str filename, reply_fill_fn *fill,
                           void *arg)
{
	size_t length = 0;

	if (!fill(arg, count, &length))
		return reply_fault(r);
	return reply_attachment(r, reply_sized(r, 200, type, length, fill, arg), filename);
}

struct reply *reply_sized(struct request *r, int status, const char *type, size_t length, reply_fill_fn *fill,
                          void *arg)
{
	struct reply *p = reply_new(r, status, type, (struct str){0});

	p->length = length;
	p->fill = fill;
	p->fill_arg = arg;
	return p;
}

static bool name_is_plain(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
		      c == '_' || c == '-'))
			return false;
	}
	return true;
}

struct reply *reply_attachment(struct request *r, struct reply *p, struct str filename)
{
	struct buf b;

	buf_init(&b, 64 + 3 * filename.n);
	if (name_is_plain(filename)) {
		buf_printf(&b, "attachment; filename=\"%.*s\"", STR_ARG(filename));
	} else {
		buf_addz(&b, "attachment; filename*=UTF-8''");
		form_put_encoded(&b, filename);
	}
	reply_header(p, "Content-Disposition", arena_str(r->ctx->arena, buf_str(&b)));
	buf_free(&b);
	return p;
}

struct reply *reply_header(struct reply *p, const char *name, struct str value)
{
	if (p->headers == HEADERS_MAX)
		panic("too many headers on one reply");
	p->header[p->headers].name = name;
	p->header[p->headers++].value = value;
	return p;
}

void reply_cookie(struct request *r, struct str full)
{
	if (r->cookies_set == sizeof(r->cookie) / sizeof(r->cookie[0]))
		panic("too many cookies on one reply");
	r->cookie[r->cookies_set++] = full;
}

struct reply *reply_status_is(struct reply *p, int status)
{
	p->status = status;
	return p;
}

/* RFC 9110 13.1.2: a list of tags, or *; a weak one is as good. */
static bool has_tag(struct str list, struct str etag)
{
	while (list.p) {
		struct str tag = str_trim(str_cut(&list, ','));

		if (str_starts(tag, STR("W/")))
			tag = str_sub(tag, 2, tag.n);
		if (str_eq(tag, etag) || str_eqz(tag, "*"))
			return true;
	}
	return false;
}

struct reply *reply_versioned(struct request *r, struct reply *p, struct str etag)
{
	if (r->method == METHOD_GET && p->status == 200 && has_tag(request_header(r, "If-None-Match"), etag)) {
		p->status = 304;
		p->type = NULL;
	}
	return reply_header(p, "ETag", etag);
}

struct reply *reply_cached(struct reply *p, struct str control)
{
	p->cacheable = true;
	return reply_header(p, "Cache-Control", control);
}

int reply_status(const struct reply *p)
{
	return p->status;
}

struct str reply_header_of(const struct reply *p, const char *name)
{
	for (size_t i = 0; i < p->headers; i++)
		if (!strcmp(p->header[i].name, name))
			return p->header[i].value;
	return (struct str){NULL, 0};
}

/* ---- errors ---- */

/* What an error is made of; members: more of it in JSON, or NULL. */
struct problem {
	int status;
	const char *slug, *title, *detail, *field;
	reply_members_fn *members;
	const void *arg;
};

static void problem_json(struct request *r, const struct problem *p)
{
	struct json_out j;

	buf_reset(r->out);
	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "type");
	json_str(&j, request_printf_link(r, "/docs/problems#%s", p->slug));
	json_key(&j, "title");
	json_str(&j, str_of(p->title));
	json_key(&j, "status");
	json_int(&j, p->status);
	json_key(&j, "detail");
	json_str(&j, str_of(p->detail));
	json_key(&j, "request_id");
	json_str(&j, r->id);
	if (p->members)
		p->members(&j, p->arg);
	if (p->field[0]) {
		json_key(&j, "errors");
		json_array(&j);
		json_object(&j);
		json_key(&j, "field");
		json_str(&j, str_of(p->field));
		json_key(&j, "pointer");
		json_str(&j, str_of(arena_printf(r->ctx->arena, "#/%s", p->field)));
		json_key(&j, "detail");
		json_str(&j, str_of(p->detail));
		json_end_object(&j);
		json_end_array(&j);
	}
	json_end_object(&j);
}

static struct reply *error_page(struct request *r, const struct problem *p)
{
	struct view *v = frame_begin(r, "page/error.tpl", p->title);

	view_int(v, "STATUS", p->status);
	view_setz(v, "HEADING", p->title);
	view_setz(v, "DETAIL", p->detail);
	view_set(v, "REQUEST_ID", r->id);
	if (p->status == 404)
		view_show(v, "NOT_FOUND");
	return reply_page(r, p->status);
}

static struct reply *error_reply(struct request *r, const struct problem *e)
{
	bool api = r->route ? (r->route->flags & API) != 0 : str_starts(r->path, STR("/api/"));
	struct reply *p;

	if (!api)
		return error_page(r, e);
	problem_json(r, e);
	p = reply_new(r, e->status, "application/problem+json", buf_str(r->out));
	if (e->status == 401)
		reply_header(p, "WWW-Authenticate", STR("Bearer"));
	return p;
}

struct reply *reply_error(struct request *r, int status, const char *slug, const char *title,
                          const char *detail)
{
	return error_reply(r, &(struct problem){status, slug, title, detail, "", NULL, NULL});
}

int reply_fault_status(const struct request *r)
{
	const struct fault *f = &r->ctx->fault;

	bool plain = r->route && r->route->flags & BAD_IS_400;

	return f->code == ERR_INVALID && f->field[0] && !plain ? 422 : err_info(f->code)->http;
}

struct reply *reply_fault(struct request *r)
{
	return reply_fault_with(r, NULL, NULL);
}

struct reply *reply_fault_with(struct request *r, reply_members_fn *members, const void *arg)
{
	const struct fault *f = &r->ctx->fault;
	const struct err_info *info = err_info(f->code);
	struct reply *p;

	if (f->code == OK)
		panic("a handler of %.*s reports a failure without a fault", STR_ARG(r->path));
	p = error_reply(r, &(struct problem){reply_fault_status(r), info->slug, info->title,
	                                     f->message[0] ? f->message : info->title, f->field, members, arg});
	int wait = f->retry_after > 0 ? f->retry_after : p->status == 503 ? RETRY_SECONDS : 0;

	if (wait)
		reply_header(p, "Retry-After", str_of(arena_printf(r->ctx->arena, "%d", wait)));
	return p;
}

/* ---- sending ---- */

static void put_headers(const struct request *r, const struct reply *p, struct buf *b)
{
	buf_printf(b, "Status: %d %s\r\n", p->status, reason_of(p->status));
	if (p->type)
		buf_printf(b, "Content-Type: %s\r\n", p->type);
	if (p->type)
		buf_printf(b, "Content-Length: %zu\r\n", p->fill ? p->length : p->body.n);
	for (size_t i = 0; i < p->headers; i++) {
		const struct str *value = &p->header[i].value;

		if (memchr(value->p, '\r', value->n) || memchr(value->p, '\n', value->n))
			panic("a line end in the header %s", p->header[i].name);
		buf_printf(b, "%s: %.*s\r\n", p->header[i].name, STR_ARG(*value));
	}
	for (size_t i = 0; i < r->cookies_set; i++)
		buf_printf(b, "Set-Cookie: %.*s\r\n", STR_ARG(r->cookie[i]));
	cors_headers(r, b);
	if (!p->cacheable)
		buf_addz(b, "Cache-Control: no-store\r\n");
	buf_addz(b, security_headers);
	if (r->https)
		buf_addz(b, "Strict-Transport-Security: max-age=31536000\r\n");
	buf_printf(b, "X-Request-ID: %.*s\r\n\r\n", STR_ARG(r->id));
}

struct stream {
	const struct transport *t;
	struct buf *gather;
	size_t left; /* of the length that was promised */
	bool gone;
};

static bool stream_flush(struct stream *s)
{
	if (s->gather->n > 0 && !s->gone)
		s->gone = !s->t->write(s->t->arg, s->gather->p, s->gather->n);
	buf_reset(s->gather);
	return !s->gone;
}

/* Gathers small pieces to 64 KiB writes. */
static bool stream_put(void *arg, struct str piece)
{
	struct stream *s = arg;

	piece = str_sub(piece, 0, s->left);
	s->left -= piece.n;
	if (s->gather->n + piece.n > 65536 && !stream_flush(s))
		return false;
	if (piece.n > 65536)
		s->gone = s->gone || !s->t->write(s->t->arg, piece.p, piece.n);
	else
		buf_adds(s->gather, piece);
	return s->left > 0 && !s->gone;
}

bool reply_send(struct request *r, struct reply *p)
{
	struct buf *wire = &r->web->wire;
	const struct transport *t = r->transport;
	struct stream s = {t, wire, p->length, false};

	buf_reset(wire);
	put_headers(r, p, wire);
	if (wire->over)
		panic("the headers of %.*s are too long", STR_ARG(r->path));
	if (r->head || !p->type)
		return t->write(t->arg, wire->p, wire->n);
	if (!p->fill)
		return t->write(t->arg, wire->p, wire->n) && t->write(t->arg, p->body.p, p->body.n);
	stream_flush(&s);
	p->fill(p->fill_arg, stream_put, &s); /* even for a client that has gone: what it owns it lets go */
	stream_flush(&s);
	if (s.left > 0 && !s.gone)
		panic("the download of %.*s broke off: %s", STR_ARG(r->path), r->ctx->fault.message);
	return !s.gone;
}

void reply_last_words(const struct transport *t)
{
	static const char head[] = "Status: 500 Internal Server Error\r\n"
	                           "Content-Type: text/plain; charset=utf-8\r\n"
	                           "Cache-Control: no-store\r\n";
	static const char text[] =
	        "\r\nSomething went wrong inside the program. It has been logged, and the program "
	        "has been started afresh: please try again.\n";

	t->write(t->arg, head, sizeof(head) - 1);
	t->write(t->arg, security_headers, sizeof(security_headers) - 1);
	t->write(t->arg, text, sizeof(text) - 1);
	t->finish(t->arg);
}
