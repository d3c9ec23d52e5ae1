/*
 * csv_check: what must hold for any bytes whatever; shared by the unit test and the fuzz target.
 *
 * The rows of a source, read in any pieces, from the start or from any row's `next`, are the same rows; and the
 * rows cover the source without a gap: each begins where the last one ended, and `raw` is the source's bytes.
 */
#ifndef WL_TESTS_CSV_CHECK_H
#define WL_TESTS_CSV_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#include "codec/csv.h"

#define CSV_CHECK(what)                                                                    \
	do {                                                                               \
		if (!(what)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
			abort();                                                           \
		}                                                                          \
	} while (0)

struct csv_source {
	struct str rest;
	uint64_t random; /* 0: as much as is asked for; else pieces of 1..16 or 1..4096 bytes */
};

static inline uint64_t csv_check_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline ssize_t csv_check_read(void *arg, char *p, size_t n)
{
	struct csv_source *s = arg;

	if (s->random) {
		uint64_t v = csv_check_random(&s->random);
		size_t piece = 1 + (v >> 8) % (v & 1 ? 16 : 4096);
		n = n < piece ? n : piece;
	}
	n = n < s->rest.n ? n : s->rest.n;
	if (n)
		memcpy(p, s->rest.p, n);
	s->rest = str_sub(s->rest, n, s->rest.n);
	return (ssize_t)n;
}

static inline void csv_check_same(const struct csv_row *a, const struct csv_row *b)
{
	CSV_CHECK(a->n == b->n && a->line == b->line && a->offset == b->offset && a->next == b->next);
	CSV_CHECK(a->next_line == b->next_line && a->flaw == b->flaw && a->flaw_cell == b->flaw_cell);
	CSV_CHECK(str_eq(a->raw, b->raw));
	for (size_t i = 0; i < a->n; i++)
		CSV_CHECK(str_eq(a->cell[i], b->cell[i]) && a->quoted[i] == b->quoted[i]);
}

/* Returns the number of rows. Aborts where something does not hold. */
static inline size_t csv_check(struct str text, struct csv_dialect d, uint64_t seed)
{
	struct csv_source whole = {text, 0}, pieces = {text, seed | 1}, rest = {text, 0};
	struct csv_reader *a = csv_open(d, csv_check_read, &whole, 0, 1);
	struct csv_reader *b = csv_open(d, csv_check_read, &pieces, 0, 1), *c = NULL;
	uint64_t at = str_starts(text, STR("\xef\xbb\xbf")) ? 3 : 0, line = 1;
	size_t rows = 0, resume = (seed >> 32) % 8;
	struct csv_row x, y;

	while (csv_next(a, &x) == CSV_ROW) {
		CSV_CHECK(csv_next(b, &y) == CSV_ROW);
		csv_check_same(&x, &y);
		if (c) {
			CSV_CHECK(csv_next(c, &y) == CSV_ROW);
			csv_check_same(&x, &y);
		}
		CSV_CHECK(x.offset == at && x.next > at && x.next <= text.n);
		CSV_CHECK(x.line == line && x.next_line >= line && x.next_line <= line + CSV_RECORD_MAX);
		CSV_CHECK(x.n >= 1 && x.n <= CSV_CELLS_MAX && x.raw.n <= CSV_RECORD_MAX);
		CSV_CHECK(str_eq(x.raw, str_sub(text, x.offset, x.raw.n)));
		CSV_CHECK(x.flaw == CSV_TOO_LONG || x.next - x.offset - x.raw.n <= 2);
		CSV_CHECK(x.flaw == CSV_FINE || x.flaw_cell <= x.n);
		at = x.next;
		line = x.next_line;
		if (rows++ == resume) {
			rest.rest = str_sub(text, at, text.n);
			c = csv_open(d, csv_check_read, &rest, at, line);
		}
	}
	CSV_CHECK(at == text.n || (text.n == 3 && rows == 0));
	CSV_CHECK(csv_next(b, &y) == CSV_END && (!c || csv_next(c, &y) == CSV_END));
	csv_close(a);
	csv_close(b);
	csv_close(c);
	return rows;
}

#endif
