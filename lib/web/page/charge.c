/* charge: one charging session: what follows from it, the form to change or close it, and its removal. */
#include "app/charging/charge.h"
#include "app/right.h"
#include "web/charge_form.h"
#include "web/draft_form.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/meter_link.h"

static void fact(struct request *r, struct view *v, const char *section, int64_t micro)
{
	if (micro != REC_NONE)
		view_set(view_section(v, section), "VALUE", frame_decimal(r, micro));
}

static void show_facts(struct request *r, struct view *v, const struct charge *s)
{
	view_set(v, "CAR", s->car);
	view_set(v, "DATE", meter_date(r, (int32_t)s->date));
	view_show(v, str_eqz(s->status, "active") ? "IS_ACTIVE" : "IS_CLOSED");
	view_show(v, s->is_home ? "IS_HOME" : "ELSEWHERE");
	fact(r, v, "ENERGY", s->charge_delivered_kwh);
	if (s->total_cost_gbp != REC_NONE) {
		struct view *cost = view_section(v, "COST");

		view_set(cost, "VALUE", frame_money(r, s->total_cost_gbp));
		view_show(cost, s->cost_computed ? "COMPUTED" : "AS_SAID");
	}
	if (s->miles != REC_NONE)
		view_set(view_section(v, "MILES"), "VALUE", frame_number(r, s->miles));
	if (s->is_baseline)
		view_show(v, "BASELINE");
	if (s->efficiency_mpkwh != REC_NONE) {
		struct view *e = view_section(v, "EFFICIENCY");

		view_set(e, "VALUE", frame_decimal(r, s->efficiency_mpkwh));
		if (str_eqz(s->efficiency_from, "default"))
			view_show(e, "BY_DEFAULT");
	}
	if (s->petrol_cost_gbp != REC_NONE)
		view_set(view_section(v, "PETROL"), "VALUE", frame_money(r, s->petrol_cost_gbp));
	if (s->saving_gbp != REC_NONE) {
		struct view *saved = view_section(v, s->saving_gbp < 0 ? "LOST" : "SAVED");

		view_set(saved, "VALUE", frame_money(r, s->saving_gbp < 0 ? -s->saving_gbp : s->saving_gbp));
	}
	frame_at(r, v, "CHANGED", s->updated_at);
}

/* The draft that stays although its form was sent: another tab had gone on with it (charge_new.c). */
static void show_kept(struct request *r, struct view *v)
{
	struct str id = form_get(&r->query, "kept");
	struct draft d;

	if (id.n && draft_get(r->ctx, id, &d) == OK)
		draft_row(r, view_section(v, "KEPT"), &d);
	r->ctx->fault = (struct fault){.code = OK};
}

static struct reply *show(struct request *r, const struct fault *refused)
{
	struct versioned_field field[CHARGE_FORM_FIELDS];
	struct charge_form stored, typed;
	struct charge s;
	struct draft_open o;
	struct view *v;

	r->ctx->fault = (struct fault){.code = OK};
	if (charge_get(r->ctx, r->param[0], &s) != OK)
		return reply_fault(r);
	struct str href = request_printf_link(r, "/admin/sessions/%.*s", STR_ARG(s.id));

	if (draft_open(r, DRAFT_session, s.id, &o) != OK)
		return reply_fault(r);
	charge_form_stored(r, &s, &stored);
	charge_form_versioned(&stored, field);
	if (refused->code == ERR_PRECONDITION && !versioned_differs(r, field, CHARGE_FORM_FIELDS))
		return reply_redirect(r, href);
	charge_form_typed(r, &typed);
	v = frame_begin(r, "page/session.tpl", "Charging session");
	view_set(v, "HREF", href);
	show_facts(r, v, &s);
	show_kept(r, v);
	if (right_to_write(r->ctx) == OK) {
		struct view *change = view_section(v, "MAY_CHANGE");

		view_set(change, "HREF", href);
		view_show(change, str_eqz(s.status, "active") ? "MAY_CLOSE" : "MAY_SAVE");
		versioned_view(r, change, field, CHARGE_FORM_FIELDS, s.version, refused, href);
		draft_view(r, change, &o, true);
		if (charge_form_view(r, change, refused->code || o.restored ? &typed : &stored, refused) != OK)
			return reply_fault(r);
	}
	r->ctx->fault = *refused;
	return reply_page(r, refused->code ? reply_fault_status(r) : 200);
}

struct reply *page_session(struct request *r)
{
	const struct fault none = {.code = OK};

	return show(r, &none);
}

struct reply *page_session_post(struct request *r)
{
	struct charge_edit edit = charge_blank();
	struct charge s;
	int64_t version;
	uint64_t given;
	enum err e = versioned_read(r, &version);

	if (!e)
		e = charge_form_read(r, &edit, &given);
	if (!e)
		e = charge_update(r->ctx, r->param[0], version, &edit, given, &s);
	if (!e) {
		draft_form_sent(r);
		return reply_redirect(r, request_printf_link(r, "/admin/sessions/%.*s", STR_ARG(s.id)));
	}
	const struct fault refused = r->ctx->fault;

	return e == ERR_FORBIDDEN ? reply_fault(r) : show(r, &refused);
}

struct reply *page_session_remove(struct request *r)
{
	return charge_remove(r->ctx, r->param[0], 0) == OK
	               ? reply_redirect(r, request_link(r, "/admin/sessions"))
	               : reply_fault(r);
}
