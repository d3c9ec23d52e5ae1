/*
 * entry: readings of registers that a person or a program states one by one or some at once (D's item 2).
 *
 * An entry is a batch like an import's: a job of the kind "entry" that has ended when it is made. So who
 * recorded a reading is its job's user, stating it again changes nothing, and it can be undone. All readings of
 * an entry are stored, or none.
 *
 * A register shows 0 to 999999999.999 and never falls, unless it was exchanged or rolled over (app/register.h):
 * one that falls is stored, and flagged with the question.
 */
#ifndef WL_APP_ENTRY_H
#define WL_APP_ENTRY_H

#include "app/right.h"
#include "base/rec.h"

#define ENTRY_MAX 500 /* readings of one entry */

struct entry {
	int64_t meter_id;
	int64_t reading_timestamp;
	int64_t value;      /* millionths of the register's unit */
	struct str channel; /* empty: import */
	struct str quality; /* A, E, S; empty: A */
	/* filled by entry_put */
	struct str recorded_by; /* e-mail; null: the system */
	struct str batch_id;
	struct str outcome; /* new, identical, changed, kept */
	bool decreased;
	struct str warning; /* null, or a sentence */
};
extern const struct rec_desc entry_desc;       /* all of it, for JSON out */
extern const struct rec_desc entry_given_desc; /* what may be said */

/* ERR_INVALID: field "value", "readings/3/value" where there are several ("3" from 0); ERR_NOT_FOUND,
 * ERR_FORBIDDEN as ever. */
enum err entry_put(struct ctx *c, struct entry *rows, size_t n);

#endif
