/*
 * backups: those that are kept, what is under way with them, and the forms that make one or take one from
 * elsewhere. The page of one job is backup_job.c.
 */
#include "app/account.h"
#include "app/backup/backup_job.h"
#include "app/backup/backup_schedule.h"
#include "app/backup/shelf.h"
#include "app/setting.h"
#include "web/backup_ask.h"
#include "web/backup_view.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/job_view.h"

#define LIMIT     25
#define JOBS      20 /* the last jobs, of which those under way are shown */
#define USERS_MAX 200
#define SUM_SHOWN 8

/* Those with a place for a message of their own. */
static const char *const fields[] = {"user", "passphrase", "file", NULL};

/* Which form was refused. */
enum refused { REFUSED_NONE, REFUSED_ONE, REFUSED_MAKE, REFUSED_UPLOAD };

/* ---- the list ---- */

/* "ada@example.org", "schedule" */
static struct str by(const struct shelved *s)
{
	if (str_eqz(s->origin, "schedule"))
		return STR("the schedule");
	if (str_eqz(s->origin, "restore"))
		return STR("a restore, before it");
	return s->user_email.n ? s->user_email : STR("the command line");
}

static void show_row(struct request *r, struct view *v, const struct shelved *s)
{
	view_set(v, "HREF", request_printf_link(r, "/admin/backups/%lld", (long long)s->id));
	view_set(v, "NAME", s->name);
	if (s->is_encrypted)
		view_show(v, "IS_ENCRYPTED");
	if (s->only_user.n)
		view_set(view_section(v, "ONLY_USER"), "EMAIL", s->only_user);
	frame_at(r, v, "MADE", s->made_at ? s->made_at : s->added_at);
	view_set(v, "BY", by(s));
	if (s->size)
		view_set(view_section(v, "SIZE"), "TEXT", frame_bytes(r, s->size));
	if (s->total_rows)
		view_set(view_section(v, "ROWS"), "NUMBER", frame_number(r, s->total_rows));
	if (s->failure.n)
		view_set(view_section(v, "DAMAGED"), "WHY", s->failure);
	else if (s->verified_at)
		frame_at(r, v, "VERIFIED", s->verified_at);
	else
		view_show(v, "UNREAD");
	if (s->is_encrypted && !s->made_at)
		view_show(v, "CLOSED");
	if (s->sha256.n) {
		struct view *sum = view_section(v, "SUM");

		view_set(sum, "WHOLE", s->sha256);
		view_set(sum, "SHORT", str_sub(s->sha256, 0, SUM_SHOWN));
	}
}

/* What is under way; and what failed last, until something else is asked for. */
static enum err show_jobs(struct request *r, struct view *v)
{
	struct backup_job *k;
	struct view *under_way = NULL;
	int64_t total;
	size_t n;

	if (backup_job_list(r->ctx, JOBS, 0, &k, &n, &total) != OK)
		return r->ctx->fault.code;
	for (size_t i = 0; i < n; i++) {
		if (!backup_job_active(&k[i]))
			continue;
		under_way = under_way ? under_way : view_section(v, "UNDER_WAY");
		struct view *row = view_section(under_way, "JOB");

		view_int(row, "N", (int64_t)i);
		backup_view_job(r, row, &k[i]);
	}
	if (under_way) {
		view_show(v, "ACTIVE");
		view_show(under_way, "ACTIVE");
	}
	if (n > 0 && str_eqz(k[0].status, "failed")) {
		struct view *failed = view_section(v, "FAILED");

		backup_view_job(r, failed, &k[0]);
		view_set(failed, "MESSAGE", k[0].error_message);
	}
	return OK;
}

static enum err show_list(struct request *r, struct view *v)
{
	struct shelved *s;
	int64_t offset, total;
	size_t n;

	if (request_query_int(r, "offset", 0, INT32_MAX, 0, &offset) != OK ||
	    shelf_list(r->ctx, LIMIT, offset, &s, &n, &total) != OK)
		return r->ctx->fault.code;
	for (size_t i = 0; i < n; i++)
		show_row(r, view_section(v, "BACKUP"), &s[i]);
	view_show(v, n > 0 ? "SOME" : "NONE");
	view_set(v, "TOTAL", frame_number(r, total));
	frame_pager(r, v, "PAGER", request_link(r, "/admin/backups?"), LIMIT, offset, total);
	return OK;
}

/* ---- the forms ---- */

static enum err show_users(struct request *r, struct view *v)
{
	struct str chosen = form_get(&r->form, "user");
	struct account *a;
	int64_t total;
	size_t n;

	if (account_list(r->ctx, STR(""), USERS_MAX, 0, &a, &n, &total) != OK)
		return r->ctx->fault.code;
	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(v, "USER");

		view_set(row, "EMAIL", a[i].email);
		if (str_eq(a[i].email, chosen))
			view_show(row, "SELECTED");
	}
	return OK;
}

static void show_schedule(struct request *r, struct view *v)
{
	struct ctx *c = r->ctx;
	struct str cron = setting_text(c, SETTING_backup_cron);

	if (!cron.n) {
		view_show(v, "NOT_SCHEDULED");
		return;
	}
	struct view *s = view_section(v, "SCHEDULED");

	view_set(s, "CRON", cron);
	view_setz(s, "ZONE", tz_name(setting_zone(c)));
	frame_at(r, s, "NEXT", backup_schedule_next(c));
	view_int(s, "DAILY", setting_int(c, SETTING_backup_keep_daily));
	view_int(s, "WEEKLY", setting_int(c, SETTING_backup_keep_weekly));
	view_int(s, "MONTHLY", setting_int(c, SETTING_backup_keep_monthly));
	view_show(s, setting_text(c, SETTING_backup_passphrase).n ? "SEALED" : "OPEN");
}

static struct reply *show(struct request *r, enum refused refused)
{
	struct fault kept = r->ctx->fault;
	struct job_health health;
	struct view *v, *make, *upload;

	r->ctx->fault = (struct fault){.code = OK};
	v = frame_begin(r, "page/backups.tpl", "Backups");
	make = view_section(v, "MAKE");
	upload = view_section(v, "UPLOAD");
	if (show_list(r, v) != OK || show_jobs(r, v) != OK || show_users(r, make) != OK ||
	    job_health(r->ctx, &health) != OK)
		return reply_fault(r);
	show_schedule(r, v);
	view_int(upload, "LIMIT_MIB", setting_int(r->ctx, SETTING_upload_max_mib));
	job_view_health(r, v, &health);
	if (refused == REFUSED_NONE)
		return reply_page(r, 200);
	r->ctx->fault = kept;
	if (refused == REFUSED_ONE)
		view_setz(view_section(v, "REFUSED"), "MESSAGE", kept.message);
	else
		frame_form_error(r, refused == REFUSED_MAKE ? make : upload, fields);
	return reply_page(r, reply_fault_status(r));
}

struct reply *page_backups(struct request *r)
{
	return show(r, REFUSED_NONE);
}

/* ---- what they ask for ---- */

static struct reply *back(struct request *r, enum err e, enum refused refused)
{
	if (e == ERR_NOT_FOUND)
		return reply_fault(r);
	if (e)
		return show(r, refused);
	job_wake_worker(r->ctx);
	return reply_redirect(r, request_link(r, "/admin/backups"));
}

struct reply *page_backups_post(struct request *r)
{
	const struct backup_wanted w = {.mode = "create",
	                                .only_user = form_get(&r->form, "user"),
	                                .passphrase = form_get(&r->form, "passphrase")};
	struct backup_job k;

	return back(r, backup_job_queue(r->ctx, &w, &k), REFUSED_MAKE);
}

struct reply *page_backups_upload(struct request *r)
{
	struct shelved s;

	return back(r, backup_ask_upload(r, &s), REFUSED_UPLOAD);
}

struct reply *page_backup_file(struct request *r)
{
	return backup_ask_file(r);
}

struct reply *page_backup_verify(struct request *r)
{
	struct backup_wanted w = {.mode = "verify", .passphrase = form_get(&r->form, "passphrase")};
	struct backup_job k;
	enum err e = request_param_id(r, 0, "backup", &w.backup_id);

	return back(r, e ? e : backup_job_queue(r->ctx, &w, &k), REFUSED_ONE);
}

struct reply *page_backup_remove(struct request *r)
{
	int64_t id;
	enum err e = request_param_id(r, 0, "backup", &id);

	return back(r, e ? e : shelf_remove(r->ctx, id), REFUSED_ONE);
}
