/*
 * asset: the templates and static files, embedded in the program by the Makefile (build/gen/assets.c).
 *
 * One program file is the whole installation, and a template can never be of another version than the code that
 * fills it. The disadvantage: changing a style means a build.
 */
#ifndef WL_WEB_ASSET_H
#define WL_WEB_ASSET_H

#include "base/str.h"

struct asset {
	const char *name; /* "templates/page/login.tpl", "static/app.css" */
	const char *bytes;
	size_t n;
	const char *hash; /* 16 hex digits of the SHA-256 of the content */
};
extern const struct asset assets[];
extern const size_t assets_count;

/* NULL: there is none. */
const struct asset *asset_find(struct str folder, struct str name);

#endif
