/*
 * shape: what a row of exports.def has to do, and what it gets: the series to write, one after the other.
 */
#ifndef WL_APP_EXPORT_SHAPE_H
#define WL_APP_EXPORT_SHAPE_H

#include "app/export.h"
#include "app/series.h"
#include "base/tz.h"

struct export_series {
	int64_t id, meter_id, minutes;
	struct str meter, channel, unit;
	const struct tz *tz;
};

struct export_run {
	struct ctx *c;
	const struct export_filter *filter;
	const struct export_series *series;
	size_t n;
	struct buf out; /* flushed when it is full enough */
	const struct export_sink *sink;
	const struct export_watch *watch;
	bool gone; /* the receiver is */
	struct export_counts counts;
};

typedef enum err export_shape_fn(struct export_run *x);

#define EXPORT_LINE_MAX 4096 /* what one call of export_line may need */

/* Room for one more line in x->out, which is flushed first when it is nearly full. */
char *export_line(struct export_run *x);
void export_flush(struct export_run *x);
/* Before the series number `done`: what the watch says to it. */
enum err export_step(struct export_run *x, size_t done);

/* The filter's range by a meter's zone: the local days that hold it, and of those the instants. */
struct export_range {
	int64_t from, to;
	int32_t first, last;
};
struct export_range export_range(const struct export_filter *f, const struct tz *zone);
/* Of n intervals of `step` seconds from `start` on, those that begin in the range: [*first, *end). */
void export_span(const struct export_range *g, int64_t start, int64_t step, int n, int *first, int *end);

#endif
