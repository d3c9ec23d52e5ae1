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

enum err charge_cost(struct ctx *c, const struct charge_edit *d, int64_t user_id, int64_t *cost);
/* Fills what is worked out. */
void charge_work_out(struct ctx *c, struct charge *s);
/* Whether a place is home, by its user's aliases. */
bool charge_is_home(struct ctx *c, int64_t user_id, struct str place);

#endif
