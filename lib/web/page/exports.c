/*
 * exports: the form that asks for one, and those that were made: how far each is, its file, and a button that
 * removes or cancels it; below them what is exported at set times (export_schedules.c). While one is under way
 * the list renews itself by app.js; without JavaScript there is a link instead, because a page that renews
 * itself would take away what somebody is typing into the form.
 */
#include "app/export_job.h"
#include "app/meter.h"
#include "app/property.h"
#include "app/setting.h"
#include "web/export_pages.h"
#include "web/export_view.h"
#include "web/fields.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/job_view.h"

#define LIMIT          25
#define PROPERTIES_MAX 500

/* Those with a place for a message of their own. */
static const char *const fields[] = {"meter", "from", "to", NULL};

struct asked {
	struct str shape, format, from, to, meter;
	int64_t property_id;
};
static const struct rec_field asked_fields[] = {
        REC(struct asked, shape, REC_TEXT), REC(struct asked, format, REC_TEXT),
        REC(struct asked, from, REC_TEXT),  REC(struct asked, to, REC_TEXT),
        REC(struct asked, meter, REC_TEXT), REC(struct asked, property_id, REC_INT),
};
static const struct rec_desc asked_desc = REC_DESC(struct asked, asked_fields);

static const struct {
	const char *name, *about;
} shapes[] = {
        {"long", "Everything: channels, units, qualities, registers."},
        {"wide", "Half hours only, 48 columns a day."},
        {"wide15", "Quarter hours only, 96 columns a day."},
        {"openwatts", "Energy in kWh, power, voltage and current, in UTC."},
};

/* ---- the list ---- */

static void show_row(struct request *r, struct view *v, const struct export_job *x)
{
	bool done = str_eqz(x->status, "completed"), active = export_active(x);
	struct job status = {.status = x->status, .cancel_requested = x->cancel_requested};
	int64_t tenths = x->series_all ? 1000 * x->series_done / x->series_all : 0;

	view_set(v, "HREF", request_join(r, STR("/admin/exports/"), x->job_id));
	view_set(v, "FILENAME", x->filename);
	view_set(v, "STATUS", x->status);
	view_setz(v, "STATUS_LABEL", job_view_status(&status));
	view_show(v, done ? "READY" : "NOT_READY");
	if (x->schedule_id)
		view_show(v, "SCHEDULED");
	view_set(v, "ROWS", frame_number(r, x->record_count));
	view_set(v, "SIZE", frame_bytes(r, x->file_size_bytes));
	view_set(v, "USER", x->user_email.n ? x->user_email : STR("System"));
	frame_at(r, v, "CREATED_AT", x->created_at);
	view_setz(v, "PERCENT", arena_printf(r->ctx->arena, "%d.%d", (int)(tenths / 10), (int)(tenths % 10)));
	view_show(v, active ? "UNDER_WAY" : "ENDED");
	if (str_eqz(x->status, "failed"))
		view_set(view_section(v, "WHY"), "TEXT", x->error_message);
	if (x->skipped_series)
		view_set(view_section(v, "SKIPPED"), "NUMBER", frame_number(r, x->skipped_series));
}

static enum err show_list(struct request *r, struct view *v, int64_t offset)
{
	struct export_job *x;
	struct job_health health;
	bool active = false;
	size_t n;
	int64_t total;

	if (export_list(r->ctx, LIMIT, offset, &x, &n, &total) != OK || job_health(r->ctx, &health) != OK)
		return r->ctx->fault.code;
	for (size_t i = 0; i < n; i++) {
		show_row(r, view_section(v, "EXPORT"), &x[i]);
		active = active || export_active(&x[i]);
	}
	view_show(v, n > 0 ? "SOME" : "NONE");
	if (active)
		view_show(v, "ACTIVE");
	view_set(v, "TOTAL", frame_number(r, total));
	view_int(v, "DAYS", setting_int(r->ctx, SETTING_exports_kept_days));
	job_view_health(r, v, &health);
	frame_pager(r, v, "PAGER", request_printf_link(r, "/admin/exports?limit=%d", LIMIT), LIMIT, offset,
	            total);
	return OK;
}

/* ---- the form ---- */

const char *export_shape_title(const char *shape)
{
#define EXPORT(name, function, title)  \
	if (strcmp(shape, #name) == 0) \
		return title;
#include "app/exports.def"
#undef EXPORT
	return shape;
}

enum err export_property_options(struct request *r, struct view *v, struct str chosen)
{
	struct property_filter f = {.limit = PROPERTIES_MAX};
	struct property *p;
	size_t n;
	int64_t total, id = 0;

	if (property_list(r->ctx, &f, &p, &n, &total) != OK)
		return r->ctx->fault.code;
	if (!str_to_i64(chosen, &id))
		id = 0;
	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(v, "PROPERTY");

		view_int(row, "ID", p[i].id);
		view_set(row, "NAME", p[i].name);
		if (p[i].id == id)
			view_show(row, "SELECTED");
	}
	return OK;
}

static void show_form(struct view *v, const struct asked *a)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct view *row = view_section(v, "SHAPE");

		view_setz(row, "NAME", shapes[i].name);
		view_setz(row, "TITLE", export_shape_title(shapes[i].name));
		view_setz(row, "ABOUT", shapes[i].about);
		if (str_eqz(a->shape, shapes[i].name) || (!a->shape.n && i == 0))
			view_show(row, "CHECKED");
	}
	view_set(v, "METER", a->meter);
	view_set(v, "FROM", a->from);
	view_set(v, "TO", a->to);
	if (str_eqz(a->format, "xlsx"))
		view_show(v, "IS_XLSX");
}

/* by_schedule: what the fault is about is a schedule's form. */
static struct reply *show(struct request *r, const struct asked *a, int status, bool by_schedule)
{
	struct fault kept = r->ctx->fault;
	const char *chosen = arena_printf(r->ctx->arena, "%lld", (long long)a->property_id);
	int64_t offset;
	struct view *v, *form;

	if (request_query_int(r, "offset", 0, INT32_MAX, 0, &offset) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/exports.tpl", "Exports");
	form = view_section(v, "ASK"); /* of its own, or its errors would show in the form of schedules */
	show_form(form, a);
	if (export_property_options(r, form, str_of(chosen)) != OK || show_list(r, v, offset) != OK ||
	    export_schedules_part(r, v, by_schedule ? &kept : NULL) != OK)
		return reply_fault(r);
	r->ctx->fault = kept;
	if (status != 200 && !by_schedule)
		frame_form_error(r, form, fields);
	return reply_page(r, status);
}

struct reply *page_exports(struct request *r)
{
	struct asked a = {.shape = STR("")};
	struct str property = form_get(&r->query, "property_id");

	if (property.n > 0 && !str_to_i64(property, &a.property_id))
		a.property_id = 0;
	a.meter = form_get(&r->query, "meter");
	a.from = form_get(&r->query, "from");
	a.to = form_get(&r->query, "to");
	return show(r, &a, 200, false);
}

struct reply *exports_page_refused(struct request *r)
{
	return show(r, &(struct asked){.shape = STR("")}, reply_fault_status(r), true);
}

/* ---- asking for one, and its end ---- */

static enum err ask(struct request *r, const struct asked *a)
{
	struct export_wanted w = {.shape = a->shape,
	                          .format = a->format,
	                          .property_id = a->property_id,
	                          .from = a->from,
	                          .to = a->to};
	struct export_job x;
	struct meter m;
	enum err e = a->meter.n ? meter_by_identifier(r->ctx, a->meter, &m) : OK;

	if (e == ERR_NOT_FOUND)
		return ctx_fail(r->ctx, ERR_INVALID, "meter", "There is no meter of this number.");
	if (!e && a->meter.n && a->property_id && m.property_id != a->property_id)
		return ctx_fail(r->ctx, ERR_INVALID, "meter", "This meter belongs to another property.");
	if (!e && a->meter.n) {
		w.meter = &m.id;
		w.meters = 1;
	}
	return e ? e : export_queue(r->ctx, &w, &x);
}

struct reply *page_exports_post(struct request *r)
{
	struct asked a = {.shape = STR("")};
	uint64_t given;

	if (fields_form(r, &asked_desc, &a, NULL, &given) != OK || ask(r, &a) != OK)
		return show(r, &a, reply_fault_status(r), false);
	job_wake_worker(r->ctx);
	return reply_redirect(r, request_link(r, "/admin/exports"));
}

struct reply *page_export_file(struct request *r)
{
	return export_download(r, r->param[0]);
}

struct reply *page_export_remove(struct request *r)
{
	bool gone;

	return export_remove(r->ctx, r->param[0], &gone) == OK
	               ? reply_redirect(r, request_link(r, "/admin/exports"))
	               : reply_fault(r);
}
