/*
 * csv_sniff: which delimiter a file uses, from its head.
 *
 * Each candidate splits the first lines, by the reader itself, so that quotes count as they will. The best is
 * the one whose commonest number of cells, times the lines that have it, is largest. One thing that this gets
 * wrong is decimal commas: in "1,5;2,5" commas split into more cells than semicolons do. So another delimiter
 * that splits nearly all lines alike, into cells with at most one comma each, wins over the comma.
 *
 * Owns nothing. Disadvantage: a file of two or three columns with a comma between and a semicolon in the text
 * of nearly every line is taken for a semicolon file; the user can correct it, and a sep= line decides.
 */
#include "codec/csv.h"

#define HEAD_MAX  65536
#define LINES_MAX 30

struct split {
	size_t lines;   /* that were not blank */
	size_t agree;   /* lines with the commonest number of cells */
	size_t cells;   /* that number; 1 is not counted */
	size_t crowded; /* lines that have a cell with two commas or more */
};

/* That other cells than those between commas were meant. */
static bool decimal_commas(const struct split *s)
{
	return s->cells > 1 && s->agree * 5 >= s->lines * 4 && s->crowded * 5 <= s->lines;
}

static bool has_crowded_cell(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++) {
		struct str rest = row->cell[i];
		(void)str_cut(&rest, ',');
		if (rest.p && str_find(rest, ',') >= 0)
			return true;
	}
	return false;
}

static struct split try_delimiter(struct str head, char delimiter)
{
	size_t cells[LINES_MAX] = {0};
	struct split best = {0, 0, 1, 0};
	struct csv_row row;
	struct csv_reader *r = csv_open((struct csv_dialect){delimiter, '"'}, csv_read_str, &head, 0, 1);

	while (best.lines < LINES_MAX && csv_next(r, &row) == CSV_ROW) {
		if (row.raw.n == 0)
			continue;
		best.crowded += has_crowded_cell(&row);
		cells[best.lines++] = row.n;
	}
	csv_close(r);
	for (size_t i = 0; i < best.lines; i++) {
		size_t agree = 0;
		for (size_t k = 0; k < best.lines; k++)
			agree += cells[k] == cells[i];
		if (cells[i] > 1 && agree * (cells[i] - 1) > best.agree * (best.cells - 1)) {
			best.agree = agree;
			best.cells = cells[i];
		}
	}
	return best;
}

/* A first line "sep=;" in any case, perhaps quoted as a whole. 0: it is none. */
static char sep_line(struct str head)
{
	if (str_starts(head, STR("\xef\xbb\xbf")))
		head = str_sub(head, 3, head.n);
	bool quoted = head.n && head.p[0] == '"';
	head = str_sub(head, quoted, head.n);
	if (head.n < 5 || !str_eq_nocase(str_sub(head, 0, 4), STR("sep=")) || strchr("\r\n\"", head.p[4]))
		return 0;
	struct str after = str_sub(head, 5 + (size_t)quoted, head.n);
	if (quoted && (head.n < 6 || head.p[5] != '"'))
		return 0;
	return after.n == 0 || after.p[0] == '\r' || after.p[0] == '\n' ? head.p[4] : 0;
}

struct csv_dialect csv_sniff(struct str head, unsigned *skip_lines)
{
	static const char candidate[] = {',', ';', '\t', '|'};
	struct csv_dialect d = {',', '"'};
	struct split best = {0, 0, 1, 0};

	head = str_sub(head, 0, HEAD_MAX);
	char said = sep_line(head);
	*skip_lines = said != 0;
	if (said) {
		d.delimiter = said;
		return d;
	}
	for (size_t i = 0; i < sizeof candidate; i++) {
		struct split s = try_delimiter(head, candidate[i]);
		bool wins = s.agree * (s.cells - 1) > best.agree * (best.cells - 1);
		if (wins || (d.delimiter == ',' && decimal_commas(&s))) {
			best = s;
			d.delimiter = candidate[i];
		}
	}
	return d;
}
