/* export_file: see export_file.h. */
#include "app/export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "app/export/workbook.h"
#include "app/storage.h"

#define FOLDER "exports"
#define HAND   (8 << 20) /* bytes after which the disk begins to write them */

struct to_fd {
	int fd;
	int failed; /* errno */
	int64_t written, handed;
	struct workbook *book; /* NULL: CSV */
	bool full;             /* more rows than a sheet can have */
};

static bool put_bytes(void *arg, struct str piece)
{
	struct to_fd *t = arg;
	while (piece.n) {
		ssize_t n = write(t->fd, piece.p, piece.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			t->failed = errno;
			return false;
		}
		piece = str_sub(piece, (size_t)n, piece.n);
		t->written += n;
	}
	/* a hint, so that the fsync at the end has not all of it to do; a pipe does not take it */
	if (t->written - t->handed >= HAND) {
		(void)sync_file_range(t->fd, t->handed, t->written - t->handed, SYNC_FILE_RANGE_WRITE);
		t->handed = t->written;
	}
	return true;
}

static bool put_rows(void *arg, struct str lines)
{
	struct to_fd *t = arg;
	t->full = t->full || !export_book_put(t->book, lines);
	return !t->full;
}

bool export_format_known(struct str format)
{
	return str_eqz(format, "csv") || str_eqz(format, "xlsx");
}

static enum err to_workbook(struct ctx *c, int fd, export_source_fn *source, void *arg)
{
	char why[XLSX_OUT_WHY] = "";
	struct to_fd t = {.book = export_book_open(fd, storage_path(c->storage, c->arena, FOLDER), why)};
	if (!t.book)
		return ctx_fail(c, ERR_INVALID, "format", "%s.", why);
	enum err e = source(c, &(struct export_sink){.put = put_rows, .arg = &t}, arg);
	bool whole = export_book_close(t.book, !e && !t.full, why);
	if (t.full)
		return ctx_fail(c, ERR_INVALID, "format",
		                "A sheet has room for %d rows. Choose csv, the shape wide, or a shorter range.",
		                XLSX_OUT_ROWS_MAX);
	return e || whole ? e : ctx_fail(c, ERR_IO, "", "%s.", why);
}

enum err export_to_fd(struct ctx *c, struct str format, int fd, export_source_fn *source, void *arg)
{
	struct to_fd t = {.fd = fd};
	if (str_eqz(format, "xlsx"))
		return to_workbook(c, fd, source, arg);
	enum err e = source(c, &(struct export_sink){.put = put_bytes, .arg = &t}, arg);
	if (t.failed)
		return ctx_fail(c, storage_errno(t.failed), "",
		                "The export could not be written to its end: %s.", strerror(t.failed));
	return e;
}

/* ---- readings ---- */

struct readings {
	struct str shape;
	const struct export_filter *filter;
	const struct export_watch *watch;
	struct export_counts *counts;
};

static enum err put_readings(struct ctx *c, const struct export_sink *sink, void *arg)
{
	const struct readings *r = arg;
	return export_readings(c, r->shape, r->filter, sink, r->watch, r->counts);
}

enum err export_readings_to_fd(struct ctx *c, struct str shape, struct str format,
                               const struct export_filter *f, int fd, const struct export_watch *watch,
                               struct export_counts *counts)
{
	struct readings r = {shape, f, watch, counts};
	return export_to_fd(c, format, fd, put_readings, &r);
}

enum err export_spool(struct ctx *c, int *fd)
{
	*fd = openat(c->storage->dir_fd, FOLDER, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	return *fd >= 0 ? OK
	                : ctx_fail(c, storage_errno(errno), "", "There is no room for the export: %s.",
	                           strerror(errno));
}
