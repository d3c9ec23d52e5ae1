/* jobs, job, job-cancel, job-retry, jobs-cleanup. */
#include <stdio.h>

#include "app/cleanup.h"
#include "app/job.h"
#include "base/civil.h"
#include "cli/cli.h"
#include "codec/json.h"
#include "codec/utf8.h"

int cmd_jobs(struct cli *c);
int cmd_job(struct cli *c);
int cmd_job_cancel(struct cli *c);
int cmd_job_retry(struct cli *c);
int cmd_jobs_cleanup(struct cli *c);

static void json_job(struct json_out *j, const struct job *job)
{
	json_object(j);
	json_rec(j, &job_desc, job);
	json_key(j, "file_kept");
	json_bool(j, job_file_kept(job));
	json_key(j, "progress_percent");
	json_percent(j, job_progress(job), 1000);
	json_end_object(j);
}

static const char *when(int64_t at, char text[CIVIL_TIME_TEXT])
{
	if (!at)
		return "-";
	civil_format_at(at, text);
	return text;
}

int cmd_jobs(struct cli *c)
{
	struct job *jobs;
	size_t n;
	int64_t total;
	struct job_filter f = {.status = str_of(c->opt[OPT_status]), .limit = 50};
	if (f.status.n && !job_status_known(f.status))
		return cli_usage("--status is queued, processing, completed, failed or cancelled, not \"%s\".",
		                 c->opt[OPT_status]);
	if (!cli_number(c, OPT_limit, 50, &f.limit))
		return 2;
	if (f.limit < 1 || f.limit > 100000)
		return cli_usage("--limit is 1 to 100000.");
	enum err e = job_list(&c->ctx, &f, &jobs, &n, &total);
	if (e)
		return cli_failed(c, e);
	struct buf b = BUF_INIT(256 << 20);
	if (c->json) {
		struct json_out j;
		json_start(&j, &b);
		json_object(&j);
		json_key(&j, "items");
		json_array(&j);
		for (size_t i = 0; i < n; i++)
			json_job(&j, &jobs[i]);
		json_end_array(&j);
		json_key(&j, "total");
		json_int(&j, total);
		json_key(&j, "limit");
		json_int(&j, f.limit);
		json_key(&j, "offset");
		json_int(&j, 0);
		json_end_object(&j);
		buf_addc(&b, '\n');
	} else if (n == 0) {
		buf_addz(&b, "No jobs.\n");
	} else {
		buf_printf(&b, "%-36s  %-10s  %-9s  %6s  %9s  %8s  %s\n", "BATCH", "STATUS", "TYPE", "DONE",
		           "ROWS", "FAILED", "FILE");
		for (size_t i = 0; i < n; i++) {
			struct str file = utf8_line(c->ctx.arena, jobs[i].filename);
			buf_printf(&b, "%-36.*s  %-10.*s  %-9.*s  %5d%%  %9lld  %8lld  %.*s%s\n",
			           STR_ARG(jobs[i].batch_id), STR_ARG(jobs[i].status),
			           STR_ARG(jobs[i].import_type), job_progress(&jobs[i]) / 10,
			           (long long)jobs[i].processed_rows, (long long)jobs[i].failed_rows,
			           STR_ARG(file), jobs[i].dry_run ? " (dry run)" : "");
		}
	}
	bool ok = cli_print(&b);
	buf_free(&b);
	return ok ? 0 : 1;
}

static void put_text(struct buf *b, const struct job *j)
{
	char t[CIVIL_TIME_TEXT];
	buf_printf(b, "Batch      %.*s\nFile       %.*s\nType       %.*s\nStatus     %.*s%s\n",
	           STR_ARG(j->batch_id), STR_ARG(j->filename), STR_ARG(j->import_type), STR_ARG(j->status),
	           j->dry_run ? " (dry run)" : "");
	if (j->origin.n)
		buf_printf(b, "From       %.*s\n", STR_ARG(j->origin));
	buf_printf(b, "Progress   %d.%d%%\n", job_progress(j) / 10, job_progress(j) % 10);
	buf_printf(b, "Rows       %lld of %lld: %lld imported, %lld unchanged, %lld failed\n",
	           (long long)j->processed_rows, (long long)j->total_rows, (long long)j->imported_rows,
	           (long long)j->unchanged_rows, (long long)j->failed_rows);
	buf_printf(b, "Readings   %lld new, %lld identical, %lld changed, %lld kept\n",
	           (long long)j->intervals_new, (long long)j->intervals_identical,
	           (long long)j->intervals_changed, (long long)j->intervals_kept);
	buf_printf(b, "New meters %lld\n", (long long)j->meters_new);
	buf_printf(b, "Queued     %s\n", when(j->queued_at, t));
	buf_printf(b, "Started    %s\n", when(j->started_at, t));
	buf_printf(b, "Ended      %s\n", when(j->completed_at, t));
	if (j->error_message.n)
		buf_printf(b, "Reason     %.*s\n", STR_ARG(j->error_message));
}

int cmd_job(struct cli *c)
{
	struct job j;
	struct job_error *errors;
	size_t n = 0;
	int64_t total;
	enum err e = job_get(&c->ctx, str_of(c->arg[0]), &j);
	if (!e)
		e = job_errors(&c->ctx, &j, 20, 0, &errors, &n, &total);
	if (e)
		return cli_failed(c, e);
	struct buf b = BUF_INIT(1 << 20);
	if (c->json) {
		struct json_out out;
		json_start(&out, &b);
		json_job(&out, &j);
		buf_addc(&b, '\n');
	} else {
		j.filename = utf8_line(c->ctx.arena, j.filename);
		j.origin = utf8_line(c->ctx.arena, j.origin);
		j.error_message = utf8_line(c->ctx.arena, j.error_message);
		put_text(&b, &j);
		for (size_t i = 0; i < n; i++) {
			struct str column = utf8_line(c->ctx.arena, errors[i].column);
			struct str text = utf8_line(c->ctx.arena, errors[i].message);
			buf_printf(&b, "  row %lld%s%.*s: %.*s\n", (long long)errors[i].row,
			           column.n ? ", " : "", STR_ARG(column), STR_ARG(text));
		}
	}
	bool ok = cli_print(&b);
	buf_free(&b);
	return ok ? 0 : 1;
}

int cmd_job_cancel(struct cli *c)
{
	enum err e = job_cancel(&c->ctx, str_of(c->arg[0]));
	if (e)
		return cli_failed(c, e);
	printf("Cancelled, at the latest with the next piece of its work.\n");
	return 0;
}

int cmd_job_retry(struct cli *c)
{
	enum err e = job_retry(&c->ctx, str_of(c->arg[0]));
	if (e)
		return cli_failed(c, e);
	job_wake_worker(&c->ctx);
	printf("Queued again.\n");
	return 0;
}

int cmd_jobs_cleanup(struct cli *c)
{
	struct cleanup_report done;
	int64_t days;
	if (!cli_number(c, OPT_older_than, 0, &days))
		return 2;
	if (days > 36500)
		return cli_usage("--older-than is 0 to 36500 days.");
	enum err e = cleanup_before(&c->ctx, ctx_now(&c->ctx) - days * 86400, &done);
	if (e)
		return cli_failed(c, e);
	if (c->json) {
		struct buf b = BUF_INIT(1024);
		buf_printf(&b, "{\"imports\":%lld,\"files\":%lld,\"bytes\":%lld}\n", (long long)done.imports,
		           (long long)done.files, (long long)done.bytes);
		cli_print(&b);
		buf_free(&b);
	} else if (done.imports) {
		printf("Cleaned up %lld imports: they can be neither undone nor redone any more. %lld uploaded "
		       "files "
		       "were removed (%lld bytes).\n",
		       (long long)done.imports, (long long)done.files, (long long)done.bytes);
	} else {
		printf("No import ended so long ago.\n");
	}
	return 0;
}
