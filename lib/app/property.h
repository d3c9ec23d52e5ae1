/*
 * property: a place with meters. It belongs to one user, or to the instance; members may see or change it
 * (app/right.h).
 *
 * Removing one is soft: it is inactive, is left out of lists unless they ask for it, and can be restored. One
 * that has active meters is not removed unless they are to go with it.
 *
 * A property may have been made, and its fields filled, by imports of sites (app/site.h). Once a person changes
 * it, it is the person's: undoing those imports leaves it alone from then on.
 */
#ifndef WL_APP_PROPERTY_H
#define WL_APP_PROPERTY_H

#include "app/right.h"
#include "base/rec.h"

struct property {
	int64_t id;
	struct str name;      /* 1 to 200 characters */
	struct str time_zone; /* of its new meters; null: the user's, or the instance's (DECISIONS 6) */
	struct str company_id, region_id, address, postcode, site_type; /* null: not known */
	int64_t floor_area;                                             /* square metres, in millionths */
	struct str latitude, longitude; /* degrees, as decimal text: 0 is a place and null is not */
	bool is_active;
	bool is_default; /* takes the meters that its owner's imports find */
	int64_t owner_id;
	struct str owner_email; /* null: the instance's own */
	struct str my_role;     /* of the actor: owner, editor or viewer */
	int64_t meters_count;   /* active ones */
	int64_t created_at;
	int64_t version; /* ETag "v3" */
};
extern const struct rec_desc property_desc;

struct property_filter {
	struct str search;     /* part of the name or address, whatever its case; empty: all */
	bool include_inactive; /* the inactive ones too */
	bool inactive_only;
	int64_t limit, offset;
};
enum err property_list(struct ctx *c, const struct property_filter *f, struct property **out, size_t *n,
                       int64_t *total);
/* Inactive ones too. ERR_NOT_FOUND. */
enum err property_get(struct ctx *c, int64_t id, struct property *out);

/* What a person may say of one. `given`: which of them (web/fields.h): bit i is the i-th field. */
struct property_edit {
	struct str name, time_zone, company_id, region_id, address, postcode, site_type;
	int64_t floor_area;
	struct str latitude, longitude;
};
extern const struct rec_desc property_edit_desc;
/* ERR_INVALID names the field; ERR_FORBIDDEN. The actor becomes its owner (the system: nobody). */
enum err property_create(struct ctx *c, const struct property_edit *edit, struct property *out);
/* version 0: whatever it is; else ERR_PRECONDITION if it is another by now. */
enum err property_update(struct ctx *c, int64_t id, int64_t version, const struct property_edit *edit,
                         uint64_t given, struct property *out);

/* ERR_CONFLICT: it has active meters, and cascade does not say that they go too. Again: the same. */
enum err property_remove(struct ctx *c, int64_t id, bool cascade, struct property *out);
/* cascade: with its inactive meters. */
enum err property_restore(struct ctx *c, int64_t id, bool cascade, struct property *out);

/* ---- members ---- */

struct property_member {
	int64_t user_id;
	struct str email, name;
	struct str role; /* owner, editor, viewer */
};
extern const struct rec_desc property_member_desc;
/* The owner first. For all who see the property. */
enum err property_members(struct ctx *c, int64_t id, struct property_member **out, size_t *n);
/* Adds a user by e-mail, or changes a role; role "owner" makes the user the (one) owner and the former one an
 * editor. ERR_INVALID: no such user or role. */
enum err property_member_set(struct ctx *c, int64_t id, struct str email, struct str role);
/* ERR_CONFLICT: the owner; hand the property on first. */
enum err property_member_remove(struct ctx *c, int64_t id, int64_t user_id);

#endif
