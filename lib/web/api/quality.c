/* quality: findings about readings as JSON, and how many there are of each kind. */
#include "app/quality.h"
#include "web/handlers.h"
#include "web/list.h"
#include "web/meter_link.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX     1000

static enum err read_filter(struct request *r, struct quality_filter *f)
{
	enum err e = request_query_int(r, "property_id", 1, INT64_MAX, 0, &f->property_id);

	f->first_day = form_get(&r->query, "first_day");
	f->last_day = form_get(&r->query, "last_day");
	f->kind = form_get(&r->query, "kind");
	return e ? e : request_query_int(r, "meter_id", 1, INT64_MAX, 0, &f->meter_id);
}

struct reply *api_quality(struct request *r)
{
	struct quality_filter f = {.limit = 0};
	struct quality_report q;
	struct list l;

	if (list_query(r, LIMIT_DEFAULT, LIMIT_MAX, &l) != OK || read_filter(r, &f) != OK)
		return reply_fault(r);
	f.limit = l.limit;
	f.offset = l.offset;
	if (quality_find(r->ctx, &f, &q) != OK)
		return reply_fault(r);
	for (size_t i = 0; i < q.n; i++)
		q.finding[i].href = meter_link_finding(r, &q.finding[i]);
	l.total = q.total;
	return list_reply(r, &l, &quality_finding_desc, q.finding, q.n);
}

struct reply *api_quality_summary(struct request *r)
{
	struct quality_filter f = {.limit = 0};
	struct quality_report q;
	struct json_out j;

	if (read_filter(r, &f) != OK || quality_find(r->ctx, &f, &q) != OK)
		return reply_fault(r);
	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "first_day");
	json_str(&j, meter_date(r, (int32_t)q.first_day));
	json_key(&j, "last_day");
	json_str(&j, meter_date(r, (int32_t)q.last_day));
	json_key(&j, "series");
	json_int(&j, q.series);
	for (enum quality_kind k = QUALITY_GAP; k < QUALITY_KINDS; k++) {
		json_key(&j, quality_kind_name(k));
		json_int(&j, q.count[k]);
	}
	json_end_object(&j);
	return reply_json(r, 200);
}
