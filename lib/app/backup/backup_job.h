/*
 * backup_job: making, verifying and restoring backups as jobs: kinds "backup" and "restore", with a row of the
 * table backup_jobs beside each that says what to do and what came of it.
 *
 * They are done with the rights that whoever asked has when the worker comes. total_rows and processed_rows of
 * the job are rows gone over; a job says once a second how far it is, and hears then of its cancelling.
 *
 * A passphrase is in the row, sealed and bound to the job, until the job ends; a job that is tried again
 * afterwards asks for another one, rather than make a backup without.
 *
 * Killed anywhere, a create starts over under another name, and what it had begun goes; a restore starts over.
 * One that replaces everything also replaces the row of its own job: the new database gets, in the transaction
 * that takes over, the list of backups and the job as one that has been completed (backup_wish.carry). So a
 * worker that dies right after it leaves nothing to do, and one that lives does not touch its job any more.
 * Leases of the old database end with it: what another worker is doing meanwhile it cannot put into the new
 * one. Disadvantage: other jobs of backups that were waiting are forgotten then.
 */
#ifndef WL_APP_BACKUP_BACKUP_JOB_H
#define WL_APP_BACKUP_BACKUP_JOB_H

#include "app/job_run.h"

struct backup_job {
	int64_t id;
	struct str job_id; /* UUID */
	struct str mode;   /* create, verify, merge, replace */
	struct str status; /* as of any job */
	bool dry_run;
	int64_t backup_id; /* that it made, or reads; 0: not yet, or not any more */
	struct str backup_name;
	struct str only_user; /* e-mail of the one user whose data a create takes; null: everybody's */
	int64_t total_rows, processed_rows;
	int64_t created_at, started_at, completed_at;
	bool cancel_requested;
	struct str error_message;
	struct str user_email; /* null: the system */
	/* hidden */
	int64_t only_user_id, user_id;
	struct str passphrase; /* sealed; empty: it is not kept any more; null: there was none */
	struct str report;     /* JSON; null */
};
extern const struct rec_desc backup_job_desc;
bool backup_job_active(const struct backup_job *j);
/* It changes what there is: it is done by who has confirmed it, once. */
bool backup_job_restores(const struct backup_job *j);

struct backup_wanted {
	const char *mode;
	int64_t backup_id;     /* but for create */
	struct str only_user;  /* create: an e-mail; empty: everybody's */
	struct str passphrase; /* empty: none */
	bool dry;              /* merge, replace */
	bool scheduled;
};
/* For the worker. For admins and the system. ERR_INVALID names the field; ERR_NOT_FOUND: the backup. */
enum err backup_job_queue(struct ctx *c, const struct backup_wanted *w, struct backup_job *out);
/* The same inside the caller's transaction. */
enum err backup_job_queue_in(struct ctx *c, const struct backup_wanted *w, struct backup_job *out);

/* Newest first. */
enum err backup_job_list(struct ctx *c, int64_t limit, int64_t offset, struct backup_job **out, size_t *n,
                         int64_t *total);
enum err backup_job_get(struct ctx *c, struct str job_id, struct backup_job *out); /* ERR_NOT_FOUND */
/* job_cancel and job_retry of these jobs alone. */
enum err backup_job_cancel(struct ctx *c, struct str job_id, struct backup_job *out);
enum err backup_job_retry(struct ctx *c, struct str job_id, struct backup_job *out);
/* Passphrases of jobs that have ended, in whatever way, are forgotten. */
enum err backup_job_forget_passphrases(struct ctx *c);

/* The tasks of both kinds. */
enum err backup_job_run(struct ctx *c, struct job_run *run);

#endif
