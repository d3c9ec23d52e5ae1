/* csv: any bytes in any dialect, whole, in pieces and resumed, are the same rows (csv_check.h); cells that were
 * read can be written and read again (where the quote is '"'); sniffing any head ends. The first byte chooses
 * the dialect. */
#include "csv_check.h"
#include "fuzz.h"

static const struct csv_dialect dialects[] = {{',', '"'},  {';', '"'}, {'\t', '"'},
                                              {'|', '\''}, {' ', '"'}, {',', 0}};

static void write_row(struct buf *b, const struct csv_row *row, struct csv_dialect d)
{
	for (size_t i = 0; i < row->n; i++) {
		if (i)
			buf_addc(b, d.delimiter);
		csv_put_text(b, row->cell[i], d);
	}
	buf_addz(b, "\r\n");
}

/* All rows, written, are read back as records with the same cells. */
static void write_and_read(struct str text, struct csv_dialect d)
{
	struct csv_source from = {text, 0}, first = {text, 0}, second;
	struct csv_reader *r = csv_open(d, csv_check_read, &first, 0, 1), *again;
	struct buf b = BUF_INIT(8 * text.n + 16);
	struct csv_row row, written;

	while (csv_next(r, &row) == CSV_ROW)
		write_row(&b, &row, d);
	csv_close(r);
	FUZZ_CHECK(!b.over);

	r = csv_open(d, csv_check_read, &from, 0, 1);
	second = (struct csv_source){buf_str(&b), 0};
	again = csv_open(d, csv_check_read, &second, 1, 1); /* 1: a cell may begin like a BOM */
	while (csv_next(r, &row) == CSV_ROW) {
		FUZZ_CHECK(csv_next(again, &written) == CSV_ROW);
		if (written.flaw == CSV_TOO_LONG) /* by its new quotes */
			break;
		FUZZ_CHECK(written.flaw == CSV_FINE && written.n == row.n);
		for (size_t i = 0; i < row.n; i++)
			FUZZ_CHECK(str_eq(csv_unguard(written.cell[i]), row.cell[i]));
	}
	csv_close(r);
	csv_close(again);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	unsigned skip;

	if (size == 0)
		return 0;
	struct csv_dialect d = dialects[data[0] % (sizeof dialects / sizeof dialects[0])];
	text = str_sub(text, 1, text.n);
	(void)csv_check(text, d, fuzz_hash(text));
	struct csv_dialect sniffed = csv_sniff(text, &skip);
	FUZZ_CHECK(sniffed.delimiter && sniffed.quote == '"' && skip <= 1);
	if (d.quote == '"')
		write_and_read(text, d);
	return 0;
}
