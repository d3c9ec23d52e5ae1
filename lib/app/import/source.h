/*
 * source: an opened import file, whatever it is wrapped in, as one text of lines.
 *
 * Plain text is read as it stands. gzip is unpacked, UTF-16 becomes UTF-8, stray NUL bytes are left out, a
 * sheet of a workbook becomes CSV text (codec/xlsx_text.h); these may lie over each other (gzip around UTF-16).
 * The head tells which: the same bytes always give the same text, so that a place in it is good for a later
 * run. Reading goes on at a place of a plain file at once; of the others all before it is read again and thrown
 * away.
 *
 * What is no text of any kind (a picture, a PDF, an archive that is no workbook) is refused by source_open,
 * with what it is. Nothing else looks at a file's first bytes.
 */
#ifndef WL_APP_IMPORT_SOURCE_H
#define WL_APP_IMPORT_SOURCE_H

#include "app/ctx.h"
#include "app/import/answers.h"
#include "codec/csv.h"

#define SOURCE_HEAD     65536 /* bytes of text by which a file is understood */
#define SOURCE_UNPACKED 8     /* times the upload limit that a packed file may come to */

struct source;

/* `fd` is seekable and stays the caller's; it and `asked`, of which the sheet and the encoding are looked at,
 * must live as long. ERR_INVALID (field "file", "sheet" or
 * "encoding"): what the file is instead, or why it cannot be read. Lives in c's arena; own it: source_close. */
enum err source_open(struct ctx *c, int fd, const struct answers *asked, struct source **out);
void source_close(struct source *s); /* NULL is fine */

/* Up to SOURCE_HEAD bytes of the text's start: all of it where they are less. Good until source_close. */
struct str source_head(const struct source *s);

/* How the bytes were read, as sentences; NULL behind the last. *about: the answer that would correct it, or
 * ANSWERS. Nothing for plain text. */
const char *source_said(const struct source *s, size_t i, enum answer_id *about);
/* Bytes that are no text were left out: a warning rather than a sentence. */
bool source_lost_bytes(const struct source *s);
/* The sheet's name, and how many there are; empty: the file is no workbook. */
struct str source_sheet(const struct source *s, size_t *of);

/* Goes to a place: 0 and 1, or a row's `next` and `next_line`. Then rows come from there; offsets are those of
 * the text. After CSV_FAILED source_failed fills the fault and returns its code: ERR_INVALID for a file that is
 * damaged, else what may pass. */
enum err source_seek(struct source *s, struct csv_dialect d, uint64_t offset, uint64_t line);
enum csv_next source_next(struct source *s, struct csv_row *row);
enum err source_failed(struct source *s);

/* Bytes of the file, and how many of them have been read for what comes before `next`. */
int64_t source_size(const struct source *s);
int64_t source_done(const struct source *s, uint64_t next);

#endif
