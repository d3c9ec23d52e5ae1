/*
 * route: matching, a linear walk over some dozens of rows; a tree would be faster and nobody would see it (1
 * µs).
 */
#include <stdio.h>

#include "web/handlers.h"
#include "web/route.h"

const struct route routes[] = {
#define ROUTE(method, pattern, handler, access, flags, summary) \
	{METHOD_##method, pattern, handler, ACCESS_##access, flags, summary},
#include "web/routes.def"
#undef ROUTE
};
const size_t routes_count = sizeof(routes) / sizeof(routes[0]);

/* Collections of the API have a slash at their end or not, as a client likes it. */
static struct str without_slash(struct str path)
{
	bool cut = path.n > 1 && path.p[path.n - 1] == '/' && str_starts(path, STR("/api/"));

	return str_sub(path, 0, path.n - cut);
}

/* Segment by segment; "{name}" takes one segment that is not empty. */
static bool pattern_matches(const char *pattern, struct str path, struct str *param, size_t *params)
{
	struct str want = without_slash(str_of(pattern)), have = without_slash(path);

	*params = 0;
	while (want.p && have.p) {
		struct str w = str_cut(&want, '/'), h = str_cut(&have, '/');

		if (w.n > 0 && w.p[0] == '{') {
			if (h.n == 0 || *params == REQUEST_PARAMS)
				return false;
			param[(*params)++] = h;
		} else if (!str_eq(w, h)) {
			return false;
		}
	}
	return !want.p && !have.p;
}

static const char *method_text(enum method m)
{
	switch (m) {
	case METHOD_GET:
		return "GET, HEAD";
	case METHOD_POST:
		return "POST";
	case METHOD_PUT:
		return "PUT";
	case METHOD_PATCH:
		return "PATCH";
	case METHOD_DELETE:
		return "DELETE";
	case METHOD_OTHER:
	case METHOD_COUNT:
		break;
	}
	return "";
}

enum match route_find(struct request *r, char allow[64])
{
	bool seen[METHOD_COUNT] = {false};
	size_t n = 0;

	allow[0] = '\0';
	for (size_t i = 0; i < routes_count; i++) {
		const struct route *row = &routes[i];

		if (!pattern_matches(row->pattern, r->path, r->param, &r->params))
			continue;
		r->route = row;
		if (row->method == r->method)
			return MATCH_OK;
		if (!seen[row->method] && n < 48)
			n += (size_t)snprintf(allow + n, 64 - n, "%s%s", n ? ", " : "",
			                      method_text(row->method));
		seen[row->method] = true;
	}
	return n ? MATCH_NO_METHOD : MATCH_NO_PATH;
}
