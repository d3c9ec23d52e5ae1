/*
 * merge: an archive beside what there is. First each of its rows is matched with the one here (merge_map.h);
 * then the tables are gone through in the order in which they refer to each other: what is missing is added,
 * what differs becomes what the archive says (merge_rows.c, merge_own.c), and readings are laid at their
 * batches' places (merge_days.c). Nothing goes, and the audit log stays this installation's own. Merged once
 * more, nothing changes.
 *
 * A dry run does all of it with a copy of the database. Disadvantage: writers wait while it is done for good,
 * some seconds for millions of readings.
 */
#include "app/backup/merge.h"

#include "app/audit.h"
#include "app/backup/archive.h"
#include "app/backup/diff.h"
#include "app/backup/merge_rows.h"
#include "db/migrate.h"

#define MAPS_ARENA (1024u << 20)
#define ROW_ARENA  (64u << 20)

static enum err merge_one(struct merge *m, const struct backup_table *t)
{
	if (str_eqz(str_of(t->name), "settings"))
		return merge_settings(m, t);
	if (str_eqz(str_of(t->name), "drafts"))
		return merge_drafts(m, t);
	if (str_eqz(str_of(t->name), "days"))
		return merge_days(m);
	if (str_eqz(str_of(t->name), "job_series"))
		return merge_ranges(m);
	if (str_eqz(str_of(t->name), "day_layers") || str_eqz(str_of(t->name), "audit"))
		return OK; /* with the days; not at all */
	return merge_table(m, t);
}

/* What people would look for in vain. */
static void note_undone(struct merge *m)
{
	const struct merge_map *jobs = &m->map[BACKUP_OF_jobs];
	long long n = 0;
	for (size_t i = 0; i < jobs->n; i++)
		n += m->job[i].is_undone && !m->job[i].was_undone;
	if (n)
		merge_note(m,
		           "Imports of the backup that were undone here since, and stay so until they are "
		           "redone: %lld.",
		           n);
}

/* In a transaction. */
static enum err merge_all(struct merge *m, const struct backup_wish *w, const struct stage *s)
{
	int64_t changed = 0;
	enum err e = merge_match(m);
	for (const struct backup_table *t = NULL; !e && (t = backup_table_next(t, migrate_latest()));)
		e = merge_one(m, t);
	if (e)
		return m->c->fault.code ? e : ctx_db_failed(m->c, e, "merging a backup");
	note_undone(m);
	for (size_t i = 0; i < m->out->n; i++)
		changed += m->out->table[i].added + m->out->table[i].changed;
	e = audit_addf(m->c, "backup.restore", s->backup.sha256, "merge, %lld rows", (long long)changed);
	return e || w->dry || !w->carry ? e : w->carry(w->carry_arg, m->c, NULL);
}

static enum err merge_into(struct ctx *c, const struct backup_wish *w, const struct stage *s, struct db *staged,
                           struct backup_report *out)
{
	struct merge m = {
	        .c = c, .from = staged, .a = arena_new(MAPS_ARENA), .row = arena_new(ROW_ARENA), .out = out};
	enum err e = ctx_begin(c, "merging a backup");
	if (!e)
		e = ctx_end(c, merge_all(&m, w, s), "merging a backup");
	arena_free(m.row);
	arena_free(m.a);
	return e;
}

/* With a copy in the place of the database. */
static enum err merge_dry(struct ctx *c, const struct backup_wish *w, const struct stage *s, struct db *staged,
                          struct backup_report *out)
{
	struct db *live = c->db, *own = NULL;
	const char *path = archive_new_db(c);
	enum err e = db_copy_to(live, path);
	e = e ? ctx_db_failed(c, e, "copying the database") : db_open(path, DB_BULK, &own, &c->fault);
	if (!e) {
		c->db = own;
		e = merge_into(c, w, s, staged, out);
		c->db = live;
	}
	db_close(own);
	archive_drop_db(c, path);
	return e;
}

enum err merge(struct ctx *c, const struct backup_wish *w, const struct stage *s, struct db *staged,
               struct backup_report *out)
{
	diff_begin(c, out);
	return w->dry ? merge_dry(c, w, s, staged, out) : merge_into(c, w, s, staged, out);
}
