/*
 * stage: see stage.h.
 *
 * It is built at the schema of the archive, with every rule of that schema in force; then each table is written
 * out of it once more and its sum compared with the archive's, so what is restored is what was in the archive,
 * to the byte. Only then the schema is brought up to date.
 */
#include "app/backup/stage.h"

#include <string.h>

#include "app/backup/archive.h"
#include "db/migrate.h"

#define ROW_ARENA  (4u << 20)
#define NUMBER_MAX (INT64_C(1) << 53) /* of a row: such as any program can read, and with room above */

#define NAME_MAX_BYTES 256 /* 64 characters */

SQL(stage_names, "SELECT identifier FROM meters UNION ALL SELECT identifier FROM meter_identifiers UNION ALL "
                 "SELECT channel FROM series UNION ALL SELECT unit FROM series");
SQL(stage_files, "SELECT batch_id, kind, file_path FROM jobs WHERE file_path NOT IN ('', '-') ORDER BY id");

static enum err bad_row(struct ctx *c, const struct backup_table *t, const struct csv_row *row, size_t cell)
{
	return ctx_fail(c, ERR_INVALID, "file", "The backup cannot be read: %s.csv, line %llu, column %s.",
	                t->name, (unsigned long long)row->line,
	                cell < t->n ? t->column[cell].name : "behind the last");
}

static bool header_fits(const struct backup_table *t, const struct csv_row *row)
{
	bool fits = row->n == t->n;
	for (size_t i = 0; fits && i < t->n; i++)
		fits = str_eqz(row->cell[i], t->column[i].name);
	return fits;
}

static bool number_fits(const struct backup_table *t, const struct db_val *val)
{
	return t->number == BACKUP_OF_NOTHING || (val->i >= 1 && val->i <= NUMBER_MAX);
}

static enum err load_rows(struct ctx *c, struct csv_reader *csv, const struct backup_table *t,
                          struct backup_steps *steps)
{
	struct arena *row_arena = arena_new(ROW_ARENA);
	struct db_val val[BACKUP_COLUMNS_MAX];
	struct csv_row row;
	size_t wrong = 0;
	enum err e = csv_next(csv, &row) == CSV_ROW && header_fits(t, &row) ? OK : bad_row(c, t, &row, 0);
	while (!e && csv_next(csv, &row) == CSV_ROW) {
		arena_reset(row_arena);
		if (!backup_take_row(t, &row, row_arena, val, &wrong))
			e = bad_row(c, t, &row, wrong);
		else if (!number_fits(t, &val[0]))
			e = bad_row(c, t, &row, 0);
		else if ((e = db_run(c->db, t->insert, t->n, val)))
			e = e == ERR_CONFLICT
			            ? ctx_fail(c, ERR_INVALID, "file",
			                       "The backup does not hold together: %s.csv, line %llu: %s.",
			                       t->name, (unsigned long long)row.line, db_message(c->db))
			            : ctx_db_failed(c, e, "restoring a backup");
		e = e ? e : backup_step(steps, 1);
	}
	arena_free(row_arena);
	return e;
}

static enum err load_table(struct ctx *c, struct zip_in *z, const struct backup_table *t,
                           struct backup_steps *steps)
{
	static const struct csv_dialect dialect = {',', '"'};
	const struct zip_in_entry *entry = zip_in_find(z, str_of(arena_printf(c->arena, "%s.csv", t->name)));
	struct zip_in_file *f = entry ? zip_in_file_open(z, entry) : NULL;
	if (!f)
		return ctx_fail(c, ERR_INVALID, "file", "The backup has no %s.csv.", t->name);
	struct csv_reader *csv = csv_open_for(dialect, zip_in_read, f, BACKUP_ROW_MAX);
	enum err e = load_rows(c, csv, t, steps);
	csv_close(csv);
	zip_in_file_close(f);
	return e;
}

/* Jobs' files are read, sent out and removed by their path: it is one of those that jobs get. An import that a
 * command did has the path of a file that nobody opens again. */
static bool is_jobs_file(struct str kind, struct str path)
{
	const struct str folder = str_eqz(kind, "export") ? STR("exports/") : STR("uploads/");
	if (str_eqz(kind, "import") && str_starts(path, STR("/")))
		return true;
	const struct str name = str_sub(path, folder.n, path.n);
	return str_starts(path, folder) && name.n && name.p[0] != '.' && !memchr(name.p, '/', name.n);
}

static enum err check_files(struct ctx *c)
{
	struct db_cur cur;
	enum err e = OK;
	db_query(c->db, &cur, &sql_stage_files, DB_NOARGS);
	while (!e && db_next(&cur))
		if (!is_jobs_file(db_text(&cur, 1), db_text(&cur, 2)))
			e = ctx_fail(c, ERR_INVALID, "file",
			             "The backup does not hold together: the job %.*s has a file of another "
			             "place.",
			             STR_ARG(str_sub(db_text(&cur, 0), 0, 60)));
	enum err other = db_done(&cur);
	return e ? e : other ? ctx_db_failed(c, other, "reading what was restored") : OK;
}

/* What names readings is in every line of an export, and never longer than an import takes it. */
static enum err check_names(struct ctx *c)
{
	struct db_cur cur;
	enum err e = OK;
	db_query(c->db, &cur, &sql_stage_names, DB_NOARGS);
	while (!e && db_next(&cur))
		if (db_text(&cur, 0).n > NAME_MAX_BYTES)
			e = ctx_fail(
			        c, ERR_INVALID, "file",
			        "The backup does not hold together: the name of a meter, a channel or a unit "
			        "is longer than %d bytes.",
			        NAME_MAX_BYTES);
	enum err other = db_done(&cur);
	return e ? e : other ? ctx_db_failed(c, other, "reading what was restored") : OK;
}

static enum err check_rows(struct ctx *c)
{
	enum err e = check_files(c);
	return e ? e : check_names(c);
}

/* What was built holds exactly what the archive says. */
static enum err prove_table(struct ctx *c, const struct backup *b, const struct backup_table *t,
                            struct backup_steps *steps)
{
	const char *name = arena_printf(c->arena, "%s.csv", t->name);
	struct backup_entry built;
	bool same = false;
	enum err e = archive_entry_of(c, t, &built);
	for (size_t i = 0; i < b->n; i++)
		same = same || (str_eqz(b->entry[i].name, name) && b->entry[i].rows == built.rows &&
		                str_eq(b->entry[i].sha256, built.sha256));
	if (!e && !same)
		e = ctx_fail(c, ERR_INVALID, "file",
		             "The backup cannot be restored: %s.csv is not in the form that this "
		             "program writes.",
		             t->name);
	if (e)
		return c->fault.code ? e : ctx_db_failed(c, e, "reading what was restored");
	return backup_step(steps, built.rows);
}

/* c->db is the database that is built. */
static enum err build(struct ctx *c, struct zip_in *z, const struct backup *b, struct backup_steps *steps)
{
	int from, to;
	enum err e = migrate_to(c->db, (int)b->schema_version, &c->fault, &from);
	if (e)
		return e;
	if (b->n != backup_tables_of(b->schema_version) + 1)
		return ctx_fail(c, ERR_INVALID, "file",
		                "The backup holds other tables than this program knows.");
	e = ctx_begin(c, "restoring a backup");
	for (const struct backup_table *t = NULL; !e && (t = backup_table_next(t, b->schema_version));)
		e = load_table(c, z, t, steps);
	e = ctx_end(c, e ? e : check_rows(c), "restoring a backup");
	for (const struct backup_table *t = NULL; !e && (t = backup_table_next(t, b->schema_version));)
		e = prove_table(c, b, t, steps);
	return e ? e : migrate_up(c->db, &c->fault, &from, &to);
}

static enum err build_at(struct ctx *c, const char *path, struct zip_in *z, const struct backup *b,
                         struct backup_steps *steps)
{
	struct db *live = c->db, *own = NULL;
	enum err e = db_open(path, DB_STAGE, &own, &c->fault);
	if (e)
		return e;
	c->db = own;
	e = build(c, z, b, steps);
	c->db = live;
	db_close(own);
	return e;
}

enum err stage_build(struct ctx *c, const struct backup_wish *w, struct db *live, struct stage *out)
{
	struct zip_in *z = NULL;
	*out = (struct stage){.path = archive_new_db(c)};
	archive_sweep(c);
	enum err e = archive_open(c, w->fd, w->passphrase, &z, &out->backup);
	out->steps =
	        (struct backup_steps){.c = c, .live = live, .watch = w->watch, .all = 2 * out->backup.rows};
	if (!e)
		e = build_at(c, out->path, z, &out->backup, &out->steps);
	zip_in_close(z);
	return e;
}

void stage_drop(struct ctx *c, const struct stage *s)
{
	archive_drop_db(c, s->path);
}
