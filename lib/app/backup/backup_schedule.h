/*
 * backup_schedule: a backup at the times of the setting backup_cron, by the installation's clock.
 *
 * Nothing is stored of the schedule itself: it is due when one of its times has passed since it was set, or
 * since the last backup that it asked for, whichever is later. One immediate transaction looks and asks, so two
 * workers never ask twice, and however many times were missed, it is one backup. While one is under way, none
 * is asked for.
 */
#ifndef WL_APP_BACKUP_BACKUP_SCHEDULE_H
#define WL_APP_BACKUP_BACKUP_SCHEDULE_H

#include "app/ctx.h"

/* For the worker: asks for a backup if one is due. */
enum err backup_schedule_run_due(struct ctx *c);
/* After a scheduled backup: those that are not kept go, and the one that was verified longest ago is verified
 * again. What fails is done after the next one. */
void backup_schedule_tidy(struct ctx *c);

/* For the page; 0: it is off, or never comes. */
int64_t backup_schedule_next(struct ctx *c);

#endif
