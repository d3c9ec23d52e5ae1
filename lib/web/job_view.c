/*
 * job_view: what people read about a job. The words of a status are the same in every place.
 */
#include "web/job_view.h"
#include "web/frame.h"

const char *job_view_status(const struct job *j)
{
	static const char *const names[][2] = {
	        {"queued", "Waiting"}, {"processing", "Working"},  {"completed", "Completed"},
	        {"failed", "Failed"},  {"cancelled", "Cancelled"},
	};

	if (j->cancel_requested && job_active(j))
		return "Cancelling";
	if (str_eqz(j->status, "completed") && j->failed_rows > 0)
		return "Completed with errors";
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_eqz(j->status, names[i][0]))
			return names[i][1];
	}
	return "Unknown";
}

static const char *type_name(struct str type)
{
	static const char *const names[][2] = {
	        {"hh", "Half-hourly"},
	        {"daily", "Daily"},
	        {"interval", "Intervals"},
	        {"register", "Registers"},
	        {"openwatts", "Energy and power"},
	        {"nem12", "NEM12"},
	        {"nem13", "NEM13"},
	        {"sites", "Sites"},
	        {"sessions", "Charging sessions"},
	        {"undo", "Undo"},
	        {"redo", "Redo"},
	        {"set", "Readings set"},
	        {"exclude", "Readings excluded"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eqz(type, names[i][0]))
			return names[i][1];
	return "To be found out";
}

static void set_percent(struct request *r, struct view *v, const struct job *j)
{
	int tenths = job_progress(j);

	view_setz(v, "PERCENT", arena_printf(r->ctx->arena, "%d.%d", tenths / 10, tenths % 10));
}

void job_view_row(struct request *r, struct view *v, const struct job *j)
{
	struct str iso;

	view_set(v, "HREF", request_join(r, STR("/admin/imports/status/"), j->batch_id));
	view_set(v, "FILENAME", j->filename);
	view_set(v, "KIND", j->kind);
	view_set(v, "STATUS",
	         str_eqz(j->status, "completed") && j->failed_rows > 0 ? STR("partial") : j->status);
	view_setz(v, "STATUS_LABEL", job_view_status(j));
	view_setz(v, "TYPE_LABEL", type_name(j->import_type));
	if (j->dry_run)
		view_show(v, "DRY_RUN");
	if (j->undone_at)
		view_show(v, "UNDONE");
	if (j->origin.n)
		view_set(view_section(v, "ORIGIN"), "TEXT", j->origin);
	view_set(v, "PROCESSED_ROWS", frame_number(r, j->processed_rows));
	view_set(v, "IMPORTED_ROWS", frame_number(r, j->imported_rows));
	view_set(v, "FAILED_ROWS", frame_number(r, j->failed_rows));
	if (j->failed_rows > 0)
		view_show(v, "HAS_FAILED");
	if (job_active(j))
		set_percent(r, view_section(v, "ACTIVE"), j);
	view_set(v, "QUEUED", frame_when(r, j->queued_at, &iso));
	view_set(v, "QUEUED_ISO", iso);
	view_set(v, "USER_NAME",
	         j->user_name.n    ? j->user_name
	         : j->user_email.n ? j->user_email
	                           : STR("System"));
}

void job_view(struct request *r, struct view *v, const struct job *j)
{
	job_view_row(r, v, j);
	set_percent(r, v, j);
	view_int(v, "PROGRESS", job_progress(j));
	view_set(v, "BATCH_ID", j->batch_id);
	view_set(v, "TOTAL_ROWS", frame_number(r, j->total_rows));
	view_set(v, "UNCHANGED_ROWS", frame_number(r, j->unchanged_rows));
	frame_at(r, v, "STARTED_AT", j->started_at);
	frame_at(r, v, "COMPLETED_AT", j->completed_at);
}

void job_view_table(struct request *r, struct view *v, const char *name, const struct job *jobs, size_t n)
{
	struct view *table = view_include(v, name, "part/jobs.tpl");

	for (size_t i = 0; i < n; i++)
		job_view_row(r, view_section(table, "JOB"), &jobs[i]);
}

void job_view_health(struct request *r, struct view *v, const struct job_health *h)
{
	struct view *late;

	if (!h->late)
		return;
	late = view_section(v, "WORKER_LATE");
	if (h->seen_at)
		view_set(view_section(late, "SEEN"), "AGO", frame_duration(r, ctx_now(r->ctx) - h->seen_at));
	else
		view_show(late, "NEVER_SEEN");
	view_int(late, "WAITING", h->waiting);
	view_set(late, "CRON_LINE", h->cron_line);
}
