/*
 * export_schedule: exports that are asked for at the times of a cron expression, of a period that moves along.
 *
 * What is due becomes a job like any other export's (export_job.h), of the schedule's owner and with the rights
 * that they have then. One immediate transaction finds what is due, queues its job, and writes down the outcome
 * and the next time: a worker killed anywhere before its end has done nothing, after it everything, and two
 * workers take nothing twice. However many times were missed, it is made once, for the last of them: its period
 * is told from that time, not from when the worker came. What an owner may not export (any more) is an outcome
 * in a sentence, and so is a time at which the job before is not done yet, which is left out.
 *
 * The clock, of the expression and of the period's days, is that of the meter or property, or of the owner
 * where all is exported. The newest `keep` files of a schedule stay however old they are, the others go when a
 * newer one is whole; exports_kept_days is for what people asked for, for what failed, and for what a schedule
 * that is removed leaves behind. At most once an hour, because exports are limited an hour.
 *
 * Why not the table of schedule.h: app/due.h. Disadvantage: a zone that is changed moves the times after the
 * next one, which stays.
 */
#ifndef WL_APP_EXPORT_SCHEDULE_H
#define WL_APP_EXPORT_SCHEDULE_H

#include "app/export_job.h"

struct export_schedule {
	int64_t id;
	struct str shape, format;
	struct str period; /* export_period.h */
	int64_t days;      /* 0: the period is not "days" */
	int64_t property_id;
	struct str property_name; /* of the meter, too; null: all, or it is not the reader's to see */
	int64_t meter_id;
	struct str meter; /* its identifier; null as above */
	struct str cron, time_zone;
	int64_t keep;
	bool is_enabled;
	int64_t next_run_at, last_run_at; /* 0: never */
	struct str last_outcome;          /* a sentence; null: it has not run */
	/* the last job, while it is kept: its batch id, its status, why it failed */
	struct str last_job_id, last_job_status, last_job_error;
	int64_t user_id; /* hidden */
	struct str user_email;
	int64_t created_at;
	int64_t version; /* ETag "v3" */
};
extern const struct rec_desc export_schedule_desc;

/* What a person may say of one. */
struct export_schedule_edit {
	struct str shape, format, period;
	int64_t days, property_id, meter_id;
	struct str meter; /* by its own number, instead of meter_id */
	struct str cron;
	int64_t keep;
	bool is_enabled;
};
extern const struct rec_desc export_schedule_edit_desc;
/* What a new one begins as. */
#define EXPORT_SCHEDULE_NEW                                                                \
	(struct export_schedule_edit)                                                      \
	{                                                                                  \
		.shape = STR("long"), .format = STR("csv"), .keep = 12, .is_enabled = true \
	}

/* One's own, of an admin all, in the order of their numbers. */
enum err export_schedule_list(struct ctx *c, int64_t limit, int64_t offset, struct export_schedule **out,
                              size_t *n, int64_t *total);
enum err export_schedule_get(struct ctx *c, int64_t id, struct export_schedule *out); /* ERR_NOT_FOUND */

/* For whoever asks (the system: for the first admin). ERR_INVALID names the field; ERR_NOT_FOUND: the property
 * or meter; ERR_CONFLICT: one user has no more of them. */
enum err export_schedule_create(struct ctx *c, const struct export_schedule_edit *wanted,
                                struct export_schedule *out);
/* `given` as in web/fields.h, version as with property_update. */
enum err export_schedule_update(struct ctx *c, int64_t id, int64_t version,
                                const struct export_schedule_edit *edit, uint64_t given,
                                struct export_schedule *out);
/* On again, it is due at its next time. */
enum err export_schedule_enable(struct ctx *c, int64_t id, bool on, struct export_schedule *out);
/* Its exports stay for exports_kept_days. */
enum err export_schedule_remove(struct ctx *c, int64_t id);

/* Asks for its export now, paused or not; its next time stays. ERR_CONFLICT: the one before is not done yet, or
 * what it exports is not there; ERR_FORBIDDEN: its owner's account is closed; ERR_RATE. */
enum err export_schedule_ask(struct ctx *c, int64_t id, struct export_schedule *out);
/* Asks for all that are due; for the worker, whose arena is reset for each. */
enum err export_schedule_run_due(struct ctx *c, const volatile int *stop);

#endif
