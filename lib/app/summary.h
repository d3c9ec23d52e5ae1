/*
 * summary: a property's meters side by side, and what no sub-meter accounts for: unmetered = main - subs (D's
 * items 7, 10 and 12 of a property).
 *
 * Without a range, of a property whose main meter has a register: what the registers showed at the main meter's
 * last reading or before it. Else what went through the meters in the range (the last 30 days that the main
 * meter knows). Unmetered is told even where it is negative: then the sub-meters exceed the main one. Over a
 * range it is added up over the days that all of the meters know, and `share` is how much of the time that is.
 */
#ifndef WL_APP_SUMMARY_H
#define WL_APP_SUMMARY_H

#include "app/right.h"

struct summary_meter {
	int64_t meter_id;
	struct str identifier, name; /* name: null unless given */
	bool is_main, known;
	int64_t value;   /* if known: millionths of `unit` */
	int64_t covered; /* seconds of the range; of registers 0 */
	int64_t at;      /* of a register's reading; else 0 */
};

struct summary {
	int64_t property_id;
	int64_t at;       /* reading_timestamp: the last instant that the main meter knows; 0: none */
	int64_t from, to; /* of the range; 0 without one */
	struct summary_meter *meter; /* active ones; the main ones first */
	size_t n;
	bool known;        /* unmetered can be told */
	int64_t unmetered; /* millionths */
	int64_t share;     /* of the range: thousandths of its days; without a range 1000 */
	struct str unit;   /* null: nothing is known */
};

/* from and to: 0, or a range. ERR_NOT_FOUND. */
enum err summary_of(struct ctx *c, int64_t property_id, int64_t from, int64_t to, struct summary *out);

#endif
