/*
 * http: fetching a file from an address that a user has named; the one home of libcurl.
 *
 * By SAFETY's rules for requests to the outside: https alone, the certificate checked, no redirects, no proxy,
 * no cookies; the address is judged as the socket is opened (base/netaddr.h), so that a name that changes its
 * mind between a check and the connection gains nothing; 5 s to connect, a limit for the whole, and a limit of
 * bytes.
 */
#ifndef WL_APP_HTTP_H
#define WL_APP_HTTP_H

#include "app/ctx.h"

struct http_get {
	const char *address;
	struct str etag, last_modified; /* of what is there already; empty: nothing is */
	struct str authorization; /* the header's value; empty: none. There are no redirects to take it along */
	const volatile int *stop; /* NULL: nobody stops it */
	/* each piece of the file (a reply of 200); false ends it: `c->fault` says why */
	bool (*put)(void *arg, const char *p, size_t n);
	void *arg;
};
struct http_reply {
	bool not_changed; /* 304: nothing was put */
	struct str etag, last_modified;
};

/* Whether it may be asked for at all: ERR_INVALID, field "address". */
enum err http_check_address(struct ctx *c, struct str address);
/* "data.example.org" of "https://data.example.org:8443/a", in lower case, in the arena. */
struct str http_host(struct ctx *c, struct str address);
/* OK: the whole file was put, or has not changed. Else the fault is a sentence for people: ERR_INTERRUPTED
 * (asked to stop), what put said, or ERR_UNAVAILABLE. */
enum err http_get(struct ctx *c, const struct http_get *q, struct http_reply *out);

#endif
