/*
 * draft: what somebody types into a long form, kept before it is sent (source E).
 *
 * A draft is in this table and in no other: lists, totals and exports of the things themselves need not leave
 * it out, they cannot see it. It holds the form's texts as they were typed, right or wrong; whether they are
 * right is asked when the form is sent. It is of one user and shown to nobody else, an admin included, because
 * what was never sent was never said.
 *
 * Each save names the version that it goes on from; another one is refused (ERR_PRECONDITION), whatever the
 * clock says, so that two tabs cannot overwrite each other. What the loser has typed becomes a draft of its own
 * (forked_from), and both are shown. A draft of a new charging session becomes that session under its own id
 * (charge_promote), in one transaction: draft > active > closed.
 *
 * Nobody waits for a clean-up: drafts that are older than drafts_kept_days are not listed, and go when somebody
 * lists theirs or the worker tidies up.
 *
 * Disadvantage: a save writes the whole form, at most 64 KiB.
 */
#ifndef WL_APP_DRAFT_H
#define WL_APP_DRAFT_H

#include "app/ctx.h"
#include "base/rec.h"
#include "codec/form.h"

#define DRAFT_FIELDS_MAX ((size_t)64 * 1024) /* bytes of the JSON text */
#define DRAFTS_MAX       100                 /* of one user */
#define DRAFT_ID_MAX     64                  /* bytes of a subject and of an id */

enum draft_form {
#define DRAFT_FORM(id, title) DRAFT_##id,
#include "app/draft_forms.def"
#undef DRAFT_FORM
	DRAFT_FORMS
};
const char *draft_form_name(enum draft_form form);
/* DRAFT_FORMS: there is none of that name. */
enum draft_form draft_form_of(struct str name);

struct draft {
	struct str id;
	struct str form, subject;
	struct str title; /* what it is called in a list: the place, the name, or the car and the day */
	struct str device;
	struct str forked_from; /* null: from none */
	int64_t created_at, updated_at, age_seconds, version;
	struct str fields; /* JSON: {"name":"text", ...}; null in lists */
};
extern const struct rec_desc draft_desc; /* without fields */

struct draft_given {
	struct str form, subject, device, forked_from;
	struct form fields;
};

/* Of one form (empty: of all), and of one subject (p NULL: of all). Most recent first. */
struct draft_filter {
	struct str form, subject;
	int64_t limit, offset;
};
enum err draft_list(struct ctx *c, const struct draft_filter *f, struct draft **out, size_t *n, int64_t *total);
enum err draft_get(struct ctx *c, struct str id, struct draft *out); /* ERR_NOT_FOUND */
/* The texts by their names. */
enum err draft_fields(struct ctx *c, const struct draft *d, struct form *out);

/* ERR_INVALID: no such form; ERR_TOO_LARGE: the fields; ERR_CONFLICT: there are DRAFTS_MAX. */
enum err draft_create(struct ctx *c, const struct draft_given *g, struct draft *out);
/* version 0: whatever it is; else ERR_PRECONDITION. */
enum err draft_update(struct ctx *c, struct str id, int64_t version, const struct draft_given *g,
                      struct draft *out);
enum err draft_remove(struct ctx *c, struct str id, int64_t version); /* as update */
/* In the transaction that makes a thing of it: the draft goes. ERR_NOT_FOUND: there is none of that form for
 * something new; ERR_PRECONDITION: it is another version. */
enum err draft_spend(struct ctx *c, struct str id, int64_t version, enum draft_form form);
/* Those of everybody that are too old. */
enum err draft_sweep(struct ctx *c);

#endif
