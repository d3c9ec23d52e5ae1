/*
 * cells: from the text of one cell to a meter, a day, a value, a unit, a quality; or to the reason why not.
 * Every reason names the column and says how to mend it.
 */
#include "app/import/detect.h"
#include "base/decimal.h"
#include "codec/utf8.h"

/* ---- units ---- */

static const struct unit units[] = {
        {"kwh", "kWh", "kWh", "import", 1, 1},
        {"wh", "Wh", "kWh", "import", 1, 1000},
        {"mwh", "MWh", "kWh", "import", 1000, 1},
        {"kw", "kW", "kW", "power", 1, 1},
        {"w", "W", "kW", "power", 1, 1000},
        {"m3", "m3", "m3", "volume", 1, 1},
        {"ft3", "ft3", "ft3", "volume", 1, 1},
        {"l", "l", "l", "volume", 1, 1},
        {"v", "V", "V", "voltage", 1, 1},
        {"a", "A", "A", "current", 1, 1},
        {"kvarh", "kvarh", "kvarh", "reactive_import", 1, 1},
        {"varh", "varh", "kvarh", "reactive_import", 1, 1000},
};
const struct unit *const unit_kwh = &units[0];

const struct unit *unit_find(struct str name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (str_eq_nocase(name, str_of(units[i].name)))
			return &units[i];
	return NULL;
}

static bool in_word(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A word of the name that is a unit. One letter is none. */
static const struct unit *unit_word(struct str name)
{
	const struct unit *u = NULL;
	for (size_t from = 0, to; from < name.n && !u; from = to + 1) {
		for (to = from; to < name.n && in_word(name.p[to]);)
			to++;
		u = to - from > 1 ? unit_find(str_sub(name, from, to - from)) : NULL;
	}
	return u;
}

const struct unit *unit_named(struct str name, struct str squeezed, struct str hint)
{
	static const char *const joined[] = {"kvarh", "mwh", "kwh"};
	const struct unit *u = unit_find(hint.n ? hint : squeezed);
	if (!u)
		u = unit_word(name);
	for (size_t i = 0; i < sizeof(joined) / sizeof(joined[0]) && !u; i++)
		if (str_search(squeezed, str_of(joined[i])) >= 0)
			u = unit_find(str_of(joined[i]));
	return !u && str_ends(squeezed, STR("wh")) ? unit_find(STR("wh")) : u;
}

/* A cell's text as UTF-8, whatever it was: bytes that are none are taken for CP1252, as they are nearly always.
 * NULL text: it holds control characters. */
static struct str text_of(struct import_run *r, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 32 || s.p[i] == 127)
			return (struct str){NULL, 0};
	return utf8_valid(s) ? s : utf8_from_cp1252(r->batch, s);
}

/* The cell as it came, for a memo; empty where there is none. */
static struct str raw_cell(const struct csv_row *row, int at)
{
	return at >= 0 && (size_t)at < row->n ? row->cell[at] : STR("");
}

static bool remembered(const struct import_memo *m, struct str cell, struct str *text)
{
	if (!m->known || cell.n != m->cell_n || memcmp(cell.p, m->cell, cell.n) != 0)
		return false;
	*text = (struct str){m->text, m->text_n};
	return true;
}

static void remember(struct import_memo *m, struct str cell, struct str text)
{
	m->known = cell.n && text.n && cell.n <= sizeof(m->cell) && text.n <= sizeof(m->text);
	if (!m->known)
		return;
	m->cell_n = cell.n;
	m->text_n = text.n;
	memcpy(m->cell, cell.p, cell.n);
	memcpy(m->text, text.p, text.n);
}

static bool cell_channel(struct import_run *r, const struct csv_row *row, struct str *channel)
{
	int at = r->layout->at[COLUMN_CHANNEL];
	if (remembered(&r->channel_memo, raw_cell(row, at), channel))
		return true;
	struct str cell = text_of(r, csv_unguard(layout_cell(r->layout, row, COLUMN_CHANNEL)));
	if (at >= 0 && (!cell.p || cell.n > 40)) {
		run_reject(r, at, "BAD_CHANNEL",
		           "A channel's name has at most 40 characters and no control characters.");
		return false;
	}
	const char *known = cell.n ? word_channel(r->batch, cell) : NULL;
	*channel = known ? str_of(known) : cell;
	remember(&r->channel_memo, raw_cell(row, at), *channel);
	return true;
}

/* The channel of a row that does not name it: by the name of the reading's column, or by the unit. */
static const char *channel_by(const struct value_column *of, const struct unit *u)
{
	bool energy = strcmp(u->channel, "import") == 0, reactive = strcmp(u->channel, "reactive_import") == 0;
	if (of->channel && (energy || (reactive && strcmp(of->channel, "reactive_export") == 0)))
		return of->channel;
	return reactive && of->channel && strcmp(of->channel, "export") == 0 ? "reactive_export" : u->channel;
}

bool cell_unit(struct import_run *r, const struct csv_row *row, int k, const struct unit **u,
               struct str *channel)
{
	const struct layout *l = r->layout;
	struct str cell = layout_cell(l, row, COLUMN_UNIT);
	*u = l->unit;
	if (!cell_channel(r, row, channel))
		return false;
	if (*u) { /* answered */
	} else if (cell.n) {
		*u = unit_find(cell);
		if (!*u) {
			run_reject(r, l->at[COLUMN_UNIT], "UNKNOWN_UNIT",
			           "The unit \"%.*s\" is not known. Use kWh, Wh, MWh, kW, m3 or kvarh.",
			           STR_ARG(str_sub(cell, 0, 30)));
			return false;
		}
	} else {
		*u = l->value[k].unit;
	}
	bool reactive = str_starts(channel->n ? *channel : str_of(l->value[k].channel), STR("reactive"));
	if (!*u)
		*u = reactive ? unit_find(STR("kvarh")) : unit_kwh;
	if (!channel->n)
		*channel = str_of(channel_by(&l->value[k], *u));
	return true;
}

char quality_of(struct str cell)
{
	char known = word_quality(cell);
	return known ? known : 'U';
}

/* ---- the meter ---- */

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
	if (at < 0) {
		*identifier = r->meter.n ? r->meter : l->meter;
		return true;
	}
	if (remembered(&r->meter_memo, raw_cell(row, at), identifier))
		return true;
	struct str s = id_unwrap(layout_cell(l, row, COLUMN_METER));
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
	s = text_of(r, s);
	if (!s.p) {
		run_reject(r, at, "BAD_METER", "The meter's identifier holds a control character.");
		return false;
	}
	s = without_blanks(r->batch, s);
	if (s.n > 11 && str_ends(s, STR(".0")) && digits_only(str_sub(s, 0, s.n - 2)))
		s.n -= 2;                /* a long number that was one for a while has lost nothing yet */
	if (s.n == 21 && digits_only(s)) /* the full MPAN: its core is the last 13 */
		s = str_sub(s, 8, 13);
	bool right = s.n != 13 || !digits_only(s) || mpan_right(s);
	if (right)
		remember(&r->meter_memo, raw_cell(row, at), s);
	else
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
	switch (date_parse_day(s, l->dates, day)) {
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

bool cell_means_missing(struct str s)
{
	static const char *const words[] = {"", "-", "n/a", "na", "null", "none", "#n/a"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq_nocase(s, str_of(words[i])))
			return true;
	return false;
}

/* "1,234.5" or "1 234,5" without its thousands marks; false: they do not stand where they should. */
static bool without_thousands(struct str s, char mark, char out[DEC_TEXT + 8], struct str *plain)
{
	char part = mark == '.' ? ',' : '.';
	size_t n = 0, since = 0;
	bool parted = false, behind = false;
	if (s.n > DEC_TEXT)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if ((c == part || c == ' ') && !behind && since >= 1 && since <= 3 && (!parted || since == 3)) {
			parted = true;
			since = 0;
			continue;
		}
		if (c == mark) {
			if (parted && since != 3)
				return false;
			behind = true;
		}
		since += c >= '0' && c <= '9';
		out[n++] = c;
	}
	*plain = (struct str){out, n};
	return parted && (behind || since == 3);
}

enum dec_result number_read(struct str s, char mark, int64_t *out)
{
	char room[DEC_TEXT + 8];
	struct str plain;
	enum dec_result got = dec_parse(s, mark, out);
	return got == DEC_BAD && without_thousands(s, mark, room, &plain) ? dec_parse(plain, mark, out) : got;
}

/* A cell that is no plain number: none at all, one with thousands marks, or wrong. */
static bool slow_value(struct import_run *r, struct str s, int column, enum dec_result got, int64_t *value,
                       bool *present)
{
	char room[DEC_TEXT + 8];
	struct str plain;
	char mark = r->layout->decimal_mark;
	if (cell_means_missing(s)) {
		*present = false;
		return true;
	}
	if (got == DEC_BAD && without_thousands(s, mark, room, &plain)) {
		got = dec_parse(plain, mark, value);
		if (got == DEC_OK || got == DEC_ROUNDED) {
			if (!r->layout->mark_certain)
				run_warn(r, column, "THOUSANDS", STR("THOUSANDS"),
				         "The mark in a value such as %.*s was taken to part thousands: the "
				         "file does not prove it.",
				         STR_ARG(s));
			return true;
		}
	}
	if (got == DEC_RANGE) {
		r->run->job.values_out_of_range++;
		run_reject(r, column, "NUMBER_RANGE", "\"%.*s\" is too large for a reading.",
		           STR_ARG(str_sub(s, 0, 40)));
	} else {
		run_reject(r, column, "BAD_NUMBER",
		           "\"%.*s\" is not a number. Write it as 1.5, or leave the cell blank where there is "
		           "no reading.",
		           STR_ARG(str_sub(s, 0, 40)));
	}
	return false;
}

/* What SMETS2 meters send for "no reading" (electricity, gas): 2^32-1, 2^31-1 and 2^24-1 thousandths, and
 * relatives. */
static bool is_sentinel(int64_t v)
{
	static const int64_t values[] = {4294967295000, 2147483647000, 16777215000, 8590017000,  8590041000,
	                                 34364271000,   4295103000,    4295084000,  8590119000,  8590063000,
	                                 8591484000,    8590421000,    38655370000, 186227086500};
	if (v < 4295084000)
		return false;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (v == values[i])
			return true;
	return false;
}

bool cell_value(struct import_run *r, const struct csv_row *row, size_t column, const struct unit *u,
                int64_t *value, bool *present)
{
	struct str s = row->cell[column];
	if (s.n && (s.p[0] <= ' ' || s.p[s.n - 1] <= ' '))
		s = str_trim(s);
	*present = s.n > 0;
	if (!s.n) {
		r->run->job.values_blank++;
		return true;
	}
	enum dec_result got = dec_parse(s, r->layout->decimal_mark, value);
	if (got == DEC_BAD || got == DEC_RANGE) {
		if (!slow_value(r, s, (int)column, got, value, present))
			return false;
		if (!*present) {
			r->run->job.values_blank++;
			return true;
		}
		got = DEC_OK;
	}
	if (is_sentinel(*value) && !(r->layout->registers && *value < 2147483647000)) {
		r->run->job.values_sentinel++;
		run_warn(r, (int)column, "SENTINEL", STR("SENTINEL"),
		         "A value is one that meters send for \"no reading\" (%.*s). It was taken as missing.",
		         STR_ARG(s));
		*present = false;
		return true;
	}
	bool rounded = got == DEC_ROUNDED;
	if (u->num != u->den) {
		bool scaled_rounded = false;
		if (!dec_scale(*value, u->num, u->den, value, &scaled_rounded))
			return slow_value(r, s, (int)column, DEC_RANGE, value, present);
		rounded = rounded || scaled_rounded;
	}
	if (rounded)
		run_warn(r, (int)column, "ROUNDED", STR("ROUNDED"),
		         "A value has more than 6 decimal places of %s and was rounded.", u->kept);
	if (*value < 0) {
		r->run->job.values_negative++;
		run_warn(r, (int)column, "NEGATIVE", STR("NEGATIVE"), "A value is negative. It was kept.");
	}
	return true;
}

bool row_values(struct import_run *r, const struct csv_row *row, struct row_value out[VALUES_MAX], bool *any)
{
	const struct layout *l = r->layout;
	*any = false;
	for (int k = 0; k < l->values; k++) {
		struct row_value *v = &out[k];
		if (!cell_unit(r, row, k, &v->unit, &v->channel) ||
		    !cell_value(r, row, (size_t)l->value[k].at, v->unit, &v->value, &v->present))
			return false;
		*any = *any || v->present;
	}
	return true;
}
