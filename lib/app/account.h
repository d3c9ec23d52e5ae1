/*
 * account: people as they see and change themselves (profile, password, tokens are token.h's), and as admins
 * see and change them.
 *
 * An instance keeps at least one active admin. Disabling somebody, or a new password, ends the browser
 * sessions; API tokens of the disabled do not work.
 */
#ifndef WL_APP_ACCOUNT_H
#define WL_APP_ACCOUNT_H

#include "app/ctx.h"
#include "base/rec.h"

struct account {
	int64_t id;
	struct str email, name, role;
	struct str phone;     /* null: not given */
	struct str time_zone; /* of the times on pages and of new meters; null: the instance's */
	int64_t default_property_id, default_meter_id;
	bool is_active;
	int64_t created_at, last_login_at;
};
extern const struct rec_desc account_desc;

/* What one may say of oneself. */
struct account_edit {
	struct str name, phone, time_zone;
	int64_t default_property_id, default_meter_id; /* 0: none */
};
extern const struct rec_desc account_edit_desc;

enum err account_me(struct ctx *c, struct account *out); /* ERR_FORBIDDEN: the system is nobody */
/* ERR_INVALID names the field: no such property or meter to see, among others. */
enum err account_update(struct ctx *c, const struct account_edit *edit, uint64_t given, struct account *out);
/* ERR_INVALID: "current_password" is wrong, or "new_password" too weak; ERR_RATE as with signing in. Other
 * sessions of the user end. */
enum err account_change_password(struct ctx *c, struct str current, struct str wanted);
/* Before what is not to be done by whoever finds a browser signed in: in its session, the user says their
 * password once more. ERR_INVALID: "password" is wrong; ERR_RATE as with signing in. */
enum err account_confirm(struct ctx *c, struct str password, struct str address);

/* ---- for admins ---- */

enum err account_list(struct ctx *c, struct str search, int64_t limit, int64_t offset, struct account **out,
                      size_t *n, int64_t *total);
enum err account_get(struct ctx *c, int64_t id, struct account *out);
struct account_wanted {
	struct str email, name, role, password;
	bool is_active;
};
extern const struct rec_desc account_wanted_desc;
/* What is given of it: the bits of its fields. */
enum {
	ACCOUNT_EMAIL = 1,
	ACCOUNT_NAME = 2,
	ACCOUNT_ROLE = 4,
	ACCOUNT_PASSWORD = 8,
	ACCOUNT_IS_ACTIVE = 16,
};
enum err account_create(struct ctx *c, const struct account_wanted *wanted, struct account *out);
/* Name, role, is_active and a new password, as given. ERR_CONFLICT: it is the last active admin; ERR_INVALID:
 * the e-mail cannot be changed. */
enum err account_set(struct ctx *c, int64_t id, const struct account_wanted *wanted, uint64_t given,
                     struct account *out);

#endif
