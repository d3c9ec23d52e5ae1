/*
 * xlsx_make: workbooks of one sheet made of their parts' texts, and what must hold for any workbook whatever;
 * shared by the unit test and the fuzz target.
 */
#ifndef WL_TESTS_XLSX_MAKE_H
#define WL_TESTS_XLSX_MAKE_H

#include "codec/xlsx_text.h"
#include "csv_check.h"
#include "zip_make.h"

struct xlsx_parts {
	struct str sheet, texts, styles, book, relations; /* p == NULL: an ordinary one */
};

#define XLSX_RELATION(id, type, target) "<Relationship Id='" id "' Type='x/" type "' Target='" target "'/>"

static inline int xlsx_make(const struct xlsx_parts *p)
{
	const struct zip_lie plain = {.size = 0};
	struct zip_make z;
	const struct str book = STR("<workbook><sheets><sheet name='One' r:id='r1'/></sheets></workbook>");
	const struct str relations =
	        STR("<Relationships>" XLSX_RELATION("r1", "worksheet", "sheet.xml")
	                    XLSX_RELATION("r2", "styles", "/xl/styles.xml")
	                            XLSX_RELATION("r3", "sharedStrings", "./texts.xml") "</Relationships>");

	zip_make_init(&z);
	zip_make_add(&z, "_rels/.rels",
	             STR("<Relationships>" XLSX_RELATION("r1", "officeDocument",
	                                                 "xl/workbook.xml") "</Relationships>"),
	             plain);
	zip_make_add(&z, "xl/workbook.xml", p->book.p ? p->book : book, plain);
	zip_make_add(&z, "xl/_rels/workbook.xml.rels", p->relations.p ? p->relations : relations, plain);
	zip_make_add(&z, "xl/sheet.xml", p->sheet, plain);
	zip_make_add(&z, "xl/texts.xml", p->texts.p ? p->texts : STR("<sst/>"), plain);
	zip_make_add(&z, "xl/styles.xml", p->styles.p ? p->styles : STR("<styleSheet/>"), plain);
	return zip_make_end(&z);
}

/* The row's raw text, read as CSV, is the row. */
static inline void xlsx_check_raw(const struct csv_row *row)
{
	struct csv_source s = {row->raw, 0};
	struct csv_reader *r = csv_open((struct csv_dialect){',', '"'}, csv_check_read, &s, 1, 1);
	struct csv_row again;

	if (row->raw.n == 0) {
		CSV_CHECK(row->n == 1 && row->cell[0].n == 0);
	} else {
		CSV_CHECK(csv_next(r, &again) == CSV_ROW && again.flaw == CSV_FINE && again.n == row->n);
		for (size_t i = 0; i < row->n; i++)
			CSV_CHECK(str_eq(row->quoted[i] ? csv_unguard(again.cell[i]) : again.cell[i],
			                 row->cell[i]));
		CSV_CHECK(csv_next(r, &again) == CSV_END);
	}
	csv_close(r);
}

/* The cell with blanks for the line ends. */
static inline bool xlsx_check_cell(struct str cell, struct str in_line)
{
	CSV_CHECK(cell.n == in_line.n);
	for (size_t i = 0; i < cell.n; i++)
		if (in_line.p[i] != (cell.p[i] == '\n' || cell.p[i] == '\r' ? ' ' : cell.p[i]))
			return false;
	return true;
}

/* The line that the sheet's text has for a row: the row's own text, or as flawed as the row is. */
static inline void xlsx_check_line(const struct csv_row *row, const struct csv_row *line)
{
	struct csv_source s = {row->raw, 0};
	struct csv_reader *r = csv_open((struct csv_dialect){',', '"'}, csv_check_read, &s, 1, 1);
	struct csv_row own;

	CSV_CHECK(line->line == row->line);
	if (row->flaw == CSV_TOO_LONG || row->raw.n >= CSV_RECORD_MAX) {
		CSV_CHECK(line->flaw == CSV_TOO_LONG);
	} else if (row->flaw == CSV_TOO_MANY) {
		CSV_CHECK(line->flaw == CSV_TOO_MANY);
	} else if (csv_next(r, &own) == CSV_ROW) {
		CSV_CHECK(line->flaw == CSV_FINE && line->n == own.n);
		for (size_t i = 0; i < own.n; i++)
			CSV_CHECK(xlsx_check_cell(own.cell[i], line->cell[i]));
	}
	csv_close(r);
}

/* Reads the file twice, as rows and as text. Returns the rows, or -1 where the sheet cannot be opened or read
 * to its end. Aborts where something does not hold. */
static inline long xlsx_check(int fd)
{
	char why[XLSX_WHY] = "";
	struct xlsx_reader *a = xlsx_open(fd, STR(""), why);
	struct xlsx_text *b = xlsx_text_open(fd, STR(""), why);
	struct csv_row x, y;
	enum csv_next said;
	uint64_t at = 0;

	CSV_CHECK(!a == !b && !a == (why[0] != 0));
	if (!a)
		return -1;
	struct csv_reader *lines = csv_open((struct csv_dialect){',', '"'}, xlsx_text_read, b, 1, 1);
	bool failed = false;
	while ((said = xlsx_next(a, &x)) == CSV_ROW) {
		CSV_CHECK(x.offset == at && x.line == at + 1 && x.next == at + 1 && x.next_line == at + 2);
		CSV_CHECK(x.n >= 1 && x.n <= CSV_CELLS_MAX && x.raw.n <= CSV_RECORD_MAX);
		CSV_CHECK(x.flaw != CSV_OPEN_QUOTE && x.flaw != CSV_AFTER_QUOTE &&
		          x.flaw_cell <= CSV_CELLS_MAX);
		if (x.flaw != CSV_TOO_LONG)
			xlsx_check_raw(&x);
		at = x.next;
		/* a text that fails later on has not given the lines before that */
		failed = failed || csv_next(lines, &y) == CSV_FAILED;
		if (!failed)
			xlsx_check_line(&x, &y);
	}
	CSV_CHECK(xlsx_next(a, &x) == said && csv_next(lines, &y) == said && (!failed || said == CSV_FAILED));
	CSV_CHECK((said == CSV_FAILED) == (xlsx_why(a)[0] != 0));
	CSV_CHECK(said != CSV_END || xlsx_done(a) == 1000);
	csv_close(lines);
	xlsx_text_close(b);
	xlsx_close(a);
	return said == CSV_END ? (long)at : -1;
}

#endif
