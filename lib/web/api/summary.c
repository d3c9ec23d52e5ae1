/* summary: what went through meters and properties, in total and by parts of time, as JSON. */
#include "app/summary.h"
#include "app/consumption.h"
#include "app/meter.h"
#include "app/reading.h"
#include "codec/json.h"
#include "web/handlers.h"
#include "web/list.h"

static void thousandths(struct json_out *j, const char *key, int64_t part, int64_t whole)
{
	json_key(j, key);
	json_dec(j, whole > 0 ? part * 1000 / whole * 1000 : 0);
}

/* ---- a property ---- */

static void meter_json(struct json_out *j, const struct summary *s, const struct summary_meter *m)
{
	json_object(j);
	json_key(j, "meter_id");
	json_int(j, m->meter_id);
	json_key(j, "identifier");
	json_str(j, m->identifier);
	json_key(j, "name");
	json_str(j, m->name);
	json_key(j, "value");
	if (m->known)
		json_dec(j, m->value);
	else
		json_null(j);
	json_key(j, "reading_timestamp");
	json_at(j, m->at);
	if (s->to)
		thousandths(j, "coverage", m->covered, s->to - s->from);
	json_end_object(j);
}

static void unmetered_json(struct json_out *j, const struct summary *s)
{
	json_key(j, "unmetered");
	if (s->known)
		json_dec(j, s->unmetered);
	else
		json_null(j);
	thousandths(j, "unmetered_coverage", s->share, 1000);
	json_key(j, "unmetered_is_negative");
	json_bool(j, s->known && s->unmetered < 0);
}

struct reply *api_readings_summary(struct request *r)
{
	struct summary s;
	struct json_out j;
	int64_t id, from = 0, to = 0;

	if (request_param_id(r, 0, "property", &id) != OK || right_to_property(r->ctx, id, RIGHT_READ) != OK ||
	    ((form_has(&r->query, "start_date") || form_has(&r->query, "end_date")) &&
	     list_query_range(r, 0, id, "start_date", "end_date", &from, &to) != OK) ||
	    summary_of(r->ctx, id, from, to, &s) != OK)
		return reply_fault(r);
	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "property_id");
	json_int(&j, id);
	json_key(&j, "reading_timestamp");
	json_at(&j, s.at);
	json_key(&j, "start");
	json_at(&j, s.from);
	json_key(&j, "end");
	json_at(&j, s.to);
	json_key(&j, "unit");
	json_str(&j, s.unit);
	json_key(&j, "main_meter");
	if (s.n && s.meter[0].is_main)
		meter_json(&j, &s, &s.meter[0]);
	else
		json_null(&j);
	json_key(&j, "further_main_meters");
	json_array(&j);
	for (size_t i = 1; i < s.n; i++)
		if (s.meter[i].is_main)
			meter_json(&j, &s, &s.meter[i]);
	json_end_array(&j);
	json_key(&j, "submeters");
	json_array(&j);
	for (size_t i = 0; i < s.n; i++)
		if (!s.meter[i].is_main)
			meter_json(&j, &s, &s.meter[i]);
	json_end_array(&j);
	unmetered_json(&j, &s);
	json_end_object(&j);
	return reply_json(r, 200);
}

/* ---- a meter ---- */

struct reply *api_meter_consumption(struct request *r)
{
	struct consumption out;
	struct json_out j;
	struct meter m;
	struct str unit;
	int64_t id, edge[2];

	if (request_param_id(r, 0, "meter", &id) != OK || meter_get(r->ctx, id, &m) != OK ||
	    list_query_range(r, id, 0, "start_date", "end_date", &edge[0], &edge[1]) != OK ||
	    consumption_between(r->ctx, id, form_get(&r->query, "channel"), edge, 1, &out, &unit) != OK)
		return reply_fault(r);
	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "meter_id");
	json_int(&j, id);
	json_key(&j, "start");
	json_at(&j, edge[0]);
	json_key(&j, "end");
	json_at(&j, edge[1]);
	json_key(&j, "consumption");
	if (out.covered)
		json_dec(&j, out.value);
	else
		json_null(&j);
	json_key(&j, "unit");
	json_str(&j, unit);
	thousandths(&j, "coverage", out.covered, edge[1] - edge[0]);
	json_end_object(&j);
	return reply_json(r, 200);
}
