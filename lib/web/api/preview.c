/* preview: how a stored file is read, as JSON; its answers corrected; and the dry run made an import. */
#include "app/preview.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "web/handlers.h"
#include "web/intake.h"
#include "web/job_json.h"

struct reply *api_preview(struct request *r)
{
	struct preview *p = ARENA_NEW(r->ctx->arena, struct preview);
	struct json_out j;

	if (preview_of(r->ctx, r->param[0], NULL, p) != OK)
		return reply_fault(r);
	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "job");
	job_json(r, &j, &p->job);
	preview_json(r->ctx->arena, &j, p);
	json_end_object(&j);
	return reply_json(r, 200);
}

static struct reply *again(struct request *r, bool for_good)
{
	struct intake_options o = {.background = false};
	struct job j;

	/* what the body leaves out stays as it was seen */
	enum err e = import_options_of(r->ctx, r->param[0], &o.import);
	o.import.dry_run = !for_good;
	if (e == OK)
		e = intake_json(r, &o);
	if (e == OK && (o.background || o.import.preview || o.import.fixes.n || o.import.dry_run == for_good))
		e = ctx_fail(
		        r->ctx, ERR_INVALID, "",
		        "\"background\", \"preview\", \"fixes\" and another \"dry_run\" mean nothing here.");
	if (e != OK)
		return reply_fault(r);
	if (import_again(r->ctx, r->param[0], &o.import, &j) != OK)
		return reply_fault(r);
	job_wake_worker(r->ctx);
	return job_json_queued(r, &j);
}

struct reply *api_preview_post(struct request *r)
{
	return again(r, false);
}

struct reply *api_preview_import(struct request *r)
{
	return again(r, true);
}
