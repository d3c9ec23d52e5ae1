/*
 * backup: backups that are kept, and the jobs that make, verify and restore them, for admins.
 *
 * What takes long is a job: 202 with it, and its address as Location. Its report (what became, or would become,
 * of each table) is in it when it has ended.
 */
#include "app/backup/backup_job.h"
#include "app/backup/shelf.h"
#include "web/api/bodies.h"
#include "web/backup_ask.h"
#include "web/fields.h"
#include "web/handlers.h"
#include "web/list.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     500

struct asked {
	struct str user, passphrase;
};
static const struct rec_field asked_fields[] = {
        REC(struct asked, user, REC_TEXT),
        REC_FLAGS(struct asked, passphrase, REC_TEXT, REC_RAW),
};
const struct rec_desc api_backup_asked_desc = REC_DESC(struct asked, asked_fields);

static const struct rec_field opened_fields[] = {
        REC_FLAGS(struct asked, passphrase, REC_TEXT, REC_RAW),
};
const struct rec_desc api_backup_opened_desc = REC_DESC(struct asked, opened_fields);

static enum err number(struct request *r, int64_t *id)
{
	return request_param_id(r, 0, "backup", id);
}

/* ---- backups ---- */

struct reply *api_backups(struct request *r)
{
	struct shelved *s;
	struct list l;
	size_t n;

	if (list_query(r, LIMIT_DEFAULT, LIMIT_MAX, &l) != OK ||
	    shelf_list(r->ctx, l.limit, l.offset, &s, &n, &l.total) != OK)
		return reply_fault(r);
	return list_reply(r, &l, &shelved_desc, s, n);
}

struct reply *api_backup(struct request *r)
{
	struct shelved s;
	int64_t id;

	return number(r, &id) == OK && shelf_get(r->ctx, id, &s) == OK ? list_one(r, 200, &shelved_desc, &s, 0)
	                                                               : reply_fault(r);
}

struct reply *api_backup_uploads_post(struct request *r)
{
	struct shelved s;

	if (backup_ask_upload(r, &s) != OK)
		return reply_fault(r);
	job_wake_worker(r->ctx);
	return reply_header(list_one(r, 201, &shelved_desc, &s, 0), "Location",
	                    request_printf_link(r, "/api/backups/%lld", (long long)s.id));
}

struct reply *api_backup_delete(struct request *r)
{
	int64_t id;

	return number(r, &id) == OK && shelf_remove(r->ctx, id) == OK ? reply_empty(r, 204) : reply_fault(r);
}

struct reply *api_backup_download(struct request *r)
{
	return backup_ask_file(r);
}

/* ---- jobs ---- */

static void put_job(struct json_out *j, const struct backup_job *k)
{
	bool done = str_eqz(k->status, "completed");

	json_object(j);
	json_rec(j, &backup_job_desc, k);
	json_key(j, "progress_percent");
	json_percent(j, done ? 1 : k->processed_rows, done ? 1 : k->total_rows);
	json_key(j, "report");
	if (k->report.n)
		json_raw(j, k->report);
	else
		json_null(j);
	json_end_object(j);
}

static struct reply *one_job(struct request *r, int status, enum err e, const struct backup_job *k)
{
	struct json_out j;

	if (e)
		return reply_fault(r);
	json_start(&j, r->out);
	put_job(&j, k);
	return reply_json(r, status);
}

/* Asked for, it is the worker's. */
static struct reply *taken(struct request *r, enum err e, const struct backup_job *k)
{
	struct reply *p = one_job(r, 202, e, k);

	if (e)
		return p;
	job_wake_worker(r->ctx);
	return reply_header(p, "Location", request_join(r, STR("/api/backup-jobs/"), k->job_id));
}

struct reply *api_backups_post(struct request *r)
{
	struct backup_wanted w = {.mode = "create"};
	struct asked a = {.user = {NULL, 0}};
	struct backup_job k;
	uint64_t given;
	enum err e = fields_json(r, &api_backup_asked_desc, &a, &given);

	w.only_user = a.user;
	w.passphrase = a.passphrase;
	if (!e)
		e = backup_job_queue(r->ctx, &w, &k);
	return taken(r, e, &k);
}

struct reply *api_backup_verify(struct request *r)
{
	struct backup_wanted w = {.mode = "verify"};
	struct asked a = {.user = {NULL, 0}};
	struct backup_job k;
	uint64_t given;
	enum err e = number(r, &w.backup_id);

	if (!e)
		e = fields_json(r, &api_backup_opened_desc, &a, &given);
	w.passphrase = a.passphrase;
	if (!e)
		e = backup_job_queue(r->ctx, &w, &k);
	return taken(r, e, &k);
}

struct reply *api_backup_restore(struct request *r)
{
	struct backup_ask a = {.dry_run = false};
	struct backup_job k;
	uint64_t given;
	int64_t id;
	enum err e = number(r, &id);

	if (!e)
		e = fields_json(r, &backup_ask_desc, &a, &given);
	if (!e)
		e = backup_ask_restore(r, id, &a, &k);
	return taken(r, e, &k);
}

struct reply *api_backup_jobs(struct request *r)
{
	struct backup_job *k;
	struct json_out j;
	struct list l;
	size_t n;

	if (list_query(r, LIMIT_DEFAULT, LIMIT_MAX, &l) != OK ||
	    backup_job_list(r->ctx, l.limit, l.offset, &k, &n, &l.total) != OK)
		return reply_fault(r);
	list_begin(r, &j);
	for (size_t i = 0; i < n; i++)
		put_job(&j, &k[i]);
	return list_end(r, &j, &l);
}

struct reply *api_backup_job(struct request *r)
{
	struct backup_job k;

	return one_job(r, 200, backup_job_get(r->ctx, r->param[0], &k), &k);
}

struct reply *api_backup_job_cancel(struct request *r)
{
	struct backup_job k;

	return one_job(r, 200, backup_job_cancel(r->ctx, r->param[0], &k), &k);
}

struct reply *api_backup_job_retry(struct request *r)
{
	struct backup_job k;

	return taken(r, backup_job_retry(r->ctx, r->param[0], &k), &k);
}
