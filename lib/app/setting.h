/*
 * setting: values that may be changed while the program runs; the rows are settings.def.
 *
 * The value in force is that of the instance, which an admin sets, or the default. Of a row of scope USER each
 * user may have a value of their own, which goes before it; of one of scope OWN there is nothing else. Changing
 * them is setting_edit.h.
 */
#ifndef WL_APP_SETTING_H
#define WL_APP_SETTING_H

#include "app/ctx.h"

enum setting_id {
#define SETTING(id, ...) SETTING_##id,
#include "app/settings.def"
#undef SETTING
	SETTING_COUNT
};
enum setting_type {
	SETTING_INT,
	SETTING_DECIMAL,
	SETTING_TEXT,
	SETTING_BOOL,
	SETTING_ZONE,
	SETTING_CHOICE,
	SETTING_CRON, /* or nothing */
};
enum setting_scope { SETTING_INSTANCE, SETTING_USER, SETTING_OWN };
enum { SETTING_SEALED = 1 };
struct setting_info {
	const char *key;
	enum setting_type type;
	const char *dflt;
	int64_t lo, hi;
	const char *unit; /* of a CHOICE its words */
	enum setting_scope scope;
	unsigned flags;
	const char *group, *title, *help;
};
extern const struct setting_info setting_infos[SETTING_COUNT];

/* The value in force: the row of the instance, or the default. Never fails: a value that cannot be read is
 * the default. */
int64_t setting_int(struct ctx *c, enum setting_id id);
struct str setting_text(struct ctx *c, enum setting_id id);
/* What was read is read anew: in another piece of work, whose arena is another. */
void setting_forget(struct ctx *c);
/* The same for one user (0: none): their own value where they have one. */
int64_t setting_int_of(struct ctx *c, int64_t user_id, enum setting_id id); /* a DECIMAL in millionths */
struct str setting_text_of(struct ctx *c, int64_t user_id, enum setting_id id);
/* A sealed one of a user; empty: they have set none. ERR_UNAVAILABLE or ERR_CORRUPT: it cannot be opened. */
enum err setting_unsealed(struct ctx *c, int64_t user_id, enum setting_id id, struct str *out);
/* default_time_zone; UTC where its file is not there any more. */
struct tz;
const struct tz *setting_zone(struct ctx *c);

/* False: there is no such setting. */
bool setting_find(struct str key, enum setting_id *id);
/* Whether a text is a value of it; *number (may be NULL): of an INT or BOOL, and a DECIMAL's millionths. */
bool setting_read(const struct setting_info *s, struct str value, int64_t *number);
/* What a sealed value is bound to, so that it opens nowhere else. */
struct str setting_bound(struct ctx *c, int64_t user_id, enum setting_id id);

#endif
