/*
 * home: the bare address leads to the dashboard (and so, for somebody who is not signed in, to sign-in or
 * setup).
 */
#include "web/handlers.h"

struct reply *page_home(struct request *r)
{
	return reply_redirect(r, request_link(r, "/admin"));
}
