/*
 * charge_export: closed charging sessions as source A's CSV, oldest first, decimals exact: what is exported
 * imports again as it is (import/session.h).
 *
 * The columns that not every session has (DECISIONS 20) follow where they are asked for, and where the sessions
 * are of more than one car. Without them a session has a day and no times, and its car is said by whoever
 * imports it.
 */
#ifndef WL_APP_CHARGING_CHARGE_EXPORT_H
#define WL_APP_CHARGING_CHARGE_EXPORT_H

#include "app/charging/charge.h"

/* Into an open file; *rows: how many. ERR_NOT_FOUND: the car; what the disk said. */
enum err charge_export_to_fd(struct ctx *c, const struct charge_filter *f, bool all_columns, int fd,
                             int64_t *rows);
/* Into a file without a name, of *size bytes. Counts against the actor's exports (ERR_RATE). */
enum err charge_export(struct ctx *c, const struct charge_filter *f, bool all_columns, int *fd, int64_t *size);

#endif
