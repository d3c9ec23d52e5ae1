/*
 * reply_file: a file as a download, in whole or, so that one that broke off can go on, one range of it. It is
 * read in pieces; its descriptor is closed with the last one. Several ranges in one request are answered with
 * the whole file, which RFC 9110 allows.
 */
#include <errno.h>
#include <unistd.h>

#include "web/reply.h"

#define PIECE 65536

struct part {
	struct request *r;
	int fd;
	int64_t at, end;
};

static bool fill(void *arg, reply_put_fn *put, void *put_arg)
{
	struct part *f = arg;
	char *bytes = arena_alloc(f->r->ctx->arena, PIECE);

	while (f->at < f->end) {
		size_t want = f->end - f->at < PIECE ? (size_t)(f->end - f->at) : PIECE;
		ssize_t n = pread(f->fd, bytes, want, f->at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			ctx_fail(f->r->ctx, ERR_IO, "", "The file cannot be read to its end.");
			break;
		}
		f->at += n;
		if (!put(put_arg, (struct str){bytes, (size_t)n}))
			break;
	}
	close(f->fd);
	return f->at == f->end;
}

/* "bytes=5-9", "bytes=5-", "bytes=-9". False: there is no such range, or it is not one that is answered.
 * *outside: it begins behind the end. */
static bool read_range(struct str s, int64_t size, int64_t *from, int64_t *end, bool *outside)
{
	uint64_t a = 0, b = 0;
	struct str rest = str_sub(s, 6, s.n), first;

	*outside = false;
	if (!str_starts(s, STR("bytes=")) || str_find(rest, '-') < 0)
		return false;
	first = str_cut(&rest, '-');
	if (first.n == 0) {
		if (!str_to_u64(rest, INT64_MAX, &b))
			return false;
		*outside = b == 0 || size == 0;
		*from = (int64_t)b < size ? size - (int64_t)b : 0;
		*end = size;
		return !*outside;
	}
	if (!str_to_u64(first, INT64_MAX, &a) || (rest.n > 0 && !str_to_u64(rest, INT64_MAX - 1, &b)) ||
	    (rest.n > 0 && b < a))
		return false;
	*outside = (int64_t)a >= size;
	*from = (int64_t)a;
	*end = rest.n > 0 && (int64_t)b < size ? (int64_t)b + 1 : size;
	return !*outside;
}

static bool range_is_asked(struct request *r, struct str etag)
{
	struct str on = request_header(r, "If-Range");

	return request_header(r, "Range").n > 0 && (on.n == 0 || str_eq(on, etag));
}

struct reply *reply_file(struct request *r, const char *type, struct str filename, int fd, int64_t size,
                         struct str etag)
{
	struct part *f = ARENA_NEW(r->ctx->arena, struct part);
	bool outside = false, part, same;
	struct reply *p;

	*f = (struct part){r, fd, 0, size};
	part = etag.n > 0 && range_is_asked(r, etag) &&
	       read_range(request_header(r, "Range"), size, &f->at, &f->end, &outside);
	same = etag.n > 0 && str_eq(request_header(r, "If-None-Match"), etag);
	if (outside || same || r->head)
		close(fd);
	if (same)
		return reply_header(reply_empty(r, 304), "ETag", etag);
	if (outside) {
		p = reply_error(r, 416, "range", "No such range",
		                "The file is shorter than the range asks for.");
		return reply_header(p, "Content-Range",
		                    str_of(arena_printf(r->ctx->arena, "bytes */%lld", (long long)size)));
	}
	p = reply_sized(r, part ? 206 : 200, type, (size_t)(f->end - f->at), fill, f);
	if (part)
		reply_header(p, "Content-Range",
		             str_of(arena_printf(r->ctx->arena, "bytes %lld-%lld/%lld", (long long)f->at,
		                                 (long long)f->end - 1, (long long)size)));
	if (etag.n > 0)
		reply_header(reply_header(p, "ETag", etag), "Accept-Ranges", STR("bytes"));
	return reply_attachment(r, p, filename);
}
