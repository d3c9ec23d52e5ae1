/*
 * export_schedules: the part of the page of exports about what is exported at set times: how each went last,
 * when it comes next, buttons, and the form for a new one. A form that is refused comes back as it was typed.
 */
#include "app/export_period.h"
#include "app/export_schedule.h"
#include "app/right.h"
#include "app/setting.h"
#include "web/draft_form.h"
#include "web/export_pages.h"
#include "web/fields.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/job_view.h"

#define LIMIT 200

/* Those with a place for a message of their own. */
static const char *const fields[] = {"period", "days", "meter", "cron", "keep", NULL};

/* ---- the list ---- */

static void show_last_job(struct request *r, struct view *v, const struct export_schedule *s)
{
	struct job job = {.status = s->last_job_status};
	struct view *last;

	if (!s->last_job_id.n)
		return;
	last = view_section(v, "LAST_JOB");
	view_set(last, "STATUS", s->last_job_status);
	view_setz(last, "STATUS_LABEL", job_view_status(&job));
	if (str_eqz(s->last_job_status, "completed"))
		view_set(view_section(last, "FILE"), "HREF",
		         request_printf_link(r, "/admin/exports/%.*s/file", STR_ARG(s->last_job_id)));
	if (s->last_job_error.n)
		view_set(view_section(last, "WHY"), "TEXT", s->last_job_error);
}

/* "Mill House", "Meter 1700000000501 of Mill House", "All properties" */
static const char *title_of(struct request *r, const struct export_schedule *s)
{
	if (!s->property_id && !s->meter_id)
		return "All properties";
	if (s->meter_id && s->meter.n)
		return arena_printf(r->ctx->arena, "Meter %.*s of %.*s", STR_ARG(s->meter),
		                    STR_ARG(s->property_name));
	if (!s->meter_id && s->property_name.n)
		return arena_strz(r->ctx->arena, s->property_name);
	return s->meter_id ? "A meter that is not there any more" : "A property that is not there any more";
}

static void show_one(struct request *r, struct view *v, const struct export_schedule *s)
{
	char *period = arena_alloc(r->ctx->arena, EXPORT_PERIOD_TEXT);

	export_period_text(s->period, s->days, period);
	view_int(v, "ID", s->id);
	view_setz(v, "TITLE", title_of(r, s));
	view_setz(v, "PERIOD", period);
	view_set(v, "SHAPE_NAME", s->shape);
	view_setz(v, "FORMAT_TITLE", str_eqz(s->format, "xlsx") ? "XLSX" : "CSV");
	view_set(v, "CRON", s->cron);
	view_set(v, "ZONE", s->time_zone);
	view_int(v, "KEEP", s->keep);
	view_set(v, "OWNER", s->user_email);
	view_show(v, s->is_enabled ? "IS_ON" : "IS_OFF");
	frame_at(r, v, "LAST_RUN_AT", s->last_run_at);
	frame_at(r, v, "NEXT_RUN_AT", s->next_run_at);
	if (s->last_outcome.n)
		view_set(view_section(v, "OUTCOME"), "TEXT", s->last_outcome);
	show_last_job(r, v, s);
}

/* ---- the form ---- */

static void option(struct view *v, const char *section, const char *name, const char *title, struct str chosen)
{
	struct view *o = view_section(v, section);

	view_setz(o, "VALUE", name);
	view_setz(o, "TITLE", title);
	if (str_eqz(chosen, name))
		view_show(o, "SELECTED");
}

/* What was typed, or what stands there at first. */
static struct str typed(struct request *r, bool sent, const char *name, const char *first)
{
	return sent ? form_get(&r->form, name) : str_of(first);
}

static enum err show_form(struct request *r, struct view *v, bool sent)
{
	struct str shape = typed(r, sent, "shape", "long"), format = typed(r, sent, "format", "csv");

	for (size_t i = 0; i < export_periods_count; i++)
		option(v, "PERIOD_OPTION", export_periods[i].name, export_periods[i].title,
		       typed(r, sent, "period", "last_month"));
#define EXPORT(name, function, title) option(v, "SHAPE_OPTION", #name, title, shape);
#include "app/exports.def"
#undef EXPORT
	option(v, "FORMAT_OPTION", "csv", "CSV", format);
	option(v, "FORMAT_OPTION", "xlsx", "Excel workbook (XLSX)", format);
	view_set(v, "NEW_DAYS", typed(r, sent, "days", "7"));
	view_set(v, "NEW_METER", typed(r, sent, "meter", ""));
	view_set(v, "NEW_CRON", typed(r, sent, "cron", "0 6 1 * *"));
	view_set(v, "NEW_KEEP",
	         typed(r, sent, "keep", arena_printf(r->ctx->arena, "%d", (int)EXPORT_SCHEDULE_NEW.keep)));
	return export_property_options(r, v, typed(r, sent, "property_id", ""));
}

/* The drafts of a new one, for who may write. *restored: r->form holds what was typed in one. */
static enum err show_drafts(struct request *r, struct view *v, bool *restored)
{
	const struct fault kept = r->ctx->fault;
	struct draft_open o;
	enum err e;

	*restored = false;
	if (right_to_write(r->ctx) != OK) {
		r->ctx->fault = kept;
		return OK;
	}
	e = draft_open(r, DRAFT_export_schedule, STR(""), &o);
	if (e)
		return e;
	draft_view(r, v, &o, true);
	*restored = o.restored;
	if (o.restored || o.n > 1)
		view_show(v, "OPEN");
	return OK;
}

enum err export_schedules_part(struct request *r, struct view *page, const struct fault *refused)
{
	struct view *v = view_section(page, "SCHEDULES");
	bool sent = refused && str_eqz(form_get(&r->form, "do"), "add"), restored;
	struct export_schedule *s;
	int64_t total;
	size_t n;

	if (export_schedule_list(r->ctx, LIMIT, 0, &s, &n, &total) != OK ||
	    show_drafts(r, v, &restored) != OK || show_form(r, v, sent || restored) != OK)
		return r->ctx->fault.code;
	for (size_t i = 0; i < n; i++)
		show_one(r, view_section(v, "SCHEDULE"), &s[i]);
	if (n == 0)
		view_show(v, "NO_SCHEDULE");
	if (total > LIMIT)
		view_set(view_section(v, "MORE"), "NUMBER", frame_number(r, total - LIMIT));
	view_int(v, "REMOVED_DAYS", setting_int(r->ctx, SETTING_exports_kept_days));
	if (sent)
		view_show(v, "OPEN");
	if (refused) {
		r->ctx->fault = *refused;
		frame_form_error(r, v, fields);
	}
	return OK;
}

/* ---- what its forms ask for ---- */

/* The field "days" is always in the form, and says nothing where the period is another one. */
static enum err read_form(struct request *r, struct export_schedule_edit *edit)
{
	static const char *const other[] = {"do", NULL};
	struct form sent = r->form, read = {.pair = ARENA_ARRAY(r->ctx->arena, struct form_pair, sent.n)};
	bool days = str_eqz(form_get(&sent, "period"), "days");
	uint64_t given;
	enum err e;

	for (size_t i = 0; i < sent.n; i++)
		if (days || !str_eqz(sent.pair[i].name, "days"))
			read.pair[read.n++] = sent.pair[i];
	r->form = read;
	e = fields_form(r, &export_schedule_edit_desc, edit, other, &given);
	r->form = sent;
	edit->is_enabled = true;
	return e;
}

static enum err add(struct request *r)
{
	struct export_schedule_edit edit = EXPORT_SCHEDULE_NEW;
	struct export_schedule s;
	enum err e = read_form(r, &edit);

	if (!e)
		e = export_schedule_create(r->ctx, &edit, &s);
	if (!e)
		draft_form_sent(r);
	return e;
}

static enum err change(struct request *r, struct str act)
{
	struct export_schedule s;
	int64_t id;
	enum err e;

	if (!str_to_i64(form_get(&r->form, "id"), &id))
		return ctx_fail(r->ctx, ERR_INVALID, "id", "\"id\" is the number of a scheduled export.");
	if (str_eqz(act, "remove"))
		return export_schedule_remove(r->ctx, id);
	if (str_eqz(act, "pause") || str_eqz(act, "resume"))
		return export_schedule_enable(r->ctx, id, str_eqz(act, "resume"), &s);
	if (!str_eqz(act, "run"))
		return ctx_fail(r->ctx, ERR_INVALID, "do", "\"do\" is add, run, pause, resume or remove.");
	e = export_schedule_ask(r->ctx, id, &s);
	if (e == OK)
		job_wake_worker(r->ctx);
	return e;
}

struct reply *page_export_schedules_post(struct request *r)
{
	struct str act = form_get(&r->form, "do");
	bool new = str_eqz(act, "add");
	enum err e = new ? add(r) : change(r, act);

	if (e == ERR_NOT_FOUND && !new)
		return reply_fault(r);
	return e ? exports_page_refused(r) : reply_redirect(r, request_link(r, "/admin/exports#scheduled"));
}
