/* setting_rekey: all sealed values under a new key; see setting_edit.h. */
#include <errno.h>
#include <sys/file.h>

#include "app/audit.h"
#include "app/right.h"
#include "app/seal.h"
#include "app/setting_edit.h"
#include "app/storage.h"
#include "db/db.h"

#define ROWS_MAX 100000

SQL(setting_sealed,
    "SELECT user_id, key, value FROM settings WHERE value IS NOT NULL ORDER BY user_id, key LIMIT ?");
SQL(setting_reseal, "UPDATE settings SET value = ? WHERE user_id = ? AND key = ?");

struct sealed {
	int64_t user_id;
	struct str key, value;
};
static const struct rec_field fields[] = {
        REC(struct sealed, user_id, REC_INT),
        REC(struct sealed, key, REC_TEXT),
        REC(struct sealed, value, REC_TEXT),
};
static const struct rec_desc sealed_desc = REC_DESC(struct sealed, fields);

static enum err reseal(struct ctx *c, const struct sealed *s, enum setting_id id)
{
	struct str plain, sealed, bound = setting_bound(c, s->user_id, id);
	const char *what =
	        arena_printf(c->arena, "%s of user %lld", setting_infos[id].title, (long long)s->user_id);
	enum err e = seal_open(c, what, bound, s->value, &plain);
	if (!e)
		e = seal_close(c, bound, plain, &sealed);
	return e ? e
	         : db_run(c->db, &sql_setting_reseal, DB_ARGS(db_t(sealed), db_i(s->user_id), db_t(s->key)));
}

/* In a transaction, and under the lock. */
static enum err reseal_all(struct ctx *c, int64_t *count)
{
	enum setting_id id;
	size_t n;
	enum err e = seal_add_key(c);
	if (e)
		return e;
	const struct sealed *all =
	        db_all(c->db, &sql_setting_sealed, DB_ARGS(db_i(ROWS_MAX)), c->arena, &sealed_desc, &n, &e);
	for (size_t i = 0; !e && i < n; i++) {
		if (!setting_find(all[i].key, &id) || !(setting_infos[id].flags & SETTING_SEALED))
			continue;
		e = reseal(c, &all[i], id);
		*count += e == OK;
	}
	return e ? e
	         : audit_addf(c, "setting.rekey", STR(SEAL_KEY_FILE), "%lld sealed anew", (long long)*count);
}

enum err setting_rekey(struct ctx *c, int64_t *count)
{
	*count = 0;
	if (!right_to_all(c))
		return ctx_fail(c, ERR_FORBIDDEN, "", "This is for admins.");
	while (flock(c->storage->dir_fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return ctx_fail(c, ERR_IO, "storage", "The storage folder cannot be locked.");
	enum err e = ctx_begin(c, "sealing the settings anew");
	if (!e)
		e = ctx_end(c, reseal_all(c, count), "sealing the settings anew");
	flock(c->storage->dir_fd, LOCK_UN);
	return e;
}
