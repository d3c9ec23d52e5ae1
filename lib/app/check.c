/* check: see check.h. */
#include "app/check.h"

#include "base/tz.h"
#include "codec/utf8.h"

/* Whether the bytes begin with a control of Unicode: C1, line and paragraph separators, and what turns the
 * direction of text around, by which a name can look like another. */
static bool is_control(struct str s)
{
	const unsigned char *u = (const unsigned char *)s.p;
	if (u[0] < 32 || u[0] == 127)
		return true;
	if (s.n >= 2 && u[0] == 0xC2)
		return u[1] < 0xA0;
	return s.n >= 3 && u[0] == 0xE2 &&
	       ((u[1] == 0x80 && u[2] >= 0xA8 && u[2] <= 0xAE) ||
	        (u[1] == 0x81 && u[2] >= 0xA6 && u[2] <= 0xA9));
}

enum err check_line(struct ctx *c, const char *field, struct str s, size_t most)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_control(str_sub(s, i, s.n)))
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
