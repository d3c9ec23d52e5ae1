/* undo: undo and redo as JSON: a queued job, or with ?dry_run=1 what it would do. */
#include "app/undo.h"
#include "codec/json.h"
#include "web/handlers.h"
#include "web/job_json.h"

static void member_int(struct json_out *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

static struct reply *foresee(struct request *r, enum undo_what what)
{
	struct undo_report u;
	struct json_out j;

	if (undo_foresee(r->ctx, r->param[0], what, &u) != OK)
		return reply_fault(r);
	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "batch_id");
	json_str(&j, u.of.batch_id);
	json_key(&j, "dry_run");
	json_bool(&j, true);
	member_int(&j, "days", u.days);
	member_int(&j, "days_removed", u.days_removed);
	member_int(&j, "days_changed", u.days_changed);
	member_int(&j, "days_added", u.days_added);
	member_int(&j, "days_unchanged", u.days_same);
	member_int(&j, "meters", u.meters);
	member_int(&j, "cars", u.cars);
	member_int(&j, "sessions_edited", u.sessions_edited);
	json_end_object(&j);
	return reply_json(r, 200);
}

static struct reply *ask(struct request *r, enum undo_what what)
{
	struct job work;
	int64_t dry;

	if (request_query_int(r, "dry_run", 0, 1, 0, &dry) != OK)
		return reply_fault(r);
	if (dry)
		return foresee(r, what);
	if (undo_queue(r->ctx, r->param[0], what, &work) != OK)
		return reply_fault(r);
	job_wake_worker(r->ctx);
	return job_json_queued(r, &work);
}

struct reply *api_job_undo(struct request *r)
{
	return ask(r, UNDO);
}

struct reply *api_job_redo(struct request *r)
{
	return ask(r, REDO);
}
