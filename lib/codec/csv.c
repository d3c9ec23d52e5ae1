/*
 * csv: the reader, which is the hot path of every import.
 *
 * The window always holds a whole record before it is looked at: when fewer than the most that a record may
 * have are left, what is left moves to the front and the window is filled up again. So a record is scanned over
 * plain memory, nothing needs to be resumed in the middle, and pieces of any size give the same rows.
 *
 * Scanning goes 64 bytes at a time: the bytes that can mean something (delimiter, quote, CR, LF) become the
 * bits of one word, and the loop steps from bit to bit. The comparison is written so that the compiler makes
 * vector instructions of it; no intrinsics. Quoted cells are scanned with memchr. A cell is a slice of the
 * window unless quotes inside it were doubled: then it is put together in `scratch`, and `raw` stays as it was.
 *
 * Where quotes go wrong there is no right answer, only one that loses nothing: a quote in the middle of an
 * unquoted cell is an ordinary character; an open quote is cut at the line's end.
 *
 * Owns the window and the scratch, 320 KiB in all. Disadvantages: a slow pipe is read until the window is full
 * before the first row comes out; an over-long record is scanned twice.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/panic.h"
#include "codec/csv.h"

#define RECORDS 4  /* of the longest that the window holds */
#define BLOCK   64 /* bytes scanned at once; also the bytes that may be read beyond the window's end */

struct csv_reader {
	struct csv_dialect d;
	csv_read_fn *read;
	void *arg;

	uint64_t base; /* position of win[0] in the source */
	uint64_t line; /* of win[start] */
	size_t start;  /* of the next record */
	size_t end;    /* bytes in the window */
	bool eof;
	bool bom; /* one may still come */

	/* the record being read */
	size_t n;
	size_t scratch_n;
	uint64_t inner_lines; /* line ends inside its quoted cells */
	enum csv_flaw flaw;
	size_t flaw_cell;
	struct str cell[CSV_CELLS_MAX];
	uint8_t quoted[CSV_CELLS_MAX];
	size_t max;    /* bytes of a record */
	size_t window; /* bytes of win, but for BLOCK */
	char *win, *scratch;
	char memory[]; /* of both */
};

struct csv_reader *csv_open_for(struct csv_dialect d, csv_read_fn *read, void *arg, size_t record_max)
{
	struct csv_reader *r = calloc(1, sizeof *r + (RECORDS + 1) * record_max + BLOCK);

	if (!r)
		panic("out of memory");
	r->d = d;
	r->read = read;
	r->arg = arg;
	r->line = 1;
	r->bom = true;
	r->max = record_max;
	r->window = RECORDS * record_max;
	r->win = r->memory;
	r->scratch = r->memory + r->window + BLOCK;
	return r;
}

struct csv_reader *csv_open(struct csv_dialect d, csv_read_fn *read, void *arg, uint64_t offset, uint64_t line)
{
	struct csv_reader *r = csv_open_for(d, read, arg, CSV_RECORD_MAX);

	r->base = offset;
	r->line = line;
	r->bom = offset == 0;
	return r;
}

void csv_close(struct csv_reader *r)
{
	free(r);
}

ssize_t csv_read_fd(void *fd, char *p, size_t n)
{
	ssize_t got;

	do {
		got = read(*(const int *)fd, p, n);
	} while (got < 0 && errno == EINTR);
	return got;
}

ssize_t csv_read_str(void *arg, char *p, size_t n)
{
	struct str *rest = arg;
	size_t take = n < rest->n ? n : rest->n;

	if (take)
		memcpy(p, rest->p, take);
	*rest = str_sub(*rest, take, rest->n);
	return (ssize_t)take;
}

size_t csv_cells(struct str text, struct csv_dialect d)
{
	struct csv_row row;
	struct csv_reader *r = csv_open(d, csv_read_str, &text, 0, 1);
	size_t n = csv_next(r, &row) == CSV_ROW ? row.n : 0;

	csv_close(r);
	return n;
}

/* Reads until the window is full or the source ends. */
static bool fill(struct csv_reader *r)
{
	while (!r->eof && r->end < r->window) {
		ssize_t got = r->read(r->arg, r->win + r->end, r->window - r->end);
		if (got < 0)
			return false;
		r->eof = got == 0;
		r->end += (size_t)got;
	}
	return true;
}

static void move_to_front(struct csv_reader *r)
{
	memmove(r->win, r->win + r->start, r->end - r->start);
	r->base += r->start;
	r->end -= r->start;
	r->start = 0;
}

/* Makes the next record whole, with the byte after it (the LF of a CRLF), or the source has ended. */
static bool have_record(struct csv_reader *r)
{
	if (r->eof || r->end - r->start > r->max)
		return true;
	move_to_front(r);
	if (!fill(r))
		return false;
	if (r->bom && r->end >= 3 && memcmp(r->win, "\xef\xbb\xbf", 3) == 0)
		r->start = 3;
	r->bom = false;
	return true;
}

/* Bit i: p[i] is one of the four. The multiplication gathers eight bytes of 0 or 1 into eight bits. */
static uint64_t specials(const char *p, char delimiter, char quote)
{
	uint8_t hit[BLOCK];
	uint64_t bits = 0;

	for (int i = 0; i < BLOCK; i++)
		hit[i] = (p[i] == delimiter) | (p[i] == quote) | (p[i] == '\n') | (p[i] == '\r');
	for (int i = 0; i < BLOCK; i += 8) {
		uint64_t eight;
		memcpy(&eight, hit + i, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		eight = __builtin_bswap64(eight);
#endif
		bits |= (eight * UINT64_C(0x0102040810204080) >> 56) << i;
	}
	return bits;
}

/* The worst flaw of a record is the one told: the enum goes from worst to mildest. */
static void set_flaw(struct csv_reader *r, enum csv_flaw flaw, size_t cell)
{
	if (r->flaw == CSV_FINE || flaw < r->flaw) {
		r->flaw = flaw;
		r->flaw_cell = cell;
	}
}

static inline void add_cell(struct csv_reader *r, const char *from, const char *to, bool quoted)
{
	if (r->n == CSV_CELLS_MAX) {
		set_flaw(r, CSV_TOO_MANY, CSV_CELLS_MAX);
		return;
	}
	r->cell[r->n] = (struct str){from, (size_t)(to - from)};
	r->quoted[r->n++] = quoted;
}

/* The same, for a cell of which a part is in the scratch already and the rest is from..to. */
static void add_scratch_cell(struct csv_reader *r, size_t begin, const char *from, const char *to)
{
	memcpy(r->scratch + r->scratch_n, from, (size_t)(to - from));
	r->scratch_n += (size_t)(to - from);
	add_cell(r, r->scratch + begin, r->scratch + r->scratch_n, true);
}

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

static bool is_blank(const struct csv_reader *r, char c)
{
	return (c == ' ' || c == '\t') && c != r->d.delimiter;
}

/* First CR or LF in from..to, or `to`. */
static const char *find_line_end(const char *from, const char *to)
{
	const char *lf = memchr(from, '\n', (size_t)(to - from));
	const char *cr;

	if (lf)
		to = lf;
	cr = memchr(from, '\r', (size_t)(to - from));
	return cr ? cr : to;
}

static const char *after_line_end(const char *p, const char *end)
{
	return p + 1 < end && p[0] == '\r' && p[1] == '\n' ? p + 2 : p + 1;
}

static uint64_t count_line_ends(const char *from, const char *to)
{
	uint64_t n = 0;

	while ((from = find_line_end(from, to)) < to) {
		from = after_line_end(from, to);
		n++;
	}
	return n;
}

/* One quoted cell, `p` just behind its opening quote. Returns where its delimiter or line end stands, or `lim`
 * with *open set if the quote is still open there. */
static const char *scan_quoted(struct csv_reader *r, const char *p, const char *lim, bool *open)
{
	const char *first = p, *part = p;
	size_t begin = r->scratch_n;
	const char *q;

	while ((q = memchr(p, r->d.quote, (size_t)(lim - p))) && q + 1 < lim && q[1] == r->d.quote) {
		/* a doubled quote: all up to and with the first of the two, and on behind the second */
		size_t n = (size_t)(q + 1 - part);
		memcpy(r->scratch + r->scratch_n, part, n);
		r->scratch_n += n;
		p = part = q + 2;
	}
	const char *close = q ? q : lim;
	r->inner_lines += count_line_ends(first, close);
	if (!q) {
		*open = true;
		set_flaw(r, CSV_OPEN_QUOTE, r->n);
	}
	const char *after = q ? q + 1 : lim, *t = after;
	while (t < lim && is_blank(r, *t))
		t++;
	bool clean = t == lim || *t == r->d.delimiter || is_line_end(*t);
	if (clean && part == first) {
		add_cell(r, first, close, true);
		return t;
	}
	if (clean) {
		add_scratch_cell(r, begin, part, close);
		return t;
	}
	/* Text after the closing quote: what was said plainly up to the delimiter belongs to the cell. */
	set_flaw(r, CSV_AFTER_QUOTE, r->n);
	t = find_line_end(after, lim);
	q = memchr(after, r->d.delimiter, (size_t)(t - after));
	if (q)
		t = q;
	memcpy(r->scratch + r->scratch_n, part, (size_t)(close - part));
	r->scratch_n += (size_t)(close - part);
	add_scratch_cell(r, begin, after, t);
	return t;
}

/* A quote opens a quoted cell if only blanks stand before it. */
static bool opens(const struct csv_reader *r, const char *cell, const char *quote)
{
	while (cell < quote && is_blank(r, *cell))
		cell++;
	return cell == quote;
}

/* Splits the record at `start`; returns its line end, or `lim` if none comes before. *open: `lim` was reached
 * within quotes. */
static const char *scan_record(struct csv_reader *r, const char *start, const char *lim, bool *open)
{
	const char delimiter = r->d.delimiter;
	const char quote = r->d.quote ? r->d.quote : delimiter;
	const char *cell = start, *block = start;

	r->n = r->scratch_n = 0;
	r->inner_lines = 0;
	r->flaw = CSV_FINE;
	r->flaw_cell = 0;
	*open = false;
	while (block < lim) {
		uint64_t bits = specials(block, delimiter, quote);
		const char *next = block + BLOCK;
		for (; bits; bits &= bits - 1) {
			const char *p = block + __builtin_ctzll(bits);
			if (p >= lim)
				break;
			if (*p == delimiter) {
				add_cell(r, cell, p, false);
				cell = p + 1;
				continue;
			}
			if (is_line_end(*p)) {
				add_cell(r, cell, p, false);
				return p;
			}
			if (!opens(r, cell, p))
				continue;
			/* Quoted cells come in rows: go from one to the next without looking at blocks. */
			do {
				p = scan_quoted(r, p + 1, lim, open);
				if (p == lim || *p != delimiter)
					return p;
				cell = ++p;
			} while (p < lim && *p == quote);
			next = cell;
			break;
		}
		block = next;
	}
	add_cell(r, cell, lim, false);
	return lim;
}

/* Goes to the end of an over-long line. As many of the record's bytes as one may have move to the window's
 * front and stay, the line's end comes to stand right behind them; the bytes between are forgotten and counted.
 */
static bool skip_line(struct csv_reader *r, size_t *skipped)
{
	char *rest = r->win + r->max;

	move_to_front(r);
	*skipped = 0;
	for (;;) {
		size_t n = (size_t)(find_line_end(rest, r->win + r->end) - rest);
		r->end -= n;
		*skipped += n;
		memmove(rest, rest + n, r->end - r->max);
		if (r->eof || r->end - r->max >= 2) /* 2: a CR may have its LF */
			return true;
		if (!fill(r))
			return false;
	}
}

enum csv_next csv_next(struct csv_reader *r, struct csv_row *row)
{
	size_t skipped = 0;
	bool open;

	if (!have_record(r))
		return CSV_FAILED;
	if (r->start == r->end)
		return CSV_END;
	const char *start = r->win + r->start, *end = r->win + r->end;
	const char *lim = (size_t)(end - start) > r->max ? start + r->max : end;
	const char *stop = scan_record(r, start, lim, &open);
	if (open)
		lim = find_line_end(start, lim);
	if (open && lim < stop) {
		stop = scan_record(r, start, lim, &open);
	} else if (stop == lim && (lim < end || !r->eof)) {
		if (!skip_line(r, &skipped))
			return CSV_FAILED;
		start = r->win;
		end = r->win + r->end;
		stop = scan_record(r, start, start + r->max, &open);
		set_flaw(r, CSV_TOO_LONG, r->n - 1);
	}

	row->cell = r->cell;
	row->quoted = r->quoted;
	row->n = r->n;
	row->line = r->line;
	row->offset = r->base + r->start;
	row->raw = (struct str){start, (size_t)(stop - start)};
	row->flaw = r->flaw;
	row->flaw_cell = r->flaw_cell;
	r->line += r->inner_lines + (stop < end);
	r->start = (size_t)((stop < end ? after_line_end(stop, end) : end) - r->win);
	r->base += skipped;
	row->next = r->base + r->start;
	row->next_line = r->line;
	return CSV_ROW;
}
