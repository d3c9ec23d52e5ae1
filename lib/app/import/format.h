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

#include "app/import/run.h"
#include "codec/csv.h"
#include "codec/date.h"

enum column_role {
	COLUMN_METER,
	COLUMN_DATE,
	COLUMN_TIME,    /* a time of day, or a period's number: the file has several rows a day */
	COLUMN_START,   /* instant at which an interval begins */
	COLUMN_MINUTES, /* an interval's length */
	COLUMN_VALUE,
	COLUMN_UNIT,
	COLUMN_CHANNEL,
	COLUMN_QUALITY, /* a word or letter for the whole row */
	COLUMN_FLAGS,   /* a letter for each interval */
	COLUMN_ROLES
};

struct layout {
	const struct import_format *format;
	struct csv_dialect dialect;
	struct str header;    /* the header line as it came */
	struct str *name;     /* its cells, trimmed */
	struct str *squeezed; /* the same, lower case, [a-z0-9] only, without what stands in brackets */
	struct str *hint;     /* what stands in brackets, squeezed: a unit */
	size_t columns;
	int at[COLUMN_ROLES];                            /* column of each role, or -1 */
	int first_interval, intervals, interval_minutes; /* of a wide file; intervals 0: none */
	enum date_order order;
	bool order_certain;
	char decimal_mark;
	uint64_t header_line;            /* 1-based */
	uint64_t data_offset, data_line; /* where the first record begins */
};

struct import_format {
	const char *name, *title;
	bool (*match)(struct layout *l);
	void (*row)(struct import_run *r, const struct csv_row *row);
};
extern const struct import_format import_formats[];
extern const size_t import_formats_count;

/* Understands the head of a file (up to 64 KiB from its start). `type`: auto, or a format's name. ERR_INVALID:
 * the fault says what was looked for and what is there. All in the arena. */
enum err layout_detect(struct arena *a, struct str head, struct str type, struct layout *out, struct fault *f);
/* How the file is read, as sentences, into JSON {"read_as":[...]}. */
struct str layout_summary(struct arena *a, const struct layout *l);

/* Column of a role in this row; empty if the file has none. Trimmed. */
struct str layout_cell(const struct layout *l, const struct csv_row *row, enum column_role role);

/* ---- for `row` functions (cells.c): each returns false when it has rejected the row ---- */

bool cell_meter(struct import_run *r, const struct csv_row *row, struct str *identifier);
bool cell_day(struct import_run *r, const struct csv_row *row, int32_t *day);
/* A reading, exactly scaled to the unit's base. *present false: the cell says that there is none. */
bool cell_value(struct import_run *r, const struct csv_row *row, size_t column, const struct unit *u,
                int64_t *value, bool *present);
bool cell_unit(struct import_run *r, const struct csv_row *row, const struct unit **u, struct str *channel);
/* A, E, S, U, or '-' for a cell that states none. */
char quality_of(struct str cell);

#endif
