/* import: the same import as the worker's, at once and in place. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "app/import.h"
#include "app/preview.h"
#include "base/clock.h"
#include "cli/cli.h"
#include "codec/json.h"
#include "codec/utf8.h"

int cmd_import(struct cli *c);
int cmd_sessions_import(struct cli *c);

#define ERRORS_SHOWN 20

/* ---- the report ---- */

static void json_notes(struct json_out *j, struct arena *a, const char *key, const struct job_error *e,
                       size_t n)
{
	json_key(j, key);
	json_array(j);
	for (size_t i = 0; i < n; i++) {
		json_object(j);
		json_key(j, "row");
		json_int(j, e[i].row);
		json_key(j, "column");
		json_str(j, e[i].column);
		json_key(j, "code");
		json_str(j, e[i].code);
		json_key(j, "message");
		json_str(j, utf8_clean(a, e[i].message));
		if (e[i].times > 1) {
			json_key(j, "times");
			json_int(j, e[i].times);
		}
		json_end_object(j);
	}
	json_end_array(j);
}

static void put_count(struct json_out *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

static void print_json(struct cli *c, const struct import_report *r, const struct preview *p,
                       const char *failed)
{
	struct buf b = BUF_INIT(64 << 20);
	struct json_out j;
	const struct job *job = &r->job;
	struct job_error whole = {
	        .column = STR(""), .code = STR("FILE"), .message = str_of(failed), .times = 1};
	bool only_whole = failed && r->errors_count == 0;
	json_start(&j, &b);
	json_object(&j);
	json_key(&j, "batch_id");
	json_str(&j, job->batch_id);
	json_key(&j, "status");
	json_str(&j, job->status);
	json_key(&j, "dry_run");
	json_bool(&j, job->dry_run);
	json_key(&j, "import_type");
	json_str(&j, job->import_type);
	put_count(&j, "total_rows", job->total_rows);
	put_count(&j, "processed_rows", job->processed_rows);
	put_count(&j, "imported_rows", job->imported_rows);
	put_count(&j, "unchanged_rows", job->unchanged_rows);
	put_count(&j, "failed_rows", job->failed_rows);
	put_count(&j, "new", job->intervals_new);
	put_count(&j, "identical", job->intervals_identical);
	put_count(&j, "changed", job->intervals_changed);
	put_count(&j, "kept", job->intervals_kept);
	put_count(&j, "meters_new", job->meters_new);
	put_count(&j, "meters_known", job->meters_known);
	put_count(&j, "blank", job->values_blank);
	put_count(&j, "negative", job->values_negative);
	put_count(&j, "sentinels", job->values_sentinel);
	put_count(&j, "out_of_range", job->values_out_of_range);
	json_key(&j, "error_message");
	json_str(&j, failed ? str_of(failed) : (struct str){NULL, 0});
	json_notes(&j, c->ctx.arena, "warnings", r->warnings, r->warnings_count);
	json_notes(&j, c->ctx.arena, "errors", only_whole ? &whole : r->errors,
	           only_whole ? 1 : r->errors_count);
	if (p)
		preview_json(c->ctx.arena, &j, p);
	json_end_object(&j);
	buf_addc(&b, '\n');
	cli_print(&b);
	buf_free(&b);
}

/* Of one of several files: its name goes in front. */
static void print_notes(struct cli *c, struct str filename, const char *what, const struct job_error *e,
                        size_t n)
{
	struct str which = c->args ? filename : STR("");
	for (size_t i = 0; i < n && i < ERRORS_SHOWN; i++) {
		struct str text = utf8_line(c->ctx.arena, e[i].message);
		struct str column = utf8_line(c->ctx.arena, e[i].column);
		fprintf(stderr, "%.*s%s%s: row %lld%s%.*s: %.*s", STR_ARG(which), which.n ? ": " : "", what,
		        (long long)e[i].row, column.n ? ", " : "", STR_ARG(column), STR_ARG(text));
		fprintf(stderr, e[i].times > 1 ? " (%lld times)\n" : "\n", (long long)e[i].times);
	}
	if (n > ERRORS_SHOWN)
		fprintf(stderr, "... and %zu more. --json lists them.\n", n - ERRORS_SHOWN);
}

static void print_text(struct cli *c, const struct import_report *r)
{
	const struct job *j = &r->job;
	printf("%s %.*s: %lld rows, %lld imported, %lld unchanged, %lld failed.\n",
	       j->dry_run ? "Would import" : "Imported", STR_ARG(j->filename), (long long)j->processed_rows,
	       (long long)j->imported_rows, (long long)j->unchanged_rows, (long long)j->failed_rows);
	if (str_eqz(j->import_type, "sessions"))
		printf("Sessions: %lld new, %lld identical, %lld that differ from what is there were skipped.",
		       (long long)j->intervals_new, (long long)j->intervals_identical,
		       (long long)j->intervals_kept);
	else
		printf("Readings: %lld new, %lld identical, %lld changed, %lld kept.",
		       (long long)j->intervals_new, (long long)j->intervals_identical,
		       (long long)j->intervals_changed, (long long)j->intervals_kept);
	if (j->meters_new)
		printf(" New meters: %lld.", (long long)j->meters_new);
	printf("\n");
	if (j->dry_run)
		printf("This was a dry run: nothing was stored.\n");
	else
		printf("Batch %.*s\n", STR_ARG(j->batch_id));
	print_notes(c, j->filename, "warning", r->warnings, r->warnings_count);
	print_notes(c, j->filename, "error", r->errors, r->errors_count);
}

/* ---- progress ---- */

struct watch {
	int64_t since_ms, shown_ms;
	bool shown;
};

/* A bar on a terminal, from the first second on. */
static void progress(void *arg, const struct job *j)
{
	struct watch *w = arg;
	int64_t now = clock_ms();
	if (now - w->since_ms < 1000 || now - w->shown_ms < 200)
		return;
	int tenths = job_progress(j), bars = tenths / 25;
	w->shown_ms = now;
	w->shown = true;
	fprintf(stderr, "\r[%.*s%*s] %d.%d%%  %lld rows", bars, "########################################",
	        40 - bars, "", tenths / 10, tenths % 10, (long long)j->processed_rows);
}

/* ---- rejected rows, beside the file ---- */

static bool put_piece(void *arg, struct str piece)
{
	return cli_write(*(const int *)arg, piece);
}

static int put_rejects(struct cli *c, void *arg, int fd, const char *name)
{
	const struct import_report *r = arg;
	(void)c;
	if (job_errors_csv_of(r->header, r->delimiter, r->errors, r->errors_count, put_piece, &fd))
		return 0;
	fprintf(stderr, "wattledger: %s cannot be written: %s.\n", name, strerror(errno));
	return 1;
}

/* FILE.errors.csv, if there is anything to say and it is a file; false: it could not be written (said). */
static bool put_errors(struct cli *c, const char *from, struct import_report *r)
{
	const char *to = arena_printf(c->ctx.arena, "%s.errors.csv", from);
	if (!r->errors_count || !r->delimiter || strcmp(from, "-") == 0)
		return true;
	if (cli_write_target(c, to, &(struct cli_target){put_rejects, r, false}))
		return false;
	fprintf(stderr, "The rejected rows are in %s.\n", to);
	return true;
}

/* ---- the command ---- */

/* One file: the exit code it would have alone. */
static int import_file(struct cli *c, struct import_options o, const char *from, bool errors_beside)
{
	struct watch w = {.since_ms = clock_ms()};
	struct import_report report;
	const char *slash = strrchr(from, '/'), *path;
	int fd = cli_open_source(c, from, &path);
	if (fd < 0)
		return 1;
	o.filename = str_of(slash ? slash + 1 : from);
	if (isatty(STDERR_FILENO)) {
		o.progress = progress;
		o.progress_arg = &w;
	}
	struct preview *p = o.dry_run && c->json ? ARENA_NEW(c->ctx.arena, struct preview) : NULL;
	if (p && preview_here(&c->ctx, &o, fd, p) != OK)
		p = NULL;
	c->ctx.fault = (struct fault){.code = OK};
	enum err e = import_here(&c->ctx, &o, fd, str_of(path), c->stop, &report);
	if (fd != STDIN_FILENO)
		close(fd);
	if (w.shown)
		fputs("\r\033[K", stderr);
	bool told = !errors_beside || put_errors(c, from, &report);
	report.job.filename = utf8_line(c->ctx.arena, o.filename);
	if (c->json)
		print_json(c, &report, p, e ? c->ctx.fault.message : NULL);
	else if (report.job.processed_rows || !e)
		print_text(c, &report);
	if (e && c->args)
		fprintf(stderr, "%.*s: ", STR_ARG(report.job.filename));
	if (e)
		return cli_failed(c, e);
	return report.job.failed_rows || !told ? 1 : 0;
}

/* A dry run writes nothing: it does not even open the database for writing. */
static enum err open_for(struct cli *c, const struct import_options *o)
{
	enum err e = cli_open(c, o->dry_run ? STORAGE_FOR_READING : STORAGE_FOR_WORKER);
	return e ? e : cli_user(c, &c->ctx.actor.user_id);
}

int cmd_sessions_import(struct cli *c)
{
	struct import_options o = {.type = STR("sessions"),
	                           .preset = STR("none"),
	                           .dry_run = c->opt[OPT_dry_run] != NULL,
	                           .car = str_of(c->opt[OPT_car])};
	enum err e = open_for(c, &o);
	return e ? cli_failed(c, e) : import_file(c, o, c->opt[OPT_from], true);
}

int cmd_import(struct cli *c)
{
	struct import_options o = {.type = str_of(c->opt[OPT_type] ? c->opt[OPT_type] : "auto"),
	                           .dry_run = c->opt[OPT_dry_run] != NULL,
	                           .on_conflict = str_of(c->opt[OPT_on_conflict]),
	                           .meter = str_of(c->opt[OPT_meter]),
	                           .car = str_of(c->opt[OPT_car]),
	                           .time_zone = str_of(c->opt[OPT_time_zone]),
	                           .preset = str_of(c->opt[OPT_preset]),
	                           .fixes = str_of(c->opt[OPT_fixes]),
	                           .strict = c->opt[OPT_strict] != NULL};
	if (!import_type_known(o.type))
		return cli_usage("--type is auto, hh, daily, interval, register, openwatts, nem12, nem13, "
		                 "sites or sessions, not \"%s\".",
		                 c->opt[OPT_type]);
	if (o.on_conflict.n && !import_conflict_known(o.on_conflict))
		return cli_usage("--on-conflict is actual-wins, replace or keep, not \"%s\".",
		                 c->opt[OPT_on_conflict]);
	if (!cli_number(c, OPT_property, 0, &o.property_id) || !cli_answers(c, &o.answers))
		return 2;
	enum err e = open_for(c, &o);
	if (e)
		return cli_failed(c, e);
	int code = import_file(c, o, c->opt[OPT_from], false);
	for (int i = 0; i < c->args && !*c->stop; i++) {
		int one = import_file(c, o, c->arg[i], false);
		code = one ? one : code;
	}
	return code;
}
