/*
 * import: the service that the upload page, the API, the command line and the worker call.
 */
#ifndef WL_APP_IMPORT_H
#define WL_APP_IMPORT_H

#include "app/import/answers.h"
#include "app/job.h"

struct import_options {
	struct str filename; /* as the user named it */
	struct str type;     /* auto, or a name of imports.def: hh, daily */
	bool dry_run;
	struct str on_conflict; /* empty: actual-wins */
	int64_t property_id;    /* 0: the default property */
	struct str meter; /* of a file without a meter column: an identifier, or a known meter's number; else
	                     empty */
	struct str car;   /* of charging sessions that name none: a car's name or number; else empty */
	struct str time_zone;   /* empty: by precedence */
	struct answers answers; /* what a person says about how to read the file */
	struct str preset; /* its name; "none"; empty: the one that fits the file's header, if there is one */
	struct str fixes;  /* batch id of the import whose rejected rows the file mends; else empty */
	bool strict;       /* what the file leaves open is refused */
	bool preview; /* import_queue: a dry run that is looked at first; a file that cannot be read yet is kept
	               */
	void (*progress)(void *arg, const struct job *j); /* of an import at once: after each piece; or NULL */
	void *progress_arg;
};
bool import_type_known(struct str type); /* auto too */
bool import_conflict_known(struct str word);
/* Whether an import may have these options at all; the other functions ask too. */
enum err import_check(struct ctx *c, const struct import_options *o);

/* What a job was made with: to be corrected in part. */
enum err import_options_of(struct ctx *c, struct str batch_id, struct import_options *out);
/* For a stored file whose job is a dry run: the same batch from its beginning with these options, and, if they
 * say so, for good. A preset that the job has not been read by says what they leave open. ERR_CONFLICT: it has
 * been imported already, or its file is not kept. */
enum err import_again(struct ctx *c, struct str batch_id, const struct import_options *o, struct job *out);

/* A dry run that shall never be an import: it is cancelled and its file removed. ERR_CONFLICT as above. */
enum err import_discard(struct ctx *c, struct str batch_id);

struct import_run;
struct job_run;
/* The job that import_here would make of an open file. */
enum err import_job_here(struct ctx *c, const struct import_options *o, int fd, struct job *out);
/* Fills a run from its job's options. ERR_INVALID: one of them cannot be. */
enum err import_prepare(struct ctx *c, struct job_run *run, struct import_run *r);

/* What an import at once (the command line) has to say. */
struct import_report {
	struct job job; /* batch_id null after a dry run */
	struct job_error *errors, *warnings;
	size_t errors_count, warnings_count;
	int64_t errors_kept; /* of all that failed */
	struct str header;   /* the file's header line, and its delimiter; 0: it was not read so far */
	char delimiter;
};
/* Imports an open, seekable file at once. `path`: for the record, absolute or "-". A dry run writes nothing at
 * all: a database opened for reading is enough. On failure the report holds what was done until then. */
enum err import_here(struct ctx *c, const struct import_options *o, int fd, struct str path,
                     const volatile int *stop, struct import_report *out);

/* The job that a stored file would be queued as: its options are settled and its head is looked at.
 * ERR_INVALID: an option, or what cannot be read as a meter file (field "file" or "type"). */
enum err import_admit(struct ctx *c, const struct import_options *o, int fd, struct str rest,
                      struct job *wanted);
/* Makes the queued job for a finished upload (path relative to storage). Editors and admins. The head of the
 * file is looked at first: what cannot be read as a meter file is refused (ERR_INVALID, field "file" or "type")
 * and the stored file is removed, so that nothing is left behind. */
enum err import_queue(struct ctx *c, const struct import_options *o, struct str rest, struct job *out);

#endif
