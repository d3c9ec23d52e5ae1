/*
 * layout: how a file is laid out, found from its first 64 KiB.
 *
 * The header is looked for in the first 15 lines that are not empty: the first one in which a form of
 * imports.def finds its columns. A column's role follows from its name, squeezed to [a-z0-9]; interval columns
 * are a run of names that count periods or half hours. No supplier and no file is named here.
 */
#include <stdio.h>

#include "app/import/format.h"
#include "codec/json.h"

#define HEADER_LINES    15
#define INTERVALS_LEAST 46

#define IMPORT(name, m, r, title) \
	bool m(struct layout *l); \
	void r(struct import_run *run, const struct csv_row *row);
#include "app/imports.def"
#undef IMPORT
const struct import_format import_formats[] = {
#define IMPORT(name, m, r, title) {#name, title, m, r},
#include "app/imports.def"
#undef IMPORT
};
const size_t import_formats_count = sizeof(import_formats) / sizeof(import_formats[0]);

/* The names of each role, best first: of two columns that fit, the one whose name stands earlier is taken. */
static const char *const role_names[COLUMN_ROLES] = {
        [COLUMN_METER] = " mpan mpancore mpxn mpr mprn metermpan mpanmprnspid metercode meter meterid "
                         "meterreference meterref "
                         "meteridentifier meterpoint meterserial meterserialnumber serial serialnumber msn "
                         "serialnum metermsn "
                         "generationmsn supplynumber supplyid spid meternumber metername meterreferencenumber "
                         "mpn nmi ean pod prm "
                         "cups smartmeterid ",
        [COLUMN_DATE] =
                " date readdate readingdate perioddate billdate insertdate day rdate settdate settlementdate "
                "consumptiondate dateofreading readdateuk meterreadingdate startdate ",
        [COLUMN_TIME] = " time readtime readingtime periodtime timeslot intervaltime hour settperiod "
                        "settlementperiod period "
                        "sp hh ",
        [COLUMN_START] = " intervalstart ",
        [COLUMN_MINUTES] = " intervalminutes ",
        [COLUMN_VALUE] =
                " kwh reading readvalue value consumption actualkwh energykwh consumptionkwh readingkwh "
                "totalkwh "
                "dailykwh kwhdelivered usage energy meterread meterconsumption total dailytotal wh mwh volume ",
        [COLUMN_UNIT] = " unit units uom reportingunit ",
        [COLUMN_CHANNEL] = " channel ",
        [COLUMN_QUALITY] = " quality readingtype ae actualestimated estimate est estimated flag dqflag "
                           "datamarker dataquality "
                           "actualorestimate readtype indicator ",
        [COLUMN_FLAGS] = " flags ",
};
/* A meter's name only where there is no better one. */
static const char weak_meter_names[] = " siteid site sitename channelname name id reference siteref ";

/* ---- names ---- */

/* Lower case, [a-z0-9] only; what stands in brackets goes to *hint. */
static struct str squeeze(struct arena *a, struct str cell, struct str *hint)
{
	char *p = arena_alloc(a, cell.n + 1), *h = arena_alloc(a, cell.n + 1);
	size_t n = 0, hn = 0;
	int depth = 0;
	for (size_t i = 0; i < cell.n; i++) {
		char ch = cell.p[i];
		if (ch == '(' || ch == '[')
			depth++;
		else if ((ch == ')' || ch == ']') && depth)
			depth--;
		if (ch >= 'A' && ch <= 'Z')
			ch = (char)(ch + 32);
		if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9')))
			continue;
		if (depth)
			h[hn++] = ch;
		else
			p[n++] = ch;
	}
	*hint = (struct str){h, hn};
	return (struct str){p, n};
}

/* Position of a name in a list of names between blanks, or -1. */
static ptrdiff_t listed(const char *names, struct str name)
{
	char with_blanks[64];
	if (name.n == 0 || name.n + 2 > sizeof(with_blanks))
		return -1;
	with_blanks[0] = ' ';
	memcpy(with_blanks + 1, name.p, name.n);
	with_blanks[name.n + 1] = ' ';
	return str_search(str_of(names), (struct str){with_blanks, name.n + 2});
}

static int best_column(const struct layout *l, const char *names)
{
	int best = -1;
	ptrdiff_t best_place = -1;
	for (size_t i = 0; i < l->columns; i++) {
		if (l->intervals && (int)i >= l->first_interval && (int)i < l->first_interval + l->intervals)
			continue;
		ptrdiff_t place = listed(names, l->squeezed[i]);
		if (place >= 0 && (best < 0 || place < best_place)) {
			best = (int)i;
			best_place = place;
		}
	}
	return best;
}

/* ---- interval columns ---- */

/* The number that ends a name ("hh07" is 7 after "hh"); -1: none. */
static int trailing_number(struct str name, size_t *prefix)
{
	size_t i = name.n;
	while (i > 0 && name.p[i - 1] >= '0' && name.p[i - 1] <= '9')
		i--;
	*prefix = i;
	uint64_t n;
	return name.n - i >= 1 && name.n - i <= 4 && str_to_u64(str_sub(name, i, name.n), 9999, &n) ? (int)n
	                                                                                            : -1;
}

/* Half hours in order: 00:00 (or 00:30) onwards, "0030" or 30, 100, 130 ... in minutes of the day; -1: not a
 * time. */
static int minutes_of(struct str name)
{
	uint64_t n;
	size_t i = name.n;
	while (i > 0 && name.p[i - 1] >= '0' && name.p[i - 1] <= '9')
		i--;
	struct str digits = str_sub(name, i, name.n);
	if (digits.n == 6 && str_ends(digits, STR("00"))) /* 003000: with seconds */
		digits.n = 4;
	if (digits.n < 1 || digits.n > 4 || !str_to_u64(digits, 2400, &n) || n % 100 >= 60)
		return -1;
	return (int)(n / 100 * 60 + n % 100);
}

/* How many columns from `from` on count 1, 2, 3 ... under one prefix. */
static int run_of_numbers(const struct layout *l, size_t from)
{
	size_t prefix, next_prefix;
	int first = trailing_number(l->squeezed[from], &prefix), count = 1;
	if (first != 1 && first != 0)
		return 0;
	for (size_t i = from + 1; i < l->columns; i++, count++) {
		if (trailing_number(l->squeezed[i], &next_prefix) != first + count || next_prefix != prefix ||
		    memcmp(l->squeezed[i].p, l->squeezed[from].p, prefix) != 0)
			break;
	}
	return count;
}

/* How many columns from `from` on are times a step apart. */
static int run_of_times(const struct layout *l, size_t from, int step)
{
	int first = minutes_of(l->squeezed[from]), count = 1;
	if (first != 0 && first != step)
		return 0;
	for (size_t i = from + 1; i < l->columns; i++, count++) {
		int m = minutes_of(l->squeezed[i]);
		if (m != (first + count * step) && !(m == 0 && first + count * step == 1440))
			break;
	}
	return count;
}

static void find_intervals(struct layout *l)
{
	for (size_t i = 0; i + INTERVALS_LEAST <= l->columns; i++) {
		int numbers = run_of_numbers(l, i), halves = run_of_times(l, i, 30),
		    quarters = run_of_times(l, i, 15);
		int most = numbers > halves ? numbers : halves;
		most = quarters > most ? quarters : most;
		if (most < INTERVALS_LEAST)
			continue;
		l->first_interval = (int)i;
		l->interval_minutes = most >= 92 ? 15 : 30;
		int limit = 25 * 60 / l->interval_minutes;
		l->intervals = most > limit ? limit : most;
		return;
	}
}

/* ---- the header ---- */

static void take_apart(struct arena *a, const struct csv_row *row, struct layout *l)
{
	l->columns = row->n;
	l->name = ARENA_ARRAY(a, struct str, row->n);
	l->squeezed = ARENA_ARRAY(a, struct str, row->n);
	l->hint = ARENA_ARRAY(a, struct str, row->n);
	l->intervals = 0;
	for (size_t i = 0; i < row->n; i++) {
		l->name[i] = arena_str(a, str_trim(row->cell[i]));
		l->squeezed[i] = squeeze(a, row->cell[i], &l->hint[i]);
	}
	find_intervals(l);
	for (int role = 0; role < COLUMN_ROLES; role++)
		l->at[role] = best_column(l, role_names[role]);
	if (l->at[COLUMN_METER] < 0)
		l->at[COLUMN_METER] = best_column(l, weak_meter_names);
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

/* Reading from memory, for the reader. */
static ssize_t read_str(void *arg, char *p, size_t n)
{
	struct str *rest = arg;
	struct str now = str_sub(*rest, 0, n);
	if (now.n)
		memcpy(p, now.p, now.n);
	*rest = str_sub(*rest, now.n, rest->n);
	return (ssize_t)now.n;
}

static bool blank(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (str_trim(row->cell[i]).n)
			return false;
	return true;
}

/* What the first rows say about dates and decimal marks. */
static void look_at_rows(struct csv_reader *in, struct layout *l)
{
	struct csv_row row;
	struct date_votes votes = {0};
	unsigned commas = 0, points = 0;
	for (int i = 0; i < 500 && csv_next(in, &row) == CSV_ROW; i++) {
		if (blank(&row))
			continue;
		if (l->at[COLUMN_DATE] >= 0)
			date_vote(&votes, layout_cell(l, &row, COLUMN_DATE));
		int from = l->intervals ? l->first_interval : l->at[COLUMN_VALUE];
		int to = l->intervals ? from + l->intervals : from + 1;
		for (int k = from; k >= 0 && k < to && (size_t)k < row.n; k++) {
			commas += str_find(row.cell[k], ',') >= 0;
			points += str_find(row.cell[k], '.') >= 0;
		}
	}
	l->order = date_guess_order(&votes, &l->order_certain);
	l->decimal_mark = commas && !points ? ',' : '.';
}

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

static int roles_found(const struct layout *l)
{
	return (l->at[COLUMN_METER] >= 0) + (l->at[COLUMN_DATE] >= 0) +
	       (l->intervals > 0 || l->at[COLUMN_VALUE] >= 0);
}

/* The first of the first lines that is a header; *in stands behind it then. */
static bool find_header(struct arena *a, struct csv_reader *in, struct str type, struct layout *l,
                        struct layout *best, const struct import_format **other)
{
	struct csv_row row;
	for (int seen = 0; seen < HEADER_LINES && csv_next(in, &row) == CSV_ROW;) {
		if (blank(&row) || (seen == 0 && str_starts(row.raw, STR("sep="))))
			continue;
		seen++;
		take_apart(a, &row, l);
		if (seen == 1 || roles_found(l) > roles_found(best))
			*best = *l;
		if (!try_formats(l, type, other))
			continue;
		l->header = arena_str(a, row.raw);
		l->header_line = row.line;
		l->data_offset = row.next;
		l->data_line = row.next_line;
		return true;
	}
	return false;
}

enum err layout_detect(struct arena *a, struct str head, struct str type, struct layout *out, struct fault *f)
{
	unsigned skip = 0;
	const struct import_format *other = NULL;
	struct layout best = {.columns = 0};
	struct str rest = head;
	for (int role = 0; role < COLUMN_ROLES; role++)
		best.at[role] = -1;
	*out = (struct layout){.dialect = csv_sniff(head, &skip)};
	struct csv_reader *in = csv_open(out->dialect, read_str, &rest, 0, 1);
	bool found = find_header(a, in, type, out, &best, &other);
	if (found)
		look_at_rows(in, out);
	csv_close(in);
	if (!found && str_trim(head).n == 0)
		return fault_set(f, ERR_INVALID, "file", "The file is empty.");
	return found ? OK : nothing_found(&best, type, other, f);
}

struct str layout_cell(const struct layout *l, const struct csv_row *row, enum column_role role)
{
	int at = l->at[role];
	return at >= 0 && (size_t)at < row->n ? str_trim(row->cell[at]) : (struct str){NULL, 0};
}

/* ---- in words ---- */

static const char *delimiter_name(char d)
{
	switch (d) {
	case ',':
		return "commas";
	case ';':
		return "semicolons";
	case '\t':
		return "tabs";
	case '|':
		return "vertical bars";
	}
	return "another delimiter";
}

static void sentence(struct json_out *j, const char *text)
{
	json_str(j, str_of(text));
}

struct str layout_summary(struct arena *a, const struct layout *l)
{
	struct buf b = BUF_INIT(16384);
	struct json_out j;
	static const char *const orders[] = {"day, month, year", "month, day, year", "year, month, day"};
	json_start(&j, &b);
	json_object(&j);
	json_key(&j, "read_as");
	json_array(&j);
	sentence(&j, arena_printf(a, "Form: %s.", l->format->title));
	sentence(&j, arena_printf(a, "The header is line %llu; its %zu columns are split by %s.",
	                          (unsigned long long)l->header_line, l->columns,
	                          delimiter_name(l->dialect.delimiter)));
	if (l->at[COLUMN_METER] >= 0)
		sentence(&j, arena_printf(a, "The meter is in column %d, \"%.*s\".", l->at[COLUMN_METER] + 1,
		                          STR_ARG(l->name[l->at[COLUMN_METER]])));
	if (l->at[COLUMN_DATE] >= 0 && l->at[COLUMN_START] < 0)
		sentence(&j, arena_printf(a, "The date is in column %d, \"%.*s\", written %s%s.",
		                          l->at[COLUMN_DATE] + 1, STR_ARG(l->name[l->at[COLUMN_DATE]]),
		                          orders[l->order],
		                          l->order_certain ? ""
		                                           : " (the usual order: the file does not prove it)"));
	if (l->intervals)
		sentence(&j, arena_printf(a,
		                          "%d intervals of %d minutes begin at column %d, \"%.*s\", with the "
		                          "first of the day.",
		                          l->intervals, l->interval_minutes, l->first_interval + 1,
		                          STR_ARG(l->name[l->first_interval])));
	else if (l->at[COLUMN_VALUE] >= 0)
		sentence(&j, arena_printf(a, "The reading is in column %d, \"%.*s\".", l->at[COLUMN_VALUE] + 1,
		                          STR_ARG(l->name[l->at[COLUMN_VALUE]])));
	if (l->decimal_mark == ',')
		sentence(&j, "The decimal mark is a comma.");
	json_end_array(&j);
	json_end_object(&j);
	struct str out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}
