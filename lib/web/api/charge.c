/* charge: charging sessions as JSON (source A). */
#include "app/charging/charge.h"
#include "web/charge_query.h"
#include "web/fields.h"
#include "web/handlers.h"
#include "web/list.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     100 /* with the longest notes they are 6 MB */

static struct reply *one(struct request *r, int status, enum err e, const struct charge *s)
{
	return e ? reply_fault(r) : list_one(r, status, &charge_desc, s, s->version);
}

struct reply *api_sessions(struct request *r)
{
	struct charge_filter f;
	struct charge *s;
	struct list l;
	size_t n;

	if (list_query(r, LIMIT_DEFAULT, LIMIT_MAX, &l) != OK || charge_query(r, &f) != OK)
		return reply_fault(r);
	f.limit = l.limit;
	f.offset = l.offset;
	f.with_notes = true;
	if (charge_list(r->ctx, &f, &s, &n, &l.total) != OK)
		return reply_fault(r);
	return list_reply(r, &l, &charge_desc, s, n);
}

struct reply *api_sessions_export(struct request *r)
{
	return charge_query_export(r);
}

struct reply *api_sessions_post(struct request *r)
{
	struct charge_edit edit = charge_blank();
	struct charge s;
	uint64_t given;
	enum err e = fields_json(r, &charge_edit_desc, &edit, &given);

	if (!e)
		e = charge_create(r->ctx, &edit, &s);
	return e ? reply_fault(r)
	         : reply_header(one(r, 201, e, &s), "Location",
	                        request_printf_link(r, "/api/sessions/%.*s", STR_ARG(s.id)));
}

struct reply *api_session(struct request *r)
{
	struct charge s;

	return one(r, 200, charge_get(r->ctx, r->param[0], &s), &s);
}

struct reply *api_session_patch(struct request *r)
{
	struct charge_edit edit = charge_blank();
	struct charge s;
	int64_t version;
	uint64_t given;
	enum err e = fields_if_match(r, &version);

	if (!e)
		e = fields_json(r, &charge_edit_desc, &edit, &given);
	if (!e)
		e = charge_update(r->ctx, r->param[0], version, &edit, given, &s);
	return one(r, 200, e, &s);
}

struct reply *api_session_delete(struct request *r)
{
	int64_t version;

	if (fields_if_match(r, &version) != OK || charge_remove(r->ctx, r->param[0], version) != OK)
		return reply_fault(r);
	return reply_empty(r, 204);
}
