/*
 * layout: how a file is laid out, found from its first 64 KiB.
 *
 * The header is looked for in the first 15 lines that are not empty: the first one under which a form of
 * imports.def finds its columns (roles.c, intervals.c); a file without a header is read by cells and place
 * alone. What a person answered (answers.h) wins over what is found. No supplier and no file is named here.
 */
#include <stdio.h>

#include "app/import/detect.h"
#include "base/decimal.h"
#include "codec/utf8.h"

#define HEADER_LINES   15
#define ANSWERED_LINES 1000 /* as far as an answer may point */
#define SAMPLE_ROWS    60   /* that tell what the cells of a column are */

#define IMPORT(name, m, r, c, title) \
	bool m(struct layout *l);    \
	void r(struct import_run *run, const struct csv_row *row);
#include "app/imports.def"
#undef IMPORT
void nem12_context(struct import_run *run, const struct csv_row *row);
const struct import_format import_formats[] = {
#define IMPORT(name, m, r, c, title) {#name, title, m, r, c},
#include "app/imports.def"
#undef IMPORT
};
const size_t import_formats_count = sizeof(import_formats) / sizeof(import_formats[0]);

/* line,column,code,message at the end: rows that an import rejected, to be mended and imported again. */
static int rejects_at(const struct layout *l)
{
	static const char *const ours[] = {"line", "column", "code", "message"};
	for (size_t i = 0; i < 4; i++)
		if (l->columns < 5 || !str_eqz(l->squeezed[l->columns - 4 + i], ours[i]))
			return -1;
	return (int)l->columns - 4;
}

int layout_value_column(const struct layout *l)
{
	return l->intervals ? l->interval_at[0] : l->at[COLUMN_VALUE];
}

/* ---- the header ---- */

static void take_names(struct arena *a, const struct csv_row *row, bool header, struct layout *l)
{
	l->columns = row->n;
	l->intervals = l->extras = 0; /* of a line looked at before */
	l->name = ARENA_ARRAY(a, struct str, row->n);
	l->squeezed = ARENA_ARRAY(a, struct str, row->n);
	l->hint = ARENA_ARRAY(a, struct str, row->n);
	for (size_t i = 0; header && i < row->n; i++) {
		l->name[i] = arena_str(a, str_trim(row->cell[i]));
		l->squeezed[i] = name_squeeze(a, row->cell[i], &l->hint[i]);
	}
}

/* Takes the columns apart, with what stands below as evidence. */
static void understand_columns(struct arena *a, struct str head, struct layout *l, uint64_t offset,
                               uint64_t line)
{
	struct head_rows h;
	struct csv_row row;
	struct column_facts *facts = ARENA_ARRAY(a, struct column_facts, l->columns);
	bool any = false;
	rows_open(&h, head, l->dialect, offset, line);
	for (int i = 0; i < SAMPLE_ROWS && rows_next(&h, &row); i++) {
		/* a footer has fewer cells and would only mislead */
		if (i && row.n * 2 < l->columns)
			continue;
		facts_add(facts, l->columns, &row, a);
		any = true;
	}
	csv_close(h.in);
	while (l->header_line && l->columns && !l->name[l->columns - 1].n && !facts[l->columns - 1].filled)
		l->columns--; /* trailing delimiters */
	l->rejects_at = rejects_at(l);
	if (l->header_line)
		intervals_find(a, l, facts);
	else
		intervals_by_place(l, facts);
	l->meter = l->header_line && !l->ask->meter_given ? meter_above(a, head, l) : STR("");
	choose_roles(a, l, facts, any);
	l->facts = facts;
	l->below = offset;
	l->below_line = line;
}

static bool try_formats(struct layout *l, const struct import_format **other)
{
	struct str type = l->ask->type;
	for (size_t i = 0; i < import_formats_count; i++) {
		const struct import_format *f = &import_formats[i];
		if (!f->match(l))
			continue;
		if (!str_eqz(type, "auto") && !str_eqz(type, f->name)) {
			if (!*other)
				*other = f;
			continue;
		}
		l->format = f;
		return true;
	}
	return false;
}

static int roles_found(const struct layout *l)
{
	return (l->at[COLUMN_METER] >= 0) + (l->at[COLUMN_DATE] >= 0) + (layout_value_column(l) >= 0);
}

/* An answer may say which line the header is. */
static bool line_may_be_header(const struct layout *l, uint64_t line)
{
	const struct answers *all = &l->ask->answers;
	return !all->given[ANSWER_header_line].n || (uint64_t)answer_number(all, ANSWER_header_line) == line;
}

/* The first of the first lines that is a header. */
static bool find_header(struct arena *a, struct str head, struct layout *l, struct layout *best,
                        const struct import_format **other)
{
	struct head_rows h;
	struct csv_row row;
	bool found = false;
	rows_open(&h, head, l->dialect, 0, 1);
	int last = l->ask->answers.given[ANSWER_header_line].n ? ANSWERED_LINES : HEADER_LINES;
	for (int seen = 0; !found && seen < last && rows_next(&h, &row);) {
		if (seen == 0 && str_starts(row.raw, STR("sep=")))
			continue;
		seen++;
		if (!line_may_be_header(l, row.line))
			continue;
		take_names(a, &row, true, l);
		l->header_line = row.line;
		understand_columns(a, head, l, row.next, row.next_line);
		if (!best->columns || roles_found(l) > roles_found(best))
			*best = *l;
		found = l->missing == ANSWERS && try_formats(l, other);
		if (found) {
			l->header = arena_str(a, row.raw);
			l->data_offset = row.next;
			l->data_line = row.next_line;
		}
		if (found && l->records_at_header) { /* no names: it is a record like those that follow */
			l->header = STR("");
			l->header_line = 0;
			l->columns = 0;
			l->data_offset = row.offset;
			l->data_line = row.line;
		}
	}
	csv_close(h.in);
	return found;
}

/* No header at all: the first line has to be a record like those below it. */
static bool without_header(struct arena *a, struct str head, struct layout *l,
                           const struct import_format **other)
{
	struct head_rows h;
	struct csv_row row;
	if (!line_may_be_header(l, 0))
		return false;
	bool told = l->ask->answers.given[ANSWER_header_line].n > 0;
	rows_open(&h, head, l->dialect, 0, 1);
	bool found = rows_next(&h, &row);
	if (found && str_starts(row.raw, STR("sep=")))
		found = rows_next(&h, &row);
	if (found) {
		take_names(a, &row, false, l);
		l->header_line = 0;
		l->data_offset = row.offset;
		l->data_line = row.line;
		struct date_moment m;
		understand_columns(a, head, l, row.offset, row.line);
		/* daily totals without a header could be anything: readings of a register, for one */
		found = (told || l->intervals || l->moments || l->at[COLUMN_TIME] >= 0) &&
		        (told ||
		         date_parse_moment(layout_cell(l, &row, COLUMN_DATE), l->dates, &m) == DATE_OK) &&
		        l->missing == ANSWERS && try_formats(l, other);
	}
	csv_close(h.in);
	return found;
}

/* ---- all of it ---- */

/* "ID, Date, Location, ...": the line that came nearest to a header. */
static void nearest(const struct layout *best, char seen[240])
{
	size_t n = 0;
	seen[0] = '\0';
	for (size_t i = 0; i < best->columns && i < 8 && n + 40 < 240; i++)
		n += (size_t)snprintf(seen + n, 240 - n, "%s%.*s", i ? ", " : "",
		                      STR_ARG(utf8_cut(best->name[i], 24)));
	(void)snprintf(seen + n, 240 - n, "%s", best->columns > 8 ? ", ..." : n ? "" : "(nothing)");
}

/* What a column is missing for: the line that came nearest has not all of them. */
static const char *lacks(const struct layout *best)
{
	bool meter = best->at[COLUMN_METER] >= 0, date = best->at[COLUMN_DATE] >= 0;
	return !meter && !date ? "for the meter and none for the date"
	       : !meter        ? "for the meter (such as MPAN)"
	       : !date         ? "for the date (such as Date)"
	                       : "for the readings (HH01 to HH48, or Reading)";
}

static enum err nothing_found(const struct layout *best, const struct import_format *other, struct fault *f)
{
	char seen[240];
	unsigned long long line = (unsigned long long)best->header_line;
	if (other && !str_eqz(best->ask->type, "sites"))
		return fault_set(f, ERR_INVALID, "type",
		                 "This file is of the form \"%s\", not of the form that was asked for (%.*s). "
		                 "Choose \"%s\" or let the type be detected.",
		                 other->title, STR_ARG(best->ask->type), other->name);
	nearest(best, seen);
	if (!best->columns)
		return fault_set(f, ERR_INVALID, "file",
		                 "The file has no rows: there is nothing in it to import.");
	if (best->missing != ANSWERS) {
		const struct answer_info *i = &answer_infos[best->missing];
		return fault_set(
		        f, ERR_INVALID, i->id, "There is no column \"%.*s\" (%s). The header reads: %s.",
		        STR_ARG(str_sub(best->ask->answers.given[best->missing], 0, 60)), i->help, seen);
	}
	if (str_eqz(best->ask->type, "sessions"))
		return fault_set(
		        f, ERR_INVALID, "file",
		        "This is not a file of charging sessions: no header was found with a date (or a "
		        "start) and the energy, such as date and charge_delivered_kwh. Line %llu reads: %s.",
		        line, seen);
	if (str_eqz(best->ask->type, "sites"))
		return fault_set(
		        f, ERR_INVALID, "file",
		        "This is not a file of sites: no header was found with a column name. Line %llu "
		        "reads: %s.",
		        line, seen);
	if (best->at[COLUMN_METER] < 0 && best->at[COLUMN_DATE] >= 0 && layout_value_column(best) >= 0)
		return fault_set(f, ERR_INVALID, "meter",
		                 "The file has readings but no column that names their meter. Say which meter "
		                 "they are of (--meter on the command line), or add a column MPAN. Its header "
		                 "reads: %s.",
		                 seen);
	return fault_set(
	        f, ERR_INVALID, "file",
	        "This is not a meter file that can be read: no header was found with a column %s. What "
	        "comes nearest to one is line %llu: %s. Put a header with a meter, a date and readings "
	        "above the rows, or say which columns they are (--meter-column, --date-column, "
	        "--value-column).",
	        lacks(best), line, seen);
}

bool layout_is_timed(const struct layout *l)
{
	return !l->intervals && !l->registers && (l->moments || l->at[COLUMN_TIME] >= 0);
}

bool layout_has_meter(const struct layout *l)
{
	return l->at[COLUMN_METER] >= 0 || l->ask->meter_given || l->meter.n;
}

static char delimiter_answered(const struct answers *all, char found)
{
	return answer_is(all, ANSWER_delimiter, "comma")       ? ','
	       : answer_is(all, ANSWER_delimiter, "semicolon") ? ';'
	       : answer_is(all, ANSWER_delimiter, "tab")       ? '\t'
	       : answer_is(all, ANSWER_delimiter, "bar")       ? '|'
	                                                       : found;
}

/* Dates and marks, by the rows and then by what was answered. */
static void decide_values(struct str head, struct layout *l)
{
	const struct answers *all = &l->ask->answers;
	vote_values(head, l);
	if (all->given[ANSWER_date_order].n) {
		l->dates.order = answer_is(all, ANSWER_date_order, "dmy")   ? DATE_DMY
		                 : answer_is(all, ANSWER_date_order, "mdy") ? DATE_MDY
		                                                            : DATE_YMD;
		l->order_certain = true;
	}
	if (all->given[ANSWER_decimal_mark].n) {
		l->decimal_mark = answer_is(all, ANSWER_decimal_mark, "comma") ? ',' : '.';
		l->mark_certain = true;
	}
	l->unit = all->given[ANSWER_unit].n ? unit_find(all->given[ANSWER_unit]) : NULL;
}

static void decide_intervals(struct arena *a, struct str head, struct layout *l)
{
	const struct answers *all = &l->ask->answers;
	if (l->at[COLUMN_PERIOD] >= 0)
		vote_periods(head, l);
	else if (layout_is_timed(l))
		vote_labels(a, head, head.n < LAYOUT_HEAD, l);
	if (l->begins) {
		l->at_end = l->midnight_last = false;
		l->side_certain = true;
	}
	if (all->given[ANSWER_interval_minutes].n && l->interval_minutes)
		l->interval_minutes = (int)answer_number(all, ANSWER_interval_minutes);
	if (all->given[ANSWER_label_side].n) {
		l->at_end = answer_is(all, ANSWER_label_side, "end");
		l->midnight_last = l->midnight_last && l->at_end;
		l->side_certain = true;
	}
}

enum err layout_detect(struct arena *a, struct str head, const struct layout_ask *ask, struct layout *out,
                       struct fault *f)
{
	unsigned skip = 0;
	const struct import_format *other = NULL;
	struct layout *best = ARENA_NEW(a, struct layout);
	for (int role = 0; role < COLUMN_ROLES; role++)
		best->at[role] = -1;
	best->ask = ask;
	best->missing = ANSWERS;
	best->head = head;
	if (ask->today)
		best->dates.this_year = civil_from_day(ask->today).year;
	*out = *best;
	out->dialect = csv_sniff(head, &skip);
	out->dialect.delimiter = delimiter_answered(&ask->answers, out->dialect.delimiter);
	best->dialect = out->dialect;
	bool found = find_header(a, head, out, best, &other) || without_header(a, head, out, &other);
	if (!found) {
		*out = *best;
		return str_trim(head).n ? nothing_found(best, other, f)
		                        : fault_set(f, ERR_INVALID, "file", "The file is empty.");
	}
	if (ask->meter_given && out->at[COLUMN_METER] >= 0)
		return fault_set(f, ERR_INVALID, "meter",
		                 "The file names its meters itself, in column %d: leave the meter out.",
		                 out->at[COLUMN_METER] + 1);
	decide_values(head, out);
	decide_intervals(a, head, out);
	return OK;
}

struct str layout_cell(const struct layout *l, const struct csv_row *row, enum column_role role)
{
	int at = l->at[role];
	return at >= 0 && (size_t)at < row->n ? str_trim(row->cell[at]) : (struct str){NULL, 0};
}

bool layout_time(const struct layout *l, const struct csv_row *row, int32_t *seconds)
{
	return date_parse_bare_time(layout_cell(l, row, COLUMN_TIME), l->hours, seconds);
}

void layout_set_records(struct layout *l, const char *row_kind)
{
	for (int role = 0; role < COLUMN_ROLES; role++) /* what its first line seemed to be, as a header */
		l->at[role] = -1;
	l->meter = STR("");
	l->row_kind = row_kind;
	l->zone = "Australia/Brisbane"; /* UTC+10, and no summer time */
	l->records_at_header = true;
}

bool layout_is_row(const struct layout *l, const struct csv_row *row)
{
	return !l->row_kind || (row->n && str_eqz(str_trim(row->cell[0]), l->row_kind));
}

/* The text of a cell that no data would hold: words, or a rule of signs ("====="). */
static bool is_prose(struct str cell, struct str squeezed)
{
	bool letters = false, apart = str_find(cell, ' ') >= 0 || str_find(cell, ':') >= 0;
	for (size_t i = 0; i < squeezed.n; i++)
		letters = letters || squeezed.p[i] >= 'a';
	return squeezed.n ? letters && apart : cell.n > 2;
}

/* The line of units that some files have below their header. */
static bool only_units(const struct csv_row *row)
{
	size_t units = 0;
	for (size_t i = 0; i < row->n; i++) {
		struct str s = str_trim(row->cell[i]);
		if (s.n && !unit_find(s))
			return false;
		units += s.n > 0;
	}
	return units > 1;
}

/* Where the date should be stands prose, and no number where the reading should be. */
static bool prose_for_a_date(const struct layout *l, const struct csv_row *row, struct str squeezed)
{
	struct date_moment m;
	int64_t v;
	int value = layout_value_column(l);
	struct str date = layout_cell(l, row, COLUMN_DATE),
	           number = value >= 0 && (size_t)value < row->n ? str_trim(row->cell[value]) : STR("");
	return date_parse_moment(date, l->dates, &m) == DATE_BAD && is_prose(date, squeezed) &&
	       dec_parse(number, l->decimal_mark, &v) == DEC_BAD;
}

/* "Report Time Zone: ...", "Grand Total,,123": text behind the data, without a date. */
bool layout_footer(struct arena *a, const struct layout *l, const struct csv_row *row)
{
	struct str first = {NULL, 0}, hint, word;
	size_t filled = 0, at = 0;
	if (l->row_kind || l->sites)
		return false;
	bool dated = layout_cell(l, row, COLUMN_DATE).n > 0;
	if (dated && l->header.n && str_eq(str_trim(row->raw), str_trim(l->header)))
		return true;
	for (size_t i = 0; i < row->n; i++) {
		struct str s = str_trim(row->cell[i]);
		if (s.n && !filled++) {
			first = s;
			at = i;
		}
		if (dated && (filled > 3 || (int)at != l->at[COLUMN_DATE]))
			return false;
	}
	word = name_squeeze(a, first, &hint);
	if (dated)
		return prose_for_a_date(l, row, word);
	if (str_starts(word, STR("grandtotal")) || str_starts(word, STR("subtotal")) ||
	    str_eqz(word, "total") || str_eqz(word, "totals") || str_eqz(word, "sum") || only_units(row))
		return true;
	return filled <= 3 && is_prose(first, word);
}
