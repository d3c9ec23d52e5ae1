/*
 * imports: the upload form. A plain multipart form does it all; app.js sends large files in chunks instead.
 */
#include "app/preset.h"
#include "app/setting.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/intake.h"
#include "web/job_view.h"

/* Those with a place for a message of their own; others are told above the form. */
static const char *const fields[] = {"file", "type", NULL};

static void show_presets(struct request *r, struct view *v, struct str chosen)
{
	struct preset *p;
	size_t n;

	if (preset_list(r->ctx, &p, &n) != OK || n == 0)
		return;
	struct view *list = view_section(v, "PRESETS");

	for (size_t i = 0; i < n; i++) {
		struct view *o = view_section(list, "PRESET");

		view_set(o, "NAME", p[i].name);
		if (str_eq_nocase(p[i].name, chosen))
			view_show(o, "SELECTED");
	}
}

static struct reply *show(struct request *r, const struct intake_options *o, int status)
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
	show_presets(r, v, o->import.preset);
	view_show(v, str_eqz(o->import.type, "hh")      ? "TYPE_HH"
	             : str_eqz(o->import.type, "daily") ? "TYPE_DAILY"
	                                                : "TYPE_AUTO");
	if (o->import.dry_run)
		view_show(v, "DRY_RUN");
	if (o->import.preview)
		view_show(v, "LOOK_FIRST");
	if (o->background)
		view_show(v, "BACKGROUND");
	if (kept.code != OK)
		frame_form_error(r, v, fields);
	job_view_health(r, v, &health);
	return reply_page(r, status);
}

struct reply *page_imports(struct request *r)
{
	struct intake_options o;

	intake_defaults(&o);
	return show(r, &o, 200);
}

struct reply *page_imports_post(struct request *r)
{
	struct intake_options o;
	struct job j;

	if (intake_multipart(r, &o, &j) != OK)
		return show(r, &o, reply_fault_status(r));
	if (!o.background && intake_wait(r, &j) != OK)
		return reply_fault(r);
	if (o.import.preview)
		return reply_redirect(
		        r, request_printf_link(r, "/admin/imports/%.*s/preview", STR_ARG(j.batch_id)));
	return reply_redirect(r, request_printf_link(r, "/admin/imports/status/%.*s", STR_ARG(j.batch_id)));
}
