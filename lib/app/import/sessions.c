/*
 * sessions: whether a file is one of charging sessions, and where its columns are.
 *
 * A header is one by its names and its cells. To be taken for one without being asked (type auto) it must show
 * that it is of cars: by source A's own names, by what only a car has (an odometer, a state of charge, its
 * name), or by a begin and an end whose distances are not those of intervals. A file with the number of a meter
 * is a meter's. Disadvantage: an export of sessions all of which took, say, 30 minutes, and that names no car,
 * has to be asked for.
 */
#include "app/import/detect.h"

bool sessions_match(struct layout *l);
void sessions_row(struct import_run *r, const struct csv_row *row);

#define LOOKED_AT       40     /* rows, for their durations */
#define SESSION_LONGEST 604800 /* seconds; what goes on for longer is a bill */

const struct session_column_info session_columns[SESSION_COLUMNS] = {
#define SESSION(id, title, kind, names) {#id, title, names},
#include "app/import/session_columns.def"
#undef SESSION
};

enum session_column session_column_find(struct str field)
{
	int i = 0;
	while (i < SESSION_COLUMNS && !str_eqz(field, session_columns[i].field))
		i++;
	return (enum session_column)i;
}

/* ---- columns ---- */

static bool fits_ANY(const struct column_facts *f)
{
	(void)f;
	return true;
}
static bool fits_NUMBER(const struct column_facts *f)
{
	return f->numbers > 0 || !f->dates;
}
static bool fits_DATE(const struct column_facts *f)
{
	return facts_mostly(f->dates + f->bare_dates, f, 50, true);
}
static bool fits_MOMENT(const struct column_facts *f)
{
	return facts_mostly(f->dates, f, 50, true);
}
static bool fits_TIME(const struct column_facts *f)
{
	return facts_mostly(f->times + f->bare_times, f, 80, false) && !f->dates;
}

static bool (*const fits[SESSION_COLUMNS])(const struct column_facts *f) = {
#define SESSION(id, title, kind, names) fits_##kind,
#include "app/import/session_columns.def"
#undef SESSION
};

/* The best column of a field that is not another's yet; -1: none. */
static int find(const struct layout *l, const bool *used, int field)
{
	int best = -1, best_place = -1;
	for (size_t i = 0; i < l->columns; i++) {
		int place = used[i] ? -1 : name_listed(session_columns[field].names, l->squeezed[i]);
		if (place >= 0 && (best < 0 || place < best_place) && fits[field](&l->facts[i])) {
			best = (int)i;
			best_place = place;
		}
	}
	return best;
}

static void take(struct session_layout *s, bool *used, int field, int column)
{
	s->at[field] = column;
	if (column >= 0)
		used[column] = true;
}

static void find_columns(const struct layout *l, struct session_layout *s)
{
	const struct answers *said = &l->ask->answers;
	bool used[CSV_CELLS_MAX] = {false};
	for (int f = 0; f < SESSION_COLUMNS; f++)
		s->at[f] = -1;
	int date = said->given[ANSWER_date_column].n ? l->at[COLUMN_DATE] : -1,
	    kwh = said->given[ANSWER_value_column].n ? l->at[COLUMN_VALUE] : -1;
	if (date >= 0)
		take(s, used, l->facts[date].moments ? SESSION_started_at : SESSION_date, date);
	if (kwh >= 0)
		take(s, used, SESSION_charge_delivered_kwh, kwh);
	for (int f = 0; f < SESSION_COLUMNS; f++)
		if (s->at[f] < 0)
			take(s, used, f, find(l, used, f));
}

static bool is_called(const struct layout *l, const struct session_layout *s, int field, const char *names)
{
	int at = s->at[field];
	return at >= 0 && name_listed(names, l->squeezed[at]) >= 0;
}

static bool any_called(const struct layout *l, const char *names)
{
	for (size_t i = 0; i < l->columns; i++)
		if (name_listed(names, l->squeezed[i]) >= 0)
			return true;
	return false;
}

/* ---- is it one? ---- */

/* What meters have not. */
static int signs_of_cars(const struct layout *l, const struct session_layout *s)
{
	return (s->at[SESSION_odometer] >= 0) + (s->at[SESSION_soc_from] >= 0) + (s->at[SESSION_soc_to] >= 0) +
	       (s->at[SESSION_car] >= 0) +
	       is_called(l, s, SESSION_charge_type, " chargetype chargingtype acdc connectortype ") +
	       is_called(l, s, SESSION_duration_mins,
	                 " chargeduration chargingduration ladedauer chargingtime actualchargingtime "
	                 "sessionduration ") +
	       is_called(l, s, SESSION_charge_network, " chargenetwork chargingnetwork ") +
	       is_called(l, s, SESSION_location_label,
	                 " loadpoint ladepunkt chargingpoint chargepoint chargepointname chargepointid cpid ") +
	       any_called(l, " sessionid chargesessionid transactionid ");
}

static struct str cell(const struct csv_row *row, int at)
{
	return at >= 0 && (size_t)at < row->n ? str_trim(row->cell[at]) : STR("");
}

/* Seconds on a clock, of whatever day; false: the cells hold none. */
static bool clock_of(const struct csv_row *row, int day, int time, int64_t *seconds)
{
	static const struct date_form forms[] = {{DATE_DMY, 0}, {DATE_MDY, 0}};
	struct date_moment m;
	int32_t of_day = 0;
	if (date_parse_moment(cell(row, day), forms[0], &m) != DATE_OK &&
	    date_parse_moment(cell(row, day), forms[1], &m) != DATE_OK)
		return false;
	if (time >= 0 ? !date_parse_bare_time(cell(row, time), false, &of_day) : !m.timed)
		return false;
	*seconds = (int64_t)m.day * 86400 + (time >= 0 ? of_day : m.seconds);
	return true;
}

/* From begin to end, the rows last as long as charging happens to, and not as intervals do. */
static bool uneven(const struct layout *l, const struct session_layout *s)
{
	struct head_rows h;
	struct csv_row row;
	int64_t from, to, first = -1;
	unsigned seen = 0, longer = 0, odd = 0;
	bool halves = s->at[SESSION_start_time] >= 0 && s->at[SESSION_end_time] >= 0;
	int start = halves ? s->at[SESSION_date] : s->at[SESSION_started_at],
	    end = halves ? s->at[SESSION_end_date] >= 0 ? s->at[SESSION_end_date] : start
	                 : s->at[SESSION_ended_at];
	rows_open(&h, l->head, l->dialect, l->below, l->below_line);
	for (int i = 0; i < LOOKED_AT && rows_next(&h, &row); i++) {
		if (!clock_of(&row, start, halves ? s->at[SESSION_start_time] : -1, &from) ||
		    !clock_of(&row, end, halves ? s->at[SESSION_end_time] : -1, &to))
			continue;
		first = seen++ ? first : to - from;
		longer += to - from > SESSION_LONGEST;
		odd += to - from != first || (to - from) % 300 != 0;
	}
	csv_close(h.in);
	return seen && !longer && odd * 2 >= seen;
}

static bool recognised(const struct layout *l, const struct session_layout *s)
{
	bool spans = (s->at[SESSION_started_at] >= 0 && s->at[SESSION_ended_at] >= 0) ||
	             (s->at[SESSION_start_time] >= 0 && s->at[SESSION_end_time] >= 0);
	int meter = l->at[COLUMN_METER], signs = signs_of_cars(l, s);
	if (is_called(l, s, SESSION_charge_delivered_kwh, " chargedeliveredkwh "))
		return true;
	if (l->intervals || l->ask->meter_given || l->meter.n ||
	    (meter >= 0 && (name_place(COLUMN_METER, l->squeezed[meter]) >= 0 || l->facts[meter].mpans)))
		return false;
	return signs >= 2 || (spans && (signs > 0 || uneven(l, s)));
}

/* ---- what the names say beside that ---- */

/* Networks whose files name themselves by their header alone. */
static const char *network_of(const struct layout *l)
{
	static const struct {
		const char *names, *network;
	} known[] = {{"startdate starttime enddate endtime totalkwh site", "ChargePlace Scotland"}};
	for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
		struct str rest = str_of(known[k].names);
		bool same = true;
		for (size_t i = 0; i < l->columns && same; i++)
			same = rest.p && str_eq(str_cut(&rest, ' '), l->squeezed[i]);
		if (same && !rest.p)
			return known[k].network;
	}
	return NULL;
}

static bool holds(struct str s, const char *word)
{
	return str_search(s, str_of(word)) >= 0;
}

static enum session_duration duration_of(struct str name, struct str hint)
{
	static const char *const seconds[] = {"s", "sec", "secs", "seconds", "sekunden"}, *const hours[] = {
	                                                                                          "h", "hr",
	                                                                                          "hrs",
	                                                                                          "hours",
	                                                                                          "stunden"};
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		if (str_eqz(hint, seconds[i]))
			return SESSION_SECONDS;
	for (size_t i = 0; i < sizeof(hours) / sizeof(hours[0]); i++)
		if (str_eqz(hint, hours[i]))
			return SESSION_HOURS;
	return holds(name, "second") ? SESSION_SECONDS : holds(name, "hour") ? SESSION_HOURS : SESSION_MINUTES;
}

static void read_names(const struct layout *l, struct session_layout *s)
{
	int odometer = s->at[SESSION_odometer], duration = s->at[SESSION_duration_mins];
	s->own = is_called(l, s, SESSION_charge_delivered_kwh, " chargedeliveredkwh ");
	s->km = odometer >= 0 && (str_eqz(l->hint[odometer], "km") || holds(l->squeezed[odometer], "km") ||
	                          holds(l->squeezed[odometer], "kilometer"));
	s->other_money = (s->at[SESSION_total_cost_gbp] >= 0 || s->at[SESSION_cost_per_kwh] >= 0) && !s->own &&
	                 !is_called(l, s, SESSION_total_cost_gbp, " totalcostgbp costgbp ");
	s->network = network_of(l);
	s->duration = duration >= 0 ? duration_of(l->squeezed[duration], l->hint[duration]) : SESSION_MINUTES;
}

/* The columns on which all forms agree are the layout's own: the answers that correct them are the same. */
static void settle(struct layout *l, const struct session_layout *s)
{
	int date = s->at[SESSION_date] >= 0 ? s->at[SESSION_date] : s->at[SESSION_started_at],
	    kwh = s->at[SESSION_charge_delivered_kwh];
	for (int role = 0; role < COLUMN_ROLES; role++)
		l->at[role] = -1;
	l->at[COLUMN_DATE] = date;
	l->at[COLUMN_VALUE] = kwh;
	l->utc = name_says_utc(l->squeezed[date], l->hint[date]);
	l->values = 1;
	l->value[0] =
	        (struct value_column){kwh, unit_named(l->name[kwh], l->squeezed[kwh], l->hint[kwh]), NULL};
	l->meter = STR("");
	l->intervals = l->registers = 0;
	l->moments = l->quantities = l->begins = l->hours = false;
	l->cumulative = CUMULATIVE_NO;
	l->sessions = *s;
	l->sessions.found = true;
}

bool sessions_match(struct layout *l)
{
	struct session_layout s = {.found = false};
	bool asked = str_eqz(l->ask->type, "sessions");
	if (!l->header_line || l->columns > CSV_CELLS_MAX || str_eqz(l->ask->type, "sites"))
		return false;
	find_columns(l, &s);
	if ((s.at[SESSION_date] < 0 && s.at[SESSION_started_at] < 0) || s.at[SESSION_charge_delivered_kwh] < 0)
		return false;
	if (!asked && !recognised(l, &s))
		return false;
	if (!asked && !str_eqz(l->ask->type, "auto"))
		return true; /* it is one, but was asked for as something else */
	read_names(l, &s);
	settle(l, &s);
	return true;
}
