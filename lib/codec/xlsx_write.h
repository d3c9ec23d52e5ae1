/*
 * xlsx_write: a workbook of one sheet, written row by row in constant memory.
 *
 * Cells are given in the order of rows and columns; a row that is written is in a temporary file, not in
 * memory. Numbers come as decimal texts and are numbers in the workbook; those with more digits than a
 * spreadsheet keeps (15) are text, so that nothing is lost. Instants and days are real dates, in UTC and as
 * they are. Text is always text, never a formula.
 */
#ifndef WL_CODEC_XLSX_WRITE_H
#define WL_CODEC_XLSX_WRITE_H

#include "base/str.h"

#define XLSX_OUT_ROWS_MAX 1048576 /* that a sheet can have */
#define XLSX_OUT_WHY      200

struct xlsx_out;

/* `fd`: a file open for reading and writing; tmpdir: a folder for what it needs meanwhile (about ten times the
 * workbook's size). NULL: `why`. Own it: xlsx_out_close. */
struct xlsx_out *xlsx_out_open(int fd, const char *tmpdir, const char *sheet, char why[XLSX_OUT_WHY]);
/* The cells of row 0 that are titles: bold, and the row stays in sight. wide: characters of the column. */
void xlsx_out_title(struct xlsx_out *x, uint32_t col, struct str text, int wide);
void xlsx_out_text(struct xlsx_out *x, uint32_t row, uint32_t col, struct str text);
void xlsx_out_number(struct xlsx_out *x, uint32_t row, uint32_t col, struct str decimal);
void xlsx_out_at(struct xlsx_out *x, uint32_t row, uint32_t col, int64_t at);
void xlsx_out_day(struct xlsx_out *x, uint32_t row, uint32_t col, int32_t day);
/* Writes it and reads it back. False: it is not whole, and why; `keep` false: it is given up. */
bool xlsx_out_close(struct xlsx_out *x, bool keep, char why[XLSX_OUT_WHY]);

#endif
