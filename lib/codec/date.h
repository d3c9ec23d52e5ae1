/*
 * date: the ways in which meter files write a local date, a time of day, or both.
 *
 * First light knows yyyy-mm-dd, yyyy/mm/dd, yyyymmdd, dd/mm/yyyy, dd-mm-yyyy, dd.mm.yyyy, and the same with
 * two-digit years (dd/mm/yy; 20yy), each with an optional trailing " 00:00[:00]". A date that does not exist
 * (31/02) is refused, never rolled over. Which order is meant is decided for the whole file by
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

/* `order` matters only for forms that do not begin with a four-digit year. */
enum date_result date_parse_day(struct str s, enum date_order order, int32_t *day);
/* "00:30", "0:30", "00:30:00", "24:00": seconds since midnight, 0 .. 86400. */
bool date_parse_time(struct str s, int32_t *seconds);

struct date_votes {
	unsigned seen, first_over_12, middle_over_12, year_first, bad;
};
void date_vote(struct date_votes *v, struct str s);
/* Day first unless a middle field above 12 proves otherwise. *certain: nothing had to be assumed. */
enum date_order date_guess_order(const struct date_votes *v, bool *certain);

#endif
