/* meter_edits: see meter_edits.h. */
#include "web/meter_edits.h"

#include "app/edit.h"
#include "web/chart.h"
#include "web/meter_link.h"

#define SHOWN 50

/* "2025-01-07 10:30" on the meter's clock. */
static struct str clock_text(struct request *r, const struct tz *zone, int64_t at, char between)
{
	struct str date = meter_date(r, tz_day_of(zone, at)), clock = chart_clock(r, zone, at);

	return str_of(arena_printf(r->ctx->arena, "%.*s%c%.*s", STR_ARG(date), between, STR_ARG(clock)));
}

static void show_edit(struct request *r, struct view *table, const struct meter_edits *m, const struct edit *e,
                      bool may)
{
	struct view *row = view_section(table, "EDIT");

	view_rec(row, &edit_desc, e);
	view_set(row, "FROM", clock_text(r, m->zone, e->start, ' '));
	view_set(row, "UNTIL", clock_text(r, m->zone, e->end, ' '));
	view_show(row, str_eqz(e->action, "set") ? "SET" : "EXCLUDED");
	view_set(row, "INTERVALS_SHOWN", frame_number(r, e->intervals));
	view_set(row, "WHO", e->made_by.n ? e->made_by : STR("the command line"));
	frame_at(r, row, "MADE", e->made_at);
	view_show(row, e->taken_out_at ? "IS_OUT" : "HOLDS");
	if (may)
		view_show(row, "MAY_EDIT");
}

static void show_form(struct request *r, struct view *v, const struct meter_edits *m)
{
	static const struct {
		const char *name, *section;
	} kinds[] = {{"exclude", "IS_EXCLUDE"}, {"S", "IS_S"}, {"E", "IS_E"}, {"A", "IS_A"}};
	bool again = m->refused->code && form_has(&r->form, "what");
	struct str what = again ? form_get(&r->form, "what") : STR("exclude");
	struct view *form = view_section(v, "FORM");

	if (m->refused->code)
		view_setz(view_section(form, "REFUSED"), "MESSAGE", m->refused->message);
	view_set(form, "START",
	         again ? form_get(&r->form, "start")
	               : clock_text(r, m->zone, tz_day_start(m->zone, m->from), 'T'));
	view_set(form, "END",
	         again ? form_get(&r->form, "end")
	               : clock_text(r, m->zone, tz_day_start(m->zone, m->to + 1), 'T'));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_eqz(what, kinds[i].name))
			view_show(form, kinds[i].section);
	view_set(form, "VALUE", again ? form_get(&r->form, "value") : STR(""));
	view_set(form, "REASON", again ? form_get(&r->form, "reason") : STR(""));
	view_set(form, "UNIT", m->series->unit);
}

enum err meter_edits_view(struct request *r, struct view *v, const struct meter_edits *m)
{
	struct edit *all;
	size_t n;
	int64_t total;
	enum right right = RIGHT_READ;
	enum err e = right_of_property(r->ctx, m->property_id, &right);
	bool may = right >= RIGHT_EDIT && (r->ctx->actor.scopes & SCOPE_IMPORT);

	if (!e)
		e = edit_list(r->ctx, m->meter_id, SHOWN, 0, &all, &n, &total);
	if (e || (!n && !(may && m->series)))
		return e;
	v = view_include(v, "EDITS", "part/edits.tpl");
	view_set(v, "EDITS_HREF", request_printf_link(r, "/admin/meters/%lld/edits", (long long)m->meter_id));
	if (m->series)
		view_set(v, "QUERY",
		         str_of(arena_printf(r->ctx->arena, "?series=%lld&from=%.*s&to=%.*s",
		                             (long long)m->series->id, STR_ARG(meter_date(r, m->from)),
		                             STR_ARG(meter_date(r, m->to)))));
	if (n) {
		struct view *table = view_section(v, "TABLE");

		for (size_t i = 0; i < n; i++)
			show_edit(r, table, m, &all[i], may);
		if (total > (int64_t)n)
			view_set(view_section(table, "MORE"), "TOTAL", frame_number(r, total));
	}
	if (may && m->series)
		show_form(r, v, m);
	return OK;
}
