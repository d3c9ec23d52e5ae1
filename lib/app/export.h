/*
 * export: readings leave in one of the shapes of exports.def, as a stream in constant memory, in the order
 * meter, channel, interval length, time. Each shape imports again unchanged.
 */
#ifndef WL_APP_EXPORT_H
#define WL_APP_EXPORT_H

#include "app/ctx.h"
#include "base/buf.h"

#define EXPORT_FIRST_DAY (-719162) /* 0001-01-01 */
#define EXPORT_LAST_DAY  2932896   /* 9999-12-31 */

#define EXPORT_SHAPES "wide, wide15, long or openwatts"

struct export_filter {
	int64_t meter_id, property_id; /* 0: all */
	const int64_t *meter;          /* only these of them; NULL: all */
	size_t meters;
	bool by_instants;
	int32_t first_day, last_day; /* local days of each meter, inclusive; or */
	int64_t from, to;            /* instants, [from, to) */
};

struct export_counts {
	int64_t readings, rows;
	int64_t skipped_series; /* that the shape cannot carry */
};

/* Who takes an export. */
struct export_sink {
	/* Some whole lines; false: the receiver is gone. */
	bool (*put)(void *arg, struct str lines);
	void *arg;
};
/* Who watches it: asked before each of the `all` series; what is not OK ends the export. */
struct export_watch {
	enum err (*step)(void *arg, int64_t done, int64_t all);
	void *arg;
};

bool export_shape_known(struct str shape);
/* watch NULL: nobody does. ERR_INVALID: there is no such shape; ERR_NOT_FOUND: the property; ERR_IO: the
 * receiver is gone. */
enum err export_readings(struct ctx *c, struct str shape, const struct export_filter *f,
                         const struct export_sink *sink, const struct export_watch *watch,
                         struct export_counts *counts);

#endif
