/* csv: what is read from fixed texts, what holds for random ones, and the way back. */
#include "../fuzz/csv_check.h"
#include "unit.h"

static const struct csv_dialect comma = {',', '"'};

/* The rows of a text as one line: cells between |, quoted ones in [], rows ended by / or, with a flaw, by its
 * letter (L too long, M too many, O open quote, A after quote). */
static const char *shown(struct str text, struct csv_dialect d)
{
	static char out[4096];
	struct buf b = BUF_INIT(sizeof out - 1);
	struct csv_source s = {text, 0};
	struct csv_reader *r = csv_open(d, csv_check_read, &s, 0, 1);
	struct csv_row row;

	csv_check(text, d, 1);
	while (csv_next(r, &row) == CSV_ROW) {
		for (size_t i = 0; i < row.n; i++) {
			buf_addz(&b, i ? "|" : "");
			buf_addz(&b, row.quoted[i] ? "[" : "");
			buf_adds(&b, row.cell[i]);
			buf_addz(&b, row.quoted[i] ? "]" : "");
		}
		buf_addc(&b, "/LMOA"[row.flaw]);
	}
	csv_close(r);
	assert_false(b.over);
	memset(out, 0, sizeof out);
	if (b.n)
		memcpy(out, b.p, b.n);
	buf_free(&b);
	return out;
}

#define READS(text, want) assert_string_equal(shown(STR(text), comma), want)

static void line_ends(void **state)
{
	(void)state;
	READS("", "");
	READS("a", "a/");
	READS("a\n", "a/");
	READS("\n", "/");
	READS("\n\n", "//");
	READS("a,b\nc,d\n", "a|b/c|d/");
	READS("a,b\r\nc,d\r\n", "a|b/c|d/");
	READS("a,b\rc,d\r", "a|b/c|d/");
	READS("a\r\nb\nc\rd", "a/b/c/d/");
	READS("a\n\rb", "a//b/");
	READS("a\r\r\nb", "a//b/");
	READS(",", "|/");
	READS("a,\n,b", "a|/|b/");
	READS("a,,b,\r\n", "a||b|/");
	READS("\xef\xbb\xbf"
	      "a,b\n",
	      "a|b/");
	READS("\xef\xbb\xbf", "");
	READS("\xef\xbb\xbf\"a\"\n", "[a]/");
	READS("\xef\xbb", "\xef\xbb/");
	READS("a\n\xef\xbb\xbf"
	      "b\n",
	      "a/\xef\xbb\xbf"
	      "b/");
}

static void quotes(void **state)
{
	(void)state;
	READS("\"a\",\"b\"\n", "[a]|[b]/");
	READS("\"a,b\",c\n", "[a,b]|c/");
	READS("\"a\"\"b\",\"\"\"\",\"\"\n", "[a\"b]|[\"]|[]/");
	READS("\"a\nb\r\nc\rd\",e\nf", "[a\nb\r\nc\rd]|e/f/");
	READS("a, \"b\" ,\t\"c,d\"\t\n", "a|[b]|[c,d]/");
	READS("12\" pipe,5'10\"\n", "12\" pipe|5'10\"/");
	READS(" a \"b\",c\n", " a \"b\"|c/");
	READS("\"a\"b,c\n", "[ab]|cA");
	READS("\"a\" b\"c\",d\n", "[a b\"c\"]|dA");
	READS("\"a\"\"b\"c\"\"\n", "[a\"bc\"\"]A");
	READS("\"a\"b", "[ab]A");
	READS("\"\"\"", "[\"]O");
	READS("\"", "[]O");
	READS("\"a\"", "[a]/");
	READS("a,\"b", "a|[b]O");
	READS("a,\"b\nc,d\ne,f", "a|[b]Oc|d/e|f/");
	READS("a,\"b\r\nc,\"d\"\n",
	      "a|[b\r\nc,d\"]A"); /* closed by the next quote: nothing else can be known */
	READS("\"a\nb\",\"c\nd", "[a]Ob\"|[c]Od/");
	assert_string_equal(shown(STR("\"a\",'b;c';d\n"), (struct csv_dialect){';', '\''}), "\"a\",'b|c'|d/");
	assert_string_equal(shown(STR("\"a,b\",c\n"), (struct csv_dialect){',', 0}), "\"a|b\"|c/");
	assert_string_equal(shown(STR("a\t\"b\tc\"\t\td\n"), (struct csv_dialect){'\t', '"'}), "a|[b\tc]||d/");
	assert_string_equal(shown(STR("a \"b c\" d\n"), (struct csv_dialect){' ', '"'}), "a|[b c]|d/");
}

static void nul_bytes(void **state)
{
	struct csv_source s = {STR("a\0b,\0\n\"\0\"\n"), 0};
	struct csv_reader *r = csv_open(comma, csv_check_read, &s, 0, 1);
	struct csv_row row;

	(void)state;
	assert_int_equal(csv_next(r, &row), CSV_ROW);
	assert_int_equal(row.n, 2);
	assert_true(str_eq(row.cell[0], STR("a\0b")));
	assert_true(str_eq(row.cell[1], STR("\0")));
	assert_int_equal(csv_next(r, &row), CSV_ROW);
	assert_true(str_eq(row.cell[0], STR("\0")) && row.quoted[0]);
	assert_int_equal(csv_next(r, &row), CSV_END);
	assert_int_equal(csv_next(r, &row), CSV_END);
	csv_close(r);
	/* no quote: a NUL must not be taken for one */
	csv_check(STR("\0a,\0\n\0"), (struct csv_dialect){',', 0}, 1);
}

static void lines_are_counted(void **state)
{
	struct csv_source s = {STR("a\r\n\"b\n\r\nc\rd\",\"\n\"\n\n\"e\nf"), 0};
	struct csv_reader *r = csv_open(comma, csv_check_read, &s, 0, 1);
	static const uint64_t want[] = {1, 2, 7, 8, 9};
	struct csv_row row;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(csv_next(r, &row), CSV_ROW);
		assert_int_equal(row.line, want[i]);
	}
	assert_int_equal(csv_next(r, &row), CSV_END);
	csv_close(r);
}

/* A text of n bytes of c, in memory the test frees. */
static char *filled(size_t n, char c)
{
	char *p = malloc(n + 1);

	assert_non_null(p);
	memset(p, c, n);
	p[n] = '\0';
	return p;
}

static struct csv_row first_row(struct csv_reader **r, struct csv_source *s, struct str text)
{
	struct csv_row row;

	*s = (struct csv_source){text, 0};
	*r = csv_open(comma, csv_check_read, s, 0, 1);
	assert_int_equal(csv_next(*r, &row), CSV_ROW);
	return row;
}

/* Records around the limit, and far over it, and what comes after them. */
static void long_records(void **state)
{
	static const size_t sizes[] = {65533,  65534,  65535,  65536,  65537,
	                               131072, 262143, 262144, 262145, 1000000};
	static const char *const ends[] = {"\n", "\r\n", "\r"};
	struct csv_source s;
	struct csv_reader *r;

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		for (size_t k = 0; k < 3; k++) {
			size_t n = sizes[i], e = strlen(ends[k]);
			char *p = filled(n + 10, 'x');
			p[1] = ',';
			memcpy(p + n, ends[k], e);
			memcpy(p + n + e, "y,z\n", 4);
			struct str text = {p, n + e + 4};
			struct csv_row row = first_row(&r, &s, text);
			assert_int_equal(row.flaw, n < CSV_RECORD_MAX ? CSV_FINE : CSV_TOO_LONG);
			assert_int_equal(row.raw.n, n < CSV_RECORD_MAX ? n : CSV_RECORD_MAX);
			assert_int_equal(row.n, 2);
			assert_int_equal(row.cell[1].n, row.raw.n - 2);
			assert_int_equal(row.next, n + e);
			assert_int_equal(row.next_line, 2);
			assert_int_equal(csv_next(r, &row), CSV_ROW);
			assert_int_equal(row.line, 2);
			assert_str(row.raw, "y,z");
			assert_int_equal(csv_next(r, &row), CSV_END);
			csv_close(r);
			csv_check(text, comma, 99 + i);
			csv_check(str_sub(text, 0, n), comma, 7 + i);
			free(p);
		}
	}
}

static void open_quote_swallows_one_line(void **state)
{
	struct csv_source s;
	struct csv_reader *r;
	char *p = filled(300000, 'x');

	(void)state;
	/* 300 KB of lines behind an open quote: one line is flawed, every other is read */
	for (size_t i = 99; i < 300000; i += 100)
		p[i] = '\n';
	p[0] = '"';
	struct csv_row row = first_row(&r, &s, (struct str){p, 300000});
	assert_int_equal(row.flaw, CSV_OPEN_QUOTE);
	assert_int_equal(row.raw.n, 99);
	assert_int_equal(row.cell[0].n, 98);
	assert_int_equal(row.next, 100);
	size_t rows = 1;
	while (csv_next(r, &row) == CSV_ROW) {
		assert_int_equal(row.flaw, CSV_FINE);
		assert_int_equal(row.raw.n, 99);
		assert_int_equal(row.line, ++rows);
	}
	assert_int_equal(rows, 3000);
	csv_close(r);
	csv_check((struct str){p, 300000}, comma, 3);

	/* without any line end it is too long */
	memset(p, 'x', 300000);
	p[0] = '"';
	row = first_row(&r, &s, (struct str){p, 300000});
	assert_int_equal(row.flaw, CSV_TOO_LONG);
	assert_int_equal(row.next, 300000);
	assert_int_equal(csv_next(r, &row), CSV_END);
	csv_close(r);
	free(p);
}

static void too_many_cells(void **state)
{
	struct csv_source s;
	struct csv_reader *r;
	char *p = filled(1000, ',');

	(void)state;
	struct csv_row row = first_row(&r, &s, (struct str){p, CSV_CELLS_MAX - 1});
	assert_int_equal(row.n, CSV_CELLS_MAX);
	assert_int_equal(row.flaw, CSV_FINE);
	csv_close(r);
	memcpy(p + 990, "\"a\nb\"\nc", 7);
	row = first_row(&r, &s, (struct str){p, 997});
	assert_int_equal(row.n, CSV_CELLS_MAX);
	assert_int_equal(row.flaw, CSV_TOO_MANY);
	assert_int_equal(row.flaw_cell, CSV_CELLS_MAX);
	assert_int_equal(row.next_line, 3); /* the quoted line end was still seen as one */
	assert_int_equal(csv_next(r, &row), CSV_ROW);
	assert_str(row.raw, "c");
	csv_close(r);
	free(p);
}

/* Behind the last byte the window holds what stood there before: it must not be seen. */
static void last_line_ends_where_it_ends(void **state)
{
	struct csv_source s;
	struct csv_reader *r;
	char *p = filled(400008, '\n');

	(void)state;
	for (size_t i = 0; i < 400000; i += 4)
		memcpy(p + i, "a,b\n", 4);
	memset(p + 400000, 'x', 8);
	for (size_t n = 400001; n <= 400008; n++) {
		struct csv_row row = first_row(&r, &s, (struct str){p, n});
		while (row.next < n)
			assert_int_equal(csv_next(r, &row), CSV_ROW);
		assert_int_equal(row.n, 1);
		assert_int_equal(row.cell[0].n, n - 400000);
		assert_int_equal(csv_next(r, &row), CSV_END);
		csv_close(r);
	}
	free(p);
}

static ssize_t failing_read(void *arg, char *p, size_t n)
{
	int *calls = arg;

	if (--*calls < 0)
		return -1;
	n = n < 70000 ? n : 70000;
	memset(p, 'a', n);
	return (ssize_t)n;
}

static void failures(void **state)
{
	struct csv_row row;

	(void)state;
	for (int calls = 0; calls < 6; calls++) {
		int left = calls;
		struct csv_reader *r = csv_open(comma, failing_read, &left, 0, 1);
		assert_int_equal(csv_next(r, &row), CSV_FAILED);
		csv_close(r);
	}
}

/* Random bytes out of the ones that matter: the invariants of csv_check. */
static void random_texts(void **state)
{
	static const char from[] = "a1,,;\"\"\"\n\n\r \tx\0";
	uint64_t seed = unit_seed();

	(void)state;
	for (int round = 0; round < 3000; round++) {
		size_t n = unit_below(&seed, round % 30 ? 400 : 4000);
		char *p = filled(n, ' ');
		for (size_t i = 0; i < n; i++)
			p[i] = from[unit_below(&seed, sizeof from - 1)];
		csv_check((struct str){p, n}, comma, unit_random(&seed));
		free(p);
	}
}

/* Long random texts, so that windows end everywhere. */
static void random_long_texts(void **state)
{
	uint64_t seed = unit_seed();

	(void)state;
	for (int round = 0; round < 30; round++) {
		size_t n = 500000 + unit_below(&seed, 500000);
		uint64_t sparse = 20 + unit_below(&seed, 100000);
		char *p = filled(n, 'x');
		for (size_t i = unit_below(&seed, sparse); i < n; i += 1 + unit_below(&seed, sparse))
			p[i] = "\n\r\",,\n"[unit_below(&seed, 6)];
		csv_check((struct str){p, n}, comma, unit_random(&seed));
		free(p);
	}
}

/* Whatever cells are written are the cells that are read. */
static void round_trip(void **state)
{
	static const char from[] = "ab \t,;|\"\r\n'=+-@.\0\xc3";
	uint64_t seed = unit_seed();
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	for (int round = 0; round < 20000; round++) {
		struct csv_dialect d = {",;\t|"[unit_below(&seed, 4)], '"'};
		char text[20][12];
		struct str cell[20];
		size_t n = 2 + unit_below(&seed, 18);
		bool guard = unit_below(&seed, 2);
		buf_reset(&b);
		for (size_t i = 0; i < n; i++) {
			cell[i] = (struct str){text[i], unit_below(&seed, 12)};
			for (size_t k = 0; k < cell[i].n; k++)
				text[i][k] = from[unit_below(&seed, sizeof from - 1)];
			if (i)
				buf_addc(&b, d.delimiter);
			(guard ? csv_put_text : csv_put_cell)(&b, cell[i], d);
		}
		buf_addz(&b, unit_below(&seed, 2) ? "\r\n" : "\n");
		struct csv_source s = {buf_str(&b), 0};
		struct csv_reader *r = csv_open(d, csv_check_read, &s, 0, 1);
		struct csv_row row;
		assert_int_equal(csv_next(r, &row), CSV_ROW);
		assert_int_equal(row.flaw, CSV_FINE);
		assert_int_equal(row.n, n);
		for (size_t i = 0; i < n; i++)
			assert_true(str_eq(guard ? csv_unguard(row.cell[i]) : row.cell[i], cell[i]));
		assert_int_equal(csv_next(r, &row), CSV_END);
		csv_close(r);
	}
	buf_free(&b);
}

static void writes(void **state)
{
	static const struct {
		const char *cell, *plain, *text;
	} c[] = {
	        {"", "", ""},
	        {"abc", "abc", "abc"},
	        {"a,b", "\"a,b\"", "\"a,b\""},
	        {"a\"b", "\"a\"\"b\"", "\"a\"\"b\""},
	        {"\"", "\"\"\"\"", "\"\"\"\""},
	        {"a\nb", "\"a\nb\"", "\"a\nb\""},
	        {" a", "\" a\"", "\" a\""},
	        {"a ", "\"a \"", "\"a \""},
	        {"a b", "a b", "a b"},
	        {"-5", "-5", "'-5"},
	        {"=1+1", "=1+1", "'=1+1"},
	        {"@x", "@x", "'@x"},
	        {"\tx", "\"\tx\"", "\"'\tx\""},
	        {"\rx", "\"\rx\"", "\"'\rx\""},
	        {"'=x", "'=x", "''=x"},
	        {"'x", "'x", "'x"},
	        {"'", "'", "'"},
	        {"=a,b", "\"=a,b\"", "\"'=a,b\""},
	};
	struct buf b = BUF_INIT(100);

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
		buf_reset(&b);
		csv_put_cell(&b, str_of(c[i].cell), comma);
		assert_str(buf_str(&b), c[i].plain);
		buf_reset(&b);
		csv_put_text(&b, str_of(c[i].cell), comma);
		assert_str(buf_str(&b), c[i].text);
	}
	assert_str(csv_unguard(STR("'=x")), "=x");
	assert_str(csv_unguard(STR("'0123")), "'0123");
	assert_str(csv_unguard(STR("''=x")), "'=x");
	assert_str(csv_unguard(STR("")), "");
	buf_free(&b);
}

static void sniffs(void **state)
{
	static const struct {
		const char *head;
		char delimiter;
		unsigned skip;
	} c[] = {
	        {"", ',', 0},
	        {"a\nb\n", ',', 0},
	        {"a,b\n1,2\n", ',', 0},
	        {"a;b\n1;2\n", ';', 0},
	        {"a\tb\n1\t2\n", '\t', 0},
	        {"a|b|c\n1|2|3\n", '|', 0},
	        {"sep=;\na,b\n1,2\n", ';', 1},
	        {"\xef\xbb\xbfSEP=,\r\na;b;c\n", ',', 1},
	        {"\"sep=;\"\na,b\n", ';', 1},
	        {"sep=\t\r\na", '\t', 1},
	        {"sep=;", ';', 1},
	        {"sep=\na;b\n1;2\n", ';', 0},
	        {"sep=;x,y\n1,2\n", ',', 0},
	        {"a;b\n1,5;2,5\n3,5;4,5\n", ';', 0},
	        {"1,5;2,5;3,5\n1,5;2,5;3,5\n", ';', 0},
	        {"a\tb\n1,5\t2,5\n3,5\t4,5\n", '\t', 0},
	        {"Report; of meters\n\nMPAN,Date,HH01\n1,2,3\n1,2,3\n", ',', 0},
	        {"MPAN,Date,\"Notes;x\"\n1,2,\"a;b\"\n1,2,\"c;d\"\n", ',', 0},
	        {"MPAN, Date, HH01\n1, 2, 3\n", ',', 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
		unsigned skip = 42;
		struct csv_dialect d = csv_sniff(str_of(c[i].head), &skip);
		if (d.delimiter != c[i].delimiter || d.quote != '"' || skip != c[i].skip)
			fail_msg("case %zu: '%c' skip %u", i, d.delimiter, skip);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(line_ends),
	        cmocka_unit_test(quotes),
	        cmocka_unit_test(nul_bytes),
	        cmocka_unit_test(lines_are_counted),
	        cmocka_unit_test(long_records),
	        cmocka_unit_test(open_quote_swallows_one_line),
	        cmocka_unit_test(too_many_cells),
	        cmocka_unit_test(failures),
	        cmocka_unit_test(last_line_ends_where_it_ends),
	        cmocka_unit_test(random_texts),
	        cmocka_unit_test(random_long_texts),
	        cmocka_unit_test(round_trip),
	        cmocka_unit_test(writes),
	        cmocka_unit_test(sniffs),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
