/* edit: edits of a meter's readings as JSON: making one, listing them, taking one out and putting it back. */
#include "app/edit.h"
#include "web/fields.h"
#include "web/handlers.h"
#include "web/list.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     500

struct reply *api_meter_edits(struct request *r)
{
	struct edit *all;
	struct list l;
	int64_t id;
	size_t n;

	if (request_param_id(r, 0, "meter", &id) != OK || list_query(r, LIMIT_DEFAULT, LIMIT_MAX, &l) != OK ||
	    edit_list(r->ctx, id, l.limit, l.offset, &all, &n, &l.total) != OK)
		return reply_fault(r);
	return list_reply(r, &l, &edit_desc, all, n);
}

struct reply *api_meter_edits_post(struct request *r)
{
	struct edit_wanted wanted = {.has_value = false};
	struct edit made;
	int64_t id;
	uint64_t given = 0;
	enum err e = request_param_id(r, 0, "meter", &id);

	if (!e)
		e = fields_json(r, &edit_wanted_desc, &wanted, &given);
	wanted.has_value = given & EDIT_VALUE_GIVEN;
	if (!e)
		e = edit_add(r->ctx, id, &wanted, &made);
	return e ? reply_fault(r) : list_one(r, 201, &edit_desc, &made, 0);
}

typedef enum err edit_move_fn(struct ctx *c, int64_t meter_id, int64_t id, struct edit *out);

static struct reply *move(struct request *r, edit_move_fn *to)
{
	struct edit e;
	int64_t meter, id;

	if (request_param_id(r, 0, "meter", &meter) != OK || request_param_id(r, 1, "edit", &id) != OK ||
	    to(r->ctx, meter, id, &e) != OK)
		return reply_fault(r);
	return list_one(r, 200, &edit_desc, &e, 0);
}

struct reply *api_meter_edit_delete(struct request *r)
{
	return move(r, edit_take_out);
}

struct reply *api_meter_edit_restore(struct request *r)
{
	return move(r, edit_put_back);
}
