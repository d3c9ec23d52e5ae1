/*
 * interval: one reading a row: its instant as a date with a time, a date and a time, a date and the number of
 * the interval in its day, or (our own long export) an instant with its offset and the interval's length.
 *
 * A clock reading without an offset is one of the file's zone or the meter's own. An hour that the clocks
 * repeat is told apart by the order of the rows; one that they skip does not exist, and a row that claims it is
 * rejected. Rows of one day are gathered, so that a day is stored once a batch whatever their order.
 */
#include "app/import/format.h"

bool interval_match(struct layout *l);
void interval_row(struct import_run *r, const struct csv_row *row);

bool interval_match(struct layout *l)
{
	bool timed = l->moments || l->at[COLUMN_TIME] >= 0 || l->at[COLUMN_PERIOD] >= 0 ||
	             l->at[COLUMN_MINUTES] >= 0;
	return !l->intervals && timed && layout_has_meter(l) && l->at[COLUMN_DATE] >= 0 &&
	       l->at[COLUMN_VALUE] >= 0;
}

bool reading_moment(struct import_run *r, const struct csv_row *row, struct reading *g)
{
	const struct layout *l = r->layout;
	struct str s = layout_cell(l, row, COLUMN_DATE), time = layout_cell(l, row, COLUMN_TIME);
	int at = l->at[COLUMN_DATE];
	switch (date_parse_moment(s, l->dates, &g->moment)) {
	case DATE_OK:
		break;
	case DATE_NO_SUCH:
		run_reject(r, at, "NO_SUCH_DATE", "There is no such day as \"%.*s\".",
		           STR_ARG(str_sub(s, 0, 40)));
		return false;
	case DATE_BAD:
		run_reject(r, at, s.n ? "BAD_TIME" : "MISSING_DATE",
		           "\"%.*s\" is not a date, or not a date and a time. Write it as "
		           "2025-11-07T10:30:00Z or 07/11/2025 10:30.",
		           STR_ARG(str_sub(s, 0, 40)));
		return false;
	}
	if (l->at[COLUMN_TIME] < 0)
		return true;
	if (!layout_time(l, row, &g->moment.seconds)) {
		run_reject(r, l->at[COLUMN_TIME], "BAD_TIME",
		           "\"%.*s\" is not a time of day. Write it as 10:30.", STR_ARG(str_sub(time, 0, 40)));
		return false;
	}
	return true;
}

static bool read_length(struct import_run *r, const struct csv_row *row, struct reading *g)
{
	const struct layout *l = r->layout;
	struct str cell = layout_cell(l, row, COLUMN_MINUTES), period = layout_cell(l, row, COLUMN_PERIOD);
	uint64_t n = 0;
	g->minutes = l->interval_minutes;
	if (l->at[COLUMN_MINUTES] >= 0) {
		if (!str_to_u64(cell, 1440, &n) || (n && 1440 % n != 0)) {
			run_reject(r, l->at[COLUMN_MINUTES], "BAD_INTERVAL",
			           "\"%.*s\" is not an interval's length in minutes (1 to 1440, a part of the "
			           "day; 0 for a register).",
			           STR_ARG(str_sub(cell, 0, 20)));
			return false;
		}
		g->minutes = (int64_t)n;
	}
	if (l->at[COLUMN_PERIOD] >= 0) {
		if (!str_to_u64(period, INTERVALS_MAX, &n) || n == 0) {
			run_reject(r, l->at[COLUMN_PERIOD], "BAD_PERIOD",
			           "\"%.*s\" is not the number of an interval in its day (1 to 48, or 50).",
			           STR_ARG(str_sub(period, 0, 20)));
			return false;
		}
		g->period = (int)n;
	}
	return true;
}

/* Of the two instants that show a repeated clock reading, the one that goes on where the file is. */
static int64_t of_repeated(const struct layout *l, const struct import_series *s, int64_t first, int64_t second)
{
	if (!s->last_at)
		return l->newest_first ? second : first;
	if (l->newest_first)
		return s->last_at > second ? second : first;
	return s->last_at < first ? first : second;
}

bool reading_instant(struct import_run *r, const struct reading *g, int64_t *at)
{
	const struct layout *l = r->layout;
	const struct date_moment *m = &g->moment;
	const struct tz_day *d;
	int32_t seconds = m->seconds;
	int64_t second = 0;
	if (m->has_offset) {
		*at = (int64_t)m->day * 86400 + seconds - m->offset;
		return true;
	}
	if (l->at[COLUMN_MINUTES] >= 0 && !l->utc) {
		run_reject(r, l->at[COLUMN_DATE], "BAD_TIME",
		           "The time has no offset from UTC. Write it as 2025-11-07T10:30:00Z.");
		return false;
	}
	d = run_file_day(r, g->meter, m->day);
	if (g->period) {
		*at = d->start + (g->period - 1) * g->minutes * 60;
		if (*at - d->start >= d->seconds) {
			run_reject(r, l->at[COLUMN_PERIOD], "BAD_PERIOD", "That day has no interval %d in %s.",
			           g->period, tz_name(d->zone));
			return false;
		}
		return true;
	}
	if (l->midnight_last && seconds == 0)
		seconds = 86400;
	switch (tz_day_clock(d, seconds, at, &second)) {
	case 0:
		run_reject(r, l->at[COLUMN_TIME] >= 0 ? l->at[COLUMN_TIME] : l->at[COLUMN_DATE], "CLOCK_CHANGE",
		           "The clocks go forward then: there is no such time in %s. If the file is in UTC all "
		           "the year, import it "
		           "with that time zone.",
		           tz_name(d->zone));
		return false;
	case 2:
		*at = of_repeated(l, g->series, *at, second);
		break;
	default:
		break;
	}
	g->series->last_at = *at;
	if (l->at_end)
		*at -= g->minutes * 60;
	return true;
}

/* Puts one of the row's readings where its interval is. False: the row is rejected. */
static bool put(struct import_run *r, const struct csv_row *row, struct reading *g, int k,
                const struct row_value *v)
{
	const struct layout *l = r->layout;
	int64_t at;
	g->series = run_series(r, g->meter, v->channel, g->minutes, v->unit->kept);
	if (!g->series || !reading_instant(r, g, &at))
		return false;
	char quality = v->present ? quality_of(layout_cell(l, row, COLUMN_QUALITY)) : 0;
	if (v->present && !g->minutes) {
		if (!register_fits(r, l->value[k].at, v->value))
			return false;
		batch_reading(r, g->meter, g->series, at, v->value, quality);
	} else if (g->minutes && !batch_state_at(r, g->meter, g->series, at, v->value, quality)) {
		run_reject(r, l->at[COLUMN_DATE], "OFF_GRID",
		           "No interval of %lld minutes begins then: they are counted from midnight in %s.",
		           (long long)g->minutes, tz_name(g->meter->tz));
		return false;
	}
	return true;
}

void interval_row(struct import_run *r, const struct csv_row *row)
{
	const struct layout *l = r->layout;
	struct reading g = {.period = 0};
	struct row_value v[VALUES_MAX];
	struct str identifier;
	bool any;
	if (row->n < l->columns) {
		run_reject(r, -1, "SHORT_ROW",
		           "The row has %zu cells, the header has %zu. The row seems to be cut off.", row->n,
		           l->columns);
		return;
	}
	if (!cell_meter(r, row, &identifier) || !reading_moment(r, row, &g) || !read_length(r, row, &g) ||
	    !row_values(r, row, v, &any) || !(g.meter = run_meter(r, identifier)))
		return;
	for (int k = 0; k < l->values; k++)
		if (!put(r, row, &g, k, &v[k]))
			return;
	if (!any)
		run_warn(r, l->at[COLUMN_VALUE], "NO_VALUES", STR("NO_VALUES"),
		         "A row has no value: nothing was stored for it.");
}
