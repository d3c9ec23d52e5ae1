/*
 * interval: one reading a row, the instant at which it begins with its offset from UTC: the long export,
 * imported again. (meter, channel, interval_start, interval_minutes, value, unit, quality.) Rows of one day are
 * gathered, so that a day is stored once a batch, whatever the order of the rows.
 */
#include "app/import/format.h"

bool interval_match(struct layout *l);
void interval_row(struct import_run *r, const struct csv_row *row);

bool interval_match(struct layout *l)
{
	return l->at[COLUMN_METER] >= 0 && l->at[COLUMN_START] >= 0 && l->at[COLUMN_MINUTES] >= 0 &&
	       l->at[COLUMN_VALUE] >= 0;
}

static bool read_start(struct import_run *r, const struct csv_row *row, int64_t *at, int64_t *minutes)
{
	const struct layout *l = r->layout;
	struct str start = layout_cell(l, row, COLUMN_START), length = layout_cell(l, row, COLUMN_MINUTES);
	uint64_t n = 0;
	if (!civil_parse_at(start, at)) {
		run_reject(r, l->at[COLUMN_START], "BAD_TIME",
		           "\"%.*s\" is not an instant. Write it as 2025-11-07T10:30:00Z, with its offset.",
		           STR_ARG(str_sub(start, 0, 40)));
		return false;
	}
	if (!str_to_u64(length, 1440, &n) || n == 0 || 1440 % n != 0) {
		run_reject(r, l->at[COLUMN_MINUTES], "BAD_INTERVAL",
		           "\"%.*s\" is not an interval's length in minutes (1 to 1440, a part of the day).",
		           STR_ARG(str_sub(length, 0, 20)));
		return false;
	}
	*minutes = (int64_t)n;
	return true;
}

/* The local day of an instant and the interval's number in it. */
static bool place(struct import_run *r, struct import_meter *m, int64_t at, int64_t minutes, int32_t *day,
                  int *i)
{
	*day = tz_day_of(m->tz, at);
	int64_t since = at - tz_day_start(m->tz, *day);
	if (since % (minutes * 60) != 0) {
		run_reject(
		        r, r->layout->at[COLUMN_START], "OFF_GRID",
		        "The interval does not begin at a whole multiple of %lld minutes after midnight in %s.",
		        (long long)minutes, tz_name(m->tz));
		return false;
	}
	*i = (int)(since / (minutes * 60));
	return true;
}

void interval_row(struct import_run *r, const struct csv_row *row)
{
	const struct layout *l = r->layout;
	struct str identifier, channel;
	const struct unit *u;
	int64_t at, minutes, v;
	int32_t day;
	int i;
	bool present;
	if (row->n < l->columns) {
		run_reject(r, -1, "SHORT_ROW",
		           "The row has %zu cells, the header has %zu. The row seems to be cut off.", row->n,
		           l->columns);
		return;
	}
	if (!cell_meter(r, row, &identifier) || !read_start(r, row, &at, &minutes) ||
	    !cell_unit(r, row, &u, &channel) ||
	    !cell_value(r, row, (size_t)l->at[COLUMN_VALUE], u, &v, &present))
		return;
	struct import_meter *m = run_meter(r, identifier);
	struct import_series *s = m ? run_series(r, m, channel, minutes, u->kept) : NULL;
	if (!s || !place(r, m, at, minutes, &day, &i))
		return;
	if (!present) {
		run_warn(r, l->at[COLUMN_VALUE], "NO_VALUES", STR("NO_VALUES"),
		         "A row has no value: nothing was stored for it.");
		return;
	}
	struct import_day *d = batch_day(r, m, s, day, run_day_length(m, day, minutes));
	batch_state(r, d, i, v, quality_of(layout_cell(l, row, COLUMN_QUALITY)));
}
