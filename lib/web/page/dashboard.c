/*
 * dashboard: how things stand, on one screen: meters, readings days, the last jobs, the worker.
 */
#include "app/dashboard.h"
#include "app/job.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/job_view.h"

#define LAST_JOBS  5
#define PROPERTIES 12 /* that are listed */

static void show_ledger(struct request *r, struct view *v, const struct dashboard *d)
{
	view_set(v, "METERS", frame_number(r, d->meters_count));
	view_set(v, "PROPERTIES", frame_number(r, d->properties_count));
	view_set(v, "READINGS", frame_number(r, d->readings_this_month));
	if (!d->n)
		return;
	struct view *table = view_section(v, "HAS_PROPERTIES");

	for (size_t i = 0; i < d->n && i < PROPERTIES; i++) {
		struct view *row = view_section(table, "PROPERTY");

		view_set(row, "NAME", d->property[i].name);
		view_set(row, "HREF",
		         request_printf_link(r, "/admin/properties/%lld", (long long)d->property[i].id));
		view_set(row, "METERS_COUNT", frame_number(r, d->property[i].meters_count));
		view_set(row, "READINGS_COUNT", frame_number(r, d->property[i].readings_this_month));
		frame_at(r, row, "LAST", d->property[i].latest_reading);
	}
	if (d->n > PROPERTIES)
		view_show(table, "MORE");
}

struct reply *page_dashboard(struct request *r)
{
	struct ctx *c = r->ctx;
	struct job_filter last = {.limit = LAST_JOBS, .rows_only = true},
	                  active = {.status = STR("processing"), .limit = 1};
	struct dashboard d;
	struct job_health health;
	struct job *jobs, *unused;
	size_t n, none;
	int64_t jobs_total, working;
	struct view *v;

	if (job_list(c, &last, &jobs, &n, &jobs_total) != OK ||
	    job_list(c, &active, &unused, &none, &working) != OK || dashboard_of(c, &d) != OK ||
	    job_health(c, &health) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/dashboard.tpl", "Dashboard");
	show_ledger(r, v, &d);
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
