/*
 * export: readings leave in one of the shapes of exports.def, as a stream in constant memory, in the order
 * meter, channel, interval length, time. Each shape imports again unchanged.
 */
#ifndef WL_APP_EXPORT_H
#define WL_APP_EXPORT_H

#include "app/ctx.h"
#include "base/buf.h"

struct export_filter {
	int64_t meter_id, property_id; /* 0: all */
	int32_t from, to;              /* local days, inclusive */
};
#define EXPORT_FIRST_DAY (-719162) /* 0001-01-01 */
#define EXPORT_LAST_DAY  2932896   /* 9999-12-31 */

struct export_counts {
	int64_t readings, rows;
	int64_t skipped_series; /* that the shape cannot carry */
};

/* Takes a piece of the stream; false: the receiver is gone. */
typedef bool export_put_fn(void *arg, struct str piece);

bool export_shape_known(struct str shape);
enum err export_readings(struct ctx *c, struct str shape, const struct export_filter *f, export_put_fn *put,
                         void *arg, struct export_counts *counts);

#endif
