/*
 * migrate: see migrate.h. The table `migrations` records which files have run; the highest number is the
 * schema's version.
 */
#include "db/migrate.h"

#include "base/buf.h"
#include "db/driver.h"

SQL2(migrate_exists, "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'migrations'",
     "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'migrations'");
SQL(migrate_latest, "SELECT COALESCE(MAX(number), 0) FROM migrations");
SQL(migrate_record, "INSERT INTO migrations (number, name) VALUES (?, ?)");

int migrate_latest(void)
{
	int latest = 0;
	for (size_t i = 0; i < migrations_count; i++)
		if (migrations[i].number > latest)
			latest = migrations[i].number;
	return latest;
}

enum err migrate_version(struct db *db, int *version)
{
	int64_t n = 0;
	*version = 0;
	enum err e = db_one_int(db, &sql_migrate_exists, DB_NOARGS, &n);
	if (e || !n)
		return e;
	e = db_one_int(db, &sql_migrate_latest, DB_NOARGS, &n);
	*version = (int)n;
	return e;
}

/* The file's text with {{ID}} and {{ROWLESS}} in the driver's words. */
static void spell(struct buf *b, const struct db_driver *d, const char *sql)
{
	struct str rest = str_of(sql);
	for (;;) {
		ptrdiff_t at = str_search(rest, STR("{{"));
		if (at < 0)
			break;
		buf_add(b, rest.p, (size_t)at);
		rest = str_sub(rest, (size_t)at, rest.n);
		if (str_starts(rest, STR("{{ID}}"))) {
			buf_addz(b, d->word_id);
			rest = str_sub(rest, 6, rest.n);
		} else if (str_starts(rest, STR("{{ROWLESS}}"))) {
			buf_addz(b, d->word_rowless);
			rest = str_sub(rest, 11, rest.n);
		} else {
			buf_add(b, rest.p, 2);
			rest = str_sub(rest, 2, rest.n);
		}
	}
	buf_adds(b, rest);
	buf_addc(b, '\0');
}

static enum err run_one(struct db *db, const struct migration *m)
{
	struct buf text = BUF_INIT(1 << 20);
	spell(&text, db->driver, m->sql);
	enum err e = db->driver->script(db->conn, text.p);
	buf_free(&text);
	if (!e)
		e = db_run(db, &sql_migrate_record, DB_ARGS(db_i(m->number), db_z(m->name)));
	return e;
}

enum err migrate_to(struct db *db, int to, struct fault *f, int *from)
{
	enum err e = db_begin(db);
	if (e)
		return fault_set(f, e, "", "The database is in use: %s.", db_message(db));
	e = migrate_version(db, from);
	if (!e && *from > to) {
		db_rollback(db);
		return fault_set(
		        f, ERR_UNAVAILABLE, "",
		        "The database is of version %d, this program knows %d: install the newer program.",
		        *from, to);
	}
	for (size_t i = 0; i < migrations_count && !e; i++)
		if (migrations[i].number > *from && migrations[i].number <= to)
			e = run_one(db, &migrations[i]);
	if (!e)
		e = db_commit(db);
	if (e) {
		fault_set(f, e, "", "The database could not be brought up to date: %s.",
		          e == ERR_FULL ? "there is no room left on the disk" : db_message(db));
		db_rollback(db);
	}
	return e;
}

enum err migrate_up(struct db *db, struct fault *f, int *from, int *to)
{
	*to = migrate_latest();
	return migrate_to(db, *to, f, from);
}
