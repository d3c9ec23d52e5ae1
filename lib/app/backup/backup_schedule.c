/* backup_schedule: see backup_schedule.h. */
#include "app/backup/backup_schedule.h"

#include "app/backup/backup_job.h"
#include "app/backup/shelf.h"
#include "app/setting.h"
#include "base/cron.h"
#include "base/tz.h"
#include "db/db.h"

#define VERIFIED_SECONDS (7 * 86400) /* so long a verification is good for */

SQL(backup_schedule_since,
    "SELECT COALESCE(MAX(t.at), 0) FROM (SELECT changed_at AS at FROM settings WHERE user_id = 0 AND key = "
    "'backup_cron' UNION ALL SELECT queued_at FROM jobs WHERE kind = 'backup' AND origin = 'schedule' UNION "
    "ALL "
    "SELECT added_at FROM backups WHERE origin = 'schedule') t");
SQL(backup_schedule_busy, "SELECT COUNT(*) FROM jobs WHERE kind = 'backup' AND origin = 'schedule' AND status "
                          "IN ('queued', 'processing')");
SQL(backup_schedule_stale,
    "SELECT b.id FROM backups b WHERE b.failure IS NULL AND COALESCE(b.verified_at, 0) < ? AND (b.is_encrypted "
    "= 0 OR b.made_at IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM backup_jobs k JOIN jobs j ON j.id = k.job_id "
    "WHERE k.backup_id = b.id AND j.status IN ('queued', 'processing')) ORDER BY COALESCE(b.verified_at, 0), "
    "b.id LIMIT 1");

/* The first time after an instant; 0: none. */
static int64_t next_after(struct ctx *c, int64_t at)
{
	struct cron k;
	char why[CRON_WHY];
	struct str text = setting_text(c, SETTING_backup_cron);
	return text.n && cron_parse(text, &k, why) ? cron_next(&k, setting_zone(c), at) : 0;
}

int64_t backup_schedule_next(struct ctx *c)
{
	return next_after(c, ctx_now(c));
}

static enum err look(struct ctx *c, bool *due)
{
	int64_t since, busy;
	enum err e = db_one_int(c->db, &sql_backup_schedule_since, DB_NOARGS, &since);
	if (!e)
		e = db_one_int(c->db, &sql_backup_schedule_busy, DB_NOARGS, &busy);
	if (e)
		return ctx_db_failed(c, e, "looking whether a backup is due");
	int64_t at = next_after(c, since);
	*due = at && at <= ctx_now(c) && !busy;
	return OK;
}

enum err backup_schedule_run_due(struct ctx *c)
{
	const struct backup_wanted w = {.mode = "create", .scheduled = true};
	struct backup_job job;
	bool due = false;
	if (!setting_text(c, SETTING_backup_cron).n)
		return OK;
	enum err e = look(c, &due);
	if (e || !due)
		return e;
	e = ctx_begin(c, "asking for a scheduled backup");
	if (e)
		return e;
	e = look(c, &due);
	if (!e && due)
		e = backup_job_queue_in(c, &w, &job);
	e = ctx_end(c, e, "asking for a scheduled backup");
	log_event(&c->log, e ? LOG_WARN : LOG_INFO, "scheduled backup",
	          LOG_Z("why", e ? c->fault.message : ""));
	return e;
}

static enum err verify_again(struct ctx *c)
{
	struct backup_wanted w = {.mode = "verify"};
	struct backup_job job;
	enum err e = db_one_int(c->db, &sql_backup_schedule_stale, DB_ARGS(db_i(ctx_now(c) - VERIFIED_SECONDS)),
	                        &w.backup_id);
	if (e == ERR_NOT_FOUND)
		return OK;
	return e ? ctx_db_failed(c, e, "looking which backup to verify") : backup_job_queue(c, &w, &job);
}

void backup_schedule_tidy(struct ctx *c)
{
	enum err e = shelf_trim(c);
	if (!e)
		e = verify_again(c);
	if (e)
		log_event(&c->log, LOG_WARN, "scheduled backup", LOG_Z("why", c->fault.message));
	c->fault = (struct fault){.code = OK};
}
