/* target: what the commands that write a file share: it appears when it is whole, or goes to standard output.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/export_file.h"
#include "base/rand.h"
#include "cli/cli.h"

static int cannot_write(const char *to)
{
	fprintf(stderr, "wattledger: %s cannot be written: %s.\n", to, strerror(errno));
	return 1;
}

/* What is not a file has no places to come back to, as a workbook needs: it is made in a file of its own first.
 */
static int write_through(struct cli *c, const struct cli_target *t, int fd, const char *name)
{
	char piece[65536];
	ssize_t n;
	int spool;
	if (!t->places)
		return t->put(c, t->arg, fd, name);
	enum err e = export_spool(&c->ctx, &spool);
	if (e)
		return cli_failed(c, e);
	int code = t->put(c, t->arg, spool, name);
	if (code == 0 && lseek(spool, 0, SEEK_SET) < 0)
		code = cannot_write(name);
	while (code == 0 && (n = read(spool, piece, sizeof(piece))) != 0)
		if (n < 0 || !cli_write(fd, (struct str){piece, (size_t)n}))
			code = cannot_write(name);
	close(spool);
	return code;
}

/* A pipe or a device: there is nothing to replace. */
static int to_device(struct cli *c, const struct cli_target *t, const char *to)
{
	int fd = open(to, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return cannot_write(to);
	int code = write_through(c, t, fd, to);
	if (close(fd) < 0 && code == 0)
		code = cannot_write(to);
	return code;
}

/* The folder's new entry is on the disk. */
static bool sync_folder(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str dir = slash ? (struct str){path, (size_t)(slash - path) + 1} : STR(".");
	int fd = open(arena_strz(a, dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Beside it under a name of its own, then renamed: whoever sees the file sees all of it. A link is followed to
 * the file that it names. */
static int to_file(struct cli *c, const struct cli_target *t, const char *to)
{
	char real[PATH_MAX], tag[17];
	if (realpath(to, real))
		to = real;
	rand_hex(tag, 8);
	const char *part = arena_printf(c->ctx.arena, "%s.%s.part", to, tag);
	int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return cannot_write(to);
	int code = t->put(c, t->arg, fd, to);
	if (code == 0 && (fsync(fd) < 0 || rename(part, to) < 0 || !sync_folder(c->ctx.arena, to)))
		code = cannot_write(to);
	if (close(fd) < 0 && code == 0)
		code = cannot_write(to);
	if (code)
		unlink(part);
	return code;
}

int cli_write_target(struct cli *c, const char *to, const struct cli_target *t)
{
	struct stat st;
	if (strcmp(to, "-") == 0)
		return write_through(c, t, STDOUT_FILENO, "standard output");
	return stat(to, &st) == 0 && !S_ISREG(st.st_mode) ? to_device(c, t, to) : to_file(c, t, to);
}
