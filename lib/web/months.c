/* months: see months.h. */
#include "web/months.h"

#include <stdio.h>

#include "app/consumption.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "web/axis.h"
#include "web/frame.h"

#define MONTHS 12
#define EDGES  (2 * MONTHS) /* a year, and the one before it */
#define GAP    0.18         /* of a month's width, on either side of its bars */

static int32_t month_begin(int32_t day, int months)
{
	struct civil c = civil_from_day(day);
	int index = c.year * 12 + c.month - 1 + months;

	return civil_to_day((struct civil){.year = index / 12, .month = index % 12 + 1, .day = 1});
}

static void put_month(struct request *r, struct view *v, const struct axis *a, size_t i, const int64_t *edge,
                      const struct consumption *sum, const struct tz *zone)
{
	double wide = (AXIS_WIDTH - AXIS_LEFT - AXIS_RIGHT) / MONTHS, x = AXIS_LEFT + wide * (double)i;
	double bar = wide * (1 - 2 * GAP) / 2;
	const struct consumption *was = &sum[i], *now = &sum[MONTHS + i];
	bool whole = now->covered == edge[MONTHS + i + 1] - edge[MONTHS + i],
	     was_whole = was->covered == edge[i + 1] - edge[i];
	char date[CIVIL_DATE_TEXT];
	struct view *tick = view_section(v, "X_TICK"), *row = view_section(v, "MONTH");

	civil_format_day(tz_day_of(zone, edge[MONTHS + i]), date);
	date[7] = '\0';
	axis_set(r, tick, "X", x + wide / 2);
	view_set(tick, "LABEL", arena_str(r->ctx->arena, str_of(date)));
	view_set(row, "LABEL", arena_str(r->ctx->arena, str_of(date)));
	if (was->covered) {
		axis_bar(r, v, "BAR_BEFORE", a, x + wide * GAP, bar, was->value);
		view_set(view_section(row, "BEFORE"), "VALUE", frame_decimal(r, was->value));
	}
	if (now->covered) {
		axis_bar(r, v, "BAR", a, x + wide * GAP + bar, bar, now->value);
		view_set(view_section(row, "NOW"), "VALUE", frame_decimal(r, now->value));
	}
	if (now->covered && !whole)
		view_show(row, "PARTLY");
	if (was->covered && !was_whole)
		view_show(row, "BEFORE_PARTLY");
	if (whole && was_whole)
		view_set(row, "CHANGE", frame_change(r, now->value, was->value));
}

enum err months_view(struct request *r, struct view *v, const int64_t *meter_ids, size_t n, struct str channel,
                     const struct tz *zone, int64_t last)
{
	struct consumption sum[EDGES] = {{0}};
	int64_t edge[EDGES + 1];
	struct str unit = {NULL, 0};
	double low = 0, high = 0;
	bool any = false;
	int32_t day = tz_day_of(zone, last);

	for (int i = 0; i <= EDGES; i++)
		edge[i] = tz_day_start(zone, month_begin(day, i + 1 - EDGES));
	enum err e = consumption_together(r->ctx, meter_ids, n, channel, edge, EDGES, sum, &unit);

	for (size_t i = 0; !e && i < EDGES; i++) {
		any = any || sum[i].covered;
		low = (double)sum[i].value < low ? (double)sum[i].value : low;
		high = (double)sum[i].value > high ? (double)sum[i].value : high;
	}
	if (e == ERR_INVALID) { /* readings too large to add up: there is nothing to draw, and the rest can be
		                   seen */
		r->ctx->fault = (struct fault){.code = OK};
		return OK;
	}
	if (e || !any)
		return e;
	struct view *part = view_include(view_section(v, "HAS_MONTHS"), "MONTHS", "part/months.tpl");
	struct axis a = axis_of(low, high);

	view_set(part, "UNIT", unit);
	axis_view(r, part, &a);
	for (size_t i = 0; i < MONTHS; i++)
		put_month(r, part, &a, i, edge, sum, zone);
	return OK;
}
