/*
 * export_range: the two ends of an export as people and programs write them: both local days of each meter, the
 * last included, or both instants, [from, to) (DECISIONS 5). An end that is empty is open.
 */
#ifndef WL_APP_EXPORT_RANGE_H
#define WL_APP_EXPORT_RANGE_H

#include "app/export.h"

/* Fills the range of the filter. ERR_INVALID: the field is "from" or "to". */
enum err export_read_range(struct ctx *c, struct str from, struct str to, struct export_filter *f);

#endif
