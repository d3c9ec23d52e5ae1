/*
 * job: work that outlives a request. One table, one worker, one rule.
 *
 * The rule: a worker holds flock on run/slot-N.lock (the file is never unlinked) for liveness, and a lease on
 * the job with a fencing token; every transaction of the work begins with a guarded UPDATE of the job (status,
 * lease token) that must change one row, and carries progress + readings + rejects together. So a killed
 * worker's job is exactly as far as its counters say, and the next tick goes on there.
 *
 * States: queued > processing > completed | failed | cancelled. A cancel of a queued job is immediate; of a
 * processing one it is a request that the worker meets at its next commit. Retry puts a failed or cancelled job
 * back to queued, where it stopped.
 */
#ifndef WL_APP_JOB_H
#define WL_APP_JOB_H

#include "app/ctx.h"
#include "base/rec.h"

struct job {
	int64_t id; /* an import's place among the others: one that was looked at gets a new one when it is
	               imported; the batch id stays */
	struct str batch_id;    /* UUID */
	struct str kind;        /* "import", "undo", "export": a row of tasks.def */
	struct str filename;    /* as the user named it */
	struct str file_path;   /* relative to storage ("uploads/ID.csv") or absolute for a command-line import;
	                           hidden */
	struct str import_type; /* auto, hh, daily; what was asked until the file has been read, then what it
	                           is; of an undo: undo, redo */
	struct str status;
	bool dry_run;
	/* rows of the file (DECISIONS 7): processed = imported + unchanged + failed */
	int64_t total_rows, processed_rows, imported_rows, unchanged_rows, failed_rows;
	/* intervals */
	int64_t intervals_new, intervals_identical, intervals_changed,
	        intervals_kept; /* kept: an actual that an estimate did not replace, or excluded */
	int64_t meters_new;     /* made by this job, under the default property */
	int64_t meters_known;   /* that were there before */
	/* cells that hold no reading, a negative one, one that meters send for "no reading", one that is too
	 * large */
	int64_t values_blank, values_negative, values_sentinel, values_out_of_range;
	int64_t bytes_total, bytes_done;
	int64_t queued_at, started_at, completed_at, progress_at; /* progress_at: last commit */
	int64_t attempts;
	bool cancel_requested;
	struct str error_message; /* null unless failed */
	struct str summary; /* JSON: {"read_as":["sentence", ...]}; null until the file has been looked at */
	int64_t user_id;
	struct str user_name, user_email; /* null: the system */
	/* import options */
	struct str on_conflict; /* replace, keep, actual-wins */
	int64_t property_id;
	struct str meter;     /* of a file that names none; null: the file names its meters */
	struct str car;       /* of charging sessions that name none: a car's name or number; null */
	struct str time_zone; /* null: by precedence (DECISIONS 6) */
	struct str answers;   /* JSON (import/answers.h), null: none; hidden */
	struct str preset;    /* the preset's name that they came from; null */
	bool strict;          /* what the file leaves open is refused */
	int64_t follows_id;   /* the import whose rejected rows this file mends; 0; hidden */
	struct str follows;   /* its batch id; null */
	struct str
	        origin; /* of a file that nobody uploaded: "inbox", "inbox/PRESET", "schedule 3"; else null */
	int64_t target_id;  /* of an undo: the import that it is about; hidden */
	int64_t undone_at;  /* of an import: its readings do not count; 0: they do */
	int64_t cleaned_at; /* of an import: it can be neither undone nor redone any more */
	/* where a later run goes on; hidden */
	int64_t resume_offset, resume_line;
	int64_t lease_token; /* fencing; grows with every take; hidden */
};
extern const struct rec_desc job_desc;

struct job_filter {
	struct str status; /* empty: all */
	struct str kind;   /* empty: imports and their undos */
	int64_t limit, offset;
	bool rows_only; /* just what a table shows: batch, kind, file, type, status, dry run, counts, bytes,
	                   queued_at, user, origin */
};
/* Newest first. *total counts all that match. Who may see: an admin all, others their own. */
enum err job_list(struct ctx *c, const struct job_filter *f, struct job **out, size_t *n, int64_t *total);
enum err job_get(struct ctx *c, struct str batch_id, struct job *out); /* ERR_NOT_FOUND */
bool job_of_backups(const struct job *j); /* kinds backup and restore: with SCOPE_ADMIN alone */
bool job_status_known(struct str status);
bool job_active(const struct job *j);    /* queued or processing */
bool job_file_kept(const struct job *j); /* the uploaded file is still in the storage folder */
/* 0 .. 1000: tenths of a per cent, by rows where the total is known, else by bytes; 1000 when completed. */
int job_progress(const struct job *j);
/* Rows a second since it started, and seconds left at that rate (-1: unknown). */
void job_pace(const struct job *j, int64_t now, double *rows_per_second, int64_t *seconds_left);
enum err job_cancel(struct ctx *c, struct str batch_id); /* ERR_CONFLICT: it has ended already */
enum err job_retry(struct ctx *c, struct str batch_id);  /* ERR_CONFLICT: not failed or cancelled */

/* One rejected row, or a flaw of the file. */
struct job_error {
	int64_t row; /* physical line on which the record starts, 1 = the file's first line; 0: the file */
	struct str column;  /* the header's name, or "column 7" */
	struct str code;    /* "BAD_NUMBER" */
	struct str message; /* a sentence: what, and how to mend it */
	struct str line;    /* the record's bytes as they came (may not be UTF-8) */
	int64_t times;      /* how often a warning's subject met it; 1 for an error */
};
extern const struct rec_desc job_error_desc;
/* Kept errors in the order of the file; *total counts the kept ones. */
enum err job_errors(struct ctx *c, const struct job *j, int64_t limit, int64_t offset, struct job_error **out,
                    size_t *n, int64_t *total);
/* The warnings (kept at most once a subject), in the order of the file. */
enum err job_warnings(struct ctx *c, const struct job *j, int64_t limit, struct job_error **out, size_t *n);
/* The errors as CSV: the header line of the file and each rejected record's original bytes first, then line,
 * column, code, message. Calls put for each piece; false from put stops it. */
enum err job_errors_csv(struct ctx *c, const struct job *j, bool (*put)(void *arg, struct str piece),
                        void *arg);

/* The same of errors in memory, of a file with this header line. False: put stopped it. */
bool job_errors_csv_of(struct str header, char delimiter, const struct job_error *errors, size_t n,
                       bool (*put)(void *arg, struct str piece), void *arg);

/* Starts the worker beside this program (posix_spawn, own session, nothing inherited). One
 * that finds nothing to do, or enough others at work, ends at once. False: it could not be started; cron will
 * take the job. */
bool job_wake_worker(struct ctx *c);
/* The worker's health for the pages. */
struct job_health {
	bool running;         /* a worker holds its lock now */
	int64_t seen_at;      /* last heartbeat; 0: never */
	int64_t waiting;      /* queued jobs */
	bool late;            /* something waits, and no worker has been seen for worker_late_minutes */
	struct str cron_line; /* what to put into crontab */
};
enum err job_health(struct ctx *c, struct job_health *out);

/* Takes up to `limit` jobs (0: all) and runs them, each to its end. Returns how many were worked on. Used by
 * the worker. `stop` is looked at between batches. */
enum err job_work(struct ctx *c, int64_t limit, const volatile int *stop, int64_t *done);

#endif
