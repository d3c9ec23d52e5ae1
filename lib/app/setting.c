/* setting: see setting.h. A value is read from its row each time: one indexed look-up of some 2 µs, never
 * stale. */
#include "app/setting.h"

#include "app/seal.h"
#include "base/cron.h"
#include "base/decimal.h"
#include "base/tz.h"
#include "codec/utf8.h"
#include "db/db.h"

SQL(setting_all, "SELECT key, value FROM settings WHERE user_id = ? AND value IS NOT NULL");

#define INT      SETTING_INT
#define DECIMAL  SETTING_DECIMAL
#define TEXT     SETTING_TEXT
#define BOOL     SETTING_BOOL
#define ZONE     SETTING_ZONE
#define CHOICE   SETTING_CHOICE
#define CRON     SETTING_CRON
#define INSTANCE SETTING_INSTANCE
#define USER     SETTING_USER
#define OWN      SETTING_OWN
#define SEALED   SETTING_SEALED
const struct setting_info setting_infos[SETTING_COUNT] = {
#define SETTING(id, ...) {#id, __VA_ARGS__},
#include "app/settings.def"
#undef SETTING
};
#undef INT
#undef DECIMAL
#undef TEXT
#undef BOOL
#undef ZONE
#undef CHOICE
#undef CRON
#undef INSTANCE
#undef USER
#undef OWN
#undef SEALED

bool setting_find(struct str key, enum setting_id *id)
{
	for (enum setting_id i = 0; i < SETTING_COUNT; i++)
		if (str_eqz(key, setting_infos[i].key)) {
			*id = i;
			return true;
		}
	return false;
}

static bool one_line(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return utf8_valid(s);
}

static bool is_word(struct str value, const char *words)
{
	for (struct str rest = str_of(words); rest.p;)
		if (str_eq(value, str_cut(&rest, ' ')))
			return true;
	return false;
}

/* Whether a cron expression is one, and has a time that comes. */
static bool comes(struct str value)
{
	struct cron k;
	char why[CRON_WHY];
	return cron_parse(value, &k, why) && cron_next(&k, tz_load(STR("UTC")), 0);
}

bool setting_read(const struct setting_info *s, struct str value, int64_t *number)
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
		return (int64_t)value.n >= s->lo && (int64_t)value.n <= s->hi && one_line(value);
	case SETTING_ZONE:
		return tz_load(value) != NULL;
	case SETTING_CHOICE:
		return is_word(value, s->unit);
	case SETTING_CRON:
		return !value.n || ((int64_t)value.n <= s->hi && comes(value));
	}
	if (number)
		*number = n;
	return true;
}

/* What a user, or the instance, has set goes over what is in `all`; a sealed one as it is stored. */
static void overlay(struct ctx *c, int64_t user_id, struct str *all)
{
	struct db_cur cur;
	enum setting_id id;
	db_query(c->db, &cur, &sql_setting_all, DB_ARGS(db_i(user_id)));
	while (db_next(&cur)) {
		struct str value = db_text(&cur, 1);
		if (!setting_find(db_text(&cur, 0), &id))
			continue;
		const struct setting_info *s = &setting_infos[id];
		if ((user_id ? s->scope != SETTING_INSTANCE : s->scope != SETTING_OWN) &&
		    (s->flags & SETTING_SEALED || setting_read(s, value, NULL)))
			all[id] = arena_str(c->arena, value);
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
	if (!user_id || setting_infos[id].scope == SETTING_INSTANCE)
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
	if (!setting_read(&setting_infos[id], setting_text_of(c, user_id, id), &n))
		setting_read(&setting_infos[id], str_of(setting_infos[id].dflt), &n);
	return n;
}

struct str setting_bound(struct ctx *c, int64_t user_id, enum setting_id id)
{
	return str_of(arena_printf(c->arena, "settings:%lld:%s", (long long)user_id, setting_infos[id].key));
}

enum err setting_unsealed(struct ctx *c, int64_t user_id, enum setting_id id, struct str *out)
{
	struct str kept = setting_text_of(c, user_id, id);
	enum err e = OK;
	*out = STR("");
	if (kept.p != setting_infos[id].dflt) /* it was set, be it to nothing */
		e = seal_open(c, setting_infos[id].title, setting_bound(c, user_id, id), kept, out);
	return e;
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
