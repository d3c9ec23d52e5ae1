/*
 * tz_zone: what a time zone is inside base/tz: a table of past changes and a rule for the years after it.
 * Filled by tz_file.c, asked by tz.c, seen by nobody else.
 */
#ifndef WL_BASE_TZ_ZONE_H
#define WL_BASE_TZ_ZONE_H

#include "base/str.h"

#define TZ_NAME_MAX 63

enum tz_rule_kind {
	TZ_RULE_MONTH,  /* Mm.w.d: the w-th (5: last) weekday d of month m */
	TZ_RULE_JULIAN, /* Jn: day 1 .. 365, 29 February never counted */
	TZ_RULE_DAY,    /* n: day 0 .. 365, 29 February counted */
};

/* When, in a year, the clocks change: a day and the local time, which may lie outside the day. */
struct tz_rule {
	enum tz_rule_kind kind;
	int month, week, day;
	int32_t seconds;
};

struct tz {
	char name[TZ_NAME_MAX + 1];
	size_t n;        /* changes */
	int64_t *at;     /* instants of the changes, ascending */
	int32_t *offset; /* n + 1 of them: before the first change, and from each change on */

	bool has_rule; /* for instants from the last change on */
	bool has_dst;
	int32_t standard, dst;           /* seconds east */
	struct tz_rule dst_from, dst_to; /* in standard and in summer time */
};

/* Reads a TZif file's bytes. False: it is not one, or one with leap seconds. */
bool tz_file_parse(struct str file, struct tz *z);
/* The POSIX rule of its last line: "GMT0BST,M3.5.0/1,M10.5.0". */
bool tz_rule_parse(struct str text, struct tz *z);

#endif
