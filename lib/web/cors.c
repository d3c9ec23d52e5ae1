/* cors: see cors.h. */
#include "web/cors.h"
#include "app/setting.h"
#include "web/route.h"

void cors_look(struct request *r)
{
	struct str origin = request_header(r, "Origin"), rest;

	if (!(r->route->flags & API) || !origin.n || !r->ctx->db)
		return;
	rest = setting_text(r->ctx, SETTING_cors_origins);
	while (rest.p) {
		struct str one = str_cut(&rest, ' ');

		if (one.n && str_eq(one, origin))
			r->cors = origin;
	}
}

struct reply *cors_preflight(struct request *r, const char *allow)
{
	struct str methods = arena_str(r->ctx->arena, str_of(allow));
	struct reply *p = reply_header(reply_empty(r, 204), "Allow", methods);

	if (!r->cors.n)
		return p;
	reply_header(p, "Access-Control-Allow-Methods", methods);
	reply_header(
	        p, "Access-Control-Allow-Headers",
	        STR("Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, Range, "
	            "X-API-Key, X-Request-ID"));
	return reply_header(p, "Access-Control-Max-Age", STR("600"));
}

void cors_headers(const struct request *r, struct buf *b)
{
	if (!r->route || !(r->route->flags & API))
		return;
	buf_addz(b, "Vary: Origin\r\n");
	if (!r->cors.n || r->by_cookie)
		return;
	buf_printf(b, "Access-Control-Allow-Origin: %.*s\r\n", STR_ARG(r->cors));
	buf_addz(b, "Access-Control-Expose-Headers: Accept-Ranges, Content-Disposition, Content-Range, ETag, "
	            "Idempotency-Replayed, Link, Location, Retry-After, X-Request-ID\r\n");
}
