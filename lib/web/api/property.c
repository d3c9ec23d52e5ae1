/* property: properties and their members as JSON (D's items 4, 5 and 9). */
#include "app/property.h"
#include "web/api/bodies.h"
#include "web/fields.h"
#include "web/handlers.h"
#include "web/list.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     500

struct reply *api_properties(struct request *r)
{
	struct property_filter f = {.search = form_get(&r->query, "search")};
	struct property *p;
	struct list l;
	size_t n;

	if (list_query(r, LIMIT_DEFAULT, LIMIT_MAX, &l) != OK ||
	    list_query_activity(r, &f.include_inactive, &f.inactive_only) != OK)
		return reply_fault(r);
	f.limit = l.limit;
	f.offset = l.offset;
	if (property_list(r->ctx, &f, &p, &n, &l.total) != OK)
		return reply_fault(r);
	return list_reply(r, &l, &property_desc, p, n);
}

static struct reply *one(struct request *r, int status, enum err e, const struct property *p)
{
	return e ? reply_fault(r) : list_one(r, status, &property_desc, p, p->version);
}

struct reply *api_properties_post(struct request *r)
{
	struct property_edit edit = {.name = {NULL, 0}};
	struct property p;
	uint64_t given;
	enum err e = fields_json(r, &property_edit_desc, &edit, &given);

	if (!e)
		e = property_create(r->ctx, &edit, &p);
	return e ? reply_fault(r)
	         : reply_header(one(r, 201, e, &p), "Location",
	                        request_printf_link(r, "/api/properties/%lld", (long long)p.id));
}

struct reply *api_property(struct request *r)
{
	struct property p;
	int64_t id;
	enum err e = request_param_id(r, 0, "property", &id);

	if (!e)
		e = property_get(r->ctx, id, &p);
	return one(r, 200, e, &p);
}

struct reply *api_property_patch(struct request *r)
{
	struct property_edit edit = {.name = {NULL, 0}};
	struct property p;
	int64_t id, version;
	uint64_t given;
	enum err e = request_param_id(r, 0, "property", &id);

	if (!e)
		e = fields_if_match(r, &version);
	if (!e)
		e = fields_json(r, &property_edit_desc, &edit, &given);
	if (!e)
		e = property_update(r->ctx, id, version, &edit, given, &p);
	return one(r, 200, e, &p);
}

static struct reply *activate(struct request *r, bool restore)
{
	struct property p;
	bool cascade;
	int64_t id;
	enum err e = request_param_id(r, 0, "property", &id);

	if (!e)
		e = list_query_bool(r, "cascade", &cascade);
	if (!e)
		e = restore ? property_restore(r->ctx, id, cascade, &p)
		            : property_remove(r->ctx, id, cascade, &p);
	return one(r, 200, e, &p);
}

struct reply *api_property_delete(struct request *r)
{
	return activate(r, false);
}

struct reply *api_property_restore(struct request *r)
{
	return activate(r, true);
}

/* ---- members ---- */

struct reply *api_property_members(struct request *r)
{
	struct property_member *m;
	int64_t id;
	size_t n;

	if (request_param_id(r, 0, "property", &id) != OK || property_members(r->ctx, id, &m, &n) != OK)
		return reply_fault(r);
	return list_whole(r, &property_member_desc, m, n);
}

struct member_body {
	struct str email, role;
};

static const struct rec_field member_fields[] = {REC(struct member_body, email, REC_TEXT),
                                                 REC(struct member_body, role, REC_TEXT)};
const struct rec_desc api_member_desc = REC_DESC(struct member_body, member_fields);

struct reply *api_property_members_post(struct request *r)
{
	struct member_body body = {.role = STR("viewer")};
	int64_t id;
	uint64_t given;

	if (request_param_id(r, 0, "property", &id) != OK ||
	    fields_json(r, &api_member_desc, &body, &given) != OK ||
	    property_member_set(r->ctx, id, body.email, body.role) != OK)
		return reply_fault(r);
	return api_property_members(r);
}

struct reply *api_property_member_delete(struct request *r)
{
	int64_t id, user;

	if (request_param_id(r, 0, "property", &id) != OK || request_param_id(r, 1, "user", &user) != OK ||
	    property_member_remove(r->ctx, id, user) != OK)
		return reply_fault(r);
	return reply_empty(r, 204);
}
