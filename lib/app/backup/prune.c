/*
 * prune: see prune.h.
 *
 * One user's data: their own row, settings, tokens, presets, schedules, drafts, cars with all of theirs, the
 * properties that they own with all that is in them, and their jobs. Of a job of somebody else there stays what
 * an undo in this user's property needs, if readings there come from it: its name, its times and its counts,
 * and nobody's name.
 *
 * It is deleted statement by statement, what refers before what is referred to: each is a transaction of its
 * own, since nobody else sees the copy, and one that was cut short is thrown away. Disadvantage: the archive of
 * a small user of a large installation takes a copy of everything first. The audit log only grows, in a copy,
 * too; it is left out where the archive is written (create.c).
 */
#include "app/backup/prune.h"

#include "db/db.h"

#define MINE_SERIES                                                                                 \
	"SELECT s.id FROM series s JOIN meters m ON m.id = s.meter_id JOIN properties p ON p.id = " \
	"m.property_id WHERE p.owner_id = ?"

/* This installation's own, in no archive. */
SQL(prune_backup_jobs, "DELETE FROM jobs WHERE kind IN ('backup', 'restore')");

/* ---- everything of others ---- */

SQL(prune_charging_stated,
    "DELETE FROM charging_stated WHERE session_id NOT IN (SELECT s.id FROM charging_sessions s JOIN cars k ON "
    "k.id = s.car_id WHERE k.user_id = ?)");
SQL(prune_charging_sessions,
    "DELETE FROM charging_sessions WHERE car_id NOT IN (SELECT id FROM cars WHERE user_id = ?)");
SQL(prune_charging_tariffs, "DELETE FROM charging_tariffs WHERE COALESCE(user_id, 0) <> ?");
SQL(prune_cars, "DELETE FROM cars WHERE COALESCE(user_id, 0) <> ?");
SQL(prune_days, "DELETE FROM days WHERE series_id NOT IN (" MINE_SERIES ")");
SQL(prune_day_layers, "DELETE FROM day_layers WHERE series_id NOT IN (" MINE_SERIES ")");
SQL(prune_register_readings, "DELETE FROM register_readings WHERE series_id NOT IN (" MINE_SERIES ")");
SQL(prune_job_series, "DELETE FROM job_series WHERE series_id NOT IN (" MINE_SERIES ")");
SQL(prune_edits, "DELETE FROM edits WHERE series_id NOT IN (" MINE_SERIES ")");
SQL(prune_series, "DELETE FROM series WHERE id NOT IN (" MINE_SERIES ")");
SQL(prune_meters, "DELETE FROM meters WHERE property_id NOT IN (SELECT id FROM properties WHERE owner_id = ?)");
SQL(prune_site_layers,
    "DELETE FROM site_layers WHERE property_id NOT IN (SELECT id FROM properties WHERE owner_id = ?)");
SQL(prune_properties, "DELETE FROM properties WHERE COALESCE(owner_id, 0) <> ?");
SQL(prune_presets, "DELETE FROM presets WHERE COALESCE(user_id, 0) <> ?");
SQL(prune_settings, "DELETE FROM settings WHERE user_id <> ?");
SQL(prune_job_errors, "DELETE FROM job_errors WHERE job_id NOT IN (SELECT id FROM jobs WHERE user_id = ?)");
SQL(prune_jobs,
    "DELETE FROM jobs WHERE COALESCE(user_id, 0) <> ? AND id NOT IN (SELECT job_id FROM days WHERE job_id IS "
    "NOT "
    "NULL UNION SELECT job_id FROM day_layers UNION SELECT job_id FROM register_readings UNION SELECT job_id "
    "FROM "
    "job_series UNION SELECT job_id FROM site_layers UNION SELECT job_id FROM charging_stated UNION SELECT "
    "made_by_job FROM properties WHERE made_by_job IS NOT NULL UNION SELECT made_by_job FROM meters WHERE "
    "made_by_job IS NOT NULL UNION SELECT made_by_job FROM cars WHERE made_by_job IS NOT NULL UNION SELECT "
    "made_by_job FROM charging_sessions WHERE made_by_job IS NOT NULL)");
SQL(prune_jobs_of_others,
    "UPDATE jobs SET user_id = NULL, file_path = '', meter = NULL, car = NULL, answers = NULL, preset = NULL, "
    "origin = NULL, error_message = NULL, summary = NULL, header_line = NULL WHERE COALESCE(user_id, 0) <> ?");
/* With their sessions, tokens, schedules, memberships and drafts. */
SQL(prune_users, "DELETE FROM users WHERE id <> ?");

/* ---- what refers to something that is gone ---- */

SQL(prune_loose_users,
    "UPDATE users SET default_property_id = (SELECT p.id FROM properties p WHERE p.id = default_property_id), "
    "default_meter_id = (SELECT m.id FROM meters m WHERE m.id = default_meter_id)");
SQL(prune_loose_jobs,
    "UPDATE jobs SET property_id = (SELECT p.id FROM properties p WHERE p.id = jobs.property_id), follows_id = "
    "(SELECT f.id FROM jobs f WHERE f.id = jobs.follows_id), target_id = (SELECT t.id FROM jobs t WHERE t.id = "
    "jobs.target_id)");
SQL(prune_loose_exports,
    "UPDATE exports SET property_id = NULL WHERE property_id NOT IN (SELECT id FROM properties)");
/* Without its property or meter a schedule would be one of everything: it is switched off. */
SQL(prune_loose_schedules, "UPDATE schedules SET property_id = NULL, is_enabled = 0, next_run_at = NULL WHERE "
                           "property_id NOT IN (SELECT "
                           "id FROM properties)");
SQL(prune_loose_export_schedules, "UPDATE export_schedules SET property_id = (SELECT p.id FROM properties p "
                                  "WHERE p.id = property_id), meter_id "
                                  "= (SELECT m.id FROM meters m WHERE m.id = meter_id), is_enabled = 0, "
                                  "next_run_at = NULL WHERE property_id NOT "
                                  "IN (SELECT id FROM properties) OR meter_id NOT IN (SELECT id FROM meters)");

enum err backup_prune(struct ctx *c, int64_t user_id)
{
	static const struct db_sql *const of_others[] = {
	        &sql_prune_charging_stated,
	        &sql_prune_charging_sessions,
	        &sql_prune_charging_tariffs,
	        &sql_prune_cars,
	        &sql_prune_days,
	        &sql_prune_day_layers,
	        &sql_prune_register_readings,
	        &sql_prune_job_series,
	        &sql_prune_edits,
	        &sql_prune_series,
	        &sql_prune_meters,
	        &sql_prune_site_layers,
	        &sql_prune_properties,
	        &sql_prune_presets,
	        &sql_prune_settings,
	        &sql_prune_job_errors,
	        &sql_prune_jobs,
	        &sql_prune_jobs_of_others,
	        &sql_prune_users,
	};
	static const struct db_sql *const loose[] = {
	        &sql_prune_loose_users,
	        &sql_prune_loose_jobs,
	        &sql_prune_loose_exports,
	        &sql_prune_loose_schedules,
	        &sql_prune_loose_export_schedules,
	};
	const size_t n = sizeof(of_others) / sizeof(of_others[0]), m = sizeof(loose) / sizeof(loose[0]);
	enum err e = db_run(c->db, &sql_prune_backup_jobs, DB_NOARGS);
	for (size_t i = 0; user_id && !e && i < n; i++)
		e = db_run(c->db, of_others[i], DB_ARGS(db_i(user_id)));
	for (size_t i = 0; user_id && !e && i < m; i++)
		e = db_run(c->db, loose[i], DB_NOARGS);
	return e ? ctx_db_failed(c, e, "choosing what is in a backup") : OK;
}
