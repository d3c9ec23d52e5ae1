/* meter_link: see meter_link.h. */
#include "web/meter_link.h"

#include "app/quality.h"
#include "base/civil.h"

#define DAYS_MAX         366
#define LONG_DAY_MINUTES 1500

int32_t meter_days_at_once(int64_t interval_minutes)
{
	int64_t days = METER_POINTS_MAX * interval_minutes / LONG_DAY_MINUTES;

	return (int32_t)(days < 1 ? 1 : days > DAYS_MAX ? DAYS_MAX : days);
}

struct str meter_date(struct request *r, int32_t day)
{
	char text[CIVIL_DATE_TEXT];

	civil_format_day(day, text);
	return arena_str(r->ctx->arena, str_of(text));
}

struct str meter_link(struct request *r, int64_t meter_id, int64_t series_id, int32_t from, int32_t to)
{
	struct str a = meter_date(r, from), b = meter_date(r, to);

	return request_printf_link(r, "/admin/meters/%lld?series=%lld&from=%.*s&to=%.*s", (long long)meter_id,
	                           (long long)series_id, STR_ARG(a), STR_ARG(b));
}

struct str meter_link_finding(struct request *r, const struct quality_finding *f)
{
	int32_t from = (int32_t)f->first_day, to = (int32_t)f->last_day, most;

	if (!f->interval_minutes)
		return request_printf_link(r, "/admin/meters/%lld", (long long)f->meter_id);
	most = meter_days_at_once(f->interval_minutes);
	if (str_eqz(f->kind, "stale")) /* the last day that is known */
		from = to = from - 1;
	return meter_link(r, f->meter_id, f->series_id, from, to - from < most ? to : from + most - 1);
}
