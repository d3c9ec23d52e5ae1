/*
 * arena: bump allocation out of a chain of blocks.
 *
 * The newest block is at the head; what does not fit in it opens a new one, at least BLOCK bytes and growing
 * with use, so that a request costs one or two mallocs. A reset keeps only the first (oldest) block, so that
 * one large request does not stay in the memory of a long process.
 *
 * With ARENA_DEBUG every allocation gets a block of exactly its size and a reset frees them all: the same
 * code, with numbers that let the sanitizers see.
 *
 * Disadvantages: the tail of a block is lost when a larger piece does not fit; nothing can be freed early.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/panic.h"

#define ALIGN 16

#ifdef ARENA_DEBUG
enum { BLOCK = 0, KEEP_FIRST = 0 };
#else
enum { BLOCK = 32 * 1024, KEEP_FIRST = 1 };
#endif
#define BLOCK_MAX ((size_t)1024 * 1024) /* blocks stop growing here */

struct block {
	struct block *older;
	size_t used, cap;
	_Alignas(ALIGN) char data[];
};

struct arena {
	struct block *newest;
	size_t limit;
	size_t used; /* handed out since the last reset */
};

struct arena *arena_new(size_t limit)
{
	struct arena *a = calloc(1, sizeof *a);

	if (!a)
		panic("out of memory");
	a->limit = limit;
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	while (a->newest) {
		struct block *b = a->newest;
		a->newest = b->older;
		free(b);
	}
	free(a);
}

void arena_reset(struct arena *a)
{
	while (a->newest && (a->newest->older || KEEP_FIRST == 0)) {
		struct block *b = a->newest;
		a->newest = b->older;
		free(b);
	}
	if (a->newest)
		a->newest->used = 0;
	a->used = 0;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

static struct block *add_block(struct arena *a, size_t need)
{
	size_t cap = BLOCK;

	if (BLOCK > 0 && a->used > cap)
		cap = a->used < BLOCK_MAX ? a->used : BLOCK_MAX;
	if (cap < need)
		cap = need;
	struct block *b = malloc(sizeof *b + cap);
	if (!b)
		panic("out of memory (%zu bytes)", cap);
	b->older = a->newest;
	b->used = 0;
	b->cap = cap;
	a->newest = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	if (n > a->limit || a->used > a->limit - n)
		panic("arena over its limit: %zu + %zu of %zu bytes", a->used, n, a->limit);

	struct block *b = a->newest;
	size_t start = b ? (b->used + (ALIGN - 1)) & ~(size_t)(ALIGN - 1) : 0;
	if (BLOCK == 0 || !b || start > b->cap || n > b->cap - start) {
		b = add_block(a, n);
		start = 0;
	}
	b->used = start + n;
	a->used += n;
	/* A zero-sized request gets a pointer too: to the block's end at worst, which may not be read. */
	return n ? memset(b->data + start, 0, n) : b->data + start;
}

void *arena_array(struct arena *a, size_t count, size_t each)
{
	size_t n;

	if (__builtin_mul_overflow(count, each, &n))
		panic("array of %zu times %zu bytes", count, each);
	return arena_alloc(a, n);
}

char *arena_strz(struct arena *a, struct str s)
{
	if (s.n == SIZE_MAX)
		panic("string too long");
	char *p = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

void *arena_doubled(struct arena *a, const void *old, size_t each, size_t *room)
{
	void *more = arena_array(a, *room ? 2 * *room : 16, each);
	if (*room)
		memcpy(more, old, *room * each);
	*room = *room ? 2 * *room : 16;
	return more;
}

struct str arena_str(struct arena *a, struct str s)
{
	return (struct str){arena_strz(a, s), s.n};
}

struct str arena_lower(struct arena *a, struct str s)
{
	char *p = arena_strz(a, s);
	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)(p[i] >= 'A' && p[i] <= 'Z' ? p[i] + 32 : p[i]);
	return (struct str){p, s.n};
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args, again;

	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0)
		panic("bad format: %s", fmt);
	char *p = arena_alloc(a, (size_t)n + 1);
	(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}
