/* job_columns: the columns of struct job, in the order of job_desc, for the statements of job.c and job_run.c.
 */
#ifndef WL_APP_JOB_COLUMNS_H
#define WL_APP_JOB_COLUMNS_H

#define JOB_COLUMNS                                                                                          \
	"j.id, j.batch_id, j.kind, j.filename, j.file_path, j.import_type, j.status, j.dry_run, "            \
	"j.total_rows, "                                                                                     \
	"j.processed_rows, j.imported_rows, j.unchanged_rows, j.failed_rows, j.intervals_new, "              \
	"j.intervals_identical, "                                                                            \
	"j.intervals_changed, j.intervals_kept, j.meters_new, j.bytes_total, j.bytes_done, j.queued_at, "    \
	"j.started_at, "                                                                                     \
	"j.meters_known, j.values_blank, j.values_negative, j.values_sentinel, j.values_out_of_range, "      \
	"j.completed_at, j.progress_at, j.attempts, j.cancel_requested, j.error_message, j.summary, "        \
	"j.user_id, "                                                                                        \
	"u.name AS user_name, u.email AS user_email, j.on_conflict, j.property_id, j.meter, j.car, "         \
	"j.time_zone, "                                                                                      \
	"j.answers, j.preset, j.strict, j.follows_id, f.batch_id AS follows, j.origin, "                     \
	"j.target_id, j.undone_at, j.cleaned_at, j.resume_offset, j.resume_line, j.lease_token FROM jobs j " \
	"LEFT JOIN users u ON u.id = j.user_id LEFT JOIN jobs f ON f.id = j.follows_id"

/* What a page's table of jobs shows, in the order of job_row_desc: a third of the columns, and of the time. */
#define JOB_ROW_COLUMNS                                                                                        \
	"j.batch_id, j.kind, j.filename, j.import_type, j.status, j.dry_run, j.total_rows, j.processed_rows, " \
	"j.imported_rows, "                                                                                    \
	"j.failed_rows, j.bytes_total, j.bytes_done, j.queued_at, j.cancel_requested, j.undone_at, u.name AS " \
	"user_name, "                                                                                          \
	"u.email AS user_email, j.origin FROM jobs j LEFT JOIN users u ON u.id = j.user_id"

#endif
