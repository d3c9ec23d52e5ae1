/*
 * setting_edit: settings as people see and change them: the page, the API and the command line.
 *
 * Whose they are: user 0 is the instance, for admins and the system; anybody has their own, of which an admin
 * may change everybody's. Several changes are one transaction with their rows in the audit log, all or nothing,
 * and have a version: it counts all changes of the instance and of that user, so that who shows what was
 * changed meanwhile does not overwrite it unseen.
 */
#ifndef WL_APP_SETTING_EDIT_H
#define WL_APP_SETTING_EDIT_H

#include "app/setting.h"
#include "base/rec.h"

struct setting_shown {
	struct str key, title, group, help, type, unit;
	struct str value;         /* in force; null of one that is sealed */
	struct str source;        /* "default", "instance", "user" */
	struct str default_value; /* what would be in force without the one that was set here */
	bool is_sealed;
	bool is_set;        /* here: of this user, or of the instance */
	int64_t changed_at; /* then; 0: it is not set */
	enum setting_id id;
};
extern const struct rec_desc setting_shown_desc;

/* ERR_FORBIDDEN, ERR_NOT_FOUND (no such user). A user's are those that a user may have. */
enum err setting_list(struct ctx *c, int64_t user_id, struct setting_shown **out, size_t *n, int64_t *version);

struct setting_edit {
	struct str key, value;
	bool unset; /* back to what is in force without it */
};
/* version: that of the list, or 0 for any. ERR_INVALID names the key in `field`; ERR_NOT_FOUND a key that there
 * is not; ERR_PRECONDITION: another version. What is as it was already is no change. */
enum err setting_change(struct ctx *c, int64_t user_id, int64_t version, const struct setting_edit *edits,
                        size_t n);

/* Makes a new key and seals all values with it; the keys before stay, for what backups hold. All or nothing:
 * with a value that does not open nothing changes but the file of keys. For admins. */
enum err setting_rekey(struct ctx *c, int64_t *count);

#endif
