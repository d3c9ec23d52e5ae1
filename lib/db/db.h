/*
 * db: a small, driver-neutral door to SQL.
 *
 * Every statement has a name and a home: SQL(name, "text") at the top of the app module that owns the data.
 * db_run and db_query take nothing else, so a built string does not compile. The rows land in one linker
 * section, which gives each statement a number (the prepared-statement cache is an array) and lets a test walk
 * them all and prepare them on every database. The text is the common language of SQLite 3.40 and PostgreSQL
 * 15 with `?` parameters; SQL2 gives a second text where they must differ. Learned from kcaldav's db.c and Core
 * Lightning's db/common.h.
 *
 * Settings of a connection are SAFETY.md's: journal TRUNCATE, synchronous FULL, BEGIN IMMEDIATE, an own busy
 * handler. A connection never crosses a fork.
 */
#ifndef WL_DB_DB_H
#define WL_DB_DB_H

#include "base/arena.h"
#include "base/err.h"
#include "base/rec.h"
#include "base/str.h"

struct db_sql {
	const char *name;  /* "job_insert" */
	const char *text;  /* SQLite's, and PostgreSQL's unless pgsql says otherwise */
	const char *pgsql; /* NULL: the same text with $n for the n-th ? */
} __attribute__((aligned(8)));

#define SQL2(id, sqlite_text, pgsql_text)   \
	static const struct db_sql sql_##id \
	        __attribute__((used, section("wl_sql"), aligned(8))) = {#id, sqlite_text, pgsql_text}
#define SQL(id, sql_text) SQL2(id, sql_text, NULL)

/* All statements of the program. */
extern const struct db_sql __start_wl_sql[], __stop_wl_sql[];

/* A parameter. Text and blobs are read during the call only. */
struct db_val {
	enum { DB_NULL, DB_INT, DB_TEXT, DB_BLOB } type;
	int64_t i;
	struct str s;
};
static inline struct db_val db_i(int64_t v)
{
	return (struct db_val){DB_INT, v, {0}};
}
static inline struct db_val db_t(struct str s)
{
	return (struct db_val){s.p ? DB_TEXT : DB_NULL, 0, s};
}
static inline struct db_val db_z(const char *z)
{
	return db_t(str_of(z));
}
static inline struct db_val db_b(struct str s)
{
	return (struct db_val){DB_BLOB, 0, s};
}
static inline struct db_val db_null(void)
{
	return (struct db_val){DB_NULL, 0, {0}};
}
/* 0 means null: instants and optional ids. */
static inline struct db_val db_i0(int64_t v)
{
	return v ? db_i(v) : db_null();
}

/* REC_NONE means null: numbers whose 0 is one (base/rec.h). */
static inline struct db_val db_im(int64_t v)
{
	return v != REC_NONE ? db_i(v) : db_null();
}

/* Empty means null: texts that need not be there. */
static inline struct db_val db_t0(struct str s)
{
	return s.n ? db_t(s) : db_null();
}

#define DB_ARGS(...)                                                                            \
	sizeof((struct db_val[]){__VA_ARGS__}) / sizeof(struct db_val), (const struct db_val[]) \
	{                                                                                       \
		__VA_ARGS__                                                                     \
	}
#define DB_NOARGS 0, NULL

struct db;

enum db_role {
	DB_WEB,    /* read and write; an authorizer refuses DDL, ATTACH and PRAGMA; waits 5 s for a lock */
	DB_WORKER, /* waits 30 s; cache_spill off */
	DB_READER, /* read only: a command-line dry run, exports */
	DB_CREATE, /* as DB_WORKER, and makes the file if it is missing: init and migrate */
	DB_BULK,   /* as DB_WORKER, for transactions of any size: what does not fit the cache is written in the
	              middle of one, and from then on readers wait for its end */
	DB_STAGE, /* as DB_BULK, and makes the file: one that is thrown away if anything fails, so nothing waits
	             for the disk */
};

/* ERR_NOT_FOUND: no such file; ERR_CORRUPT, ERR_FULL, ERR_IO. `f` may be NULL. Own it: db_close. */
enum err db_open(const char *path, enum db_role role, struct db **out, struct fault *f);
void db_close(struct db *db);

/* A cursor over the rows of one statement. One statement can be open once at a time a connection. */
struct db_cur {
	struct db *db;
	void *stmt;
	enum err err; /* OK while rows come and after the last */
};

/* Runs a statement that returns no row, or whose rows nobody wants. */
enum err db_run(struct db *db, const struct db_sql *q, size_t n, const struct db_val *args);
/* Opens a cursor. Always followed by db_done, which returns the error, if any. */
void db_query(struct db *db, struct db_cur *c, const struct db_sql *q, size_t n, const struct db_val *args);
bool db_next(struct db_cur *c);
enum err db_done(struct db_cur *c);
int64_t db_int(struct db_cur *c, int col);
bool db_is_null(struct db_cur *c, int col);
struct str db_text(struct db_cur *c, int col); /* good until the next db_next/db_done; p == NULL is null */
/* The current row into a struct; text is copied into the arena. Columns are the descriptor's fields, in order.
 */
void db_read(struct db_cur *c, struct arena *a, const struct rec_desc *d, void *obj);

/* One row, one integer: for COUNT(*), ids from RETURNING. ERR_NOT_FOUND: no row. */
enum err db_one_int(struct db *db, const struct db_sql *q, size_t n, const struct db_val *args, int64_t *out);
/* One row into a struct. ERR_NOT_FOUND: no row. */
enum err db_one(struct db *db, const struct db_sql *q, size_t n, const struct db_val *args, struct arena *a,
                const struct rec_desc *d, void *obj);

/* All rows as one array in the arena, of records that `d` describes; the statement itself bounds how many. On
 * an error, which `e` says, there are none. */
void *db_all(struct db *db, const struct db_sql *q, size_t n, const struct db_val *args, struct arena *a,
             const struct rec_desc *d, size_t *count, enum err *e);

/* For LIKE ... ESCAPE '!': "%text%" in lower case (of ASCII), with LIKE's own characters taken as they are;
 * "%", which everything is like, for an empty text. */
struct str db_like(struct arena *a, struct str text);

int64_t db_changes(struct db *db); /* rows changed by the last db_run */

/* Write transactions are immediate: the lock is taken at once or ERR_BUSY says so. They do not nest. */
enum err db_begin(struct db *db);
/* What follows reads one state, with one lock for all of it. A write in between may fail with ERR_BUSY at once:
 * it must be one that can be left out. Ends with db_commit. */
enum err db_begin_read(struct db *db);
enum err db_commit(struct db *db); /* a commit that fails is rolled back */
void db_rollback(struct db *db);
/* A consistent copy into a new file, beside live writers, who wait as long as it takes. */
enum err db_copy_to(struct db *db, const char *path);
/* A number that is another one when anything has been written since. */
int64_t db_state(struct db *db);
/* All content becomes that of the database at `path`, in one transaction: after a crash it is the old or the
 * new. No cursor may be open. ERR_CONFLICT: the state is not `state` any more. */
enum err db_replace_from(struct db *db, const char *path, int64_t state);
/* Words of the driver for the last failure, for the log. */
const char *db_message(struct db *db);

#endif
