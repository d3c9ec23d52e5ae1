/*
 * votes: what the rows of a file's head decide: the order of its dates, its decimal mark, and, of a long file,
 * how far its readings are apart and on which side of their intervals the times stand. Where they prove
 * nothing, the usual answer is taken and the layout says that it is not certain.
 */
#include "app/import/detect.h"

#define VOTE_ROWS 500

/* ---- rows of the head ---- */

static ssize_t read_str(void *arg, char *p, size_t n)
{
	struct str *rest = arg;
	struct str now = str_sub(*rest, 0, n);
	if (now.n)
		memcpy(p, now.p, now.n);
	*rest = str_sub(*rest, now.n, rest->n);
	return (ssize_t)now.n;
}

void rows_open(struct head_rows *h, struct str head, struct csv_dialect d, uint64_t offset, uint64_t line)
{
	h->rest = str_sub(head, (size_t)offset, head.n);
	h->in = csv_open(d, read_str, &h->rest, offset, line);
}

bool row_is_blank(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (str_trim(row->cell[i]).n)
			return false;
	return true;
}

bool rows_next(struct head_rows *h, struct csv_row *row)
{
	while (csv_next(h->in, row) == CSV_ROW)
		if (!row_is_blank(row))
			return true;
	return false;
}

/* ---- what the rows decide ---- */

/* What the values' marks look like: 1,5 or 1.5 or 1,234.5. */
struct mark_votes {
	unsigned comma, point;             /* cells with one mark only */
	unsigned comma_last, point_last;   /* with both: the last one is the decimal mark */
	unsigned comma_three, point_three; /* of the cells with one: it could be a thousands mark */
};

/* 1,234 and 12,345,678, but not 0,123. */
static bool could_be_thousands(struct str s, char mark)
{
	struct str first = str_trim(str_cut(&s, mark));
	if (first.n && first.p[0] == '-')
		first = str_sub(first, 1, first.n);
	if (!first.n || first.n > 3 || first.p[0] == '0')
		return false;
	while (s.p)
		if (str_trim(str_cut(&s, mark)).n != 3)
			return false;
	return true;
}

static void vote_mark(struct mark_votes *v, struct str s)
{
	ptrdiff_t comma = str_find(s, ','), point = str_find(s, '.');
	if (comma >= 0 && point >= 0) {
		v->comma_last += comma > point;
		v->point_last += point > comma;
	} else if (comma >= 0) {
		v->comma++;
		v->comma_three += could_be_thousands(s, ',');
	} else if (point >= 0) {
		v->point++;
		v->point_three += could_be_thousands(s, '.');
	}
}

/* 1,234 is a thousand in a file that is split by commas, where nothing proves otherwise. */
static void decide_mark(struct layout *l, const struct mark_votes *v)
{
	bool all_three = v->comma && v->comma == v->comma_three;
	l->decimal_mark = '.';
	if (v->comma_last > v->point_last ||
	    (!v->point_last && !v->point && v->comma && !(all_three && l->dialect.delimiter == ',')))
		l->decimal_mark = ',';
	l->mark_certain = v->comma_last || v->point_last || v->point || !all_three;
}

void vote_values(struct str head, struct layout *l)
{
	struct head_rows h;
	struct csv_row row;
	struct date_votes votes = {.today = l->ask->today};
	struct mark_votes marks = {0};
	static const enum session_column amounts[] = {SESSION_total_cost_gbp, SESSION_cost_per_kwh,
	                                              SESSION_charge_power_kw};
	int n = l->intervals ? l->intervals : 1, value = layout_value_column(l);
	rows_open(&h, head, l->dialect, l->data_offset, l->data_line);
	/* all of the head: of half hours, 500 rows never come to the 13th of a month */
	while (rows_next(&h, &row)) {
		struct str date = layout_cell(l, &row, COLUMN_DATE);
		if (date.n)
			date_vote(&votes, date);
		for (int k = 0; k < n; k++) {
			int at = l->intervals ? l->interval_at[k] : value;
			if (at >= 0 && (size_t)at < row.n)
				vote_mark(&marks, row.cell[at]);
		}
		for (size_t k = 0; k < sizeof(amounts) / sizeof(amounts[0]) && l->sessions.found; k++) {
			int at = l->sessions.at[amounts[k]];
			if (at >= 0 && (size_t)at < row.n)
				vote_mark(&marks, row.cell[at]);
		}
	}
	csv_close(h.in);
	l->dates.order = date_guess_order(&votes, &l->order_certain);
	if (votes.seen == votes.bad) /* nothing to decide */
		l->order_certain = true;
	decide_mark(l, &marks);
}

/* A record's clock reading in a long file, in minutes since 1970 of its own clock; false: it has none. */
static bool clock_of(const struct layout *l, const struct csv_row *row, int64_t *minutes)
{
	struct date_moment m;
	int32_t seconds = 0;
	if (date_parse_moment(layout_cell(l, row, COLUMN_DATE), l->dates, &m) != DATE_OK)
		return false;
	if (l->at[COLUMN_TIME] >= 0 && !layout_time(l, row, &seconds))
		return false;
	*minutes = (int64_t)m.day * 1440 + (m.seconds + seconds) / 60;
	return true;
}

/* Votes of the first and the last label of a meter: a day's first is 00:00 at the start of its interval, 00:30
 * at its end. */
static void vote_edge(int64_t at, bool oldest, int step, int *start, int *end)
{
	int64_t of_day = at % 1440;
	if (oldest) {
		*start += of_day == 0;
		*end += of_day == step;
	} else {
		*start += of_day == 1440 - step;
		*end += of_day == 0;
	}
}

/* The side that the names of the columns say, or a first cell that holds both ends. */
static enum name_side side_named(const struct layout *l, struct str head)
{
	struct head_rows h;
	struct csv_row row;
	struct str unused;
	enum name_side side = NAME_NO_SIDE;
	static const enum column_role roles[] = {COLUMN_TIME, COLUMN_DATE};
	rows_open(&h, head, l->dialect, l->data_offset, l->data_line);
	bool any = rows_next(&h, &row);
	for (size_t i = 0; i < 2 && side == NAME_NO_SIDE; i++) {
		int at = l->at[roles[i]];
		if (at >= 0)
			side = name_side(l->squeezed[at], l->hint[at]);
		if (any && side == NAME_NO_SIDE && date_is_range(layout_cell(l, &row, roles[i]), &unused))
			side = NAME_START;
	}
	csv_close(h.in);
	return side;
}

/* A meter's channel, of which the times are looked at: those of another one begin anew. */
#define SERIES_CELLS 3
static bool is_series(const struct layout *l, const struct csv_row *row, struct str series[SERIES_CELLS],
                      struct arena *a)
{
	static const enum column_role cells[SERIES_CELLS] = {COLUMN_METER, COLUMN_CHANNEL, COLUMN_UNIT};
	bool same = true;
	for (int k = 0; k < SERIES_CELLS; k++)
		same = same && str_eq(layout_cell(l, row, cells[k]), series[k]);
	for (int k = 0; k < SERIES_CELLS && a && !same; k++) /* take this one */
		series[k] = arena_str(a, layout_cell(l, row, cells[k]));
	return same;
}

/* The first that has two rows below one another; of a file of one time after the other, the last of those
 * looked at. */
static void choose_series(struct arena *a, struct str head, const struct layout *l,
                          struct str series[SERIES_CELLS])
{
	struct head_rows h;
	struct csv_row row;
	int64_t unused;
	bool twice = false, any = false;
	rows_open(&h, head, l->dialect, l->data_offset, l->data_line);
	for (int i = 0; i < VOTE_ROWS && !twice && rows_next(&h, &row); i++) {
		if (!clock_of(l, &row, &unused))
			continue;
		twice = is_series(l, &row, series, a) && any;
		any = true;
	}
	csv_close(h.in);
}

void vote_labels(struct arena *a, struct str head, bool whole, struct layout *l)
{
	struct head_rows h;
	struct csv_row row;
	struct str series[SERIES_CELLS] = {{NULL, 0}};
	int64_t first = 0, last = 0, now, midnight = -1;
	int count = 0, step = 1440, down = 0, start = 0, end = 0, back = 0;
	choose_series(a, head, l, series);
	rows_open(&h, head, l->dialect, l->data_offset, l->data_line);
	for (int i = 0; i < 4 * VOTE_ROWS && rows_next(&h, &row); i++) {
		if (!is_series(l, &row, series, NULL) || !clock_of(l, &row, &now))
			continue;
		if (count++ == 0) {
			first = last = now;
			continue;
		}
		int64_t gap = now > last ? now - last : last - now;
		down += now < last ? 1 : -1;
		/* 23:30 and then 00:00 of the same date: it is that day's end, unless the day begins anew */
		back += midnight >= 0 && now / 1440 != midnight;
		midnight = now < last && now % 1440 == 0 && last - now < 1440 && last - now >= 1440 - 60
		                   ? now / 1440
		                   : -1;
		if (gap > 0 && gap < step)
			step = (int)gap;
		last = now;
	}
	csv_close(h.in);
	bool newest_first = down > 0;
	l->interval_minutes = 1440 % step == 0 && step < 1440 ? step : 30;
	l->newest_first = newest_first;
	l->midnight_last = (back > 0 || midnight >= 0) && !newest_first;
	vote_edge(first, !newest_first, l->interval_minutes, &start, &end);
	if (whole && count > 1)
		vote_edge(l->midnight_last && last % 1440 == 0 ? last + 1440 : last, newest_first,
		          l->interval_minutes, &start, &end);
	enum name_side side = side_named(l, head);
	l->at_end = side == NAME_END || l->midnight_last || (side == NAME_NO_SIDE && end > start);
	l->side_certain = side != NAME_NO_SIDE || l->midnight_last || (end > 0) != (start > 0);
}

void vote_periods(struct str head, struct layout *l)
{
	struct head_rows h;
	struct csv_row row;
	uint64_t highest = 0, n;
	int rows = 0;
	rows_open(&h, head, l->dialect, l->data_offset, l->data_line);
	for (; rows < VOTE_ROWS && rows_next(&h, &row); rows++)
		if (str_to_u64(layout_cell(l, &row, COLUMN_PERIOD), INTERVALS_MAX, &n) && n > highest)
			highest = n;
	csv_close(h.in);
	l->interval_minutes = highest > 100 ? 5 : highest > 50 ? 15 : highest <= 25 && rows > 25 ? 60 : 30;
	l->side_certain = true;
}
