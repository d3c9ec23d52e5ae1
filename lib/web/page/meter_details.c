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
#include "web/draft_form.h"
#include "web/fields.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/versioned.h"

#define PROPERTIES_MAX  500
#define DETAILS         5
#define DETAILS_REFUSED "DETAILS_REFUSED"

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

/* ---- the form of what it is ---- */

static struct str type_words(struct request *r, struct str type)
{
	(void)r;
	return str_eqz(type, "SUB_METER") ? STR("a sub-meter") : STR("the main meter");
}

static struct str property_words(struct request *r, struct str number)
{
	struct property p;
	int64_t id;

	return str_to_i64(number, &id) && property_get(r->ctx, id, &p) == OK ? p.name : number;
}

static void details_of(struct request *r, const struct meter *m, struct versioned_field out[DETAILS])
{
	const char *property = arena_printf(r->ctx->arena, "%lld", (long long)m->property_id);
	const struct versioned_field all[DETAILS] = {
	        {.name = "identifier", .label = "Identifier", .stored = m->identifier},
	        {.name = "name", .label = "Name", .stored = m->name},
	        {.name = "meter_type", .label = "It is", .stored = m->meter_type, .words = type_words},
	        {.name = "formula", .label = "Formula", .stored = m->formula},
	        {.name = "property_id",
	         .label = "Property",
	         .stored = str_of(property),
	         .words = property_words},
	};

	memcpy(out, all, sizeof(all));
}

static bool details_differ(struct request *r, const struct meter *m)
{
	struct versioned_field field[DETAILS];

	details_of(r, m, field);
	return versioned_differs(r, field, DETAILS);
}

/* The form, with what is stored, or with what was typed: in the form that was refused, or in a draft. */
static enum err show_details(struct request *r, struct view *v, const struct meter *m,
                             const struct fault *refused)
{
	static const char *const variables[DETAILS] = {"F_IDENTIFIER", "F_NAME", "F_TYPE", "F_FORMULA",
	                                               "F_PROPERTY"};
	struct versioned_field field[DETAILS];
	struct str shown[DETAILS];
	struct draft_open o;
	int64_t property;

	if (draft_open(r, DRAFT_meter, r->param[0], &o) != OK)
		return r->ctx->fault.code;
	draft_view(r, v, &o, true);
	details_of(r, m, field);
	for (size_t i = 0; i < DETAILS; i++) {
		shown[i] = refused->code || o.restored ? form_get(&r->form, field[i].name) : field[i].stored;
		view_set(v, variables[i], shown[i]);
	}
	view_show(v, str_eqz(shown[2], "SUB_METER") ? "IS_SUB" : "IS_MAIN");
	versioned_view(r, v, field, DETAILS, m->version, refused,
	               request_printf_link(r, "/admin/meters/%lld/details", (long long)m->id));
	return show_properties(r, v, str_to_i64(shown[4], &property) ? property : m->property_id);
}

static struct reply *show(struct request *r, const char *refused)
{
	const struct fault kept = r->ctx->fault, no_fault = {.code = OK};
	struct meter m;
	enum right right;
	int64_t id;

	r->ctx->fault = no_fault;
	if (request_param_id(r, 0, "meter", &id) != OK || meter_get(r->ctx, id, &m) != OK ||
	    right_of_property(r->ctx, m.property_id, &right) != OK)
		return reply_fault(r);
	if (kept.code == ERR_PRECONDITION && !details_differ(r, &m))
		return reply_redirect(r, request_printf_link(r, "/admin/meters/%lld/details", (long long)id));
	struct view *v = frame_begin(r, "page/meter_details.tpl",
	                             arena_printf(r->ctx->arena, "Meter %.*s", STR_ARG(m.identifier)));

	view_rec(v, &meter_desc, &m);
	view_set(v, "HREF", request_printf_link(r, "/admin/meters/%lld", (long long)id));
	if (show_lists(r, v, id) != OK)
		return reply_fault(r);
	if (right >= RIGHT_EDIT) {
		view_show(v, "MAY_EDIT");
		if (show_details(r, v, &m, strcmp(refused, DETAILS_REFUSED) == 0 ? &kept : &no_fault) != OK)
			return reply_fault(r);
	}
	r->ctx->fault = kept;
	if (refused[0] && kept.code != ERR_PRECONDITION)
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
	static const char *const other[] = {VERSION_FIELD, NULL};
	struct meter_edit edit = {.property_id = 0};
	struct meter m;
	int64_t id, version;
	uint64_t given;
	enum err e = request_param_id(r, 0, "meter", &id);

	if (!e)
		e = versioned_read(r, &version);
	if (!e)
		e = fields_form(r, &meter_edit_desc, &edit, other, &given);
	if (!e)
		e = meter_update(r->ctx, id, version, &edit, given, &m);
	if (!e)
		draft_form_sent(r);
	return done(r, e, DETAILS_REFUSED);
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
	if (!e &&
	    !str_trim(form_get(&r->form, "final_value")).n) /* left out it would be 0, which is a reading too */
		e = ctx_fail(r->ctx, ERR_INVALID, "final_value", "Say what the register showed last.");
	if (!e)
		e = read_number(r, "final_value", &wanted.final_value);
	if (!e)
		e = read_number(r, "first_value", &wanted.first_value);
	if (!e)
		e = meter_event_add(r->ctx, id, &wanted, &made);
	return done(r, e, "EVENT_REFUSED");
}
