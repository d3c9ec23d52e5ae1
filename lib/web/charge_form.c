/* charge_form: see charge_form.h. */
#include "web/charge_form.h"

#include <stdio.h>

#include "app/charging/car.h"
#include "app/meter.h"
#include "app/reading.h"
#include "base/civil.h"
#include "web/fields.h"
#include "web/frame.h"

#define METERS_MAX 200

enum kind {
	WHOLE,
	DECIMAL,
	TEXT,
	DATE,
	CLOCK, /* a clock reading of the pages' zone; `name` stands for name_at */
	CAR,
	METER,
	AC_DC,
	TICK,
	LINES,
};

struct field {
	const char *name, *label, *help, *group; /* group: that begins with it, or NULL */
	enum kind kind;
	bool needed; /* of a closed session */
};

static const struct field fields[CHARGE_FORM_FIELDS] = {
        {"car_id", "Car", NULL, "The session", CAR, true},
        {"date", "Day", NULL, NULL, DATE, true},
        {"odometer", "Odometer", "Miles, a whole number.", NULL, WHOLE, true},
        {"charge_type", "Kind", NULL, NULL, AC_DC, true},
        {"charge_delivered_kwh", "Energy", "kWh that were delivered.", "Energy and time", DECIMAL, true},
        {"duration_mins", "Duration", "Minutes.", NULL, WHOLE, false},
        {"started", "From", NULL, NULL, CLOCK, false},
        {"ended", "To", NULL, NULL, CLOCK, false},
        {"charge_power_kw", "Power", "kW.", NULL, DECIMAL, false},
        {"location_label", "Place", NULL, "Place", TEXT, false},
        {"charge_network", "Network", NULL, NULL, TEXT, false},
        {"meter_id", "Meter of the charger", NULL, NULL, METER, false},
        {"cost_per_kwh", "Price of a kWh", "Pounds.", "Cost", DECIMAL, false},
        {"total_cost_gbp", "Total cost", "Pounds. Blank: computed from the price, or the tariff.", NULL,
         DECIMAL, false},
        {"soc_from", "Battery before", "Percent.", "Battery and weather", WHOLE, false},
        {"soc_to", "Battery after", "Percent.", NULL, WHOLE, false},
        {"ambient_temp_c", "Temperature outside", "°C.", NULL, DECIMAL, false},
        {"preconditioning_events", "Times preconditioned", NULL, NULL, WHOLE, false},
        {"preconditioning_used", "The battery was preconditioned", NULL, NULL, TICK, false},
        {"notes", "Notes", NULL, "Notes", LINES, false},
};

const char *const charge_form_names[CHARGE_FORM_FIELDS + 1] = {"car_id",
                                                               "date",
                                                               "odometer",
                                                               "charge_type",
                                                               "charge_delivered_kwh",
                                                               "duration_mins",
                                                               "started",
                                                               "ended",
                                                               "charge_power_kw",
                                                               "location_label",
                                                               "charge_network",
                                                               "meter_id",
                                                               "cost_per_kwh",
                                                               "total_cost_gbp",
                                                               "soc_from",
                                                               "soc_to",
                                                               "ambient_temp_c",
                                                               "preconditioning_events",
                                                               "preconditioning_used",
                                                               "notes",
                                                               NULL};

/* ---- where values come from ---- */

static struct str clock_text(struct request *r, int64_t at)
{
	char text[CIVIL_TIME_TEXT];

	if (!at)
		return STR("");
	civil_format_at(at + tz_offset_at(frame_zone(r), at), text);
	return arena_str(r->ctx->arena, str_sub(str_of(text), 0, strlen("2025-11-07T10:30")));
}

static struct str number(struct request *r, int64_t v, bool decimal)
{
	if (v == REC_NONE)
		return STR("");
	return decimal ? frame_decimal(r, v) : str_of(arena_printf(r->ctx->arena, "%lld", (long long)v));
}

static struct str day_text(struct request *r, int64_t day)
{
	char text[CIVIL_DATE_TEXT];

	civil_format_day((int32_t)day, text);
	return arena_str(r->ctx->arena, str_of(text));
}

void charge_form_stored(struct request *r, const struct charge *s, struct charge_form *out)
{
	const struct str all[CHARGE_FORM_FIELDS] = {
	        number(r, s->car_id, false),
	        day_text(r, s->date),
	        number(r, s->odometer, false),
	        s->charge_type,
	        number(r, s->charge_delivered_kwh, true),
	        number(r, s->duration_mins, false),
	        clock_text(r, s->started_at),
	        clock_text(r, s->ended_at),
	        number(r, s->charge_power_kw, true),
	        s->location_label,
	        s->charge_network,
	        s->meter_id ? number(r, s->meter_id, false) : STR(""),
	        number(r, s->cost_per_kwh, true),
	        number(r, s->cost_computed ? REC_NONE : s->total_cost_gbp, true),
	        number(r, s->soc_from, false),
	        number(r, s->soc_to, false),
	        number(r, s->ambient_temp_c, true),
	        number(r, s->preconditioning_events, false),
	        s->preconditioning_used ? STR("1") : STR(""),
	        s->notes,
	};

	memcpy(out->value, all, sizeof(all));
}

void charge_form_typed(struct request *r, struct charge_form *out)
{
	for (size_t i = 0; i < CHARGE_FORM_FIELDS; i++)
		out->value[i] = form_get(&r->form, fields[i].name);
}

enum err charge_form_new(struct request *r, struct charge_form *out)
{
	struct charge_filter last = {.from = REC_NONE, .to = REC_NONE, .limit = 1};
	struct charge *s;
	struct car car;
	size_t n;
	int64_t total;
	enum err e = charge_list(r->ctx, &last, &s, &n, &total);

	*out = (struct charge_form){.value = {{NULL, 0}}};
	out->value[1] = day_text(r, tz_day_of(frame_zone(r), ctx_now(r->ctx)));
	if (!e && n)
		e = car_get(r->ctx, s[0].car_id, &car);
	if (!e && n && car.is_active)
		out->value[0] = number(r, car.id, false);
	return e;
}

/* ---- showing ---- */

static void option(struct request *r, struct view *v, int64_t id, struct str name, struct str chosen)
{
	struct view *o = view_section(v, "OPTION");
	struct str value = number(r, id, false);

	view_set(o, "VALUE", value);
	view_set(o, "NAME", name);
	if (str_eq(value, chosen))
		view_show(o, "SELECTED");
}

/* One that was removed stays that of its sessions. */
static enum err show_cars(struct request *r, struct view *v, struct str chosen)
{
	struct car *k;
	size_t n;
	enum err e = car_list(r->ctx, 0, true, &k, &n);

	for (size_t i = 0; !e && i < n; i++)
		if (k[i].is_active || str_eq(number(r, k[i].id, false), chosen))
			option(r, v, k[i].id, k[i].name, chosen);
	return e;
}

/* The one that a session names is there, whatever it is and whether one still sees it. */
static enum err show_meters(struct request *r, struct view *v, struct str chosen)
{
	struct meter_filter f = {.meter_type = STR("SUB_METER"), .limit = METERS_MAX};
	struct meter *m;
	size_t n;
	int64_t total;
	enum err e = meter_list(r->ctx, &f, &m, &n, &total);
	struct view *none = view_section(v, "OPTION");
	uint64_t id;

	view_setz(none, "NAME", "None");
	for (size_t i = 0; !e && i < n; i++) {
		option(r, v, m[i].id, m[i].name.n ? m[i].name : m[i].identifier, chosen);
		if (str_eq(number(r, m[i].id, false), chosen))
			chosen = STR("");
	}
	if (!e && str_to_u64(chosen, INT64_MAX, &id))
		option(r, v, (int64_t)id, str_of(arena_printf(r->ctx->arena, "Meter %.*s", STR_ARG(chosen))),
		       chosen);
	return e;
}

static enum err show_words(struct request *r, struct view *v, const struct field *f)
{
	struct str *word;
	size_t n;
	enum err e = charge_words(r->ctx, strcmp(f->name, "charge_network") == 0, &word, &n);

	for (size_t i = 0; !e && i < n; i++)
		view_set(view_section(v, "WORD"), "VALUE", word[i]);
	return e;
}

/* The services call a field by its name in quotes; people know its label. */
static const char *said(struct request *r, const struct field *f, const char *message)
{
	size_t n = strlen(f->name);

	if (message[0] != '"' || strncmp(message + 1, f->name, n) != 0 || message[n + 1] != '"')
		return message;
	return arena_printf(r->ctx->arena, "%s%s", f->label, message + n + 2);
}

static enum err show_field(struct request *r, struct view *group, const struct field *f, struct str value,
                           const struct fault *refused)
{
	static const char *const sections[] = {
	        [WHOLE] = "NUMBER", [DECIMAL] = "DECIMAL", [TEXT] = "TEXT",    [DATE] = "DATE",
	        [CLOCK] = "CLOCK",  [CAR] = "SELECT",      [METER] = "SELECT", [AC_DC] = "AC_DC",
	        [TICK] = "TICK",    [LINES] = "LINES"};
	struct view *row = view_section(group, "FIELD"), *v = view_section(row, sections[f->kind]);
	char at[sizeof(refused->field)];

	view_setz(v, "NAME", f->name);
	view_setz(v, "LABEL", f->label);
	view_set(v, "VALUE", value);
	if (f->help)
		view_setz(view_section(v, "HELP"), "TEXT", f->help);
	snprintf(at, sizeof(at), "%s%s", f->name, f->kind == CLOCK ? "_at" : "");
	if (refused->code && (strcmp(refused->field, at) == 0 || strcmp(refused->field, f->name) == 0))
		view_setz(view_section(v, "WRONG"), "MESSAGE", said(r, f, refused->message));
	switch (f->kind) {
	case CAR:
		return show_cars(r, v, value);
	case METER:
		return show_meters(r, v, value);
	case TEXT:
		return show_words(r, v, f);
	case AC_DC:
		view_show(v, str_eqz(value, "DC") ? "IS_DC" : "IS_AC");
		return OK;
	case TICK:
		if (value.n)
			view_show(v, "TICKED");
		return OK;
	case WHOLE:
	case DECIMAL:
	case DATE:
	case CLOCK:
	case LINES:
		break;
	}
	return OK;
}

static bool has_place(const struct fault *refused)
{
	for (size_t i = 0; i < CHARGE_FORM_FIELDS; i++) {
		size_t n = strlen(fields[i].name);

		if (strncmp(refused->field, fields[i].name, n) == 0 &&
		    (!refused->field[n] || strcmp(refused->field + n, "_at") == 0))
			return true;
	}
	return false;
}

enum err charge_form_view(struct request *r, struct view *v, const struct charge_form *f,
                          const struct fault *refused)
{
	struct view *form = view_include(v, "FORM", "part/charge_form.tpl"), *group = NULL;
	enum err e = OK;

	if (refused->code && refused->code != ERR_PRECONDITION)
		view_setz(view_section(form, "REFUSED"), "MESSAGE",
		          has_place(refused) ? "Nothing was saved: see below what is wrong."
		                             : refused->message);
	for (size_t i = 0; !e && i < CHARGE_FORM_FIELDS; i++) {
		if (fields[i].group) {
			group = view_section(form, "GROUP");
			view_setz(group, "TITLE", fields[i].group);
		}
		e = show_field(r, group, &fields[i], f->value[i], refused);
	}
	return e;
}

/* ---- reading ---- */

static enum err read_clock(struct request *r, const char *name, const char *field, uint64_t bit, int64_t *at,
                           uint64_t *given)
{
	struct str text = str_trim(form_get(&r->form, name));

	if (!form_has(&r->form, name))
		return OK;
	*given |= bit;
	*at = 0;
	return text.n ? reading_parse_at(r->ctx, field, text, frame_zone(r), true, false, at) : OK;
}

enum err charge_form_read(struct request *r, struct charge_edit *out, uint64_t *given)
{
	static const char *const other[] = {"started", "ended", VERSION_FIELD, NULL};
	enum err e = fields_form(r, &charge_edit_desc, out, other, given);
	uint64_t started = 0, ended = 0;

	for (size_t i = 0; i < charge_edit_desc.count; i++) {
		started |= (uint64_t)(strcmp(charge_edit_desc.field[i].name, "started_at") == 0) << i;
		ended |= (uint64_t)(strcmp(charge_edit_desc.field[i].name, "ended_at") == 0) << i;
	}
	if (!e)
		e = read_clock(r, "started", "started_at", started, &out->started_at, given);
	return e ? e : read_clock(r, "ended", "ended_at", ended, &out->ended_at, given);
}

void charge_form_versioned(const struct charge_form *stored, struct versioned_field out[CHARGE_FORM_FIELDS])
{
	for (size_t i = 0; i < CHARGE_FORM_FIELDS; i++)
		out[i] = (struct versioned_field){.name = fields[i].name,
		                                  .label = fields[i].label,
		                                  .stored = stored->value[i],
		                                  .decimal = fields[i].kind == DECIMAL};
}
