/*
 * hh: one local day of a meter in a row, its intervals as columns: HH01 to HH48 (49 and 50 on the long day),
 * times, quarters.
 *
 * The first interval column is the first of the day, whatever its label. The day has as many intervals as its
 * zone gives it: 46, 48 or 50 half hours. Files with 48 columns all the year have too many for the short day:
 * two of them are fillers (the hour that the clocks skip, or the last two, blank or zero), or the file is not
 * in local time at all. Then the first 46 are taken as they stand, and a warning keeps the whole row and says
 * what to do. Some files have columns apart for the hour that is repeated. A total in the row is a checksum.
 */
#include "app/import/format.h"
#include "base/decimal.h"

bool hh_match(struct layout *l);
void hh_row(struct import_run *r, const struct csv_row *row);

bool hh_match(struct layout *l)
{
	return l->intervals > 0 && layout_has_meter(l) && l->at[COLUMN_DATE] >= 0;
}

struct values {
	int64_t value[INTERVALS_MAX + EXTRAS_MAX];
	char quality[INTERVALS_MAX + EXTRAS_MAX]; /* 0: missing */
	int n, present;
};

/* A row that ends early must not be taken for one with blank cells: its last number may be cut in two. Only
 * cells behind all intervals of the day may be left out. */
static bool complete(struct import_run *r, const struct csv_row *row, int length)
{
	const struct layout *l = r->layout;
	int last = l->interval_at[(length < l->intervals ? length : l->intervals) - 1];
	if (row->n >= l->columns || (int)row->n > last + 1)
		return true;
	/* exactly the day's own intervals, where the header also has those of the long day */
	if ((int)row->n == last + 1 && length < l->intervals && l->intervals * l->interval_minutes > 1440)
		return true;
	run_reject(r, -1, "SHORT_ROW",
	           "The row has %zu cells, the header has %zu. The row seems to be cut off.", row->n,
	           l->columns);
	return false;
}

/* A letter an interval; '-' and '.' state nothing. */
static char flag_of(struct str flags, int i)
{
	char f = (size_t)i < flags.n ? flags.p[i] : '-';
	return f == '.' || f == '-' ? '-' : f == 'A' || f == 'E' || f == 'S' ? f : 'U';
}

static char quality_at(const struct layout *l, const struct csv_row *row, struct str flags, char all, int i)
{
	int at = l->flag_at[i];
	if (flags.n)
		return flag_of(flags, i);
	if (at < 0 || (size_t)at >= row->n)
		return all;
	char own = quality_of(str_trim(row->cell[at]));
	return own == '-' ? all : own;
}

static bool read_one(struct import_run *r, const struct csv_row *row, const struct unit *u, int column,
                     char quality, struct values *v)
{
	bool here = false;
	v->value[v->n] = 0;
	if (!cell_value(r, row, (size_t)column, u, &v->value[v->n], &here))
		return false;
	v->quality[v->n++] = here ? quality : 0;
	v->present += here;
	return true;
}

static bool read_values(struct import_run *r, const struct csv_row *row, const struct unit *u, struct values *v)
{
	const struct layout *l = r->layout;
	struct str flags = csv_unguard(layout_cell(l, row, COLUMN_FLAGS));
	char all = quality_of(layout_cell(l, row, COLUMN_QUALITY));
	v->n = v->present = 0;
	for (int i = 0; i < l->intervals && (size_t)l->interval_at[i] < row->n; i++)
		if (!read_one(r, row, u, l->interval_at[i], quality_at(l, row, flags, all, i), v))
			return false;
	return true;
}

/* ---- days that are not 24 hours long ---- */

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
static int change_at(const struct tz *z, int32_t day, int minutes, int n)
{
	int64_t start = tz_day_start(z, day);
	int32_t before = tz_offset_at(z, start);
	for (int i = 1; i < n; i++)
		if (tz_offset_at(z, start + (int64_t)i * minutes * 60) != before)
			return i;
	return n;
}

/* The columns of the repeated hour go in where the clocks change. */
static bool add_extras(struct import_run *r, const struct csv_row *row, const struct unit *u, struct values *v,
                       int at)
{
	const struct layout *l = r->layout;
	struct values extra = {.n = 0};
	for (int i = 0; i < l->extras && (size_t)l->extra_at[i] < row->n; i++)
		if (!read_one(r, row, u, l->extra_at[i], quality_of(layout_cell(l, row, COLUMN_QUALITY)),
		              &extra))
			return false;
	if (!extra.present || at > v->n)
		return true;
	memmove(v->value + at + extra.n, v->value + at, (size_t)(v->n - at) * sizeof(v->value[0]));
	memmove(v->quality + at + extra.n, v->quality + at, (size_t)(v->n - at));
	memcpy(v->value + at, extra.value, (size_t)extra.n * sizeof(v->value[0]));
	memcpy(v->quality + at, extra.quality, (size_t)extra.n);
	v->n += extra.n;
	v->present += extra.present;
	return true;
}

/* More values than a day of 24 hours or more has intervals: there is no reading of them that loses nothing. */
static bool beyond(struct import_run *r, const struct values *v, int length)
{
	const struct layout *l = r->layout;
	if (v->n <= length || filling(v, length, v->n - length) != VALUES)
		return false;
	run_reject(r, length < l->intervals ? l->interval_at[length] : -1, "TOO_MANY_INTERVALS",
	           "The day has %d intervals, and the row has a value for interval %d.", length, length + 1);
	return true;
}

/* The zeros from there on stand alone: what is beside them is none. */
static bool between_values(const struct values *v, int from, int count)
{
	bool before = from > 0 && v->quality[from - 1] && v->value[from - 1];
	int next = from + count;
	return before && (next >= v->n || (v->quality[next] && v->value[next]));
}

/* The short day: the row is brought to its length, never without saying so. Where the columns are the clock's,
 * the hour that does not exist is emptier than the last one; else the last ones are too many. */
static void fit_short_day(struct import_run *r, const struct csv_row *row, struct values *v, const struct tz *z,
                          int32_t day, int length)
{
	int extra = v->n - length, at = change_at(z, day, r->layout->interval_minutes, length);
	enum filling last = filling(v, length, extra), skipped = filling(v, at, extra);
	bool from_gap = skipped < last || (skipped == ZEROS && last == ZEROS && between_values(v, at, extra) &&
	                                   !between_values(v, length, extra));
	v->n = length;
	if ((from_gap ? skipped : last) == ZEROS)
		run_warn(r, -1, "CLOCK_FILLER", STR("CLOCK_FILLER"),
		         "The clocks go forward on this day, so that it has %d intervals; the zeros for the "
		         "rest were left out.",
		         length);
	else if (!from_gap && last == VALUES)
		run_warn(r, -1, "CLOCK_CHANGE",
		         str_of(arena_printf(r->batch, "%llu", (unsigned long long)row->line)),
		         "The clocks go forward on this day, so that it has %d intervals in %s, and the row "
		         "has values for %d: the "
		         "last %d were left out. If the file is in UTC all the year, import it with that time "
		         "zone.",
		         length, tz_name(z), length + extra, extra);
	if (from_gap) {
		memmove(v->value + at, v->value + at + extra, (size_t)(length - at) * sizeof(v->value[0]));
		memmove(v->quality + at, v->quality + at + extra, (size_t)(length - at));
	}
}

/* ---- the row ---- */

/* The total of the row, where it has one, is a checksum: a difference is said. Rounded totals are not a
 * difference. */
static void check_total(struct import_run *r, const struct csv_row *row, const struct unit *u,
                        const struct values *v)
{
	struct str cell = layout_cell(r->layout, row, COLUMN_TOTAL);
	int64_t total, sum = 0, scaled;
	bool rounded;
	enum dec_result got = cell.n ? dec_parse(cell, r->layout->decimal_mark, &total) : DEC_BAD;
	if ((got != DEC_OK && got != DEC_ROUNDED) || !v->present ||
	    !dec_scale(total, u->num, u->den, &scaled, &rounded))
		return;
	for (int i = 0; i < v->n; i++)
		if (v->quality[i] && !dec_add(sum, v->value[i], &sum))
			return;
	int64_t off = sum > scaled ? sum - scaled : scaled - sum;
	if (off > DEC_ONE / 20)
		run_warn(r, r->layout->at[COLUMN_TOTAL], "TOTAL_DIFFERS", STR("TOTAL_DIFFERS"),
		         "The row's total, %.*s, is not the sum of its intervals. The intervals were taken.",
		         STR_ARG(str_sub(cell, 0, 30)));
}

static void state_all(struct import_run *r, struct import_meter *m, struct import_series *s, const struct tz *z,
                      int32_t day, const struct values *v)
{
	int length = run_day_length(m, day, s->minutes);
	if (strcmp(tz_name(z), tz_name(m->tz)) == 0) {
		struct import_day *d = batch_day(r, m, s, day, length);
		for (int i = 0; i < v->n; i++)
			batch_state(r, d, i, v->value[i], v->quality[i]);
		return;
	}
	/* the file's days are not the meter's: each interval goes where its instant is */
	int64_t start = tz_day_start(z, day);
	for (int i = 0; i < v->n; i++)
		if (!batch_state_at(r, m, s, start + i * s->minutes * 60, v->value[i], v->quality[i])) {
			run_reject(r, r->layout->interval_at[0], "OFF_GRID",
			           "The intervals of the file (%s) do not fit the meter's days (%s).",
			           tz_name(z), tz_name(m->tz));
			return;
		}
}

void hh_row(struct import_run *r, const struct csv_row *row)
{
	const struct layout *l = r->layout;
	struct str identifier, channel;
	const struct unit *u;
	struct values v;
	int32_t day;
	if (!cell_meter(r, row, &identifier) || !cell_day(r, row, &day) || !cell_unit(r, row, 0, &u, &channel))
		return;
	struct import_meter *m = run_meter(r, identifier);
	if (!m)
		return;
	const struct tz *z = r->file_tz ? r->file_tz : m->tz;
	int length = run_file_day(r, m, day)->seconds / (l->interval_minutes * 60);
	int whole = 1440 / l->interval_minutes;
	struct import_series *s = NULL;
	if (!length) {
		run_reject(r, l->at[COLUMN_DATE], "NO_SUCH_DATE",
		           "That day was left out of the calendar of %s.", tz_name(z));
		return;
	}
	if (!complete(r, row, length) || !read_values(r, row, u, &v))
		return;
	if (length > whole && !add_extras(r, row, u, &v, change_at(z, day, l->interval_minutes, length)))
		return;
	if (length >= whole && beyond(r, &v, length))
		return;
	if (!(s = run_series(r, m, channel, l->interval_minutes, u->kept)))
		return;
	check_total(r, row, u, &v);
	if (v.n > length && length < whole)
		fit_short_day(r, row, &v, z, day, length);
	v.n = v.n > length ? length : v.n;
	state_all(r, m, s, z, day, &v);
	if (!v.present)
		run_warn(r, -1, "NO_VALUES", STR("NO_VALUES"),
		         "A row has no value at all: nothing was stored for it.");
	else if (v.n < length && length > whole)
		run_warn(r, -1, "LONG_DAY", STR("LONG_DAY"),
		         "The clocks go back on a day of this file, so that it has %d intervals, and the file "
		         "has values for %d: the "
		         "last ones are missing.",
		         length, v.n);
}
