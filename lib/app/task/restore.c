/* The worker's side of restoring a backup. */
#include "app/backup/backup_job.h"

job_task_fn task_restore;

enum err task_restore(struct ctx *c, struct job_run *run)
{
	return backup_job_run(c, run);
}
