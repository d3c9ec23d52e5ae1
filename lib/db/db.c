/*
 * db: the driver-neutral half of db.h: it forwards to the connection's driver and adds the small
 * conveniences (one value, one record) that need nothing of a driver's own. The price is one indirect call a
 * step, some 2 ns.
 */
#include "db/db.h"

#include <stdlib.h>

#include "base/panic.h"
#include "db/driver.h"

enum err db_open(const char *path, enum db_role role, struct db **out, struct fault *f)
{
	struct db *db = malloc(sizeof(*db));
	if (!db)
		panic("out of memory");
	db->driver = &db_driver_sqlite;
	enum err e = db->driver->open(path, role, &db->conn, f);
	if (e) {
		free(db);
		return e;
	}
	*out = db;
	return OK;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db->driver->close(db->conn);
	free(db);
}

void db_query(struct db *db, struct db_cur *c, const struct db_sql *q, size_t n, const struct db_val *args)
{
	*c = (struct db_cur){.db = db};
	c->err = db->driver->start(db->conn, q, n, args, &c->stmt);
}

bool db_next(struct db_cur *c)
{
	return !c->err && c->stmt && c->db->driver->next(c->db->conn, c->stmt, &c->err);
}

enum err db_done(struct db_cur *c)
{
	if (c->stmt)
		c->db->driver->finish(c->db->conn, c->stmt);
	c->stmt = NULL;
	return c->err;
}

enum err db_run(struct db *db, const struct db_sql *q, size_t n, const struct db_val *args)
{
	struct db_cur c;
	db_query(db, &c, q, n, args);
	while (db_next(&c))
		;
	return db_done(&c);
}

int64_t db_int(struct db_cur *c, int col)
{
	return c->db->driver->col_int(c->stmt, col);
}

bool db_is_null(struct db_cur *c, int col)
{
	return c->db->driver->col_null(c->stmt, col);
}

struct str db_text(struct db_cur *c, int col)
{
	return c->db->driver->col_text(c->stmt, col);
}

void db_read(struct db_cur *c, struct arena *a, const struct rec_desc *d, void *obj)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct rec_field *f = &d->field[i];
		char *at = (char *)obj + f->offset;
		switch (f->type) {
		case REC_INT:
		case REC_AT:
		case REC_AT_SQL:
		case REC_DEC:
		case REC_DAY:
			*(int64_t *)(void *)at =
			        f->flags & REC_MAYBE && db_is_null(c, (int)i) ? REC_NONE : db_int(c, (int)i);
			break;
		case REC_BOOL:
			*(bool *)(void *)at = db_int(c, (int)i) != 0;
			break;
		case REC_TEXT: {
			struct str s = db_text(c, (int)i);
			*(struct str *)(void *)at = s.p ? arena_str(a, s) : s;
			break;
		}
		}
	}
}

enum err db_one_int(struct db *db, const struct db_sql *q, size_t n, const struct db_val *args, int64_t *out)
{
	struct db_cur c;
	bool found = false;
	db_query(db, &c, q, n, args);
	if (db_next(&c)) {
		*out = db_int(&c, 0);
		found = true;
		while (db_next(&c))
			;
	}
	enum err e = db_done(&c);
	return e ? e : found ? OK : ERR_NOT_FOUND;
}

enum err db_one(struct db *db, const struct db_sql *q, size_t n, const struct db_val *args, struct arena *a,
                const struct rec_desc *d, void *obj)
{
	struct db_cur c;
	bool found = false;
	db_query(db, &c, q, n, args);
	if (db_next(&c)) {
		db_read(&c, a, d, obj);
		found = true;
		while (db_next(&c))
			;
	}
	enum err e = db_done(&c);
	return e ? e : found ? OK : ERR_NOT_FOUND;
}

void *db_all(struct db *db, const struct db_sql *q, size_t n, const struct db_val *args, struct arena *a,
             const struct rec_desc *d, size_t *count, enum err *e)
{
	struct db_cur c;
	size_t room = 0, used = 0;
	char *all = NULL;
	db_query(db, &c, q, n, args);
	while (db_next(&c)) {
		if (used == room)
			all = arena_doubled(a, all, d->size, &room);
		db_read(&c, a, d, all + used++ * d->size);
	}
	*e = db_done(&c);
	*count = *e ? 0 : used;
	return all;
}

int64_t db_changes(struct db *db)
{
	return db->driver->changes(db->conn);
}

enum err db_begin(struct db *db)
{
	return db->driver->begin(db->conn);
}

enum err db_begin_read(struct db *db)
{
	return db->driver->begin_read(db->conn);
}

enum err db_commit(struct db *db)
{
	return db->driver->commit(db->conn);
}

void db_rollback(struct db *db)
{
	db->driver->rollback(db->conn);
}

const char *db_message(struct db *db)
{
	return db->driver->message(db->conn);
}

struct str db_like(struct arena *a, struct str text)
{
	char *p = arena_alloc(a, 2 * text.n + 3);
	size_t n = 0;
	p[n++] = '%';
	for (size_t i = 0; i < text.n; i++) {
		char ch = text.p[i];
		if (ch == '%' || ch == '_' || ch == '!')
			p[n++] = '!';
		p[n++] = ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
	}
	if (text.n)
		p[n++] = '%';
	return (struct str){p, n};
}

enum err db_copy_to(struct db *db, const char *path)
{
	return db->driver->copy_to(db->conn, path);
}

int64_t db_state(struct db *db)
{
	return db->driver->state(db->conn);
}

enum err db_replace_from(struct db *db, const char *path, int64_t state)
{
	return db->driver->replace_from(db->conn, path, state);
}
