/* charge_row: what the files of a charging session's row share: charge.c, charge_check.c, charge_take.c,
 * charge_worked.c. */
#ifndef WL_APP_CHARGING_CHARGE_ROW_H
#define WL_APP_CHARGING_CHARGE_ROW_H

#include "app/charging/charge.h"
#include "db/db.h"

/* The columns of which charge_edit speaks, in the order of insert and update; then cost_computed. */
#define CHARGE_EDIT_COLUMNS 22
void charge_args(const struct charge_edit *d, bool computed, struct db_val out[CHARGE_EDIT_COLUMNS]);
/* In a transaction. */
enum err charge_insert(struct ctx *c, struct str id, const struct charge_edit *d, bool computed,
                       int64_t job_id);
struct charge_edit charge_said(const struct charge *s); /* a stored one as it would be said */
/* The stored, live, closed one of the same key. ERR_NOT_FOUND, without a fault. */
enum err charge_same(struct ctx *c, const struct charge_edit *d, struct charge *out);

/* Conditions on a session under the alias `s`, of an import: it states the session; the session goes with it,
 * as no other live import states it; the session comes back, as its key is free. */
#define CHARGE_STATED \
	"(s.made_by_job = ? OR s.id IN (SELECT t.session_id FROM charging_stated t WHERE t.job_id = ?)) "
#define CHARGE_STATED_ARGS(job) DB_ARGS(db_i(job), db_i(job))
#define CHARGE_GOES                                                                                 \
	"s.is_undone = 0 AND s.is_edited = 0 AND s.made_by_job IS NOT NULL AND " CHARGE_STATED      \
	"AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id <> ? AND j.undone_at IS NULL AND (j.id = " \
	"s.made_by_job OR j.id IN (SELECT t.job_id FROM charging_stated t WHERE t.session_id = s.id))) "
#define CHARGE_GOES_ARGS(job) DB_ARGS(db_i(job), db_i(job), db_i(job))
#define CHARGE_KEY_OF_S                                                                                    \
	"o.car_id = s.car_id AND o.day = s.day AND o.status = 'closed' AND COALESCE(o.odometer, -1) = "    \
	"COALESCE(s.odometer, -1) AND o.charge_delivered_kwh = s.charge_delivered_kwh AND (o.odometer IS " \
	"NOT NULL OR COALESCE(o.started_at, 0) = COALESCE(s.started_at, 0)) "
#define CHARGE_COMES                                                           \
	"s.is_undone = 1 AND " CHARGE_STATED                                   \
	"AND NOT EXISTS (SELECT 1 FROM charging_sessions o WHERE o.is_undone " \
	"= 0 AND " CHARGE_KEY_OF_S ") "
#define CHARGE_COMES_ARGS(job) CHARGE_STATED_ARGS(job)

#define CHARGE_COST_MAX 1000000 /* pounds; what comes to more is not known */
enum err charge_cost(struct ctx *c, const struct charge_edit *d, int64_t user_id, int64_t *cost);
/* Fills what is worked out. */
void charge_work_out(struct ctx *c, struct charge *s);
/* Whether a place is home, by its user's aliases. */
bool charge_is_home(struct ctx *c, int64_t user_id, struct str place);

#endif
