/* schedule: schedules as JSON: the list, a new one, its end, and fetching now. */
#include "app/schedule.h"
#include "codec/json.h"
#include "web/handlers.h"
#include "web/schedule_intake.h"

static enum err number(struct request *r, int64_t *id)
{
	return str_to_i64(r->param[0], id) ? OK
	                                   : ctx_fail(r->ctx, ERR_NOT_FOUND, "", "There is no such schedule.");
}

static struct reply *answer(struct request *r, const struct schedule *s, int status)
{
	struct json_out j;

	json_start(&j, r->out);
	schedule_json(&j, s);
	return reply_json(r, status);
}

struct reply *api_schedules(struct request *r)
{
	struct schedule *s;
	size_t n;
	struct json_out j;

	if (schedule_list(r->ctx, &s, &n) != OK)
		return reply_fault(r);
	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "items");
	json_array(&j);
	for (size_t i = 0; i < n; i++)
		schedule_json(&j, &s[i]);
	json_end_array(&j);
	json_key(&j, "total");
	json_int(&j, (int64_t)n);
	json_end_object(&j);
	return reply_json(r, 200);
}

struct reply *api_schedules_post(struct request *r)
{
	struct schedule_intake in = {.address = STR("")};
	struct schedule s;

	intake_defaults(&in.options);
	if (intake_json_each(r, schedule_intake_take, &in) != OK ||
	    schedule_add(r->ctx, in.address, in.cron, &in.options.import, &s) != OK)
		return reply_fault(r);
	return answer(r, &s, 201);
}

struct reply *api_schedule_delete(struct request *r)
{
	int64_t id;

	return number(r, &id) == OK && schedule_remove(r->ctx, id) == OK ? reply_empty(r, 204) : reply_fault(r);
}

/* The worker fetches; the reply is the schedule, due now. */
struct reply *api_schedule_run(struct request *r)
{
	struct schedule s;
	int64_t id;

	if (number(r, &id) != OK || schedule_ask(r->ctx, id) != OK || schedule_get(r->ctx, id, &s) != OK)
		return reply_fault(r);
	job_wake_worker(r->ctx);
	return answer(r, &s, 202);
}
