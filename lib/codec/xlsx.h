/*
 * xlsx: a sheet of a workbook, read as rows of text like a CSV file's.
 *
 * Each cell comes as the text that a person would have typed for it: numbers at the spreadsheet's 15
 * significant digits (0.1 and not 0.10000000000000001), cells with a date's format as "2025-01-13" or
 * "2025-01-13 00:30:00", with a time's as "00:30:00", truth as TRUE and FALSE, formulas as the value last
 * computed. A number of 16 digits and more has an exponent ("7.22E+15"), since its digits are gone. Rows are
 * handed out in struct csv_row, so that whoever reads CSV can read them: every row from 1 on is there, also
 * those that the file leaves out; a blank row is one empty cell, others are filled up with empty cells to the
 * widest row so far. Memory is bounded by the shared texts (XLSX_TEXTS_MAX) and one row, not by the sheet.
 */
#ifndef WL_CODEC_XLSX_H
#define WL_CODEC_XLSX_H

#include "base/arena.h"
#include "codec/csv.h"

#define XLSX_TEXTS_MAX (32 * 1024 * 1024)  /* bytes of all shared texts */
#define XLSX_PART_MAX  (UINT64_C(1) << 30) /* unpacked bytes of any part of the workbook */
#define XLSX_ROWS_MAX  1048576
#define XLSX_WHY       200
#define XLSX_NO_SHEET  "There is no sheet" /* how `why` begins where the sheet asked for is not there */

struct xlsx_reader;

/* `sheet`: its name, letters of either case, or its number from 1, hidden ones counted; empty for the first
 * that is not hidden. `fd` stays the caller's and may be closed at once; its file position is moved. NULL, and
 * a sentence in `why`, if it is not a workbook that can be read or has no such sheet. Own it: xlsx_close. */
struct xlsx_reader *xlsx_open(int fd, struct str sheet, char why[XLSX_WHY]);
void xlsx_close(struct xlsx_reader *r); /* NULL is fine */

/* In `row`: `line` is the row's number; `offset` how many rows there are before it, and `next` with it;
 * `quoted` is 1 for text; `raw` is the row as CSV with the formula guard; `flaw` is CSV_TOO_LONG (over
 * CSV_RECORD_MAX bytes: what fits is there) or CSV_TOO_MANY. Slices are good until the next call. CSV_FAILED:
 * xlsx_why says why, for good. */
enum csv_next xlsx_next(struct xlsx_reader *r, struct csv_row *row);
const char *xlsx_why(const struct xlsx_reader *r);
/* The sheet's name, and how many there are; how much of it has been read, in thousandths. */
const char *xlsx_sheet(const struct xlsx_reader *r, size_t *of);
int xlsx_done(const struct xlsx_reader *r);

/* The names of the sheets in the workbook's order, hidden ones too; false with `why` if it cannot be read. */
bool xlsx_sheets(int fd, struct arena *a, struct str **names, size_t *n, char why[XLSX_WHY]);

#endif
