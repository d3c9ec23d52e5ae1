/*
 * export_job: an export that outlives the request that asked for it (C's contract, the page, the API).
 *
 * It is a job of the kind "export" and a row of the table exports beside it that says what to write. The worker
 * writes the file into the storage's folder exports under a name that holds the job's batch id and the number
 * of this take, first with the ending .part; synced and renamed, the job's row says where it is in the
 * transaction that says how much there is. Killed before that, the job starts over under another name, and what
 * was begun goes; killed after it, there is nothing left to do. So no download ever sees half a file.
 *
 * It is written with the rights that whoever asked for it has when it is written. Whom it belongs to sees it,
 * and an admin. A job's processed_rows and total_rows are series here, imported_rows the file's rows,
 * bytes_done its bytes.
 *
 * Disadvantage: an export is not one state of the ledger: an import may come in between two series of it.
 */
#ifndef WL_APP_EXPORT_JOB_H
#define WL_APP_EXPORT_JOB_H

#include "app/job_run.h"

#define EXPORT_METERS_MAX 500

struct export_job {
	int64_t id;
	struct str job_id; /* UUID */
	struct str status; /* as of any job */
	struct str shape, format;
	struct str meters; /* "3,7"; null */
	struct str smart_meter_id;
	int64_t property_id; /* 0: none was chosen */
	struct str property_name;
	struct str range_from, range_to; /* days, the last included, or instants; null: open */
	struct str filename;
	struct str file_path; /* empty until it is whole; hidden */
	int64_t record_count, reading_count, skipped_series, file_size_bytes;
	int64_t series_done, series_all;
	int64_t created_at, started_at, completed_at, updated_at;
	bool cancel_requested;
	struct str error_code, error_message; /* null unless it failed */
	struct str user_email;
	int64_t schedule_id; /* that asked for it; 0: somebody did */
	int64_t user_id;     /* hidden, as is by_system */
	bool by_system;
};
extern const struct rec_desc export_job_desc;
/* "SMART_METER_NOT_FOUND", "CANCELLED", "EXPORT_FAILED"; null: it did not fail. */
struct str export_job_error(const struct export_job *x);

struct export_wanted {
	struct str shape, format; /* empty: long, csv */
	int64_t property_id;
	const int64_t *meter; /* that one may see; none: all */
	size_t meters;
	struct str smart_meter_id; /* instead: an identifier that need not be there yet */
	struct str from, to;       /* days or instants; empty: open */
	struct str filename;       /* empty: one that says what it is */
	int64_t schedule_id;       /* 0: a person asks */
};
/* Counts an export of the actor's hour. ERR_RATE. */
enum err export_allow(struct ctx *c);
/* For the worker. ERR_INVALID, ERR_NOT_FOUND: what is wanted; ERR_RATE. */
enum err export_queue(struct ctx *c, const struct export_wanted *w, struct export_job *out);
/* The same inside the caller's transaction, and not counted. */
enum err export_queue_in(struct ctx *c, const struct export_wanted *w, struct job *out);
/* At once (the command line). What it failed with is the fault. */
enum err export_here(struct ctx *c, const struct export_wanted *w, const volatile int *stop,
                     struct export_job *out);

/* Newest first; one's own, of an admin all. */
enum err export_list(struct ctx *c, int64_t limit, int64_t offset, struct export_job **out, size_t *n,
                     int64_t *total);
enum err export_get(struct ctx *c, struct str job_id, struct export_job *out); /* ERR_NOT_FOUND */
bool export_active(const struct export_job *x);
/* Its file, open for reading. ERR_NOT_FOUND: it is not there (yet, or any more). */
enum err export_open(struct ctx *c, const struct export_job *x, int *fd, int64_t *size);
/* One that has ended goes, with its file; one under way is cancelled (*gone is false then). */
enum err export_remove(struct ctx *c, struct str job_id, bool *gone);

/* Those that ended before an instant go; of a schedule's, those that have a file go by export_trim. */
enum err export_clean(struct ctx *c, int64_t before_at, int64_t *removed);
/* Of each schedule the oldest files go that it does not keep. */
enum err export_trim(struct ctx *c, int64_t *removed);

enum err export_job_run(struct ctx *c, struct job_run *run);

#endif
