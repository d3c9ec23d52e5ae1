/* merge_rows: the parts of a merge (merge.c), table by table. Each counts what it does in m->out. */
#ifndef WL_APP_BACKUP_MERGE_ROWS_H
#define WL_APP_BACKUP_MERGE_ROWS_H

#include "app/backup/merge_map.h"

/* A table by its rule (merge_rows.c). */
enum err merge_table(struct merge *m, const struct backup_table *t);
/* The row's values as they would be here; false: it refers to what cannot be put here. */
bool merge_values(const struct merge *m, const struct backup_table *t, struct db_cur *cur,
                  struct db_val val[BACKUP_COLUMNS_MAX]);
/* Its number; the table has it. */
size_t merge_column(const struct backup_table *t, const char *name);
__attribute__((format(printf, 2, 3))) void merge_note(struct merge *m, const char *format, ...);

enum err merge_settings(struct merge *m, const struct backup_table *t); /* merge_own.c */
enum err merge_drafts(struct merge *m, const struct backup_table *t);
enum err merge_days(struct merge *m); /* days and day_layers; merge_days.c */
enum err merge_ranges(struct merge *m);

#endif
