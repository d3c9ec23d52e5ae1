/*
 * reading: what shows of meters in a range of instants, interval readings and registers alike.
 *
 * A range is half-open, [from, to) (DECISIONS 5). Readings come meter by meter, of each meter series by series
 * (channel, then interval length, registers first), of each series in the order of time: so nothing has to be
 * kept in memory, and a page of a range is always the same. An interval belongs to the range that holds its
 * begin.
 */
#ifndef WL_APP_READING_H
#define WL_APP_READING_H

#include "app/right.h"
#include "base/tz.h"

#define READING_RANGE_MAX (INT64_C(50) * 366 * 86400) /* seconds */

struct reading_filter {
	int64_t meter_id, property_id; /* one of the two */
	struct str channel;            /* empty: all */
	int64_t minutes;               /* of an interval; 0: registers; -1: all */
	int64_t from, to;
	int64_t limit, offset;
};

/* What the readings that follow have in common. */
struct reading_series {
	int64_t id, meter_id;
	struct str meter, meter_name; /* its identifier; its name, or null */
	struct str meter_type;
	struct str channel, unit;
	int64_t minutes; /* 0: a register, whose values are cumulative */
	const struct tz *zone;
};

struct reading {
	int64_t at;    /* begin of the interval, or the register's instant */
	int64_t value; /* millionths of the unit */
	char quality;  /* A E S U, '-': none was stated */
	/* who stated it, for a sink with `recorders`: a register's job, an interval's batch (empty where
	 * several did) */
	int64_t job_id;
	struct str batch;
};

/* begin: before the first reading of a series; either may be NULL. False stops. */
struct reading_sink {
	bool (*begin)(void *arg, const struct reading_series *s);
	bool (*each)(void *arg, const struct reading *g);
	void *arg;
	bool recorders;
};

/* *total: all that are in the range, of which limit and offset choose. ERR_INVALID: the range is empty or
 * longer than READING_RANGE_MAX; ERR_NOT_FOUND: the meter or property. */
enum err reading_scan(struct ctx *c, const struct reading_filter *f, const struct reading_sink *sink,
                      int64_t *total);

/* How people call a quality letter; 0: missing. */
const char *reading_quality_name(char quality);

/* An instant as people and programs write it: RFC 3339; a date, which is the begin of that local day (`end`: of
 * the day after it); a clock reading without an offset only where `stated` says that the zone was. ERR_INVALID
 * names the field. */
enum err reading_parse_at(struct ctx *c, const char *field, struct str text, const struct tz *zone, bool stated,
                          bool end, int64_t *at);

/* The zone of a meter, or of a property's days (its own, else that of its first meter, else the instance's). */
enum err reading_zone(struct ctx *c, int64_t meter_id, int64_t property_id, const struct tz **out);

#endif
