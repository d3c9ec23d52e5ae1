/*
 * jobs: the list of import jobs, by status and in pages.
 */
#include "app/job.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/job_view.h"

#define LIMIT_DEFAULT 25
#define LIMIT_MAX     100

static const struct {
	const char *status, *label;
} tabs[] = {
        {"", "All"},          {"queued", "Waiting"},      {"processing", "Working"}, {"completed", "Completed"},
        {"failed", "Failed"}, {"cancelled", "Cancelled"},
};

static void show_tabs(struct request *r, struct view *v, struct str status)
{
	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++) {
		struct view *tab = view_section(v, "TAB");

		view_set(tab, "HREF",
		         request_printf_link(r, "/admin/imports/jobs%s%s", tabs[i].status[0] ? "?status=" : "",
		                             tabs[i].status));
		view_setz(tab, "LABEL", tabs[i].label);
		if (str_eqz(status, tabs[i].status))
			view_show(tab, "HERE");
	}
}

struct reply *page_jobs(struct request *r)
{
	struct job_filter f = {.status = form_get(&r->query, "status"), .rows_only = true};
	struct job_health health;
	struct job *jobs;
	bool active = false;
	size_t n;
	int64_t total;
	struct view *v;

	if (request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &f.limit) != OK ||
	    request_query_int(r, "offset", 0, INT32_MAX, 0, &f.offset) != OK)
		return reply_fault(r);
	if (f.status.n > 0 && !job_status_known(f.status)) {
		ctx_fail(r->ctx, ERR_INVALID, "status", "There is no such status.");
		return reply_fault(r);
	}
	if (job_list(r->ctx, &f, &jobs, &n, &total) != OK)
		return reply_fault(r);
	for (size_t i = 0; i < n; i++)
		active = active || job_active(&jobs[i]);
	if (active && job_health(r->ctx, &health) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/jobs.tpl", "Import jobs");
	show_tabs(r, v, f.status);
	if (r->ctx->actor.role == ROLE_ADMIN)
		view_show(v, "MAY_SEE_FILES");
	if (active) /* the worker matters only to jobs that wait for it */
		job_view_health(r, v, &health);
	if (n > 0)
		job_view_table(r, v, "JOBS", jobs, n);
	else
		view_show(v, f.status.n > 0 || f.offset > 0 ? "NONE_HERE" : "NONE_YET");
	frame_pager(r, v, "PAGER",
	            request_printf_link(r, "/admin/imports/jobs?status=%.*s&limit=%lld", STR_ARG(f.status),
	                                (long long)f.limit),
	            f.limit, f.offset, total);
	return reply_page(r, 200);
}
