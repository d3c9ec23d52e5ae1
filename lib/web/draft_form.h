/*
 * draft_form: drafts (app/draft.h) as pages with long forms have them.
 *
 * A page says which form it has and of what (draft_open). What was typed in a draft is put where the body of a
 * form that comes back would be (r->form), so that the page shows it in the way it has for that already: right
 * or wrong, as it was typed. The one draft there is is restored at once; of several none is, they are listed.
 * `?draft=ID` chooses one, `?new=1` none.
 *
 * The page includes two parts: DRAFTS before the form (what was restored; a form to discard it cannot be within
 * another form) and DRAFT_FIELDS at its end: the hidden fields, the button "Save draft" and the badge. With
 * JavaScript static/draft.js does the rest; a form opts in by data-draft="FORM".
 *
 * The hidden fields are draft and draft_version (what the form goes on from; empty: nothing yet), draft_form
 * and draft_subject. fields.h passes them over.
 */
#ifndef WL_WEB_DRAFT_FORM_H
#define WL_WEB_DRAFT_FORM_H

#include "app/draft.h"
#include "web/request.h"
#include "web/view.h"

/* Whether it is one of the hidden fields. */
bool draft_form_field(struct str name);

struct draft_open {
	enum draft_form form;
	struct str subject; /* empty: something new */
	struct draft *all;  /* those that there are, if none was chosen and restored */
	size_t n;
	bool restored;
	struct draft one; /* if restored */
};
enum err draft_open(struct request *r, enum draft_form form, struct str subject, struct draft_open *out);
/* The parts DRAFTS and DRAFT_FIELDS; `list`: with the drafts to choose from, where there are several. */
void draft_view(struct request *r, struct view *v, const struct draft_open *o, bool list);
/* One line of a list: what it is called, when and where it was saved, how to go on with it or to discard it. */
void draft_row(struct request *r, struct view *row, const struct draft *d);
/* The address of its form's page, with the draft filled in. */
struct str draft_href(struct request *r, const struct draft *d);
/* The address of the form's page. */
struct str draft_page(struct request *r, enum draft_form form, struct str subject);

/* What the form says that it goes on from: an empty id where it has no draft. A version that is none of ours is
 * one that never fits. */
struct str draft_form_id(struct request *r, int64_t *version);
/* Keeps what is in r->form: in the draft that it goes on from, or, where that has another version by now or is
 * gone, in one of its own. */
enum err draft_form_save(struct request *r, struct draft *out);
/* What was typed has been sent: its draft goes, unless something else has been typed into it meanwhile. */
void draft_form_sent(struct request *r);

#endif
