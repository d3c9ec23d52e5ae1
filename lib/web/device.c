/* device: see device.h. The order matters: each browser also says the names of those that it descends from. */
#include "web/device.h"

struct word {
	const char *says, *called;
};

static const char *find(struct str agent, const struct word *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_search(agent, str_of(w[i].says)) >= 0)
			return w[i].called;
	return NULL;
}

struct str device_of(struct request *r)
{
	static const struct word browsers[] = {
	        {"Edg", "Edge"},       {"OPR/", "Opera"},    {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
	        {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"}};
	static const struct word systems[] = {{"iPhone", "an iPhone"}, {"iPad", "an iPad"},
	                                      {"Android", "Android"},  {"Windows", "Windows"},
	                                      {"Macintosh", "a Mac"},  {"CrOS", "a Chromebook"},
	                                      {"Linux", "Linux"}};
	struct str agent = request_header(r, "User-Agent");
	const char *browser = find(agent, browsers, sizeof(browsers) / sizeof(browsers[0]));
	const char *system = find(agent, systems, sizeof(systems) / sizeof(systems[0]));

	if (browser && system)
		return str_of(arena_printf(r->ctx->arena, "%s on %s", browser, system));
	return browser ? str_of(browser) : system ? str_of(system) : STR("");
}
