/*
 * run: an import under way.
 *
 * The engine reads up to a batch of records and parses them before it takes the database's lock; then one
 * transaction puts the batch's days into the ledger together with the job's counters, its errors and the place
 * in the file. Memory is the batch's, whatever the file's size.
 */
#ifndef WL_APP_IMPORT_RUN_H
#define WL_APP_IMPORT_RUN_H

#include "app/charging/charge.h"
#include "app/import/source.h"
#include "app/job_run.h"
#include "app/register.h"
#include "app/series.h"
#include "app/site.h"
#include "base/tz.h"
#include "codec/csv.h"

struct layout;

#define BATCH_DAYS        5000   /* meter days a commit; in a wide file that is as many records */
#define BATCH_DAYS_SHARED 2000   /* while web requests are about */
#define BATCH_READINGS    240000 /* records a commit where one is a single reading */

/* A unit of a file: what it is kept as, and the exact factor to it. */
struct unit {
	const char *name;    /* squeezed: "wh" */
	const char *title;   /* "Wh" */
	const char *kept;    /* "kWh" */
	const char *channel; /* the channel it means without a hint: "import", "power", "volume" */
	int64_t num, den;
};
const struct unit *unit_find(struct str name); /* NULL: not one we know */
/* That a column's name states: "Reading (Wh)", "MWh", "Consumption kWh", "kWh_1". NULL: none. */
const struct unit *unit_named(struct str name, struct str squeezed, struct str hint);
extern const struct unit *const unit_kwh;

/* A series that the run has met. */
struct import_series {
	struct str channel;
	const char *unit;
	int64_t minutes, id; /* id 0: not made yet */
	struct import_series *next;
	int64_t last_at; /* the last instant that the file stated, 0: none yet: tells the repeated hour apart */
	bool stated, widened; /* the days that this run stated lie between these two (batch.c) */
	int32_t first_day, last_day;
	struct import_series *next_widened;
};

/* A meter that the run has met. */
struct import_meter {
	struct str identifier;
	int64_t id; /* 0: not made yet */
	const struct tz *tz;
	int file_minutes; /* of its intervals in a file that states it nowhere; 0: not found out yet */
	struct import_series *series;
	bool counted;              /* run_count_meter */
	struct import_meter *next; /* in its hash bucket */
	struct tz_day local;       /* the day asked for last */
};

/* One record of the batch. */
struct import_row {
	uint64_t line;
	bool failed, written;
};

/* One day of one series, as the batch states it. */
struct import_day {
	struct import_meter *meter;
	struct import_series *series;
	int32_t day;
	int n;
	int64_t *value;
	char *quality;
	uint32_t *rows; /* for each interval the record that states it */
	struct str packed;
	struct import_day *next;   /* in its hash bucket */
	struct import_day *behind; /* in the batch */
};

/* One reading of a register, as the batch states it. */
struct import_reading {
	struct import_meter *meter;
	struct import_series *series;
	struct register_reading stated;
	uint32_t row; /* the record that states it, and its line */
	uint64_t line;
	enum series_outcome outcome;
	struct import_reading *next; /* in the order of the file */
	struct import_reading *same; /* in its hash bucket */
};

/* One property, as the batch states it. */
struct import_site {
	struct str name;
	struct site stated;
	uint32_t row;
	struct import_site *next;
};

/* One charging session, as the batch states it. */
struct import_session {
	struct import_car *car;
	struct charge_edit stated;
	uint32_t row; /* the record that states it, and its line */
	uint64_t line;
	struct import_session *next;
};

struct import_note {
	const char *severity; /* "error", "warning" */
	struct job_error e;
	struct str subject;
	struct import_note *next;
};

/* Hashes of the identifiers that were counted. */
struct import_seen {
	uint64_t *hash;
	size_t room, count;
};

/* What a cell of the record before was taken for: in a long file the next one mostly says the same. */
struct import_memo {
	bool known;
	size_t cell_n, text_n;
	char cell[64], text[64];
};

#define METER_BUCKETS 1024
#define DAY_BUCKETS   4096

struct import_run {
	struct ctx *c;
	struct job_run *run;
	struct layout_ask *ask; /* options: what is known of the file beforehand */
	struct source *source;
	const struct layout *layout;
	bool dry, strict, described;
	enum series_policy policy;
	int64_t errors_kept;
	struct str meter;    /* option: the identifier for a file that names no meter; else empty */
	int64_t property_id; /* option, 0: the default property */
	int64_t as_user;     /* whose properties it may write to; 0: an admin's import, or the system's: all */
	const struct tz *tz; /* of new meters */
	const struct tz *file_tz; /* of the file's times, where the option or the header says so; NULL: each
	                             meter's own */

	struct arena *keep; /* meters and series, until there are too many */
	struct import_meter *meters[METER_BUCKETS], *last_meter;
	size_t meters_count;
	struct import_seen seen;
	struct tz_day file_day; /* of file_tz, asked for last */
	struct import_memo meter_memo, channel_memo;

	struct str above;    /* the record that a row needs above it to be read again; kept by the form */
	void *form;          /* what the file's form remembers between its records */
	struct csv_row held; /* read, but of the next batch */
	bool holds;
	const struct csv_row *record; /* being read; NULL while the batch is committed */
	struct arena *batch;          /* everything below */
	struct import_row *row;
	uint32_t rows, rows_max;
	struct import_day *day, **days_end, *last_day; /* in the order in which they came */
	uint32_t days, days_max;
	struct import_day **day_bucket;
	struct import_reading *readings, **readings_end, **reading_bucket; /* of registers */
	uint32_t readings_count;
	struct import_site *sites, **sites_end;
	struct import_session *sessions, **sessions_end;
	struct import_note *notes, **notes_end, *rejected; /* rejected: the last row that was */

	/* of a run without a job (a command-line dry run) */
	struct import_note *kept, **kept_end;
};

/* ---- meters.c ---- */

/* The meter of that identifier, from memory or the database; new ones have id 0 until the batch is committed.
 * NULL: r's context has the fault, or the row was rejected (ambiguous). */
struct import_meter *run_meter(struct import_run *r, struct str identifier);
struct import_series *run_series(struct import_run *r, struct import_meter *m, struct str channel,
                                 int64_t minutes, const char *unit);
/* Makes what has no id yet. In the batch's transaction. */
enum err run_make(struct import_run *r, struct import_meter *m, struct import_series *s);
int run_day_length(struct import_meter *m, int32_t day, int64_t minutes); /* intervals of a local day */
/* A day of the file's own zone, where it has one, else of the meter's. */
const struct tz_day *run_file_day(struct import_run *r, struct import_meter *m, int32_t day);
void run_forget_meters(struct import_run *r);
/* Counts a meter that the file has readings of, once a run: known or new. Before run_make. */
void run_count_meter(struct import_run *r, struct import_meter *m);
/* Of a run that goes on where another stopped: the meters that have been counted. */
enum err run_meters_before(struct import_run *r);

/* ---- batch.c ---- */

/* It is full with so many records, or when one more day than so many has begun. */
void batch_begin(struct import_run *r, uint32_t rows_max, uint32_t days_max);
bool batch_full(const struct import_run *r);
/* A day of the batch, of n intervals: the one that is there already, or a new one that states nothing yet. */
struct import_day *batch_day(struct import_run *r, struct import_meter *m, struct import_series *s, int32_t day,
                             int n);
/* The record being read states interval i. Stated twice in one batch the later one counts, as it would in the
 * ledger. */
void batch_state(struct import_run *r, struct import_day *d, int i, int64_t value, char quality);
/* The same for the interval that begins at an instant. False: none begins there in the meter's days. */
bool batch_state_at(struct import_run *r, struct import_meter *m, struct import_series *s, int64_t at,
                    int64_t value, char quality);
/* Another quality for an interval that the batch states; 0: it is no reading after all. */
void batch_requalify(struct import_run *r, struct import_meter *m, struct import_series *s, int64_t at,
                     char quality);
enum err batch_commit(struct import_run *r);
/* For those who write a batch's parts: makes the meter and the series, or, dry, counts them; counts what became
 * of a statement and whether its row wrote something; notes that the batch states a day of a series. */
enum err batch_make(struct import_run *r, struct import_meter *m, struct import_series *s);
void batch_count(struct import_run *r, enum series_outcome outcome, uint32_t row);
void batch_widen(struct import_series *s, int32_t day, struct import_series **widened);
void batch_warn_twice(struct import_run *r);

/* ---- readings.c ---- */

/* The record being read states what a register shows at an instant. */
void batch_reading(struct import_run *r, struct import_meter *m, struct import_series *s, int64_t at,
                   int64_t value, char quality);
/* Writes the batch's readings, in its transaction. */
enum err readings_put(struct import_run *r, struct import_series **widened);

/* ---- sites.c ---- */

/* The same for the batch's properties. */
enum err sites_put(struct import_run *r);

/* ---- sessions_put.c ---- */

/* The same for the batch's charging sessions. */
enum err sessions_put(struct import_run *r);

/* ---- notes ---- */

/* Rejects the record being read. `column`: its 0-based number, or -1. */
__attribute__((format(printf, 4, 5))) void run_reject(struct import_run *r, int column, const char *code,
                                                      const char *fmt, ...);
/* The record being read belongs to the row before it: if that was rejected, the two stay together. */
void run_reject_with(struct import_run *r);
/* Says something once a subject (text). */
__attribute__((format(printf, 5, 6))) void run_warn(struct import_run *r, int column, const char *code,
                                                    struct str subject, const char *fmt, ...);

/* ---- engine.c ---- */

/* Understands r->source, which the caller has opened, and reads its first rows one by one, each in a batch of
 * its own that is thrown away, until `each` says false. Writes nothing. *l is good after a failure too: the
 * nearest to a header. */
enum err import_sample(struct import_run *r, struct layout *l,
                       bool (*each)(void *arg, struct import_run *r, const struct csv_row *row), void *arg);

/* Imports an open file from the job's place on. r->c, run, dry, options are set by the caller; the rest is its
 * own. Results are job_task_fn's. */
enum err import_execute(struct import_run *r, int fd, const volatile int *stop);

#endif
