/*
 * backup_view: a job of backups as pages show it.
 */
#ifndef WL_WEB_BACKUP_VIEW_H
#define WL_WEB_BACKUP_VIEW_H

#include "app/backup/backup_job.h"
#include "web/request.h"
#include "web/view.h"

/* HREF, WHAT, STATUS, STATUS_LABEL, PERCENT, PROGRESS. */
void backup_view_job(struct request *r, struct view *v, const struct backup_job *k);
/* Its report: section REPORT. */
void backup_view_report(struct request *r, struct view *v, const struct backup_job *k);

#endif
