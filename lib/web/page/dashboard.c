/*
 * dashboard: how things stand, on one screen: meters, readings days, the last jobs, the worker.
 */
#include "app/job.h"
#include "app/meter.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/job_view.h"

#define LAST_JOBS 5

struct reply *page_dashboard(struct request *r)
{
	struct ctx *c = r->ctx;
	struct job_filter last = {.limit = LAST_JOBS, .rows_only = true},
	                  active = {.status = STR("processing"), .limit = 1};
	struct job_health health;
	struct job *jobs, *unused;
	size_t n, none;
	int64_t jobs_total, meters_total, working;
	struct view *v;

	if (job_list(c, &last, &jobs, &n, &jobs_total) != OK ||
	    job_list(c, &active, &unused, &none, &working) != OK || meter_count(c, &meters_total) != OK ||
	    job_health(c, &health) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/dashboard.tpl", "Dashboard");
	view_set(v, "METERS", frame_number(r, meters_total));
	view_set(v, "JOBS", frame_number(r, jobs_total));
	view_set(v, "WORKING", frame_number(r, working));
	view_set(v, "WAITING", frame_number(r, health.waiting));
	view_setz(v, "WORKER", health.running ? "Working now" : health.seen_at ? "Ready" : "Not seen yet");
	if (health.seen_at)
		view_set(view_section(v, "WORKER_SEEN"), "AGO", frame_duration(r, ctx_now(c) - health.seen_at));
	job_view_health(r, v, &health);
	if (c->actor.role >= ROLE_EDITOR)
		view_show(v, "MAY_IMPORT");
	if (n > 0)
		job_view_table(r, view_section(v, "HAS_JOBS"), "JOBS", jobs, n);
	else
		view_show(v, "NO_JOBS");
	return reply_page(r, 200);
}
