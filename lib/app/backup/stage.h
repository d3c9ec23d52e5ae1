/*
 * stage: an archive as a database of its own, in backups/ beside the live one, built and proved before anything
 * is changed.
 */
#ifndef WL_APP_BACKUP_STAGE_H
#define WL_APP_BACKUP_STAGE_H

#include "app/backup/steps.h"

/* A sentence for the report (restore.c); beyond BACKUP_NOTES_MAX it is dropped. */
void backup_note(struct ctx *c, struct backup_report *r, const char *sentence);

struct stage {
	const char *path; /* of the database; of the schema of today */
	struct backup backup;
	struct backup_steps steps; /* in rows that were gone over */
};
/* live: c's database while w->watch is told. Whatever it returns, stage_drop follows. Errors: backup_check's;
 * ERR_INVALID: the content does not hold together. */
enum err stage_build(struct ctx *c, const struct backup_wish *w, struct db *live, struct stage *out);
void stage_drop(struct ctx *c, const struct stage *s);

#endif
