/* meter: meters (all, or a property's), their exchanges and their further identifiers as JSON. */
#include "app/meter.h"
#include "app/meter_event.h"
#include "web/api/bodies.h"
#include "web/fields.h"
#include "web/handlers.h"
#include "web/list.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     500

static struct reply *one(struct request *r, int status, enum err e, const struct meter *m)
{
	return e ? reply_fault(r) : list_one(r, status, &meter_desc, m, m->version);
}

/* Of one property, or of all that one may see where property_id is 0. */
static struct reply *listing(struct request *r, int64_t property_id)
{
	struct meter_filter f = {.property_id = property_id,
	                         .search = form_get(&r->query, "search"),
	                         .meter_type = form_get(&r->query, "meter_type"),
	                         .sub_meter_kind = form_get(&r->query, "sub_meter_kind")};
	struct meter *m;
	struct list l;
	size_t n;

	if (list_query(r, LIMIT_DEFAULT, LIMIT_MAX, &l) != OK ||
	    list_query_activity(r, &f.include_inactive, &f.inactive_only) != OK)
		return reply_fault(r);
	f.limit = l.limit;
	f.offset = l.offset;
	if (meter_list(r->ctx, &f, &m, &n, &l.total) != OK)
		return reply_fault(r);
	return list_reply(r, &l, &meter_desc, m, n);
}

struct reply *api_meters(struct request *r)
{
	int64_t id;

	return request_query_int(r, "property_id", 1, INT64_MAX, 0, &id) == OK ? listing(r, id)
	                                                                       : reply_fault(r);
}

struct reply *api_property_meters(struct request *r)
{
	int64_t id;

	return request_param_id(r, 0, "property", &id) == OK ? listing(r, id) : reply_fault(r);
}

static struct reply *create(struct request *r, int64_t property_id)
{
	struct meter_edit edit = {.property_id = property_id};
	struct meter m;
	uint64_t given;
	enum err e = fields_json(r, &meter_edit_desc, &edit, &given);

	if (!e && property_id && edit.property_id != property_id)
		e = ctx_fail(r->ctx, ERR_INVALID, "property_id",
		             "\"property_id\" is another one than the address says.");
	if (!e)
		e = meter_create(r->ctx, &edit, &m);
	return e ? reply_fault(r)
	         : reply_header(one(r, 201, e, &m), "Location",
	                        request_printf_link(r, "/api/meters/%lld", (long long)m.id));
}

struct reply *api_meters_post(struct request *r)
{
	return create(r, 0);
}

struct reply *api_property_meters_post(struct request *r)
{
	int64_t id;

	return request_param_id(r, 0, "property", &id) == OK ? create(r, id) : reply_fault(r);
}

struct reply *api_meter(struct request *r)
{
	struct meter m;
	int64_t id;
	enum err e = request_param_id(r, 0, "meter", &id);

	if (!e)
		e = meter_get(r->ctx, id, &m);
	return one(r, 200, e, &m);
}

struct reply *api_meter_patch(struct request *r)
{
	struct meter_edit edit = {.property_id = 0};
	struct meter m;
	int64_t id, version;
	uint64_t given;
	enum err e = request_param_id(r, 0, "meter", &id);

	if (!e)
		e = fields_if_match(r, &version);
	if (!e)
		e = fields_json(r, &meter_edit_desc, &edit, &given);
	if (!e)
		e = meter_update(r->ctx, id, version, &edit, given, &m);
	return one(r, 200, e, &m);
}

struct reply *api_meter_delete(struct request *r)
{
	struct meter m;
	int64_t id;
	enum err e = request_param_id(r, 0, "meter", &id);

	if (!e)
		e = meter_remove(r->ctx, id, &m);
	return one(r, 200, e, &m);
}

struct reply *api_meter_restore(struct request *r)
{
	struct meter m;
	int64_t id;
	enum err e = request_param_id(r, 0, "meter", &id);

	if (!e)
		e = meter_restore(r->ctx, id, &m);
	return one(r, 200, e, &m);
}

/* ---- further identifiers ---- */

struct reply *api_meter_identifiers(struct request *r)
{
	struct meter_identifier *all;
	int64_t id;
	size_t n;

	if (request_param_id(r, 0, "meter", &id) != OK || meter_identifiers(r->ctx, id, &all, &n) != OK)
		return reply_fault(r);
	return list_whole(r, &meter_identifier_desc, all, n);
}

static const struct rec_field identifier_fields[] = {REC(struct meter_identifier, identifier, REC_TEXT),
                                                     REC(struct meter_identifier, from, REC_TEXT),
                                                     REC(struct meter_identifier, to, REC_TEXT)};
const struct rec_desc api_identifier_desc = REC_DESC(struct meter_identifier, identifier_fields);

struct reply *api_meter_identifiers_post(struct request *r)
{
	struct meter_identifier wanted = {.id = 0}, made;
	int64_t id;
	uint64_t given;

	if (request_param_id(r, 0, "meter", &id) != OK ||
	    fields_json(r, &api_identifier_desc, &wanted, &given) != OK ||
	    meter_identifier_add(r->ctx, id, &wanted, &made) != OK)
		return reply_fault(r);
	return list_one(r, 201, &meter_identifier_desc, &made, 0);
}

struct reply *api_meter_identifier_delete(struct request *r)
{
	int64_t id, identifier;

	if (request_param_id(r, 0, "meter", &id) != OK ||
	    request_param_id(r, 1, "identifier", &identifier) != OK ||
	    meter_identifier_remove(r->ctx, id, identifier) != OK)
		return reply_fault(r);
	return reply_empty(r, 204);
}

/* ---- exchanges and roll-overs ---- */

struct reply *api_meter_events(struct request *r)
{
	struct meter_event *all;
	struct meter m;
	int64_t id;
	size_t n;

	if (request_param_id(r, 0, "meter", &id) != OK || meter_get(r->ctx, id, &m) != OK ||
	    meter_events_of(r->ctx, id, STR(""), &all, &n) != OK)
		return reply_fault(r);
	return list_whole(r, &meter_event_desc, all, n);
}

/* Left out it would be 0, which is a reading too. */
static enum err final_given(struct request *r, uint64_t given)
{
	return given & METER_EVENT_FINAL_GIVEN
	               ? OK
	               : ctx_fail(r->ctx, ERR_INVALID, "final_value", "Say what the register showed last.");
}

struct reply *api_meter_events_post(struct request *r)
{
	struct meter_event wanted = {.id = 0}, made;
	int64_t id;
	uint64_t given;

	if (request_param_id(r, 0, "meter", &id) != OK ||
	    fields_json(r, &meter_event_given_desc, &wanted, &given) != OK || final_given(r, given) != OK ||
	    meter_event_add(r->ctx, id, &wanted, &made) != OK)
		return reply_fault(r);
	return list_one(r, 201, &meter_event_desc, &made, 0);
}

struct reply *api_meter_event_delete(struct request *r)
{
	int64_t id, event;

	if (request_param_id(r, 0, "meter", &id) != OK || request_param_id(r, 1, "event", &event) != OK ||
	    meter_event_remove(r->ctx, id, event) != OK)
		return reply_fault(r);
	return reply_empty(r, 204);
}
