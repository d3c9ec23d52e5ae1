/* setting_edit: see setting_edit.h. */
#include "app/setting_edit.h"

#include "app/audit.h"
#include "app/right.h"
#include "app/seal.h"
#include "app/user.h"
#include "base/decimal.h"
#include "codec/utf8.h"
#include "db/db.h"

SQL(setting_stored, "SELECT key, value, changed_at FROM settings WHERE user_id = ? AND value IS NOT NULL");
SQL(setting_version, "SELECT COALESCE(SUM(version), 0) + 1 FROM settings WHERE user_id IN (0, ?)");
SQL(setting_put,
    "INSERT INTO settings (user_id, key, value, changed_at) VALUES (?, ?, ?, ?) ON CONFLICT (user_id, key) DO "
    "UPDATE SET value = excluded.value, changed_at = excluded.changed_at, version = settings.version + 1");

static const struct rec_field shown_fields[] = {
        REC(struct setting_shown, key, REC_TEXT),           REC(struct setting_shown, title, REC_TEXT),
        REC(struct setting_shown, group, REC_TEXT),         REC(struct setting_shown, help, REC_TEXT),
        REC(struct setting_shown, type, REC_TEXT),          REC(struct setting_shown, unit, REC_TEXT),
        REC(struct setting_shown, value, REC_TEXT),         REC(struct setting_shown, source, REC_TEXT),
        REC(struct setting_shown, default_value, REC_TEXT), REC(struct setting_shown, is_sealed, REC_BOOL),
        REC(struct setting_shown, is_set, REC_BOOL),        REC(struct setting_shown, changed_at, REC_AT),
};
const struct rec_desc setting_shown_desc = REC_DESC(struct setting_shown, shown_fields);

static const char *const type_names[] = {
        [SETTING_INT] = "int",   [SETTING_DECIMAL] = "decimal", [SETTING_TEXT] = "text",
        [SETTING_BOOL] = "bool", [SETTING_ZONE] = "zone",       [SETTING_CHOICE] = "choice",
        [SETTING_CRON] = "cron",
};

/* What is stored of the instance, or of one user. */
struct stored {
	struct str value[SETTING_COUNT]; /* p == NULL: nothing is */
	int64_t changed_at[SETTING_COUNT];
};

static enum err read_stored(struct ctx *c, int64_t user_id, struct stored *out)
{
	struct db_cur cur;
	enum setting_id id;
	*out = (struct stored){.changed_at = {0}};
	db_query(c->db, &cur, &sql_setting_stored, DB_ARGS(db_i(user_id)));
	while (db_next(&cur))
		if (setting_find(db_text(&cur, 0), &id)) {
			out->value[id] = arena_str(c->arena, db_text(&cur, 1));
			out->changed_at[id] = db_int(&cur, 2);
		}
	enum err e = db_done(&cur);
	return e ? ctx_db_failed(c, e, "reading the settings") : OK;
}

/* Whether the actor may look at these and change them; of a user also what they are called. */
static enum err check_whose(struct ctx *c, int64_t user_id, struct str *email)
{
	struct user u;
	*email = (struct str){NULL, 0};
	if (!user_id)
		return right_to_all(c) ? OK
		                       : ctx_fail(c, ERR_FORBIDDEN, "",
		                                  "The settings of this installation are for admins.");
	if (user_id != c->actor.user_id && !right_to_all(c))
		return ctx_fail(c, ERR_NOT_FOUND, "user", "There is no user %lld.", (long long)user_id);
	enum err e = user_by_id(c, user_id, &u);
	if (!e)
		*email = u.email;
	return e;
}

static bool is_there(const struct setting_info *s, int64_t user_id)
{
	return user_id ? s->scope != SETTING_INSTANCE : s->scope != SETTING_OWN;
}

static struct str effective(const struct stored *st, enum setting_id id, struct str otherwise)
{
	const struct setting_info *s = &setting_infos[id];
	return st->value[id].p && (s->flags & SETTING_SEALED || setting_read(s, st->value[id], NULL))
	               ? st->value[id]
	               : otherwise;
}

static void show_one(struct setting_shown *o, enum setting_id id, const struct stored *instance,
                     const struct stored *own, int64_t user_id)
{
	const struct setting_info *s = &setting_infos[id];
	const struct stored *here = user_id ? own : instance;
	struct str dflt = str_of(s->dflt);
	bool below = user_id && s->scope == SETTING_USER && instance->value[id].p;
	*o = (struct setting_shown){.key = str_of(s->key),
	                            .title = str_of(s->title),
	                            .group = str_of(s->group),
	                            .help = str_of(s->help),
	                            .type = str_of(type_names[s->type]),
	                            .unit = str_of(s->unit),
	                            .is_sealed = s->flags & SETTING_SEALED,
	                            .is_set = here->value[id].p,
	                            .changed_at = here->changed_at[id],
	                            .id = id};
	if (below)
		dflt = effective(instance, id, dflt);
	o->source = o->is_set ? user_id ? STR("user") : STR("instance")
	            : below ? STR("instance")
	                      : STR("default");
	if (o->is_sealed)
		return;
	o->default_value = dflt;
	o->value = effective(here, id, dflt);
}

enum err setting_list(struct ctx *c, int64_t user_id, struct setting_shown **out, size_t *n, int64_t *version)
{
	struct stored *instance = ARENA_NEW(c->arena, struct stored), *own = ARENA_NEW(c->arena, struct stored);
	struct str email;
	enum err e = check_whose(c, user_id, &email);
	*n = 0;
	*out = ARENA_ARRAY(c->arena, struct setting_shown, SETTING_COUNT);
	if (!e)
		e = read_stored(c, 0, instance);
	if (!e && user_id)
		e = read_stored(c, user_id, own);
	if (e)
		return e;
	for (enum setting_id id = 0; id < SETTING_COUNT; id++)
		if (is_there(&setting_infos[id], user_id))
			show_one(&(*out)[(*n)++], id, instance, own, user_id);
	e = db_one_int(c->db, &sql_setting_version, DB_ARGS(db_i(user_id)), version);
	return e ? ctx_db_failed(c, e, "reading the settings") : OK;
}

/* ---- changing ---- */

/* Why a value is none of this setting's: what, between which bounds, an example. */
static enum err bad_value(struct ctx *c, const struct setting_info *s, struct str value)
{
	long long lo = s->lo, hi = s->hi;
	const char *unit = s->unit[0] ? arena_printf(c->arena, " (%s)", s->unit) : "";
	struct str shown = utf8_cut(utf8_clean(c->arena, value), 60);
	const char *not = s->flags & SETTING_SEALED ? "that is not"
	                                            : arena_printf(c->arena, "\"%.*s\" is not", STR_ARG(shown));
	switch (s->type) {
	case SETTING_INT:
		return ctx_fail(c, ERR_INVALID, s->key,
		                "%s is a whole number from %lld to %lld%s, such as %s; %s.", s->title, lo, hi,
		                unit, s->dflt, not );
	case SETTING_DECIMAL:
		return ctx_fail(
		        c, ERR_INVALID, s->key,
		        "%s is a number from %lld to %lld%s with at most six decimal places after a point, "
		        "such as %s; %s.",
		        s->title, lo, hi, unit, s->dflt, not );
	case SETTING_BOOL:
		return ctx_fail(c, ERR_INVALID, s->key, "%s is 1 for yes or 0 for no; %s.", s->title, not );
	case SETTING_ZONE:
		return ctx_fail(c, ERR_INVALID, s->key, "%s is the name of a time zone, such as %s; %s.",
		                s->title, s->dflt, not );
	case SETTING_CHOICE:
		return ctx_fail(c, ERR_INVALID, s->key, "%s is one of these words: %s; %s.", s->title, s->unit,
		                not );
	case SETTING_CRON:
		return ctx_fail(
		        c, ERR_INVALID, s->key,
		        "%s is a cron expression with times that come, such as \"30 3 * * *\" for 03:30 "
		        "each day, or empty; %s.",
		        s->title, not );
	case SETTING_TEXT:
		break;
	}
	if (value.n && ((int64_t)value.n < s->lo || (int64_t)value.n > s->hi))
		return ctx_fail(c, ERR_INVALID, s->key, "%s has %lld to %lld bytes; that has %zu.", s->title,
		                lo, hi, value.n);
	return value.n ? ctx_fail(c, ERR_INVALID, s->key, "%s is one line of text in UTF-8.", s->title)
	               : ctx_fail(c, ERR_INVALID, s->key, "%s needs a text.", s->title);
}

static enum err check_edit(struct ctx *c, int64_t user_id, const struct setting_edit *d, enum setting_id *id)
{
	if (!setting_find(d->key, id))
		return ctx_fail(c, ERR_NOT_FOUND, "key", "There is no setting called %.*s.",
		                STR_ARG(utf8_cut(utf8_clean(c->arena, d->key), 60)));
	const struct setting_info *s = &setting_infos[*id];
	if (!is_there(s, user_id))
		return ctx_fail(c, ERR_INVALID, s->key,
		                user_id ? "%s is of the whole installation: a user has none of their own."
		                        : "%s is each user's own: say whose it is.",
		                s->title);
	if (s->flags & SETTING_SEALED && c->actor.kind == ACTOR_TOKEN && !(c->actor.scopes & SCOPE_IMPORT))
		return ctx_fail(c, ERR_FORBIDDEN, s->key,
		                "A token that may only read does not change what is sealed.");
	return d->unset || setting_read(s, d->value, NULL) ? OK : bad_value(c, s, d->value);
}

static bool same(const struct setting_info *s, struct str a, struct str b)
{
	int64_t x, y;
	return str_eq(a, b) ||
	       (s->type == SETTING_DECIMAL && setting_read(s, a, &x) && setting_read(s, b, &y) && x == y);
}

static enum err tell(struct ctx *c, enum setting_id id, struct str email, struct str was,
                     const struct setting_edit *d)
{
	const struct setting_info *s = &setting_infos[id];
	struct str subject = str_of(s->key), old = was.p ? was : STR("default");
	const char *action = d->unset ? "setting.unset" : "setting.set";
	if (email.n)
		subject = str_of(arena_printf(c->arena, "%s of %.*s", s->key, STR_ARG(email)));
	if (s->flags & SETTING_SEALED)
		return audit_add(c, action, subject, d->unset ? STR("removed") : STR("a new value, sealed"));
	return d->unset ? audit_addf(c, action, subject, "%.*s -> default", STR_ARG(old))
	                : audit_addf(c, action, subject, "%.*s -> %.*s", STR_ARG(utf8_cut(old, 200)),
	                             STR_ARG(utf8_cut(d->value, 200)));
}

/* In a transaction. */
static enum err change_one(struct ctx *c, int64_t user_id, struct str email, const struct stored *now,
                           const struct setting_edit *d)
{
	enum setting_id id;
	struct str kept = d->value;
	enum err e = check_edit(c, user_id, d, &id);
	if (e)
		return e;
	const struct setting_info *s = &setting_infos[id];
	struct str was = now->value[id];
	if (d->unset ? !was.p : was.p && !(s->flags & SETTING_SEALED) && same(s, was, d->value))
		return OK;
	if (d->unset)
		kept = (struct str){NULL, 0};
	else if (s->flags & SETTING_SEALED)
		e = seal_close(c, setting_bound(c, user_id, id), d->value, &kept);
	if (e)
		return e;
	e = db_run(c->db, &sql_setting_put,
	           DB_ARGS(db_i(user_id), db_z(s->key), d->unset ? db_null() : db_t(kept), db_i(ctx_now(c))));
	return e ? ctx_db_failed(c, e, "writing a setting") : tell(c, id, email, was, d);
}

static enum err change_all(struct ctx *c, int64_t user_id, int64_t version, const struct setting_edit *edits,
                           size_t n)
{
	struct stored *now = ARENA_NEW(c->arena, struct stored);
	struct str email;
	int64_t is = 0;
	enum err e = check_whose(c, user_id, &email);
	if (!e)
		e = db_one_int(c->db, &sql_setting_version, DB_ARGS(db_i(user_id)), &is);
	if (!e && version && version != is)
		return ctx_fail(c, ERR_PRECONDITION, "",
		                "The settings were changed meanwhile: look at them again.");
	if (!e)
		e = read_stored(c, user_id, now);
	for (size_t i = 0; !e && i < n; i++)
		e = change_one(c, user_id, email, now, &edits[i]);
	return e;
}

enum err setting_change(struct ctx *c, int64_t user_id, int64_t version, const struct setting_edit *edits,
                        size_t n)
{
	enum err e = ctx_begin(c, "changing settings");
	if (!e)
		e = ctx_end(c, change_all(c, user_id, version, edits, n), "changing settings");
	setting_forget(c);
	return e;
}
