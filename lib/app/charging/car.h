/*
 * car: the electric cars of users. Whose car it is, his are its charging sessions: nobody else sees them but an
 * admin and the system.
 *
 * A car is called by a name, which files of sessions use; no other car of the same user has it, whatever the
 * case. Removing one that has sessions is soft: it is inactive, and its sessions stay in reports.
 */
#ifndef WL_APP_CHARGING_CAR_H
#define WL_APP_CHARGING_CAR_H

#include "app/ctx.h"
#include "base/rec.h"

struct car {
	int64_t id;
	struct str name;          /* 1 to 60 characters */
	struct str registration;  /* null: not known */
	int64_t battery_kwh;      /* millionths; REC_NONE: not known, like the next two */
	int64_t efficiency_mpkwh; /* miles a kWh where odometers do not tell; else the setting */
	int64_t petrol_mpg; /* of the petrol car it is compared with (imperial gallons); else the setting */
	bool is_active;
	int64_t sessions_count; /* closed ones */
	int64_t last_odometer;  /* miles; REC_NONE */
	int64_t user_id;
	struct str user_email; /* null: the instance's own */
	int64_t created_at, version;
};
extern const struct rec_desc car_desc;

/* What a person may say of one. */
struct car_edit {
	struct str name, registration;
	int64_t battery_kwh, efficiency_mpkwh, petrol_mpg;
};
extern const struct rec_desc car_edit_desc;

/* One's own; of an admin and the system all, or only those of `user_id` (0: everybody's). By name. */
enum err car_list(struct ctx *c, int64_t user_id, bool include_inactive, struct car **out, size_t *n);
/* Inactive ones too. ERR_NOT_FOUND: there is none, or it is somebody else's. */
enum err car_get(struct ctx *c, int64_t id, struct car *out);
/* By its name, of those of one user (0: of the instance). ERR_NOT_FOUND. */
enum err car_by_name(struct ctx *c, int64_t user_id, struct str name, struct car *out);

/* The same, of user_id 0 of anybody if none of the instance's is called so. ERR_CONFLICT: several are. */
enum err car_called(struct ctx *c, int64_t user_id, struct str name, struct car *out);

/* ERR_INVALID names the field; ERR_CONFLICT: the name is taken. `user_id`: whose it will be; 0: the actor's.
 * Somebody else's only by an admin and the system. */
enum err car_create(struct ctx *c, int64_t user_id, const struct car_edit *edit, struct car *out);
/* Whether a car can be called so. ERR_INVALID. */
enum err car_name_check(struct ctx *c, struct str name);
/* In the caller's transaction; job_id: the import that names it. One that went with its import comes back. */
enum err car_found(struct ctx *c, int64_t user_id, struct str name, int64_t job_id, int64_t *id);
/* version 0: whatever it is; else ERR_PRECONDITION. */
enum err car_update(struct ctx *c, int64_t id, int64_t version, const struct car_edit *edit, uint64_t given,
                    struct car *out);
/* ERR_NOT_FOUND. One without a session goes for good. */
enum err car_remove(struct ctx *c, int64_t id);
enum err car_restore(struct ctx *c, int64_t id, struct car *out);

/* After the sessions of an import went or came, in the caller's transaction: a car that an import made, and no
 * person has changed, is there as long as a session or a tariff refers to it. */
enum err car_settle(struct ctx *c, int64_t job_id);
/* How many cars of the import that would make go (come). */
enum err car_foresee(struct ctx *c, int64_t job_id, bool live, int64_t *n);
/* Those that went with an import which does not come back, and to which nothing refers. */
enum err car_forget(struct ctx *c);

#endif
