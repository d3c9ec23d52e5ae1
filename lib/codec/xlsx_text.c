/*
 * xlsx_text: joins the rows that xlsx.c hands out.
 *
 * A row with a flaw must have it as text as well: one that is too long is filled up with blanks to more than a
 * record may have, one with too many cells is filled up with empty ones to more than that. Owns the reader and
 * one line. Disadvantage: cells are put together here and taken apart again by whoever reads the text; beside
 * the XML that is little.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/panic.h"
#include "codec/xlsx_text.h"

struct xlsx_text {
	struct xlsx_reader *rows;
	struct buf line;
	size_t given; /* bytes of the line that have been handed out */
};

struct xlsx_text *xlsx_text_open(int fd, struct str sheet, char why[XLSX_WHY])
{
	struct xlsx_reader *rows = xlsx_open(fd, sheet, why);
	struct xlsx_text *t = rows ? calloc(1, sizeof *t) : NULL;

	if (rows && !t)
		panic("out of memory");
	if (!t)
		return NULL;
	t->rows = rows;
	buf_init(&t->line, CSV_RECORD_MAX + CSV_CELLS_MAX + 2);
	return t;
}

void xlsx_text_close(struct xlsx_text *t)
{
	if (!t)
		return;
	xlsx_close(t->rows);
	buf_free(&t->line);
	free(t);
}

const struct xlsx_reader *xlsx_text_rows(const struct xlsx_text *t)
{
	return t->rows;
}

static void put_line(struct buf *b, const struct csv_row *row)
{
	buf_reset(b);
	buf_adds(b, row->raw);
	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] == '\n' || b->p[i] == '\r')
			b->p[i] = ' ';
	for (size_t n = row->n; row->flaw == CSV_TOO_MANY && n <= CSV_CELLS_MAX; n++)
		buf_addc(b, ',');
	while (row->flaw == CSV_TOO_LONG && b->n <= CSV_RECORD_MAX)
		buf_addc(b, ' ');
	buf_addc(b, '\n');
}

ssize_t xlsx_text_read(void *text, char *p, size_t n)
{
	struct xlsx_text *t = text;
	struct csv_row row;
	size_t done = 0;

	while (done < n) {
		if (t->given == t->line.n) {
			enum csv_next got = xlsx_next(t->rows, &row);
			if (got == CSV_FAILED) {
				errno = EBADMSG;
				return -1;
			}
			if (got == CSV_END)
				break;
			put_line(&t->line, &row);
			t->given = 0;
		}
		struct str piece = str_sub(buf_str(&t->line), t->given, n - done);
		memcpy(p + done, piece.p, piece.n);
		t->given += piece.n;
		done += piece.n;
	}
	return (ssize_t)done;
}
