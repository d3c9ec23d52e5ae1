/*
 * gzip: the one home of zlib.
 *
 * zlib's own gzread would do most of this, but it takes a text that is not compressed for one that is meant to
 * be plain, ignores what follows the last member, and knows no limit. So inflate is driven by hand over a
 * window of 64 KiB: at a member's end the next one begins if its first byte is there; zeros are padding (tar
 * makes them); anything else is refused, since ignored bytes could be somebody's rows.
 *
 * Owns the window and zlib's state (about 110 KiB in all), not the descriptor. Disadvantage: what is unpacked
 * before a damaged place has been handed out already; whoever stores it must be able to take it back.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/panic.h"
#include "codec/gzip.h"

#define WINDOW (64 * 1024)
#define MEMBER (15 + 16) /* window bits, gzip only */

struct gzip_in {
	z_stream z;
	int fd;
	uint64_t limit, in, out; /* in, out: bytes so far */
	bool inside;             /* a member has begun and not ended */
	bool padding;            /* zeros have been seen: only zeros may come */
	int failed;              /* errno of the first failure */
	const char *why;
	unsigned char window[WINDOW];
};

bool gzip_starts(struct str head)
{
	return str_starts(head, STR("\x1f\x8b"));
}

struct gzip_in *gzip_in_open(int fd, uint64_t limit)
{
	struct gzip_in *g = calloc(1, sizeof *g);

	if (!g || inflateInit2(&g->z, MEMBER) != Z_OK)
		panic("out of memory");
	g->fd = fd;
	g->limit = limit;
	g->inside = true; /* an empty file is a cut one */
	g->why = "";
	return g;
}

void gzip_in_close(struct gzip_in *g)
{
	if (g)
		(void)inflateEnd(&g->z);
	free(g);
}

const char *gzip_in_why(const struct gzip_in *g)
{
	return g->why;
}

static ssize_t fail(struct gzip_in *g, int code, const char *why)
{
	g->why = why;
	errno = g->failed = code;
	return -1;
}

/* Makes sure that a byte of input is there. 1, 0 at the file's end, -1. */
static int have_input(struct gzip_in *g)
{
	ssize_t got;

	if (g->z.avail_in)
		return 1;
	do {
		got = read(g->fd, g->window, WINDOW);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return (int)fail(g, errno, "The file cannot be read.");
	g->z.next_in = g->window;
	g->z.avail_in = (uInt)got;
	g->in += (uint64_t)got;
	return got > 0;
}

/* Between members: 1 if another begins, 0 at the end, -1. */
static int next_member(struct gzip_in *g)
{
	int have;

	while ((have = have_input(g)) == 1) {
		if (*g->z.next_in == 0x1f && !g->padding) {
			g->inside = true;
			return inflateReset(&g->z) == Z_OK
			               ? 1
			               : (int)fail(g, EBADMSG, "This gzip file is damaged.");
		}
		if (*g->z.next_in != 0)
			return (int)fail(g, EBADMSG, "Something that is not gzip follows the gzip data.");
		g->padding = true;
		g->z.next_in++;
		g->z.avail_in--;
	}
	return have;
}

ssize_t gzip_in_read(void *gzip, char *p, size_t n)
{
	struct gzip_in *g = gzip;
	uInt room = n < (1U << 30) ? (uInt)n : 1U << 30;

	if (g->failed) {
		errno = g->failed;
		return -1;
	}
	g->z.next_out = (Bytef *)p;
	g->z.avail_out = room;
	while (room && g->z.avail_out == room) {
		int have = g->inside ? have_input(g) : next_member(g);
		if (have < 0)
			return -1;
		if (have == 0)
			return g->inside ? fail(g, EBADMSG, "This gzip file ends too early.") : 0;
		int said = inflate(&g->z, Z_NO_FLUSH);
		if (said == Z_MEM_ERROR)
			panic("out of memory");
		if (said != Z_OK && said != Z_STREAM_END && said != Z_BUF_ERROR)
			return fail(g, EBADMSG, "This gzip file is damaged.");
		g->inside = said != Z_STREAM_END;
	}
	g->out += room - g->z.avail_out;
	if (g->out > g->limit)
		return fail(g, EFBIG, "This gzip file unpacks to more than is allowed.");
	if (g->out > GZIP_RATIO_FROM && g->out / GZIP_RATIO_MAX > g->in)
		return fail(g, EFBIG, "This gzip file is packed too densely to be real.");
	return (ssize_t)(room - g->z.avail_out);
}
