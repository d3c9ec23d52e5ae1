/* presets: the answers that are kept, to be renamed, exported and deleted. */
#include "app/import/format.h"
#include "app/preset.h"
#include "codec/utf8.h"
#include "web/frame.h"
#include "web/handlers.h"

static void show_answers(struct request *r, struct view *row, const struct preset *p)
{
	struct answers all;
	struct fault unused;

	if (answers_read(r->ctx->arena, p->answers, &all, &unused) != OK)
		return;
	for (int id = 0; id < ANSWERS; id++) {
		if (!all.given[id].n)
			continue;
		struct view *a = view_section(row, "ANSWER");

		view_setz(a, "TITLE", answer_infos[id].title);
		view_set(a, "WORDS", answer_said(all.given[id]));
	}
}

static const char *form_said(struct str type)
{
	for (size_t i = 0; i < import_formats_count; i++)
		if (str_eqz(type, import_formats[i].name))
			return import_formats[i].title;
	return "Found out from the file";
}

static struct reply *show(struct request *r, int status)
{
	static const char *const fields[] = {NULL};
	struct fault kept = r->ctx->fault;
	const struct actor *me = &r->ctx->actor;
	struct preset *p;
	size_t n;
	struct view *v;

	if (preset_list(r->ctx, &p, &n) != OK)
		return reply_fault(r);
	r->ctx->fault = kept;
	v = frame_begin(r, "page/presets.tpl", "Presets");
	if (status != 200)
		frame_form_error(r, v, fields);
	if (n == 0)
		view_show(v, "NONE");
	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(v, "PRESET");

		view_int(row, "ID", p[i].id);
		view_set(row, "NAME", p[i].name);
		view_setz(row, "FORM", form_said(p[i].import_type));
		show_answers(r, row, &p[i]);
		view_set(row, "MADE_BY", p[i].user_email.n ? p[i].user_email : STR("System"));
		if (p[i].fingerprint.n)
			view_set(view_section(row, "HEADER_LINE"), "TEXT", utf8_cut(p[i].header, 300));
		else
			view_show(row, "NO_HEADER");
		if (me->role == ROLE_ADMIN || p[i].user_id == me->user_id)
			view_show(row, "MAY_CHANGE");
	}
	return reply_page(r, status);
}

struct reply *page_presets(struct request *r)
{
	return show(r, 200);
}

struct reply *page_presets_post(struct request *r)
{
	struct str act = form_get(&r->form, "do");
	int64_t id = 0;
	enum err e = OK;

	if (!str_to_i64(form_get(&r->form, "id"), &id))
		e = ctx_fail(r->ctx, ERR_INVALID, "id", "\"id\" is the number of a preset.");
	else if (str_eqz(act, "delete"))
		e = preset_delete(r->ctx, id);
	else
		e = preset_rename(r->ctx, id, form_get(&r->form, "name"));
	if (e == ERR_NOT_FOUND || e == ERR_FORBIDDEN)
		return reply_fault(r);
	return e == OK ? reply_redirect(r, request_link(r, "/admin/imports/presets"))
	               : show(r, reply_fault_status(r));
}
