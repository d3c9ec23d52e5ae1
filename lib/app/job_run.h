/*
 * job_run: the worker's side of job.h, for the tasks (app/task) alone.
 *
 * A task gets a run and calls job_commit for each piece of its work: inside one transaction it writes what it
 * has, and job_commit puts the job's counters and its place beside it, guarded by the lease, and ends the
 * transaction.
 */
#ifndef WL_APP_JOB_RUN_H
#define WL_APP_JOB_RUN_H

#include "app/job.h"

struct job_run {
	struct job job;           /* counters and resume_* are the task's to move; the rest is read only */
	const volatile int *stop; /* set by a signal: end after this piece */
	int slot;                 /* of the worker's lock */
	bool cancelled;           /* found at the last commit */
	void (*progress)(void *arg, const struct job *j); /* after each piece; NULL: nobody watches */
	void *progress_arg;
};

/* One kind of work. OK: done, the job is completed. ERR_INTERRUPTED: go on later. ERR_CONFLICT: the lease is
 * lost or the job was cancelled. A code that err_info calls `again`: the job waits and is tried again. Else it
 * has failed, with ctx->fault as the reason. */
typedef enum err job_task_fn(struct ctx *c, struct job_run *run);

/* Puts a job back to its beginning: counters, errors and warnings are as if it had never run. A run without a
 * job has nothing to put back. */
enum err job_rewind(struct ctx *c, struct job_run *run);

/* Writes the job's progress inside the open transaction and commits. ERR_CONFLICT (rolled back): somebody else
 * has the job, or it was cancelled (run->cancelled). After any failure the struct's counters are ahead of the
 * database: the run must end. */
enum err job_commit(struct ctx *c, struct job_run *run);
/* The file's header line and what was understood of it: once, with the first piece. In the caller's
 * transaction. */
enum err job_describe(struct ctx *c, const struct job_run *run, struct str header_line, char delimiter,
                      struct str summary);
/* Keeps an error or a warning, in the caller's transaction. The same (severity, code,
 * subject) is kept once, with how many times it came. */
enum err job_note(struct ctx *c, const struct job_run *run, const char *severity, const struct job_error *e,
                  struct str subject);

/* A job that the caller runs itself, at once, without the queue (the command line): made as processing under a
 * slot. */
enum err job_start_here(struct ctx *c, const struct job *wanted, struct job_run *run, int *lock_fd);
/* Ends it (completed, failed, cancelled, or back to waiting) according to the task's result. */
enum err job_end(struct ctx *c, struct job_run *run, enum err result);

/* Puts a dry run back into the queue, from its beginning, with the options of `wanted`. Whoever works on it
 * loses it. If it is for good now, it gets a new number: it is the latest of all imports. ERR_CONFLICT: it is
 * no dry run (any more), or its file is not kept. */
enum err job_queue_again(struct ctx *c, const struct job *now, const struct job *wanted);
/* Gives a queued import that has stored nothing yet a new number, in the caller's transaction. Imports are laid
 * over each other in the order of their numbers: one that was looked at yesterday, or failed then, and is
 * imported today goes on top of what came in between, which is what its counts say. */
enum err job_to_the_top(struct ctx *c, const struct job *now);
/* A dry run lets go of its file, and whoever works on it loses it. ERR_CONFLICT as above. */
enum err job_discard(struct ctx *c, int64_t id);

/* Inserts a queued job. */
enum err job_queue(struct ctx *c, const struct job *wanted, struct job *out);
/* Inserts one in any status; `slot` counts with "processing". */
enum err job_add(struct ctx *c, const struct job *wanted, const char *status, int64_t slot, struct job *out);

/* The worker program beside this one; and whether a worker holds its lock. */
const char *job_worker_path(struct ctx *c);
bool job_worker_running(struct ctx *c);

#endif
