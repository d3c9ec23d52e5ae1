/*
 * diff: see diff.h. Both databases give a table's rows in the order of its key, so the two lists are gone
 * through side by side, and only two rows are in memory at a time.
 */
#include "app/backup/diff.h"

#include <string.h>

#include "db/migrate.h"

static bool is_number(enum backup_kind k)
{
	return k == BACKUP_INT || k == BACKUP_DEC || k == BACKUP_AT || k == BACKUP_DAY;
}

/* < 0, 0, > 0; null comes first. */
static int compare(struct db_cur *a, struct db_cur *b, const struct backup_column *k, int col)
{
	bool no_a = db_is_null(a, col), no_b = db_is_null(b, col);
	if (no_a || no_b)
		return (int)no_b - (int)no_a;
	if (is_number(k->kind)) {
		int64_t x = db_int(a, col), y = db_int(b, col);
		return (x > y) - (x < y);
	}
	struct str x = db_text(a, col), y = db_text(b, col);
	int order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);
	return order ? order : (x.n > y.n) - (x.n < y.n);
}

bool diff_same(struct db_cur *a, struct db_cur *b, const struct backup_column *k, int col)
{
	return compare(a, b, k, col) == 0;
}

static size_t key_columns(const struct backup_table *t)
{
	size_t n = 1;
	for (const char *p = t->order; *p; p++)
		n += *p == ',';
	return n;
}

/* Of two rows, either of which may be none any more. */
static int compare_keys(struct db_cur *a, bool has_a, struct db_cur *b, bool has_b,
                        const struct backup_table *t)
{
	size_t keys = key_columns(t);
	int order = 0;
	if (!has_a || !has_b)
		return (int)has_b - (int)has_a;
	for (size_t i = 0; !order && i < keys; i++)
		order = compare(a, b, &t->column[i], (int)i);
	return order;
}

static bool all_same(struct db_cur *a, struct db_cur *b, const struct backup_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (!diff_same(a, b, &t->column[i], (int)i))
			return false;
	return true;
}

static enum err diff_table(struct db *from, struct db *to, const struct backup_table *t,
                           struct backup_change *n)
{
	struct db_cur was, is;
	db_query(from, &was, t->all, DB_NOARGS);
	db_query(to, &is, t->all, DB_NOARGS);
	bool has_was = db_next(&was), has_is = db_next(&is);
	while (has_was || has_is) {
		int order = compare_keys(&was, has_was, &is, has_is, t);
		if (order < 0) {
			n->removed++;
		} else if (order > 0) {
			n->added++;
		} else if (all_same(&was, &is, t)) {
			n->left++;
		} else {
			n->changed++;
		}
		has_was = order <= 0 ? db_next(&was) : has_was;
		has_is = order >= 0 ? db_next(&is) : has_is;
	}
	enum err e = db_done(&was), other = db_done(&is);
	return e ? e : other;
}

void diff_begin(struct ctx *c, struct backup_report *out)
{
	const int latest = migrate_latest();
	out->table = ARENA_ARRAY(c->arena, struct backup_change, backup_tables_of(latest));
	out->n = 0;
	for (const struct backup_table *t = NULL; (t = backup_table_next(t, latest));)
		out->table[out->n++].name = str_of(t->name);
}

struct backup_change *diff_of(struct backup_report *r, const char *table)
{
	size_t i = 0;
	while (i + 1 < r->n && !str_eqz(r->table[i].name, table))
		i++;
	return &r->table[i];
}

enum err diff_all(struct ctx *c, struct db *from, struct db *to, struct backup_report *out)
{
	enum err e = OK;
	diff_begin(c, out);
	for (const struct backup_table *t = NULL; !e && (t = backup_table_next(t, migrate_latest()));)
		e = diff_table(from, to, t, diff_of(out, t->name));
	return e ? ctx_db_failed(c, e, "comparing a backup with what there is") : OK;
}
