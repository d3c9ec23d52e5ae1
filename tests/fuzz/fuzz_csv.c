/* csv: any bytes in any dialect, whole, in pieces and resumed, are the same rows (csv_check.h); cells that were
 * read can be written and read again (where the quote is '"'); sniffing any head ends. The first byte chooses
 * the dialect. */
#include "csv_check.h"
#include "fuzz.h"

/* The cells of a row, written, are read back as one record with the same cells. */
static void write_and_read(const struct csv_row *row, struct csv_dialect d)
{
	struct buf b = BUF_INIT(4 * CSV_RECORD_MAX);
	struct csv_row again;

	for (size_t i = 0; i < row->n; i++) {
		if (i)
			buf_addc(&b, d.delimiter);
		csv_put_text(&b, row->cell[i], d);
	}
	buf_addz(&b, "\r\n");
	if (!b.over && b.n <= CSV_RECORD_MAX) {
		struct csv_source s = {buf_str(&b), 0};
		/* from offset 1: a cell may begin like a BOM, which is one only at the start of a file */
		struct csv_reader *r = csv_open(d, csv_check_read, &s, 1, 1);
		FUZZ_CHECK(csv_next(r, &again) == CSV_ROW && again.n == row->n && again.flaw == CSV_FINE);
		for (size_t i = 0; i < row->n; i++)
			FUZZ_CHECK(str_eq(csv_unguard(again.cell[i]), row->cell[i]));
		FUZZ_CHECK(csv_next(r, &again) == CSV_END);
		csv_close(r);
	}
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct csv_dialect dialects[] = {{',', '"'},  {';', '"'}, {'\t', '"'},
	                                              {'|', '\''}, {' ', '"'}, {',', 0}};
	struct str text = {(const char *)data, size};
	unsigned skip;

	if (size == 0)
		return 0;
	struct csv_dialect d = dialects[data[0] % (sizeof dialects / sizeof dialects[0])];
	text = str_sub(text, 1, text.n);
	(void)csv_check(text, d, fuzz_hash(text));
	struct csv_dialect sniffed = csv_sniff(text, &skip);
	FUZZ_CHECK(sniffed.delimiter && sniffed.quote == '"' && skip <= 1);

	struct csv_source s = {text, 0};
	struct csv_reader *r = csv_open(d, csv_check_read, &s, 0, 1);
	struct csv_row row;
	while (d.quote == '"' && csv_next(r, &row) == CSV_ROW)
		write_and_read(&row, d);
	csv_close(r);
	return 0;
}
