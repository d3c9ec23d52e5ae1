/*
 * charge_new: the form of a new charging session, and what comes before it: a session of one's own that is
 * still active, then drafts (DECISIONS 28). One draft is restored at once; of several, or where a car is
 * charging, one chooses first, or starts empty.
 *
 * What is sent may be a draft already, and becomes the session under the draft's id (charge_promote). Then it
 * may have become it before, by a second click or in another tab: the same again is no error, another content
 * is asked about. And a draft into which something else was typed meanwhile, in another tab, is not spent: the
 * session is a new one, and the draft stays.
 */
#include "app/charging/car.h"
#include "app/charging/charge.h"
#include "web/charge_form.h"
#include "web/draft_form.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/meter_link.h"

#define ACTIVE_SHOWN 5

static struct reply *show_form(struct request *r, const struct charge_form *f, const struct draft_open *o,
                               const struct fault *refused)
{
	struct view *v = frame_begin(r, "page/session_new.tpl", "Add a charging session");
	struct car *k;
	size_t n;

	r->ctx->fault = (struct fault){.code = OK};
	if (car_list(r->ctx, 0, false, &k, &n) != OK)
		return reply_fault(r);
	if (!n)
		view_show(v, "NO_CARS");
	if (n) {
		struct view *form = view_section(v, "HAS_CARS");

		draft_view(r, form, o, false);
		if (charge_form_view(r, form, f, refused) != OK)
			return reply_fault(r);
	}
	r->ctx->fault = *refused;
	return reply_page(r, refused->code ? reply_fault_status(r) : 200);
}

/* ---- before it ---- */

static enum err active_ones(struct request *r, struct charge **out, size_t *n)
{
	struct charge_filter f = {.user_id = r->ctx->actor.user_id,
	                          .from = REC_NONE,
	                          .to = REC_NONE,
	                          .status = STR("active"),
	                          .limit = ACTIVE_SHOWN};
	int64_t total;

	return charge_list(r->ctx, &f, out, n, &total);
}

static void show_active(struct request *r, struct view *v, const struct charge *s)
{
	view_set(v, "HREF", request_printf_link(r, "/admin/sessions/%.*s", STR_ARG(s->id)));
	view_set(v, "CAR", s->car);
	if (s->location_label.n)
		view_set(view_section(v, "AT"), "PLACE", s->location_label);
	frame_at(r, v, "SINCE", s->started_at);
	if (!s->started_at)
		view_set(view_section(v, "ON_DAY"), "DATE", meter_date(r, (int32_t)s->date));
}

static struct reply *show_choice(struct request *r, const struct charge *s, size_t n,
                                 const struct draft_open *o)
{
	struct view *v = frame_begin(r, "page/session_choose.tpl", "Add a charging session");
	struct view *drafts = o->n ? view_section(v, "DRAFTS") : NULL;

	for (size_t i = 0; i < n; i++)
		show_active(r, view_section(v, "ACTIVE"), &s[i]);
	for (size_t i = 0; i < o->n; i++)
		draft_row(r, view_section(drafts, "DRAFT"), &o->all[i]);
	return reply_page(r, 200);
}

static struct str href(struct request *r, struct str id)
{
	return request_printf_link(r, "/admin/sessions/%.*s", STR_ARG(id));
}

/* The session that a draft has become which the address names: of a tab that was left open. */
static bool became(struct request *r, const struct draft_open *o, struct charge *out)
{
	const struct fault none = {.code = OK};
	struct str id = form_get(&r->query, "draft");
	bool yes = id.n && !o->restored && charge_get(r->ctx, id, out) == OK;

	r->ctx->fault = none;
	return yes;
}

struct reply *page_session_new(struct request *r)
{
	const struct fault none = {.code = OK};
	struct charge sent;
	bool asked = form_has(&r->query, "draft") || form_has(&r->query, "new");
	struct charge_form f;
	struct draft_open o;
	struct charge *s = NULL;
	size_t n = 0;

	if (draft_open(r, DRAFT_session, STR(""), &o) != OK || (!asked && active_ones(r, &s, &n) != OK))
		return reply_fault(r);
	if (became(r, &o, &sent))
		return reply_redirect(r, href(r, sent.id));
	if (n || (o.n > 1 && !o.restored))
		return show_choice(r, s, n, &o);
	if (o.restored)
		charge_form_typed(r, &f);
	else if (charge_form_new(r, &f) != OK)
		return reply_fault(r);
	return show_form(r, &f, &o, &none);
}

/* ---- what was sent ---- */

/* The draft has become a session before this. */
static struct reply *sent_before(struct request *r, const struct charge *s)
{
	struct versioned_field field[CHARGE_FORM_FIELDS];
	struct charge_form stored, typed;
	struct draft_open o;

	charge_form_stored(r, s, &stored);
	charge_form_versioned(&stored, field);
	if (!versioned_differs(r, field, CHARGE_FORM_FIELDS))
		return reply_redirect(r, href(r, s->id));
	charge_form_typed(r, &typed);
	r->form.n = 0; /* it is a draft of nothing now */
	if (draft_open(r, DRAFT_session, STR(""), &o) != OK)
		return reply_fault(r);
	const struct fault refused = {
	        .code = ERR_CONFLICT,
	        .message =
	                "This draft has been sent already, perhaps in another tab, and is among the "
	                "sessions now. Here is what you typed in this one: saving it adds a second session."};

	return show_form(r, &typed, &o, &refused);
}

static enum err store(struct request *r, const struct charge_edit *edit, struct charge *out)
{
	int64_t version;
	struct str id = draft_form_id(r, &version);
	enum err e = id.n ? charge_promote(r->ctx, id, version, edit, out) : charge_create(r->ctx, edit, out);
	bool gone = e == ERR_NOT_FOUND && strcmp(r->ctx->fault.field, "draft") == 0;

	if (!id.n || (e != ERR_PRECONDITION && !gone))
		return e;
	r->ctx->fault = (struct fault){.code = OK};
	if (gone && charge_get(r->ctx, id, out) == OK)
		return ERR_CONFLICT;
	r->ctx->fault = (struct fault){.code = OK};
	return charge_create(r->ctx, edit, out);
}

/* To the session; with the draft that another tab had gone on with, if it stays. */
static struct reply *stored(struct request *r, const struct charge *s)
{
	int64_t version;
	struct str id = draft_form_id(r, &version), to = href(r, s->id);
	struct draft kept;

	if (id.n && !str_eq(id, s->id) && draft_get(r->ctx, id, &kept) == OK)
		to = str_of(arena_printf(r->ctx->arena, "%.*s?kept=%.*s", STR_ARG(to), STR_ARG(kept.id)));
	return reply_redirect(r, to);
}

struct reply *page_sessions_post(struct request *r)
{
	struct charge_edit edit = charge_blank();
	struct charge_form f;
	struct draft_open o;
	struct charge s;
	uint64_t given;
	enum err e = charge_form_read(r, &edit, &given);

	if (!e)
		e = store(r, &edit, &s);
	if (!e)
		return stored(r, &s);
	if (e == ERR_FORBIDDEN)
		return reply_fault(r);
	if (e == ERR_CONFLICT && !r->ctx->fault.code)
		return sent_before(r, &s);
	const struct fault refused = r->ctx->fault;

	charge_form_typed(r, &f);
	return draft_open(r, DRAFT_session, STR(""), &o) == OK ? show_form(r, &f, &o, &refused)
	                                                       : reply_fault(r);
}
