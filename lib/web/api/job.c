/*
 * job: import jobs as JSON: B's fields, names, order and formats first (its times too, DECISIONS 26), ours
 * after them.
 */
#include "app/job.h"
#include "app/cleanup.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "web/handlers.h"
#include "web/intake.h"
#include "web/job_json.h"

#define LIMIT_DEFAULT 25
#define LIMIT_MAX     100

static const struct rec_field head_fields[] = {
        REC(struct job, id, REC_INT),
        REC(struct job, batch_id, REC_TEXT),
        REC(struct job, filename, REC_TEXT),
        REC(struct job, import_type, REC_TEXT),
        REC(struct job, status, REC_TEXT),
        REC(struct job, dry_run, REC_BOOL),
        REC(struct job, total_rows, REC_INT),
        REC(struct job, processed_rows, REC_INT),
        REC(struct job, imported_rows, REC_INT),
        REC(struct job, failed_rows, REC_INT),
};
const struct rec_desc job_head_desc = REC_DESC(struct job, head_fields);

static const struct rec_field tail_fields[] = {
        REC(struct job, queued_at, REC_AT_SQL),
        REC(struct job, started_at, REC_AT_SQL),
        REC(struct job, completed_at, REC_AT_SQL),
        REC(struct job, user_name, REC_TEXT),
        REC(struct job, user_email, REC_TEXT),
        /* ours */
        REC(struct job, kind, REC_TEXT),
        REC(struct job, undone_at, REC_AT_SQL),
        REC(struct job, cleaned_at, REC_AT_SQL),
        REC(struct job, error_message, REC_TEXT),
        REC(struct job, unchanged_rows, REC_INT),
        REC(struct job, meters_new, REC_INT),
        REC(struct job, meters_known, REC_INT),
        REC(struct job, preset, REC_TEXT),
        REC(struct job, strict, REC_BOOL),
        REC(struct job, follows, REC_TEXT),
        REC(struct job, origin, REC_TEXT),
        REC(struct job, on_conflict, REC_TEXT),
        REC(struct job, cancel_requested, REC_BOOL),
        REC(struct job, attempts, REC_INT),
        REC(struct job, bytes_total, REC_INT),
        REC(struct job, bytes_done, REC_INT),
        REC(struct job, progress_at, REC_AT_SQL),
};
const struct rec_desc job_tail_desc = REC_DESC(struct job, tail_fields);

static void member_int(struct json_out *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

void job_json(struct request *r, struct json_out *j, const struct job *job)
{
	double rate = 0;
	int64_t left = -1;

	json_object(j);
	json_rec(j, &job_head_desc, job);
	json_key(j, "progress_percent");
	json_percent(j, job_progress(job), 1000);
	json_rec(j, &job_tail_desc, job);
	json_key(j, "file_kept");
	json_bool(j, job_file_kept(job));
	member_int(j, "new", job->intervals_new);
	member_int(j, "identical", job->intervals_identical);
	member_int(j, "changed", job->intervals_changed);
	member_int(j, "kept", job->intervals_kept);
	member_int(j, "blank", job->values_blank);
	member_int(j, "negative", job->values_negative);
	member_int(j, "sentinels", job->values_sentinel);
	member_int(j, "out_of_range", job->values_out_of_range);
	if (job->started_at)
		job_pace(job, ctx_now(r->ctx), &rate, &left);
	member_int(j, "rows_per_second", (int64_t)(rate + 0.5));
	json_key(j, "seconds_left");
	if (job_active(job) && left >= 0)
		json_int(j, left);
	else
		json_null(j);
	json_end_object(j);
}

struct reply *job_json_reply(struct request *r, int status, const struct job *job)
{
	struct json_out j;

	json_start(&j, r->out);
	job_json(r, &j, job);
	return reply_json(r, status);
}

struct reply *job_json_queued(struct request *r, const struct job *job)
{
	struct reply *p = job_json_reply(r, job_active(job) ? 202 : 201, job);

	return reply_header(p, "Location",
	                    request_printf_link(r, "/api/import/jobs/%.*s", STR_ARG(job->batch_id)));
}

/* RFC 8288: rel="next" and rel="prev", as far as there are such pages. */
static struct reply *link_pages(struct request *r, struct reply *p, const struct job_filter *f, int64_t total)
{
	struct buf b;
	struct str base = request_printf_link(r, "/api/import/jobs?limit=%lld", (long long)f->limit);
	const char *before = f->status.n > 0 ? "&status=" : "";

	buf_init(&b, 2048);
	if (f->offset + f->limit < total)
		buf_printf(&b, "<%.*s%s%.*s&offset=%lld>; rel=\"next\"", STR_ARG(base), before,
		           STR_ARG(f->status), (long long)(f->offset + f->limit));
	if (f->offset > 0)
		buf_printf(&b, "%s<%.*s%s%.*s&offset=%lld>; rel=\"prev\"", b.n ? ", " : "", STR_ARG(base),
		           before, STR_ARG(f->status),
		           (long long)(f->offset > f->limit ? f->offset - f->limit : 0));
	if (b.n > 0)
		reply_header(p, "Link", arena_str(r->ctx->arena, buf_str(&b)));
	buf_free(&b);
	return p;
}

struct reply *api_jobs(struct request *r)
{
	struct job_filter f = {.status = form_get(&r->query, "status")};
	struct json_out j;
	struct job *jobs;
	size_t n;
	int64_t total;

	if (request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &f.limit) != OK ||
	    request_query_int(r, "offset", 0, INT32_MAX, 0, &f.offset) != OK)
		return reply_fault(r);
	if (f.status.n > 0 && !job_status_known(f.status)) {
		ctx_fail(r->ctx, ERR_INVALID, "status",
		         "\"status\" is one of queued, processing, completed, failed, cancelled.");
		return reply_fault(r);
	}
	if (job_list(r->ctx, &f, &jobs, &n, &total) != OK)
		return reply_fault(r);
	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "items");
	json_array(&j);
	for (size_t i = 0; i < n; i++)
		job_json(r, &j, &jobs[i]);
	json_end_array(&j);
	member_int(&j, "total", total);
	member_int(&j, "limit", f.limit);
	member_int(&j, "offset", f.offset);
	json_end_object(&j);
	return link_pages(r, reply_json(r, 200), &f, total);
}

struct reply *api_job(struct request *r)
{
	struct job j;

	return job_get(r->ctx, r->param[0], &j) == OK ? job_json_reply(r, 200, &j) : reply_fault(r);
}

/* Of several files: the jobs of those that were taken, and why the others were not. */
static struct reply *several_queued(struct request *r, const struct intake_files *files)
{
	struct json_out j;

	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "items");
	json_array(&j);
	for (size_t i = 0; i < files->n; i++)
		if (files->file[i].fault.code == OK)
			job_json(r, &j, &files->file[i].job);
	json_end_array(&j);
	json_key(&j, "refused");
	json_array(&j);
	for (size_t i = 0; i < files->n; i++) {
		const struct intake_file *f = &files->file[i];

		if (f->fault.code == OK)
			continue;
		json_object(&j);
		json_key(&j, "filename");
		json_str(&j, f->upload.filename);
		json_key(&j, "field");
		json_str(&j, str_of(f->fault.field));
		json_key(&j, "detail");
		json_str(&j, str_of(f->fault.message));
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	return reply_json(r, 202);
}

struct reply *api_jobs_post(struct request *r)
{
	struct intake_options o;
	struct intake_files files;

	if (intake_multipart(r, &o, &files) != OK || (!o.background && intake_wait_all(r, &files) != OK))
		return reply_fault(r);
	return files.n == 1 ? job_json_queued(r, &files.file[0].job) : several_queued(r, &files);
}

static struct reply *acted(struct request *r, enum err e)
{
	struct job j;

	return e == OK && job_get(r->ctx, r->param[0], &j) == OK ? job_json_reply(r, 200, &j) : reply_fault(r);
}

struct reply *api_job_cancel(struct request *r)
{
	return acted(r, job_cancel(r->ctx, r->param[0]));
}

struct reply *api_job_retry(struct request *r)
{
	enum err e = job_retry(r->ctx, r->param[0]);

	if (e == OK)
		job_wake_worker(r->ctx);
	return acted(r, e);
}

struct reply *api_job_file_remove(struct request *r)
{
	return acted(r, cleanup_file(r->ctx, r->param[0]));
}

struct errors_csv {
	struct ctx *ctx;
	struct job job;
};

static bool fill_errors(void *arg, reply_put_fn *put, void *put_arg)
{
	struct errors_csv *d = arg;

	return job_errors_csv(d->ctx, &d->job, put, put_arg) == OK;
}

/* For the page and the API alike. */
struct reply *api_job_errors_csv(struct request *r)
{
	struct errors_csv *d = ARENA_NEW(r->ctx->arena, struct errors_csv);

	d->ctx = r->ctx;
	if (job_get(r->ctx, r->param[0], &d->job) != OK)
		return reply_fault(r);
	return reply_stream(
	        r, "text/csv; charset=utf-8",
	        str_of(arena_printf(r->ctx->arena, "%.*s.errors.csv", STR_ARG(utf8_cut(d->job.filename, 255)))),
	        fill_errors, d);
}
