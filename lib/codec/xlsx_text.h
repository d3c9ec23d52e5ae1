/*
 * xlsx_text: a sheet of a workbook as the text of a CSV file.
 *
 * For whoever finds out the meaning of a file from its text, and reads its records again from a place in it:
 * the sheet is the same bytes on every reading. One row is one line, blank and left-out rows too, so that a
 * line's number is the row's; line ends inside a cell become blanks; cells are split by commas, and text that
 * looks like a formula has the guard in front (csv.h).
 */
#ifndef WL_CODEC_XLSX_TEXT_H
#define WL_CODEC_XLSX_TEXT_H

#include "codec/xlsx.h"

struct xlsx_text;

/* As xlsx_open. Own it: xlsx_text_close. */
struct xlsx_text *xlsx_text_open(int fd, struct str sheet, char why[XLSX_WHY]);
void xlsx_text_close(struct xlsx_text *t); /* NULL is fine */
/* A csv_read_fn with the struct xlsx_text as `text`. -1: errno is EBADMSG, and xlsx_why(xlsx_text_rows(t)) says
 * why. */
ssize_t xlsx_text_read(void *text, char *p, size_t n);
const struct xlsx_reader *xlsx_text_rows(const struct xlsx_text *t);

#endif
