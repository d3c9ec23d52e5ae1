/* charger: see charger.h. A year of one meter is in memory, with a month at both ends:
 * of quarter hours some 41,000 of 32 bytes. */
#include "app/charging/charger.h"

#include <stdlib.h>

#include "app/meter.h"
#include "app/series.h"
#include "app/setting.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "base/tz.h"

#define LEAST_STEP 900 /* seconds: finer intervals are put together, so that a year of them fits */

static const struct rec_field month_fields[] = {
        REC(struct charger_month, year, REC_INT),
        REC(struct charger_month, month, REC_INT),
        REC(struct charger_month, sessions, REC_INT),
        REC(struct charger_month, sessions_kwh, REC_DEC),
        REC_FLAGS(struct charger_month, meter_kwh, REC_DEC, REC_MAYBE),
        REC_FLAGS(struct charger_month, difference_kwh, REC_DEC, REC_MAYBE),
};
const struct rec_desc charger_month_desc = REC_DESC(struct charger_month, month_fields);

static const struct rec_field missing_fields[] = {
        REC(struct charger_missing, id, REC_TEXT),
        REC(struct charger_missing, car, REC_TEXT),
        REC(struct charger_missing, date, REC_DAY),
        REC(struct charger_missing, charge_delivered_kwh, REC_DEC),
        REC_FLAGS(struct charger_missing, found_kwh, REC_DEC, REC_MAYBE),
};
const struct rec_desc charger_missing_desc = REC_DESC(struct charger_missing, missing_fields);

static const struct rec_field unexplained_fields[] = {
        REC(struct charger_unexplained, start, REC_AT),
        REC(struct charger_unexplained, end, REC_AT),
        REC(struct charger_unexplained, kwh, REC_DEC),
};
const struct rec_desc charger_unexplained_desc = REC_DESC(struct charger_unexplained, unexplained_fields);

struct slot {
	int64_t at;
	int64_t kwh;  /* millionths */
	int64_t left; /* of it, that no session has taken */
	bool explained;
};

struct work {
	struct ctx *c;
	struct charger *out;
	const struct tz *zone;
	int64_t year, step; /* seconds of a slot */
	int64_t group;      /* intervals that make a slot: finer ones than LEAST_STEP are put together */
	struct slot *slot;  /* those with a reading, in order; before and after the year, too */
	size_t n, room;
	struct slot **some; /* for one session */
	size_t some_room;
	struct arena *arena; /* of the results */
	bool timed;          /* those with times are looked at */
	size_t missing_room, unexplained_room;
};

/* Sessions go over the ends of the year: half hours and sessions beside it are looked at, too, and not counted.
 */
static int32_t first_day(const struct work *w)
{
	return civil_to_day((struct civil){(int)w->year, 1, 1});
}

static int32_t last_day(const struct work *w)
{
	return civil_to_day((struct civil){(int)w->year, 12, 31});
}

/* ---- the half hours ---- */

static void put_slot(struct work *w, int64_t at, int64_t kwh)
{
	if (!w->n || w->slot[w->n - 1].at != at) {
		if (w->n == w->room)
			w->slot = arena_doubled(w->c->arena, w->slot, sizeof(*w->slot), &w->room);
		w->slot[w->n++] = (struct slot){.at = at};
	}
	struct slot *t = &w->slot[w->n - 1];
	dec_add(t->kwh, kwh, &t->kwh);
	t->left = t->kwh;
}

static bool take_day(void *arg, const struct series_day *d, struct str batch)
{
	struct work *w = arg;
	struct civil day = civil_from_day(d->day);
	struct charger_month *m = day.year == w->year ? &w->out->month[day.month - 1] : NULL;
	int64_t start = tz_day_start(w->zone, d->day);
	(void)batch;
	for (size_t i = 0; i < d->n; i++) {
		if (!d->quality[i])
			continue;
		put_slot(w, start + (int64_t)i / w->group * w->step, d->value[i]);
		if (!m)
			continue;
		if (m->meter_kwh == REC_NONE)
			m->meter_kwh = 0;
		dec_add(m->meter_kwh, d->value[i], &m->meter_kwh);
	}
	return true;
}

/* The finest series of imported energy. */
static enum err read_slots(struct work *w)
{
	const struct series *best = NULL;
	struct series *all;
	size_t n;
	enum err e = series_list(w->c, w->out->meter_id, &all, &n);
	for (size_t i = 0; !e && i < n; i++)
		if (str_eqz(all[i].channel, "import") && all[i].interval_minutes > 0 &&
		    all[i].interval_minutes < 1440 &&
		    (!best || all[i].interval_minutes < best->interval_minutes))
			best = &all[i];
	if (e || !best)
		return e;
	if (!str_eqz(best->unit, "kWh"))
		return ctx_fail(w->c, ERR_INVALID, "meter_id", "The meter's readings are in %.*s, not in kWh.",
		                STR_ARG(best->unit));
	w->out->interval_minutes = best->interval_minutes;
	w->group = (LEAST_STEP + best->interval_minutes * 60 - 1) / (best->interval_minutes * 60);
	w->step = w->group * best->interval_minutes * 60;
	return series_scan(w->c, best->id, first_day(w) - CHARGE_DAYS_MAX, last_day(w) + CHARGE_DAYS_MAX,
	                   take_day, w);
}

/* ---- the sessions ---- */

static bool is_of_meter(struct work *w, const struct charge *s)
{
	if (s->meter_id)
		return s->meter_id == w->out->meter_id;
	return s->is_home && setting_int_of(w->c, s->user_id, SETTING_home_charger_meter) == w->out->meter_id;
}

/* The first slot that ends after an instant. */
static size_t first_after(const struct work *w, int64_t at)
{
	size_t low = 0, high = w->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (w->slot[mid].at + w->step > at)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static int fuller(const void *a, const void *b)
{
	const struct slot *const *x = a, *const *y = b;
	return (*y)->left > (*x)->left ? 1 : (*y)->left < (*x)->left ? -1 : (*x)->at > (*y)->at ? 1 : -1;
}

/* Takes what it can from the slots; what it took. */
static int64_t fill(struct slot **slot, size_t n, int64_t kwh)
{
	int64_t taken = 0;
	for (size_t i = 0; i < n && taken < kwh; i++) {
		int64_t part = slot[i]->left < kwh - taken ? slot[i]->left : kwh - taken;
		if (part <= 0)
			continue;
		slot[i]->left -= part;
		slot[i]->explained = true;
		taken += part;
	}
	return taken;
}

static void note_missing(struct work *w, const struct charge *s, int64_t found)
{
	struct charger *o = w->out;
	if (o->n_missing == w->missing_room)
		o->missing = arena_doubled(w->arena, o->missing, sizeof(*o->missing), &w->missing_room);
	o->missing[o->n_missing++] =
	        (struct charger_missing){arena_str(w->arena, s->id), arena_str(w->arena, s->car), s->date,
	                                 s->charge_delivered_kwh, found};
}

/* Takes its energy from the half hours; false: they do not carry it. *found: REC_NONE: there are none. */
static bool carried(struct work *w, const struct charge *s, int64_t *found)
{
	int64_t from = w->timed ? s->started_at : tz_day_start(w->zone, (int32_t)s->date);
	int64_t to = w->timed ? s->ended_at : tz_day_start(w->zone, (int32_t)s->date + 1);
	size_t n = 0;
	for (size_t at = first_after(w, from); at < w->n && w->slot[at].at < to; at++) {
		if (n == w->some_room)
			w->some = arena_doubled(w->arena, w->some, sizeof(*w->some), &w->some_room);
		w->some[n++] = &w->slot[at];
	}
	if (!w->timed && n)
		qsort(w->some, n, sizeof(*w->some), fuller);
	*found = fill(w->some, n, s->charge_delivered_kwh);
	for (size_t i = 0; w->timed && i < n; i++)
		w->some[i]->explained = true;
	if (!n)
		*found = REC_NONE;
	return n && *found >= s->charge_delivered_kwh / 2;
}

static void take_session(void *arg, const struct charge *s)
{
	struct work *w = arg;
	struct civil day = civil_from_day((int32_t)s->date);
	int64_t found;
	if ((s->started_at && s->ended_at > s->started_at) != w->timed || !is_of_meter(w, s))
		return;
	bool is_carried = carried(w, s, &found);
	if (day.year != w->year)
		return;
	w->out->month[day.month - 1].sessions++;
	w->out->month[day.month - 1].sessions_kwh += s->charge_delivered_kwh;
	if (!is_carried)
		note_missing(w, s, found);
}

/* Those with times first: they know which half hours are theirs. */
static enum err read_sessions(struct work *w)
{
	const struct charge_filter f = {.from = first_day(w) - CHARGE_DAYS_MAX,
	                                .to = last_day(w) + CHARGE_DAYS_MAX};
	w->timed = true;
	enum err e = charge_each_worked(w->c, &f, take_session, w);
	w->timed = false;
	return e ? e : charge_each_worked(w->c, &f, take_session, w);
}

static void find_unexplained(struct work *w)
{
	struct charger *o = w->out;
	struct charger_unexplained *last = NULL;
	int64_t from = tz_day_start(w->zone, first_day(w)), to = tz_day_start(w->zone, last_day(w) + 1);
	for (size_t i = 0; i < w->n; i++) {
		const struct slot *t = &w->slot[i];
		if (t->at < from || t->at >= to || t->explained || t->kwh < CHARGER_LEAST * w->step / 1800)
			continue;
		if (last && last->end == t->at) {
			last->end += w->step;
			last->kwh += t->kwh;
			continue;
		}
		if (o->n_unexplained == w->unexplained_room)
			o->unexplained = arena_doubled(w->c->arena, o->unexplained, sizeof(*o->unexplained),
			                               &w->unexplained_room);
		last = &o->unexplained[o->n_unexplained++];
		*last = (struct charger_unexplained){t->at, t->at + w->step, t->kwh};
	}
}

enum err charger_of(struct ctx *c, int64_t meter_id, int64_t year, struct charger *out)
{
	struct work w = {.c = c, .out = out, .year = year, .arena = c->arena};
	struct meter m;
	enum err e = meter_get(c, meter_id, &m);
	if (!e && (year < 1900 || year > 2099))
		e = ctx_fail(c, ERR_INVALID, "year", "\"year\" is a year from 1900 to 2099.");
	if (e)
		return e;
	*out = (struct charger){.meter_id = m.id, .identifier = m.identifier, .name = m.name};
	for (int i = 0; i < 12; i++)
		out->month[i] = (struct charger_month){
		        .year = year, .month = i + 1, .meter_kwh = REC_NONE, .difference_kwh = REC_NONE};
	w.zone = tz_load(m.time_zone);
	e = read_slots(&w);
	if (!e)
		e = read_sessions(&w);
	if (e)
		return e;
	find_unexplained(&w);
	for (int i = 0; i < 12; i++)
		if (out->month[i].meter_kwh != REC_NONE)
			out->month[i].difference_kwh = out->month[i].meter_kwh - out->month[i].sessions_kwh;
	return OK;
}
