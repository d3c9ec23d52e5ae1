/* cars: the cars, and the tariffs by which charging them is paid: the lists, and the forms to add and change.
 */
#include "app/charging/car.h"
#include "app/charging/tariff.h"
#include "app/right.h"
#include "web/fields.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/meter_link.h"

/* The form that was refused: `section` shows why; empty: none. `car`: the number of the car whose form it was.
 */
struct refused {
	const char *section;
	int64_t car;
	struct fault fault;
};

static void number(struct request *r, struct view *v, const char *name, int64_t micro)
{
	view_set(v, name, micro != REC_NONE ? frame_decimal(r, micro) : STR(""));
}

static void show_car(struct request *r, struct view *v, const struct car *k, const struct refused *why)
{
	bool again = why->car == k->id;

	view_int(v, "ID", k->id);
	view_set(v, "CAR", k->name);
	view_set(v, "NAME", again ? form_get(&r->form, "name") : k->name);
	view_set(v, "REGISTRATION", again ? form_get(&r->form, "registration") : k->registration);
	if (again) {
		view_set(v, "BATTERY", form_get(&r->form, "battery_kwh"));
		view_set(v, "EFFICIENCY", form_get(&r->form, "efficiency_mpkwh"));
		view_set(v, "MPG", form_get(&r->form, "petrol_mpg"));
		view_setz(view_section(v, "WRONG"), "MESSAGE", why->fault.message);
		view_show(v, "OPEN");
	} else {
		number(r, v, "BATTERY", k->battery_kwh);
		number(r, v, "EFFICIENCY", k->efficiency_mpkwh);
		number(r, v, "MPG", k->petrol_mpg);
	}
	view_int(v, "VERSION", k->version);
	view_set(v, "SESSIONS", frame_number(r, k->sessions_count));
	if (k->last_odometer != REC_NONE)
		view_set(view_section(v, "ODOMETER"), "VALUE", frame_number(r, k->last_odometer));
	if (k->user_id != r->ctx->actor.user_id)
		view_set(view_section(v, "OWNER"), "EMAIL",
		         k->user_email.n ? k->user_email : STR("this installation"));
	view_show(v, k->is_active ? "ACTIVE" : "REMOVED");
}

static enum err show_tariffs(struct request *r, struct view *v, const struct car *k, size_t cars)
{
	struct tariff *t;
	size_t n;
	enum err e = tariff_list(r->ctx, &t, &n);
	struct view *table = !e && n ? view_section(v, "TARIFFS") : NULL;

	for (size_t i = 0; !e && i < n; i++) {
		struct view *row = view_section(table, "TARIFF");

		view_int(row, "ID", t[i].id);
		view_set(row, "CAR", t[i].car.n ? t[i].car : STR("every car"));
		view_set(row, "NETWORK", t[i].network.n ? t[i].network : STR("everywhere"));
		view_set(row, "FROM", meter_date(r, (int32_t)t[i].from_day));
		number(r, row, "PER_KWH", t[i].per_kwh);
		number(r, row, "PER_MINUTE", t[i].per_minute);
		number(r, row, "PER_SESSION", t[i].per_session);
	}
	if (!e && !n)
		view_show(v, "NO_TARIFFS");
	for (size_t i = 0; !e && i < cars; i++) {
		struct view *o = view_section(v, "CAR_OPTION");

		view_int(o, "ID", k[i].id);
		view_set(o, "NAME", k[i].name);
	}
	return e;
}

static struct reply *show(struct request *r, const struct refused *why)
{
	struct car *k;
	struct view *v;
	size_t n;

	r->ctx->fault = (struct fault){.code = OK};
	if (car_list(r->ctx, 0, true, &k, &n) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/cars.tpl", "Cars");
	if (right_to_write(r->ctx) == OK)
		view_show(v, "MAY_CHANGE");
	r->ctx->fault = (struct fault){.code = OK};
	for (size_t i = 0; i < n; i++)
		show_car(r, view_section(v, "CAR"), &k[i], why);
	if (!n)
		view_show(v, "NONE");
	if (show_tariffs(r, v, k, n) != OK)
		return reply_fault(r);
	if (!why->section[0])
		return reply_page(r, 200);
	if (!why->car)
		view_setz(view_section(v, why->section), "MESSAGE", why->fault.message);
	r->ctx->fault = why->fault;
	return reply_page(r, reply_fault_status(r));
}

struct reply *page_cars(struct request *r)
{
	return show(r, &(struct refused){.section = ""});
}

static enum err change(struct request *r, int64_t id, const struct car_edit *edit, uint64_t given)
{
	struct str what = form_get(&r->form, "do");
	int64_t version = 0;
	struct car k;

	if (str_eqz(what, "remove"))
		return car_remove(r->ctx, id);
	if (str_eqz(what, "restore"))
		return car_restore(r->ctx, id, &k);
	if (!str_to_i64(form_get(&r->form, "version"), &version))
		return ctx_fail(r->ctx, ERR_INVALID, "version", "Open the page again: the form is not whole.");
	return car_update(r->ctx, id, version, edit, given, &k);
}

/* Adds a car; or changes, removes or restores the one that `id` names. */
struct reply *page_cars_post(struct request *r)
{
	static const char *const other[] = {"id", "do", "version", NULL};
	struct refused why = {.section = "ADD_REFUSED"};
	struct car_edit edit;
	struct car k;
	uint64_t given;
	enum err e;

	rec_clear(&car_edit_desc, &edit);
	e = fields_form(r, &car_edit_desc, &edit, other, &given);
	if (form_get(&r->form, "id").n) {
		if (!str_to_i64(form_get(&r->form, "id"), &why.car))
			e = ctx_fail(r->ctx, ERR_INVALID, "id", "\"id\" is the number of a car.");
		e = e ? e : change(r, why.car, &edit, given);
	} else {
		e = e ? e : car_create(r->ctx, 0, &edit, &k);
	}
	if (!e)
		return reply_redirect(r, request_link(r, "/admin/cars"));
	why.fault = r->ctx->fault;
	return e == ERR_NOT_FOUND || e == ERR_FORBIDDEN ? reply_fault(r) : show(r, &why);
}

/* Adds a tariff, or removes the one that `remove` names. */
struct reply *page_tariffs_post(struct request *r)
{
	struct refused why = {.section = "TARIFF_REFUSED"};
	struct tariff_edit edit;
	struct tariff t;
	uint64_t given;
	int64_t id;
	enum err e;

	rec_clear(&tariff_edit_desc, &edit);
	if (form_get(&r->form, "remove").n)
		e = str_to_i64(form_get(&r->form, "remove"), &id)
		            ? tariff_remove(r->ctx, id)
		            : ctx_fail(r->ctx, ERR_NOT_FOUND, "remove", "There is no such tariff.");
	else if (!(e = fields_form(r, &tariff_edit_desc, &edit, NULL, &given)))
		e = tariff_put(r->ctx, &edit, &t);
	if (!e)
		return reply_redirect(r, request_link(r, "/admin/cars#tariffs"));
	why.fault = r->ctx->fault;
	return e == ERR_NOT_FOUND || e == ERR_FORBIDDEN ? reply_fault(r) : show(r, &why);
}
