/*
 * shelf_trim: of what the schedule and restores made, which backups stay.
 *
 * The newest of each of the last days, weeks and months that have one stay, as many as the settings say; days
 * begin at midnight of the installation's zone, weeks on Monday. One that is damaged stays as long as it would
 * if it were whole, so that somebody sees it, but takes no other's place. The newest whole one stays in any
 * case, and so does what a job reads, and all that people made or uploaded.
 */
#include "app/backup/shelf.h"
#include "app/setting.h"
#include "base/civil.h"
#include "base/tz.h"
#include "db/db.h"

#define ROWS_MAX 10000

SQL(shelf_made, "SELECT id, added_at, CASE WHEN failure IS NULL THEN 0 ELSE 1 END AS is_damaged, CASE WHEN "
                "failure IS NULL AND verified_at IS NOT NULL THEN 1 ELSE 0 END AS is_whole FROM backups WHERE "
                "origin IN ('schedule', 'restore') ORDER BY added_at DESC, id DESC LIMIT ?");

struct made {
	int64_t id, added_at;
	bool is_damaged, is_whole;
};
static const struct rec_field fields[] = {
        REC(struct made, id, REC_INT),
        REC(struct made, added_at, REC_AT),
        REC(struct made, is_damaged, REC_BOOL),
        REC(struct made, is_whole, REC_BOOL),
};
static const struct rec_desc desc = REC_DESC(struct made, fields);

/* Days, weeks or months, from the newest back. */
struct series {
	int64_t left; /* how many more of them keep one */
	int64_t last; /* the one that has its backup already */
};

static bool takes(struct series *s, int64_t period, bool damaged)
{
	if (!s->left || s->last == period)
		return false;
	if (!damaged) {
		s->left--;
		s->last = period;
	}
	return true;
}

static int64_t month_of(int32_t day)
{
	struct civil d = civil_from_day(day);
	return (int64_t)d.year * 12 + d.month;
}

/* 1970-01-01 was a Thursday. */
static int64_t week_of(int32_t day)
{
	return ((int64_t)day + 3 - (civil_weekday(day) + 6) % 7) / 7;
}

enum err shelf_trim(struct ctx *c)
{
	struct series days = {setting_int(c, SETTING_backup_keep_daily), INT64_MIN};
	struct series weeks = {setting_int(c, SETTING_backup_keep_weekly), INT64_MIN};
	struct series months = {setting_int(c, SETTING_backup_keep_monthly), INT64_MIN};
	bool whole_kept = false;
	size_t n;
	enum err e;
	const struct made *m = db_all(c->db, &sql_shelf_made, DB_ARGS(db_i(ROWS_MAX)), c->arena, &desc, &n, &e);
	if (e)
		return ctx_db_failed(c, e, "looking which backups to keep");
	for (size_t i = 0; i < n && !e; i++) {
		int32_t day = tz_day_of(setting_zone(c), m[i].added_at);
		bool keep = takes(&days, day, m[i].is_damaged);
		keep = takes(&weeks, week_of(day), m[i].is_damaged) || keep;
		keep = takes(&months, month_of(day), m[i].is_damaged) || keep;
		keep = keep || (m[i].is_whole && !whole_kept);
		whole_kept = whole_kept || m[i].is_whole;
		if (!keep && (e = shelf_remove(c, m[i].id)) == ERR_CONFLICT)
			e = OK; /* a job reads it: the next time */
	}
	return e;
}
