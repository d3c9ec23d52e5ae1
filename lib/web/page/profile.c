/* profile: one's own name, phone, time zone and defaults; and the password. */
#include "app/account.h"
#include "app/meter.h"
#include "app/property.h"
#include "web/fields.h"
#include "web/frame.h"
#include "web/handlers.h"

#define CHOICES_MAX 200

struct shown {
	const char *refused; /* the section that shows why a form was refused; or empty */
	const char *done;    /* the section that says that a form was taken; or NULL */
};

static void put_choice(struct view *v, const char *section, int64_t id, struct str name, int64_t chosen)
{
	struct view *o = view_section(v, section);

	view_int(o, "ID", id);
	view_set(o, "NAME", name);
	if (id == chosen)
		view_show(o, "SELECTED");
}

/* What may be the default: the first of what one sees. */
static enum err show_defaults(struct request *r, struct view *v, int64_t property_id, int64_t meter_id)
{
	struct property_filter pf = {.limit = CHOICES_MAX};
	struct meter_filter mf = {.limit = CHOICES_MAX};
	struct property *p;
	struct meter *m;
	size_t n;
	int64_t total;
	enum err e = property_list(r->ctx, &pf, &p, &n, &total);

	for (size_t i = 0; !e && i < n; i++)
		put_choice(v, "PROPERTY", p[i].id, p[i].name, property_id);
	if (!e)
		e = meter_list(r->ctx, &mf, &m, &n, &total);
	for (size_t i = 0; !e && i < n; i++)
		put_choice(v, "METER", m[i].id, m[i].name.n ? m[i].name : m[i].identifier, meter_id);
	return e;
}

static int64_t typed_id(struct request *r, const char *name)
{
	int64_t id;

	return str_to_i64(form_get(&r->form, name), &id) ? id : 0;
}

static struct reply *show(struct request *r, struct shown s)
{
	struct fault kept = r->ctx->fault;
	struct account me;
	bool typed = strcmp(s.refused, "PROFILE_REFUSED") == 0;

	r->ctx->fault = (struct fault){.code = OK};
	if (account_me(r->ctx, &me) != OK)
		return reply_fault(r);
	struct view *v = frame_begin(r, "page/profile.tpl", "Your profile");

	view_rec(v, &account_desc, &me);
	view_set(v, "F_NAME", typed ? form_get(&r->form, "name") : me.name);
	view_set(v, "F_PHONE", typed ? form_get(&r->form, "phone") : me.phone);
	view_set(v, "F_TIME_ZONE", typed ? form_get(&r->form, "time_zone") : me.time_zone);
	if (show_defaults(r, v, typed ? typed_id(r, "default_property_id") : me.default_property_id,
	                  typed ? typed_id(r, "default_meter_id") : me.default_meter_id) != OK)
		return reply_fault(r);
	if (me.role.n && str_eqz(me.role, "admin"))
		view_show(v, "IS_ADMIN");
	if (s.done)
		view_show(v, s.done);
	r->ctx->fault = kept;
	if (s.refused[0])
		view_setz(view_section(v, s.refused), "MESSAGE", kept.message);
	return reply_page(r, s.refused[0] ? reply_fault_status(r) : 200);
}

struct reply *page_profile(struct request *r)
{
	return show(r, (struct shown){.refused = ""});
}

struct reply *page_profile_post(struct request *r)
{
	struct account_edit edit = {.name = {NULL, 0}};
	struct account me;
	uint64_t given;

	if (fields_form(r, &account_edit_desc, &edit, NULL, &given) != OK ||
	    account_update(r->ctx, &edit, given, &me) != OK)
		return show(r, (struct shown){.refused = "PROFILE_REFUSED"});
	r->ctx->actor.time_zone = me.time_zone;
	r->zone = NULL;
	return show(r, (struct shown){.refused = "", .done = "PROFILE_DONE"});
}

struct reply *page_profile_password(struct request *r)
{
	struct str wanted = form_get(&r->form, "new_password");
	enum err e = str_eq(wanted, form_get(&r->form, "again"))
	                     ? account_change_password(r->ctx, form_get(&r->form, "current_password"), wanted)
	                     : ctx_fail(r->ctx, ERR_INVALID, "again", "The two new passwords differ.");

	struct shown s = {.refused = e ? "PASSWORD_REFUSED" : "", .done = e ? NULL : "PASSWORD_DONE"};

	return show(r, s);
}
