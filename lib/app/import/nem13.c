/*
 * nem13: the accumulation files of Australia's market (AEMO, "Meter Data File Format Specification NEM12 &
 * NEM13").
 *
 * Each 250 record is a register's reading and the one before it, with their times and qualities: two readings
 * of a register. The other records (100, 550, 900) carry no readings. Times are market time, UTC+10 all the
 * year. The direction is the market's: E is what a customer takes from the grid.
 */
#include "app/import/detect.h"
#include "base/decimal.h"

bool nem13_match(struct layout *l);
void nem13_row(struct import_run *r, const struct csv_row *row);

/* Cells of a 250 record. */
enum { NMI = 1, REGISTER = 3, DIRECTION = 7, PREVIOUS = 8, CURRENT = 13, QUANTITY = 18, UNIT = 19, LEAST = 20 };

bool nem13_match(struct layout *l)
{
	bool head = l->columns >= 2 && str_eqz(l->name[0], "100") && str_eq_nocase(l->name[1], STR("NEM13"));
	bool cut = l->columns >= LEAST && str_eqz(l->name[0], "250") && l->name[NMI].n;
	if (!head && !cut)
		return false;
	layout_set_records(l, "250");
	return true;
}

static struct str cell(const struct csv_row *row, size_t i)
{
	return i < row->n ? str_trim(row->cell[i]) : STR("");
}

/* 20031005093055, in market time. */
static bool read_instant(struct import_run *r, const struct csv_row *row, int at, int64_t *out)
{
	struct str s = cell(row, (size_t)at);
	uint64_t clock = 0;
	int32_t day;
	if (s.n == 14 && date_parse_day(str_sub(s, 0, 8), (struct date_form){DATE_YMD, 0}, &day) == DATE_OK &&
	    str_to_u64(str_sub(s, 8, 6), 235959, &clock) && clock / 100 % 100 < 60 && clock % 100 < 60) {
		*out = tz_day_start(r->file_tz, day) +
		       (int64_t)(clock / 10000 * 3600 + clock / 100 % 100 * 60 + clock % 100);
		return true;
	}
	run_reject(r, at, "BAD_TIME", "\"%.*s\" is not a time. NEM13 writes it as 20031005093055.",
	           STR_ARG(str_sub(s, 0, 40)));
	return false;
}

struct read {
	int64_t at, value;
	char quality;
	bool here;
};

/* A reading, its time and its quality, from cell `at` on. */
static bool read_reading(struct import_run *r, const struct csv_row *row, int at, const struct unit *u,
                         struct read *out)
{
	out->here = false;
	if (!cell_value(r, row, (size_t)at, u, &out->value, &out->here))
		return false;
	out->quality = nem_quality(cell(row, (size_t)at + 2));
	out->here = out->here && out->quality;
	return !out->here || (register_fits(r, at, out->value) && read_instant(r, row, at + 1, &out->at));
}

/* Register 1 of a direction is the direction's channel; the others have their number or name behind it. */
static struct str channel_of(struct import_run *r, const struct csv_row *row, const struct unit *u)
{
	bool out = str_eq_nocase(cell(row, DIRECTION), STR("I"));
	bool reactive = str_starts(str_of(u->channel), STR("reactive"));
	const char *base = reactive ? (out ? "reactive_export" : "reactive_import") : out ? "export" : "import";
	struct str hint, id = name_squeeze(r->batch, cell(row, REGISTER), &hint);
	while (digits_only(id) && id.n > 1 && id.p[0] == '0')
		id = str_sub(id, 1, id.n);
	if (!id.n || str_eqz(id, "1"))
		return str_of(base);
	return str_of(arena_printf(r->batch, digits_only(id) ? "%s_t%.*s" : "%s_%.*s", base,
	                           STR_ARG(str_sub(id, 0, 16))));
}

/* The consumption that the record states is a checksum. */
static void check_quantity(struct import_run *r, const struct csv_row *row, const struct read *before,
                           const struct read *now, const struct unit *u)
{
	int64_t stated, scaled;
	bool rounded;
	if (!before->here || !now->here || dec_parse(cell(row, QUANTITY), '.', &stated) != DEC_OK ||
	    !dec_scale(stated, u->num, u->den, &scaled, &rounded))
		return;
	int64_t off = now->value - before->value - scaled;
	if (off > DEC_ONE / 20 || off < -DEC_ONE / 20)
		run_warn(r, QUANTITY, "QUANTITY_DIFFERS", STR("QUANTITY_DIFFERS"),
		         "The consumption that a record states, %.*s, is not the difference of its readings: "
		         "the meter "
		         "may have been exchanged or have a factor. The readings were taken as they stand.",
		         STR_ARG(str_sub(cell(row, QUANTITY), 0, 30)));
}

void nem13_row(struct import_run *r, const struct csv_row *row)
{
	struct str nmi = cell(row, NMI);
	struct read before, now;
	if (row->n < LEAST) {
		run_reject(r, -1, "SHORT_ROW",
		           "A 250 record has at least %d cells. The row seems to be cut off.", LEAST);
		return;
	}
	const struct unit *u = unit_find(cell(row, UNIT));
	if (!u) {
		run_reject(r, UNIT, "UNKNOWN_UNIT",
		           "The unit \"%.*s\" is not known. Use kWh, Wh, MWh or kVArh.",
		           STR_ARG(str_sub(cell(row, UNIT), 0, 30)));
		return;
	}
	if (!nmi.n || nmi.n > 64) {
		run_reject(r, NMI, "MISSING_METER", "The record names no meter (NMI).");
		return;
	}
	if (!read_reading(r, row, PREVIOUS, u, &before) || !read_reading(r, row, CURRENT, u, &now))
		return;
	struct import_meter *m = run_meter(r, nmi);
	struct import_series *s = m ? run_series(r, m, channel_of(r, row, u), 0, u->kept) : NULL;
	if (!s)
		return;
	check_quantity(r, row, &before, &now, u);
	if (before.here)
		batch_reading(r, m, s, before.at, before.value, before.quality);
	if (now.here)
		batch_reading(r, m, s, now.at, now.value, now.quality);
	if (!before.here && !now.here)
		run_warn(r, PREVIOUS, "NO_VALUES", STR("NO_VALUES"),
		         "A row has no value: nothing was stored for it.");
}
