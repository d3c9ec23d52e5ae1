/*
 * charge_report: what charging came to, by month of a year or by year, and by car: charts and a table; and the
 * sessions of one month and car as a report to be printed for reimbursement.
 */
#include "app/charging/charge_report.h"
#include "app/charging/car.h"
#include "base/civil.h"
#include "web/bars.h"
#include "web/charge_query.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/meter_link.h"

#define SESSIONS_MAX 2000
#define PERIODS_MAX  64

static int this_year(struct request *r)
{
	return civil_from_day(tz_day_of(frame_zone(r), ctx_now(r->ctx))).year;
}

/* ---- the year ---- */

static void show_numbers(struct request *r, struct view *v, const struct charge_period *p)
{
	view_set(v, "SESSIONS", frame_number(r, p->sessions));
	view_set(v, "KWH", frame_decimal(r, p->kwh));
	view_set(v, "COST", frame_money(r, p->cost));
	if (p->priced < p->sessions)
		view_set(view_section(v, "UNPRICED"), "NUMBER", frame_number(r, p->sessions - p->priced));
	if (p->miles)
		view_set(view_section(v, "MILES"), "VALUE", frame_number(r, p->miles));
	if (p->efficiency_mpkwh != REC_NONE)
		view_set(view_section(v, "EFFICIENCY"), "VALUE", frame_decimal(r, p->efficiency_mpkwh));
	view_set(v, "HOME", frame_decimal(r, p->home_kwh));
	view_set(v, "SAVING", frame_money(r, p->saving_gbp));
}

static void show_row(struct request *r, struct view *v, const struct charge_period *p)
{
	struct str period = charge_period_name(r->ctx, p);

	view_set(v, "PERIOD", period);
	view_set(v, "CAR", p->car);
	view_set(v, "HREF",
	         p->month ? request_printf_link(r, "/admin/sessions/report/month?month=%.*s&car_id=%lld",
	                                        STR_ARG(period), (long long)p->car_id)
	                  : request_printf_link(r, "/admin/sessions/report?year=%lld&car_id=%lld",
	                                        (long long)p->year, (long long)p->car_id));
	show_numbers(r, v, p);
}

/* The periods of all cars together: months that nobody charged in are there too. */
static size_t together(const struct charge_period *p, size_t n, int64_t year,
                       struct charge_period out[PERIODS_MAX])
{
	size_t count = 0;

	for (int64_t m = 1; year && m <= 12; m++)
		out[count++] = (struct charge_period){.year = year, .month = m, .efficiency_mpkwh = REC_NONE};
	for (size_t i = 0; i < n; i++) {
		size_t at = year ? (size_t)p[i].month - 1 : count;

		if (!year && count && out[count - 1].year == p[i].year)
			at = count - 1;
		if (at == PERIODS_MAX)
			break;
		if (at == count)
			out[count++] = (struct charge_period){.year = p[i].year};
		charge_period_add(&out[at], &p[i]);
	}
	return count;
}

static void show_charts(struct request *r, struct view *v, const struct charge_period *p, size_t n,
                        int64_t year)
{
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct charge_period sum[PERIODS_MAX];
	struct bar kwh[PERIODS_MAX], cost[PERIODS_MAX], efficiency[PERIODS_MAX];
	size_t count = together(p, n, year, sum);

	for (size_t i = 0; i < count; i++) {
		struct str label = year ? str_of(months[i]) : charge_period_name(r->ctx, &sum[i]);

		kwh[i] = (struct bar){label, sum[i].sessions ? sum[i].kwh : REC_NONE};
		cost[i] = (struct bar){label, sum[i].priced ? sum[i].cost : REC_NONE};
		efficiency[i] = (struct bar){label, sum[i].efficiency_mpkwh};
	}
	v = view_section(v, "CHARTS");
	bars_view(r, v, "KWH_BARS", &(struct bars){"kwh", "Energy, kWh", kwh, count});
	bars_view(r, v, "COST_BARS", &(struct bars){"cost", "Cost, £", cost, count});
	bars_view(r, v, "EFFICIENCY_BARS",
	          &(struct bars){"efficiency", "Efficiency, miles a kWh", efficiency, count});
}

/* What the query asks for; *year 0: all of them. */
static enum err read_report(struct request *r, int64_t *car_id, int64_t *year, struct charge_period **p,
                            size_t *n)
{
	bool all = str_eqz(form_get(&r->query, "year"), "all");
	enum err e = request_query_int(r, "car_id", 0, INT64_MAX, 0, car_id);

	*year = 0;
	if (!e && !all)
		e = request_query_int(r, "year", 1900, 2099, this_year(r), year);
	return e ? e : charge_report(r->ctx, *car_id, *year, p, n);
}

struct reply *page_session_report_csv(struct request *r)
{
	int64_t car_id, year;
	struct charge_period *p;
	size_t n;

	if (read_report(r, &car_id, &year, &p, &n) != OK)
		return reply_fault(r);
	charge_report_csv(r->ctx, p, n, r->out);
	const char *name =
	        year ? arena_printf(r->ctx->arena, "charging-%d.csv", (int)year) : "charging-all-years.csv";

	return reply_attachment(r, reply_bytes(r, 200, "text/csv; charset=utf-8", buf_str(r->out)),
	                        str_of(name));
}

struct reply *page_session_report(struct request *r)
{
	int64_t car_id, year;
	struct charge_period *p, sum = {.efficiency_mpkwh = REC_NONE};
	struct view *v, *table;
	size_t n, cars;

	if (read_report(r, &car_id, &year, &p, &n) != OK)
		return reply_fault(r);
	const bool all = !year;

	v = frame_begin(r, "page/session_report.tpl", "What charging came to");
	if (charge_query_cars(r, v, car_id, &cars) != OK)
		return reply_fault(r);
	view_setz(v, "YEAR", all ? "" : arena_printf(r->ctx->arena, "%d", (int)year));
	view_setz(v, "TITLE", all ? "All years" : arena_printf(r->ctx->arena, "%d", (int)year));
	if (!all) {
		view_set(view_section(v, "EARLIER"), "HREF",
		         request_printf_link(r, "/admin/sessions/report?year=%lld&car_id=%lld",
		                             (long long)year - 1, (long long)car_id));
		view_set(view_section(v, "LATER"), "HREF",
		         request_printf_link(r, "/admin/sessions/report?year=%lld&car_id=%lld",
		                             (long long)year + 1, (long long)car_id));
	}
	view_set(v, "ALL_HREF",
	         request_printf_link(r, "/admin/sessions/report?year=all&car_id=%lld", (long long)car_id));
	if (!n) {
		view_show(v, "NONE");
		return reply_page(r, 200);
	}
	view_set(view_section(v, "CSV"), "HREF",
	         all ? request_printf_link(r, "/admin/sessions/report/csv?year=all&car_id=%lld",
	                                   (long long)car_id)
	             : request_printf_link(r, "/admin/sessions/report/csv?year=%lld&car_id=%lld",
	                                   (long long)year, (long long)car_id));
	show_charts(r, v, p, n, year);
	table = view_section(v, "TABLE");
	for (size_t i = 0; i < n; i++) {
		show_row(r, view_section(table, "ROW"), &p[i]);
		charge_period_add(&sum, &p[i]);
	}
	show_numbers(r, view_section(table, "SUM"), &sum);
	return reply_page(r, 200);
}

/* ---- a month, to be printed ---- */

static void show_session(struct request *r, struct view *v, const struct charge *s)
{
	view_set(v, "DATE", meter_date(r, (int32_t)s->date));
	view_set(v, "HREF", request_printf_link(r, "/admin/sessions/%.*s", STR_ARG(s->id)));
	view_set(v, "CAR", s->car);
	view_set(v, "PLACE", s->location_label);
	view_set(v, "NETWORK", s->charge_network);
	view_set(v, "TYPE", s->charge_type);
	if (s->odometer != REC_NONE)
		view_set(v, "ODOMETER", frame_number(r, s->odometer));
	if (s->miles != REC_NONE)
		view_set(v, "MILES", frame_number(r, s->miles));
	view_set(v, "KWH", frame_decimal(r, s->charge_delivered_kwh));
	if (s->cost_per_kwh != REC_NONE)
		view_set(v, "PRICE", frame_decimal(r, s->cost_per_kwh));
	if (s->total_cost_gbp != REC_NONE)
		view_set(v, "COST", frame_money(r, s->total_cost_gbp));
}

static void show_odometer(struct request *r, struct view *v, const struct charge *s, size_t n)
{
	int64_t first = REC_NONE, last = REC_NONE;

	for (size_t i = 0; i < n; i++) {
		if (s[i].odometer == REC_NONE)
			continue;
		if (first == REC_NONE)
			first = s[i].odometer_before != REC_NONE ? s[i].odometer_before : s[i].odometer;
		last = s[i].odometer;
	}
	if (first == REC_NONE)
		return;
	v = view_section(v, "ODOMETERS");
	view_set(v, "FIRST", frame_number(r, first));
	view_set(v, "LAST", frame_number(r, last));
}

/* Of all its cars. */
static struct charge_period month_of(const struct charge_period *p, size_t n, int64_t day)
{
	struct charge_period sum = {.efficiency_mpkwh = REC_NONE};

	for (size_t i = 0; i < n; i++)
		if (p[i].month == civil_from_day((int32_t)day).month)
			charge_period_add(&sum, &p[i]);
	return sum;
}

struct reply *page_session_month(struct request *r)
{
	struct charge_filter f = {.status = STR("closed"), .limit = SESSIONS_MAX, .oldest_first = true};
	struct str month = form_get(&r->query, "month");
	struct charge_period *p, sum;
	struct charge *s;
	struct car car = {.id = 0};
	size_t n, periods;
	int64_t total;

	if (request_query_int(r, "car_id", 0, INT64_MAX, 0, &f.car_id) != OK ||
	    charge_month(r->ctx, month, &f.from, &f.to) != OK ||
	    (f.car_id && car_get(r->ctx, f.car_id, &car) != OK) ||
	    charge_list(r->ctx, &f, &s, &n, &total) != OK ||
	    charge_report(r->ctx, f.car_id, civil_from_day((int32_t)f.from).year, &p, &periods) != OK)
		return reply_fault(r);
	struct view *v = frame_begin(r, "page/session_month.tpl",
	                             arena_printf(r->ctx->arena, "Charging in %.*s", STR_ARG(month)));

	view_set(v, "MONTH", month);
	view_set(v, "FROM", meter_date(r, (int32_t)f.from));
	view_set(v, "TO", meter_date(r, (int32_t)f.to));
	view_int(v, "CAR_ID", f.car_id);
	if (f.car_id) {
		struct view *one = view_section(v, "ONE_CAR");

		view_set(one, "NAME", car.name);
		view_set(one, "REGISTRATION", car.registration);
		show_odometer(r, v, s, n);
	} else {
		view_show(v, "ALL_CARS");
	}
	view_set(v, "DRIVER", car.user_email.n ? car.user_email : r->ctx->actor.email);
	sum = month_of(p, periods, f.from);
	if ((int64_t)n < total)
		view_set(view_section(v, "MORE"), "NUMBER", frame_number(r, total - (int64_t)n));
	if (!n)
		view_show(v, "NONE");
	struct view *table = n ? view_section(v, "TABLE") : NULL;

	for (size_t i = 0; i < n; i++)
		show_session(r, view_section(table, "SESSION"), &s[i]);
	if (table)
		show_numbers(r, view_section(table, "SUM"), &sum);
	frame_at(r, v, "MADE", ctx_now(r->ctx));
	return reply_page(r, 200);
}
