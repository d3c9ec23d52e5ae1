/* The worker's side of an export. */
#include "app/export_job.h"

job_task_fn task_export;

enum err task_export(struct ctx *c, struct job_run *run)
{
	return export_job_run(c, run);
}
