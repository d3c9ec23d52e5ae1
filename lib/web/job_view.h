/*
 * job_view: a job as pages show it, in lists, on its own page and on the dashboard.
 */
#ifndef WL_WEB_JOB_VIEW_H
#define WL_WEB_JOB_VIEW_H

#include "app/job.h"
#include "web/request.h"
#include "web/view.h"

/* What a list says of one job, into a section. */
void job_view_row(struct request *r, struct view *v, const struct job *j);
/* That, and what the job's own page says besides. */
void job_view(struct request *r, struct view *v, const struct job *j);
/* A table of jobs: include NAME with part/jobs.tpl. */
void job_view_table(struct request *r, struct view *v, const char *name, const struct job *jobs, size_t n);
/* The cron line, where something waits and no worker comes: section WORKER_LATE. */
void job_view_health(struct request *r, struct view *v, const struct job_health *h);
/* "Queued", "Done, with errors": what a status is called on a page. */
const char *job_view_status(const struct job *j);

#endif
