/*
 * session_cells: one row of a file of charging sessions, read. Each reason why not names source A's field and
 * says how to mend it. What holds for sessions however they are made is asked of charge_check.
 */
#include "app/import/detect.h"
#include "base/decimal.h"
#include "codec/utf8.h"

void sessions_row(struct import_run *r, const struct csv_row *row);

#define DC_FROM_KW    (22 * DEC_ONE)   /* more than that is no AC charger's */
#define METRES_A_MILE INT64_C(1609344) /* thousandths, as are those of a km */
#define METRES_A_KM   INT64_C(1000000)

struct reader {
	struct import_run *r;
	const struct csv_row *row;
	const struct session_layout *s;
	struct charge_edit *d;
};

/* ---- cells ---- */

static struct str raw(const struct reader *g, int field)
{
	int at = g->s->at[field];
	struct str s = at >= 0 && (size_t)at < g->row->n ? str_trim(g->row->cell[at]) : STR("");
	return cell_means_missing(s) ? STR("") : s;
}

/* "BAD_ODOMETER". */
static const char *code_of(const struct reader *g, const char *how, int field)
{
	char *code = arena_printf(g->r->batch, "%s_%s", how, session_columns[field].field);
	for (char *p = code; *p; p++)
		*p = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
	return code;
}

static bool reject(struct reader *g, int field, const char *code, struct str s, const char *is_not)
{
	run_reject(g->r, g->s->at[field], code, "%s: \"%.*s\" is not %s.", session_columns[field].field,
	           STR_ARG(str_sub(s, 0, 40)), is_not);
	return false;
}

/* "£1.20", "80 %", "~ 17 kWh": the number in it. */
static struct str bare(struct str s)
{
	static const char *const before[] = {"£", "€", "$", "~", "GBP", "EUR"};
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		if (str_starts(s, str_of(before[i])))
			s = str_trim(str_sub(s, strlen(before[i]), s.n));
	while (s.n && !(s.p[s.n - 1] >= '0' && s.p[s.n - 1] <= '9') && s.p[s.n - 1] != '.')
		s.n--;
	return s;
}

/* Millionths; REC_NONE where the cell says nothing. */
static bool number(struct reader *g, int field, const char *is_not, int64_t *out)
{
	struct str s = raw(g, field);
	*out = REC_NONE;
	if (!s.n)
		return true;
	enum dec_result got = number_read(bare(s), g->r->layout->decimal_mark, out);
	if (got == DEC_ROUNDED)
		run_warn(g->r, g->s->at[field], "ROUNDED", str_of(session_columns[field].field),
		         "%s: a number has more than 6 decimal places and was rounded.",
		         session_columns[field].field);
	if (got == DEC_OK || got == DEC_ROUNDED)
		return true;
	return reject(g, field, code_of(g, "BAD", field), s, is_not);
}

/* A whole number; one that has places is rounded where that is not said to be wrong. */
static bool whole(struct reader *g, int field, const char *is_not, bool round, int64_t *out)
{
	int64_t v;
	if (!number(g, field, is_not, &v))
		return false;
	*out = v == REC_NONE ? v : dec_round(v, 0) / DEC_ONE;
	if (v == REC_NONE || *out * DEC_ONE == v)
		return true;
	if (!round)
		return reject(g, field, code_of(g, "BAD", field), raw(g, field), is_not);
	run_warn(g->r, g->s->at[field], "ROUNDED", str_of(session_columns[field].field),
	         "%s: a number has places, and is kept as a whole one.", session_columns[field].field);
	return true;
}

/* Blanks at both ends are no part of a text. */
static bool text(struct reader *g, int field, struct str *out)
{
	struct str s = csv_unguard(raw(g, field));
	*out = !s.n            ? (struct str){NULL, 0}
	       : utf8_valid(s) ? arena_str(g->r->batch, s)
	                       : utf8_from_cp1252(g->r->batch, s);
	return true;
}

static bool flag(struct reader *g, int field, bool *out)
{
	static const char *const yes[] = {"1", "yes", "y", "true"}, *const no[] = {"", "0", "no", "n", "false"};
	struct str s = raw(g, field);
	*out = false;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		*out = *out || str_eq_nocase(s, str_of(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (*out || str_eq_nocase(s, str_of(no[i])))
			return true;
	return reject(g, field, code_of(g, "BAD", field), s, "yes or no");
}

/* ---- when ---- */

static const struct tz *zone_of(const struct import_run *r)
{
	return r->file_tz ? r->file_tz : r->tz;
}

static bool moment(struct reader *g, int field, struct date_moment *m)
{
	struct str s = raw(g, field);
	enum date_result got = date_parse_moment(s, g->r->layout->dates, m);
	if (got == DATE_OK)
		return true;
	if (got == DATE_NO_SUCH)
		run_reject(g->r, g->s->at[field], "NO_SUCH_DATE", "%s: there is no such day as \"%.*s\".",
		           session_columns[field].field, STR_ARG(str_sub(s, 0, 40)));
	else
		reject(g, field, code_of(g, "BAD", field), s,
		       field == SESSION_date ? "a date. Write it as 2025-11-07"
		                             : "a date and time. Write it as 2025-11-07T10:30:00Z");
	return false;
}

/* Of the two instants of a repeated hour the first, unless that is before `least`. */
static int64_t instant(const struct import_run *r, const struct date_moment *m, int64_t least)
{
	int64_t at, other;
	if (m->has_offset)
		return (int64_t)m->day * 86400 + m->seconds - m->offset;
	int n = tz_local_to_at(zone_of(r), m->day, m->seconds, &at, &other);
	return n == 2 && at < least ? other : at;
}

/* A time of day in a column of its own. */
static bool clock_on(struct reader *g, int field, int32_t day, int64_t *at)
{
	struct date_moment m = {.day = day};
	struct str s = raw(g, field);
	*at = 0;
	if (!s.n)
		return true;
	if (!date_parse_bare_time(s, false, &m.seconds))
		return reject(g, field, "BAD_TIME", s, "a time of day. Write it as 10:30");
	*at = instant(g->r, &m, g->d->started_at);
	return true;
}

static bool read_start(struct reader *g)
{
	struct date_moment m;
	struct charge_edit *d = g->d;
	bool has_date = raw(g, SESSION_date).n > 0;
	if (has_date) {
		if (!moment(g, SESSION_date, &m))
			return false;
		d->date = m.day;
		if (m.timed && g->s->at[SESSION_started_at] < 0 && g->s->at[SESSION_start_time] < 0)
			d->started_at = instant(g->r, &m, INT64_MIN);
	}
	if (raw(g, SESSION_started_at).n) {
		if (!moment(g, SESSION_started_at, &m))
			return false;
		d->started_at = instant(g->r, &m, INT64_MIN);
		if (!has_date)
			d->date = m.has_offset || g->r->file_tz ? tz_day_of(g->r->tz, d->started_at) : m.day;
	} else if (has_date && !d->started_at &&
	           !clock_on(g, SESSION_start_time, (int32_t)d->date, &d->started_at)) {
		return false;
	}
	return true;
}

static bool read_end(struct reader *g)
{
	struct date_moment m = {.day = (int32_t)g->d->date};
	bool dated = raw(g, SESSION_end_date).n > 0;
	if (raw(g, SESSION_ended_at).n) {
		if (!moment(g, SESSION_ended_at, &m))
			return false;
		g->d->ended_at = instant(g->r, &m, g->d->started_at);
		return true;
	}
	if (g->d->date == REC_NONE || !raw(g, SESSION_end_time).n)
		return true;
	if (dated && !moment(g, SESSION_end_date, &m))
		return false;
	if (!clock_on(g, SESSION_end_time, m.day, &g->d->ended_at))
		return false;
	if (!dated && g->d->ended_at < g->d->started_at) /* over midnight */
		return clock_on(g, SESSION_end_time, m.day + 1, &g->d->ended_at);
	return true;
}

/* ---- for how long ---- */

/* "5h21m5s", "1h 49min", "90 s": its parts added up. False: that is none. */
static bool parts(struct str s, int64_t *seconds)
{
	static const struct {
		const char *unit;
		int64_t seconds;
	} units[] = {{"d", 86400}, {"hours", 3600}, {"hour", 3600}, {"hrs", 3600}, {"std", 3600},
	             {"h", 3600},  {"minutes", 60}, {"mins", 60},   {"min", 60},   {"ms", 0},
	             {"m", 60},    {"seconds", 1},  {"secs", 1},    {"sec", 1},    {"s", 1}};
	*seconds = 0;
	while (s.n) {
		size_t n = 0, places = 0;
		uint64_t v;
		int64_t each = -1;
		while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
			n++;
		if (n == 0 || !str_to_u64(str_sub(s, 0, n), 100000, &v))
			return false;
		for (; n + places < s.n && (s.p[n + places] == '.' ||
		                            (places && s.p[n + places] >= '0' && s.p[n + places] <= '9'));)
			places++; /* of a second: nothing */
		s = str_trim(str_sub(s, n + places, s.n));
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && each < 0; i++)
			if (s.n >= strlen(units[i].unit) &&
			    str_eq_nocase(str_sub(s, 0, strlen(units[i].unit)), str_of(units[i].unit))) {
				each = units[i].seconds;
				s = str_trim(str_sub(s, strlen(units[i].unit), s.n));
			}
		if (each < 0)
			return false;
		*seconds += (int64_t)v * each;
	}
	return true;
}

/* "5:21" is hours and minutes, "5:21:05" has seconds; more than a day is fine. */
static bool colons(struct str s, int64_t *seconds)
{
	uint64_t v, most = 100000;
	int n = 0;
	*seconds = 0;
	if (str_find(s, ':') < 0)
		return false;
	for (; s.p && n < 3; n++, most = 59) {
		if (!str_to_u64(str_cut(&s, ':'), most, &v))
			return false;
		*seconds = *seconds * 60 + (int64_t)v;
	}
	if (n == 2)
		*seconds *= 60;
	return !s.p;
}

static bool read_duration(struct reader *g)
{
	static const int64_t each[] = {[SESSION_MINUTES] = 60, [SESSION_SECONDS] = 1, [SESSION_HOURS] = 3600};
	struct str s = raw(g, SESSION_duration_mins);
	int64_t seconds, v;
	if (!s.n)
		return true;
	if (g->s->own)
		return whole(g, SESSION_duration_mins, "a whole number of minutes", false,
		             &g->d->duration_mins);
	if (!colons(s, &seconds) && !parts(s, &seconds)) {
		if (!number(g, SESSION_duration_mins, "a duration. Write it in minutes, or as 5h21m", &v))
			return false;
		if (!dec_scale(v, each[g->s->duration], DEC_ONE, &seconds, NULL))
			return reject(g, SESSION_duration_mins, "BAD_DURATION_MINS", s, "a duration");
	}
	g->d->duration_mins = (seconds + 30) / 60;
	return true;
}

/* ---- the rest ---- */

static bool read_odometer(struct reader *g)
{
	static const char is_not[] = "a whole number of miles, 1 or more";
	int64_t km, miles;
	if (!g->s->km)
		return whole(g, SESSION_odometer, is_not, false, &g->d->odometer);
	if (!number(g, SESSION_odometer, "a number of km", &km))
		return false;
	if (km == REC_NONE)
		return true;
	if (!dec_scale(km, METRES_A_KM, METRES_A_MILE, &miles, NULL))
		return reject(g, SESSION_odometer, "BAD_ODOMETER", raw(g, SESSION_odometer), "a number of km");
	/* a car of which its charger does not know how far it has gone */
	g->d->odometer = km ? dec_round(miles, 0) / DEC_ONE : REC_NONE;
	return true;
}

static bool read_energy(struct reader *g)
{
	const struct layout *l = g->r->layout;
	const struct unit *u = l->unit ? l->unit : l->value[0].unit;
	int64_t *kwh = &g->d->charge_delivered_kwh;
	if (!number(g, SESSION_charge_delivered_kwh, "a number of kWh, 0 or more", kwh))
		return false;
	if (*kwh == REC_NONE || !u || strcmp(u->kept, "kWh") != 0)
		return true;
	return dec_scale(*kwh, u->num, u->den, kwh, NULL) ||
	       reject(g, SESSION_charge_delivered_kwh, "BAD_CHARGE_DELIVERED_KWH",
	              raw(g, SESSION_charge_delivered_kwh), "a number of kWh, 0 or more");
}

/* AC and DC by the names of plugs and chargers, too. */
static struct str kind_of(struct arena *a, struct str s)
{
	static const struct {
		const char *word, *kind;
	} words[] = {{"dc", "DC"},           {"ccs", "DC"},   {"chademo", "DC"}, {"rapid", "DC"},
	             {"supercharger", "DC"}, {"type2", "AC"}, {"typ2", "AC"},    {"type1", "AC"},
	             {"fast", "AC"},         {"slow", "AC"},  {"ac", "AC"}};
	struct str hint, squeezed = name_squeeze(a, s, &hint);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_search(squeezed, str_of(words[i].word)) >= 0)
			return str_of(words[i].kind);
	return (struct str){NULL, 0};
}

/* By the power, else by the energy over the hours that it took. */
static struct str kind_by_power(const struct charge_edit *d)
{
	int64_t minutes = d->duration_mins, hourly;
	bool dc = d->charge_power_kw != REC_NONE && d->charge_power_kw > DC_FROM_KW;
	if (minutes == REC_NONE && d->started_at && d->ended_at)
		minutes = (d->ended_at - d->started_at) / 60;
	if (d->charge_power_kw == REC_NONE && minutes != REC_NONE && minutes > 0 &&
	    d->charge_delivered_kwh != REC_NONE &&
	    dec_scale(d->charge_delivered_kwh, 60, minutes, &hourly, NULL))
		dc = hourly > DC_FROM_KW;
	return dc ? STR("DC") : STR("AC");
}

static bool read_kind(struct reader *g)
{
	struct str s = raw(g, SESSION_charge_type);
	bool plain = str_eq_nocase(s, STR("AC")) || str_eq_nocase(s, STR("DC"));
	if (g->s->at[SESSION_charge_type] < 0 || (!g->s->own && !s.n)) {
		g->d->charge_type = kind_by_power(g->d);
		return true;
	}
	g->d->charge_type = plain || !g->s->own ? kind_of(g->r->batch, s) : (struct str){NULL, 0};
	return g->d->charge_type.n || !s.n || reject(g, SESSION_charge_type, "BAD_CHARGE_TYPE", s, "AC or DC");
}

static bool read_status(struct reader *g)
{
	static const char *const over[] = {"",         "closed", "completed", "complete",
	                                   "finished", "ended",  "done",      "success"};
	struct str s = raw(g, SESSION_status);
	for (size_t i = 0; i < sizeof(over) / sizeof(over[0]); i++)
		if (str_eq_nocase(s, str_of(over[i])))
			return true;
	return reject(g, SESSION_status, "BAD_STATUS", s,
	              "closed, and only sessions that are over are imported");
}

static bool read_all(struct reader *g)
{
	struct charge_edit *d = g->d;
	return read_start(g) && read_end(g) && read_odometer(g) && read_energy(g) && read_duration(g) &&
	       number(g, SESSION_charge_power_kw, "a number of kW", &d->charge_power_kw) &&
	       text(g, SESSION_location_label, &d->location_label) &&
	       text(g, SESSION_charge_network, &d->charge_network) &&
	       number(g, SESSION_cost_per_kwh, "an amount in pounds", &d->cost_per_kwh) &&
	       number(g, SESSION_total_cost_gbp, "an amount in pounds", &d->total_cost_gbp) &&
	       whole(g, SESSION_soc_from, "a whole number of percent", !g->s->own, &d->soc_from) &&
	       whole(g, SESSION_soc_to, "a whole number of percent", !g->s->own, &d->soc_to) &&
	       number(g, SESSION_ambient_temp_c, "a number of degrees", &d->ambient_temp_c) &&
	       text(g, SESSION_notes, &d->notes) &&
	       flag(g, SESSION_preconditioning_used, &d->preconditioning_used) &&
	       whole(g, SESSION_preconditioning_events, "a whole number", false, &d->preconditioning_events) &&
	       read_kind(g) && read_status(g);
}

/* What holds for all sessions: the fault becomes the row's. */
static bool check(struct reader *g)
{
	struct ctx *c = g->r->c;
	struct fault why;
	if (charge_check(c, g->d, true) == OK)
		return true;
	why = c->fault;
	c->fault = (struct fault){.code = OK};
	enum session_column field = session_column_find(str_of(why.field));
	if (field == SESSION_date && g->s->at[SESSION_date] < 0)
		field = SESSION_started_at;
	bool blank = field == SESSION_COLUMNS || !raw(g, (int)field).n;
	run_reject(g->r, field == SESSION_COLUMNS ? -1 : g->s->at[field],
	           field == SESSION_COLUMNS ? "BAD_SESSION" : code_of(g, blank ? "MISSING" : "BAD", (int)field),
	           "%s", why.message);
	return false;
}

void sessions_row(struct import_run *r, const struct csv_row *row)
{
	struct import_session *s = ARENA_NEW(r->batch, struct import_session);
	struct reader g = {r, row, &r->layout->sessions, &s->stated};
	struct str car;
	if (row->n < r->layout->columns) {
		run_reject(r, -1, "SHORT_ROW",
		           "The row has %zu cells, the header has %zu. The row seems to be cut off.", row->n,
		           r->layout->columns);
		return;
	}
	s->stated = charge_blank();
	s->stated.status = STR("closed");
	if (!read_all(&g) || !text(&g, SESSION_car, &car))
		return;
	if (!s->stated.charge_network.n && g.s->network)
		s->stated.charge_network = str_of(g.s->network);
	if (!check(&g))
		return;
	s->car = session_car(r, car);
	if (!s->car)
		return;
	if (s->stated.odometer == REC_NONE)
		run_warn(r, g.s->at[SESSION_odometer], "NO_ODOMETER", STR("NO_ODOMETER"),
		         "A session has no odometer: its miles stay unknown.");
	s->row = r->rows - 1;
	s->line = row->line;
	*r->sessions_end = s;
	r->sessions_end = &s->next;
}
