/*
 * xlsx: the reader of one sheet.
 *
 * The sheet's part is unzipped and parsed piece by piece; the parser is paused at the end of each row, so one
 * row is in memory at a time. What a row holds lies in `text` (as long as a CSV record may be), except for
 * shared texts, whose cells point into the book's. Rows that the file leaves out are put in when the next one
 * is there, so that line numbers, blank lines and counters are as in the same sheet saved as CSV.
 *
 * Parsing ends with the sheet's data; what follows (merged cells, links, pictures) is only unzipped, so that
 * the CRC over the whole part is checked before the end is told.
 *
 * Owns the book, the open part and the parser. Disadvantages: a later run unzips and parses the rows before its
 * place again; hidden rows and columns are read like the others; of merged cells only the first has the value.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/panic.h"
#include "codec/xlsx.h"
#include "codec/xlsx_book.h"
#include "codec/xml.h"

struct xlsx_reader {
	struct xlsx_book book;
	const struct xlsx_sheet *sheet;
	struct zip_in_file *part;
	uint64_t size; /* of the part */
	struct xml *xml;
	char why[XLSX_WHY]; /* empty: nothing is wrong */

	uint64_t given; /* number of the row handed out last */
	uint64_t row;   /* number of the row read last */
	bool have;      /* it has not been handed out */
	bool in_data;
	bool in_row;
	bool done; /* the sheet's data has ended */

	/* the cell being read */
	size_t col, next_col;
	char type; /* first letters: n s(hared) i(nline, formula's text) b e d */
	uint64_t style;
	bool take; /* the text that comes is its value */
	bool phonetic;
	size_t begin; /* in `text` */

	/* the row being read */
	size_t n, width;
	size_t text_n;
	enum csv_flaw flaw;
	size_t flaw_cell;
	struct buf raw;
	struct str cell[CSV_CELLS_MAX];
	uint8_t quoted[CSV_CELLS_MAX];
	char text[CSV_RECORD_MAX];
};

static const struct csv_dialect comma = {',', '"'};

/* The worst flaw is the one told, as in csv.c. */
static void set_flaw(struct xlsx_reader *r, enum csv_flaw flaw, size_t cell)
{
	if (r->flaw == CSV_FINE || flaw < r->flaw) {
		r->flaw = flaw;
		r->flaw_cell = cell;
	}
}

static void add_text(struct xlsx_reader *r, struct str s)
{
	if (s.n > sizeof r->text - r->text_n) {
		s.n = sizeof r->text - r->text_n;
		set_flaw(r, CSV_TOO_LONG, r->col < CSV_CELLS_MAX ? r->col : CSV_CELLS_MAX - 1);
	}
	if (s.n)
		memcpy(r->text + r->text_n, s.p, s.n);
	r->text_n += s.n;
}

static void begin_row(struct xlsx_reader *r, struct str number)
{
	uint64_t row = r->row + 1;

	if (number.p && !str_to_u64(number, XLSX_ROWS_MAX, &row))
		row = 0;
	if (row <= r->row || row > XLSX_ROWS_MAX || r->in_row) {
		xml_fail(r->xml, "its rows are not in order");
		return;
	}
	r->row = row;
	r->in_row = true;
	r->n = r->text_n = r->next_col = 0;
	r->flaw = CSV_FINE;
	r->flaw_cell = 0;
}

/* "C5" is column 2. */
static bool column(struct str ref, size_t *col)
{
	size_t c = 0, i = 0;

	for (; i < ref.n && i < 3 && ref.p[i] >= 'A' && ref.p[i] <= 'Z'; i++)
		c = c * 26 + (size_t)(ref.p[i] - 'A' + 1);
	*col = c - 1;
	return c > 0 && i < ref.n && ref.p[i] >= '0' && ref.p[i] <= '9';
}

static void begin_cell(struct xlsx_reader *r, struct xml_attrs attrs)
{
	struct str ref = xml_attr(attrs, "r"), type = xml_attr(attrs, "t");

	r->col = r->next_col;
	if (ref.p && !column(ref, &r->col)) {
		xml_fail(r->xml, "a cell in it has no place");
		return;
	}
	r->next_col = r->col + 1;
	r->style = 0;
	(void)str_to_u64(xml_attr(attrs, "s"), XLSX_STYLES_MAX, &r->style);
	r->type = type.n ? type.p[0] : 'n';
	if (str_eqz(type, "str"))
		r->type = 'i';
	r->begin = r->text_n;
	r->take = r->phonetic = false;
}

/* The number that was read becomes its text, in the same place. */
static struct str number_text(struct xlsx_reader *r, struct str v)
{
	enum xlsx_kind kind = r->style < r->book.styles ? (enum xlsx_kind)r->book.style[r->style] : XLSX_NUMBER;
	char out[XLSX_VALUE_TEXT];
	size_t n = xlsx_value_text(v, kind, r->book.from_1904, out);

	if (n == 0)
		return v;
	r->text_n = r->begin;
	add_text(r, (struct str){out, n});
	return (struct str){r->text + r->begin, r->text_n - r->begin};
}

static struct str shared_text(struct xlsx_reader *r, struct str v)
{
	uint64_t i;
	struct str s = {NULL, 0};

	if (str_to_u64(str_trim(v), UINT32_MAX, &i))
		s = xlsx_book_text(&r->book, i);
	if (!s.p && v.n)
		xml_fail(r->xml, "a cell in it refers to a text that is not there");
	r->text_n = r->begin;
	return s;
}

/* What was taken between the cell's tags, as a person would have typed it. */
static struct str cell_text(struct xlsx_reader *r)
{
	struct str v = {r->text + r->begin, r->text_n - r->begin};
	char *t;

	switch (r->type) {
	case 's':
		return shared_text(r, v);
	case 'i':
		v.n = xlsx_unescape(r->text + r->begin, v.n);
		r->text_n = r->begin + v.n;
		return v;
	case 'b':
		return str_eqz(str_trim(v), "1") ? STR("TRUE") : str_eqz(str_trim(v), "0") ? STR("FALSE") : v;
	case 'd':
		t = memchr(r->text + r->begin, 'T', v.n);
		if (t)
			*t = ' ';
		return v;
	case 'n':
		return number_text(r, v);
	}
	return v; /* an error: #N/A */
}

static void end_cell(struct xlsx_reader *r)
{
	struct str s = cell_text(r);

	if (s.n == 0)
		return;
	if (r->col >= CSV_CELLS_MAX) {
		set_flaw(r, CSV_TOO_MANY, CSV_CELLS_MAX);
		return;
	}
	for (; r->n <= r->col; r->n++) {
		r->cell[r->n] = STR("");
		r->quoted[r->n] = 0;
	}
	r->cell[r->col] = s;
	r->quoted[r->col] = r->type == 's' || r->type == 'i';
}

static void on_start(void *arg, struct str name, struct xml_attrs attrs)
{
	struct xlsx_reader *r = arg;

	if (str_eqz(name, "sheetData"))
		r->in_data = true;
	else if (!r->in_data)
		return;
	else if (str_eqz(name, "c"))
		begin_cell(r, attrs);
	else if (str_eqz(name, "v"))
		r->take = true;
	else if (str_eqz(name, "t"))
		r->take = !r->phonetic;
	else if (str_eqz(name, "row"))
		begin_row(r, xml_attr(attrs, "r"));
	else if (str_eqz(name, "rPh"))
		r->phonetic = true;
}

static void on_text(void *arg, struct str text)
{
	struct xlsx_reader *r = arg;

	if (r->take)
		add_text(r, text);
}

static void on_end(void *arg, struct str name)
{
	struct xlsx_reader *r = arg;

	r->take = false;
	if (!r->in_data)
		return;
	if (str_eqz(name, "c")) {
		end_cell(r);
	} else if (str_eqz(name, "row")) {
		r->have = true;
		r->in_row = false;
		xml_pause(r->xml);
	} else if (str_eqz(name, "sheetData")) {
		r->in_data = false;
		r->done = true;
		xml_pause(r->xml);
	} else if (str_eqz(name, "rPh")) {
		r->phonetic = false;
	}
}

/* Writes the names that there are behind the sentence. */
static void no_such_sheet(const struct xlsx_book *b, struct str name, char why[XLSX_WHY])
{
	size_t at = 0;
	int n = snprintf(why, XLSX_WHY, XLSX_NO_SHEET " \"%.*s\" in this workbook; there is",
	                 (int)(name.n < 40 ? name.n : 40), name.p);

	for (size_t i = 0; i < b->sheets && n > 0 && (at += (size_t)n) < XLSX_WHY; i++)
		n = snprintf(why + at, XLSX_WHY - at, "%s \"%s\"", i ? "," : "", b->sheet[i].name);
}

/* The sheet of that name, or else of that number. */
static const struct xlsx_sheet *named(const struct xlsx_book *b, struct str name)
{
	uint64_t number;

	for (size_t i = 0; i < b->sheets; i++)
		if (b->sheet[i].path[0] && str_eq_nocase(name, str_of(b->sheet[i].name)))
			return &b->sheet[i];
	if (!str_to_u64(name, b->sheets, &number) || number == 0 || !b->sheet[number - 1].path[0])
		return NULL;
	return &b->sheet[number - 1];
}

/* The first that can be seen, or the first. */
static const struct xlsx_sheet *first_of(const struct xlsx_book *b)
{
	const struct xlsx_sheet *first = NULL;

	for (size_t i = 0; i < b->sheets; i++)
		if (b->sheet[i].path[0] && (!first || (first->hidden && !b->sheet[i].hidden)))
			first = &b->sheet[i];
	return first;
}

static const struct xlsx_sheet *choose(const struct xlsx_book *b, struct str name, char why[XLSX_WHY])
{
	const struct xlsx_sheet *sheet = name.n ? named(b, name) : first_of(b);

	if (!sheet && name.n)
		no_such_sheet(b, name, why);
	else if (!sheet)
		(void)snprintf(why, XLSX_WHY, "This workbook has no sheet with cells");
	return sheet;
}

static bool open_sheet(struct xlsx_reader *r, struct str name, char why[XLSX_WHY])
{
	static const struct xml_hooks hooks = {on_start, on_end, on_text};
	const struct zip_in_entry *entry;

	r->sheet = choose(&r->book, name, why);
	if (!r->sheet || !xlsx_book_load(&r->book, why))
		return false;
	entry = zip_in_find(r->book.zip, str_of(r->sheet->path));
	r->part = entry ? zip_in_file_open(r->book.zip, entry) : NULL;
	if (!r->part) {
		(void)snprintf(why, XLSX_WHY, "This workbook lacks its part %.80s", r->sheet->path);
		return false;
	}
	r->size = entry->size;
	r->xml = xml_open(&hooks, r, zip_in_read, r->part);
	return true;
}

/* Workbooks of 1997, and encrypted ones of today, are another kind of container. */
static bool is_workbook_file(int fd, char why[XLSX_WHY])
{
	char head[8];

	if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head ||
	    memcmp(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", sizeof head) != 0)
		return true;
	(void)snprintf(why, XLSX_WHY,
	               "This is an old workbook (.xls) or one with a password: save it as .xlsx without one");
	return false;
}

struct xlsx_reader *xlsx_open(int fd, struct str sheet, char why[XLSX_WHY])
{
	struct xlsx_reader *r = calloc(1, sizeof *r);

	if (!r)
		panic("out of memory");
	buf_init(&r->raw, CSV_RECORD_MAX);
	r->width = 1;
	if (is_workbook_file(fd, why) && xlsx_book_open(&r->book, fd, why) && open_sheet(r, sheet, why))
		return r;
	xlsx_close(r);
	return NULL;
}

void xlsx_close(struct xlsx_reader *r)
{
	if (!r)
		return;
	xml_close(r->xml);
	zip_in_file_close(r->part);
	xlsx_book_close(&r->book);
	buf_free(&r->raw);
	free(r);
}

const char *xlsx_why(const struct xlsx_reader *r)
{
	return r->why;
}

const char *xlsx_sheet(const struct xlsx_reader *r, size_t *of)
{
	*of = r->book.sheets;
	return r->sheet->name;
}

int xlsx_done(const struct xlsx_reader *r)
{
	uint64_t size = r->size ? r->size : 1;

	return (int)((size - zip_in_left(r->part)) * 1000 / size);
}

static bool failed(struct xlsx_reader *r, const char *why)
{
	(void)snprintf(r->why, sizeof r->why, "The sheet \"%.100s\" is not right: %.60s", r->sheet->name, why);
	return false;
}

/* Unzips the rest of the part, which tells whether all of it was right. */
static bool drain(struct xlsx_reader *r)
{
	ssize_t got;

	do {
		got = zip_in_read(r->part, r->text, sizeof r->text);
	} while (got > 0);
	return got == 0 || failed(r, "its content is damaged");
}

/* Reads on until a row is there or the data has ended. */
static bool read_row(struct xlsx_reader *r)
{
	while (!r->have && !r->done) {
		enum xml_state state = xml_run(r->xml);
		if (state == XML_FAILED)
			return failed(r, xml_why(r->xml));
		if (state == XML_ENDED)
			return failed(r, "it has no rows");
		if (r->done && !r->have)
			return drain(r);
	}
	return true;
}

/* The row as CSV; also finds out whether it is too long. */
static void join(struct xlsx_reader *r)
{
	buf_reset(&r->raw);
	for (size_t i = 0; i < r->n; i++) {
		if (i)
			buf_addc(&r->raw, ',');
		if (r->quoted[i])
			csv_put_text(&r->raw, r->cell[i], comma);
		else
			csv_put_cell(&r->raw, r->cell[i], comma);
	}
	if (r->raw.over)
		set_flaw(r, CSV_TOO_LONG, r->n - 1);
}

static void pad(struct xlsx_reader *r)
{
	if (r->n > r->width)
		r->width = r->n;
	for (size_t to = r->n ? r->width : 1; r->n < to; r->n++) {
		r->cell[r->n] = STR("");
		r->quoted[r->n] = 0;
	}
}

enum csv_next xlsx_next(struct xlsx_reader *r, struct csv_row *row)
{
	static const struct str nothing = STR_INIT("");
	static const uint8_t unquoted = 0;

	if (r->why[0] || !read_row(r))
		return CSV_FAILED;
	if (!r->have)
		return CSV_END;
	if (++r->given == r->row) {
		r->have = false;
		pad(r);
	}

	*row = (struct csv_row){.cell = &nothing, .quoted = &unquoted, .n = 1, .raw = STR("")};
	row->line = r->given;
	row->offset = r->given - 1;
	row->next = r->given;
	row->next_line = r->given + 1;
	if (r->have) /* one that the file leaves out */
		return CSV_ROW;
	join(r);
	row->cell = r->cell;
	row->quoted = r->quoted;
	row->n = r->n;
	row->raw = buf_str(&r->raw);
	row->flaw = r->flaw;
	row->flaw_cell = r->flaw_cell;
	return CSV_ROW;
}

bool xlsx_sheets(int fd, struct arena *a, struct str **names, size_t *n, char why[XLSX_WHY])
{
	struct xlsx_book *b = calloc(1, sizeof *b);

	if (!b)
		panic("out of memory");
	bool good = is_workbook_file(fd, why) && xlsx_book_open(b, fd, why);
	if (good) {
		*names = ARENA_ARRAY(a, struct str, b->sheets + 1);
		*n = 0;
		for (size_t i = 0; i < b->sheets; i++)
			if (b->sheet[i].path[0])
				(*names)[(*n)++] = arena_str(a, str_of(b->sheet[i].name));
	}
	xlsx_book_close(b);
	free(b);
	return good;
}
