/*
 * audit: who did what: changes of settings, users, rights and tokens, sign-ins, removals, undo, exports.
 *
 * A row is written in the transaction of the change that it tells of, so that neither is there without the
 * other, and holds no secret. Rows are only added. The hash of each covers its fields and the hash of the row
 * before: a row that was altered, put in or taken out is found by audit_verify (`wattledger audit-list
 * --verify`). Disadvantage: whoever can write the database can write the chain anew from there on, and rows cut
 * off at its end leave no trace in it; so the last hash is printed, to be kept elsewhere.
 */
#ifndef WL_APP_AUDIT_H
#define WL_APP_AUDIT_H

#include "app/ctx.h"
#include "base/rec.h"

struct audit_row {
	int64_t id, at;
	int64_t user_id; /* 0: the system, or nobody who had signed in */
	struct str actor, action, subject, detail;
};
extern const struct rec_desc audit_desc;

/* The first words of actions, and what the page calls them; ends with NULLs. */
struct audit_kind {
	const char *name, *label;
};
extern const struct audit_kind audit_kinds[];

/* Within the caller's transaction; on an error, whose fault is filled, the change is not to be committed.
 * action is one word ("setting.set"); subject and detail are cut where they are long. */
enum err audit_add(struct ctx *c, const char *action, struct str subject, struct str detail);
__attribute__((format(printf, 4, 5))) enum err audit_addf(struct ctx *c, const char *action, struct str subject,
                                                          const char *detail, ...);

/* One statement and, where it changes anything, the row that tells of it, in a transaction of their own. */
struct db_sql;
struct db_val;
enum err audit_run(struct ctx *c, const char *doing, const struct db_sql *q, size_t n,
                   const struct db_val *args, const char *action, struct str subject, bool *changed);

struct audit_filter {
	struct str actor;       /* part of the name, in capitals or not; empty: all */
	struct str action;      /* the action, or its first word ("setting"); empty: all */
	int64_t from_at, to_at; /* half-open; 0: open */
	int64_t limit, offset;
};
/* Newest first. For admins and the system: else ERR_FORBIDDEN. */
enum err audit_list(struct ctx *c, const struct audit_filter *f, struct audit_row **out, size_t *n,
                    int64_t *total);

#define AUDIT_HASH_TEXT 65
struct audit_check {
	int64_t rows;
	int64_t broken; /* the first row that does not follow from the one before; 0: none */
	char last[AUDIT_HASH_TEXT];
};
/* Reads the whole chain. */
enum err audit_verify(struct ctx *c, struct audit_check *out);

#endif
