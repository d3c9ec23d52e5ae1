/*
 * detect: the parts of layout.c's work: names.c (what a column may be, from its name), facts.c (what its cells
 * are), intervals.c (the columns that count half hours), roles.c (what each column is), named.c (the meter of
 * a file without a column of it), votes.c (what the rows decide).
 */
#ifndef WL_APP_IMPORT_DETECT_H
#define WL_APP_IMPORT_DETECT_H

#include "app/import/format.h"
#include "base/decimal.h"

/* ---- names.c ---- */

/* Lower case, [a-z0-9] only; what stands in brackets goes to *hint. */
struct str name_squeeze(struct arena *a, struct str cell, struct str *hint);
/* Where a name stands among those of a role, the less the better; -1: nowhere. */
int name_place(enum column_role role, struct str squeezed);
int name_listed(const char *names, struct str squeezed); /* where in " one two three "; -1: nowhere */
bool name_weak_meter(struct str squeezed);
bool name_certain_flag(struct str squeezed);
/* Whether a time of that name is the one at which its interval begins or ends. */
enum name_side { NAME_NO_SIDE, NAME_START, NAME_END };
enum name_side name_side(struct str squeezed, struct str hint);
bool name_energy(struct str squeezed); /* "Total Consumption", "kWh used" */
/* "Import kWh", "Active Export": the channel of the readings in a column of that name. NULL: it names none. */
const char *name_channel(struct str squeezed);
bool name_says_utc(struct str squeezed, struct str hint);
const char *squeezed_channel(struct str squeezed);
const char *word_channel(struct arena *a, struct str cell); /* NULL: not the name of one */
char word_quality(struct str cell);                         /* 0: not one we know */

/* ---- named.c ---- */

/* The identifier that a column's name is, or ends with; empty: none. */
struct str name_as_meter(struct str name, struct str squeezed);
/* The one meter that the lines above the header name; empty: none. In the arena. */
struct str meter_above(struct arena *a, struct str head, const struct layout *l);

/* ---- nem12.c ---- */

/* AEMO's quality method as ours; 0: there is no reading. */
char nem_quality(struct str method);

/* ---- facts.c ---- */

/* What the cells of a column are, over the rows that were looked at. A cell may be several things. */
struct column_facts {
	unsigned filled;
	unsigned numbers, integers, dates, moments /* with a time of day */, times, mpans, qualities, channels,
	        serials;
	unsigned bare_dates,
	        bare_times; /* more of them, if the column's name says so: any number could be one */
	int64_t highest;    /* of the integers */
	bool first_number;  /* the first filled cell is a number */
};

/* Adds a row's cells. `mark`: the decimal mark. */
void facts_add(struct column_facts *f, size_t columns, const struct csv_row *row, struct arena *scratch);
/* At least that share (in per cent) of the filled cells; `empty` is the answer where there is none. */
bool facts_mostly(unsigned count, const struct column_facts *f, unsigned percent, bool empty);
bool mpan_right(struct str digits13);
bool digits_only(struct str s);
struct str id_unwrap(struct str s);

/* ---- cells.c ---- */

/* "", "-", "N/A": the cell says that there is nothing. */
bool cell_means_missing(struct str s);
/* A number in the file's notation, perhaps with thousands marks. */
enum dec_result number_read(struct str s, char mark, int64_t *out);

/* ---- roles.c ---- */

/* Finds the column of each role: l->at, value, moments, utc; l->missing where an answer names a column that is
 * not there. */
void choose_roles(struct arena *a, struct layout *l, const struct column_facts *facts, bool any_rows);

/* ---- votes.c ---- */

/* Records of a file's head, from a place on. Own it: csv_close(h->in). */
struct head_rows {
	struct str rest;
	struct csv_reader *in;
};
void rows_open(struct head_rows *h, struct str head, struct csv_dialect d, uint64_t offset, uint64_t line);
bool rows_next(struct head_rows *h, struct csv_row *row); /* the next that is not blank */

/* The order of dates and the decimal mark. */
void vote_values(struct str head, struct layout *l);
/* Labels of a long file: their step, whether they stand at the start or the end of their intervals, what 00:00
 * means. whole: the head is all of the file. */
void vote_labels(struct arena *a, struct str head, bool whole, struct layout *l);
/* How many periods a day has. */
void vote_periods(struct str head, struct layout *l);

/* ---- intervals.c ---- */

/* Finds the interval columns of a header and the columns of their flags: l->interval_at, flag_at, intervals,
 * interval_minutes, extra_at. */
void intervals_find(struct arena *a, struct layout *l, const struct column_facts *facts);
/* The same without names: at least 46 columns of numbers side by side. */
void intervals_by_place(struct layout *l, const struct column_facts *facts);

#endif
