/*
 * compare: the days that a page shows, beside those of an earlier period.
 *
 * The query says which: compare=before (the period before), compare=year (the same a year before), or
 * compare=from with compare_from=DATE (the one that begins then). Its length:
 *
 * - Shown days that are whole months (one or more, from a first to a last) are compared with as many whole
 *   months, however long these are: March with February, not with its last 28 days and three of January. A
 * typed begin asks for whole months where it is a first.
 * - A year before, the first and the last day are each moved by a year; the 29th of February becomes the 28th.
 * - Otherwise it has as many days as are shown.
 *
 * What stands beside what: the k-th day beside the k-th day, and within a day the interval that begins at the
 * same clock time, on days of 23 and 25 hours too. Clock times that come twice are beside their first and
 * second showing. What has no counterpart (the hour that the shown day skips, or showed once; days of the
 * longer period that the other has not) is left out of the picture and blank beside it, but is in the totals.
 * Because periods may differ in length, and in how much of them is known, a mean of what is known a day (86,400
 * s) is told too.
 */
#ifndef WL_WEB_COMPARE_H
#define WL_WEB_COMPARE_H

#include "base/tz.h"
#include "web/chart.h"

struct period {
	int32_t from, to; /* local days, both included */
};

/* The other period; *any false: none is asked for. ERR_INVALID names the field. */
enum err compare_read(struct request *r, struct period shown, struct period *other, bool *any);
/* Includes COMPARE with part/compare.tpl into the form that chooses days: what is chosen, or nothing. */
void compare_choices(struct request *r, struct view *v);
/* "&compare=year": for links to other days; empty where there is nothing to keep. */
const char *compare_query(struct request *r);

struct compare_side {
	struct period days;
	const struct chart_point *point; /* in the order of time */
	size_t n;
};

struct compare {
	const struct tz *zone;
	struct str unit;
	struct compare_side shown, other;
};

/* The other's points at the places of the shown days: out has room for other.n. Returns how many. */
size_t compare_align(const struct compare *c, struct chart_point *out);
/* "2025-02-01 to 2025-02-28", or the one day. */
struct str compare_label(struct request *r, struct period p);
/* Includes COMPARED with part/compared.tpl: totals and differences, then clock time by clock time of one day,
 * or day by day. aligned: from compare_align. */
void compare_view(struct request *r, struct view *v, const struct compare *c, const struct chart_point *aligned,
                  size_t n);

#endif
