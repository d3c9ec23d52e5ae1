/*
 * hh: one local day of a meter in a row, its intervals as columns HH01 to HH48 (49 and 50 on the long day), or
 * 96 quarters.
 *
 * The first interval column is the first of the day, whatever its label. The day has as many intervals as the
 * meter's zone gives it: 46, 48 or 50 half hours. Files with 48 columns all the year have too many for the
 * short day: two of them are fillers (the hour that the clocks skip, or the last two, blank or zero), or the
 * file is not in local time at all. Then the first 46 are taken as they stand, and a warning keeps the whole
 * row and says what to do. Optional columns Unit, Channel and Flags (a letter an interval) are those of our own
 * wide export.
 */
#include "app/import/format.h"

#define COLUMNS_MAX 100 /* 25 hours of quarters */

bool hh_match(struct layout *l);
void hh_row(struct import_run *r, const struct csv_row *row);

bool hh_match(struct layout *l)
{
	return l->intervals > 0 && l->at[COLUMN_METER] >= 0 && l->at[COLUMN_DATE] >= 0;
}

/* A row that ends early must not be taken for one with blank cells: its last number may be cut in two. */
static bool complete(struct import_run *r, const struct csv_row *row, int length)
{
	const struct layout *l = r->layout;
	int need = l->first_interval + (length < l->intervals ? length : l->intervals);
	if (row->n >= l->columns || (int)row->n > need)
		return true;
	/* exactly the day's own intervals, where the header also has those of the long day */
	if ((int)row->n == need && l->intervals * l->interval_minutes > 1440 &&
	    need == (int)l->first_interval + length)
		return true;
	run_reject(r, -1, "SHORT_ROW",
	           "The row has %zu cells, the header has %zu. The row seems to be cut off.", row->n,
	           l->columns);
	return false;
}

/* A letter an interval; '-' and '.' state nothing. */
static char flag_at(struct str flags, int i)
{
	char f = (size_t)i < flags.n ? flags.p[i] : '-';
	return f == '.' || f == '-' ? '-' : f == 'A' || f == 'E' || f == 'S' ? f : 'U';
}

struct values {
	int64_t value[COLUMNS_MAX];
	char quality[COLUMNS_MAX]; /* 0: missing */
	int n, present;
};

static bool read_values(struct import_run *r, const struct csv_row *row, const struct unit *u, struct values *v)
{
	const struct layout *l = r->layout;
	struct str flags = layout_cell(l, row, COLUMN_FLAGS);
	char all = quality_of(layout_cell(l, row, COLUMN_QUALITY));
	v->present = 0;
	for (v->n = 0; v->n < l->intervals && (size_t)(l->first_interval + v->n) < row->n; v->n++) {
		int i = v->n;
		bool here;
		v->value[i] = 0;
		if (!cell_value(r, row, (size_t)(l->first_interval + i), u, &v->value[i], &here))
			return false;
		v->quality[i] = !here ? 0 : flags.n ? flag_at(flags, i) : all;
		v->present += here;
	}
	return true;
}

/* What the `count` intervals from `from` on hold at most. */
enum filling { BLANKS, ZEROS, VALUES };

static enum filling filling(const struct values *v, int from, int count)
{
	enum filling most = BLANKS;
	for (int i = from; i < from + count && i < v->n; i++)
		if (v->quality[i])
			most = v->value[i] || most == VALUES ? VALUES : ZEROS;
	return most;
}

/* The interval at which the clocks change on that day. */
static int change_at(const struct import_meter *m, int32_t day, int minutes, int n)
{
	int64_t start = tz_day_start(m->tz, day);
	int32_t before = tz_offset_at(m->tz, start);
	for (int i = 1; i < n; i++)
		if (tz_offset_at(m->tz, start + (int64_t)i * minutes * 60) != before)
			return i;
	return n;
}

/* A row with more values than the day has intervals is brought to the day's length, never without saying so. */
static void fit_short_day(struct import_run *r, const struct csv_row *row, struct values *v,
                          const struct import_day *d)
{
	int extra = v->n - d->n, at = change_at(d->meter, d->day, r->layout->interval_minutes, d->n);
	if (extra <= 0)
		return;
	enum filling last = filling(v, d->n, extra), skipped = filling(v, at, extra);
	bool from_gap = last == VALUES &&
	                skipped != VALUES; /* the columns are the clock's: an hour of them does not exist */
	v->n = d->n;
	if ((from_gap ? skipped : last) == ZEROS)
		run_warn(r, -1, "CLOCK_FILLER", STR("CLOCK_FILLER"),
		         "The clocks go forward on this day, so that it has %d intervals; the zeros for the "
		         "rest were left out.",
		         d->n);
	else if (!from_gap && last == VALUES)
		run_warn(r, -1, "CLOCK_CHANGE",
		         str_of(arena_printf(r->batch, "%llu", (unsigned long long)row->line)),
		         "The clocks go forward on this day, so that it has %d intervals in %s, and the row "
		         "has values for %d: the "
		         "last %d were left out. If the file is in UTC all the year, import it with that time "
		         "zone.",
		         d->n, tz_name(d->meter->tz), d->n + extra, extra);
	if (from_gap) {
		memmove(v->value + at, v->value + at + extra, (size_t)(d->n - at) * sizeof(v->value[0]));
		memmove(v->quality + at, v->quality + at + extra, (size_t)(d->n - at));
	}
}

void hh_row(struct import_run *r, const struct csv_row *row)
{
	const struct layout *l = r->layout;
	struct str identifier, channel;
	const struct unit *u;
	int32_t day;
	if (!cell_meter(r, row, &identifier) || !cell_day(r, row, &day) || !cell_unit(r, row, &u, &channel))
		return;
	struct import_meter *m = run_meter(r, identifier);
	if (!m)
		return;
	int length = run_day_length(m, day, l->interval_minutes);
	if (!complete(r, row, length))
		return;
	struct import_series *s = run_series(r, m, channel, l->interval_minutes, u->kept);
	if (!s)
		return;
	struct values v;
	if (!read_values(r, row, u, &v))
		return;
	struct import_day *d = batch_day(r, m, s, day, length);
	fit_short_day(r, row, &v, d);
	for (int i = 0; i < v.n; i++)
		batch_state(r, d, i, v.value[i], v.quality[i]);
	if (!v.present)
		run_warn(r, -1, "NO_VALUES", STR("NO_VALUES"),
		         "A row has no value at all: nothing was stored for it.");
	else if (l->intervals < length)
		run_warn(r, -1, "LONG_DAY", STR("LONG_DAY"),
		         "The clocks go back on a day of this file, so that it has %d intervals, and the file "
		         "has columns for %d: the "
		         "last ones are missing.",
		         length, l->intervals);
}
