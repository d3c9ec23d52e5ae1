/*
 * date: the ways in which meter files write a local date, a time of day, or both.
 *
 * yyyy-mm-dd, yyyy/mm/dd, yyyymmdd, dd/mm/yyyy, dd-mm-yyyy, dd.mm.yyyy, dd mm yyyy, the same with two-digit
 * years (dd/mm/yy; 20yy), 14 Nov 2019 and 14-Nov-19, each with an optional trailing midnight. A date that does
 * not exist (31/02) is refused, never rolled over. Which order is meant is decided for the whole file by
 * date_guess_order over its values, then every row is read that way.
 */
#ifndef WL_CODEC_DATE_H
#define WL_CODEC_DATE_H

#include "base/civil.h"

enum date_order { DATE_DMY, DATE_MDY, DATE_YMD };

enum date_result {
	DATE_OK,
	DATE_BAD,     /* not written like a date */
	DATE_NO_SUCH, /* written like one, but there is no such day */
};

struct date_form {
	enum date_order order; /* matters only for forms that do not begin with a four-digit year */
	int this_year;         /* of dates without one; 0: they are refused */
};

enum date_result date_parse_day(struct str s, struct date_form form, int32_t *day);
/* "00:30", "0:30", "00:30:00", "24:00": seconds since midnight, 0 .. 86400. */
bool date_parse_time(struct str s, int32_t *seconds);
/* The same, and what is a time only because its column says so: 30, 0030 and 2400 (hours: 1 and 24), and a part
 * of a day (0.0208333). */
bool date_parse_bare_time(struct str s, bool hours, int32_t *seconds);
/* A day's serial number in a spreadsheet, from the year 2000 on. */
bool date_is_serial(struct str s);
/* "00:00 - 00:30", "2025-10-19 00:00 to 2025-10-19 01:00". *first: what stands before the join. */
bool date_is_range(struct str s, struct str *first);

/* A clock reading: a local day and the seconds since its midnight, with the offset from UTC if the text states
 * one. "13/01/2025 00:30[:00]", "2025-01-13T00:30:00Z", "2025-01-13 00:30 +0100", "14 Nov 2019 12:00AM",
 * "23:30:00 Mon 13/01/2025"; a date alone is its midnight (timed is false then). 24:00 is 86400. Of a range,
 * its begin. */
struct date_moment {
	int32_t day, seconds;
	bool timed, has_offset;
	int32_t offset; /* seconds east of UTC */
};
enum date_result date_parse_moment(struct str s, struct date_form form, struct date_moment *out);

/* What the dates of a file are, one after the other, if they are read in one order. */
struct date_run {
	int32_t last;
	unsigned seen, steps /* to the next day or the one before */, jumps, impossible, future;
};
struct date_votes {
	int32_t today; /* set beforehand; 0: not known */
	unsigned seen, first_over_12, middle_over_12, year_first, bad;
	unsigned either_end; /* 25-11-07: the year is the first field or the last */
	struct date_run year_first_run, day_first_run;
};
void date_vote(struct date_votes *v, struct str s);
/* Day first unless a middle field above 12 proves otherwise; year first where only that makes days that follow
 * one another and are not in the future. *certain: nothing had to be assumed. */
enum date_order date_guess_order(const struct date_votes *v, bool *certain);

#endif
