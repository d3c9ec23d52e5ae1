/* draft_form: see draft_form.h. */
#include "web/draft_form.h"

#include "web/device.h"
#include "web/frame.h"

#define LISTED   DRAFTS_MAX
#define JUST_NOW 10 /* seconds */

bool draft_form_field(struct str name)
{
	return str_eqz(name, "draft") || str_eqz(name, "draft_version") || str_eqz(name, "draft_form") ||
	       str_eqz(name, "draft_subject");
}

/* ---- addresses ---- */

struct str draft_page(struct request *r, enum draft_form form, struct str subject)
{
	switch (form) {
	case DRAFT_session:
		return subject.n ? request_printf_link(r, "/admin/sessions/%.*s", STR_ARG(subject))
		                 : request_link(r, "/admin/sessions/new");
	case DRAFT_property:
		return request_printf_link(r, "/admin/properties/%.*s", STR_ARG(subject));
	case DRAFT_meter:
		return request_printf_link(r, "/admin/meters/%.*s/details", STR_ARG(subject));
	case DRAFT_export_schedule:
		return request_link(r, "/admin/exports");
	case DRAFT_FORMS:
		break;
	}
	return request_link(r, "/admin/drafts");
}

/* Where on its page the form is. */
static const char *place(enum draft_form form)
{
	switch (form) {
	case DRAFT_property:
	case DRAFT_meter:
		return "#details";
	case DRAFT_export_schedule:
		return "#new-schedule";
	case DRAFT_session:
	case DRAFT_FORMS:
		break;
	}
	return "";
}

struct str draft_href(struct request *r, const struct draft *d)
{
	enum draft_form form = draft_form_of(d->form);
	struct str page = draft_page(r, form, d->subject);

	return str_of(
	        arena_printf(r->ctx->arena, "%.*s?draft=%.*s%s", STR_ARG(page), STR_ARG(d->id), place(form)));
}

/* ---- opening ---- */

static enum err restore(struct request *r, const struct draft *d, struct draft_open *out)
{
	enum err e = draft_get(r->ctx, d->id, &out->one);

	if (!e)
		e = draft_fields(r->ctx, &out->one, &r->form);
	out->restored = !e;
	return e;
}

/* The draft that the address names, if it is one of this form; one that is gone is as good as not named. */
static enum err chosen(struct request *r, const struct draft_open *o, struct draft *out)
{
	struct str id = form_get(&r->query, "draft");
	const struct fault kept = r->ctx->fault;
	enum err e = id.n ? draft_get(r->ctx, id, out) : ERR_NOT_FOUND;

	if (!e && (draft_form_of(out->form) != o->form || !str_eq(out->subject, o->subject)))
		e = ERR_NOT_FOUND;
	if (e == ERR_NOT_FOUND)
		r->ctx->fault = kept;
	return e;
}

enum err draft_open(struct request *r, enum draft_form form, struct str subject, struct draft_open *out)
{
	const struct draft_filter mine = {.form = str_of(draft_form_name(form)),
	                                  .subject = subject.n ? subject : STR(""),
	                                  .limit = LISTED};
	struct draft one;
	int64_t total;
	enum err e;

	*out = (struct draft_open){.form = form, .subject = mine.subject};
	if (r->method != METHOD_GET)
		return OK; /* the form comes back: what is in it is what was typed */
	e = chosen(r, out, &one);
	if (!e)
		return restore(r, &one, out);
	if (e != ERR_NOT_FOUND || form_has(&r->query, "new"))
		return e == ERR_NOT_FOUND ? OK : e;
	e = draft_list(r->ctx, &mine, &out->all, &out->n, &total);
	if (!e && out->n == 1)
		e = restore(r, &out->all[0], out);
	return e;
}

/* ---- showing ---- */

static void age(struct request *r, struct view *v, const struct draft *d)
{
	struct str iso;

	view_set(v, "WHEN", frame_when(r, d->updated_at, &iso));
	view_set(v, "ISO", iso);
	view_set(v, "AGO",
	         d->age_seconds < JUST_NOW ? STR("just now")
	                                   : str_of(arena_printf(r->ctx->arena, "%.*s ago",
	                                                         STR_ARG(frame_duration(r, d->age_seconds)))));
	if (d->device.n)
		view_set(view_section(v, "ON"), "DEVICE", d->device);
}

void draft_row(struct request *r, struct view *row, const struct draft *d)
{
	view_set(row, "ID", d->id);
	view_set(row, "TITLE", d->title);
	view_set(row, "HREF", draft_href(r, d));
	if (d->forked_from.n)
		view_show(row, "FORKED");
	age(r, row, d);
}

/* The other one of two that were one. */
static void show_other(struct request *r, struct view *v, const struct draft *d)
{
	const struct fault kept = r->ctx->fault;
	struct draft other;

	if (d->forked_from.n && draft_get(r->ctx, d->forked_from, &other) == OK)
		draft_row(r, view_section(v, "OTHER"), &other);
	r->ctx->fault = kept;
}

void draft_view(struct request *r, struct view *v, const struct draft_open *o, bool list)
{
	struct view *part = view_include(v, "DRAFTS", "part/drafts.tpl");
	struct view *form = view_include(v, "DRAFT_FIELDS", "part/draft_fields.tpl");
	struct str page = draft_page(r, o->form, o->subject);

	if (o->restored) {
		struct view *one = view_section(part, "RESTORED");

		draft_row(r, one, &o->one);
		view_set(view_section(one, o->subject.n ? "LEAVE" : "START_EMPTY"), "HREF",
		         str_of(arena_printf(r->ctx->arena, "%.*s?new=1%s", STR_ARG(page), place(o->form))));
		show_other(r, one, &o->one);
	} else if (list && o->n > 1) {
		struct view *several = view_section(part, "SEVERAL");

		for (size_t i = 0; i < o->n; i++)
			draft_row(r, view_section(several, "DRAFT"), &o->all[i]);
	}
	view_set(form, "ID", o->restored ? o->one.id : form_get(&r->form, "draft"));
	if (o->restored)
		view_int(form, "AT_VERSION", o->one.version);
	else
		view_set(form, "AT_VERSION", form_get(&r->form, "draft_version"));
	view_setz(form, "FORM", draft_form_name(o->form));
	view_set(form, "SUBJECT", o->subject);
	view_set(form, "PAGE", page);
	view_set(form, "SCRIPT", frame_asset(r, "draft.js"));
	if (o->restored)
		age(r, view_section(form, "SAVED"), &o->one);
}

/* ---- what comes in ---- */

struct str draft_form_id(struct request *r, int64_t *version)
{
	if (!str_to_i64(form_get(&r->form, "draft_version"), version) || *version < 1)
		*version = -1;
	return form_get(&r->form, "draft");
}

/* What somebody typed, without what the page put there, and without secrets. */
static struct form typed(struct request *r)
{
	struct form out = {.pair = ARENA_ARRAY(r->ctx->arena, struct form_pair, r->form.n + 1)};

	for (size_t i = 0; i < r->form.n; i++) {
		struct str name = r->form.pair[i].name;

		if (!str_eqz(name, "csrf") && !draft_form_field(name) && str_search(name, STR("password")) < 0)
			out.pair[out.n++] = r->form.pair[i];
	}
	return out;
}

enum err draft_form_save(struct request *r, struct draft *out)
{
	int64_t version;
	struct str id = draft_form_id(r, &version);
	struct draft_given g = {.form = form_get(&r->form, "draft_form"),
	                        .subject = form_get(&r->form, "draft_subject"),
	                        .device = device_of(r),
	                        .fields = typed(r)};
	enum err e = id.n ? draft_update(r->ctx, id, version, &g, out) : ERR_NOT_FOUND;

	if (e != ERR_NOT_FOUND && e != ERR_PRECONDITION)
		return e;
	r->ctx->fault = (struct fault){.code = OK};
	g.forked_from = id;
	return draft_create(r->ctx, &g, out);
}

void draft_form_sent(struct request *r)
{
	const struct fault kept = r->ctx->fault;
	int64_t version;
	struct str id = draft_form_id(r, &version);

	if (id.n && draft_remove(r->ctx, id, version) != OK)
		r->ctx->fault = kept;
}
