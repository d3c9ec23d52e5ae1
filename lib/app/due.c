/* due: see due.h. */
#include "app/due.h"

#define TEXT_MAX 100 /* bytes of an expression */

enum err due_read(struct ctx *c, struct str text, struct cron *out)
{
	char why[CRON_WHY];
	if (text.n > TEXT_MAX)
		return ctx_fail(c, ERR_INVALID, "cron", "A cron expression has at most %d characters.",
		                TEXT_MAX);
	return cron_parse(text, out, why) ? OK : ctx_fail(c, ERR_INVALID, "cron", "%s", why);
}

enum err due_next(struct ctx *c, struct str text, const struct tz *z, int64_t *next)
{
	struct cron k;
	enum err e = due_read(c, text, &k);
	if (e)
		return e;
	*next = cron_next(&k, z, ctx_now(c));
	return *next ? OK
	             : ctx_fail(c, ERR_INVALID, "cron",
	                        "This never comes: there is no such day in that month.");
}

int64_t due_last(const struct cron *k, const struct tz *z, int64_t first, int64_t until)
{
	int64_t last = first, back = 3600;
	/* back from the end, twice as far each time: neither years without a worker nor a dense expression take
	 * long */
	while (until - back > first && cron_next(k, z, until - back) > until)
		back *= 2;
	int64_t at = until - back > first ? until - back : first;
	while ((at = cron_next(k, z, at)) && at <= until)
		last = at;
	return last;
}
