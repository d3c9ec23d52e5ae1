/*
 * dashboard: what there is to see, at a glance (D's item 12): counted over what the actor may see, by one
 * question about days and one about registers, whatever the number of meters.
 */
#ifndef WL_APP_DASHBOARD_H
#define WL_APP_DASHBOARD_H

#include "app/right.h"
#include "base/rec.h"

struct dashboard_property {
	int64_t id;
	struct str name;
	int64_t meters_count;
	int64_t readings_this_month;
	int64_t latest_reading; /* begin of the last interval, or instant of the last register reading; 0: none
	                         */
};
extern const struct rec_desc dashboard_property_desc;

struct dashboard {
	int64_t properties_count, meters_count;
	int64_t readings_this_month; /* of the month that is, by the instance's clock */
	int64_t latest_reading_date;
	struct dashboard_property *property; /* active ones, by name */
	size_t n;
};

enum err dashboard_of(struct ctx *c, struct dashboard *out);

#endif
