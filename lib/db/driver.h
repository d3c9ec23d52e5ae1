/*
 * driver: what a database must be able to do. db.c speaks to this table alone; a second database is one more
 * file that fills it (driver_pgsql.c, when it comes) and no statement is touched.
 */
#ifndef WL_DB_DRIVER_H
#define WL_DB_DRIVER_H

#include "db/db.h"

struct db_driver {
	const char *name;
	const char *word_id;      /* what {{ID}} stands for in a migration */
	const char *word_rowless; /* what {{ROWLESS}} stands for */

	enum err (*open)(const char *path, enum db_role role, void **conn, struct fault *f);
	void (*close)(void *conn);

	/* Prepares (or takes from the cache), binds; the first row comes with next. */
	enum err (*start)(void *conn, const struct db_sql *q, size_t n, const struct db_val *args, void **stmt);
	/* True: a row. False: the end, or *e says why not. */
	bool (*next)(void *conn, void *stmt, enum err *e);
	void (*finish)(void *conn, void *stmt);
	int64_t (*col_int)(void *stmt, int col);
	bool (*col_null)(void *stmt, int col);
	struct str (*col_text)(void *stmt, int col);

	int64_t (*changes)(void *conn);
	enum err (*begin)(void *conn);
	enum err (*begin_read)(void *conn);
	enum err (*commit)(void *conn);
	void (*rollback)(void *conn);
	const char *(*message)(void *conn);
	/* A consistent copy into a new file beside live writers; and the whole content replaced by that of a
	 * file, in one transaction. */
	enum err (*copy_to)(void *conn, const char *path);
	int64_t (*state)(void *conn);
	enum err (*replace_from)(void *conn, const char *path, int64_t state);
	/* Several statements at once: migrations only. */
	enum err (*script)(void *conn, const char *text);
};

struct db {
	const struct db_driver *driver;
	void *conn;
};

extern const struct db_driver db_driver_sqlite;

#endif
