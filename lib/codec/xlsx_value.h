/*
 * xlsx_value: what a stored number is to a person, by its number format. Of xlsx.c and xlsx_book.c only.
 */
#ifndef WL_CODEC_XLSX_VALUE_H
#define WL_CODEC_XLSX_VALUE_H

#include "base/str.h"

enum xlsx_kind {
	XLSX_NUMBER, /* and everything that is not one of the others */
	XLSX_DATE,
	XLSX_DATETIME,
	XLSX_TIME,
	XLSX_ELAPSED, /* [h]:mm, may pass 24 hours */
};

#define XLSX_VALUE_TEXT 40 /* room for any value, with a NUL */

/* By a format's code ("dd/mm/yyyy;@"), and by the number of one that every spreadsheet knows. */
enum xlsx_kind xlsx_kind_of_code(struct str code);
enum xlsx_kind xlsx_kind_of_id(unsigned id);

/* The text of the stored number `v`; its length, or 0 if `v` is not a number. */
size_t xlsx_value_text(struct str v, enum xlsx_kind kind, bool from_1904, char out[XLSX_VALUE_TEXT]);

/* Decodes _x000D_ and the like in place; the new length. */
size_t xlsx_unescape(char *p, size_t n);

#endif
