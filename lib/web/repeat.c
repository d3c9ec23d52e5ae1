/* repeat: see repeat.h. */
#include "app/repeat.h"
#include "web/op.h"
#include "web/repeat.h"

static struct str all_of(struct request *r)
{
	return str_of(arena_printf(r->ctx->arena, "%.*s %.*s\n%.*s", STR_ARG(r->method_name),
	                           STR_ARG(r->raw_uri), STR_ARG(r->text)));
}

static struct reply *as_before(struct request *r, const struct repeat *had)
{
	struct reply *p;

	buf_reset(r->out);
	buf_adds(r->out, had->body);
	p = reply_json(r, (int)had->status);
	if (had->location.n)
		reply_header(p, "Location", had->location);
	if (had->etag.n)
		reply_header(p, "ETag", had->etag);
	return reply_header(p, "Idempotency-Replayed", STR("true"));
}

struct reply *repeat_handle(struct request *r)
{
	struct str key = request_header(r, "Idempotency-Key");
	const struct op *op = key.p ? op_of(r->route) : NULL;
	struct repeat this;
	struct reply *p;

	if (!op || !(op->flags & OP_REPEATABLE))
		return r->route->handler(r);
	if (repeat_begin(r->ctx, key, all_of(r), &this) != OK)
		return reply_fault(r);
	if (this.status)
		return as_before(r, &this);
	p = r->route->handler(r);
	if (reply_status(p) < 300) {
		this.status = reply_status(p);
		this.body = buf_str(r->out);
		this.location = reply_header_of(p, "Location");
		this.etag = reply_header_of(p, "ETag");
	}
	(void)repeat_end(r->ctx, &this); /* it is done; a reply that cannot be kept is given all the same */
	return p;
}
