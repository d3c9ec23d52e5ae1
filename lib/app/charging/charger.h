/*
 * charger: a charger that is a sub-meter: what its half hours say, beside what the sessions charged at it say.
 *
 * A session is of the meter that it names; one at home that names none, of the meter that its user's setting
 * home_charger_meter names. It takes its energy from the half hours of its time, from start to end; one that
 * has a day and no times, from the fullest half hours of that day. A charger measures more than arrives in the
 * car: a session is "carried" when half hours hold at least half of its energy, and whatever they hold in its
 * time is explained by it. Where the meter has no readings at all in that time, it is not known.
 *
 * Months are local months of the meter; a session is of the month of its day (charge.h).
 */
#ifndef WL_APP_CHARGING_CHARGER_H
#define WL_APP_CHARGING_CHARGER_H

#include "app/charging/charge.h"

struct charger_month {
	int64_t year, month; /* month 1 .. 12 */
	int64_t sessions, sessions_kwh;
	int64_t meter_kwh;      /* REC_NONE: no readings */
	int64_t difference_kwh; /* meter less sessions; REC_NONE */
};
extern const struct rec_desc charger_month_desc;

/* A session that half hours do not carry. */
struct charger_missing {
	struct str id, car;
	int64_t date, charge_delivered_kwh;
	int64_t found_kwh; /* in half hours of its time; REC_NONE: there are no readings */
};
extern const struct rec_desc charger_missing_desc;

/* Half hours in a row, of CHARGER_LEAST or more, that no session explains. */
struct charger_unexplained {
	int64_t start, end, kwh;
};
extern const struct rec_desc charger_unexplained_desc;
#define CHARGER_LEAST 100000 /* millionths of a kWh: a charger that waits draws less in half an hour */

struct charger {
	int64_t meter_id;
	struct str identifier, name;
	int64_t interval_minutes; /* 0: it has no interval readings of energy */
	struct charger_month month[12];
	struct charger_missing *missing;
	size_t n_missing;
	struct charger_unexplained *unexplained;
	size_t n_unexplained;
};

/* ERR_NOT_FOUND: the meter; ERR_INVALID: the year, or its readings are not in kWh. */
enum err charger_of(struct ctx *c, int64_t meter_id, int64_t year, struct charger *out);

#endif
