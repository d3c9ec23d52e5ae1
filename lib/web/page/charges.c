/* charges: the list of charging sessions, filtered, with what they add up to. */
#include "app/charging/car.h"
#include "app/charging/charge.h"
#include "app/draft.h"
#include "app/right.h"
#include "web/charge_query.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/meter_link.h"

#define LIMIT 50

/* ---- the list ---- */

static void maybe(struct request *r, struct view *v, const char *section, int64_t micro)
{
	if (micro != REC_NONE)
		view_set(view_section(v, section), "VALUE", frame_decimal(r, micro));
}

static void show_row(struct request *r, struct view *v, const struct charge *s)
{
	view_set(v, "HREF", request_printf_link(r, "/admin/sessions/%.*s", STR_ARG(s->id)));
	view_set(v, "DATE", meter_date(r, (int32_t)s->date));
	view_set(v, "CAR", s->car);
	view_set(v, "PLACE", s->location_label);
	view_set(v, "NETWORK", s->charge_network);
	view_set(v, "TYPE", s->charge_type);
	if (s->is_home)
		view_show(v, "IS_HOME");
	if (str_eqz(s->status, "active"))
		view_show(v, "IS_ACTIVE");
	if (s->odometer != REC_NONE)
		view_set(view_section(v, "ODOMETER"), "VALUE", frame_number(r, s->odometer));
	maybe(r, v, "ENERGY", s->charge_delivered_kwh);
	if (s->total_cost_gbp != REC_NONE)
		view_set(view_section(v, "COST"), "VALUE", frame_money(r, s->total_cost_gbp));
	if (s->cost_computed)
		view_show(v, "COMPUTED");
	maybe(r, v, "EFFICIENCY", s->efficiency_mpkwh);
	if (str_eqz(s->efficiency_from, "default"))
		view_show(v, "BY_DEFAULT");
}

static enum err show_filter(struct request *r, struct view *v, const struct charge_filter *f)
{
	size_t n;
	enum err e = charge_query_cars(r, v, f->car_id, &n);

	if (!e && !n)
		view_show(v, "NO_CARS");
	view_set(v, "FROM", form_get(&r->query, "from"));
	view_set(v, "TO", form_get(&r->query, "to"));
	view_set(v, "PLACE", f->place);
	view_set(v, "NETWORK", f->network);
	return e;
}

static void put_query(struct buf *b, const char *name, struct str value)
{
	buf_printf(b, "%s%s=", b->n ? "&" : "", name);
	form_put_encoded(b, value);
}

/* An address with the filters of this list, without its place in it. */
static struct str with_filters(struct request *r, const char *path)
{
	static const char *const names[] = {"car_id", "from", "to", "place", "network", "state"};
	struct buf q;

	buf_init(&q, 4 * REQUEST_URL_MAX);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_query(&q, names[i], form_get(&r->query, names[i]));
	struct str out = request_printf_link(r, "%s?%.*s", path, STR_ARG(buf_str(&q)));

	buf_free(&q);
	return out;
}

static enum err show_list(struct request *r, struct view *v, struct charge_filter *f)
{
	struct charge_totals sum;
	struct charge *s;
	size_t n;
	int64_t total;
	struct view *table;

	f->limit = LIMIT;
	if (request_query_int(r, "offset", 0, INT32_MAX, 0, &f->offset) != OK ||
	    charge_list(r->ctx, f, &s, &n, &total) != OK || charge_sum(r->ctx, f, &sum) != OK)
		return r->ctx->fault.code;
	table = n ? view_section(v, "TABLE") : NULL;
	for (size_t i = 0; i < n; i++)
		show_row(r, view_section(table, "SESSION"), &s[i]);
	if (!n)
		view_show(v, r->query.n ? "NONE_FOUND" : "NONE_YET");
	if (table) {
		if (r->ctx->actor.scopes & SCOPE_EXPORT)
			view_set(view_section(v, "EXPORT"), "HREF", with_filters(r, "/admin/sessions/export"));
		view_set(table, "COUNT", frame_number(r, sum.count));
		view_set(table, "KWH", frame_decimal(r, sum.kwh));
		view_set(table, "COST", frame_money(r, sum.cost));
		if (sum.priced < sum.count)
			view_set(view_section(table, "UNPRICED"), "NUMBER",
			         frame_number(r, sum.count - sum.priced));
	}
	frame_pager(r, v, "PAGER", with_filters(r, "/admin/sessions"), LIMIT, f->offset, total);
	return OK;
}

/* How many there are that nothing on this page tells of. */
static enum err show_drafts(struct request *r, struct view *v)
{
	const struct draft_filter sessions = {.form = STR("session"), .limit = 1};
	struct draft *d;
	int64_t total;
	size_t n;
	enum err e = draft_list(r->ctx, &sessions, &d, &n, &total);

	if (!e && total) {
		struct view *some = view_section(v, "DRAFTS");

		view_set(some, "NUMBER", frame_number(r, total));
		view_show(some, total == 1 ? "ONE" : "MANY");
	}
	return e;
}

struct reply *page_sessions(struct request *r)
{
	static const char *const fields[] = {"from", "to", NULL};
	struct fault refused = {.code = OK};
	struct charge_filter f;
	struct view *v;

	if (charge_query(r, &f) != OK) {
		refused = r->ctx->fault;
		r->ctx->fault = (struct fault){.code = OK};
	}
	v = frame_begin(r, "page/sessions.tpl", "Charging sessions");
	if (right_to_write(r->ctx) == OK) {
		view_show(v, "MAY_ADD");
		if (show_drafts(r, v) != OK)
			return reply_fault(r);
	}
	r->ctx->fault = (struct fault){.code = OK};
	if (show_filter(r, v, &f) != OK || (!refused.code && show_list(r, v, &f) != OK))
		return reply_fault(r);
	if (!refused.code)
		return reply_page(r, 200);
	r->ctx->fault = refused;
	frame_form_error(r, v, fields);
	return reply_page(r, reply_fault_status(r));
}

struct reply *page_sessions_export(struct request *r)
{
	return charge_query_export(r);
}
