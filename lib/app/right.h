/*
 * right: who may see and change what belongs to a property (DECISIONS 21).
 *
 * A property has one owner, or none (the instance's own), and members who are editors or viewers of it. An
 * admin and the system may everything. For others the lesser holds of what they are in the instance and what
 * they are to the property: an instance's viewer changes nothing. A thing of somebody else is "not there"; a
 * thing that one may see and not change is forbidden.
 *
 * It is asked in the services, so that page, API and command line cannot disagree: lists carry RIGHT_SEES in
 * their WHERE, and what changes something asks right_to_property first.
 */
#ifndef WL_APP_RIGHT_H
#define WL_APP_RIGHT_H

#include "app/ctx.h"

enum right {
	RIGHT_READ,
	RIGHT_EDIT, /* its readings, meters and fields */
	RIGHT_OWN,  /* its members, and to take it away */
};

bool right_to_all(const struct ctx *c);

/* A condition on a row of properties under the alias `p`, and its three parameters. */
#define RIGHT_SEES                                                                                     \
	"(CAST(? AS BIGINT) = 1 OR p.owner_id = ? OR EXISTS (SELECT 1 FROM property_members pm WHERE " \
	"pm.property_id = p.id AND pm.user_id = ?))"
#define RIGHT_SEES_ARGS(c) db_i(right_to_all(c)), db_i((c)->actor.user_id), db_i((c)->actor.user_id)

/* OK; ERR_NOT_FOUND: there is none, or it is somebody else's; ERR_FORBIDDEN: one's own, without this right. An
 * undone property is not there; an inactive one is. */
enum err right_to_property(struct ctx *c, int64_t property_id, enum right need);
/* What the actor may do with it: RIGHT_READ to RIGHT_OWN. ERR_NOT_FOUND as above. */
enum err right_of_property(struct ctx *c, int64_t property_id, enum right *out);
/* Whether the actor may make properties at all, import and so on: an editor or more, not with a token that may
 * only read. ERR_FORBIDDEN. */
enum err right_to_write(struct ctx *c);

#endif
