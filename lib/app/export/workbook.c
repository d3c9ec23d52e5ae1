/* workbook: see workbook.h. */
#include "app/export/workbook.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/panic.h"
#include "codec/csv.h"

#define COLUMNS_MAX 128
#define WIDE_TEXT   18 /* characters of a column */
#define WIDE_NUMBER 12

enum kind { KIND_NUMBER, KIND_TEXT, KIND_AT, KIND_DAY };

struct workbook {
	struct xlsx_out *out;
	uint32_t row;
	size_t columns;
	enum kind kind[COLUMNS_MAX];
};

/* What is in a column of a shape; of all others: numbers. */
static const struct {
	const char *title;
	enum kind kind;
} titles[] = {
        {"interval_start", KIND_AT}, {"timestamp", KIND_AT},        {"Date", KIND_DAY},
        {"meter", KIND_TEXT},        {"smart_meter_id", KIND_TEXT}, {"MPAN", KIND_TEXT},
        {"channel", KIND_TEXT},      {"unit", KIND_TEXT},           {"quality", KIND_TEXT},
        {"Unit", KIND_TEXT},         {"Channel", KIND_TEXT},        {"Flags", KIND_TEXT},
        {"meter_name", KIND_TEXT},   {"meter_type", KIND_TEXT},     {"recorded_by", KIND_TEXT},
};

struct workbook *export_book_open(int fd, const char *tmpdir, char why[XLSX_OUT_WHY])
{
	struct xlsx_out *out = xlsx_out_open(fd, tmpdir, "Readings", why);
	struct workbook *w = out ? calloc(1, sizeof(*w)) : NULL;
	if (out && !w)
		panic("out of memory");
	if (w)
		w->out = out;
	return w;
}

static void put_titles(struct workbook *w, const struct csv_row *r)
{
	w->columns = r->n < COLUMNS_MAX ? r->n : COLUMNS_MAX;
	for (uint32_t i = 0; i < w->columns; i++) {
		char title[64];
		for (size_t k = 0; k < sizeof(titles) / sizeof(titles[0]); k++)
			if (str_eqz(r->cell[i], titles[k].title))
				w->kind[i] = titles[k].kind;
		snprintf(title, sizeof(title), w->kind[i] == KIND_AT ? "%.*s (UTC)" : "%.*s",
		         STR_ARG(r->cell[i]));
		xlsx_out_title(w->out, i, str_of(title),
		               w->kind[i] == KIND_NUMBER || w->kind[i] == KIND_DAY ? WIDE_NUMBER : WIDE_TEXT);
	}
}

static void put_row(struct workbook *w, const struct csv_row *r)
{
	for (uint32_t i = 0; i < w->columns && i < r->n; i++) {
		struct str cell = r->cell[i];
		enum kind kind = w->kind[i];
		int64_t at;
		int32_t day;
		if (!cell.n)
			continue;
		if (kind == KIND_NUMBER)
			xlsx_out_number(w->out, w->row, i, cell);
		else if (kind == KIND_AT && civil_parse_at(cell, &at))
			xlsx_out_at(w->out, w->row, i, at);
		else if (kind == KIND_DAY && civil_parse_day(cell, &day))
			xlsx_out_day(w->out, w->row, i, day);
		else
			xlsx_out_text(w->out, w->row, i, csv_unguard(cell));
	}
}

bool export_book_put(struct workbook *w, struct str lines)
{
	struct csv_row r;
	struct csv_reader *in = csv_open((struct csv_dialect){',', '"'}, csv_read_str, &lines, 1, 1);
	bool room = true;
	while (room && csv_next(in, &r) == CSV_ROW) {
		room = w->row < XLSX_OUT_ROWS_MAX;
		if (room && w->row == 0)
			put_titles(w, &r);
		else if (room)
			put_row(w, &r);
		w->row++;
	}
	csv_close(in);
	return room;
}

bool export_book_close(struct workbook *w, bool keep, char why[XLSX_OUT_WHY])
{
	bool ok = xlsx_out_close(w->out, keep, why);
	free(w);
	return ok;
}
