/*
 * tz: time zones, read from the system's TZif files (RFC 9636), our own reader.
 *
 * Local days matter here: a meter's day runs from one local midnight to the next and has 46, 48 or 50
 * half hours in Europe/London. A zone is loaded once and kept for the life of the process (a few KiB
 * each, at most 256 zones). The footer's POSIX TZ rule serves the years after the file's last transition.
 */
#ifndef WL_BASE_TZ_H
#define WL_BASE_TZ_H

#include "base/str.h"

struct tz;

/* `name`: "Europe/London". NULL if there is no such zone, or the name is not one ([A-Za-z0-9_+/-], no
 * "..", no leading '/'). "UTC" always works, without a file. Not freed by the caller. */
const struct tz *tz_load(struct str name);
const char *tz_name(const struct tz *z);

/* Seconds east of Greenwich in force at that instant. */
int32_t tz_offset_at(const struct tz *z, int64_t at);
/* The instant at which that local day begins: local midnight, or where midnight does not exist (zones
 * that change at 00:00) the first instant of that day. */
int64_t tz_day_start(const struct tz *z, int32_t day);
/* Seconds that the local day lasts: 86400, or 82800, 90000, ... */
int32_t tz_day_seconds(const struct tz *z, int32_t day);
/* The local day that holds an instant. */
int32_t tz_day_of(const struct tz *z, int64_t at);

/* A local clock reading -> instant. How many instants show it: 0 (skipped: *at is the instant after the
 * gap), 1, or 2 (repeated: *at the first, *at2 the second). seconds: 0 .. 86400 since local 00:00. */
int tz_local_to_at(const struct tz *z, int32_t day, int32_t seconds, int64_t *at, int64_t *at2);

/* A local day that is kept between two questions, because the next one is mostly about the same day. Starts as
 * zeros. */
struct tz_day {
	const struct tz *zone;
	int32_t day, seconds; /* seconds: that it lasts */
	int64_t start;
	bool even; /* its clock never changes: 00:00 and n seconds is start + n, and no other instant */
};
void tz_day_take(struct tz_day *d, const struct tz *z, int32_t day);
void tz_day_take_at(struct tz_day *d, const struct tz *z, int64_t at); /* the day that holds it */
/* tz_local_to_at of that day. */
int tz_day_clock(const struct tz_day *d, int32_t seconds, int64_t *at, int64_t *at2);

#endif
