/* diff: what another database has in the place of this one's rows, table by table. */
#ifndef WL_APP_BACKUP_DIFF_H
#define WL_APP_BACKUP_DIFF_H

#include "app/backup/stage.h"
#include "app/backup/tables.h"

/* Of each table of a backup: rows that only `to` has, that it has otherwise, that it has the same, and that
 * only `from` has. */
enum err diff_all(struct ctx *c, struct db *from, struct db *to, struct backup_report *out);
/* A report of all tables, without any row yet; the place of one in it. */
void diff_begin(struct ctx *c, struct backup_report *out);
struct backup_change *diff_of(struct backup_report *r, const char *table);

/* Whether two rows have the same in a column. */
bool diff_same(struct db_cur *a, struct db_cur *b, const struct backup_column *k, int col);

#endif
