/*
 * buf: the growing byte buffer; see the header for its one idea, the maximum.
 *
 * Owns its memory (malloc, doubled as needed). What does not fit is dropped whole, and so is everything after
 * it: a result with `over` set is a clean prefix, never one with holes. No memory is a panic, like in an
 * arena. The disadvantage of doubling: while it grows, old and new exist for a moment, 3 times the content.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/panic.h"

#define FIRST 256 /* bytes of the first allocation */

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf)BUF_INIT(max);
}

void buf_free(struct buf *b)
{
	free(b->p);
	buf_init(b, b->max);
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->over = false;
}

char *buf_room(struct buf *b, size_t n)
{
	if (b->over || n > b->max || b->n > b->max - n) {
		b->over = true;
		return NULL;
	}
	if (!b->p || n > b->cap - b->n) {
		size_t cap = b->cap ? b->cap : FIRST;
		while (cap - b->n < n)
			cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
		if (cap > b->max && b->max >= b->n + n)
			cap = b->max ? b->max : 1;
		char *p = realloc(b->p, cap);
		if (!p)
			panic("out of memory (%zu bytes)", cap);
		b->p = p;
		b->cap = cap;
	}
	return b->p + b->n;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	char *to = n ? buf_room(b, n) : NULL;

	if (!to)
		return;
	memcpy(to, p, n);
	b->n += n;
}

void buf_addc(struct buf *b, char c)
{
	char *to = buf_room(b, 1);

	if (!to)
		return;
	*to = c;
	b->n++;
}

void buf_adds(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void buf_addz(struct buf *b, const char *z)
{
	buf_add(b, z, strlen(z));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	char small[256];

	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(small, sizeof small, fmt, args);
	va_end(args);
	if (n < 0)
		panic("bad format: %s", fmt);
	if ((size_t)n < sizeof small) {
		buf_add(b, small, (size_t)n);
	} else if (buf_room(b, (size_t)n)) {
		/* vsnprintf wants a byte for its NUL, which the maximum may not have: format aside. */
		char *big = malloc((size_t)n + 1);
		if (!big)
			panic("out of memory (%d bytes)", n);
		(void)vsnprintf(big, (size_t)n + 1, fmt, again);
		buf_add(b, big, (size_t)n);
		free(big);
	}
	va_end(again);
}
