/*
 * merge_own: what is one user's alone and has no number: settings and drafts.
 *
 * A sealed setting is bound to the number of its user (setting.h): it is opened as the archive's and closed
 * anew as that of here. A draft that has become a session since does not come back, and one that is here is the
 * newer one: what was typed last is never taken away.
 */
#include "app/backup/diff.h"
#include "app/backup/merge_rows.h"
#include "app/seal.h"
#include "app/setting.h"
#include "codec/json.h"

#define FIELDS_MAX (64u << 10)

SQL(merge_setting_here, "SELECT value, version FROM settings WHERE user_id = ? AND key = ?");
SQL(merge_setting_put,
    "INSERT INTO settings (user_id, key, value, version, changed_at) VALUES (?, ?, ?, ?, ?) ON "
    "CONFLICT (user_id, key) DO UPDATE SET value = excluded.value, version = excluded.version, "
    "changed_at = excluded.changed_at");
SQL(merge_draft_here, "SELECT COUNT(*) FROM drafts WHERE id = ?");
SQL(merge_draft_sent, "SELECT COUNT(*) FROM charging_sessions WHERE public_id = ?");

/* ---- settings ---- */

struct own_setting {
	int64_t from, to; /* the user, there and here */
	struct str key, value;
	int64_t changed_at;
	bool sealed;
	enum setting_id id; /* if sealed */
};

/* Of a sealed value: what it is. False: no key here opens it. */
static bool open_sealed(struct merge *m, const struct own_setting *s, int64_t user, struct str value,
                        struct str *plain)
{
	enum err e =
	        seal_open(m->c, setting_infos[s->id].title, setting_bound(m->c, user, s->id), value, plain);
	if (e)
		m->c->fault = (struct fault){0};
	return e == OK;
}

/* As it is to be stored here; *same: it is that already. False: it cannot be. */
static bool to_store(struct merge *m, const struct own_setting *s, struct str here, struct str *store,
                     bool *same)
{
	struct str plain, old;
	*store = s->value;
	*same = s->value.p ? here.p && str_eq(here, s->value) : !here.p;
	if (!s->sealed || !s->value.p || *same)
		return true;
	if (!open_sealed(m, s, s->from, s->value, &plain))
		return false;
	*same = here.p && open_sealed(m, s, s->to, here, &old) && str_eq(old, plain);
	return *same || seal_close(m->c, setting_bound(m->c, s->to, s->id), plain, store) == OK;
}

static enum err put_setting(struct merge *m, const struct own_setting *s, struct backup_change *n)
{
	struct db_cur cur;
	struct str here = {0}, store;
	int64_t version = 0;
	bool same;
	db_query(m->c->db, &cur, &sql_merge_setting_here, DB_ARGS(db_i(s->to), db_t(s->key)));
	bool there = db_next(&cur);
	if (there) {
		here = db_is_null(&cur, 0) ? here : arena_str(m->row, db_text(&cur, 0));
		version = db_int(&cur, 1);
	}
	enum err e = db_done(&cur);
	if (e)
		return e;
	if (!to_store(m, s, here, &store, &same)) {
		merge_note(
		        m,
		        "\xe2\x80\x9c%s\xe2\x80\x9d was sealed under a key that is not here, and was left out: "
		        "please type it in again.",
		        setting_infos[s->id].title);
		n->left++;
		return OK;
	}
	n->left += there && same;
	n->changed += there && !same;
	n->added += !there;
	return there && same ? OK
	                     : db_run(m->c->db, &sql_merge_setting_put,
	                              DB_ARGS(db_i(s->to), db_t(s->key), db_t(store), db_i(version + 1),
	                                      db_i(s->changed_at)));
}

enum err merge_settings(struct merge *m, const struct backup_table *t)
{
	struct db_cur cur;
	enum err e = OK;
	db_query(m->from, &cur, t->all, DB_NOARGS);
	while (!e && db_next(&cur)) {
		arena_reset(m->row);
		int64_t user = db_int(&cur, (int)merge_column(t, "user_id"));
		const struct merge_pair *p = merge_find(m, BACKUP_OF_users, user);
		struct own_setting s = {.from = user,
		                        .to = p ? p->to : 0,
		                        .key = db_text(&cur, (int)merge_column(t, "key")),
		                        .value = db_text(&cur, (int)merge_column(t, "value")),
		                        .changed_at = db_int(&cur, (int)merge_column(t, "changed_at"))};
		s.sealed = setting_find(s.key, &s.id) && (setting_infos[s.id].flags & SETTING_SEALED);
		if (user && !p)
			continue;
		e = put_setting(m, &s, diff_of(m->out, t->name));
	}
	enum err other = db_done(&cur);
	return e ? e : other;
}

/* ---- drafts ---- */

static enum backup_target field_target(struct str name)
{
	return str_eqz(name, "car_id")        ? BACKUP_OF_cars
	       : str_eqz(name, "property_id") ? BACKUP_OF_properties
	       : str_eqz(name, "meter_id")    ? BACKUP_OF_meters
	                                      : BACKUP_OF_NOTHING;
}

static enum backup_target form_target(struct str form)
{
	return str_eqz(form, "session")    ? BACKUP_OF_charging_sessions
	       : str_eqz(form, "property") ? BACKUP_OF_properties
	       : str_eqz(form, "meter")    ? BACKUP_OF_meters
	                                   : BACKUP_OF_NOTHING;
}

/* A number in a text, as the number of the same thing here; other texts stay. */
static struct str map_text(const struct merge *m, enum backup_target of, struct str text)
{
	int64_t number;
	if (of == BACKUP_OF_NOTHING || !str_to_i64(text, &number))
		return text;
	const struct merge_pair *p = merge_find(m, of, number);
	return p ? str_of(arena_printf(m->row, "%lld", (long long)p->to)) : STR("");
}

/* {"car_id":"3","notes":"..."}; as it is where no number is another one here. */
static struct str map_fields(const struct merge *m, struct str fields)
{
	char why[160];
	struct json *v = json_parse(fields, why);
	struct buf out = BUF_INIT(2 * FIELDS_MAX);
	struct json_out j;
	bool moved = false;
	json_start(&j, &out);
	json_object(&j);
	for (size_t i = 0; i < json_count(v); i++) {
		struct str name;
		const struct json *value = json_member_at(v, i, &name);
		struct str text = map_text(m, field_target(name), json_text(value));
		moved = moved || !str_eq(text, json_text(value));
		json_key(&j, arena_strz(m->row, name));
		json_str(&j, text);
	}
	json_end_object(&j);
	struct str all = moved ? arena_str(m->row, buf_str(&out)) : fields;
	buf_free(&out);
	json_free(v);
	return all;
}

static enum err put_draft(struct merge *m, const struct backup_table *t, struct db_cur *cur,
                          struct backup_change *n)
{
	struct db_val val[BACKUP_COLUMNS_MAX];
	int64_t here = 0, sent = 0;
	if (!merge_values(m, t, cur, val))
		return OK;
	enum err e = db_one_int(m->c->db, &sql_merge_draft_here, DB_ARGS(val[0]), &here);
	if (!e)
		e = db_one_int(m->c->db, &sql_merge_draft_sent, DB_ARGS(val[0]), &sent);
	if (e || here || sent) {
		n->left++;
		return e;
	}
	struct db_val *subject = &val[merge_column(t, "subject")], *fields = &val[merge_column(t, "fields")];
	subject->s = map_text(m, form_target(val[merge_column(t, "form")].s), subject->s);
	fields->s = map_fields(m, fields->s);
	n->added++;
	return db_run(m->c->db, t->insert, t->n, val);
}

enum err merge_drafts(struct merge *m, const struct backup_table *t)
{
	struct db_cur cur;
	enum err e = OK;
	db_query(m->from, &cur, t->all, DB_NOARGS);
	while (!e && db_next(&cur)) {
		arena_reset(m->row);
		e = put_draft(m, t, &cur, diff_of(m->out, t->name));
	}
	enum err other = db_done(&cur);
	return e ? e : other;
}
