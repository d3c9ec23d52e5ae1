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

/* What the number in a column is of: a table whose rows have one. */
enum backup_target {
	BACKUP_OF_NOTHING,
	BACKUP_OF_users,
	BACKUP_OF_tokens,
	BACKUP_OF_properties,
	BACKUP_OF_jobs,
	BACKUP_OF_meters,
	BACKUP_OF_meter_identifiers,
	BACKUP_OF_meter_events,
	BACKUP_OF_series,
	BACKUP_OF_job_errors,
	BACKUP_OF_export_schedules,
	BACKUP_OF_presets,
	BACKUP_OF_schedules,
	BACKUP_OF_cars,
	BACKUP_OF_charging_tariffs,
	BACKUP_OF_charging_sessions,
	BACKUP_TARGETS
};

struct backup_column {
	const char *name;
	enum backup_kind kind;
	enum backup_target to;
};

#define BACKUP_ROW_MAX (256u << 10) /* bytes of a line: a draft's fields, each quote in them doubled */

#define BACKUP_COLUMNS_MAX 64
struct backup_table {
	const char *name;          /* users: its entry is users.csv */
	int since, until;          /* versions of the schema that have it like this; 0: so far */
	const char *order;         /* its key: the first columns */
	enum backup_target number; /* NOTHING: its rows have none; then one, update and highest are NULL */
	/* the parameters of insert and the columns of all and one are `column`; of update, these and the number
	 * of a row; highest: the highest number; count: of the rows of `all` */
	const struct db_sql *all, *count, *insert, *one, *update, *highest;
	const struct backup_column *column;
	size_t n;
};
extern const struct backup_table backup_tables[];
extern const size_t backup_tables_count;
/* The first, or the one after `t`, of this version of the schema; NULL: there is none. */
const struct backup_table *backup_table_next(const struct backup_table *t, int64_t version);
size_t backup_tables_of(int64_t version); /* how many */

/* The header line; a row of the cursor as a line. ERR_CORRUPT: its readings are damaged. */
void backup_put_header(const struct backup_table *t, struct buf *b);
enum err backup_put_row(const struct backup_table *t, struct db_cur *cur, struct buf *b);
/* A line's cells as what is inserted; texts live in the arena. False: `wrong` is the number of a cell that
 * cannot be. */
bool backup_take_row(const struct backup_table *t, const struct csv_row *row, struct arena *a,
                     struct db_val out[BACKUP_COLUMNS_MAX], size_t *wrong);

#endif
