/*
 * charge_check: whether the values of a charging session can be, and what it costs where it does not say so.
 */
#include "app/charging/charge.h"
#include "app/charging/charge_row.h"
#include "app/charging/tariff.h"
#include "app/check.h"
#include "app/setting.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "codec/utf8.h"

#define LABEL_MAX_CHARS   200
#define ODOMETER_MAX      9999999
#define DURATION_MAX_MINS (CHARGE_DAYS_MAX * 24 * 60)
#define DAY_MIN           -25567 /* 1900-01-01 */
#define DAY_MAX           47481  /* 2099-12-31 */

static enum err missing(struct ctx *c, const char *field, const char *what)
{
	return ctx_fail(c, ERR_INVALID, field, "\"%s\" is missing: %s.", field, what);
}

/* A whole number, or millionths with their `unit`, between two whole ones. */
static enum err between(struct ctx *c, const char *field, int64_t v, int64_t least, int64_t most, int64_t unit,
                        const char *of)
{
	if (v == REC_NONE || (v >= least * unit && v <= most * unit))
		return OK;
	return ctx_fail(c, ERR_INVALID, field, "\"%s\" is %s, from %lld to %lld.", field, of, (long long)least,
	                (long long)most);
}

static enum err check_notes(struct ctx *c, struct str s)
{
	if (!utf8_valid(s) || (s.n && memchr(s.p, '\0', s.n)))
		return ctx_fail(c, ERR_INVALID, "notes", "\"notes\" is text in UTF-8.");
	if (utf8_length(s) > CHARGE_NOTES_MAX)
		return ctx_fail(c, ERR_INVALID, "notes", "\"notes\" has more than %d characters.",
		                CHARGE_NOTES_MAX);
	return OK;
}

static enum err check_numbers(struct ctx *c, const struct charge_edit *d)
{
	const struct {
		const char *field;
		int64_t v, least, most, unit;
		const char *of;
	} numbers[] = {
	        {"odometer", d->odometer, 1, ODOMETER_MAX, 1, "a whole number of miles"},
	        {"charge_power_kw", d->charge_power_kw, 0, 10000, DEC_ONE, "in kW"},
	        {"charge_delivered_kwh", d->charge_delivered_kwh, 0, 100000, DEC_ONE, "in kWh"},
	        {"duration_mins", d->duration_mins, 0, DURATION_MAX_MINS, 1, "a whole number of minutes"},
	        {"cost_per_kwh", d->cost_per_kwh, 0, 1000, DEC_ONE, "in pounds"},
	        {"total_cost_gbp", d->total_cost_gbp, 0, CHARGE_COST_MAX, DEC_ONE, "in pounds"},
	        {"soc_from", d->soc_from, 0, 100, 1, "a whole number of percent"},
	        {"soc_to", d->soc_to, 0, 100, 1, "a whole number of percent"},
	        {"ambient_temp_c", d->ambient_temp_c, -90, 70, DEC_ONE, "in degrees Celsius"},
	        {"preconditioning_events", d->preconditioning_events, 0, 1000, 1, "a whole number"},
	};
	enum err e = OK;
	for (size_t i = 0; !e && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		e = between(c, numbers[i].field, numbers[i].v, numbers[i].least, numbers[i].most,
		            numbers[i].unit, numbers[i].of);
	if (!e && d->soc_from != REC_NONE && d->soc_to != REC_NONE && d->soc_to < d->soc_from)
		e = ctx_fail(c, ERR_INVALID, "soc_to", "\"soc_to\" is below \"soc_from\".");
	return e;
}

static enum err check_times(struct ctx *c, const struct charge_edit *d)
{
	if (d->started_at && d->ended_at && d->ended_at < d->started_at)
		return ctx_fail(c, ERR_INVALID, "ended_at", "The session ends before it starts.");
	if (!d->started_at && d->ended_at)
		return ctx_fail(c, ERR_INVALID, "started_at", "The session has an end and no start.");
	if (d->started_at && d->ended_at && d->ended_at - d->started_at > DURATION_MAX_MINS * INT64_C(60))
		return ctx_fail(c, ERR_INVALID, "ended_at", "The session lasts more than 31 days.");
	return OK;
}

/* What a closed session cannot be without. */
static enum err check_needed(struct ctx *c, const struct charge_edit *d, bool of_file)
{
	if (d->odometer == REC_NONE && !(of_file && d->started_at))
		return missing(c, "odometer", "the miles that the car has gone, a whole number");
	if (!d->charge_type.n)
		return missing(c, "charge_type", "AC or DC");
	if (d->charge_delivered_kwh == REC_NONE)
		return missing(c, "charge_delivered_kwh", "the energy in kWh, 0 or more");
	return OK;
}

enum err charge_check(struct ctx *c, const struct charge_edit *d, bool of_file)
{
	enum err e = OK;
	if (d->status.n && !str_eqz(d->status, "active") && !str_eqz(d->status, "closed"))
		return ctx_fail(c, ERR_INVALID, "status", "\"status\" is active or closed.");
	if (d->date == REC_NONE)
		return missing(c, "date", "the day, as 2025-11-07");
	if (d->date < DAY_MIN || d->date > DAY_MAX)
		return ctx_fail(c, ERR_INVALID, "date", "\"date\" is a day of the years 1900 to 2099.");
	if (!str_eqz(d->status, "active"))
		e = check_needed(c, d, of_file);
	if (!e && d->charge_type.n && !str_eqz(d->charge_type, "AC") && !str_eqz(d->charge_type, "DC"))
		e = ctx_fail(c, ERR_INVALID, "charge_type", "\"charge_type\" is AC or DC.");
	if (!e)
		e = check_line(c, "location_label", d->location_label, LABEL_MAX_CHARS);
	if (!e)
		e = check_line(c, "charge_network", d->charge_network, LABEL_MAX_CHARS);
	if (!e)
		e = check_notes(c, d->notes);
	if (!e)
		e = check_numbers(c, d);
	return e ? e : check_times(c, d);
}

/* ---- the cost ---- */

#define PENNY 2 /* places */

/* How long it charged, in millionths of a minute; at home, where it is not said, at the speed that the user's
 * setting says. REC_NONE: not known. */
static int64_t minutes_of(struct ctx *c, const struct charge_edit *d, int64_t user_id)
{
	int64_t speed = setting_int_of(c, user_id, SETTING_home_charging_speed_kw), minutes;
	if (d->duration_mins != REC_NONE)
		return d->duration_mins * DEC_ONE;
	if (speed <= 0 || !charge_is_home(c, user_id, d->location_label) ||
	    !dec_scale(d->charge_delivered_kwh, 60 * (int64_t)DEC_ONE, speed, &minutes, NULL))
		return REC_NONE;
	return dec_round(minutes, 0);
}

static void add_up(const int64_t *price, const int64_t *amount, size_t n, int64_t *cost)
{
	if (!dec_dot(price, amount, n, PENNY, cost) || *cost > CHARGE_COST_MAX * (int64_t)DEC_ONE)
		*cost = REC_NONE;
}

/* What the price, else the tariff, makes of it. REC_NONE: neither says anything, or the energy is not known. */
enum err charge_cost(struct ctx *c, const struct charge_edit *d, int64_t user_id, int64_t *cost)
{
	struct tariff t;
	*cost = REC_NONE;
	if (d->charge_delivered_kwh == REC_NONE)
		return OK;
	if (d->cost_per_kwh != REC_NONE) {
		add_up(&d->cost_per_kwh, &d->charge_delivered_kwh, 1, cost);
		return OK;
	}
	enum err e = tariff_of(c, user_id, d->car_id, d->charge_network, d->date, &t);
	if (e)
		return e == ERR_NOT_FOUND ? OK : e;
	int64_t price[3], amount[3];
	size_t n = 0;
	if (t.per_kwh != REC_NONE) {
		price[n] = t.per_kwh;
		amount[n++] = d->charge_delivered_kwh;
	}
	if (t.per_minute != REC_NONE) {
		price[n] = t.per_minute;
		amount[n] = minutes_of(c, d, user_id);
		if (amount[n++] == REC_NONE)
			return OK; /* how long it took is part of what it costs */
	}
	if (t.per_session != REC_NONE) {
		price[n] = t.per_session;
		amount[n++] = DEC_ONE;
	}
	add_up(price, amount, n, cost);
	return OK;
}
