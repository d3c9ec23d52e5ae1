/*
 * xlsx_make: workbooks of one sheet made of their parts' texts, and what must hold for any workbook whatever;
 * shared by the unit test and the fuzz target.
 */
#ifndef WL_TESTS_XLSX_MAKE_H
#define WL_TESTS_XLSX_MAKE_H

#include "codec/xlsx.h"
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

/* Reads the file twice, once as a later run that goes on at row `from`. Returns the rows, or -1 where the sheet
 * cannot be opened or read to its end. Aborts where something does not hold. */
static inline long xlsx_check(int fd, uint64_t from)
{
	char why[XLSX_WHY] = "";
	struct xlsx_reader *a = xlsx_open(fd, STR(""), why), *b = xlsx_open(fd, STR(""), why);
	struct csv_row x, y;
	enum csv_next said;
	uint64_t at = 0;

	CSV_CHECK(!a == !b && !a == (why[0] != 0));
	if (!a)
		return -1;
	xlsx_skip_to(b, from);
	while ((said = xlsx_next(a, &x)) == CSV_ROW) {
		CSV_CHECK(x.offset == at && x.line == at + 1 && x.next == at + 1 && x.next_line == at + 2);
		CSV_CHECK(x.n >= 1 && x.n <= CSV_CELLS_MAX && x.raw.n <= CSV_RECORD_MAX);
		CSV_CHECK(x.flaw != CSV_OPEN_QUOTE && x.flaw != CSV_AFTER_QUOTE &&
		          x.flaw_cell <= CSV_CELLS_MAX);
		if (x.flaw != CSV_TOO_LONG)
			xlsx_check_raw(&x);
		at = x.next;
		if (x.offset < from)
			continue;
		CSV_CHECK(xlsx_next(b, &y) == CSV_ROW);
		csv_check_same(&x, &y);
	}
	CSV_CHECK(xlsx_next(b, &y) == said && xlsx_next(a, &x) == said);
	CSV_CHECK((said == CSV_FAILED) == (xlsx_why(a)[0] != 0));
	xlsx_close(a);
	xlsx_close(b);
	return said == CSV_END ? (long)at : -1;
}

#endif
