/*
 * request: what came in, parsed and bounded before any handler sees it.
 *
 * It owns nothing but its place: all memory is the request's arena. Sizes are SAFETY.md's: address 4 KiB, 256
 * fields, form and JSON bodies 1 MiB. Larger bodies (uploads) are read by their handler in pieces with
 * request_read, which counts against Content-Length: a client that left is told apart from one that had no more
 * to say (HOSTING.md 2).
 */
#ifndef WL_WEB_REQUEST_H
#define WL_WEB_REQUEST_H

#include "app/ctx.h"
#include "codec/form.h"
#include "web/transport.h"

#define REQUEST_URL_MAX    4096
#define REQUEST_HEADER_MAX 8192 /* one header */
#define REQUEST_BODY_MAX   (1024 * 1024)
#define REQUEST_ID_MAX     64
#define REQUEST_PARAMS     4 /* {names} in one route */

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_OTHER, METHOD_COUNT };

struct json;
struct route;
struct tz;
struct web;
struct view;

struct request {
	struct ctx *ctx;
	struct web *web;
	const struct transport *transport;

	enum method method; /* HEAD is a GET whose body is not sent */
	bool head;
	bool https;
	struct str method_name;
	struct str path;    /* decoded, without the base path: "/admin/imports" */
	struct str raw_uri; /* as it came, with query, without scheme and host */
	struct form query;
	struct form cookies;
	struct str id;      /* X-Request-ID in and out */
	struct str address; /* of the client */
	struct str cors;    /* the Origin, if its pages may use the API; cors.h */

	const struct route *route;        /* once matched */
	struct str param[REQUEST_PARAMS]; /* {names} of the route, in order */
	size_t params;

	struct form form; /* a urlencoded body, once request_form has read it */
	struct str text;  /* a JSON body, once request_text has read it */
	int64_t length;   /* Content-Length; -1: none given */
	int64_t consumed; /* bytes of the body read so far */

	struct str secret; /* the session cookie's value, or the pre-session's: what CSRF tokens are bound to */
	bool by_cookie;    /* signed in by cookie: writes need a CSRF token */
	bool csrf_ok;      /* the token has been seen and is right */
	const struct tz *zone; /* of the times on pages; frame_zone */
	struct view *view;     /* the page being filled, freed by web_serve */
	struct buf *out;       /* the body of the reply */
	struct str cookie[2];  /* Set-Cookie values for the reply; reply_cookie */
	size_t cookies_set;
};

/* Fills the request from the transport. On failure ctx->fault says why and the rest may still be used to
 * answer. */
enum err request_parse(struct request *r);

/* A request header ("X-CSRF-Token"); p == NULL: not there. */
struct str request_header(const struct request *r, const char *name);
/* A CGI variable, bounded. */
struct str request_var(const struct request *r, const char *name);
bool request_is_type(const struct request *r, const char *media_type);

/* The body in pieces: >0 bytes, 0 at the right end; -1: the client left before all bytes came, or sends none.
 */
ssize_t request_read(struct request *r, char *p, size_t n);
/* A small body whole. ERR_TOO_LARGE, ERR_INVALID. */
enum err request_form(struct request *r);
enum err request_text(struct request *r);
/* The JSON body as an object, {} where there is none; own it: json_free. NULL with ctx->fault filled. */
struct json *request_object(struct request *r);

/* A number of the query, `dflt` if it is not there; ERR_INVALID (with the field named) outside lo..hi. */
enum err request_query_int(struct request *r, const char *name, int64_t lo, int64_t hi, int64_t dflt,
                           int64_t *out);
/* A {name} of the route that is a number from 1 on. ERR_NOT_FOUND: there is no such `what`. */
enum err request_param_id(struct request *r, size_t param, const char *what, int64_t *out);
/* "1", "true", "on", "yes" and their opposites; an empty text is false. */
bool request_bool(struct str s, bool *out);

/* base path + path, for links: in the arena. */
struct str request_link(const struct request *r, const char *path);
/* base path + path + tail, without printf: for rows of lists. */
struct str request_join(const struct request *r, struct str path, struct str tail);
struct str request_printf_link(const struct request *r, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));

#endif
