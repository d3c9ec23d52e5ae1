/*
 * setting: values that may be changed while the program runs; the rows are settings.def.
 *
 * The value in force is that of the instance, which an admin sets, or the default. Of a row of scope USER each
 * user may have a value of their own, which goes before it.
 */
#ifndef WL_APP_SETTING_H
#define WL_APP_SETTING_H

#include "app/ctx.h"

enum setting_id {
#define SETTING(id, type, dflt, lo, hi, scope, group, help) SETTING_##id,
#include "app/settings.def"
#undef SETTING
	SETTING_COUNT
};
enum setting_type { SETTING_INT, SETTING_DECIMAL, SETTING_TEXT, SETTING_BOOL, SETTING_ZONE };
enum setting_scope { SETTING_INSTANCE, SETTING_USER };
struct setting_info {
	const char *key;
	enum setting_type type;
	const char *dflt;
	int64_t lo, hi; /* of an INT; of a DECIMAL in whole units; the length of a TEXT */
	enum setting_scope scope;
	const char *group, *help;
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
/* default_time_zone; UTC where its file is not there any more. */
struct tz;
const struct tz *setting_zone(struct ctx *c);
enum err setting_set(struct ctx *c, struct str key, struct str value); /* ERR_NOT_FOUND, ERR_INVALID */

#endif
