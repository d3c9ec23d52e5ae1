/*
 * schedules: the addresses that are fetched from: how each went last, when it comes next, and buttons to fetch
 * now, pause, resume and remove; below them the form for a new one.
 */
#include "app/schedule.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/preset_view.h"
#include "web/schedule_intake.h"

/* Those with a place for a message of their own. */
static const char *const fields[] = {"address", "cron", "meter", "car", NULL};

static void show_one(struct request *r, struct view *v, const struct schedule *s)
{
	view_int(v, "ID", s->id);
	view_set(v, "ADDRESS", s->address);
	view_set(v, "CRON", s->cron);
	view_set(v, "OWNER", s->user_email);
	view_show(v, s->is_enabled ? "IS_ON" : "IS_OFF");
	if (s->preset.n)
		view_set(view_section(v, "BY_PRESET"), "NAME", s->preset);
	frame_at(r, v, "LAST_RUN_AT", s->last_run_at);
	frame_at(r, v, "NEXT_RUN_AT", s->next_run_at);
	if (s->last_outcome.n)
		view_set(view_section(v, "OUTCOME"), "TEXT", s->last_outcome);
	if (s->last_batch.n)
		view_set(view_section(v, "LAST_JOB"), "HREF",
		         request_join(r, STR("/admin/imports/status/"), s->last_batch));
}

static void show_form(struct request *r, struct view *v, const struct schedule_intake *in)
{
	const struct import_options *o = &in->options.import;

	view_set(v, "NEW_ADDRESS", in->address);
	view_set(v, "NEW_CRON", in->cron.n ? in->cron : STR("30 6 * * *"));
	view_set(v, "NEW_METER", o->meter);
	view_set(v, "NEW_CAR", o->car);
	preset_view(r, v, o->preset);
	view_show(v, str_eqz(o->on_conflict, "replace") ? "ON_REPLACE"
	             : str_eqz(o->on_conflict, "keep")  ? "ON_KEEP"
	                                                : "ON_ACTUAL");
}

static struct reply *show(struct request *r, const struct schedule_intake *in, int status)
{
	struct fault kept = r->ctx->fault;
	struct schedule *s;
	size_t n;
	struct view *v;

	if (schedule_list(r->ctx, &s, &n) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/schedules.tpl", "Scheduled imports");
	view_setz(v, "ZONE", tz_name(frame_zone(r)));
	if (n == 0)
		view_show(v, "NONE");
	for (size_t i = 0; i < n; i++)
		show_one(r, view_section(v, "SCHEDULE"), &s[i]);
	show_form(r, v, in);
	r->ctx->fault = kept;
	if (status != 200)
		frame_form_error(r, v, fields);
	return reply_page(r, status);
}

struct reply *page_schedules(struct request *r)
{
	struct schedule_intake in = {.address = STR("")};

	intake_defaults(&in.options);
	return show(r, &in, 200);
}

static enum err add(struct request *r, struct schedule_intake *in)
{
	struct schedule s;
	enum err e = OK;

	for (size_t i = 0; i < r->form.n && !e; i++) {
		const struct form_pair *p = &r->form.pair[i];

		if (!str_eqz(p->name, "csrf") && !str_eqz(p->name, "do"))
			e = schedule_intake_take(r->ctx, in, p->name, p->value);
	}
	return e ? e : schedule_add(r->ctx, in->address, in->cron, &in->options.import, &s);
}

static enum err change(struct request *r, struct str act)
{
	int64_t id;
	enum err e;

	if (!str_to_i64(form_get(&r->form, "id"), &id))
		return ctx_fail(r->ctx, ERR_INVALID, "id", "\"id\" is the number of a schedule.");
	if (str_eqz(act, "remove"))
		return schedule_remove(r->ctx, id);
	if (str_eqz(act, "pause") || str_eqz(act, "resume"))
		return schedule_enable(r->ctx, id, str_eqz(act, "resume"));
	if (!str_eqz(act, "run"))
		return ctx_fail(r->ctx, ERR_INVALID, "do", "\"do\" is add, run, pause, resume or remove.");
	e = schedule_ask(r->ctx, id);
	if (e == OK)
		job_wake_worker(r->ctx);
	return e;
}

struct reply *page_schedules_post(struct request *r)
{
	struct schedule_intake in = {.address = STR("")};
	struct str act = form_get(&r->form, "do");
	enum err e;

	intake_defaults(&in.options);
	e = str_eqz(act, "add") ? add(r, &in) : change(r, act);
	if (e == ERR_NOT_FOUND || e == ERR_FORBIDDEN)
		return reply_fault(r);
	return e == OK ? reply_redirect(r, request_link(r, "/admin/imports/schedules"))
	               : show(r, &in, reply_fault_status(r));
}
