/*
 * handlers: the prototype of every handler that routes.def names, made from its rows.
 */
#ifndef WL_WEB_HANDLERS_H
#define WL_WEB_HANDLERS_H

#include "web/reply.h"
#include "web/route.h"

#define ROUTE(method, pattern, handler, access, flags, summary) struct reply *handler(struct request *r);
#include "web/routes.def"
#undef ROUTE

#endif
