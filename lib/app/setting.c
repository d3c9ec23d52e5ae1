/* setting: see setting.h. A value is read from its row each time: one indexed look-up of some 2 µs, never
 * stale. */
#include "app/setting.h"

#include "base/decimal.h"
#include "base/tz.h"
#include "db/db.h"

SQL(setting_all, "SELECT key, value FROM settings WHERE user_id = ?");
SQL(setting_put, "INSERT INTO settings (user_id, key, value) VALUES (?, ?, ?) ON CONFLICT (user_id, key) DO "
                 "UPDATE SET value = "
                 "excluded.value");

#define INT      SETTING_INT
#define DECIMAL  SETTING_DECIMAL
#define TEXT     SETTING_TEXT
#define BOOL     SETTING_BOOL
#define ZONE     SETTING_ZONE
#define INSTANCE SETTING_INSTANCE
#define USER     SETTING_USER
const struct setting_info setting_infos[SETTING_COUNT] = {
#define SETTING(id, type, dflt, lo, hi, scope, group, help) {#id, type, dflt, lo, hi, scope, group, help},
#include "app/settings.def"
#undef SETTING
};
#undef INT
#undef DECIMAL
#undef TEXT
#undef BOOL
#undef ZONE
#undef INSTANCE
#undef USER

static bool valid(const struct setting_info *s, struct str value, int64_t *number)
{
	int64_t n = 0;
	switch (s->type) {
	case SETTING_INT:
		if (!str_to_i64(value, &n) || n < s->lo || n > s->hi)
			return false;
		break;
	case SETTING_DECIMAL:
		if (dec_parse(value, '.', &n) != DEC_OK || n < s->lo * DEC_ONE || n > s->hi * DEC_ONE)
			return false;
		break;
	case SETTING_BOOL:
		if (!str_eqz(value, "0") && !str_eqz(value, "1"))
			return false;
		n = value.p[0] - '0';
		break;
	case SETTING_TEXT:
		return (int64_t)value.n >= s->lo && (int64_t)value.n <= s->hi;
	case SETTING_ZONE:
		return tz_load(value) != NULL;
	}
	if (number)
		*number = n;
	return true;
}

/* What a user, or the instance, has set goes over what is in `all`. */
static void overlay(struct ctx *c, int64_t user_id, struct str *all)
{
	struct db_cur cur;
	db_query(c->db, &cur, &sql_setting_all, DB_ARGS(db_i(user_id)));
	while (db_next(&cur)) {
		struct str key = db_text(&cur, 0), value = db_text(&cur, 1);
		for (size_t i = 0; i < SETTING_COUNT; i++)
			if (str_eqz(key, setting_infos[i].key) && valid(&setting_infos[i], value, NULL) &&
			    (!user_id || setting_infos[i].scope == SETTING_USER))
				all[i] = arena_str(c->arena, value);
	}
	db_done(&cur);
}

/* All values in force, in the arena: one look at the table serves all that a request asks. */
static const struct str *load(struct ctx *c)
{
	struct str *all = ARENA_ARRAY(c->arena, struct str, SETTING_COUNT);
	for (size_t i = 0; i < SETTING_COUNT; i++)
		all[i] = str_of(setting_infos[i].dflt);
	overlay(c, 0, all);
	return all;
}

static const struct str *load_of(struct ctx *c, int64_t user_id)
{
	struct str *all = ARENA_ARRAY(c->arena, struct str, SETTING_COUNT);
	memcpy(all, c->settings, SETTING_COUNT * sizeof(*all));
	overlay(c, user_id, all);
	return all;
}

struct str setting_text_of(struct ctx *c, int64_t user_id, enum setting_id id)
{
	if (!c->settings)
		c->settings = load(c);
	if (!user_id || setting_infos[id].scope != SETTING_USER)
		return c->settings[id];
	if (!c->user_settings || c->user_settings_of != user_id) {
		c->user_settings = load_of(c, user_id);
		c->user_settings_of = user_id;
	}
	return c->user_settings[id];
}

int64_t setting_int_of(struct ctx *c, int64_t user_id, enum setting_id id)
{
	int64_t n = 0;
	if (!valid(&setting_infos[id], setting_text_of(c, user_id, id), &n))
		valid(&setting_infos[id], str_of(setting_infos[id].dflt), &n);
	return n;
}

void setting_forget(struct ctx *c)
{
	c->settings = c->user_settings = NULL;
}

struct str setting_text(struct ctx *c, enum setting_id id)
{
	return setting_text_of(c, 0, id);
}

int64_t setting_int(struct ctx *c, enum setting_id id)
{
	return setting_int_of(c, 0, id);
}

const struct tz *setting_zone(struct ctx *c)
{
	const struct tz *z = tz_load(setting_text(c, SETTING_default_time_zone));
	return z ? z : tz_load(STR("UTC"));
}

enum err setting_set(struct ctx *c, struct str key, struct str value)
{
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct setting_info *s = &setting_infos[i];
		if (!str_eqz(key, s->key))
			continue;
		if (!valid(s, value, NULL))
			return ctx_fail(c, ERR_INVALID, s->key, "%s cannot be \"%.*s\". %s", s->key,
			                STR_ARG(str_sub(value, 0, 60)), s->help);
		setting_forget(c);
		enum err e = db_run(c->db, &sql_setting_put, DB_ARGS(db_i(0), db_t(key), db_t(value)));
		return e ? ctx_db_failed(c, e, "writing a setting") : OK;
	}
	return ctx_fail(c, ERR_NOT_FOUND, "key", "There is no setting called %.*s.",
	                STR_ARG(str_sub(key, 0, 60)));
}
