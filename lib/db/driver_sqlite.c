/*
 * driver_sqlite: SQLite behind db.h; the one home of sqlite3.h.
 *
 * The settings are SAFETY.md's and each was measured: journal TRUNCATE with synchronous FULL lost no
 * acknowledged commit in power-loss replays (DELETE lost 32 %, WAL with NORMAL 93 %), works on network file
 * systems, and stays clear of the WAL-reset bug of SQLite 3.40. Its disadvantage: a writer shuts readers out
 * while it commits, so commits are kept short. Waiting for a lock is our own handler: SQLite's backs off to
 * 100 ms sleeps, ours sleeps 1 to 3 ms at random until the role's time is up.
 *
 * Prepared statements are cached for the life of the connection in an array with a place for every SQL() row.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/panic.h"
#include "base/rand.h"
#include "db/driver.h"

struct conn {
	sqlite3 *db;
	int64_t wait_ms;       /* how long to wait for a lock */
	int64_t wait_since_ms; /* of the wait going on */
	sqlite3_stmt **cache;  /* a place for each SQL() row */
};

static enum err map_error(struct conn *c, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_FULL:
		return ERR_FULL;
	case SQLITE_IOERR: {
		int sys = c->db ? sqlite3_system_errno(c->db) : 0;
		/* SQLite does not keep the errno of every write; one that failed for no known reason found no
		 * room */
		bool full = sys == ENOSPC || sys == EDQUOT || sys == EFBIG ||
		            (sys == 0 && rc == SQLITE_IOERR_WRITE);
		return full ? ERR_FULL : ERR_IO;
	}
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ERR_CORRUPT;
	case SQLITE_CONSTRAINT:
		return ERR_CONFLICT;
	case SQLITE_INTERRUPT:
		return ERR_INTERRUPTED;
	case SQLITE_TOOBIG:
		return ERR_TOO_LARGE;
	case SQLITE_AUTH:
		return ERR_FORBIDDEN;
	}
	return ERR_IO;
}

/* 1 to 3 ms at random, until the connection's time is up. */
static int busy(void *arg, int tries)
{
	struct conn *c = arg;
	int64_t now = clock_ms();
	if (tries == 0)
		c->wait_since_ms = now;
	if (now - c->wait_since_ms >= c->wait_ms)
		return 0;
	struct timespec nap = {0, 1000000 + rand_below(2000000)};
	nanosleep(&nap, NULL);
	return 1;
}

/* The web program reads and writes rows and nothing else, whatever text might reach a statement. */
static int authorize(void *arg, int action, const char *a, const char *b, const char *c, const char *d)
{
	(void)arg, (void)a, (void)b, (void)c, (void)d;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
	case SQLITE_TRANSACTION:
	case SQLITE_FUNCTION:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	}
	return SQLITE_DENY;
}

static void set_limits(sqlite3 *db)
{
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 8 << 20);
	sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 64 << 10);
	sqlite3_limit(db, SQLITE_LIMIT_COLUMN, 100);
	sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 50);
	sqlite3_limit(db, SQLITE_LIMIT_COMPOUND_SELECT, 10);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(db, SQLITE_LIMIT_TRIGGER_DEPTH, 10);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
}

static const char *pragmas(enum db_role role)
{
	switch (role) {
	case DB_WEB:
		return "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
		       "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA cache_size=-2000";
	case DB_WORKER:
	case DB_CREATE:
		return "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
		       "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA cache_size=-8000;"
		       "PRAGMA cache_spill=OFF";
	case DB_BULK:
		return "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
		       "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA cache_size=-8000";
	case DB_STAGE:
		return "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
		       "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA cache_size=-8000";
	case DB_READER:
		return "PRAGMA query_only=ON; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
		       "PRAGMA cache_size=-4000";
	}
	return "";
}

static void conn_close(void *arg)
{
	struct conn *c = arg;
	if (c->cache)
		for (size_t i = 0; i < (size_t)(__stop_wl_sql - __start_wl_sql); i++)
			sqlite3_finalize(c->cache[i]);
	sqlite3_close(c->db);
	free(c->cache);
	free(c);
}

static enum err conn_open(const char *path, enum db_role role, void **out, struct fault *f)
{
	struct stat st;
	const bool makes = role == DB_CREATE || role == DB_STAGE;
	if (!makes && stat(path, &st) < 0 && errno == ENOENT)
		return f ? fault_set(f, ERR_NOT_FOUND, "", "There is no database at %s.", path) : ERR_NOT_FOUND;
	struct conn *c = calloc(1, sizeof(*c));
	if (!c)
		panic("out of memory");
	int flags = SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	flags |= role == DB_READER ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if (makes)
		flags |= SQLITE_OPEN_CREATE;
	int rc = sqlite3_open_v2(path, &c->db, flags, NULL);
	if (rc == SQLITE_OK) {
		c->wait_ms = role == DB_WEB ? 5000 : 30000;
		sqlite3_busy_handler(c->db, busy, c);
		set_limits(c->db);
		rc = sqlite3_exec(c->db, pragmas(role), NULL, NULL, NULL);
	}
	if (rc == SQLITE_OK && role == DB_WEB)
		rc = sqlite3_set_authorizer(c->db, authorize, NULL);
	if (rc != SQLITE_OK) {
		enum err e = map_error(c, rc);
		if (f)
			fault_set(f, e, "", "The database %s cannot be opened: %s.", path,
			          c->db ? sqlite3_errmsg(c->db) : "out of memory");
		conn_close(c);
		return e;
	}
	c->cache = calloc((size_t)(__stop_wl_sql - __start_wl_sql) + 1, sizeof(*c->cache));
	if (!c->cache)
		panic("out of memory");
	*out = c;
	return OK;
}

static int bind(sqlite3_stmt *s, int at, const struct db_val *v)
{
	switch (v->type) {
	case DB_NULL:
		return sqlite3_bind_null(s, at);
	case DB_INT:
		return sqlite3_bind_int64(s, at, v->i);
	case DB_TEXT:
		return sqlite3_bind_text64(s, at, v->s.p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
	case DB_BLOB:
		return sqlite3_bind_blob64(s, at, v->s.p ? v->s.p : "", v->s.n, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

static enum err conn_start(void *arg, const struct db_sql *q, size_t n, const struct db_val *args, void **out)
{
	struct conn *c = arg;
	sqlite3_stmt **place = &c->cache[q - __start_wl_sql];
	int rc = SQLITE_OK;
	if (!*place)
		rc = sqlite3_prepare_v3(c->db, q->text, -1, SQLITE_PREPARE_PERSISTENT, place, NULL);
	if (rc != SQLITE_OK) {
		enum err e = map_error(c, rc);
		/* a mistake in the text is a defect; a locked or broken file is not */
		if ((rc & 0xff) == SQLITE_ERROR)
			panic("statement %s: %s", q->name, sqlite3_errmsg(c->db));
		return e;
	}
	if (sqlite3_stmt_busy(*place))
		panic("statement %s is open already", q->name);
	if ((size_t)sqlite3_bind_parameter_count(*place) != n)
		panic("statement %s takes %d parameters, not %zu", q->name,
		      sqlite3_bind_parameter_count(*place), n);
	for (size_t i = 0; i < n && rc == SQLITE_OK; i++)
		rc = bind(*place, (int)i + 1, &args[i]);
	if (rc != SQLITE_OK)
		return map_error(c, rc);
	*out = *place;
	return OK;
}

static bool conn_next(void *arg, void *stmt, enum err *e)
{
	int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		return true;
	if (rc != SQLITE_DONE)
		*e = map_error(arg, rc);
	return false;
}

static void conn_finish(void *arg, void *stmt)
{
	(void)arg;
	sqlite3_reset(stmt);
	/* bound text belongs to the caller: a cached statement keeps no pointer to it */
	sqlite3_clear_bindings(stmt);
}

static int64_t col_int(void *stmt, int col)
{
	return sqlite3_column_int64(stmt, col);
}

static bool col_null(void *stmt, int col)
{
	return sqlite3_column_type(stmt, col) == SQLITE_NULL;
}

static struct str col_text(void *stmt, int col)
{
	int type = sqlite3_column_type(stmt, col);
	if (type == SQLITE_NULL)
		return (struct str){NULL, 0};
	const void *p = type == SQLITE_BLOB ? sqlite3_column_blob(stmt, col) : sqlite3_column_text(stmt, col);
	size_t n = (size_t)sqlite3_column_bytes(stmt, col);
	return (struct str){p ? p : "", n};
}

static int64_t conn_changes(void *arg)
{
	struct conn *c = arg;
	return sqlite3_changes64(c->db);
}

static enum err exec(struct conn *c, const char *text)
{
	return map_error(c, sqlite3_exec(c->db, text, NULL, NULL, NULL));
}

static enum err conn_begin(void *arg)
{
	return exec(arg, "BEGIN IMMEDIATE");
}

static enum err conn_begin_read(void *arg)
{
	return exec(arg, "BEGIN");
}

static void conn_rollback(void *arg)
{
	struct conn *c = arg;
	if (!sqlite3_get_autocommit(c->db))
		sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
}

static enum err conn_commit(void *arg)
{
	enum err e = exec(arg, "COMMIT");
	if (e)
		conn_rollback(arg);
	return e;
}

static const char *conn_message(void *arg)
{
	struct conn *c = arg;
	return sqlite3_errmsg(c->db);
}

static enum err conn_script(void *arg, const char *text)
{
	return exec(arg, text);
}

/* Goes on with a copy while somebody holds a lock that it needs. */
static int step(struct conn *c, sqlite3_backup *b, int pages)
{
	int64_t until = clock_ms() + c->wait_ms;
	int rc;
	while (((rc = sqlite3_backup_step(b, pages)) == SQLITE_BUSY || rc == SQLITE_LOCKED) &&
	       clock_ms() < until)
		busy(c, 1);
	return rc;
}

/* Of what the connection has read last. */
static int64_t seen_state(struct conn *c)
{
	unsigned version = 0;
	sqlite3_file_control(c->db, "main", SQLITE_FCNTL_DATA_VERSION, &version);
	return version;
}

static int64_t conn_state(void *arg)
{
	exec(arg, "SELECT COUNT(*) FROM sqlite_master");
	return seen_state(arg);
}

static sqlite3 *open_other(struct conn *c, const char *path, int flags, enum err *e)
{
	sqlite3 *other = NULL;
	flags |= SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	*e = map_error(c, sqlite3_open_v2(path, &other, flags, NULL));
	return other;
}

/* All pages in one step: one state, under one lock. */
static enum err conn_copy_to(void *arg, const char *path)
{
	struct conn *c = arg;
	enum err e;
	sqlite3 *to = open_other(c, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &e);
	sqlite3_backup *b = e ? NULL : sqlite3_backup_init(to, "main", c->db, "main");
	if (b) {
		int rc = step(c, b, -1), end = sqlite3_backup_finish(b);
		e = map_error(c, rc == SQLITE_DONE ? end : rc);
	} else if (!e) {
		e = map_error(c, sqlite3_errcode(to));
	}
	sqlite3_close(to);
	return e;
}

/* A step of no page takes the lock: from then on nobody writes, and the state can be looked at. */
static enum err conn_replace_from(void *arg, const char *path, int64_t state)
{
	struct conn *c = arg;
	enum err e;
	sqlite3 *from = open_other(c, path, SQLITE_OPEN_READONLY, &e);
	sqlite3_backup *b = e ? NULL : sqlite3_backup_init(c->db, "main", from, "main");
	if (b) {
		int rc = step(c, b, 0);
		bool same = seen_state(c) == state;
		rc = rc == SQLITE_OK && same ? step(c, b, -1) : rc;
		int end = sqlite3_backup_finish(b);
		e = rc == SQLITE_OK && !same ? ERR_CONFLICT : map_error(c, rc == SQLITE_DONE ? end : rc);
	} else if (!e) {
		e = map_error(c, sqlite3_errcode(c->db));
	}
	sqlite3_close(from);
	return e;
}

const struct db_driver db_driver_sqlite = {
        .name = "sqlite",
        .word_id = "INTEGER PRIMARY KEY AUTOINCREMENT",
        .word_rowless = "WITHOUT ROWID",
        .open = conn_open,
        .close = conn_close,
        .start = conn_start,
        .next = conn_next,
        .finish = conn_finish,
        .col_int = col_int,
        .col_null = col_null,
        .col_text = col_text,
        .changes = conn_changes,
        .begin = conn_begin,
        .begin_read = conn_begin_read,
        .commit = conn_commit,
        .rollback = conn_rollback,
        .message = conn_message,
        .copy_to = conn_copy_to,
        .state = conn_state,
        .replace_from = conn_replace_from,
        .script = conn_script,
};
