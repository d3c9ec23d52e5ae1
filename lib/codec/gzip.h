/*
 * gzip: a compressed file read as if it were the plain one.
 *
 * The reader is a csv_read_fn: what reads CSV from a file descriptor reads it from here. Several members behind
 * each other (as log rotation and `cat` make them) are one text. The end is told only when every member's size
 * and CRC were right and nothing but padding follows.
 */
#ifndef WL_CODEC_GZIP_H
#define WL_CODEC_GZIP_H

#include <sys/types.h>

#include "base/str.h"

#define GZIP_RATIO_MAX  1000 /* unpacked bytes a packed one, once over GZIP_RATIO_FROM */
#define GZIP_RATIO_FROM (1024 * 1024)

struct gzip_in;

/* Does a file that begins so look like gzip? Two bytes suffice. */
bool gzip_starts(struct str head);

/* `fd` is read from where it stands, stays the caller's and must live as long. More than `limit` unpacked bytes
 * are an error. Own it: gzip_in_close. */
struct gzip_in *gzip_in_open(int fd, uint64_t limit);
void gzip_in_close(struct gzip_in *g); /* NULL is fine */
/* A csv_read_fn with the struct gzip_in as `gzip`. 0: the end, and all was right. -1 with errno: EBADMSG
 * damaged or cut off, EFBIG over the limit or the ratio, else what read() said; every further call says the
 * same. */
ssize_t gzip_in_read(void *gzip, char *p, size_t n);
/* Why the last read failed, one sentence; empty if none did. */
const char *gzip_in_why(const struct gzip_in *g);

#endif
