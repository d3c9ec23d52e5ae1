/*
 * cells: from the text of one cell to a meter, a day, a value, a unit, a quality; or to the reason why not.
 * Every reason names the column and says how to mend it.
 */
#include "app/import/format.h"
#include "base/decimal.h"

/* ---- units ---- */

static const struct unit units[] = {
        {"kwh", "kWh", "import", 1, 1},
        {"wh", "kWh", "import", 1, 1000},
        {"mwh", "kWh", "import", 1000, 1},
        {"kw", "kW", "power", 1, 1},
        {"w", "kW", "power", 1, 1000},
        {"m3", "m3", "volume", 1, 1},
        {"ft3", "ft3", "volume", 1, 1},
        {"l", "l", "volume", 1, 1},
        {"kvarh", "kvarh", "reactive_import", 1, 1},
};
const struct unit *const unit_kwh = &units[0];

const struct unit *unit_find(struct str name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (str_eq_nocase(name, str_of(units[i].name)))
			return &units[i];
	return NULL;
}

bool cell_unit(struct import_run *r, const struct csv_row *row, const struct unit **u, struct str *channel)
{
	const struct layout *l = r->layout;
	struct str cell = layout_cell(l, row, COLUMN_UNIT);
	int value = l->intervals ? l->first_interval : l->at[COLUMN_VALUE];
	*u = unit_kwh;
	if (cell.n) {
		*u = unit_find(cell);
		if (!*u) {
			run_reject(r, l->at[COLUMN_UNIT], "UNKNOWN_UNIT",
			           "The unit \"%.*s\" is not known. Use kWh, Wh, MWh, kW, m3 or kvarh.",
			           STR_ARG(str_sub(cell, 0, 30)));
			return false;
		}
	} else if (value >= 0) {
		/* the header's own word: "Reading (Wh)" or "MWh" */
		const struct unit *named = unit_find(l->hint[value].n ? l->hint[value] : l->squeezed[value]);
		*u = named ? named : unit_kwh;
	}
	*channel = layout_cell(l, row, COLUMN_CHANNEL);
	if (!channel->n)
		*channel = str_of((*u)->channel);
	else if (channel->n > 40) {
		run_reject(r, l->at[COLUMN_CHANNEL], "BAD_CHANNEL",
		           "A channel's name has at most 40 characters.");
		return false;
	}
	return true;
}

char quality_of(struct str cell)
{
	static const struct {
		const char *word;
		char letter;
	} words[] = {{"", '-'},    {"-", '-'},   {"A", 'A'},           {"actual", 'A'},
	             {"E", 'E'},   {"est", 'E'}, {"estimated", 'E'},   {"estimate", 'E'},
	             {"yes", 'E'}, {"S", 'S'},   {"substituted", 'S'}, {"U", 'U'}};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq_nocase(cell, str_of(words[i].word)))
			return words[i].letter;
	return 'U';
}

/* ---- the meter ---- */

static bool digits_only(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* 7.22E+13: what a spreadsheet makes of a long number; its digits are gone. */
static bool damaged(struct str s)
{
	ptrdiff_t e = str_find(s, 'E');
	if (e < 0)
		e = str_find(s, 'e');
	if (e < 3 || (size_t)e + 2 > s.n)
		return false;
	struct str head = str_sub(s, 0, (size_t)e), tail = str_sub(s, (size_t)e + 1, s.n);
	ptrdiff_t point = str_find(head, '.');
	if (point < 0)
		point = str_find(head, ',');
	if (tail.n && (tail.p[0] == '+' || tail.p[0] == '-'))
		tail = str_sub(tail, 1, tail.n);
	return point == 1 && digits_only(str_sub(head, 0, 1)) && digits_only(str_sub(head, 2, head.n)) &&
	       digits_only(tail);
}

/* Primes over the first 12 digits, sum mod 11 mod 10 is the 13th (MRA, schedule 8). */
static bool mpan_right(struct str s)
{
	static const int primes[] = {3, 5, 7, 13, 17, 19, 23, 29, 31, 37, 41, 43};
	int sum = 0;
	for (int i = 0; i < 12; i++)
		sum += (s.p[i] - '0') * primes[i];
	return sum % 11 % 10 == s.p[12] - '0';
}

/* ="0123" and '0123 are how people keep a spreadsheet from a number. */
static struct str unwrap(struct str s)
{
	if (s.n >= 3 && s.p[0] == '=' && s.p[1] == '"' && s.p[s.n - 1] == '"')
		return str_trim(str_sub(s, 2, s.n - 3));
	if (s.n >= 2 && s.p[0] == '\'')
		return str_trim(str_sub(s, 1, s.n));
	return s;
}

/* "17 0000 0099 730" -> "1700000099730" */
static struct str without_blanks(struct arena *a, struct str s)
{
	if (str_find(s, ' ') < 0)
		return s;
	char *p = arena_alloc(a, s.n);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ')
			p[n++] = s.p[i];
	struct str out = {p, n};
	return digits_only(out) ? out : s;
}

bool cell_meter(struct import_run *r, const struct csv_row *row, struct str *identifier)
{
	const struct layout *l = r->layout;
	int at = l->at[COLUMN_METER];
	struct str s = unwrap(layout_cell(l, row, COLUMN_METER));
	if (!s.n) {
		run_reject(r, at, "MISSING_METER", "The row names no meter. Fill in its number.");
		return false;
	}
	if (damaged(s)) {
		run_reject(r, at, "DAMAGED_ID",
		           "\"%.*s\" is what a spreadsheet makes of a long number: its digits are lost. Export "
		           "the file again and "
		           "do not save it in a spreadsheet, or format the column as text first.",
		           STR_ARG(str_sub(s, 0, 40)));
		return false;
	}
	if (s.n > 64) {
		run_reject(r, at, "BAD_METER", "A meter's identifier has at most 64 characters.");
		return false;
	}
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 32 || s.p[i] == 127) {
			run_reject(r, at, "BAD_METER", "The meter's identifier holds a control character.");
			return false;
		}
	s = without_blanks(r->batch, s);
	if (s.n == 21 && digits_only(s)) /* the full MPAN: its core is the last 13 */
		s = str_sub(s, 8, 13);
	if (s.n == 13 && digits_only(s) && !mpan_right(s))
		run_warn(r, at, "MPAN_CHECK_DIGIT", s,
		         "The check digit of the MPAN %.*s is not right. It was taken as it is; look whether "
		         "it is mistyped.",
		         STR_ARG(s));
	*identifier = s;
	return true;
}

/* ---- the day ---- */

bool cell_day(struct import_run *r, const struct csv_row *row, int32_t *day)
{
	const struct layout *l = r->layout;
	struct str s = layout_cell(l, row, COLUMN_DATE);
	int at = l->at[COLUMN_DATE];
	if (!s.n) {
		run_reject(r, at, "MISSING_DATE", "The row has no date.");
		return false;
	}
	switch (date_parse_day(s, l->order, day)) {
	case DATE_OK:
		return true;
	case DATE_NO_SUCH:
		run_reject(r, at, "NO_SUCH_DATE", "There is no such day as \"%.*s\".",
		           STR_ARG(str_sub(s, 0, 40)));
		return false;
	case DATE_BAD:
		break;
	}
	run_reject(r, at, "BAD_DATE", "\"%.*s\" is not a date. Write it as 2025-11-07 or 07/11/2025.",
	           STR_ARG(str_sub(s, 0, 40)));
	return false;
}

/* ---- values ---- */

static bool means_missing(struct str s)
{
	static const char *const words[] = {"", "-", "n/a", "na", "null", "none", "#n/a"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq_nocase(s, str_of(words[i])))
			return true;
	return false;
}

static bool slow_value(struct import_run *r, struct str s, int column, enum dec_result got, bool *present)
{
	if (means_missing(s)) {
		*present = false;
		return true;
	}
	if (got == DEC_RANGE)
		run_reject(r, column, "NUMBER_RANGE", "\"%.*s\" is too large for a reading.",
		           STR_ARG(str_sub(s, 0, 40)));
	else
		run_reject(r, column, "BAD_NUMBER",
		           "\"%.*s\" is not a number. Write it as 1.5, or leave the cell blank where there is "
		           "no reading.",
		           STR_ARG(str_sub(s, 0, 40)));
	return false;
}

bool cell_value(struct import_run *r, const struct csv_row *row, size_t column, const struct unit *u,
                int64_t *value, bool *present)
{
	struct str s = row->cell[column];
	if (s.n && (s.p[0] <= ' ' || s.p[s.n - 1] <= ' '))
		s = str_trim(s);
	*present = s.n > 0;
	if (!s.n)
		return true;
	enum dec_result got = dec_parse(s, r->layout->decimal_mark, value);
	if (got == DEC_BAD || got == DEC_RANGE)
		return slow_value(r, s, (int)column, got, present);
	bool rounded = got == DEC_ROUNDED;
	if (u->num != u->den) {
		bool scaled_rounded = false;
		if (!dec_scale(*value, u->num, u->den, value, &scaled_rounded))
			return slow_value(r, s, (int)column, DEC_RANGE, present);
		rounded = rounded || scaled_rounded;
	}
	if (rounded)
		run_warn(r, (int)column, "ROUNDED", STR("ROUNDED"),
		         "A value has more than 6 decimal places of %s and was rounded.", u->kept);
	if (*value < 0)
		run_warn(r, (int)column, "NEGATIVE", STR("NEGATIVE"), "A value is negative. It was kept.");
	return true;
}
