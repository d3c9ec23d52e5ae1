/* audit: the audit log as JSON, for admins. */
#include "web/audit_query.h"
#include "web/handlers.h"
#include "web/list.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     1000

struct reply *api_audit(struct request *r)
{
	struct audit_filter f;
	struct audit_row *rows;
	struct list l;
	size_t n;

	if (list_query(r, LIMIT_DEFAULT, LIMIT_MAX, &l) != OK || audit_query(r, &f) != OK)
		return reply_fault(r);
	f.limit = l.limit;
	f.offset = l.offset;
	if (audit_list(r->ctx, &f, &rows, &n, &l.total) != OK)
		return reply_fault(r);
	return list_reply(r, &l, &audit_desc, rows, n);
}
