/* charge_query: see charge_query.h. */
#include "web/charge_query.h"

#include "app/charging/car.h"
#include "app/charging/charge_export.h"
#include "base/civil.h"

static enum err day(struct request *r, const char *name, int64_t *out)
{
	struct str text = str_trim(form_get(&r->query, name));
	int32_t d;

	*out = REC_NONE;
	if (!text.n)
		return OK;
	if (!civil_parse_day(text, &d))
		return ctx_fail(r->ctx, ERR_INVALID, name, "\"%s\" is a date such as 2025-11-07.", name);
	*out = d;
	return OK;
}

enum err charge_query(struct request *r, struct charge_filter *out)
{
	enum err e;

	*out = (struct charge_filter){.place = form_get(&r->query, "place"),
	                              .network = form_get(&r->query, "network"),
	                              .status = form_get(&r->query, "state")};
	e = request_query_int(r, "car_id", 1, INT64_MAX, 0, &out->car_id);
	if (!e)
		e = request_query_int(r, "user_id", 1, INT64_MAX, 0, &out->user_id);
	if (!e)
		e = day(r, "from", &out->from);
	if (!e)
		e = day(r, "to", &out->to);
	if (!e && out->from != REC_NONE && out->to != REC_NONE && out->from > out->to)
		e = ctx_fail(r->ctx, ERR_INVALID, "from", "The range begins after its end.");
	return e;
}

struct reply *charge_query_export(struct request *r)
{
	struct charge_filter f;
	int64_t all, size;
	int fd;

	if (charge_query(r, &f) != OK || request_query_int(r, "all_columns", 0, 1, 0, &all) != OK ||
	    charge_export(r->ctx, &f, all != 0, &fd, &size) != OK)
		return reply_fault(r);
	return reply_file(r, "text/csv; charset=utf-8", STR("charging-sessions.csv"), fd, size, STR(""));
}

enum err charge_query_cars(struct request *r, struct view *v, int64_t chosen, size_t *n)
{
	struct car *k;
	enum err e = car_list(r->ctx, 0, true, &k, n);

	for (size_t i = 0; !e && i < *n; i++) {
		struct view *o = view_section(v, "CAR_OPTION");

		view_int(o, "ID", k[i].id);
		view_set(o, "NAME", k[i].name);
		if (k[i].id == chosen)
			view_show(o, "SELECTED");
	}
	return e;
}
