/*
 * audit_query: which rows of the audit log a query asks for, on the page and in the API alike.
 */
#ifndef WL_WEB_AUDIT_QUERY_H
#define WL_WEB_AUDIT_QUERY_H

#include "app/audit.h"
#include "web/request.h"

/* actor, action, from, to. Dates are days of the pages' zone, the last included. ERR_INVALID names the field.
 */
enum err audit_query(struct request *r, struct audit_filter *out);

#endif
