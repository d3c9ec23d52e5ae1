/*
 * hh: one local day of a meter in a row, its intervals as columns HH01 to HH48 (49 and 50 on the long day), or 96 quarters.
 *
 * The first interval column is the first of the day, whatever its label. The day has as many intervals as the meter's zone
 * gives it; a value beyond them is not dropped: the row is rejected and says why. Optional columns Unit, Channel and Flags
 * (a letter an interval) are those of our own wide export.
 */
#include "app/import/format.h"

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
	if ((int)row->n == need && l->intervals * l->interval_minutes > 1440 && need == (int)l->first_interval + length)
		return true;
	run_reject(r, -1, "SHORT_ROW", "The row has %zu cells, the header has %zu. The row seems to be cut off.", row->n,
		   l->columns);
	return false;
}

/* A letter an interval; '-' and '.' state nothing. */
static char flag_at(struct str flags, int i)
{
	char f = (size_t)i < flags.n ? flags.p[i] : '-';
	return f == '.' || f == '-' ? '-' : f == 'A' || f == 'E' || f == 'S' ? f : 'U';
}

static bool read_values(struct import_run *r, const struct csv_row *row, const struct unit *u, struct import_day *d, int *present)
{
	const struct layout *l = r->layout;
	struct str flags = layout_cell(l, row, COLUMN_FLAGS);
	char all = quality_of(layout_cell(l, row, COLUMN_QUALITY));
	*present = 0;
	for (int i = 0; i < l->intervals && (size_t)(l->first_interval + i) < row->n; i++) {
		size_t column = (size_t)(l->first_interval + i);
		int64_t v;
		bool here;
		if (!cell_value(r, row, column, u, &v, &here))
			return false;
		if (!here)
			continue;
		if (i >= d->n) {
			run_reject(r, (int)column, "CLOCK_CHANGE",
				   "The clocks change on this day, so that it has %d intervals in %s, and the row has a value for "
				   "interval %d. Remove the hour that does not exist, or import with the time zone of the file (such "
				   "as UTC).",
				   d->n, tz_name(d->meter->tz), i + 1);
			return false;
		}
		d->value[i] = v;
		d->quality[i] = flags.n ? flag_at(flags, i) : all;
		++*present;
	}
	return true;
}

void hh_row(struct import_run *r, const struct csv_row *row)
{
	const struct layout *l = r->layout;
	struct str identifier, channel;
	const struct unit *u;
	int32_t day;
	int present;
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
	struct import_day *d = batch_day(r, m, s, day, length);
	if (!read_values(r, row, u, d, &present))
		return;
	if (!present)
		run_warn(r, -1, "NO_VALUES", STR("NO_VALUES"), "A row has no value at all: nothing was stored for it.");
	else if (l->intervals < length)
		run_warn(r, -1, "LONG_DAY", STR("LONG_DAY"),
			 "The clocks go back on a day of this file, so that it has %d intervals, and the file has columns for %d: the "
			 "last ones are missing.",
			 length, l->intervals);
}
