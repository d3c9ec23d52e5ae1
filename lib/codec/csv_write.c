/*
 * csv_write: cells out, quoted only where a reader would otherwise misread them.
 *
 * Owns nothing; appends to the caller's buf, whose maximum is the only limit. The formula guard (DECISIONS 19)
 * is made so that taking it off gives back exactly what was put in, whatever it was: a text that already looks
 * guarded, with any number of ', gets one more.
 */
#include "codec/csv.h"

static bool needs_quotes(struct str cell, struct csv_dialect d)
{
	if (cell.n == 0)
		return false;
	char first = cell.p[0], last = cell.p[cell.n - 1];
	if (first == ' ' || first == '\t' || last == ' ' || last == '\t')
		return true;
	for (size_t i = 0; i < cell.n; i++) {
		char c = cell.p[i];
		if (c == d.delimiter || c == d.quote || c == '\r' || c == '\n')
			return true;
	}
	return false;
}

/* `guard` goes in front of the cell's text, within the quotes. */
static void put(struct buf *b, struct str guard, struct str cell, struct csv_dialect d)
{
	if (d.quote == 0 || !needs_quotes(cell, d)) {
		buf_adds(b, guard);
		buf_adds(b, cell);
		return;
	}
	buf_addc(b, d.quote);
	buf_adds(b, guard);
	for (ptrdiff_t at; (at = str_find(cell, d.quote)) >= 0; cell = str_sub(cell, (size_t)at + 1, cell.n)) {
		buf_add(b, cell.p, (size_t)at + 1);
		buf_addc(b, d.quote);
	}
	buf_adds(b, cell);
	buf_addc(b, d.quote);
}

void csv_put_cell(struct buf *b, struct str cell, struct csv_dialect d)
{
	put(b, STR(""), cell, d);
}

/* Any number of ', then a character that starts a formula. */
static bool like_formula(struct str cell)
{
	size_t i = 0;

	while (i < cell.n && cell.p[i] == '\'')
		i++;
	return i < cell.n && memchr("=+-@\t\r", cell.p[i], 6);
}

void csv_put_text(struct buf *b, struct str cell, struct csv_dialect d)
{
	put(b, like_formula(cell) ? STR("'") : STR(""), cell, d);
}

struct str csv_unguard(struct str cell)
{
	return cell.n && cell.p[0] == '\'' && like_formula(cell) ? str_sub(cell, 1, cell.n) : cell;
}
