/*
 * reading_export: the readings of a property's meters as a file (D's item 11): timestamp, meter_name,
 * meter_type, value, recorded_by; intervals and registers alike, in the order of reading.h. Unlike the shapes
 * of exports.def it is for people to look at: it does not say channel, unit, interval length and quality, and
 * is not imported again.
 */
#ifndef WL_APP_READING_EXPORT_H
#define WL_APP_READING_EXPORT_H

#include "app/reading.h"

/* Into a file without a name; *size bytes. recorded_by: the e-mail address of whoever imported or entered it;
 * empty: the system, or, of an interval, several. Counts against the actor's exports (ERR_RATE); the other
 * failures are those of reading_scan and export_to_fd. */
enum err reading_export(struct ctx *c, const struct reading_filter *f, struct str format, int *fd,
                        int64_t *size);

#endif
