/* export_file: see export_file.h. */
#include "app/export_file.h"

#include <errno.h>
#include <unistd.h>

#include "app/storage.h"

struct to_fd {
	const struct export_sink *watch;
	int fd;
	int failed; /* errno */
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
	}
	return true;
}

static enum err step(void *arg, int64_t done, int64_t all)
{
	const struct to_fd *t = arg;
	return t->watch && t->watch->step ? t->watch->step(t->watch->arg, done, all) : OK;
}

bool export_format_known(struct str format)
{
	return str_eqz(format, "csv");
}

enum err export_to_fd(struct ctx *c, struct str shape, struct str format, const struct export_filter *f, int fd,
                      const struct export_sink *watch, struct export_counts *counts)
{
	struct to_fd t = {.watch = watch, .fd = fd};
	struct export_sink sink = {put_bytes, step, &t};
	if (!export_format_known(format))
		return ctx_fail(c, ERR_INVALID, "format", "There is no format \"%.*s\": it is csv.",
		                STR_ARG(str_sub(format, 0, 30)));
	enum err e = export_readings(c, shape, f, &sink, counts);
	if (t.failed)
		return ctx_fail(c, storage_errno(t.failed), "",
		                "The export could not be written to its end: %s.", strerror(t.failed));
	return e;
}
