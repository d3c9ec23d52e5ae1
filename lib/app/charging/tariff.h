/*
 * tariff: what charging costs where a session says neither its total nor its price: so much a kWh, a minute and
 * a session, of a car, of a network, or of both, from a day on.
 *
 * Of the tariffs that fit a session the closest counts: car and network, then network, then car, then that for
 * everything; of equals the latest that had begun by the session's day. Amounts are pounds in millionths.
 */
#ifndef WL_APP_CHARGING_TARIFF_H
#define WL_APP_CHARGING_TARIFF_H

#include "app/ctx.h"
#include "base/rec.h"

struct tariff {
	int64_t id;
	int64_t car_id;                           /* 0: of every car */
	struct str car, network;                  /* null: everywhere */
	int64_t from_day;                         /* REC_DAY */
	int64_t per_kwh, per_minute, per_session; /* REC_NONE: nothing */
	int64_t user_id;
	int64_t created_at;
};
extern const struct rec_desc tariff_desc;

struct tariff_edit {
	int64_t car_id;
	struct str network;
	int64_t from_day, per_kwh, per_minute, per_session;
};
extern const struct rec_desc tariff_edit_desc;

/* One's own; of an admin and the system all. */
enum err tariff_list(struct ctx *c, struct tariff **out, size_t *n);
/* Replaces the one of the same car, network and day. Costs that were computed before stay as they are.
 * ERR_INVALID names the field. */
enum err tariff_put(struct ctx *c, const struct tariff_edit *edit, struct tariff *out);
enum err tariff_remove(struct ctx *c, int64_t id); /* ERR_NOT_FOUND */

/* That of a session of a car of `user_id` (0: the instance's). ERR_NOT_FOUND, without a fault: none fits. */
enum err tariff_of(struct ctx *c, int64_t user_id, int64_t car_id, struct str network, int64_t day,
                   struct tariff *out);

#endif
