/*
 * recode: text in another encoding, read as if it were UTF-8.
 *
 * The reader is a csv_read_fn over another one: what reads CSV from a file descriptor, or from gzip, reads it
 * from here. A byte order mark becomes that of UTF-8, which the CSV reader skips. What is no character in the
 * encoding (half a surrogate pair, an odd last byte, a hole of code page 1252) becomes U+FFFD, so that nothing
 * vanishes without a trace; reading never fails by itself.
 */
#ifndef WL_CODEC_RECODE_H
#define WL_CODEC_RECODE_H

#include "codec/csv.h"

enum recode_from { RECODE_UTF16_LE, RECODE_UTF16_BE, RECODE_CP1252 };

struct recode;

/* `read` and `arg` are those of the bytes; they stay the caller's. Own it: recode_close. */
struct recode *recode_open(enum recode_from from, csv_read_fn *read, void *arg);
void recode_close(struct recode *r); /* NULL is fine */
/* A csv_read_fn with the struct recode as `recode`. -1: what `read` said, with its errno. */
ssize_t recode_read(void *recode, char *p, size_t n);

/* Is a file that begins so in UTF-16? By its mark, or because every other byte is nearly always 0. */
bool recode_is_utf16(struct str head, enum recode_from *from);

#endif
