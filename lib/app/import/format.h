/*
 * format: what a form of file (a row of imports.def) must be able to do, and what it works with.
 *
 * Reading a file has two halves. `match` looks at a header line that layout.c has taken apart and says whether
 * the file is of its form, and where its columns are. `row` then turns one record after the other into days of
 * readings for the batch, or into an error that names the column; a row that fails adds nothing (rows are all
 * or nothing).
 */
#ifndef WL_APP_IMPORT_FORMAT_H
#define WL_APP_IMPORT_FORMAT_H

#include "app/import/answers.h"
#include "app/import/run.h"
#include "app/import/session.h"
#include "codec/csv.h"
#include "codec/date.h"

enum column_role {
	COLUMN_METER,
	COLUMN_DATE,    /* a date, or a date with a time of day */
	COLUMN_TIME,    /* a time of day: the file has several rows a day */
	COLUMN_PERIOD,  /* the number of an interval in its day, from 1 */
	COLUMN_MINUTES, /* an interval's length */
	COLUMN_VALUE,
	COLUMN_UNIT,
	COLUMN_CHANNEL,
	COLUMN_QUALITY, /* a word or letter for the whole row */
	COLUMN_FLAGS,   /* a letter for each interval, together in one cell */
	COLUMN_TOTAL,   /* of the row's day: a checksum */
	COLUMN_ROLES
};

#define INTERVALS_MAX 312 /* 26 hours of 5 minutes: there are zones that go back two hours */
#define EXTRAS_MAX    4

/* What is known of a file before it is looked at. */
struct layout_ask {
	struct str type;  /* auto, or a format's name */
	bool meter_given; /* an option names the meter: the file need not */
	int32_t today;    /* where the file is read; 0: not known */
	struct answers answers;
};
/* Readings of a register, or consumption? */
enum cumulative {
	CUMULATIVE_NO,
	CUMULATIVE_PERHAPS, /* it looks like readings of a register, but was taken for consumption */
	CUMULATIVE_SHOWN,   /* the values show it, the names do not say it */
	CUMULATIVE_YES,
};
#define REGISTERS_MAX 8

/* A column of readings, and what its name says of them. */
struct value_column {
	int at;
	const struct unit *unit; /* NULL: it names none */
	const char *channel;     /* NULL: it names none */
};
#define VALUES_MAX 4

/* Beside the energy of an interval. */
enum quantity { QUANTITY_POWER, QUANTITY_VOLTAGE, QUANTITY_CURRENT, QUANTITIES };

struct column_facts;

struct layout {
	const struct layout_ask *ask;
	enum answer_id missing; /* an answer names a column that this line has not; else ANSWERS */
	const struct import_format *format;
	const struct source *source; /* for its sentences; NULL: a text in memory */
	struct csv_dialect dialect;
	const char *zone;       /* of the file's times, where its form says so; else NULL */
	bool records_at_header; /* the line that told the form is a record itself */
	const char *row_kind; /* of a file of several kinds of records: the first cell of its rows; else NULL */
	struct str header;    /* the header line as it came; empty: the file has none */
	struct str *name;     /* its cells, trimmed */
	struct str *squeezed; /* the same, lower case, [a-z0-9] only, without what stands in brackets */
	struct str *hint;     /* what stands in brackets, squeezed: a unit */
	size_t columns;
	int at[COLUMN_ROLES]; /* column of each role, or -1 */
	struct str meter;     /* that the header or a line above it names, where the rows do not; else empty */
	/* of a wide file; intervals 0: none */
	int intervals, interval_minutes;
	int interval_at[INTERVALS_MAX],
	        flag_at[INTERVALS_MAX]; /* columns, in the order of the day; flag_at -1: none */
	int second_at;                  /* where a second set of intervals begins, which is not read; or -1 */
	int rejects_at; /* in a file of rejected rows (job_errors_csv): where our own columns begin; else -1 */
	int extras, extra_at[EXTRAS_MAX]; /* columns of the hour that the clocks repeat */
	/* the column of readings, or that of the first interval; then, in a file of one reading a row, those of
	 * other channels beside it ("Import kWh", "Export kWh") */
	int values;
	struct value_column value[VALUES_MAX];
	/* of a file of registers */
	int registers, register_at[REGISTERS_MAX];
	int register_label_at; /* a column that tells the registers of a meter apart, or -1 */
	enum cumulative cumulative;
	/* of a file of sites */
	bool sites;
	int site_at[SITE_COLUMNS];
	struct session_layout sessions; /* of a file of charging sessions */
	/* of energy with other quantities beside it */
	bool quantities, begins;     /* begins: its times are those at which intervals begin */
	int quantity_at[QUANTITIES]; /* or -1 */
	/* of a long file */
	bool moments;      /* the date has a time of day */
	bool hours;        /* its times are hours: 0 to 23, or 1 to 24 */
	bool at_end;       /* times are those at which the intervals end */
	bool side_certain; /* the file says or shows so */
	bool newest_first;
	bool midnight_last; /* 00:00 of a day is its end */
	bool utc;           /* the header says that times are UTC */
	struct date_form dates;
	bool order_certain;
	const struct unit *unit; /* answered; else NULL */
	char decimal_mark;       /* '.' or ','; the other one may part thousands */
	bool mark_certain;
	uint64_t header_line;            /* 1-based; 0: no header */
	uint64_t data_offset, data_line; /* where the first record begins */
	/* while the form is looked for: */
	struct str head;            /* of the file */
	uint64_t below, below_line; /* where in it the rows begin */
	const struct column_facts *facts;
};

struct import_format {
	const char *name, *title;
	bool (*match)(struct layout *l);
	void (*row)(struct import_run *r, const struct csv_row *row);
	/* Of forms that have records of several kinds: takes those that are no rows (layout_is_row). Called for
	 * them again, from the file's start, when a later run goes on. */
	void (*context)(struct import_run *r, const struct csv_row *row);
};
/* Whether a record is a row of the import, or context of its form. */
/* The file is of Australia's market: a stack of records told apart by their first cell, in market time. */
void layout_set_records(struct layout *l, const char *row_kind);
bool layout_is_row(const struct layout *l, const struct csv_row *row);
extern const struct import_format import_formats[];
extern const size_t import_formats_count;

/* Understands the head of a file (up to 64 KiB from its start). `ask` must live as long as the layout.
 * ERR_INVALID: the fault says what was looked for and what is there; `out` holds the line that came nearest to
 * a header. All in the arena. */
enum err layout_detect(struct arena *a, struct str head, const struct layout_ask *ask, struct layout *out,
                       struct fault *f);
/* The same of an opened file; `s` must live as long as the layout. */
enum err layout_of(struct ctx *c, const struct source *s, const struct layout_ask *ask, struct layout *out);
bool layout_is_timed(const struct layout *l);  /* one reading a row, with a time of day */
enum answer_id role_answer(int role);          /* that names the role's column; ANSWERS: none does */
bool layout_has_meter(const struct layout *l); /* a column of it, or the option */
#define LAYOUT_HEAD SOURCE_HEAD                /* bytes of a file's head that are looked at */

/* No cell holds anything but blanks. */
bool row_is_blank(const struct csv_row *row);
/* A line that is no record: a footer, a grand total, the header once more. */
bool layout_footer(struct arena *a, const struct layout *l, const struct csv_row *row);

/* ---- words.c: how the file is read, for people ---- */

struct layout_sentence {
	struct str text;
	enum answer_id about[4]; /* the answers that would correct it */
	int answers;
};
#define SENTENCES_MAX 24
/* Returns how many there are. In the arena. */
size_t layout_sentences(struct arena *a, const struct layout *l, struct layout_sentence out[SENTENCES_MAX]);
/* The same as JSON {"read_as":[...]}. */
struct str layout_summary(struct arena *a, const struct layout *l);

/* What the layout is, in the words of answers.def: for the controls that correct it. */
struct answers layout_answers(struct arena *a, const struct layout *l);
/* What a column was taken for: "Meter", "Interval 3", "Flag 3"; "" for one that is not used. */
const char *layout_column_title(struct arena *a, const struct layout *l, int column);

/* What nothing in the file decides: the usual answer was taken. */
struct layout_doubt {
	enum answer_id about;
	int column; /* or -1 */
	const char *code, *text;
};
#define DOUBTS_MAX 8
size_t layout_doubts(const struct layout *l, struct layout_doubt out[DOUBTS_MAX]);

/* The row's time of day; false: that is none. */
bool layout_time(const struct layout *l, const struct csv_row *row, int32_t *seconds);
/* Column of a role in this row; empty if the file has none. Trimmed. */
struct str layout_cell(const struct layout *l, const struct csv_row *row, enum column_role role);

/* ---- for `row` functions (cells.c): each returns false when it has rejected the row ---- */

bool cell_meter(struct import_run *r, const struct csv_row *row, struct str *identifier);
bool cell_day(struct import_run *r, const struct csv_row *row, int32_t *day);
/* A reading, exactly scaled to the unit's base. *present false: the cell says that there is none. */
bool cell_value(struct import_run *r, const struct csv_row *row, size_t column, const struct unit *u,
                int64_t *value, bool *present);
/* Of the k-th column of readings. */
bool cell_unit(struct import_run *r, const struct csv_row *row, int k, const struct unit **u,
               struct str *channel);
/* All readings of a row, or none. */
struct row_value {
	const struct unit *unit;
	struct str channel;
	int64_t value;
	bool present;
};
bool row_values(struct import_run *r, const struct csv_row *row, struct row_value out[VALUES_MAX], bool *any);
/* A, E, S, U, or '-' for a cell that states none; a word that is not known is U, never A. */
char quality_of(struct str cell);
/* ---- interval.c, for registers too ---- */

/* What a row of a long file says of its interval: a clock reading of a zone, or an instant. */
struct reading {
	struct import_meter *meter;
	struct import_series *series;
	int64_t minutes; /* 0: of a register */
	struct date_moment moment;
	int period; /* 0: it has none */
};
/* The row's moment, as it is written; then its instant, once meter and series are known. False: rejected. */
bool reading_moment(struct import_run *r, const struct csv_row *row, struct reading *g);
bool reading_instant(struct import_run *r, const struct reading *g, int64_t *at);

/* ---- register.c ---- */

/* Whether a value can be a register's. False: rejected. */
bool register_fits(struct import_run *r, int column, int64_t value);

/* The layout's value column, or the first of its intervals; -1: none. */
int layout_value_column(const struct layout *l);

#endif
