/* readings-export: readings as CSV or as a workbook, to a file that appears only when it is whole, or to
 * standard output; and export-run, which keeps the file in the storage folder. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/export_file.h"
#include "app/export_job.h"
#include "base/civil.h"
#include "base/rand.h"
#include "cli/cli.h"
#include "codec/json.h"

int cmd_readings_export(struct cli *c);
int cmd_export_run(struct cli *c);

struct wanted {
	struct str shape, format;
	struct export_filter filter;
};

static bool read_day(const struct cli *c, enum cli_opt opt, const char *name, int32_t *day)
{
	if (!c->opt[opt] || civil_parse_day(str_of(c->opt[opt]), day))
		return true;
	cli_usage("--%s is a day written as 2025-11-07, not \"%s\".", name, c->opt[opt]);
	return false;
}

static int say(const struct export_counts *n)
{
	fprintf(stderr, "%lld readings in %lld rows.\n", (long long)n->readings, (long long)n->rows);
	if (n->skipped_series)
		fprintf(stderr, "%lld series do not fit this shape: --shape long carries them.\n",
		        (long long)n->skipped_series);
	return 0;
}

static int write_to(struct cli *c, const struct wanted *w, int fd, const char *name)
{
	struct export_counts counts;
	enum err e = export_readings_to_fd(&c->ctx, w->shape, w->format, &w->filter, fd, NULL, &counts);
	if (e)
		fprintf(stderr, "wattledger: %s: ", name);
	return e ? cli_failed(c, e) : say(&counts);
}

static int cannot_write(const char *to)
{
	fprintf(stderr, "wattledger: %s cannot be written: %s.\n", to, strerror(errno));
	return 1;
}

/* What is not a file has no places to come back to, as a workbook needs: it is made in a file of its own first.
 */
static int write_through(struct cli *c, const struct wanted *w, int fd, const char *name)
{
	char piece[65536];
	ssize_t n;
	int spool;
	if (!str_eqz(w->format, "xlsx"))
		return write_to(c, w, fd, name);
	enum err e = export_spool(&c->ctx, &spool);
	if (e)
		return cli_failed(c, e);
	int code = write_to(c, w, spool, name);
	if (code == 0 && lseek(spool, 0, SEEK_SET) < 0)
		code = cannot_write(name);
	while (code == 0 && (n = read(spool, piece, sizeof(piece))) != 0)
		if (n < 0 || !cli_write(fd, (struct str){piece, (size_t)n}))
			code = cannot_write(name);
	close(spool);
	return code;
}

/* A pipe or a device: there is nothing to replace. */
static int to_device(struct cli *c, const struct wanted *w, const char *to)
{
	int fd = open(to, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return cannot_write(to);
	int code = write_through(c, w, fd, to);
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
static int to_file(struct cli *c, const struct wanted *w, const char *to)
{
	char real[PATH_MAX], tag[17];
	if (realpath(to, real))
		to = real;
	rand_hex(tag, 8);
	const char *part = arena_printf(c->ctx.arena, "%s.%s.part", to, tag);
	int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return cannot_write(to);
	int code = write_to(c, w, fd, to);
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
	struct wanted w = {.shape = str_of(c->opt[OPT_shape] ? c->opt[OPT_shape] : "long"),
	                   .format = str_of(c->opt[OPT_format] ? c->opt[OPT_format] : "csv"),
	                   .filter = {.first_day = EXPORT_FIRST_DAY, .last_day = EXPORT_LAST_DAY}};
	struct export_filter *f = &w.filter;
	const char *to = c->opt[OPT_to];
	if (!export_shape_known(w.shape))
		return cli_usage("--shape is " EXPORT_SHAPES ", not \"%s\".", c->opt[OPT_shape]);
	if (!export_format_known(w.format))
		return cli_usage("--format is csv or xlsx, not \"%s\".", c->opt[OPT_format]);
	if (!read_day(c, OPT_from, "from", &f->first_day) ||
	    !read_day(c, OPT_to_date, "to-date", &f->last_day) ||
	    !cli_number(c, OPT_property, 0, &f->property_id))
		return 2;
	if (f->last_day < f->first_day)
		return cli_usage("--to-date is before --from.");
	enum err e = cli_meter(c, &f->meter_id);
	if (e)
		return cli_failed(c, e);
	if (strcmp(to, "-") == 0)
		return write_through(c, &w, STDOUT_FILENO, "standard output");
	struct stat st;
	if (stat(to, &st) == 0 && !S_ISREG(st.st_mode))
		return to_device(c, &w, to);
	return to_file(c, &w, to);
}

/* An export as the page and the API make them, kept in the storage folder: prints its id. */
int cmd_export_run(struct cli *c)
{
	struct export_wanted w = {.shape = str_of(c->opt[OPT_shape]),
	                          .format = str_of(c->opt[OPT_format]),
	                          .from = str_of(c->opt[OPT_from]),
	                          .to = str_of(c->opt[OPT_to_date])};
	struct export_job x;
	int64_t meter;
	if (!cli_number(c, OPT_property, 0, &w.property_id))
		return 2;
	enum err e = cli_user(c, &c->ctx.actor.user_id);
	if (!e)
		e = cli_meter(c, &meter);
	if (!e && meter) {
		w.meter = &meter;
		w.meters = 1;
	}
	if (!e)
		e = export_here(&c->ctx, &w, c->stop, &x);
	if (e)
		return cli_failed(c, e);
	struct buf b = BUF_INIT(65536);
	if (c->json) {
		struct json_out j;
		json_start(&j, &b);
		json_object(&j);
		json_rec(&j, &export_job_desc, &x);
		json_key(&j, "path");
		json_str(&j, str_of(storage_path(&c->storage, c->ctx.arena,
		                                 arena_strz(c->ctx.arena, x.file_path))));
		json_end_object(&j);
		buf_addc(&b, '\n');
	} else {
		buf_printf(&b, "%s\n",
		           storage_path(&c->storage, c->ctx.arena, arena_strz(c->ctx.arena, x.file_path)));
	}
	bool ok = cli_print(&b);
	buf_free(&b);
	say(&(struct export_counts){x.reading_count, x.record_count, x.skipped_series});
	return ok ? 0 : 1;
}
