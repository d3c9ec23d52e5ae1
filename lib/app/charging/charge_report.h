/*
 * charge_report: what charging came to, by month or by year, and by car.
 *
 * A session is of the month of its day (charge.h), so page, CSV and report agree. Efficiency is that of the
 * whole period: the miles between its sessions over the energy of those whose miles are known, not a mean of
 * means. Closed sessions only.
 */
#ifndef WL_APP_CHARGING_CHARGE_REPORT_H
#define WL_APP_CHARGING_CHARGE_REPORT_H

#include "app/charging/charge.h"

/* One car in one period. */
struct charge_period {
	int64_t year, month; /* month 0: the whole year */
	int64_t car_id;
	struct str car;
	int64_t sessions;
	int64_t kwh, cost;        /* millionths */
	int64_t priced;           /* sessions whose cost is known */
	int64_t miles;            /* between its sessions, as far as odometers tell */
	int64_t efficiency_mpkwh; /* REC_NONE: odometers do not tell */
	int64_t home_sessions, home_kwh;
	int64_t petrol_cost_gbp, saving_gbp; /* of the sessions of which both are known */
	int64_t miles_kwh;                   /* the energy of those with miles */
};
extern const struct rec_desc charge_period_desc;

/* The months of a year, or with year 0 all years; by period, then in the order in which cars come. car_id 0:
 * all that one sees. ERR_NOT_FOUND: the car; ERR_INVALID: the year. */
enum err charge_report(struct ctx *c, int64_t car_id, int64_t year, struct charge_period **out, size_t *n);
/* Adds a period to another, of whatever car. */
void charge_period_add(struct charge_period *sum, const struct charge_period *p);

/* "2025-01", or "2025": in the arena. */
struct str charge_period_name(struct ctx *c, const struct charge_period *p);
/* The table as a CSV for people (people_csv.h). */
struct buf;
void charge_report_csv(struct ctx *c, const struct charge_period *p, size_t n, struct buf *out);

/* The days of a month: "2025-01". ERR_INVALID: it is none. */
enum err charge_month(struct ctx *c, struct str text, int64_t *from, int64_t *to);

#endif
