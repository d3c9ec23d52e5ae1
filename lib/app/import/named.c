/*
 * named: the meter of a file whose rows do not name it: a line above the header does ("MPAN: 2000012340007",
 * "Meter Number,E0045"), or the name of the column that holds its readings is its number.
 *
 * Words of the trade before it, or many digits, tell an identifier; two different ones tell nothing, and the
 * file is refused with the advice to say the meter. Disadvantage: a preamble that names the meter in a sentence
 * is not understood.
 */
#include "app/import/detect.h"

#define NAME_DIGITS 10 /* that make a column's name a meter's number */

static size_t count_digits(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] >= '0' && s.p[i] <= '9';
	return n;
}

/* Of "EAN 8591824001234567 (kWh)" the last word before the bracket. */
static struct str last_word(struct str s)
{
	ptrdiff_t bracket = str_find(s, '(');
	s = bracket > 0 ? str_trim(str_sub(s, 0, (size_t)bracket)) : s;
	size_t from = s.n;
	while (from > 0 && s.p[from - 1] != ' ' && s.p[from - 1] != ':')
		from--;
	return str_sub(s, from, s.n);
}

struct str name_as_meter(struct str name, struct str squeezed)
{
	struct str word = last_word(name);
	bool times = str_find(name, ':') > 0 && count_digits(name) <= 8;
	return !times && squeezed.n && count_digits(word) >= NAME_DIGITS ? word : STR("");
}

static bool is_meter_word(struct arena *a, struct str s)
{
	struct str hint;
	return name_place(COLUMN_METER, name_squeeze(a, s, &hint)) >= 0;
}

/* An identifier that a cell states, or that stands in the next one. */
static struct str stated(struct arena *a, struct str cell, struct str next)
{
	ptrdiff_t colon = str_find(cell, ':');
	struct str word = last_word(cell), id = {NULL, 0};
	if (colon > 0 && is_meter_word(a, str_sub(cell, 0, (size_t)colon)))
		id = str_trim(str_sub(cell, (size_t)colon + 1, cell.n));
	else if (is_meter_word(a, cell))
		id = next;
	else if (word.n < cell.n && is_meter_word(a, str_sub(cell, 0, (size_t)(word.p - cell.p))))
		id = word;
	id = id_unwrap(id);
	return count_digits(id) >= 4 ? id : STR("");
}

struct str meter_above(struct arena *a, struct str head, const struct layout *l)
{
	struct head_rows h;
	struct csv_row row;
	struct str found = {NULL, 0};
	bool one = true;
	rows_open(&h, head, l->dialect, 0, 1);
	while (rows_next(&h, &row) && row.line < l->header_line)
		for (size_t i = 0; i < row.n; i++) {
			struct str next = i + 1 < row.n ? str_trim(row.cell[i + 1]) : STR("");
			struct str id = stated(a, str_trim(row.cell[i]), next);
			one = one && (!id.n || !found.n || str_eq(id, found));
			found = id.n && !found.n ? arena_str(a, id) : found;
		}
	csv_close(h.in);
	return one ? found : STR("");
}
