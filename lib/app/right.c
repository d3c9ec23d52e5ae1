/* right: see right.h. */
#include "app/right.h"

#include "db/db.h"

/* 3: the owner, 2: an editor, 1: a viewer, 0: a stranger */
SQL(right_of_property,
    "SELECT CASE WHEN p.owner_id = ? THEN 3 ELSE COALESCE((SELECT CASE pm.role WHEN 'owner' THEN 3 WHEN "
    "'editor' THEN 2 ELSE 1 END FROM property_members pm WHERE pm.property_id = p.id AND pm.user_id = ?), 0) "
    "END FROM properties p WHERE p.id = ? AND p.is_undone = 0");

bool right_to_all(const struct ctx *c)
{
	return c->actor.kind == ACTOR_SYSTEM || c->actor.role == ROLE_ADMIN;
}

static enum err not_there(struct ctx *c, int64_t id)
{
	return ctx_fail(c, ERR_NOT_FOUND, "property", "There is no property %lld.", (long long)id);
}

enum err right_of_property(struct ctx *c, int64_t property_id, enum right *out)
{
	int64_t rank = 0;
	enum err e =
	        db_one_int(c->db, &sql_right_of_property,
	                   DB_ARGS(db_i(c->actor.user_id), db_i(c->actor.user_id), db_i(property_id)), &rank);
	if (e && e != ERR_NOT_FOUND)
		return ctx_db_failed(c, e, "asking who may");
	if (!e && right_to_all(c))
		rank = 3;
	if (!rank)
		return not_there(c, property_id);
	if (c->actor.kind != ACTOR_SYSTEM && c->actor.role < ROLE_EDITOR)
		rank = 1;
	*out = (enum right)(rank - 1);
	return OK;
}

enum err right_to_property(struct ctx *c, int64_t property_id, enum right need)
{
	enum right have;
	enum err e = right_of_property(c, property_id, &have);
	if (e || have >= need)
		return e;
	return ctx_fail(c, ERR_FORBIDDEN, "",
	                need == RIGHT_OWN ? "Only the owner of a property, or an admin, may do that."
	                                  : "You may see this property and not change it.");
}

enum err right_to_write(struct ctx *c)
{
	if (c->actor.kind == ACTOR_SYSTEM || c->actor.role >= ROLE_EDITOR)
		return OK;
	return ctx_fail(c, ERR_FORBIDDEN, "", "This is for editors and above; you are a %s.",
	                role_name(c->actor.role));
}
