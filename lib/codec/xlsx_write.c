/*
 * xlsx_write: see xlsx_write.h; the one home of libxlsxwriter.
 *
 * It is loaded when the first workbook is written, as libzip is (codec/zip.c says why), by the name of the one
 * version whose structs we know: in its constant-memory mode it writes its temporary files without looking
 * whether that worked. So its stream's error is looked at here, and when the workbook is closed it is read
 * back: its sheet must be there in whole, with its CRC, as long as what was written, and end as a sheet ends.
 *
 * The library wants a file's name: it gets /proc/self/fd/N, which opens the file that we hold once more.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <xlsxwriter.h>

#include "base/panic.h"
#include "codec/xlsx_write.h"
#include "codec/zip.h"

#define LIBRARY    "libxlsxwriter.so.4"
#define SHEET      "xl/worksheets/sheet1.xml"
#define SHEET_END  "</worksheet>"
#define TEXT_MAX   1024 /* bytes of a text cell */
#define DIGITS_MAX 15
#define EPOCH      25569 /* 1970-01-01 as a spreadsheet counts days */
#define DAY        86400

/* clang-format off */
#define LIBXLSX(F) \
	F(workbook_new_opt) F(workbook_add_worksheet) F(workbook_add_format) F(workbook_close) F(lxw_workbook_free) \
	F(format_set_num_format) F(format_set_bold) F(worksheet_set_column) F(worksheet_freeze_panes) \
	F(worksheet_write_string) F(worksheet_write_number) F(lxw_strerror)
/* clang-format on */

#define MEMBER(f) __typeof__(f) *f;
struct libxlsx {
	void *handle;
	LIBXLSX(MEMBER)
};

struct xlsx_out {
	struct libxlsx lib;
	int fd;
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *bold, *instant, *day;
	lxw_error failed; /* the first */
};

static bool refuse(char why[XLSX_OUT_WHY], const char *what, const char *detail)
{
	(void)snprintf(why, XLSX_OUT_WHY, *detail ? "%s: %.80s" : "%s", what, detail);
	return false;
}

static bool load(struct libxlsx *lib, char why[XLSX_OUT_WHY])
{
	lib->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!lib->handle)
		return refuse(why, "This machine lacks the library " LIBRARY " that writes XLSX", "");
#define FIND(f)                                                     \
	if (!(lib->f = (__typeof__(lib->f))dlsym(lib->handle, #f))) \
		return refuse(why, "The library " LIBRARY " of this machine lacks " #f, "");
	LIBXLSX(FIND)
#undef FIND
	return true;
}

static void free_out(struct xlsx_out *x)
{
	if (x->lib.handle)
		(void)dlclose(x->lib.handle);
	free(x);
}

static bool begin(struct xlsx_out *x, const char *tmpdir, const char *sheet)
{
	char path[40];
	lxw_workbook_options how = {.constant_memory = 1, .tmpdir = (char *)tmpdir, .use_zip64 = 0};

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", x->fd);
	x->book = x->lib.workbook_new_opt(path, &how);
	if (!x->book)
		return false;
	x->sheet = x->lib.workbook_add_worksheet(x->book, sheet);
	x->bold = x->lib.workbook_add_format(x->book);
	x->instant = x->lib.workbook_add_format(x->book);
	x->day = x->lib.workbook_add_format(x->book);
	if (!x->sheet || !x->sheet->optimize_tmpfile || !x->bold || !x->instant || !x->day) {
		x->lib.lxw_workbook_free(x->book);
		return false;
	}
	x->lib.format_set_bold(x->bold);
	x->lib.format_set_num_format(x->instant, "yyyy-mm-dd hh:mm:ss");
	x->lib.format_set_num_format(x->day, "yyyy-mm-dd");
	x->lib.worksheet_freeze_panes(x->sheet, 1, 0);
	return true;
}

struct xlsx_out *xlsx_out_open(int fd, const char *tmpdir, const char *sheet, char why[XLSX_OUT_WHY])
{
	struct xlsx_out *x = calloc(1, sizeof *x);

	if (!x)
		panic("out of memory");
	x->fd = fd;
	if (load(&x->lib, why)) {
		if (begin(x, tmpdir, sheet))
			return x;
		(void)refuse(why, "The workbook cannot be begun: there is no room for temporary files", "");
	}
	free_out(x);
	return NULL;
}

/* ---- cells ---- */

static void note(struct xlsx_out *x, lxw_error e)
{
	if (!x->failed)
		x->failed = e;
}

/* A C string; control characters, which XML cannot hold, become blanks. */
static const char *plain(char out[TEXT_MAX + 1], struct str text)
{
	size_t n = text.n < TEXT_MAX ? text.n : TEXT_MAX;

	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)text.p[i] < ' ' ? ' ' : text.p[i];
	out[n] = '\0';
	return out;
}

void xlsx_out_title(struct xlsx_out *x, uint32_t col, struct str text, int wide)
{
	char cell[TEXT_MAX + 1];

	note(x, x->lib.worksheet_set_column(x->sheet, (lxw_col_t)col, (lxw_col_t)col, wide, NULL));
	note(x, x->lib.worksheet_write_string(x->sheet, 0, (lxw_col_t)col, plain(cell, text), x->bold));
}

void xlsx_out_text(struct xlsx_out *x, uint32_t row, uint32_t col, struct str text)
{
	char cell[TEXT_MAX + 1];

	note(x, x->lib.worksheet_write_string(x->sheet, row, (lxw_col_t)col, plain(cell, text), NULL));
}

void xlsx_out_number(struct xlsx_out *x, uint32_t row, uint32_t col, struct str decimal)
{
	char text[64];
	size_t digits = 0;

	for (size_t i = 0; i < decimal.n; i++)
		digits += decimal.p[i] >= '0' && decimal.p[i] <= '9';
	if (digits > DIGITS_MAX || decimal.n >= sizeof text) {
		xlsx_out_text(x, row, col, decimal);
		return;
	}
	memcpy(text, decimal.p, decimal.n);
	text[decimal.n] = '\0';
	note(x, x->lib.worksheet_write_number(x->sheet, row, (lxw_col_t)col, strtod(text, NULL), NULL));
}

void xlsx_out_at(struct xlsx_out *x, uint32_t row, uint32_t col, int64_t at)
{
	note(x, x->lib.worksheet_write_number(x->sheet, row, (lxw_col_t)col, EPOCH + (double)at / DAY,
	                                      x->instant));
}

void xlsx_out_day(struct xlsx_out *x, uint32_t row, uint32_t col, int32_t day)
{
	note(x, x->lib.worksheet_write_number(x->sheet, row, (lxw_col_t)col, EPOCH + day, x->day));
}

/* ---- the end ---- */

/* The whole sheet comes back, is at least so long, and ends as it should. */
static bool sheet_is_whole(struct zip_in *z, uint64_t at_least)
{
	const struct zip_in_entry *sheet = zip_in_find(z, STR(SHEET));
	struct zip_in_file *f = sheet && sheet->size >= at_least ? zip_in_file_open(z, sheet) : NULL;
	char piece[65536], tail[sizeof SHEET_END - 1] = "";
	ssize_t n = -1;

	while (f && (n = zip_in_read(f, piece, sizeof piece)) > 0) {
		size_t k = (size_t)n < sizeof tail ? (size_t)n : sizeof tail;

		memmove(tail, tail + k, sizeof tail - k);
		memcpy(tail + sizeof tail - k, piece + n - k, k);
	}
	zip_in_file_close(f);
	return n == 0 && memcmp(tail, SHEET_END, sizeof tail) == 0;
}

static bool verify(int fd, uint64_t at_least, char why[XLSX_OUT_WHY])
{
	char zip_why[ZIP_IN_WHY] = "";
	struct zip_in *z = zip_in_open(fd, UINT64_MAX, zip_why);
	bool ok = z && sheet_is_whole(z, at_least);

	zip_in_close(z);
	return ok || refuse(why, "The workbook could not be written to its end; is the disk full?", zip_why);
}

bool xlsx_out_close(struct xlsx_out *x, bool keep, char why[XLSX_OUT_WHY])
{
	long written = ftell(x->sheet->optimize_tmpfile);
	lxw_error e = x->failed;
	bool ok = keep && written >= 0 && !ferror(x->sheet->optimize_tmpfile) && !e;

	if (ok)
		e = x->lib.workbook_close(x->book);
	else
		x->lib.lxw_workbook_free(x->book);
	if (keep && e)
		ok = refuse(why, "The workbook could not be written", x->lib.lxw_strerror(e));
	else if (keep && !ok)
		(void)refuse(why, "The workbook could not be written to its end; is the disk full?", "");
	ok = ok && verify(x->fd, (uint64_t)written, why);
	free_out(x);
	return ok;
}
