/*
 * str: a slice, pointer and length, of bytes that somebody else owns.
 *
 * Text in this program is a slice: what a parser finds in a buffer is handed on without being copied,
 * and no function needs a terminating NUL. The disadvantage: a slice does not keep its bytes alive.
 * Whoever keeps one longer than the buffer it points into copies it into an arena (arena_str).
 */
#ifndef WL_BASE_STR_H
#define WL_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p; /* may be NULL when n is 0 */
	size_t n;      /* bytes */
};

/* A slice of a string literal, usable in static initialisers. */
#define STR(lit) ((struct str){("" lit), sizeof(lit) - 1})
/* clang-format off */
#define STR_INIT(lit) {("" lit), sizeof(lit) - 1}
/* clang-format on */
/* For printf's %.*s */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct str str_of(const char *z)
{
	return (struct str){z, z ? strlen(z) : 0};
}
static inline struct str str_sub(struct str s, size_t from, size_t n)
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return (struct str){s.p ? s.p + from : s.p, n};
}
static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool str_eqz(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
int str_cmp(struct str a, struct str b);        /* bytewise, like memcmp with the shorter first */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Without blanks (space, TAB, CR, LF) at both ends. */
struct str str_trim(struct str s);
/* Position of the first `c`, or -1. */
ptrdiff_t str_find(struct str s, char c);
/* Position of the first occurrence of `needle`, or -1. */
ptrdiff_t str_search(struct str s, struct str needle);
/* Cuts `*rest` at the first `sep`: returns what stands before it and leaves the remainder in *rest.
 * Without a `sep` all is returned and *rest becomes empty with p == NULL, which ends a loop. */
struct str str_cut(struct str *rest, char sep);
/* Digits only, no sign, no blanks, at most `max`. False leaves *out alone. */
bool str_to_u64(struct str s, uint64_t max, uint64_t *out);
/* Optional leading '-', digits. False leaves *out alone. */
bool str_to_i64(struct str s, int64_t *out);
/* Bytes of the valid UTF-8 character (RFC 3629) that s begins with; 0 if it begins with none. */
size_t str_utf8_step(struct str s);
/* Constant time in the content (not in the length): for secrets. */
bool str_eq_secret(struct str a, struct str b);

#endif
