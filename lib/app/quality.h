/*
 * quality: what is wrong with readings, or looks so: what one goes through before totals are trusted.
 *
 * Over what the actor may see, for a range of local days (by default the last 90 that end with the latest day
 * that has readings). Removed meters are left out. The kinds:
 *
 * - gap: intervals that are missing between the first and the last that are known of a series. What was
 *   excluded (app/edit.h) is missing like any other.
 * - estimated, substituted, unknown: intervals of that quality (unknown: a flag that nobody here knows).
 * - zeros: a day or more of nothing but zeros (23 hours: the shortest day) in a series that has other values
 *   too in the range.
 * - negative: values below zero.
 * - outlier: values above 6 times the 95th percentile of the series' values above zero in the range, if there
 *   are 48 of them or more. It is taken from buckets an eighth of their value wide, so the limit is 6 to 6.75
 *   times. Days that are always high stay below it, and one absurd value cannot move it.
 * - total: a day's stored total is not the sum of the same day's intervals, where all of them are there
 *   (DECISIONS 1): more than 0.05 apart, as when a file is read.
 * - stale: a meter of which nothing is known for more days than the setting stale_days, up to today.
 *
 * What follows one another, on the same day or the next, is one finding. Each series is scanned twice in
 * constant memory, the first time for the percentile; 200 meters with 90 days of half hours take 30 ms. The
 * whole range is gone through for each page of the list, because the counts of all kinds stand above it.
 */
#ifndef WL_APP_QUALITY_H
#define WL_APP_QUALITY_H

#include "app/right.h"
#include "base/rec.h"

#define QUALITY_DAYS     90
#define QUALITY_DAYS_MAX 1098 /* three years */

enum quality_kind {
	QUALITY_GAP,
	QUALITY_ESTIMATED,
	QUALITY_SUBSTITUTED,
	QUALITY_UNKNOWN,
	QUALITY_ZEROS,
	QUALITY_NEGATIVE,
	QUALITY_OUTLIER,
	QUALITY_TOTAL,
	QUALITY_STALE,
	QUALITY_KINDS
};
const char *quality_kind_name(enum quality_kind k);            /* "gap" */
bool quality_kind_of(struct str name, enum quality_kind *out); /* false: there is none */

struct quality_filter {
	int64_t property_id, meter_id;  /* 0: all */
	struct str first_day, last_day; /* dates; empty: as above, and 90 days before the last */
	struct str kind;                /* empty: all */
	int64_t limit, offset;
};

struct quality_finding {
	struct str kind;
	int64_t meter_id;
	struct str identifier;
	int64_t property_id;
	struct str property_name;
	int64_t series_id;
	struct str channel, unit;
	int64_t interval_minutes;    /* 0: a register */
	int64_t first_day, last_day; /* REC_DAY */
	int64_t count;               /* intervals; of total and stale days */
	struct str worst; /* the value furthest off, of a total the difference; null: of kinds without */
	struct str href;  /* of the days on the meter's page; web/ fills it */
};
extern const struct rec_desc quality_finding_desc;

struct quality_report {
	int64_t first_day, last_day;  /* both 0: there are no readings */
	int64_t series;               /* that were looked at */
	int64_t count[QUALITY_KINDS]; /* findings, of all kinds */
	int64_t total;                /* of the kind that was asked for */
	struct quality_finding *finding;
	size_t n;
};
/* By meter, channel and interval. ERR_INVALID names the field; ERR_NOT_FOUND: the property or meter. */
enum err quality_find(struct ctx *c, const struct quality_filter *f, struct quality_report *out);

#endif
