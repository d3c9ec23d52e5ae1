/*
 * property: one property: what went through its meters and what no sub-meter accounts for, its meters, a form
 * to enter what registers show, its details, its members, and its removal.
 *
 * Each form has an address of its own. One that is refused shows the page again, with what was typed and the
 * reason at that form.
 */
#include "app/property.h"
#include "app/entry.h"
#include "app/meter.h"
#include "app/reading.h"
#include "app/summary.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "codec/utf8.h"
#include "web/draft_form.h"
#include "web/fields.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/list.h"
#include "web/mains.h"
#include "web/meter_link.h"
#include "web/months.h"
#include "web/versioned.h"

#define METERS_MAX 500

/* The form that was refused, by the section that shows why. */
static const char *const none = "";
#define SAVE_REFUSED "SAVE_REFUSED"

/* ---- the parts of the page ---- */

static void show_share(struct request *r, struct view *v, const char *section, int64_t thousandths)
{
	if (thousandths < 1000)
		view_setz(view_section(v, section), "SHARE",
		          arena_printf(r->ctx->arena, "%lld.%lld %%", (long long)thousandths / 10,
		                       (long long)thousandths % 10));
}

/* The form that chooses days of the property's zone, filled with those that are shown, if days are. */
static void show_range(struct request *r, struct view *v, const struct summary *s, const struct tz *zone)
{
	struct view *range = view_section(v, "RANGE");

	if (s->to) {
		view_set(range, "FROM", meter_date(r, tz_day_of(zone, s->from)));
		view_set(range, "TO", meter_date(r, tz_day_of(zone, s->to - 1)));
	}
	compare_choices(r, range);
}

static void show_summary(struct request *r, struct view *v, const struct summary *s, const struct tz *zone)
{
	bool asked = form_get(&r->query, "from").n > 0;
	struct view *part = view_section(v, s->unit.n ? "SUMMARY" : asked ? "NOTHING_THEN" : "NO_SUMMARY");

	if (s->unit.n || asked)
		show_range(r, v, s, zone);
	if (!s->unit.n)
		return;
	view_set(part, "UNIT", s->unit);
	if (!s->to)
		frame_at(r, part, "AT", s->at);
	if (s->n > METERS_MAX)
		view_set(view_section(part, "MORE"), "COUNT", frame_number(r, (int64_t)s->n - METERS_MAX));
	for (size_t i = 0; i < s->n && i < METERS_MAX; i++) {
		const struct summary_meter *m = &s->meter[i];
		struct view *row = view_section(part, "ROW");

		view_set(row, "IDENTIFIER", m->name.n ? m->name : m->identifier);
		view_set(row, "HREF", request_printf_link(r, "/admin/meters/%lld", (long long)m->meter_id));
		view_show(row, m->is_main ? "IS_MAIN" : "IS_SUB");
		view_set(row, "VALUE", m->known ? frame_decimal(r, m->value) : STR("–"));
		if (s->to && m->known)
			show_share(r, row, "PARTLY", m->covered * 1000 / (s->to - s->from));
	}
	if (!s->known)
		return;
	struct view *rest = view_section(part, s->unmetered < 0 ? "EXCEEDS" : "UNMETERED");

	view_set(rest, "VALUE", frame_decimal(r, s->unmetered < 0 ? -s->unmetered : s->unmetered));
	show_share(r, rest, "PARTLY", s->share);
}

/* Readings too large to add up are not known: the rest of the page can be seen. */
static enum err read_summary(struct request *r, int64_t id, int64_t from, int64_t to, struct summary *s)
{
	enum err e = summary_of(r->ctx, id, from, to, s);

	if (e != ERR_INVALID || from > to)
		return e;
	r->ctx->fault = (struct fault){.code = OK};
	*s = (struct summary){.property_id = id};
	return OK;
}

/* Of the main meters together: month by month, and the days that the summary is of. */
static enum err show_charts(struct request *r, struct view *v, const struct summary *s, const struct tz *zone)
{
	int64_t *id = ARENA_ARRAY(r->ctx->arena, int64_t, s->n ? s->n : 1);
	size_t n = 0;
	enum err e = OK;

	while (n < s->n && s->meter[n].is_main) {
		id[n] = s->meter[n].meter_id;
		n++;
	}
	if (s->to)
		e = mains_view(r, v, id, n, zone,
		               (struct period){tz_day_of(zone, s->from), tz_day_of(zone, s->to - 1)});
	return e || !n || !s->at ? e : months_view(r, v, id, n, STR("import"), zone, s->at - 1);
}

static enum err show_meters(struct request *r, struct view *v, int64_t id, bool may_edit)
{
	struct meter_filter f = {.property_id = id, .include_inactive = true, .limit = METERS_MAX};
	struct meter *m;
	size_t n;
	int64_t total;
	enum err e = meter_list(r->ctx, &f, &m, &n, &total);
	struct view *entry = NULL;

	if (e)
		return e;
	view_show(v, n ? "HAS_METERS" : "NO_METERS");
	if (total > (int64_t)n)
		view_set(view_section(v, "MORE_METERS"), "TOTAL", frame_number(r, total));
	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(v, "METER");

		view_rec(row, &meter_desc, &m[i]);
		view_set(row, "HREF", request_printf_link(r, "/admin/meters/%lld", (long long)m[i].id));
		view_show(row, m[i].formula.n                           ? "VIRTUAL"
		               : str_eqz(m[i].meter_type, "MAIN_METER") ? "MAIN"
		                                                        : "SUB");
		if (!m[i].is_active)
			view_show(row, "IS_REMOVED");
		if (m[i].days)
			view_show(row, "HAS_DAYS");
		if (!may_edit)
			continue;
		struct view *act = view_section(row, "MAY_CHANGE");

		view_set(act, "METER_HREF", request_printf_link(r, "/admin/meters/%lld", (long long)m[i].id));
		view_show(act, m[i].is_active ? "REMOVE" : "RESTORE");
		if (!m[i].is_active || m[i].formula.n)
			continue;
		entry = entry ? entry : view_section(v, "ENTRY");
		struct view *line = view_section(entry, "ENTRY_METER");

		view_int(line, "ID", m[i].id);
		view_set(line, "NAME", m[i].name.n ? m[i].name : m[i].identifier);
		view_set(line, "VALUE",
		         form_get(&r->form, arena_printf(r->ctx->arena, "value_%lld", (long long)m[i].id)));
	}
	return OK;
}

static enum err show_members(struct request *r, struct view *v, int64_t id, bool may_own)
{
	struct property_member *m;
	size_t n;
	enum err e = property_members(r->ctx, id, &m, &n);

	for (size_t i = 0; !e && i < n; i++) {
		struct view *row = view_section(v, "MEMBER");

		view_rec(row, &property_member_desc, &m[i]);
		if (may_own && !str_eqz(m[i].role, "owner"))
			view_show(row, "MAY_REMOVE");
	}
	return e;
}

/* ---- the form of its details ---- */

#define DETAILS 10

static void details_of(struct request *r, const struct property *p, struct versioned_field out[DETAILS])
{
	const struct versioned_field all[DETAILS] = {
	        {.name = "name", .label = "Name", .stored = p->name},
	        {.name = "address", .label = "Address", .stored = p->address},
	        {.name = "postcode", .label = "Postcode", .stored = p->postcode},
	        {.name = "time_zone", .label = "Time zone of new meters", .stored = p->time_zone},
	        {.name = "company_id", .label = "Company", .stored = p->company_id},
	        {.name = "region_id", .label = "Region", .stored = p->region_id},
	        {.name = "site_type", .label = "Kind of place", .stored = p->site_type},
	        {.name = "floor_area",
	         .label = "Floor area, m²",
	         .stored = p->floor_area ? frame_decimal(r, p->floor_area) : STR(""),
	         .decimal = true},
	        {.name = "latitude", .label = "Latitude, degrees", .stored = p->latitude, .decimal = true},
	        {.name = "longitude", .label = "Longitude, degrees", .stored = p->longitude, .decimal = true},
	};

	memcpy(out, all, sizeof(all));
}

static bool details_differ(struct request *r, const struct property *p)
{
	struct versioned_field field[DETAILS];

	details_of(r, p, field);
	return versioned_differs(r, field, DETAILS);
}

/* `typed`: with what r->form holds, of the form that was refused or of a draft. */
static void show_details(struct request *r, struct view *v, const struct property *p, bool typed,
                         const struct fault *refused)
{
	static const char *const variables[DETAILS] = {
	        "F_NAME",      "F_ADDRESS",   "F_POSTCODE",   "F_TIME_ZONE", "F_COMPANY_ID",
	        "F_REGION_ID", "F_SITE_TYPE", "F_FLOOR_AREA", "F_LATITUDE",  "F_LONGITUDE"};
	struct versioned_field field[DETAILS];

	details_of(r, p, field);
	for (size_t i = 0; i < DETAILS; i++)
		view_set(v, variables[i], typed ? form_get(&r->form, field[i].name) : field[i].stored);
	versioned_view(r, v, field, DETAILS, p->version, refused,
	               request_printf_link(r, "/admin/properties/%lld", (long long)p->id));
}

/* The form of its details, with its drafts, for those who may change them. */
static enum err show_form(struct request *r, struct view *v, const struct property *p, bool may_edit,
                          const struct fault *refused)
{
	struct draft_open o;
	enum err e = may_edit ? draft_open(r, DRAFT_property, r->param[0], &o) : OK;

	if (e || !may_edit)
		return e;
	view_show(v, "MAY_EDIT");
	draft_view(r, v, &o, true);
	show_details(r, v, p, refused->code || o.restored, refused);
	return OK;
}

static struct reply *show(struct request *r, const char *refused)
{
	const struct fault kept = r->ctx->fault, no_fault = {.code = OK};
	struct property p;
	struct summary s;
	const struct tz *zone;
	enum right right;
	int64_t id, from = 0, to = 0;

	r->ctx->fault = no_fault;
	if (request_param_id(r, 0, "property", &id) != OK || property_get(r->ctx, id, &p) != OK ||
	    right_of_property(r->ctx, id, &right) != OK ||
	    (form_get(&r->query, "from").n && list_query_range(r, 0, id, "from", "to", &from, &to) != OK) ||
	    read_summary(r, id, from, to, &s) != OK || reading_zone(r->ctx, 0, id, &zone) != OK)
		return reply_fault(r);
	if (kept.code == ERR_PRECONDITION && !details_differ(r, &p))
		return reply_redirect(r, request_printf_link(r, "/admin/properties/%lld", (long long)id));
	struct view *v = frame_begin(r, "page/property.tpl", arena_strz(r->ctx->arena, p.name));

	view_rec(v, &property_desc, &p);
	view_set(v, "HREF", request_printf_link(r, "/admin/properties/%lld", (long long)id));
	view_show(v, p.is_active ? "ACTIVE" : "REMOVED");
	show_summary(r, v, &s, zone);
	if (p.address.n || p.postcode.n)
		view_show(v, "PLACE");
	if (p.owner_email.n)
		view_set(view_section(v, "OWNER"), "EMAIL", p.owner_email);
	else
		view_show(v, "NO_OWNER");
	if (show_charts(r, v, &s, zone) != OK)
		return reply_fault(r);
	if (show_form(r, v, &p, right >= RIGHT_EDIT, strcmp(refused, SAVE_REFUSED) == 0 ? &kept : &no_fault) !=
	    OK)
		return reply_fault(r);
	if (right >= RIGHT_OWN)
		view_show(v, "MAY_OWN");
	if (show_meters(r, v, id, right >= RIGHT_EDIT) != OK ||
	    show_members(r, v, id, right >= RIGHT_OWN) != OK)
		return reply_fault(r);
	r->ctx->fault = kept;
	if (refused[0] && kept.code != ERR_PRECONDITION)
		view_setz(view_section(v, refused), "MESSAGE", kept.message);
	return reply_page(r, refused[0] ? reply_fault_status(r) : 200);
}

struct reply *page_property(struct request *r)
{
	return show(r, none);
}

/* ---- its forms ---- */

/* Back to the page; or the page again, with the reason at the form. */
static struct reply *done(struct request *r, enum err e, const char *section)
{
	if (e == ERR_NOT_FOUND || e == ERR_FORBIDDEN)
		return reply_fault(r);
	return e ? show(r, section)
	         : reply_redirect(r, request_printf_link(r, "/admin/properties/%.*s", STR_ARG(r->param[0])));
}

struct reply *page_property_post(struct request *r)
{
	static const char *const other[] = {VERSION_FIELD, NULL};
	struct property_edit edit = {.name = {NULL, 0}};
	struct property p;
	int64_t id, version;
	uint64_t given;
	enum err e = request_param_id(r, 0, "property", &id);

	if (!e)
		e = versioned_read(r, &version);
	if (!e)
		e = fields_form(r, &property_edit_desc, &edit, other, &given);
	if (!e)
		e = property_update(r->ctx, id, version, &edit, given, &p);
	if (!e)
		draft_form_sent(r);
	return done(r, e, SAVE_REFUSED);
}

struct reply *page_property_meter_post(struct request *r)
{
	struct meter_edit edit = {.property_id = 0};
	struct meter m;
	uint64_t given;
	enum err e = fields_form(r, &meter_edit_desc, &edit, NULL, &given);

	if (!e)
		e = request_param_id(r, 0, "property", &edit.property_id);
	if (!e)
		e = meter_create(r->ctx, &edit, &m);
	return done(r, e, "METER_REFUSED");
}

struct reply *page_property_member_post(struct request *r)
{
	int64_t id, user;
	enum err e = request_param_id(r, 0, "property", &id);

	if (!e && form_get(&r->form, "remove").n)
		e = str_to_i64(form_get(&r->form, "remove"), &user)
		            ? property_member_remove(r->ctx, id, user)
		            : ctx_fail(r->ctx, ERR_INVALID, "remove", "\"remove\" is the number of a user.");
	else if (!e)
		e = property_member_set(r->ctx, id, str_trim(form_get(&r->form, "email")),
		                        form_get(&r->form, "role"));
	return done(r, e, "MEMBER_REFUSED");
}

struct reply *page_property_remove(struct request *r)
{
	struct property p;
	bool cascade = false;
	int64_t id;
	enum err e = request_param_id(r, 0, "property", &id);

	request_bool(form_get(&r->form, "cascade"), &cascade);
	if (!e)
		e = form_has(&r->form, "restore") ? property_restore(r->ctx, id, cascade, &p)
		                                  : property_remove(r->ctx, id, cascade, &p);
	return done(r, e, "REMOVE_REFUSED");
}

/* at: a clock reading of the pages' zone; value_ID: what meter ID showed, where it was filled in. */
static enum err read_entries(struct request *r, struct entry *rows, size_t *n)
{
	int64_t at = 0;
	enum err e = reading_parse_at(r->ctx, "at", form_get(&r->form, "at"), frame_zone(r), true, false, &at);

	for (size_t i = 0; !e && i < r->form.n; i++) {
		const struct form_pair *p = &r->form.pair[i];
		struct str value = str_trim(p->value);
		struct entry *g = &rows[*n];

		if (!str_starts(p->name, STR("value_")) || !value.n)
			continue;
		g->reading_timestamp = at;
		if (!str_to_i64(str_sub(p->name, 6, p->name.n), &g->meter_id) ||
		    dec_parse(value, '.', &g->value) != DEC_OK)
			return ctx_fail(r->ctx, ERR_INVALID, "value",
			                "\"%.*s\" is not a reading. Write it as 1234.5.",
			                STR_ARG(utf8_cut(value, 40)));
		(*n)++;
	}
	if (!e && !*n)
		e = ctx_fail(r->ctx, ERR_INVALID, "value", "Fill in what at least one meter shows.");
	return e;
}

struct reply *page_property_entry(struct request *r)
{
	struct entry *rows = ARENA_ARRAY(r->ctx->arena, struct entry, FORM_FIELDS_MAX);
	size_t n = 0;
	enum err e = read_entries(r, rows, &n);

	if (!e)
		e = entry_put(r->ctx, rows, n);
	return done(r, e, "ENTRY_REFUSED");
}

struct reply *page_meter_remove(struct request *r)
{
	struct meter m;
	int64_t id;

	if (request_param_id(r, 0, "meter", &id) != OK ||
	    (form_has(&r->form, "restore") ? meter_restore(r->ctx, id, &m) : meter_remove(r->ctx, id, &m)) !=
	            OK)
		return reply_fault(r);
	return reply_redirect(r, request_printf_link(r, "/admin/properties/%lld", (long long)m.property_id));
}
