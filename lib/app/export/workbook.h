/*
 * workbook: an export as a workbook: the lines of a shape, which are CSV, become the rows of a sheet. So each
 * shape is written once, and a workbook says exactly what the CSV says: numbers as numbers, instants as dates
 * in UTC (which the title says), days as dates, the rest as text,
 * which in a workbook needs no guard against being a formula.
 */
#ifndef WL_APP_EXPORT_WORKBOOK_H
#define WL_APP_EXPORT_WORKBOOK_H

#include "base/str.h"
#include "codec/xlsx_write.h"

struct workbook;

/* As xlsx_out_open. Own it: export_book_close. (libxlsxwriter has a workbook_close of its own.) */
struct workbook *export_book_open(int fd, const char *tmpdir, char why[XLSX_OUT_WHY]);
/* Whole lines, the titles first. False: more rows than a sheet can have. */
bool export_book_put(struct workbook *w, struct str lines);
bool export_book_close(struct workbook *w, bool keep, char why[XLSX_OUT_WHY]);

#endif
