/* audit_query: see audit_query.h. */
#include "web/audit_query.h"

#include "app/reading.h"
#include "web/frame.h"

static enum err read_at(struct request *r, const char *name, bool end, int64_t *at)
{
	struct str text = str_trim(form_get(&r->query, name));

	return text.n ? reading_parse_at(r->ctx, name, text, frame_zone(r), true, end, at) : OK;
}

enum err audit_query(struct request *r, struct audit_filter *out)
{
	*out = (struct audit_filter){.actor = form_get(&r->query, "actor"),
	                             .action = form_get(&r->query, "action")};
	enum err e = read_at(r, "from", false, &out->from_at);

	if (!e)
		e = read_at(r, "to", true, &out->to_at);
	if (!e && out->to_at && out->from_at >= out->to_at)
		e = ctx_fail(r->ctx, ERR_INVALID, "from", "\"from\" is not before \"to\".");
	return e;
}
