/*
 * people_csv: a CSV for people and their spreadsheets, with the decimal mark and the delimiter that they have
 * set.
 *
 * For tables that nobody imports again. The shapes of exports (exports.def) and the CSV of charging sessions
 * are read by programs and never look at these settings (DECISIONS 18).
 */
#ifndef WL_APP_PEOPLE_CSV_H
#define WL_APP_PEOPLE_CSV_H

#include "app/ctx.h"
#include "base/buf.h"
#include "codec/csv.h"

struct people_csv {
	struct buf *b;
	struct csv_dialect dialect;
	char mark;     /* between units and tenths */
	bool in_a_row; /* a cell of this row was written */
};

/* As the actor has set it. */
void people_csv_begin(struct ctx *c, struct people_csv *p, struct buf *b);
void people_csv_text(struct people_csv *p, struct str text); /* guarded against being taken for a formula */
void people_csv_int(struct people_csv *p, int64_t n);
void people_csv_dec(struct people_csv *p, int64_t micro); /* REC_NONE: an empty cell */
void people_csv_end_row(struct people_csv *p);

#endif
