/* xlsx: values and their texts, places and gaps, what libxlsxwriter writes, and workbooks that mean harm. */
#include <fcntl.h>
#include <xlsxwriter.h>

#include "../fuzz/xlsx_make.h"
#include "codec/xlsx_value.h"
#include "codec/xml.h"
#include "unit.h"

/* Rows as one line: cells between |, texts in [], rows ended by / or L, M for the flaw; at the end ! and the
 * reason if it fails. */
static const char *shown_file(int fd, const char *sheet)
{
	static char out[8192];
	struct buf b = BUF_INIT(sizeof out - 1);
	char why[XLSX_WHY] = "";
	struct xlsx_reader *r = xlsx_open(fd, str_of(sheet), why);
	struct csv_row row;
	enum csv_next said = CSV_END;

	while (r && (said = xlsx_next(r, &row)) == CSV_ROW) {
		for (size_t i = 0; i < row.n; i++) {
			buf_addz(&b, i ? "|" : "");
			buf_addz(&b, row.quoted[i] ? "[" : "");
			buf_adds(&b, row.cell[i]);
			buf_addz(&b, row.quoted[i] ? "]" : "");
		}
		buf_addc(&b, "/LM"[row.flaw]);
	}
	if (!r || said == CSV_FAILED)
		buf_printf(&b, "!%s", r ? xlsx_why(r) : why);
	xlsx_close(r);
	(void)xlsx_check(fd);
	(void)close(fd);
	memset(out, 0, sizeof out);
	if (b.n)
		memcpy(out, b.p, b.n);
	buf_free(&b);
	return out;
}

static const char *shown(const struct xlsx_parts *p)
{
	return shown_file(xlsx_make(p), "");
}

#define DATA(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"
/* clang-format off */
#define READS(rows, want) assert_string_equal(shown(&(struct xlsx_parts){.sheet = STR(DATA(rows))}), want)
#define SAYS(parts, words) assert_non_null(strstr(shown(&(struct xlsx_parts)parts), words))
/* clang-format on */

static const char *value(const char *v, enum xlsx_kind kind, bool from_1904)
{
	static char out[XLSX_VALUE_TEXT];

	return xlsx_value_text(str_of(v), kind, from_1904, out) ? out : "-";
}

#define VALUE(v, kind, want) assert_string_equal(value(v, XLSX_##kind, false), want)
#define MAC(v, kind, want)   assert_string_equal(value(v, XLSX_##kind, true), want)

static void numbers(void **state)
{
	(void)state;
	VALUE("0.10000000000000001", NUMBER, "0.1");
	VALUE("0.29999999999999999", NUMBER, "0.3");
	VALUE("0.30000000000000004", NUMBER, "0.3");
	VALUE("1.0000000000000001E-5", NUMBER, "0.00001");
	VALUE("-12.5", NUMBER, "-12.5");
	VALUE("0", NUMBER, "0");
	VALUE("-0", NUMBER, "0");
	VALUE("0E-20", NUMBER, "0");
	VALUE(" 7 ", NUMBER, "7");
	VALUE("1013000000000", NUMBER, "1013000000000");
	VALUE("1.013E12", NUMBER, "1013000000000");
	VALUE("999999999999999", NUMBER, "999999999999999");
	VALUE("1000000000000000", NUMBER, "1E+15");
	VALUE("72200000000000001234", NUMBER, "7.22E+19");
	VALUE("123456789012345.678", NUMBER, "123456789012346");
	VALUE("1234567.8901234567", NUMBER, "1234567.89012346");
	VALUE("1E-15", NUMBER, "0.000000000000001");
	VALUE("-1.23456789012345E-15", NUMBER, "-0.00000000000000123456789012345");
	VALUE("1E-16", NUMBER, "1E-16");
	VALUE("1.7976931348623157E+308", NUMBER, "1.79769313486232E+308");
	VALUE("1E400", NUMBER, "-");
	VALUE("nan", NUMBER, "-");
	VALUE("0x10", NUMBER, "-");
	VALUE("1-2", NUMBER, "-");
	VALUE("", NUMBER, "-");
	VALUE("e", NUMBER, "-");
}

/* The short way for plain numbers gives what the double would. */
static void numbers_both_ways(void **state)
{
	uint64_t seed = unit_seed();
	char plain[64], longer[80], want[XLSX_VALUE_TEXT];

	(void)state;
	for (int i = 0; i < 200000; i++) {
		int digits = 1 + (int)unit_below(&seed, 15),
		    places = (int)unit_below(&seed, (uint64_t)digits + 1);
		uint64_t v = unit_random(&seed), ten = 1;
		for (int d = 0; d < digits; d++)
			ten *= 10;
		v %= ten;
		ten = 1;
		for (int d = 0; d < places; d++)
			ten *= 10;
		const char *sign = v & 1 ? "-" : "";
		(void)snprintf(plain, sizeof plain, "%s%llu%s%.*llu", sign, (unsigned long long)(v / ten),
		               places ? "." : "", places, (unsigned long long)(v % ten));
		(void)snprintf(longer, sizeof longer, "%sE0", plain); /* never plain */
		(void)snprintf(want, sizeof want, "%s", value(longer, XLSX_NUMBER, false));
		assert_string_equal(value(plain, XLSX_NUMBER, false), want);
	}
}

static void dates(void **state)
{
	(void)state;
	VALUE("45670", DATE, "2025-01-13");
	VALUE("45670.020833333336", DATE, "2025-01-13 00:30:00");
	VALUE("45670", DATETIME, "2025-01-13 00:00:00");
	VALUE("45670.020833333336", DATETIME, "2025-01-13 00:30:00");
	VALUE("45669.99999999999", DATETIME, "2025-01-13 00:00:00"); /* a sum of 1/48s */
	VALUE("45670.97916666666", DATETIME, "2025-01-13 23:30:00");
	VALUE("1", DATE, "1900-01-01");
	VALUE("59", DATE, "1900-02-28");
	VALUE("60", DATE, "1900-02-29"); /* never was */
	VALUE("61", DATE, "1900-03-01");
	VALUE("2958465", DATE, "9999-12-31");
	VALUE("2958466", DATE, "2958466");
	VALUE("2958465.9999999", DATE, "2958465.9999999");
	VALUE("-1", DATE, "-1");
	VALUE("0", DATE, "0");
	VALUE("0.5", DATETIME, "12:00:00");
	MAC("0", DATE, "1904-01-01");
	MAC("44208", DATE, "2025-01-13");
	MAC("44208.5", DATETIME, "2025-01-13 12:00:00");
	MAC("2957003", DATE, "9999-12-31");
	MAC("2957004", DATE, "2957004");
	VALUE("0.020833333333333332", TIME, "00:30:00");
	VALUE("0.99998842592592585", TIME, "23:59:59");
	VALUE("0", TIME, "00:00:00");
	VALUE("1", TIME, "24:00:00");
	VALUE("1.0208333333", TIME, "00:30:00");
	VALUE("45670.5", TIME, "12:00:00");
	VALUE("1.5", ELAPSED, "36:00:00");
}

static void formats(void **state)
{
	static const struct {
		const char *code;
		enum xlsx_kind kind;
	} want[] = {
	        {"General", XLSX_NUMBER},
	        {"0.00", XLSX_NUMBER},
	        {"#,##0.00", XLSX_NUMBER},
	        {"0.00E+00", XLSX_NUMBER},
	        {"@", XLSX_NUMBER},
	        {"", XLSX_NUMBER},
	        {"0.0\" kWh/day\"", XLSX_NUMBER},
	        {"\"day \"0", XLSX_NUMBER},
	        {"0\\d", XLSX_NUMBER},
	        {"[Red]0.0", XLSX_NUMBER},
	        {"_(\"\xc2\xa3\"* #,##0.00_);_(@_)", XLSX_NUMBER},
	        {"dd/mm/yyyy;@", XLSX_DATE},
	        {"[$-409]d-mmm-yy", XLSX_DATE},
	        {"mmm", XLSX_DATE},
	        {"yyyy\\-mm\\-dd", XLSX_DATE},
	        {"hh:mm:ss ddd dd/mm/yyyy", XLSX_DATETIME},
	        {"mmm\\ d\\ yyyy\\ h:mmam/pm", XLSX_DATETIME},
	        {"d/m/yy [h]:mm", XLSX_DATETIME},
	        {"hh:mm:ss;@", XLSX_TIME},
	        {"mm:ss.000", XLSX_TIME},
	        {"h:mm AM/PM", XLSX_TIME},
	        {"[h]:mm", XLSX_ELAPSED},
	        {"[hh]:mm:ss", XLSX_ELAPSED},
	        {"\"", XLSX_NUMBER},
	        {"[", XLSX_NUMBER},
	        {"\\", XLSX_NUMBER},
	        {"[]", XLSX_NUMBER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		if (xlsx_kind_of_code(str_of(want[i].code)) != want[i].kind)
			print_error("format %zu\n", i);
		assert_int_equal(xlsx_kind_of_code(str_of(want[i].code)), want[i].kind);
	}
	assert_int_equal(xlsx_kind_of_id(0), XLSX_NUMBER);
	assert_int_equal(xlsx_kind_of_id(14), XLSX_DATE);
	assert_int_equal(xlsx_kind_of_id(20), XLSX_TIME);
	assert_int_equal(xlsx_kind_of_id(22), XLSX_DATETIME);
	assert_int_equal(xlsx_kind_of_id(46), XLSX_ELAPSED);
}

static void cells(void **state)
{
	(void)state;
	READS("", "");
	READS("<row r='1'><c r='A1'><v>1</v></c><c r='B1'><v>2</v></c></row>", "1|2/");
	READS("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", "1|2/3|/");
	READS("<row r='1'><c r='C1'><v>1</v></c><c><v>2</v></c></row>", "||1|2/");
	READS("<row r='3'><c r='A3'><v>1</v></c></row><row r='5'/><row r='6'><c r='B6'><v>2</v></c></row>",
	      "//1///|2/");
	READS("<row><c t='b'><v>1</v></c><c t='b'><v>0</v></c><c t='e'><v>#N/A</v></c></row>",
	      "TRUE|FALSE|#N/A/");
	READS("<row><c t='str'><f>A1&amp;B1</f><v>x</v></c><c><f>1+1</f><v>2</v></c><c><f>3</f></c></row>",
	      "[x]|2/");
	READS("<row><c t='inlineStr'><is><t> a&lt; </t></is></c></row>", "[ a< ]/");
	READS("<row><c "
	      "t='inlineStr'><is><r><t>a</t></r><r><rPr/><t>b</t></r><rPh><t>no</t></rPh></is></c></row>",
	      "[ab]/");
	READS("<row><c t='inlineStr'><is><t>a_x000D_b_x005F_x0041_c_x20AC_ _xD800_ _x1</t></is></c></row>",
	      "[a\rb_x0041_c\xe2\x82\xac _xD800_ _x1]/");
	READS("<row><c t='d'><v>2025-01-13T00:30:00</v></c></row>", "2025-01-13 00:30:00/");
	READS("<row><c s='9'/><c s='70000'><v>1</v></c><c><v>n/a</v></c></row>", "|1|n/a/");
	READS("<row><c r='A1'/><c r='ZZ1'/></row>", "/");
	READS("<row><c r='A1'><v>1</v></c><c r='SS1'><v>2</v></c></row>", "1M");
	READS("<row r='2'/><row r='2'/>", "//!The sheet \"One\" is not right: its rows are not in order");
	READS("<row><row/></row>", "!The sheet \"One\" is not right: its rows are not in order");
	READS("<row r='1048577'/>", "!The sheet \"One\" is not right: its rows are not in order");
	READS("<row><c r='5'/></row>", "!The sheet \"One\" is not right: a cell in it has no place");
	READS("<row><c t='s'><v>0</v></c></row>",
	      "!The sheet \"One\" is not right: a cell in it refers to a text that is not there");
}

static void parts(void **state)
{
	struct xlsx_parts p = {
	        .sheet = STR(DATA(
	                "<row><c t='s'><v>1</v></c><c t='s'><v>0</v></c><c t='s'><v>2</v></c>"
	                "<c s='1'><v>45670</v></c><c s='2'><v>45670.5</v></c><c s='3'><v>0.5</v></c></row>")),
	        .texts = STR("<sst><si><t>zero</t></si><si><r><t>o</t></r><r><t>ne</t></r></si><si/></sst>"),
	        .styles = STR(
	                "<x:styleSheet><x:numFmts><x:numFmt numFmtId='170' formatCode='dd/mm/yyyy hh:mm'/>"
	                "</x:numFmts><x:cellStyleXfs><x:xf numFmtId='14'/></x:cellStyleXfs><x:cellXfs>"
	                "<x:xf numFmtId='0'/><x:xf numFmtId='14'/><x:xf numFmtId='170'/><x:xf numFmtId='20'/>"
	                "</x:cellXfs></x:styleSheet>"),
	};

	(void)state;
	assert_string_equal(shown(&p), "[one]|[zero]||2025-01-13|2025-01-13 12:00:00|12:00:00/");
	p.book = STR("<workbook><workbookPr date1904='1'/><sheets><sheet name='H' state='hidden' r:id='r9'/>"
	             "<sheet name='One' r:id='r1'/></sheets></workbook>");
	assert_string_equal(shown(&p), "[one]|[zero]||2029-01-14|2029-01-14 12:00:00|12:00:00/");
	assert_string_equal(shown_file(xlsx_make(&p), "one"), shown(&p));
	assert_string_equal(shown_file(xlsx_make(&p), "Two"),
	                    "!There is no sheet \"Two\" in this workbook; there is \"H\", \"One\"");
}

/* A row with a cell of n bytes, then one of 3. */
static struct str long_row(struct buf *b, size_t n)
{
	buf_reset(b);
	buf_addz(b, "<worksheet><sheetData><row><c t='str'><v>");
	for (size_t i = 0; i < n; i++)
		buf_addc(b, 'x');
	buf_addz(b, "</v></c></row><row><c t='str'><v>abc</v></c></row></sheetData></worksheet>");
	return buf_str(b);
}

static void long_rows(void **state)
{
	struct buf b = BUF_INIT(1 << 20);
	char why[XLSX_WHY];
	struct csv_row row;

	(void)state;
	for (int over = 0; over < 2; over++) {
		int fd = xlsx_make(&(struct xlsx_parts){.sheet = long_row(&b, CSV_RECORD_MAX + (size_t)over)});
		struct xlsx_reader *r = xlsx_open(fd, STR(""), why);
		assert_int_equal(xlsx_next(r, &row), CSV_ROW);
		assert_int_equal(row.flaw, over ? CSV_TOO_LONG : CSV_FINE);
		assert_int_equal(row.cell[0].n, CSV_RECORD_MAX);
		assert_int_equal(xlsx_next(r, &row), CSV_ROW);
		assert_str(row.cell[0], "abc");
		assert_int_equal(row.flaw, CSV_FINE);
		assert_int_equal(xlsx_next(r, &row), CSV_END);
		xlsx_close(r);
		assert_int_equal(xlsx_check(fd), 2);
		(void)close(fd);
	}
	buf_free(&b);
}

#define BILLION                                                                                       \
	"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><worksheet>&b;" \
	"</worksheet>"

static void harm(void **state)
{
	struct buf deep = BUF_INIT(1 << 20);

	(void)state;
	SAYS({.sheet = STR(BILLION)}, "declares a document type");
	SAYS({.sheet = STR("<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>")}, "declares a document type");
	SAYS({.texts = STR(BILLION)}, "texts.xml is not right: it declares a document type");
	SAYS({.sheet = STR("<worksheet>&xxe;</worksheet>")}, "undefined entity");
	SAYS({.sheet = STR("<worksheet><sheetData><row>")}, "is not right");
	SAYS({.sheet = STR("<worksheet/>")}, "it has no rows");
	SAYS({.sheet = STR("not xml")}, "is not right");
	SAYS({.relations = STR("<R/>")}, "no sheet with cells");
	SAYS({.relations = STR(XLSX_RELATION("r1", "worksheet", "../../etc/passwd"))},
	     "leads out of the workbook");
	SAYS({.relations = STR(XLSX_RELATION("r1", "worksheet", "gone.xml"))}, "lacks its part xl/gone.xml");
	SAYS({.relations = STR(
	              "<Relationship Id='r1' Type='x/worksheet' TargetMode='External' Target='sheet.xml'/>")},
	     "no sheet with cells");
	SAYS({.book = STR("<workbook><sheets/></workbook>")}, "no sheet with cells");
	for (int i = 0; i <= XML_DEPTH_MAX; i++)
		buf_addz(&deep, "<a>");
	SAYS({.sheet = buf_str(&deep)}, "nested too deeply");
	buf_reset(&deep);
	buf_addz(&deep, "<a>");
	for (int i = 0; i < 9000; i++)
		buf_printf(&deep, "<n%d/>", i);
	SAYS({.sheet = buf_str(&deep)}, "too many different names");
	buf_reset(&deep);
	buf_addz(&deep, "<a b='");
	for (int i = 0; i < 900000; i++)
		buf_addc(&deep, 'x');
	SAYS({.sheet = buf_str(&deep)}, "too long");
	buf_free(&deep);
	assert_non_null(strstr(shown_file(zip_make_file(STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on")), ""),
	                       "password"));
	assert_non_null(strstr(shown_file(zip_make_file(STR("a,b\n1,2\n")), ""), "not a whole ZIP"));
}

/* 48 MiB of one shared text pass the limit of 32 MiB. */
static void too_much_text(void **state)
{
	struct buf b = BUF_INIT(52 << 20);

	(void)state;
	buf_addz(&b, "<sst>");
	while (b.n < 48 << 20)
		buf_addz(&b, "<si><t>a text of no use that comes again and again and again, so that it is "
		             "many</t></si>");
	buf_addz(&b, "</sst>");
	SAYS({.texts = buf_str(&b)}, "more text than can be read");
	buf_free(&b);
}

/* The rows of a workbook that another program wrote. */
static void by_libxlsxwriter(void **state)
{
	char path[] = "/tmp/wl-xlsx-XXXXXX", why[XLSX_WHY];
	int fd = mkstemp(path);
	lxw_workbook *book = workbook_new(path);
	lxw_worksheet *first = workbook_add_worksheet(book, "Notes"),
	              *s = workbook_add_worksheet(book, "Half hours");
	lxw_format *day = workbook_add_format(book), *clock = workbook_add_format(book);
	lxw_datetime at = {2025, 3, 30, 1, 30, 0};
	struct arena *a = arena_new(1 << 16);
	struct str *names;
	size_t n;

	(void)state;
	format_set_num_format(day, "dd/mm/yyyy hh:mm");
	format_set_num_format(clock, "hh:mm");
	worksheet_write_string(first, 0, 0, "nothing here", NULL);
	worksheet_write_string(s, 0, 0, "mpan", NULL);
	worksheet_write_string(s, 0, 1, "at", NULL);
	worksheet_write_number(s, 0, 2, 1.0 / 48, clock);
	worksheet_write_number(s, 2, 0, 1013000000000.0, NULL);
	worksheet_write_datetime(s, 2, 1, &at, day);
	worksheet_write_number(s, 2, 2, 0.1 + 0.2, NULL);
	worksheet_write_boolean(s, 3, 0, 1, NULL);
	worksheet_write_formula_num(s, 3, 2, "=1+1.5", NULL, 2.5);
	worksheet_write_blank(s, 4, 1, day);
	worksheet_write_string(s, 5, 0, "=cmd", NULL);
	assert_int_equal(workbook_close(book), LXW_NO_ERROR);
	(void)close(fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(xlsx_sheets(fd, a, &names, &n, why));
	assert_int_equal(n, 2);
	assert_str(names[1], "Half hours");
	assert_string_equal(shown_file(dup(fd), ""), "[nothing here]/");
	assert_string_equal(shown_file(fd, "half hours"),
	                    "[mpan]|[at]|00:30:00//1013000000000|2025-03-30 01:30:00|0.3/TRUE||2.5//[=cmd]||/");
	(void)unlink(path);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(numbers),       cmocka_unit_test(numbers_both_ways),
	        cmocka_unit_test(dates),         cmocka_unit_test(formats),
	        cmocka_unit_test(cells),         cmocka_unit_test(parts),
	        cmocka_unit_test(long_rows),     cmocka_unit_test(harm),
	        cmocka_unit_test(too_much_text), cmocka_unit_test(by_libxlsxwriter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
