/*
 * static: styles, scripts and icons out of the program itself, for hosts where nothing else serves them.
 *
 * Links carry ?v=HASH of the content, so a copy may be kept for ever; without it, for five minutes.
 */
#include "web/asset.h"
#include "web/handlers.h"

static const struct {
	const char *end, *type;
} types[] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".webmanifest", "application/manifest+json"},
        {".txt", "text/plain; charset=utf-8"},
        {".csv", "text/csv; charset=utf-8"},
};

static const char *type_of(struct str name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (str_ends(name, str_of(types[i].end)))
			return types[i].type;
	}
	return "application/octet-stream";
}

struct reply *static_get(struct request *r)
{
	const struct asset *a = asset_find(STR("static/"), r->param[0]);
	struct str etag;
	struct reply *p;

	if (!a)
		return reply_error(r, 404, "not-found", "Not found", "There is no such file.");
	etag = str_of(arena_printf(r->ctx->arena, "\"%s\"", a->hash));
	p = reply_bytes(r, 200, type_of(r->param[0]), (struct str){a->bytes, a->n});
	reply_versioned(r, p, etag);
	return reply_cached(p, str_eqz(form_get(&r->query, "v"), a->hash)
	                               ? STR("public, max-age=31536000, immutable")
	                               : STR("public, max-age=300"));
}
