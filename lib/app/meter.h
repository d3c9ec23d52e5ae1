/*
 * meter: properties and their meters. First light: one default property ("Unassigned meters") takes the meters
 * that an import finds; the ledger issue adds the rest.
 */
#ifndef WL_APP_METER_H
#define WL_APP_METER_H

#include "app/ctx.h"
#include "base/rec.h"

struct meter {
	int64_t id, property_id;
	struct str identifier; /* text: MPAN core, MPRN, NMI, serial ... */
	struct str name;       /* null unless given */
	struct str property_name;
	struct str time_zone;
	struct str made_by_batch; /* batch id of the import that found it; null otherwise */
	int64_t created_at;
	int64_t days;                /* meter-days stored (all series) */
	int64_t first_day, last_day; /* REC_DAY; both 0 with days == 0 */
};
extern const struct rec_desc meter_desc;

struct meter_filter {
	struct str search; /* part of the identifier or name; empty: all */
	int64_t limit, offset;
};
enum err meter_list(struct ctx *c, const struct meter_filter *f, struct meter **out, size_t *n, int64_t *total);
enum err meter_get(struct ctx *c, int64_t id, struct meter *out);
enum err meter_by_identifier(struct ctx *c, struct str identifier, struct meter *out);

#endif
