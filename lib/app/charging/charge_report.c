/* charge_report: see charge_report.h. */
#include "app/charging/charge_report.h"

#include <stdio.h>

#include "base/civil.h"
#include "base/decimal.h"

#define PLACES 2

static const struct rec_field fields[] = {
        REC(struct charge_period, year, REC_INT),
        REC_FLAGS(struct charge_period, month, REC_INT, REC_ZERO_NULL),
        REC_FLAGS(struct charge_period, car_id, REC_INT, REC_ZERO_NULL),
        REC(struct charge_period, car, REC_TEXT),
        REC(struct charge_period, sessions, REC_INT),
        REC(struct charge_period, kwh, REC_DEC),
        REC(struct charge_period, cost, REC_DEC),
        REC(struct charge_period, priced, REC_INT),
        REC(struct charge_period, miles, REC_INT),
        REC_FLAGS(struct charge_period, efficiency_mpkwh, REC_DEC, REC_MAYBE),
        REC(struct charge_period, home_sessions, REC_INT),
        REC(struct charge_period, home_kwh, REC_DEC),
        REC(struct charge_period, petrol_cost_gbp, REC_DEC),
        REC(struct charge_period, saving_gbp, REC_DEC),
        REC_FLAGS(struct charge_period, miles_kwh, REC_DEC, REC_HIDDEN),
};
const struct rec_desc charge_period_desc = REC_DESC(struct charge_period, fields);

/* The sums of a fleet's lifetime are far from 2^63 millionths: sessions have 100,000 kWh and a million pounds
 * at most. */
static void work_out(struct charge_period *p)
{
	p->efficiency_mpkwh = REC_NONE;
	if (p->miles_kwh > 0)
		dec_divide(p->miles * DEC_ONE, p->miles_kwh, PLACES, &p->efficiency_mpkwh);
}

void charge_period_add(struct charge_period *sum, const struct charge_period *p)
{
	sum->sessions += p->sessions;
	sum->kwh += p->kwh;
	sum->cost += p->cost;
	sum->priced += p->priced;
	sum->miles += p->miles;
	sum->miles_kwh += p->miles_kwh;
	sum->home_sessions += p->home_sessions;
	sum->home_kwh += p->home_kwh;
	sum->petrol_cost_gbp += p->petrol_cost_gbp;
	sum->saving_gbp += p->saving_gbp;
	work_out(sum);
}

struct report {
	struct arena *arena; /* of the periods */
	bool by_year;
	struct charge_period *period;
	size_t n, room;
};

/* Sessions come by day: the period is among the last ones. */
static struct charge_period *period_of(struct report *r, const struct charge *s)
{
	struct civil day = civil_from_day((int32_t)s->date);
	int64_t month = r->by_year ? 0 : day.month;
	for (size_t i = r->n; i-- > 0 && r->period[i].year == day.year && r->period[i].month == month;)
		if (r->period[i].car_id == s->car_id)
			return &r->period[i];
	if (r->n == r->room)
		r->period = arena_doubled(r->arena, r->period, sizeof(*r->period), &r->room);
	r->period[r->n] = (struct charge_period){
	        .year = day.year, .month = month, .car_id = s->car_id, .car = arena_str(r->arena, s->car)};
	return &r->period[r->n++];
}

static void take(void *arg, const struct charge *s)
{
	struct report *r = arg;
	bool has_miles = s->miles != REC_NONE, both = s->saving_gbp != REC_NONE;
	struct charge_period one = {.sessions = 1,
	                            .kwh = s->charge_delivered_kwh,
	                            .cost = s->total_cost_gbp != REC_NONE ? s->total_cost_gbp : 0,
	                            .priced = s->total_cost_gbp != REC_NONE,
	                            .miles = has_miles ? s->miles : 0,
	                            .miles_kwh = has_miles ? s->charge_delivered_kwh : 0,
	                            .home_sessions = s->is_home,
	                            .home_kwh = s->is_home ? s->charge_delivered_kwh : 0,
	                            .petrol_cost_gbp = both ? s->petrol_cost_gbp : 0,
	                            .saving_gbp = both ? s->saving_gbp : 0};
	charge_period_add(period_of(r, s), &one);
}

enum err charge_report(struct ctx *c, int64_t car_id, int64_t year, struct charge_period **out, size_t *n)
{
	struct report r = {.arena = c->arena, .by_year = year == 0};
	struct charge_filter f = {.car_id = car_id, .from = REC_NONE, .to = REC_NONE};
	if (year && (year < 1900 || year > 2099))
		return ctx_fail(c, ERR_INVALID, "year", "\"year\" is a year from 1900 to 2099.");
	if (year) {
		f.from = civil_to_day((struct civil){(int)year, 1, 1});
		f.to = civil_to_day((struct civil){(int)year, 12, 31});
	}
	enum err e = charge_each_worked(c, &f, take, &r);
	*out = r.period;
	*n = r.n;
	return e;
}

enum err charge_month(struct ctx *c, struct str text, int64_t *from, int64_t *to)
{
	char first[CIVIL_DATE_TEXT] = "";
	int32_t day;
	if (text.n == strlen("2025-01"))
		snprintf(first, sizeof(first), "%.*s-01", STR_ARG(text));
	if (!civil_parse_day(str_of(first), &day))
		return ctx_fail(c, ERR_INVALID, "month", "\"month\" is a month such as 2025-01.");
	struct civil m = civil_from_day(day);
	*from = day;
	*to = civil_to_day(m.month == 12 ? (struct civil){m.year + 1, 1, 1}
	                                 : (struct civil){m.year, m.month + 1, 1}) -
	      1;
	return OK;
}

struct str charge_period_name(struct ctx *c, const struct charge_period *p)
{
	return str_of(p->month ? arena_printf(c->arena, "%04d-%02d", (int)p->year, (int)p->month)
	                       : arena_printf(c->arena, "%04d", (int)p->year));
}
