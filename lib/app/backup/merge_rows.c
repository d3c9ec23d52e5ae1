/*
 * merge_rows: rows of the tables that are merged by one rule. What is not here yet is added. What is here is
 * either left, or becomes what the archive says, but for the columns that are this installation's own: when it
 * was made, whether it runs and what it has run last, who may sign in and how. Nothing is removed, and nothing
 * becomes somebody else's.
 */
#include "app/backup/merge_rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/backup/diff.h"
#include "codec/utf8.h"

#define NOTE_MAX   400
#define WORD       24
#define NAME_SHOWN 60 /* bytes */

SQL(merge_default_here, "SELECT COUNT(*) FROM properties WHERE COALESCE(owner_id, 0) = ? AND is_default = 1");
SQL(merge_meter_series, "SELECT COUNT(*) FROM series WHERE meter_id = ?");
SQL(merge_identifier_taken,
    "SELECT COUNT(*) FROM meters o JOIN properties op ON op.id = o.property_id WHERE o.id <> ? AND "
    "COALESCE(op.owner_id, 0) = (SELECT COALESCE(p.owner_id, 0) FROM meters m JOIN properties p ON p.id = "
    "m.property_id WHERE m.id = ?) AND (o.identifier = ? OR EXISTS (SELECT 1 FROM meter_identifiers i WHERE "
    "i.meter_id = o.id AND i.identifier = ?))");

SQL(merge_email, "SELECT email FROM users WHERE id = ?");

static const struct rule {
	const char *table;
	bool updated;     /* what is here becomes what the archive says; else it is left */
	const char *kept; /* of what is updated: columns that stay as they are here, between blanks */
} rules[] = {
        {"users", true, " email role password_hash is_active created_at last_login_at failures locked_until "},
        {"tokens", false, ""},
        {"properties", true, " is_default is_undone made_by_job created_at version "},
        {"property_members", false, ""},
        {"jobs", false, ""},
        {"meters", true, " is_undone made_by_job created_at version "},
        {"meter_identifiers", true, " "},
        {"meter_events", true, " user_id created_at "},
        {"series", false, ""},
        {"register_readings", false, ""},
        {"job_errors", false, ""},
        {"site_layers", false, ""},
        {"edits", false, ""},
        {"export_schedules", true,
         " is_enabled next_run_at last_run_at last_outcome last_job_id created_at version "},
        {"exports", false, ""},
        {"presets", true, " user_id created_at "},
        {"schedules", true,
         " is_enabled etag last_modified last_run_at next_run_at last_outcome last_batch created_at "},
        {"cars", true, " is_undone made_by_job created_at version "},
        {"charging_tariffs", true, " created_at "},
        {"charging_sessions", true, " public_id is_undone made_by_job created_at updated_at version "},
        {"charging_stated", false, ""},
};

void merge_note(struct merge *m, const char *format, ...)
{
	char text[NOTE_MAX];
	va_list ap;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	backup_note(m->c, m->out, arena_printf(m->c->arena, "%s", text));
}

/* ---- a row's values ---- */

static bool has_column(const struct backup_table *t, const char *name, size_t *at)
{
	for (*at = 0; *at < t->n; ++*at)
		if (strcmp(t->column[*at].name, name) == 0)
			return true;
	return false;
}

size_t merge_column(const struct backup_table *t, const char *name)
{
	size_t at;
	has_column(t, name, &at);
	return at;
}

static struct db_val value_of(struct db_cur *cur, const struct backup_column *k, int col)
{
	if (db_is_null(cur, col))
		return db_null();
	switch (k->kind) {
	case BACKUP_INT:
	case BACKUP_DEC:
	case BACKUP_AT:
	case BACKUP_DAY:
		return db_i(db_int(cur, col));
	case BACKUP_TEXT:
	case BACKUP_MAYBE:
		return db_t(db_text(cur, col));
	case BACKUP_BLOB:
	case BACKUP_READINGS:
		return db_b(db_text(cur, col));
	}
	return db_null();
}

static bool same_value(const struct db_val *a, const struct db_val *b)
{
	if (a->type != b->type)
		return false;
	return a->type == DB_NULL || (a->type == DB_INT ? a->i == b->i : str_eq(a->s, b->s));
}

bool merge_values(const struct merge *m, const struct backup_table *t, struct db_cur *cur,
                  struct db_val val[BACKUP_COLUMNS_MAX])
{
	for (size_t i = 0; i < t->n; i++) {
		const struct backup_column *k = &t->column[i];
		val[i] = value_of(cur, k, (int)i);
		if (k->to == BACKUP_OF_NOTHING || val[i].type == DB_NULL || !val[i].i)
			continue;
		const struct merge_pair *p = merge_find(m, k->to, val[i].i);
		if (p && p->dropped)
			return false;
		val[i] = p ? db_i(p->to) : db_null(); /* what is no more cannot be referred to */
	}
	return true;
}

/* ---- what a table wants besides ---- */

/* A batch that is undone here brings nothing that shows. */
static void follow_job(const struct merge *m, const struct backup_table *t, struct db_cur *cur,
                       struct db_val *val)
{
	size_t made, undone;
	if (!has_column(t, "made_by_job", &made) || !has_column(t, "is_undone", &undone))
		return;
	const struct merge_job *j = merge_job(m, db_int(cur, (int)made));
	if (j && j->was_undone != j->is_undone)
		val[undone] = db_i(j->is_undone);
}

/* What was under way there is not under way here: its file is not. */
static void stop_job(const struct backup_table *t, struct db_val *val)
{
	struct db_val *status = &val[merge_column(t, "status")];
	if (!str_eqz(status->s, "queued") && !str_eqz(status->s, "processing"))
		return;
	*status = db_z("cancelled");
	val[merge_column(t, "completed_at")] = val[merge_column(t, "queued_at")];
	val[merge_column(t, "lease_slot")] = db_null();
}

/* "3,7": numbers of meters. */
static void map_meters(struct merge *m, struct db_val *v)
{
	struct buf out = BUF_INIT(1 << 16);
	struct str rest = v->s;
	int64_t number;
	while (v->type == DB_TEXT && rest.p) {
		const struct merge_pair *p = str_to_i64(str_cut(&rest, ','), &number)
		                                     ? merge_find(m, BACKUP_OF_meters, number)
		                                     : NULL;
		if (p)
			buf_printf(&out, "%s%lld", out.n ? "," : "", (long long)p->to);
	}
	if (v->type == DB_TEXT)
		*v = db_t(arena_str(m->row, buf_str(&out)));
	buf_free(&out);
}

/* An identifier that another meter of the same owner has here by now. */
static enum err check_identifier(struct merge *m, const struct backup_table *t, const struct db_val *val,
                                 struct merge_pair *p)
{
	const struct db_val meter = val[merge_column(t, "meter_id")], id = val[merge_column(t, "identifier")];
	int64_t others = 0;
	enum err e = db_one_int(m->c->db, &sql_merge_identifier_taken, DB_ARGS(meter, meter, id, id), &others);
	p->dropped = others > 0;
	if (p->dropped)
		merge_note(m, "The identifier %.*s belongs to another meter here, and was left there.",
		           STR_ARG(str_sub(id.s, 0, 60)));
	return e;
}

static enum err adjust_new(struct merge *m, const struct backup_table *t, struct db_cur *cur,
                           struct db_val *val, struct merge_pair *p)
{
	int64_t here = 0;
	enum err e = OK;
	follow_job(m, t, cur, val);
	if (t->number == BACKUP_OF_jobs)
		stop_job(t, val);
	if (t->number == BACKUP_OF_meter_identifiers)
		e = check_identifier(m, t, val, p);
	if (t->number == BACKUP_OF_properties && val[merge_column(t, "is_default")].i) {
		int64_t owner = val[merge_column(t, "owner_id")].i;
		e = db_one_int(m->c->db, &sql_merge_default_here, DB_ARGS(db_i(owner)), &here);
		val[merge_column(t, "is_default")] = db_i(!here);
	}
	return e;
}

/* Days are cut in a meter's zone, so those of another one cannot be laid beside them. */
static enum err check_zone(struct merge *m, const struct backup_table *t, struct db_val *val,
                           const struct db_val *old, int64_t from, int64_t to)
{
	size_t zone = merge_column(t, "time_zone");
	int64_t there = 0, here = 0;
	if (same_value(&val[zone], &old[zone]))
		return OK;
	enum err e = db_one_int(m->from, &sql_merge_meter_series, DB_ARGS(db_i(from)), &there);
	if (!e)
		e = db_one_int(m->c->db, &sql_merge_meter_series, DB_ARGS(db_i(to)), &here);
	if (!e && there && here)
		return ctx_fail(
		        m->c, ERR_CONFLICT, "file",
		        "The meter %.*s has readings in the time zone %.*s here and in %.*s in the backup: "
		        "they cannot be put together.",
		        STR_ARG(old[merge_column(t, "identifier")].s), STR_ARG(old[zone].s),
		        STR_ARG(val[zone].s));
	if (here)
		val[zone] = old[zone];
	return e;
}

static enum err check_unit(struct merge *m, const struct backup_table *t, const struct db_val *val,
                           const struct db_val *old)
{
	size_t unit = merge_column(t, "unit");
	if (same_value(&val[unit], &old[unit]))
		return OK;
	return ctx_fail(m->c, ERR_CONFLICT, "file",
	                "A meter's channel %.*s is in %.*s here and in %.*s in the backup: they cannot be put "
	                "together.",
	                STR_ARG(old[merge_column(t, "channel")].s), STR_ARG(old[unit].s), STR_ARG(val[unit].s));
}

/* ---- rows with a number ---- */

static bool is_kept(const struct rule *r, const char *column)
{
	char word[WORD + 3];
	snprintf(word, sizeof(word), " %s ", column);
	return strstr(r->kept, word) != NULL;
}

/* The row here, with its texts in the arena. */
static enum err read_here(struct merge *m, const struct backup_table *t, int64_t number, struct db_val *old)
{
	struct db_cur cur;
	db_query(m->c->db, &cur, t->one, DB_ARGS(db_i(number)));
	if (db_next(&cur))
		for (size_t i = 0; i < t->n; i++) {
			old[i] = value_of(&cur, &t->column[i], (int)i);
			if (old[i].type == DB_TEXT || old[i].type == DB_BLOB)
				old[i].s = arena_str(m->row, old[i].s);
		}
	return db_done(&cur);
}

/* What is somebody's stays theirs. */
static bool is_others(const struct backup_table *t, const struct db_val *val, const struct db_val *old)
{
	size_t user;
	return has_column(t, "user_id", &user) && t->number != BACKUP_OF_meter_events &&
	       !same_value(&val[user], &old[user]);
}

/* Names of presets are everybody's: one that somebody else has given here is not there for another. */
static enum err note_preset(struct merge *m, const struct backup_table *t, const struct db_val *val)
{
	const struct str name = utf8_line(m->row, utf8_cut(val[merge_column(t, "name")].s, NAME_SHOWN));
	struct str owner = STR("nobody");
	struct db_cur cur;
	db_query(m->c->db, &cur, &sql_merge_email, DB_ARGS(val[merge_column(t, "user_id")]));
	if (db_next(&cur))
		owner = arena_str(m->row, db_text(&cur, 0));
	merge_note(m,
	           "The preset %.*s of %.*s is left out: somebody else here has given that name to one of "
	           "theirs.",
	           STR_ARG(name), STR_ARG(owner));
	return db_done(&cur);
}

/* The archive of one user does not say what of somebody else's is referred to (prune.c). */
static bool is_left_out(const struct merge *m, const struct backup_column *k, const struct db_val *val)
{
	return m->out->backup.only_user.n && k->to != BACKUP_OF_NOTHING && val->type == DB_NULL;
}

/* Makes `val` what the row here is to become. False: nothing changes. */
static bool to_update(const struct merge *m, const struct backup_table *t, const struct rule *r,
                      struct db_val *val, const struct db_val *old)
{
	bool changed = false;
	size_t at;
	for (size_t i = 1; i < t->n; i++) {
		if (is_kept(r, t->column[i].name) || is_left_out(m, &t->column[i], &val[i]))
			val[i] = old[i];
		changed = changed || !same_value(&val[i], &old[i]);
	}
	if (has_column(t, "version", &at))
		val[at] = db_i(old[at].i + 1);
	if (has_column(t, "updated_at", &at))
		val[at] = db_i(ctx_now(m->c));
	return changed;
}

static enum err update(struct merge *m, const struct backup_table *t, const struct rule *r, struct db_val *val,
                       const struct merge_pair *p, struct backup_change *n)
{
	struct db_val old[BACKUP_COLUMNS_MAX];
	enum err e = read_here(m, t, p->to, old);
	if (!e && t->number == BACKUP_OF_meters)
		e = check_zone(m, t, val, old, p->from, p->to);
	if (!e && t->number == BACKUP_OF_series)
		e = check_unit(m, t, val, old);
	if (e)
		return e;
	if (!r->updated || is_others(t, val, old) || !to_update(m, t, r, val, old)) {
		n->left++;
		return t->number == BACKUP_OF_presets && is_others(t, val, old) ? note_preset(m, t, val) : OK;
	}
	val[0] = db_i(p->to);
	val[t->n] = db_i(p->to);
	e = db_run(m->c->db, t->update, t->n + 1, val);
	n->changed += e == OK;
	n->left += e == ERR_CONFLICT;
	return e;
}

/* Something else here has what may be there only once. */
static enum err conflict(struct merge *m, const struct backup_table *t, struct merge_pair *p)
{
	if (p)
		p->dropped = p->is_new;
	merge_note(m, "Row %lld of %s could not be put beside what there is, and was left out.",
	           (long long)(p ? p->from : 0), t->name);
	return OK;
}

static enum err put_thing(struct merge *m, const struct backup_table *t, const struct rule *r,
                          struct db_cur *cur, struct backup_change *n)
{
	struct merge_pair *p = merge_find(m, t->number, db_int(cur, 0));
	struct db_val val[BACKUP_COLUMNS_MAX + 1];
	bool whole = merge_values(m, t, cur, val);
	enum err e = OK;
	size_t job;
	if (!whole || (t->number == BACKUP_OF_job_errors && has_column(t, "job_id", &job) &&
	               !merge_find(m, BACKUP_OF_jobs, db_int(cur, (int)job))->is_new)) {
		n->left++; /* of a job that is here, its errors are too */
		return OK;
	}
	if (!p->is_new) {
		e = update(m, t, r, val, p, n);
		return e == ERR_CONFLICT && !m->c->fault.code ? conflict(m, t, p) : e;
	}
	e = adjust_new(m, t, cur, val, p);
	if (e || p->dropped)
		return e;
	val[0] = db_i(p->to);
	e = db_run(m->c->db, t->insert, t->n, val);
	n->added += e == OK;
	return e == ERR_CONFLICT ? conflict(m, t, p) : e;
}

/* ---- rows without ---- */

static enum err put_row(struct merge *m, const struct backup_table *t, struct db_cur *cur,
                        struct backup_change *n)
{
	struct db_val val[BACKUP_COLUMNS_MAX];
	size_t job, meters;
	const struct merge_job *j = has_column(t, "job_id", &job) ? merge_job(m, db_int(cur, (int)job)) : NULL;
	if ((j && j->forgotten) || !merge_values(m, t, cur, val)) {
		n->left++;
		return OK;
	}
	if (has_column(t, "meters", &meters))
		map_meters(m, &val[meters]);
	enum err e = db_run(m->c->db, t->insert, t->n, val);
	n->added += e == OK;
	n->left += e == ERR_CONFLICT; /* its key is here */
	return e == ERR_CONFLICT ? OK : e;
}

enum err merge_table(struct merge *m, const struct backup_table *t)
{
	struct backup_change *n = diff_of(m->out, t->name);
	const struct rule *r = rules;
	struct db_cur cur;
	enum err e = OK;
	while (strcmp(r->table, t->name) != 0)
		r++;
	db_query(m->from, &cur, t->all, DB_NOARGS);
	while (!e && db_next(&cur)) {
		arena_reset(m->row);
		e = t->number == BACKUP_OF_NOTHING ? put_row(m, t, &cur, n) : put_thing(m, t, r, &cur, n);
	}
	enum err other = db_done(&cur);
	return e ? e : other;
}
