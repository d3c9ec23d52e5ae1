/*
 * layout: how a file is laid out, found from its first 64 KiB.
 *
 * The header is looked for in the first 15 lines that are not empty: the first one under which a form of
 * imports.def finds its columns. What a column is follows from its name (names.c), from what its cells are
 * (facts.c) and from its place (intervals.c); a file without a header is read by cells and place alone. No
 * supplier and no file is named here.
 */
#include <stdio.h>

#include "app/import/detect.h"

#define HEADER_LINES 15
#define SAMPLE_ROWS  60 /* that tell what the cells of a column are */

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

/* ---- roles ---- */

struct chooser {
	struct layout *l;
	const struct column_facts *facts;
	bool *used;
	bool any_rows;
};

static int by_name(const struct chooser *c, enum column_role role, bool (*fits)(const struct column_facts *f))
{
	int best = -1, best_place = -1;
	for (size_t i = 0; i < c->l->columns; i++) {
		int place = c->used[i] ? -1 : name_place(role, c->l->squeezed[i]);
		if (place >= 0 && (best < 0 || place < best_place) && (!fits || fits(&c->facts[i]))) {
			best = (int)i;
			best_place = place;
		}
	}
	return best;
}

/* The first column of which at least nine cells in ten are so. */
static int by_cells(const struct chooser *c, bool (*surely)(const struct column_facts *f))
{
	for (size_t i = 0; i < c->l->columns; i++)
		if (!c->used[i] && surely(&c->facts[i]))
			return (int)i;
	return -1;
}

static bool fits_date(const struct column_facts *f)
{
	return facts_mostly(f->dates, f, 50, true);
}
static bool surely_date(const struct column_facts *f)
{
	return facts_mostly(f->dates, f, 90, false);
}
static bool fits_time(const struct column_facts *f)
{
	return facts_mostly(f->times, f, 80, true);
}
static bool surely_time(const struct column_facts *f)
{
	return facts_mostly(f->times, f, 95, false) && f->dates == 0;
}
static bool fits_period(const struct column_facts *f)
{
	return facts_mostly(f->integers, f, 80, true) && f->highest <= INTERVALS_MAX;
}
static bool fits_minutes(const struct column_facts *f)
{
	return facts_mostly(f->integers, f, 80, true) && f->highest <= 1440;
}
static bool fits_value(const struct column_facts *f)
{
	return facts_mostly(f->numbers, f, 50, true);
}
static bool surely_value(const struct column_facts *f)
{
	return facts_mostly(f->numbers, f, 90, false) && f->integers < f->numbers;
}
static bool fits_quality(const struct column_facts *f)
{
	return facts_mostly(f->qualities, f, 80, true);
}
static bool surely_channel(const struct column_facts *f)
{
	return facts_mostly(f->channels, f, 95, false);
}

static void take(struct chooser *c, enum column_role role, int column)
{
	c->l->at[role] = column;
	if (column >= 0)
		c->used[column] = true;
}

/* An MPAN-looking column wins over a serial, a serial over a name (the order of the names), a good name over a
 * weak one. */
static int meter_score(const struct chooser *c, size_t i)
{
	const struct layout *l = c->l;
	const struct column_facts *f = &c->facts[i];
	int place = name_place(COLUMN_METER, l->squeezed[i]), score = 0;
	if (c->used[i] || (c->any_rows && !f->filled))
		return 0;
	if (place >= 0)
		score = 1000 - place;
	else if (name_weak_meter(l->squeezed[i]) && !l->meter_given)
		score = 200;
	else if (!l->meter_given && !l->name[i].n && (i == 0 || facts_mostly(f->serials, f, 90, false)))
		score = 150;
	if (facts_mostly(f->mpans, f, 90, false))
		score += score ? 2000 : 1500;
	return score;
}

static int choose_meter(const struct chooser *c)
{
	int best = -1, best_score = 0;
	for (size_t i = 0; i < c->l->columns; i++) {
		int score = meter_score(c, i);
		if (score > best_score) {
			best = (int)i;
			best_score = score;
		}
	}
	return best;
}

/* By its name, or by a unit of energy in brackets behind it. */
static int choose_value(const struct chooser *c)
{
	int at = by_name(c, COLUMN_VALUE, fits_value);
	for (size_t i = 0; at < 0 && i < c->l->columns; i++)
		if (!c->used[i] && c->l->hint[i].n && unit_find(c->l->hint[i]) && fits_value(&c->facts[i]))
			at = (int)i;
	return at >= 0 || c->l->header_line ? at : by_cells(c, surely_value);
}

static void choose_roles(struct arena *a, struct layout *l, const struct column_facts *facts, bool any_rows)
{
	struct chooser c = {l, facts, ARENA_ARRAY(a, bool, l->columns), any_rows};
	for (int role = 0; role < COLUMN_ROLES; role++)
		l->at[role] = -1;
	for (int i = 0; i < l->intervals; i++) {
		c.used[l->interval_at[i]] = true;
		if (l->flag_at[i] >= 0)
			c.used[l->flag_at[i]] = true;
	}
	for (int i = 0; i < l->extras; i++)
		c.used[l->extra_at[i]] = true;
	int date = by_name(&c, COLUMN_DATE, fits_date);
	take(&c, COLUMN_DATE, date >= 0 ? date : by_cells(&c, surely_date));
	l->moments = l->at[COLUMN_DATE] >= 0 && facts[l->at[COLUMN_DATE]].moments > 0;
	if (!l->intervals && !l->moments) {
		int time = by_name(&c, COLUMN_TIME, fits_time);
		take(&c, COLUMN_TIME, time >= 0 ? time : by_cells(&c, surely_time));
		if (l->at[COLUMN_TIME] < 0)
			take(&c, COLUMN_PERIOD, by_name(&c, COLUMN_PERIOD, fits_period));
	}
	take(&c, COLUMN_MINUTES, by_name(&c, COLUMN_MINUTES, fits_minutes));
	take(&c, COLUMN_METER, choose_meter(&c));
	take(&c, COLUMN_UNIT, by_name(&c, COLUMN_UNIT, NULL));
	take(&c, COLUMN_FLAGS, by_name(&c, COLUMN_FLAGS, NULL));
	int channel = by_name(&c, COLUMN_CHANNEL, NULL);
	take(&c, COLUMN_CHANNEL, channel >= 0 ? channel : by_cells(&c, surely_channel));
	take(&c, COLUMN_QUALITY, by_name(&c, COLUMN_QUALITY, fits_quality));
	if (l->intervals)
		take(&c, COLUMN_TOTAL, by_name(&c, COLUMN_TOTAL, fits_value));
	else
		take(&c, COLUMN_VALUE, choose_value(&c));
	int d = l->at[COLUMN_DATE];
	l->utc = d >= 0 && name_says_utc(l->squeezed[d], l->hint[d]);
}

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
	l->rejects_at = rejects_at(l);
	if (l->header_line)
		intervals_find(a, l, facts);
	else
		intervals_by_place(l, facts);
	choose_roles(a, l, facts, any);
}

static bool try_formats(struct layout *l, struct str type, const struct import_format **other)
{
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

/* The first of the first lines that is a header. */
static bool find_header(struct arena *a, struct str head, struct str type, struct layout *l,
                        struct layout *best, const struct import_format **other)
{
	struct head_rows h;
	struct csv_row row;
	bool found = false;
	rows_open(&h, head, l->dialect, 0, 1);
	for (int seen = 0; !found && seen < HEADER_LINES && rows_next(&h, &row);) {
		if (seen == 0 && str_starts(row.raw, STR("sep=")))
			continue;
		seen++;
		take_names(a, &row, true, l);
		l->header_line = row.line;
		understand_columns(a, head, l, row.next, row.next_line);
		if (seen == 1 || roles_found(l) > roles_found(best))
			*best = *l;
		found = try_formats(l, type, other);
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
static bool without_header(struct arena *a, struct str head, struct str type, struct layout *l,
                           const struct import_format **other)
{
	struct head_rows h;
	struct csv_row row;
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
		found = (l->intervals || l->moments || l->at[COLUMN_TIME] >= 0) &&
		        date_parse_moment(layout_cell(l, &row, COLUMN_DATE), DATE_DMY, &m) == DATE_OK &&
		        try_formats(l, type, other);
	}
	csv_close(h.in);
	return found;
}

/* ---- all of it ---- */

static enum err nothing_found(const struct layout *best, struct str type, const struct import_format *other,
                              struct fault *f)
{
	if (other)
		return fault_set(f, ERR_INVALID, "type",
		                 "This file is of the form \"%s\", not of the form that was asked for (%.*s). "
		                 "Choose \"%s\" or let "
		                 "the type be detected.",
		                 other->title, STR_ARG(type), other->name);
	char seen[200];
	size_t n = 0;
	seen[0] = '\0';
	for (size_t i = 0; i < best->columns && i < 8 && n + 30 < sizeof(seen); i++)
		n += (size_t)snprintf(seen + n, sizeof(seen) - n, "%s%.*s", i ? ", " : "",
		                      STR_ARG(str_sub(best->name[i], 0, 24)));
	if (best->at[COLUMN_METER] < 0 && best->at[COLUMN_DATE] >= 0 && layout_value_column(best) >= 0)
		return fault_set(f, ERR_INVALID, "meter",
		                 "The file has readings but no column that names their meter. Say which meter "
		                 "they are of "
		                 "(--meter on the command line), or add a column MPAN. Its header reads: %s%s",
		                 seen, best->columns > 8 ? ", ..." : ".");
	const char *lacks = best->at[COLUMN_METER] < 0 && best->at[COLUMN_DATE] < 0
	                            ? "for the meter and none for the date"
	                    : best->at[COLUMN_METER] < 0 ? "for the meter (such as MPAN)"
	                    : best->at[COLUMN_DATE] < 0  ? "for the date (such as Date)"
	                                                 : "for the readings (HH01 to HH48, or Reading)";
	return fault_set(f, ERR_INVALID, "file",
	                 "This is not a meter file that can be read: no header was found with a column %s. The "
	                 "first line "
	                 "reads: %s%s",
	                 lacks, seen[0] ? seen : "(nothing)", best->columns > 8 ? ", ..." : ".");
}

bool layout_has_meter(const struct layout *l)
{
	return l->at[COLUMN_METER] >= 0 || l->meter_given;
}

enum err layout_detect(struct arena *a, struct str head, struct str type, bool meter_given, struct layout *out,
                       struct fault *f)
{
	unsigned skip = 0;
	const struct import_format *other = NULL;
	struct layout *best = ARENA_NEW(a, struct layout);
	for (int role = 0; role < COLUMN_ROLES; role++)
		best->at[role] = -1;
	*out = (struct layout){.dialect = csv_sniff(head, &skip), .meter_given = meter_given};
	bool found =
	        find_header(a, head, type, out, best, &other) || without_header(a, head, type, out, &other);
	if (!found && str_trim(head).n == 0)
		return fault_set(f, ERR_INVALID, "file", "The file is empty.");
	if (!found)
		return nothing_found(best, type, other, f);
	if (meter_given && out->at[COLUMN_METER] >= 0)
		return fault_set(f, ERR_INVALID, "meter",
		                 "The file names its meters itself, in column %d: leave the meter out.",
		                 out->at[COLUMN_METER] + 1);
	vote_values(head, out);
	if (out->at[COLUMN_PERIOD] >= 0)
		vote_periods(head, out);
	else if (!out->intervals && (out->moments || out->at[COLUMN_TIME] >= 0))
		vote_labels(a, head, head.n < LAYOUT_HEAD, out);
	return OK;
}

struct str layout_cell(const struct layout *l, const struct csv_row *row, enum column_role role)
{
	int at = l->at[role];
	return at >= 0 && (size_t)at < row->n ? str_trim(row->cell[at]) : (struct str){NULL, 0};
}

bool layout_is_row(const struct layout *l, const struct csv_row *row)
{
	return !l->format->context || (row->n && str_eqz(str_trim(row->cell[0]), "300"));
}

/* "Report Time Zone: ...", "Grand Total,,123": text behind the data, without a date. */
bool layout_footer(struct arena *a, const struct layout *l, const struct csv_row *row)
{
	struct str first = {NULL, 0}, hint, word;
	size_t filled = 0;
	if (l->format->context)
		return false;
	if (layout_cell(l, row, COLUMN_DATE).n)
		return l->header.n && str_eq(str_trim(row->raw), str_trim(l->header));
	for (size_t i = 0; i < row->n; i++) {
		struct str s = str_trim(row->cell[i]);
		if (s.n && !filled++)
			first = s;
	}
	word = name_squeeze(a, first, &hint);
	if (str_starts(word, STR("grandtotal")) || str_eqz(word, "total") || str_eqz(word, "totals") ||
	    str_eqz(word, "sum"))
		return true;
	bool letters = false, apart = str_find(first, ' ') >= 0 || str_find(first, ':') >= 0;
	for (size_t i = 0; i < word.n; i++)
		letters = letters || word.p[i] >= 'a';
	return filled <= 3 && letters && apart;
}
