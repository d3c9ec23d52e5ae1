/* merge: an archive beside what there is (merge.c says how). */
#ifndef WL_APP_BACKUP_MERGE_H
#define WL_APP_BACKUP_MERGE_H

#include "app/backup/stage.h"

/* In one transaction of c's database; of a dry run nothing stays. ERR_CONFLICT: it cannot be put beside what
 * there is, and why. */
enum err merge(struct ctx *c, const struct backup_wish *w, const struct stage *s, struct db *staged,
               struct backup_report *out);

#endif
