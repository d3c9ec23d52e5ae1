/* check: see check.h. */
#include "app/check.h"

#include "base/tz.h"
#include "codec/utf8.h"

enum err check_line(struct ctx *c, const char *field, struct str s, size_t most)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 32 || s.p[i] == 127)
			return ctx_fail(c, ERR_INVALID, field, "\"%s\" holds a control character.", field);
	if (!utf8_valid(s))
		return ctx_fail(c, ERR_INVALID, field, "\"%s\" is not valid UTF-8.", field);
	if (utf8_length(s) > most)
		return ctx_fail(c, ERR_INVALID, field, "\"%s\" has more than %zu characters.", field, most);
	return OK;
}

enum err check_zone(struct ctx *c, const char *field, struct str s)
{
	if (!s.n || tz_load(s))
		return OK;
	return ctx_fail(c, ERR_INVALID, field, "There is no time zone \"%.*s\". Write it as Europe/London.",
	                STR_ARG(utf8_line(c->arena, utf8_cut(s, 60))));
}
