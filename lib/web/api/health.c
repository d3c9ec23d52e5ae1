/*
 * health: for load balancers and monitors. healthz: this process answers and its database does; readyz: also a
 * first admin exists and no job waits for a worker that does not come.
 */
#include "app/job.h"
#include "app/user.h"
#include "codec/json.h"
#include "web/handlers.h"

static struct reply *health(struct request *r, bool ok, const char *status, const char *why)
{
	struct json_out j;

	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "status");
	json_str(&j, str_of(status));
	if (why[0]) {
		json_key(&j, "detail");
		json_str(&j, str_of(why));
	}
	json_end_object(&j);
	return reply_json(r, ok ? 200 : 503);
}

struct reply *api_healthz(struct request *r)
{
	struct job_health h;

	if (!r->ctx->db || job_health(r->ctx, &h) != OK)
		return health(r, false, "unavailable", "The database does not answer.");
	return health(r, true, "ok", "");
}

struct reply *api_readyz(struct request *r)
{
	struct job_health h;

	if (!r->ctx->db || job_health(r->ctx, &h) != OK)
		return health(r, false, "unavailable", "The database does not answer.");
	if (user_setup_open(r->ctx))
		return health(r, false, "setup", "There is no admin yet.");
	if (h.late)
		return health(r, false, "worker-late", "Jobs wait, and no worker has been seen for a while.");
	return health(r, true, "ready", "");
}
