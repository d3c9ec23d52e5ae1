/*
 * mains: the load profile of a property: what went through its main meters together, and beside it another
 * period if one is asked for (compare.h).
 *
 * Up to 31 days it is told by half hours of the local clock, up to a year by days, above that not at all. What
 * the meters measure in longer intervals, or by a register, is spread evenly over these (app/consumption.h). A
 * step is known where all main meters know all of it; those that know nothing of the shown days at all are left
 * out, and that is said.
 */
#ifndef WL_WEB_MAINS_H
#define WL_WEB_MAINS_H

#include "web/compare.h"

/* Includes PROFILE, and COMPARED if another period is asked for, into the section HAS_PROFILE of the view;
 * nothing where nothing is known. */
enum err mains_view(struct request *r, struct view *v, const int64_t *meter_ids, size_t meters,
                    const struct tz *zone, struct period shown);

#endif
