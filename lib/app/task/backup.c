/* The worker's side of making and verifying a backup. */
#include "app/backup/backup_job.h"

job_task_fn task_backup;

enum err task_backup(struct ctx *c, struct job_run *run)
{
	return backup_job_run(c, run);
}
