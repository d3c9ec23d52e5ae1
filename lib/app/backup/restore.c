/*
 * restore: an archive in the place of everything, or (merge.c) beside what there is.
 *
 * Replacing: the live database is only touched in one transaction (db_replace_from), after an archive of it has
 * been made and proved. If somebody writes to it after that archive began, what they wrote would be in neither:
 * then it is made again, as is what goes along into the new database.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "app/audit.h"
#include "app/backup/archive.h"
#include "app/backup/diff.h"
#include "app/backup/merge.h"
#include "app/right.h"
#include "app/seal.h"
#include "app/setting.h"
#include "app/storage.h"
#include "codec/json.h"
#include "db/db.h"

#define ROWS_MAX   100000
#define KEEP_TIMES 5 /* archives of what there was, one after the other, while people write */

SQL(restore_sealed,
    "SELECT s.user_id, s.key, s.value, u.email FROM settings s LEFT JOIN users u ON u.id = s.user_id "
    "WHERE s.value IS NOT NULL ORDER BY s.user_id, s.key LIMIT ?");

static const struct rec_field change_fields[] = {
        REC(struct backup_change, name, REC_TEXT),   REC(struct backup_change, added, REC_INT),
        REC(struct backup_change, changed, REC_INT), REC(struct backup_change, left, REC_INT),
        REC(struct backup_change, removed, REC_INT),
};
const struct rec_desc backup_change_desc = REC_DESC(struct backup_change, change_fields);

void backup_note(struct ctx *c, struct backup_report *r, const char *sentence)
{
	if (r->notes == BACKUP_NOTES_MAX)
		return;
	if (!r->note)
		r->note = ARENA_ARRAY(c->arena, struct str, BACKUP_NOTES_MAX);
	r->note[r->notes++] = str_of(sentence);
}

enum err backup_not_whole(struct ctx *c, struct str only_user)
{
	return ctx_fail(
	        c, ERR_INVALID, "mode",
	        "The backup holds the data of %.*s alone: it can be merged, and not put in the place of "
	        "everything.",
	        STR_ARG(only_user));
}

const char *backup_keep_path(struct ctx *c)
{
	time_t now = (time_t)ctx_now(c);
	char stamp[32], again[16] = "";
	const char *path;
	struct tm utc;
	gmtime_r(&now, &utc);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &utc);
	for (int n = 2;; n++) {
		path = storage_path(c->storage, c->arena,
		                    arena_printf(c->arena, "backups/before-restore-%s%s.zip", stamp, again));
		if (access(path, F_OK) != 0)
			return path;
		snprintf(again, sizeof(again), "-%d", n);
	}
}

void backup_put_report(struct json_out *j, const struct backup_report *r)
{
	json_key(j, "tables");
	json_array(j);
	for (size_t i = 0; i < r->n; i++) {
		json_object(j);
		json_rec(j, &backup_change_desc, &r->table[i]);
		json_end_object(j);
	}
	json_end_array(j);
	json_key(j, "notes");
	json_array(j);
	for (size_t i = 0; i < r->notes; i++)
		json_str(j, r->note[i]);
	json_end_array(j);
}

/* ---- sealed settings ---- */

struct sealed {
	int64_t user_id;
	struct str key, value, email;
};
static const struct rec_field sealed_fields[] = {
        REC(struct sealed, user_id, REC_INT),
        REC(struct sealed, key, REC_TEXT),
        REC(struct sealed, value, REC_TEXT),
        REC(struct sealed, email, REC_TEXT),
};
static const struct rec_desc sealed_desc = REC_DESC(struct sealed, sealed_fields);

/* They are restored as they are, and open again when their key is put into keys/. */
static enum err note_sealed(struct ctx *c, struct db *staged, struct backup_report *out)
{
	enum setting_id id;
	struct str plain;
	size_t n;
	enum err e;
	const struct sealed *all =
	        db_all(staged, &sql_restore_sealed, DB_ARGS(db_i(ROWS_MAX)), c->arena, &sealed_desc, &n, &e);
	for (size_t i = 0; i < n; i++) {
		if (!setting_find(all[i].key, &id) || !(setting_infos[id].flags & SETTING_SEALED) ||
		    seal_open(c, setting_infos[id].title, setting_bound(c, all[i].user_id, id), all[i].value,
		              &plain) == OK)
			continue;
		c->fault = (struct fault){0};
		backup_note(
		        c, out,
		        arena_printf(c->arena,
		                     "\xe2\x80\x9c%s\xe2\x80\x9d of %.*s was sealed under a key that is not "
		                     "here: it stays closed until it is typed in again.",
		                     setting_infos[id].title,
		                     STR_ARG(all[i].email.p ? all[i].email : STR("the installation"))));
	}
	return e ? ctx_db_failed(c, e, "reading sealed settings") : OK;
}

/* ---- in the place of everything ---- */

/* In the database that is about to take over. Done again, it carries what there is by now. */
static enum err prepare(struct ctx *c, struct db *staged, const struct backup_wish *w, const struct stage *s,
                        bool again)
{
	struct db *live = c->db;
	c->db = staged;
	enum err e = ctx_begin(c, "restoring a backup");
	if (!e) {
		e = w->carry ? w->carry(w->carry_arg, c, live) : OK;
		if (!e && !again)
			e = audit_add(c, "backup.restore", s->backup.sha256, STR("replace"));
		e = ctx_end(c, e, "restoring a backup");
	}
	c->db = live;
	return e;
}

/* The new database hears of the archive of the old one. */
static enum err tell_kept(struct ctx *c, struct db *staged, const struct backup_wish *w, const struct backup *b)
{
	struct db *live = c->db;
	if (!w->kept)
		return OK;
	c->db = staged;
	enum err e = ctx_begin(c, "restoring a backup");
	if (!e)
		e = ctx_end(c, w->kept(w->carry_arg, c, b), "restoring a backup");
	c->db = live;
	return e;
}

/* An archive of what there is, and a new database that knows of it. */
static enum err keep(struct ctx *c, struct db *staged, const struct backup_wish *w, const struct stage *s,
                     bool again)
{
	const struct backup_order order = {.path = w->keep};
	struct backup before;
	if (again) /* the one before this: one that was there already is somebody else's */
		unlink(w->keep);
	enum err e = prepare(c, staged, w, s, again);
	if (!e)
		e = archive_write(c, &order, &before);
	return e ? e : tell_kept(c, staged, w, &before);
}

/* Then nothing of what there was. At first people may write beside it; if somebody did, they wait the next
 * time: `live`, a connection of its own, holds the lock, and lets go of it when the other one is about to take
 * it. */
static enum err take_over(struct ctx *c, struct db *live, struct db *staged, const struct backup_wish *w,
                          const struct stage *s)
{
	enum err e = ERR_CONFLICT;
	for (int i = 0; e == ERR_CONFLICT && i < KEEP_TIMES; i++) {
		bool held = i > 0 && db_begin(live) == OK;
		int64_t state = db_state(c->db);
		e = keep(c, staged, w, s, i > 0);
		if (held)
			db_rollback(live);
		if (e)
			return e;
		e = db_replace_from(c->db, s->path, state);
	}
	if (e == ERR_CONFLICT)
		return ctx_fail(
		        c, ERR_BUSY, "",
		        "Something was written again and again while what there is was put into a backup: "
		        "nothing was changed. Please try again when it is quiet.");
	return e ? ctx_db_failed(c, e, "restoring a backup") : OK;
}

static enum err replace(struct ctx *c, struct db *live, const struct backup_wish *w, const struct stage *s,
                        struct db *staged, struct backup_report *out)
{
	struct str only = out->backup.only_user;
	enum err e = only.n ? backup_not_whole(c, only) : diff_all(c, c->db, staged, out);
	if (!e)
		e = note_sealed(c, staged, out);
	return e || w->dry ? e : take_over(c, live, staged, w, s);
}

/* c->db is a connection for large transactions. */
static enum err restore(struct ctx *c, const struct backup_wish *w, struct db *live, struct backup_report *out)
{
	struct stage s;
	struct db *staged = NULL;
	enum err e = stage_build(c, w, live, &s);
	out->backup = s.backup;
	if (!e)
		e = db_open(s.path, DB_BULK, &staged, &c->fault);
	if (!e)
		e = w->merge ? merge(c, w, &s, staged, out) : replace(c, live, w, &s, staged, out);
	db_close(staged);
	stage_drop(c, &s);
	return e;
}

enum err backup_restore(struct ctx *c, const struct backup_wish *w, struct backup_report *out)
{
	struct db *live = c->db, *bulk = NULL;
	*out = (struct backup_report){.n = 0};
	if (!right_to_all(c))
		return ctx_fail(c, ERR_FORBIDDEN, "", "Restoring a backup is for admins.");
	enum err e = storage_open_db(c->storage, STORAGE_FOR_BULK, &bulk, &c->fault);
	if (e)
		return e;
	c->db = bulk;
	e = restore(c, w, live, out);
	c->db = live;
	storage_close_db(bulk);
	return e;
}
