/*
 * meter_edits: the forms of a meter's page that set or exclude a range of its readings, and take that out
 * again.
 *
 * Their address holds the series and days that the page showed, so that it shows them afterwards; with the
 * reason at the form, if it was refused.
 */
#include "app/edit.h"
#include "app/meter.h"
#include "app/reading.h"
#include "app/series.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "web/handlers.h"
#include "web/meter_link.h"

/* The series that the page showed. ERR_NOT_FOUND: it shows no longer, or never did. */
static enum err find_series(struct request *r, int64_t meter, struct series *out)
{
	struct series *all;
	size_t n;
	int64_t id;
	enum err e = request_query_int(r, "series", 1, INT64_MAX, 0, &id);

	if (!e)
		e = series_list(r->ctx, meter, &all, &n);
	for (size_t i = 0; !e && i < n; i++)
		if (all[i].id == id) {
			*out = all[i];
			return OK;
		}
	return e ? e : ctx_fail(r->ctx, ERR_NOT_FOUND, "series", "This meter has no such series.");
}

static struct reply *done(struct request *r, int64_t meter, enum err e)
{
	struct series s;
	int32_t from, to;

	if (e == ERR_NOT_FOUND || e == ERR_FORBIDDEN)
		return reply_fault(r);
	if (e)
		return page_meter(r);
	if (find_series(r, meter, &s) != OK || !civil_parse_day(form_get(&r->query, "from"), &from) ||
	    !civil_parse_day(form_get(&r->query, "to"), &to))
		return reply_redirect(r, request_printf_link(r, "/admin/meters/%lld", (long long)meter));
	return reply_redirect(r, meter_link(r, meter, s.id, from, to));
}

static enum err read_series(struct request *r, int64_t meter, struct edit_wanted *w)
{
	struct series s = {.id = 0};
	enum err e = find_series(r, meter, &s);

	w->channel = s.channel;
	w->interval_minutes = s.interval_minutes;
	return e;
}

/* what: exclude, or the quality that what is set gets. */
static enum err read_what(struct request *r, struct edit_wanted *w)
{
	struct str what = form_get(&r->form, "what"), value = str_trim(form_get(&r->form, "value"));

	w->has_value = value.n > 0;
	w->action = str_eqz(what, "exclude") ? what : STR("set");
	w->quality = str_eqz(what, "exclude") ? STR("") : what;
	if (!value.n || dec_parse(value, '.', &w->value) == DEC_OK)
		return OK;
	return ctx_fail(r->ctx, ERR_INVALID, "value", "The value is a number such as 1.25.");
}

struct reply *page_meter_edits_post(struct request *r)
{
	struct edit_wanted w = {.reason = form_get(&r->form, "reason")};
	struct meter m;
	struct edit made;
	int64_t id = 0;
	enum err e = request_param_id(r, 0, "meter", &id);
	const struct tz *zone = NULL;

	if (!e)
		e = meter_get(r->ctx, id, &m);
	if (!e)
		e = right_to_property(r->ctx, m.property_id, RIGHT_EDIT);
	if (!e)
		e = read_series(r, id, &w);
	if (!e)
		e = reading_zone(r->ctx, id, 0, &zone);
	if (!e)
		e = reading_parse_at(r->ctx, "start", form_get(&r->form, "start"), zone, true, false, &w.start);
	if (!e)
		e = reading_parse_at(r->ctx, "end", form_get(&r->form, "end"), zone, true, false, &w.end);
	if (!e)
		e = read_what(r, &w);
	if (!e)
		e = edit_add(r->ctx, id, &w, &made);
	return done(r, id, e);
}

/* Takes it out, or with `restore` puts it back. */
struct reply *page_meter_edit_post(struct request *r)
{
	struct edit moved;
	int64_t meter = 0, id;
	enum err e = request_param_id(r, 0, "meter", &meter);

	if (!e)
		e = request_param_id(r, 1, "edit", &id);
	if (!e)
		e = form_has(&r->form, "restore") ? edit_put_back(r->ctx, meter, id, &moved)
		                                  : edit_take_out(r->ctx, meter, id, &moved);
	return done(r, meter, e);
}
