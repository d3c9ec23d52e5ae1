/*
 * again: a form that the gate did not let through comes back with what was typed in it. Nothing that somebody
 * has typed is lost because a page had been open for too long (SAFETY.md).
 *
 * Signed in, but with a token that is too old: the page shows what was typed, with a token of now.
 *
 * Signed out meanwhile: the sign-in page carries the form, as one hidden field, through the sign-in. Then it is
 * not sent on: a form with drafts is kept as one and its own page is shown, filled with it; any other is shown
 * field by field. Somebody has to press its button again.
 *
 * Why this is no hole for requests forged by other sites:
 *   - a form that the browser says came from another site is not carried at all (gate.c asks before);
 *   - the sign-in form that carries it has a token bound to a cookie of this browser, like every other: another
 *     site can neither make one up nor send it;
 *   - what is carried is text. After the sign-in it becomes a page, or a draft, which is text that its owner
 *     sees and nobody else; never the deed that the form asks for. That needs a request of its own, with a
 * token of the new session, which only this page has;
 *   - passwords and tokens are not carried: they are asked for again.
 * Whoever signs in gets what was typed: also another person at the same browser, who could read it there
 * anyhow.
 *
 * Disadvantage: the form goes over the line three times. More than AGAIN_CARRIED_MAX is not carried: the page
 * shows it with a link that opens the sign-in in another tab.
 */
#ifndef WL_WEB_AGAIN_H
#define WL_WEB_AGAIN_H

#include "web/reply.h"
#include "web/view.h"

#define AGAIN_CARRIED_MAX ((size_t)256 * 1024) /* bytes, percent-encoded */

/* Of r->path, with r->form in it. */
struct reply *again_form(struct request *r, int status, const char *title, const char *why);
/* 401: the sign-in page, which carries r->form to r->path. */
struct reply *again_signed_out(struct request *r);
/* The hidden fields of a sign-in form that carries another: section CARRIED. A sign-in that fails keeps them.
 */
void again_carried(struct request *r, struct view *v);
/* After the sign-in: what it carried, in the session of this secret. NULL: nothing. */
struct reply *again_signed_in(struct request *r, struct str secret);

#endif
