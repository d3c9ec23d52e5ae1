/*
 * meter_details: what a meter is (name, kind, formula, property), what else it is or was called, and when its
 * register was exchanged or rolled over: each a form of its own that says on the page why it was refused.
 */
#include "app/meter.h"
#include "app/meter_event.h"
#include "app/property.h"
#include "app/reading.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "web/fields.h"
#include "web/frame.h"
#include "web/handlers.h"

#define PROPERTIES_MAX 500

static enum err show_lists(struct request *r, struct view *v, int64_t id)
{
	struct meter_identifier *names;
	struct meter_event *events;
	size_t n;
	enum err e = meter_identifiers(r->ctx, id, &names, &n);

	for (size_t i = 0; !e && i < n; i++) {
		struct view *row = view_section(v, "IDENTIFIER_ROW");

		view_rec(row, &meter_identifier_desc, &names[i]);
		if (names[i].from.n || names[i].to.n)
			view_show(row, "HAS_RANGE");
	}
	if (!e)
		e = meter_events_of(r->ctx, id, STR(""), &events, &n);
	for (size_t i = 0; !e && i < n; i++) {
		struct view *row = view_section(v, "EVENT");

		view_rec(row, &meter_event_desc, &events[i]);
		view_set(row, "FINAL", frame_decimal(r, events[i].final_value));
		view_set(row, "FIRST", frame_decimal(r, events[i].first_value));
		frame_at(r, row, "WHEN_AT", events[i].at);
		view_show(row, str_eqz(events[i].kind, "exchange") ? "EXCHANGE" : "ROLLOVER");
	}
	return e;
}

/* The properties that it may be moved to; the service asks once more. */
static enum err show_properties(struct request *r, struct view *v, int64_t here)
{
	struct property_filter f = {.limit = PROPERTIES_MAX};
	struct property *p;
	size_t n;
	int64_t total;
	enum err e = property_list(r->ctx, &f, &p, &n, &total);

	for (size_t i = 0; !e && i < n; i++) {
		if (str_eqz(p[i].my_role, "viewer"))
			continue;
		struct view *o = view_section(v, "PROPERTY");

		view_int(o, "ID", p[i].id);
		view_set(o, "NAME", p[i].name);
		if (p[i].id == here)
			view_show(o, "SELECTED");
	}
	return e;
}

static struct reply *show(struct request *r, const char *refused)
{
	struct fault kept = r->ctx->fault;
	struct meter m;
	enum right right;
	int64_t id;
	bool typed = strcmp(refused, "DETAILS_REFUSED") == 0;

	r->ctx->fault = (struct fault){.code = OK};
	if (request_param_id(r, 0, "meter", &id) != OK || meter_get(r->ctx, id, &m) != OK ||
	    right_of_property(r->ctx, m.property_id, &right) != OK)
		return reply_fault(r);
	struct view *v = frame_begin(r, "page/meter_details.tpl",
	                             arena_printf(r->ctx->arena, "Meter %.*s", STR_ARG(m.identifier)));
	struct str type = typed ? form_get(&r->form, "meter_type") : m.meter_type;

	view_rec(v, &meter_desc, &m);
	view_set(v, "HREF", request_printf_link(r, "/admin/meters/%lld", (long long)id));
	view_set(v, "F_IDENTIFIER", typed ? form_get(&r->form, "identifier") : m.identifier);
	view_set(v, "F_NAME", typed ? form_get(&r->form, "name") : m.name);
	view_set(v, "F_FORMULA", typed ? form_get(&r->form, "formula") : m.formula);
	view_show(v, str_eqz(type, "SUB_METER") ? "IS_SUB" : "IS_MAIN");
	if (right >= RIGHT_EDIT)
		view_show(v, "MAY_EDIT");
	if (show_lists(r, v, id) != OK || show_properties(r, v, m.property_id) != OK)
		return reply_fault(r);
	r->ctx->fault = kept;
	if (refused[0])
		view_setz(view_section(v, refused), "MESSAGE", kept.message);
	return reply_page(r, refused[0] ? reply_fault_status(r) : 200);
}

struct reply *page_meter_details(struct request *r)
{
	return show(r, "");
}

static struct reply *done(struct request *r, enum err e, const char *section)
{
	if (e == ERR_NOT_FOUND || e == ERR_FORBIDDEN)
		return reply_fault(r);
	return e ? show(r, section)
	         : reply_redirect(r,
	                          request_printf_link(r, "/admin/meters/%.*s/details", STR_ARG(r->param[0])));
}

struct reply *page_meter_details_post(struct request *r)
{
	struct meter_edit edit = {.property_id = 0};
	struct meter m;
	int64_t id;
	uint64_t given;
	enum err e = request_param_id(r, 0, "meter", &id);

	if (!e)
		e = fields_form(r, &meter_edit_desc, &edit, NULL, &given);
	if (!e)
		e = meter_update(r->ctx, id, 0, &edit, given, &m);
	return done(r, e, "DETAILS_REFUSED");
}

/* Adds one, or removes the one that `remove` names. */
struct reply *page_meter_identifiers_post(struct request *r)
{
	struct meter_identifier wanted = {.identifier = str_trim(form_get(&r->form, "identifier")),
	                                  .from = form_get(&r->form, "from"),
	                                  .to = form_get(&r->form, "to")},
	                        made;
	struct str remove = form_get(&r->form, "remove");
	int64_t id, which = 0;
	enum err e = request_param_id(r, 0, "meter", &id);

	if (!e && remove.n)
		e = str_to_i64(remove, &which) ? meter_identifier_remove(r->ctx, id, which) : ERR_NOT_FOUND;
	else if (!e)
		e = meter_identifier_add(r->ctx, id, &wanted, &made);
	return done(r, e, "IDENTIFIER_REFUSED");
}

static enum err read_number(struct request *r, const char *name, int64_t *out)
{
	struct str text = str_trim(form_get(&r->form, name));

	*out = 0;
	if (!text.n || dec_parse(text, '.', out) == DEC_OK)
		return OK;
	return ctx_fail(r->ctx, ERR_INVALID, name, "What a register shows is a number such as 12345.6.");
}

struct reply *page_meter_events_post(struct request *r)
{
	struct meter_event wanted = {.kind = form_get(&r->form, "kind"),
	                             .note = str_trim(form_get(&r->form, "note"))},
	                   made;
	struct str remove = form_get(&r->form, "remove");
	int64_t id, which = 0;
	enum err e = request_param_id(r, 0, "meter", &id);

	if (!e && remove.n)
		return done(r,
		            str_to_i64(remove, &which) ? meter_event_remove(r->ctx, id, which) : ERR_NOT_FOUND,
		            "EVENT_REFUSED");
	if (!e)
		e = reading_parse_at(r->ctx, "at", form_get(&r->form, "at"), frame_zone(r), true, false,
		                     &wanted.at);
	if (!e)
		e = read_number(r, "final_value", &wanted.final_value);
	if (!e)
		e = read_number(r, "first_value", &wanted.first_value);
	if (!e)
		e = meter_event_add(r->ctx, id, &wanted, &made);
	return done(r, e, "EVENT_REFUSED");
}
