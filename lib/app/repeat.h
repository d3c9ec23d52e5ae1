/*
 * repeat: a request that is sent a second time because its reply was lost must not make a second thing.
 *
 * A client names what it makes by a key of its own (the header Idempotency-Key). The first request with a key
 * leaves a row; when it has made something, the row gets the reply, and the same request again is answered with
 * it, for a day. One that made nothing leaves nothing: it may be corrected and sent again under the same key.
 *
 * A program that dies in between leaves a row without a reply: whether the thing was made is not known, and a
 * repeated request is refused rather than carried out twice, until the worker sweeps the row.
 */
#ifndef WL_APP_REPEAT_H
#define WL_APP_REPEAT_H

#include "app/ctx.h"
#include "base/rec.h"

#define REPEAT_KEY_MAX 255

struct repeat {
	struct str key, request;
	int64_t status; /* 0: this is the first time */
	struct str body, location, etag;
};

/* `what` is all that the request asks for: method, address, body. OK: go on if status is 0, else answer with
 * what is there. ERR_INVALID: no key, or that of another request; ERR_CONFLICT: the first one has no reply
 * (yet). */
enum err repeat_begin(struct ctx *c, struct str key, struct str what, struct repeat *out);
/* After it was carried out: with its reply, or with status 0 if it made nothing. */
enum err repeat_end(struct ctx *c, const struct repeat *of);
/* Rows older than a day go. */
enum err repeat_sweep(struct ctx *c);

#endif
