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
	struct row_value v[VALUES_MAX];
	struct import_series *series[VALUES_MAX];
	struct import_meter *m;
	struct str identifier;
	int32_t day;
	bool any;
	if (row->n < l->columns) {
		run_reject(r, -1, "SHORT_ROW",
		           "The row has %zu cells, the header has %zu. The row seems to be cut off.", row->n,
		           l->columns);
		return;
	}
	if (!cell_meter(r, row, &identifier) || !cell_day(r, row, &day) || !row_values(r, row, v, &any) ||
	    !(m = run_meter(r, identifier)))
		return;
	for (int k = 0; k < l->values; k++)
		if (!(series[k] = run_series(r, m, v[k].channel, 1440, v[k].unit->kept)))
			return;
	char quality = quality_of(layout_cell(l, row, COLUMN_QUALITY));
	for (int k = 0; k < l->values; k++)
		if (v[k].present)
			batch_state(r, batch_day(r, m, series[k], day, 1), 0, v[k].value, quality);
	if (!any)
		run_warn(r, l->at[COLUMN_VALUE], "NO_VALUES", STR("NO_VALUES"),
		         "A row has no value at all: nothing was stored for it.");
}
