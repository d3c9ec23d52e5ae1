/* readings-export: readings as CSV, to a file that appears only when it is whole, or to standard output. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/export.h"
#include "app/meter.h"
#include "base/civil.h"
#include "base/rand.h"
#include "cli/cli.h"

int cmd_readings_export(struct cli *c);

static bool put(void *arg, struct str piece)
{
	return cli_write(*(int *)arg, piece);
}

static bool read_day(const struct cli *c, enum cli_opt opt, const char *name, int32_t *day)
{
	if (!c->opt[opt] || civil_parse_day(str_of(c->opt[opt]), day))
		return true;
	cli_usage("--%s is a day written as 2025-11-07, not \"%s\".", name, c->opt[opt]);
	return false;
}

static enum err find_meter(struct cli *c, int64_t *id)
{
	const char *name = c->opt[OPT_meter];
	struct meter m;
	uint64_t n;
	if (!name)
		return OK;
	enum err e = meter_by_identifier(&c->ctx, str_of(name), &m);
	if (e == ERR_NOT_FOUND && str_to_u64(str_of(name), INT64_MAX, &n))
		e = meter_get(&c->ctx, (int64_t)n, &m);
	if (!e)
		*id = m.id;
	return e;
}

static int write_to(struct cli *c, const struct export_filter *f, struct str shape, int fd, const char *name)
{
	struct export_counts counts;
	struct export_sink sink = {.put = put, .arg = &fd};
	enum err e = export_readings(&c->ctx, shape, f, &sink, &counts);
	int why = errno;
	if (e == ERR_IO) {
		fprintf(stderr, "wattledger: %s could not be written to its end: %s.\n", name, strerror(why));
		return 1;
	}
	if (e)
		return cli_failed(c, e);
	fprintf(stderr, "%lld readings in %lld rows.\n", (long long)counts.readings, (long long)counts.rows);
	if (counts.skipped_series)
		fprintf(stderr,
		        "%lld series do not fit this shape: --shape long "
		        "carries them.\n",
		        (long long)counts.skipped_series);
	return 0;
}

static int cannot_write(const char *to)
{
	fprintf(stderr, "wattledger: %s cannot be written: %s.\n", to, strerror(errno));
	return 1;
}

/* A pipe or a device: there is nothing to replace. */
static int to_device(struct cli *c, const struct export_filter *f, struct str shape, const char *to)
{
	int fd = open(to, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return cannot_write(to);
	int code = write_to(c, f, shape, fd, to);
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
static int to_file(struct cli *c, const struct export_filter *f, struct str shape, const char *to)
{
	char real[PATH_MAX], tag[17];
	if (realpath(to, real))
		to = real;
	rand_hex(tag, 8);
	const char *part = arena_printf(c->ctx.arena, "%s.%s.part", to, tag);
	int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return cannot_write(to);
	int code = write_to(c, f, shape, fd, to);
	if (code == 0 && (fsync(fd) < 0 || rename(part, to) < 0 || !sync_folder(c->ctx.arena, to)))
		code = cannot_write(to);
	if (close(fd) < 0 && code == 0)
		code = cannot_write(to);
	if (code)
		unlink(part);
	return code;
}

int cmd_readings_export(struct cli *c)
{
	struct export_filter f = {.first_day = EXPORT_FIRST_DAY, .last_day = EXPORT_LAST_DAY};
	struct str shape = str_of(c->opt[OPT_shape] ? c->opt[OPT_shape] : "long");
	const char *to = c->opt[OPT_to];
	if (!export_shape_known(shape))
		return cli_usage("--shape is wide, long or openwatts, not \"%s\".", c->opt[OPT_shape]);
	if (c->opt[OPT_format] && strcmp(c->opt[OPT_format], "csv") != 0)
		return cli_usage("--format is csv, not \"%s\".", c->opt[OPT_format]);
	if (!read_day(c, OPT_from, "from", &f.first_day) || !read_day(c, OPT_to_date, "to-date", &f.last_day) ||
	    !cli_number(c, OPT_property, 0, &f.property_id))
		return 2;
	if (f.last_day < f.first_day)
		return cli_usage("--to-date is before --from.");
	enum err e = find_meter(c, &f.meter_id);
	if (e)
		return cli_failed(c, e);
	if (strcmp(to, "-") == 0)
		return write_to(c, &f, shape, STDOUT_FILENO, "standard output");
	struct stat st;
	if (stat(to, &st) == 0 && !S_ISREG(st.st_mode))
		return to_device(c, &f, shape, to);
	return to_file(c, &f, shape, to);
}
