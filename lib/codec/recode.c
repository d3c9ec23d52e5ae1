/*
 * recode: a window of the bytes, and the character that did not fit into the caller's buffer.
 *
 * One character at a time, which is some 200 MB/s: far more than what reads the text behind it. Owns 16 KiB,
 * not what it reads from.
 */
#include <stdlib.h>

#include "base/panic.h"
#include "codec/recode.h"
#include "codec/utf8.h"

#define WINDOW      (16 * 1024)
#define REPLACEMENT 0xFFFD

struct recode {
	enum recode_from from;
	csv_read_fn *read;
	void *arg;
	size_t at, end; /* of the window */
	bool eof;
	char rest[4]; /* of a character, after rest_at */
	size_t rest_at, rest_n;
	unsigned char window[WINDOW];
};

struct recode *recode_open(enum recode_from from, csv_read_fn *read, void *arg)
{
	struct recode *r = calloc(1, sizeof *r);

	if (!r)
		panic("out of memory");
	r->from = from;
	r->read = read;
	r->arg = arg;
	return r;
}

void recode_close(struct recode *r)
{
	free(r);
}

/* Sees to it that a whole character (4 bytes) is in the window, or all that there is. */
static bool have(struct recode *r)
{
	while (r->end - r->at < 4 && !r->eof) {
		memmove(r->window, r->window + r->at, r->end - r->at);
		r->end -= r->at;
		r->at = 0;
		ssize_t got = r->read(r->arg, (char *)r->window + r->end, WINDOW - r->end);
		if (got < 0)
			return false;
		r->eof = got == 0;
		r->end += (size_t)got;
	}
	return true;
}

static uint32_t unit(const struct recode *r, size_t at)
{
	const unsigned char *p = r->window + at;

	return r->from == RECODE_UTF16_LE ? (uint32_t)(p[0] | p[1] << 8) : (uint32_t)(p[0] << 8 | p[1]);
}

/* The next character of UTF-16; one byte at least is in the window. */
static uint32_t next_utf16(struct recode *r)
{
	if (r->end - r->at < 2) { /* half a character; of a line end the other half was 0 */
		char last = (char)r->window[r->at++];
		return last == '\n' ? '\n' : REPLACEMENT;
	}
	uint32_t high = unit(r, r->at);
	r->at += 2;
	if (high < 0xD800 || high > 0xDFFF)
		return high;
	uint32_t low = high < 0xDC00 && r->end - r->at >= 2 ? unit(r, r->at) : 0;
	if (low < 0xDC00 || low > 0xDFFF)
		return REPLACEMENT;
	r->at += 2;
	return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

ssize_t recode_read(void *recode, char *p, size_t n)
{
	struct recode *r = recode;
	size_t done = 0;

	while (done < n) {
		if (r->rest_at < r->rest_n) {
			p[done++] = r->rest[r->rest_at++];
			continue;
		}
		if (r->end - r->at < 4 && !r->eof) {
			if (done) /* what is there first: a pipe may be slow, and a failure is for the next call
			           */
				break;
			if (!have(r))
				return -1;
		}
		if (r->at == r->end)
			break;
		uint32_t c = r->from == RECODE_CP1252 ? utf8_of_cp1252(r->window[r->at++]) : next_utf16(r);
		if (n - done >= 4) {
			done += utf8_put(c, p + done);
		} else {
			r->rest_at = 0;
			r->rest_n = utf8_put(c, r->rest);
		}
	}
	return (ssize_t)done;
}

bool recode_is_utf16(struct str head, enum recode_from *from)
{
	size_t zero[2] = {0, 0}, pairs = (head.n < 4096 ? head.n : 4096) / 2;

	*from = str_starts(head, STR("\xfe\xff")) ? RECODE_UTF16_BE : RECODE_UTF16_LE;
	if (*from == RECODE_UTF16_BE || str_starts(head, STR("\xff\xfe")))
		return true;
	for (size_t i = 0; i < 2 * pairs; i++)
		zero[i % 2] += head.p[i] == 0;
	if (zero[0] > zero[1])
		*from = RECODE_UTF16_BE;
	size_t high = zero[*from == RECODE_UTF16_LE], low = zero[*from == RECODE_UTF16_BE];
	return pairs && high * 10 >= pairs * 8 && low * 20 <= pairs;
}
