/*
 * status: one job, from waiting to done: counts, progress, how the file was read, what was rejected and why.
 *
 * While the job is active the page renews itself every 5 s: by the Refresh response header where there is no
 * JavaScript, by app.js in place where there is. The script says that it runs with the cookie "wattledger-js",
 * which carries nothing else. (A <meta> refresh would be an accessibility fault: it moves the reader of a page
 * that changes.)
 */
#include "app/cleanup.h"
#include "app/undo.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/job_view.h"

#define ERRORS_SHOWN  100
#define LINE_SHOWN    300 /* bytes of a rejected line; the whole is in the download */
#define WARNINGS_MAX  100
#define STALLED_AFTER 120 /* seconds without a commit, before the page wonders */

/* Entries and edits are done when they are made: no worker has anything to tell of them. */
static bool at_once(const struct job *j)
{
	return str_eqz(j->kind, "entry") || str_eqz(j->kind, "edit");
}

/* Of an undo or redo. */
static void show_days(struct request *r, struct view *v, const struct job *j)
{
	view_set(v, "CHANGED", frame_number(r, j->imported_rows));
	view_set(v, "SAME", frame_number(r, j->unchanged_rows));
	view_set(v, "ALL", frame_number(r, j->processed_rows));
}

static void show_counts(struct request *r, struct view *v, const struct job *j)
{
	view_show(v, str_eqz(j->import_type, "sessions") ? "OF_SESSIONS" : "OF_READINGS");
	view_set(v, "INTERVALS_NEW", frame_number(r, j->intervals_new));
	view_set(v, "INTERVALS_IDENTICAL", frame_number(r, j->intervals_identical));
	view_set(v, "INTERVALS_CHANGED", frame_number(r, j->intervals_changed));
	view_set(v, "INTERVALS_KEPT", frame_number(r, j->intervals_kept));
	if (j->intervals_kept > 0)
		view_show(v, "HAS_KEPT");
	if (j->meters_new > 0) {
		struct view *made = view_section(v, "METERS_MADE");

		view_set(made, "COUNT", frame_number(r, j->meters_new));
		view_show(made, j->meters_new == 1 ? "ONE" : "SEVERAL");
	}
	view_set(v, "BYTES_DONE", frame_bytes(r, j->bytes_done));
	view_set(v, "BYTES_TOTAL", frame_bytes(r, j->bytes_total));
	if (j->total_rows > 0)
		view_show(v, "TOTAL_KNOWN");
}

static void show_pace(struct request *r, struct view *v, const struct job *j)
{
	int64_t now = ctx_now(r->ctx), left;
	double rate;
	struct view *pace;

	if (j->started_at == 0)
		return;
	job_pace(j, now, &rate, &left);
	pace = view_section(v, "PACE");
	view_set(pace, "RATE", frame_number(r, (int64_t)(rate + 0.5)));
	if (job_active(j) && left >= 0)
		view_set(view_section(pace, "LEFT"), "TIME", frame_duration(r, left));
	if (!job_active(j) && j->completed_at >= j->started_at)
		view_set(view_section(pace, "TOOK"), "TIME",
		         frame_duration(r, j->completed_at - j->started_at));
	if (str_eqz(j->status, "processing") && j->progress_at && now - j->progress_at > STALLED_AFTER)
		view_set(view_section(v, "STALLED"), "AGO", frame_duration(r, now - j->progress_at));
}

/* The sentences of the job's summary. One that cannot be read is left out: the counts are the truth. */
static void show_read_as(struct request *r, struct view *v, const struct job *j)
{
	char why[160];
	struct json *root = j->summary.n > 0 ? json_parse(j->summary, why) : NULL;
	const struct json *read_as = json_member(root, "read_as");
	struct view *part = json_count(read_as) > 0 ? view_section(v, "READ_AS") : NULL;

	for (size_t i = 0; part && i < json_count(read_as); i++)
		view_set(view_section(part, "SENTENCE"), "TEXT",
		         arena_str(r->ctx->arena, json_text(json_item(read_as, i))));
	json_free(root);
}

static enum err show_warnings(struct request *r, struct view *v, const struct job *j)
{
	struct job_error *warnings;
	size_t n;
	enum err e = job_warnings(r->ctx, j, WARNINGS_MAX, &warnings, &n);
	struct view *part = !e && n > 0 ? view_section(v, "WARNINGS") : NULL;

	for (size_t i = 0; part && i < n; i++) {
		struct view *line = view_section(part, "WARNING");

		if (warnings[i].row > 0)
			view_int(view_section(line, "HAS_ROW"), "ROW", warnings[i].row);
		view_set(line, "TEXT", warnings[i].message);
		if (warnings[i].times > 1)
			view_set(view_section(line, "OFTEN"), "TIMES", frame_number(r, warnings[i].times));
	}
	return e;
}

static enum err show_errors(struct request *r, struct view *v, const struct job *j)
{
	struct arena *a = r->ctx->arena;
	struct job_error *errors;
	size_t n;
	int64_t total, offset;
	struct view *part;
	enum err e = request_query_int(r, "offset", 0, INT32_MAX, 0, &offset);

	if (e == OK)
		e = job_errors(r->ctx, j, ERRORS_SHOWN, offset, &errors, &n, &total);
	if (e != OK || total == 0)
		return e;
	part = view_section(v, "ERRORS");
	view_set(part, "CSV_HREF",
	         request_printf_link(r, "/admin/imports/status/%.*s/errors.csv", STR_ARG(j->batch_id)));
	if (r->ctx->actor.role >= ROLE_EDITOR && !j->dry_run && !job_active(j))
		view_show(part, "MAY_MEND");
	if (j->failed_rows > total)
		view_set(view_section(part, "NOT_ALL"), "KEPT", frame_number(r, total));
	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(part, "ERROR");
		struct str line = utf8_clean(a, errors[i].line), shown = utf8_cut(line, LINE_SHOWN);

		if (errors[i].row > 0)
			view_int(view_section(row, "HAS_ROW"), "ROW", errors[i].row);
		view_set(row, "COLUMN", utf8_clean(a, errors[i].column));
		view_set(row, "CODE", errors[i].code);
		view_set(row, "MESSAGE", utf8_clean(a, errors[i].message));
		view_set(row, "LINE", shown);
		if (shown.n < line.n)
			view_show(row, "CUT");
	}
	frame_pager(r, part, "PAGER",
	            request_printf_link(r, "/admin/imports/status/%.*s?errors=1", STR_ARG(j->batch_id)),
	            ERRORS_SHOWN, offset, total);
	return OK;
}

static void show_actions(struct request *r, struct view *v, const struct job *j)
{
	if (r->ctx->actor.role < ROLE_EDITOR)
		return;
	if (job_active(j) && !j->cancel_requested && str_eqz(j->kind, "import"))
		view_show(v, "MAY_CANCEL");
	if ((str_eqz(j->status, "failed") || str_eqz(j->status, "cancelled")) && !j->undone_at)
		view_show(v, "MAY_RETRY");
	if (str_eqz(j->kind, "import") && str_starts(j->file_path, STR("uploads/")) && !j->cleaned_at) {
		view_show(v, "MAY_LOOK");
		view_set(v, "LOOK_HREF",
		         request_printf_link(r, "/admin/imports/%.*s/preview", STR_ARG(j->batch_id)));
	}
	if (undo_possible(j, UNDO) && (j->processed_rows > j->failed_rows || at_once(j)))
		view_show(v, "MAY_UNDO");
	if (undo_possible(j, REDO))
		view_show(v, "MAY_REDO");
	if (job_file_kept(j) && !job_active(j))
		view_show(v, "MAY_REMOVE_FILE");
}

static struct reply *show(struct request *r, const struct job *j, int status)
{
	struct job_health health;
	struct view *v;
	struct reply *p;

	if (job_of_backups(j))
		return reply_redirect(r, request_join(r, STR("/admin/backups/jobs/"), j->batch_id));
	if (job_health(r->ctx, &health) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/status.tpl",
	                arena_printf(r->ctx->arena, "%s: %.*s", job_view_status(j), STR_ARG(j->filename)));
	if (status != 200)
		view_setz(view_section(v, "REFUSED"), "MESSAGE", r->ctx->fault.message);
	job_view(r, v, j);
	show_counts(r, v, j);
	if (str_eqz(j->kind, "import"))
		view_show(v, "IMPORT");
	else if (!at_once(j))
		show_days(r, view_section(v, "DAYS"), j);
	frame_at(r, v, "UNDONE_AT", j->cleaned_at ? 0 : j->undone_at);
	if (j->cleaned_at)
		view_show(v, j->undone_at ? "UNDONE_FOR_GOOD" : "STAYS_FOR_GOOD");
	frame_at(r, v, "CLEANED_AT", j->cleaned_at);
	if (!at_once(j))
		view_show(v, "WORK");
	if (!j->dry_run)
		view_show(v, "REAL_RUN");
	if (j->follows.n)
		view_set(view_section(v, "FOLLOWS"), "FIRST_HREF",
		         request_printf_link(r, "/admin/imports/status/%.*s", STR_ARG(j->follows)));
	show_pace(r, v, j);
	show_read_as(r, v, j);
	show_actions(r, v, j);
	if (job_active(j))
		job_view_health(r, v, &health);
	if (j->error_message.n > 0)
		view_set(view_section(v, "FAILURE"), "MESSAGE", j->error_message);
	if (show_warnings(r, v, j) != OK || show_errors(r, v, j) != OK)
		return reply_fault(r);
	p = reply_page(r, status);
	if (job_active(j) && !form_has(&r->cookies, "wattledger-js"))
		reply_header(p, "Refresh", STR("5"));
	return p;
}

struct reply *page_status(struct request *r)
{
	struct job j;

	return job_get(r->ctx, r->param[0], &j) == OK ? show(r, &j, 200) : reply_fault(r);
}

/* A cancel or retry: back to the job's page, or that page with the reason why not. */
static struct reply *acted(struct request *r, enum err e)
{
	struct job j;

	if (e == OK)
		return reply_redirect(
		        r, request_printf_link(r, "/admin/imports/status/%.*s", STR_ARG(r->param[0])));
	if (e != ERR_CONFLICT || job_get(r->ctx, r->param[0], &j) != OK)
		return reply_fault(r);
	return show(r, &j, 409);
}

struct reply *page_status_cancel(struct request *r)
{
	return acted(r, job_cancel(r->ctx, r->param[0]));
}

struct reply *page_status_retry(struct request *r)
{
	enum err e = job_retry(r->ctx, r->param[0]);

	if (e == OK)
		job_wake_worker(r->ctx);
	return acted(r, e);
}

struct reply *page_status_file_remove(struct request *r)
{
	return acted(r, cleanup_file(r->ctx, r->param[0]));
}
