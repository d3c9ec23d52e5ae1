/* report: what charging came to, and a charger's half hours beside its sessions, as JSON. */
#include "app/charging/charge_report.h"
#include "app/charging/charger.h"
#include "web/handlers.h"
#include "web/list.h"

struct reply *api_report_sessions(struct request *r)
{
	struct charge_period *p;
	int64_t car_id, year;
	size_t n;

	if (request_query_int(r, "car_id", 1, INT64_MAX, 0, &car_id) != OK ||
	    request_query_int(r, "year", 1900, 2099, 0, &year) != OK ||
	    charge_report(r->ctx, car_id, year, &p, &n) != OK)
		return reply_fault(r);
	return list_whole(r, &charge_period_desc, p, n);
}

static void put_list(struct json_out *j, const char *name, const struct rec_desc *d, const void *rows, size_t n)
{
	json_key(j, name);
	json_array(j);
	for (size_t i = 0; i < n; i++) {
		json_object(j);
		json_rec(j, d, (const char *)rows + i * d->size);
		json_end_object(j);
	}
	json_end_array(j);
}

struct reply *api_report_charger(struct request *r)
{
	struct charger k;
	struct json_out j;
	int64_t meter_id, year;

	if (request_query_int(r, "meter_id", 1, INT64_MAX, 0, &meter_id) != OK ||
	    request_query_int(r, "year", 1900, 2099, 0, &year) != OK ||
	    charger_of(r->ctx, meter_id, year, &k) != OK)
		return reply_fault(r);
	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "meter_id");
	json_int(&j, k.meter_id);
	json_key(&j, "identifier");
	json_str(&j, k.identifier);
	json_key(&j, "name");
	json_str(&j, k.name);
	json_key(&j, "interval_minutes");
	json_int(&j, k.interval_minutes);
	put_list(&j, "months", &charger_month_desc, k.month, 12);
	put_list(&j, "not_carried", &charger_missing_desc, k.missing, k.n_missing);
	put_list(&j, "not_explained", &charger_unexplained_desc, k.unexplained, k.n_unexplained);
	json_end_object(&j);
	return reply_json(r, 200);
}
