/*
 * csv: delimited text, read as a stream and written back.
 *
 * RFC 4180 and what is really sent: LF, CRLF, CR and mixed line ends; any one-byte delimiter; quoted cells
 * with delimiters, doubled quotes and line ends inside; blanks before an opening quote; a UTF-8 BOM at the
 * start (skipped); NUL bytes (kept, the cell says so by its bytes). The reader owns one window of memory
 * (256 KiB, and 64 KiB for unquoting) whatever the file's size and hands out slices into it that are good until
 * the next csv_next. It never stops at a bad record: a record with a flaw is delivered with `flaw` set, so that
 * every source row is accounted for. An unterminated quote swallows at most CSV_RECORD_MAX bytes: then the
 * record is cut at its first line end, flawed, and reading goes on at the next line.
 */
#ifndef WL_CODEC_CSV_H
#define WL_CODEC_CSV_H

#include "base/buf.h"
#include "base/str.h"
#include <sys/types.h>

#define CSV_RECORD_MAX 65536 /* bytes of one record with its line ends (SAFETY.md: line 64 KiB) */
#define CSV_CELLS_MAX  512   /* cells of one record */

enum csv_flaw {
	CSV_FINE,
	CSV_TOO_LONG, /* over CSV_RECORD_MAX: raw holds the first CSV_RECORD_MAX bytes, cells what was parsed */
	CSV_TOO_MANY, /* over CSV_CELLS_MAX cells: the first CSV_CELLS_MAX are there */
	CSV_OPEN_QUOTE,  /* a quote that never closes */
	CSV_AFTER_QUOTE, /* text between a closing quote and the delimiter; kept as part of the cell */
};

struct csv_dialect {
	char delimiter; /* ',' ';' '\t' '|' ... */
	char quote;     /* '"', or 0 for none */
};

struct csv_row {
	const struct str *cell; /* unquoted, blanks kept */
	const uint8_t *quoted;  /* per cell: 1 if it was written in quotes */
	size_t n;               /* cells; a blank line is one empty cell */
	uint64_t line;          /* 1-based physical line on which the record starts */
	uint64_t offset;        /* byte position of the record's start in the source */
	uint64_t next;          /* byte position just after it (where a later run may go on) */
	uint64_t next_line;     /* the line number there */
	struct str raw;         /* the record's bytes as they came, without its last line end */
	enum csv_flaw flaw;
	size_t flaw_cell; /* 0-based cell of the flaw */
};

/* Bytes read (0 at the end), or -1 with errno set. */
typedef ssize_t csv_read_fn(void *arg, char *p, size_t n);

struct csv_reader;

/* `offset`/`line`: where `read` starts in the source (0 and 1, or a row's `next` and `next_line` of an
 * earlier run). A BOM is skipped only at offset 0. Own it: csv_close. */
struct csv_reader *csv_open(struct csv_dialect d, csv_read_fn *read, void *arg, uint64_t offset, uint64_t line);
/* For records of at most so many bytes, instead of CSV_RECORD_MAX; from the source's start. Takes five times as
 * much. */
struct csv_reader *csv_open_for(struct csv_dialect d, csv_read_fn *read, void *arg, size_t record_max);
void csv_close(struct csv_reader *r);

enum csv_next { CSV_ROW, CSV_END, CSV_FAILED /* read failed: errno */ };
enum csv_next csv_next(struct csv_reader *r, struct csv_row *row);

/* Reading from a file descriptor: pass &fd as arg. Retries EINTR. */
ssize_t csv_read_fd(void *fd, char *p, size_t n);
/* Reading from memory: pass a struct str * as arg; it becomes what is still to come. */
ssize_t csv_read_str(void *rest, char *p, size_t n);
/* The number of cells of the first record of `text`. */
size_t csv_cells(struct str text, struct csv_dialect d);

/* Guesses the dialect from the head of a file (at most 64 KiB are looked at): a first line "sep=;" decides;
 * else the delimiter of , ; TAB | that splits the first lines most evenly into most cells, quotes respected.
 * *skip_lines is 1 for a sep= line, else 0. */
struct csv_dialect csv_sniff(struct str head, unsigned *skip_lines);

/* ---- writing ---- */

/* Appends a cell, quoted only if it must be (delimiter, quote, CR, LF, blank at an end). */
void csv_put_cell(struct buf *b, struct str cell, struct csv_dialect d);
/* The same for a text cell that a spreadsheet could take for a formula: one that starts with = + - @ TAB CR,
 * or with any number of ' followed by one of them, gets one ' in front (DECISIONS 19), so that csv_unguard
 * gives back what was put in. For dialects whose quote is '"' or none. */
void csv_put_text(struct buf *b, struct str cell, struct csv_dialect d);
struct str csv_unguard(struct str cell);

#endif
