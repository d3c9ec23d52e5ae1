/*
 * daily: one total of a local day in a row: a series of its own (1440 minutes), which never shares a key with
 * half hours.
 */
#include "app/import/format.h"

bool daily_match(struct layout *l);
void daily_row(struct import_run *r, const struct csv_row *row);

bool daily_match(struct layout *l)
{
	return l->intervals == 0 && layout_has_meter(l) && l->at[COLUMN_DATE] >= 0 &&
	       l->at[COLUMN_VALUE] >= 0 && l->at[COLUMN_TIME] < 0 && l->at[COLUMN_PERIOD] < 0 &&
	       l->at[COLUMN_MINUTES] < 0 && !l->moments;
}

void daily_row(struct import_run *r, const struct csv_row *row)
{
	const struct layout *l = r->layout;
	struct str identifier, channel;
	const struct unit *u;
	int32_t day;
	int64_t v;
	bool present;
	size_t column = (size_t)l->at[COLUMN_VALUE];
	if (row->n < l->columns) {
		run_reject(r, -1, "SHORT_ROW",
		           "The row has %zu cells, the header has %zu. The row seems to be cut off.", row->n,
		           l->columns);
		return;
	}
	if (!cell_meter(r, row, &identifier) || !cell_day(r, row, &day) || !cell_unit(r, row, &u, &channel) ||
	    !cell_value(r, row, column, u, &v, &present))
		return;
	struct import_meter *m = run_meter(r, identifier);
	struct import_series *s = m ? run_series(r, m, channel, 1440, u->kept) : NULL;
	if (!s)
		return;
	if (present)
		batch_state(r, batch_day(r, m, s, day, 1), 0, v,
		            quality_of(layout_cell(l, row, COLUMN_QUALITY)));
	else
		run_warn(r, (int)column, "NO_VALUES", STR("NO_VALUES"),
		         "A row has no value at all: nothing was stored for it.");
}
