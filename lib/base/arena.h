/*
 * arena: memory that lives as long as one piece of work (a request, a job's batch, a command).
 *
 * Allocate, free nothing, reset at the end. Every allocation is zeroed and never NULL: an arena that
 * would pass its limit ends the process (base/panic.h), because inputs are bounded before they get here
 * and only a defect can reach the limit. Built with -DARENA_DEBUG (the sanitizer build) each allocation
 * is a malloc of its own, so that the sanitizers see overruns and uses after a reset.
 * Learned from Dovecot's data-stack.h and libgit2's pool.h.
 */
#ifndef WL_BASE_ARENA_H
#define WL_BASE_ARENA_H

#include "base/str.h"

struct arena;

/* `limit`: the most bytes that may be live at once. Own it: arena_free. */
struct arena *arena_new(size_t limit);
void arena_free(struct arena *a); /* NULL is fine */
/* Everything allocated is gone; the first block is kept for reuse, so a long process stays flat. */
void arena_reset(struct arena *a);
/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

void *arena_alloc(struct arena *a, size_t n);                  /* aligned for any type, zeroed */
void *arena_array(struct arena *a, size_t count, size_t each); /* overflow-checked */
#define ARENA_NEW(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))

/* An array twice as long that begins with the *room elements of `old`; *room says so. 16 for one of none. */
void *arena_doubled(struct arena *a, const void *old, size_t each, size_t *room);

/* Copies; the copy is NUL-terminated as well, so .p is a C string. */
struct str arena_str(struct arena *a, struct str s);
char *arena_strz(struct arena *a, struct str s);
struct str arena_lower(struct arena *a, struct str s); /* ASCII letters only */
__attribute__((format(printf, 2, 3))) char *arena_printf(struct arena *a, const char *fmt, ...);

#endif
