/*
 * imports: the upload form. A plain multipart form does it all, for one file or several; app.js sends large
 * files in chunks instead.
 */
#include "app/setting.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/intake.h"
#include "web/job_view.h"
#include "web/preset_view.h"

/* Those with a place for a message of their own; others are told above the form. */
static const char *const fields[] = {"file", "type", "car", NULL};

/* Of several files some were taken. */
static void show_taken(struct request *r, struct view *v, const struct intake_files *files)
{
	struct view *some = view_section(v, "SOME_TAKEN");

	view_int(some, "TAKEN", (int64_t)files->queued);
	view_int(some, "ALL", (int64_t)files->n);
	for (size_t i = 0; i < files->n; i++) {
		const struct intake_file *f = &files->file[i];

		if (f->fault.code == OK)
			continue;
		struct view *one = view_section(some, "REFUSED");

		view_set(one, "NAME", f->upload.filename);
		view_set(one, "WHY", arena_str(r->ctx->arena, str_of(f->fault.message)));
	}
}

/* files: of a form that was sent and taken in part; or NULL. */
static struct reply *show(struct request *r, const struct intake_options *o, const struct intake_files *files,
                          int status)
{
	struct job_health health;
	struct fault kept = r->ctx->fault;
	struct view *v;

	if (job_health(r->ctx, &health) != OK)
		return reply_fault(r);
	r->ctx->fault = kept;
	v = frame_begin(r, "page/imports.tpl", status == 200 ? "Import readings" : "Not imported");
	view_int(v, "LIMIT_MIB", setting_int(r->ctx, SETTING_upload_max_mib));
	view_int(v, "WAIT_SECONDS", setting_int(r->ctx, SETTING_sync_wait_seconds));
	preset_view(r, v, o->import.preset);
	view_show(v, str_eqz(o->import.type, "hh")         ? "TYPE_HH"
	             : str_eqz(o->import.type, "daily")    ? "TYPE_DAILY"
	             : str_eqz(o->import.type, "sessions") ? "TYPE_SESSIONS"
	                                                   : "TYPE_AUTO");
	view_set(v, "CAR", o->import.car);
	if (o->import.dry_run)
		view_show(v, "DRY_RUN");
	if (o->import.preview)
		view_show(v, "LOOK_FIRST");
	if (o->background)
		view_show(v, "BACKGROUND");
	if (kept.code != OK)
		frame_form_error(r, v, fields);
	if (files)
		show_taken(r, v, files);
	job_view_health(r, v, &health);
	return reply_page(r, status);
}

struct reply *page_imports(struct request *r)
{
	struct intake_options o;

	intake_defaults(&o);
	return show(r, &o, NULL, 200);
}

/* After one file: its own page; after several: the list of jobs. */
struct reply *page_imports_post(struct request *r)
{
	struct intake_options o;
	struct intake_files files;

	if (intake_multipart(r, &o, &files) != OK)
		return show(r, &o, NULL, reply_fault_status(r));
	if (files.queued < files.n)
		return show(r, &o, &files, 422);
	if (files.n > 1)
		return reply_redirect(r, request_printf_link(r, "/admin/imports/jobs"));
	struct job *j = &files.file[0].job;

	if (!o.background && intake_wait(r, j) != OK)
		return reply_fault(r);
	return reply_redirect(r, request_printf_link(r,
	                                             o.import.preview ? "/admin/imports/%.*s/preview"
	                                                              : "/admin/imports/status/%.*s",
	                                             STR_ARG(j->batch_id)));
}
