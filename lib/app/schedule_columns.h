/* schedule_columns: the columns of struct schedule, in the order of schedule_desc, for the statements of
 * schedule.c and schedule_run.c. */
#ifndef WL_APP_SCHEDULE_COLUMNS_H
#define WL_APP_SCHEDULE_COLUMNS_H

#define SCHEDULE_COLUMNS                                                                              \
	"s.id, s.address, s.cron, s.is_enabled, s.import_type, s.on_conflict, s.meter, s.time_zone, " \
	"s.preset, s.property_id, s.strict, s.answers, s.etag, s.last_modified, s.last_run_at, "      \
	"s.next_run_at, s.last_outcome, s.last_batch, s.user_id, u.email AS user_email, "             \
	"s.created_at, s.car FROM schedules s JOIN users u ON u.id = s.user_id"

#endif
