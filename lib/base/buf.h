/*
 * buf: a growing byte buffer with a maximum.
 *
 * Writing past the maximum sets `over` and drops the rest: the writer may go on without checking each
 * call, and whoever uses the result checks `over` once. Learned from curl's dynbuf (toobig).
 */
#ifndef WL_BASE_BUF_H
#define WL_BASE_BUF_H

#include "base/str.h"

struct buf {
	char *p;    /* NULL until something is added; not NUL-terminated */
	size_t n;   /* bytes in use */
	size_t cap; /* bytes allocated */
	size_t max; /* never more than this in use */
	bool over;  /* something did not fit and was dropped */
};

/* clang-format off */
#define BUF_INIT(maximum) {NULL, 0, 0, (maximum), false}
/* clang-format on */

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);  /* and ready to be used again with the same max */
void buf_reset(struct buf *b); /* empty, memory kept, over cleared */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_addc(struct buf *b, char c);
void buf_adds(struct buf *b, struct str s);
void buf_addz(struct buf *b, const char *z);
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *b, const char *fmt, ...);
/* Room for n more bytes at the returned pointer, or NULL (and over is set). Set b->n afterwards. */
char *buf_room(struct buf *b, size_t n);
static inline struct str buf_str(const struct buf *b)
{
	return (struct str){b->p, b->n};
}

#endif
