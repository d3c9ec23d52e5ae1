/* export_range: see export_range.h. */
#include "app/export_range.h"

#include "base/civil.h"
#include "codec/utf8.h"

#define DAY INT64_C(86400)

/* *days: it is a day, else an instant. */
static enum err read_end(struct ctx *c, const char *field, struct str text, bool *days, int32_t *day,
                         int64_t *at)
{
	*days = civil_parse_day(text, day);
	if (*days || civil_parse_at(text, at))
		return OK;
	return ctx_fail(c, ERR_INVALID, field,
	                "\"%s\" is a day such as 2025-11-07, or an instant with its offset from UTC such as "
	                "2025-11-07T10:30:00Z, not \"%.*s\".",
	                field, STR_ARG(utf8_line(c->arena, utf8_cut(text, 40))));
}

enum err export_read_range(struct ctx *c, struct str from, struct str to, struct export_filter *f)
{
	bool from_days = true, to_days = true;
	enum err e = OK;
	f->first_day = EXPORT_FIRST_DAY;
	f->last_day = EXPORT_LAST_DAY;
	f->from = EXPORT_FIRST_DAY * DAY;
	f->to = EXPORT_LAST_DAY * DAY;
	if (from.n)
		e = read_end(c, "from", from, &from_days, &f->first_day, &f->from);
	if (!e && to.n)
		e = read_end(c, "to", to, &to_days, &f->last_day, &f->to);
	if (e)
		return e;
	if (from.n && to.n && from_days != to_days)
		return ctx_fail(c, ERR_INVALID, "to", "\"from\" and \"to\" are both days or both instants.");
	f->by_instants = (from.n && !from_days) || (to.n && !to_days);
	if (f->by_instants ? f->to <= f->from : f->last_day < f->first_day)
		return ctx_fail(c, ERR_INVALID, "to", "\"to\" is before \"from\", or the same instant.");
	return OK;
}
