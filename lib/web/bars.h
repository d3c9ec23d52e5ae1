/*
 * bars: some numbers as bars, drawn by the server, for a page that has the same numbers in a table.
 */
#ifndef WL_WEB_BARS_H
#define WL_WEB_BARS_H

#include "web/request.h"
#include "web/view.h"

struct bar {
	struct str label; /* "2025-01" */
	int64_t value;    /* millionths; REC_NONE: not known, no bar */
};
struct bars {
	const char *id, *title; /* of the page's picture: "kwh", "Energy, kWh" */
	const struct bar *bar;
	size_t n;
};
/* Includes NAME with the picture. Nothing where no value is known. */
void bars_view(struct request *r, struct view *v, const char *name, const struct bars *b);

#endif
