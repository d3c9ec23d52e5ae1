/*
 * backup_job: restoring a backup step by step: how, a dry run, what it said and the confirmation, the restore;
 * and the page of any job of backups, which is where the last three are.
 */
#include "app/backup/backup_job.h"
#include "app/backup/shelf.h"
#include "codec/json.h"
#include "web/backup_ask.h"
#include "web/backup_view.h"
#include "web/fields.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/job_view.h"

/* Those with a place for a message of their own. */
static const char *const fields[] = {"mode", "passphrase", "confirm", "password", NULL};

static struct str job_link(struct request *r, const struct backup_job *k)
{
	return request_join(r, STR("/admin/backups/jobs/"), k->job_id);
}

/* ---- how ---- */

static struct reply *show_how(struct request *r, bool refused)
{
	struct fault kept = r->ctx->fault;
	struct shelved s;
	int64_t id;

	if (request_param_id(r, 0, "backup", &id) != OK || shelf_get(r->ctx, id, &s) != OK)
		return reply_fault(r);
	struct view *v = frame_begin(r, "page/backup_restore.tpl", "Restore a backup");

	view_set(v, "HREF", request_printf_link(r, "/admin/backups/%lld", (long long)id));
	view_set(v, "NAME", s.name);
	frame_at(r, v, "MADE", s.made_at);
	if (s.only_user.n)
		view_set(view_section(v, "ONLY_USER"), "EMAIL", s.only_user);
	if (s.failure.n)
		view_set(view_section(v, "DAMAGED"), "WHY", s.failure);
	view_show(v, str_eqz(form_get(&r->form, "mode"), "replace") ? "REPLACE" : "MERGE");
	struct view *secret = s.is_encrypted ? view_section(v, "IS_ENCRYPTED") : v;

	if (!refused)
		return reply_page(r, 200);
	r->ctx->fault = kept;
	frame_form_error(r, strcmp(kept.field, "passphrase") == 0 ? secret : v, fields);
	return reply_page(r, reply_fault_status(r));
}

struct reply *page_backup_restore(struct request *r)
{
	return show_how(r, false);
}

struct reply *page_backup_restore_post(struct request *r)
{
	struct backup_ask a = {.mode = {NULL, 0}};
	struct backup_job k;
	uint64_t given;
	int64_t id;
	enum err e = request_param_id(r, 0, "backup", &id);

	if (!e)
		e = fields_form(r, &backup_ask_desc, &a, NULL, &given);
	a.dry_run = true;
	if (!e)
		e = backup_ask_restore(r, id, &a, &k);
	if (e)
		return e == ERR_NOT_FOUND ? reply_fault(r) : show_how(r, true);
	job_wake_worker(r->ctx);
	return reply_redirect(r, job_link(r, &k));
}

/* ---- one job ---- */

static bool is(const struct backup_job *k, const char *mode)
{
	return str_eqz(k->mode, mode);
}

/* What came of it, in a sentence. */
static void show_end(struct request *r, struct view *v, const struct backup_job *k)
{
	char why[160];
	struct json *report = k->report.n ? json_parse(k->report, why) : NULL;

	if (k->error_message.n && !backup_job_active(k))
		view_set(view_section(v, "FAILURE"), "MESSAGE", k->error_message);
	if (str_eqz(k->status, "completed")) {
		struct view *done = view_section(v, k->dry_run        ? "LOOKED"
		                                    : is(k, "merge")  ? "DONE_MERGE"
		                                    : is(k, "verify") ? "DONE_VERIFY"
		                                    : is(k, "create") ? "DONE_CREATE"
		                                                      : "DONE_REPLACE");

		view_set(done, "NAME", k->backup_name);
		view_set(done, "HREF", request_printf_link(r, "/admin/backups/%lld", (long long)k->backup_id));
		view_set(done, "BEFORE",
		         arena_str(r->ctx->arena, json_text(json_member(report, "backup_before"))));
	}
	json_free(report);
}

static void show_actions(struct request *r, struct view *v, const struct backup_job *k)
{
	bool reads = is(k, "merge") || is(k, "replace");

	if (reads && k->backup_id && (str_eqz(k->status, "failed") || str_eqz(k->status, "cancelled")))
		view_set(view_section(v, "MAY_ASK_ANEW"), "HREF",
		         request_printf_link(r, "/admin/backups/%lld", (long long)k->backup_id));
	if (backup_job_active(k) && !k->cancel_requested)
		view_show(v, "MAY_CANCEL");
	if ((str_eqz(k->status, "failed") || str_eqz(k->status, "cancelled")) && !k->passphrase.p &&
	    !backup_job_restores(k))
		view_show(v, "MAY_RETRY");
}

/* After a look, the form that does it. NULL: there is none. */
static struct view *show_confirm(struct request *r, struct view *v, const struct backup_job *k)
{
	struct shelved s;

	if (!k->dry_run || !str_eqz(k->status, "completed") || shelf_get(r->ctx, k->backup_id, &s) != OK)
		return NULL;
	struct view *form = view_section(v, "CONFIRM");

	view_show(form, is(k, "merge") ? "MERGE" : "REPLACE");
	view_set(form, "MODE", k->mode);
	view_set(form, "TYPED", form_get(&r->form, "confirm"));
	if (s.is_encrypted)
		view_show(form, "IS_ENCRYPTED");
	return form;
}

static struct reply *show_job(struct request *r, const struct backup_job *k, bool refused)
{
	struct fault kept = r->ctx->fault;
	struct job_health health;
	struct view *v = frame_begin(r, "page/backup_job.tpl", "Backups"), *form;
	struct reply *p;

	if (job_health(r->ctx, &health) != OK)
		return reply_fault(r);
	backup_view_job(r, v, k);
	view_set(v, "JOB_HREF", job_link(r, k));
	view_set(v, "PROCESSED_ROWS", frame_number(r, k->processed_rows));
	view_set(v, "TOTAL_ROWS", frame_number(r, k->total_rows));
	view_set(v, "USER", k->user_email.n ? k->user_email : STR("System"));
	if (k->backup_name.n)
		view_set(view_section(v, "OF"), "NAME", k->backup_name);
	frame_at(r, v, "CREATED_AT", k->created_at);
	frame_at(r, v, "STARTED_AT", k->started_at);
	frame_at(r, v, "COMPLETED_AT", k->completed_at);
	if (backup_job_active(k)) {
		view_show(v, "ACTIVE");
		job_view_health(r, v, &health);
	}
	show_end(r, v, k);
	show_actions(r, v, k);
	backup_view_report(r, v, k);
	form = show_confirm(r, v, k);
	r->ctx->fault = kept;
	if (refused && form)
		frame_form_error(r, form, fields);
	else if (refused)
		view_setz(view_section(v, "REFUSED"), "MESSAGE", kept.message);
	p = reply_page(r, refused ? reply_fault_status(r) : 200);
	if (backup_job_active(k) && !form_has(&r->cookies, "wattledger-js"))
		reply_header(p, "Refresh", STR("5"));
	return p;
}

struct reply *page_backup_job(struct request *r)
{
	struct backup_job k;

	return backup_job_get(r->ctx, r->param[0], &k) == OK ? show_job(r, &k, false) : reply_fault(r);
}

static struct reply *acted(struct request *r, enum err e, const struct backup_job *k)
{
	struct fault kept = r->ctx->fault;
	struct backup_job now;

	if (!e) {
		job_wake_worker(r->ctx);
		return reply_redirect(r, job_link(r, k));
	}
	if (e == ERR_NOT_FOUND || backup_job_get(r->ctx, r->param[0], &now) != OK)
		return reply_fault(r);
	r->ctx->fault = kept;
	return show_job(r, &now, true);
}

struct reply *page_backup_job_cancel(struct request *r)
{
	struct backup_job k;
	enum err e = backup_job_cancel(r->ctx, r->param[0], &k);

	return acted(r, e, &k);
}

struct reply *page_backup_job_retry(struct request *r)
{
	struct backup_job k;
	enum err e = backup_job_retry(r->ctx, r->param[0], &k);

	return acted(r, e, &k);
}

/* What a dry run has looked at is done. */
struct reply *page_backup_job_restore(struct request *r)
{
	struct backup_ask a = {.mode = {NULL, 0}};
	struct backup_job looked, k;
	uint64_t given;
	enum err e = backup_job_get(r->ctx, r->param[0], &looked);

	if (!e && (!looked.dry_run || !str_eqz(looked.status, "completed")))
		e = ctx_fail(r->ctx, ERR_CONFLICT, "", "Only what has been looked at first is restored.");
	if (!e)
		e = fields_form(r, &backup_ask_desc, &a, NULL, &given);
	a.mode = looked.mode;
	a.dry_run = false;
	if (!e)
		e = backup_ask_restore(r, looked.backup_id, &a, &k);
	return acted(r, e, &k);
}
