/*
 * backup_carry: what of this installation goes along into a database that takes its place (backup_job.h): the
 * list of backups, and the job that does it.
 *
 * People are found again by their e-mail addresses, because a number may be somebody else's there.
 */
#ifndef WL_APP_BACKUP_BACKUP_CARRY_H
#define WL_APP_BACKUP_BACKUP_CARRY_H

#include "app/backup/backup.h"
#include "app/job_run.h"

struct backup_carry {
	const struct job_run *run; /* NULL: the command line does it, and there is no job */
	struct str mode;
	int64_t backup_id; /* that is restored */
	const struct backup_report *report;
	const char *kept; /* the name of the archive of what there was */
	int64_t kept_id;  /* its number on the list, once it is carried */
};
/* For backup_wish.carry: arg is a backup_carry. A merge keeps its report. Replacing, from there on the actor
 * has the number that they have in the new database: 0 where they are not in it. */
enum err backup_carry(void *arg, struct ctx *c, struct db *from);

/* For backup_wish.kept: the archive of what there was is on the list as one that has been verified. */
enum err backup_carry_kept(void *arg, struct ctx *c, const struct backup *b);

/* What a restore did, as JSON, for the job's row. kept NULL: nothing was put away before. */
struct str backup_job_report(struct ctx *c, const struct backup_report *r, const char *kept);

#endif
