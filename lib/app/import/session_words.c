/* session_words: how a file of charging sessions is read, as sentences, and what a row of it becomes. */
#include "app/import/format.h"
#include "base/civil.h"
#include "base/decimal.h"

/* "odometer (column 2)". */
static const char *place_of(struct arena *a, const struct layout *l, int field)
{
	int at = l->sessions.at[field];
	struct str name = l->name[at];
	return arena_printf(a, "%s (%.*s)", session_columns[field].title, STR_ARG(name));
}

static void say(struct layout_sentence *out, size_t *n, const char *text)
{
	out[(*n)++] = (struct layout_sentence){.text = str_of(text)};
}

static void say_columns(struct arena *a, const struct layout *l, struct layout_sentence *out, size_t *n)
{
	const struct session_layout *s = &l->sessions;
	const char *all = "";
	for (int f = 0; f < SESSION_COLUMNS; f++) {
		int at = s->at[f];
		if (at >= 0 && at != l->at[COLUMN_DATE] && at != l->at[COLUMN_VALUE])
			all = arena_printf(a, "%s%s%s", all, *all ? ", " : "", place_of(a, l, f));
	}
	if (*all)
		say(out, n, arena_printf(a, "Also read: %s.", all));
	all = "";
	for (size_t i = 0; i < l->columns; i++)
		if (l->name[i].n && !layout_column_title(a, l, (int)i)[0])
			all = arena_printf(a, "%s%s\"%.*s\"", all, *all ? ", " : "", STR_ARG(l->name[i]));
	if (*all)
		say(out, n, arena_printf(a, "Not read: %s.", all));
}

size_t session_sentences(struct arena *a, const struct layout *l, struct layout_sentence *out)
{
	const struct session_layout *s = &l->sessions;
	size_t n = 0;
	say_columns(a, l, out, &n);
	if (s->network)
		say(out, &n,
		    arena_printf(a, "The network is %s: the header is that of its files.", s->network));
	if (s->km)
		say(out, &n, "The odometer is in km; it is kept in miles, rounded to whole ones.");
	else if (s->at[SESSION_odometer] < 0)
		say(out, &n, "The file has no odometer: the miles stay unknown.");
	if (s->at[SESSION_charge_type] < 0)
		say(out, &n,
		    "The file does not say AC or DC, so it is derived: more than 22 kW, by the power or by the "
		    "energy over the time, is DC; the rest is AC.");
	if (s->other_money)
		say(out, &n, "Amounts are taken as pounds: the file does not name their currency.");
	if (s->at[SESSION_car] < 0)
		say(out, &n,
		    "The file names no car: its sessions are those of the car that is said, or of the only "
		    "one.");
	return n;
}

struct str session_words(struct arena *a, const struct import_session *s)
{
	const struct charge_edit *d = &s->stated;
	char day[CIVIL_DATE_TEXT], kwh[DEC_TEXT], cost[DEC_TEXT];
	civil_format_day((int32_t)d->date, day);
	dec_format(d->charge_delivered_kwh, kwh);
	const char *text = arena_printf(a, "%s, %.*s: %s kWh %.*s", day, STR_ARG(session_car_name(s->car)), kwh,
	                                STR_ARG(d->charge_type));
	if (d->odometer != REC_NONE)
		text = arena_printf(a, "%s, %lld miles", text, (long long)d->odometer);
	if (d->location_label.n)
		text = arena_printf(a, "%s, %.*s", text, STR_ARG(d->location_label));
	if (d->total_cost_gbp != REC_NONE) {
		dec_format(d->total_cost_gbp, cost);
		text = arena_printf(a, "%s, £%s", text, cost);
	}
	return str_of(text);
}
