/* tables: the tables of a backup (tables.def) and their rows as lines of CSV. */
#ifndef WL_APP_BACKUP_TABLES_H
#define WL_APP_BACKUP_TABLES_H

#include "app/ctx.h"
#include "base/buf.h"
#include "codec/csv.h"
#include "db/db.h"

enum backup_kind {
	BACKUP_INT,
	BACKUP_DEC,
	BACKUP_AT,
	BACKUP_DAY,
	BACKUP_TEXT,
	BACKUP_MAYBE,
	BACKUP_BLOB,
	BACKUP_READINGS,
};

struct backup_column {
	const char *name;
	enum backup_kind kind;
};

#define BACKUP_ROW_MAX (256u << 10) /* bytes of a line: a draft's fields, each quote in them doubled */

#define BACKUP_COLUMNS_MAX 64
struct backup_table {
	const char *name; /* users: its entry is users.csv */
	const struct db_sql *all, *insert;
	const struct backup_column *column;
	size_t n;
};
extern const struct backup_table backup_tables[];
extern const size_t backup_tables_count;

/* The header line; a row of the cursor as a line. ERR_CORRUPT: its readings are damaged. */
void backup_put_header(const struct backup_table *t, struct buf *b);
enum err backup_put_row(const struct backup_table *t, struct db_cur *cur, struct buf *b);
/* A line's cells as what is inserted; texts live in the arena. False: `wrong` is the number of a cell that
 * cannot be. */
bool backup_take_row(const struct backup_table *t, const struct csv_row *row, struct arena *a,
                     struct db_val out[BACKUP_COLUMNS_MAX], size_t *wrong);

#endif
