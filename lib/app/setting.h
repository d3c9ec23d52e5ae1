/*
 * setting: values that an admin may change while the program runs; the rows are settings.def.
 */
#ifndef WL_APP_SETTING_H
#define WL_APP_SETTING_H

#include "app/ctx.h"

enum setting_id {
#define SETTING(id, type, dflt, lo, hi, group, help) SETTING_##id,
#include "app/settings.def"
#undef SETTING
	SETTING_COUNT
};
enum setting_type { SETTING_INT, SETTING_TEXT, SETTING_BOOL, SETTING_ZONE };
struct setting_info {
	const char *key;
	enum setting_type type;
	const char *dflt;
	int64_t lo, hi; /* of an INT; the length of a TEXT */
	const char *group, *help;
};
extern const struct setting_info setting_infos[SETTING_COUNT];

/* The value in force: the row of the instance, or the default. Never fails: a value that cannot be read is
 * the default. */
int64_t setting_int(struct ctx *c, enum setting_id id);
struct str setting_text(struct ctx *c, enum setting_id id);
/* default_time_zone; UTC where its file is not there any more. */
struct tz;
const struct tz *setting_zone(struct ctx *c);
enum err setting_set(struct ctx *c, struct str key, struct str value); /* ERR_NOT_FOUND, ERR_INVALID */

#endif
