/*
 * export_schedule: scheduled exports as JSON.
 *
 * A reply has its version as ETag, for If-Match; a GET is never answered by 304, because how the last export
 * went is in it and changes without the schedule.
 */
#include "app/export_schedule.h"
#include "web/fields.h"
#include "web/handlers.h"
#include "web/list.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     500

static struct reply *one(struct request *r, int status, enum err e, const struct export_schedule *s)
{
	if (e)
		return reply_fault(r);
	return reply_header(list_one(r, status, &export_schedule_desc, s, 0), "ETag",
	                    str_of(arena_printf(r->ctx->arena, "\"v%lld\"", (long long)s->version)));
}

static enum err number(struct request *r, int64_t *id)
{
	return request_param_id(r, 0, "scheduled export", id);
}

struct reply *api_export_schedules(struct request *r)
{
	struct export_schedule *s;
	struct list l;
	size_t n;

	if (list_query(r, LIMIT_DEFAULT, LIMIT_MAX, &l) != OK ||
	    export_schedule_list(r->ctx, l.limit, l.offset, &s, &n, &l.total) != OK)
		return reply_fault(r);
	return list_reply(r, &l, &export_schedule_desc, s, n);
}

struct reply *api_export_schedules_post(struct request *r)
{
	struct export_schedule_edit edit = EXPORT_SCHEDULE_NEW;
	struct export_schedule s;
	uint64_t given;
	enum err e = fields_json(r, &export_schedule_edit_desc, &edit, &given);

	if (!e)
		e = export_schedule_create(r->ctx, &edit, &s);
	return e ? reply_fault(r)
	         : reply_header(one(r, 201, e, &s), "Location",
	                        request_printf_link(r, "/api/export/schedules/%lld", (long long)s.id));
}

struct reply *api_export_schedule(struct request *r)
{
	struct export_schedule s;
	int64_t id;
	enum err e = number(r, &id);

	if (!e)
		e = export_schedule_get(r->ctx, id, &s);
	return one(r, 200, e, &s);
}

struct reply *api_export_schedule_patch(struct request *r)
{
	struct export_schedule_edit edit = {.days = 0};
	struct export_schedule s;
	int64_t id, version;
	uint64_t given;
	enum err e = number(r, &id);

	if (!e)
		e = fields_if_match(r, &version);
	if (!e)
		e = fields_json(r, &export_schedule_edit_desc, &edit, &given);
	if (!e)
		e = export_schedule_update(r->ctx, id, version, &edit, given, &s);
	return one(r, 200, e, &s);
}

struct reply *api_export_schedule_delete(struct request *r)
{
	int64_t id;

	return number(r, &id) == OK && export_schedule_remove(r->ctx, id) == OK ? reply_empty(r, 204)
	                                                                        : reply_fault(r);
}

/* The worker makes it; the reply says which job it is. */
struct reply *api_export_schedule_run(struct request *r)
{
	struct export_schedule s;
	int64_t id;
	enum err e = number(r, &id);

	if (!e)
		e = export_schedule_ask(r->ctx, id, &s);
	if (!e)
		job_wake_worker(r->ctx);
	return one(r, 202, e, &s);
}
