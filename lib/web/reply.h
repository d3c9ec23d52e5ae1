/*
 * reply: the one answer to a request.
 *
 * A handler returns struct reply *, which only a reply_* function can make: a path without an answer does not
 * compile, and none is sent before the work is done. Every answer, whatever it is, carries the security headers
 * of SAFETY.md.
 */
#ifndef WL_WEB_REPLY_H
#define WL_WEB_REPLY_H

#include "web/request.h"

struct reply;

/* The page in r->view, in the frame (layout.tpl). */
struct reply *reply_page(struct request *r, int status);
/* 303 See Other. `location` is a link (request_link) of our own. */
struct reply *reply_redirect(struct request *r, struct str location);
/* The JSON that the handler has written into r->out. */
struct reply *reply_json(struct request *r, int status);
/* Bytes that outlive the request (embedded files) or are in its arena. */
struct reply *reply_bytes(struct request *r, int status, const char *type, struct str bytes);
struct reply *reply_empty(struct request *r, int status);
/* A download made piece by piece. `fill` puts pieces until put is false, and returns false with ctx->fault
 * filled when it cannot go on by itself. It is called twice and must put the same bytes: once only to count
 * them, so that a failure is still answered as one and Content-Length lets everybody see an answer that was cut
 * off later; then to send them. (What has been added at the end meanwhile is left out.) */
typedef bool reply_put_fn(void *arg, struct str piece);
typedef bool reply_fill_fn(void *arg, reply_put_fn *put, void *put_arg);
struct reply *reply_stream(struct request *r, const char *type, struct str filename, reply_fill_fn *fill,
                           void *arg);
/* The same of a known length, filled once: `fill` is called unless only the headers are asked for (r->head). */
struct reply *reply_sized(struct request *r, int status, const char *type, size_t length, reply_fill_fn *fill,
                          void *arg);
/* It is to be kept as a file under this name. */
struct reply *reply_attachment(struct request *r, struct reply *p, struct str filename);
/* A file that is open for reading, as a download; takes fd. etag: of its bytes, in quotes: Range, If-Range and
 * If-None-Match are answered (RFC 9110); empty: they are not, because nobody gets these bytes again. */
struct reply *reply_file(struct request *r, const char *type, struct str filename, int fd, int64_t size,
                         struct str etag);
/* What ctx->fault says: a problem (RFC 9457) for the API, a page for people. */
struct reply *reply_fault(struct request *r);
/* The same for the API, with members of its own: RFC 9457 3.2. */
struct json_out;
typedef void reply_members_fn(struct json_out *j, const void *arg);
struct reply *reply_fault_with(struct request *r, reply_members_fn *members, const void *arg);
/* The status that a fault is answered with: 422 where a field is named (but for routes with BAD_IS_400), 400
 * where the whole is not well formed. */
int reply_fault_status(const struct request *r);
/* The same for what has no enum err: 405, 411, 415 ... */
struct reply *reply_error(struct request *r, int status, const char *slug, const char *title,
                          const char *detail);

/* The same reply with another status. */
struct reply *reply_status_is(struct reply *p, int status);
/* Adds a header; the value is used in place and must hold no line end. */
struct reply *reply_header(struct reply *p, const char *name, struct str value);
/* The same reply with an ETag ("\"v7\""), or 304 without a body where a GET says that it has that one already.
 */
struct reply *reply_versioned(struct request *r, struct reply *p, struct str etag);
/* The same reply, to be kept by caches as `control` says. */
struct reply *reply_cached(struct reply *p, struct str control);
/* A cookie for this request's answer, whichever that will be. `full` is the header's value. */
void reply_cookie(struct request *r, struct str full);

/* ---- for web.c ---- */
int reply_status(const struct reply *p);
/* p == NULL: it has no such header. */
struct str reply_header_of(const struct reply *p, const char *name);
/* Writes it; false: the client has gone. */
bool reply_send(struct request *r, struct reply *p);
/* 500, without allocating anything: the process is about to end. */
void reply_last_words(const struct transport *t);

#endif
