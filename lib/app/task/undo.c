/* The worker's side of an undo or redo. */
#include "app/undo.h"

job_task_fn task_undo;

enum err task_undo(struct ctx *c, struct job_run *run)
{
	return undo_run(c, run);
}
