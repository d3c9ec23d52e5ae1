/*
 * frame: what every page has around it (layout.tpl): navigation, who is signed in, the CSRF token, notices.
 */
#ifndef WL_WEB_FRAME_H
#define WL_WEB_FRAME_H

#include "base/tz.h"
#include "web/request.h"
#include "web/view.h"

/* Begins the page in r->view and returns the part that `file` ("page/login.tpl") shows. An earlier page of this
 * request is dropped. */
struct view *frame_begin(struct request *r, const char *file, const char *title);

/* The address of a static file, with the hash of its content: in the arena. */
struct str frame_asset(struct request *r, const char *name);

/* The CSRF token for the page's forms, {{CSRF}} in every template. Pages for people who are signed in have it
 * already; for others it costs a cookie, so only pages with a form call this. */
void frame_csrf(struct request *r);

/* Marks a field of a form as wrong: section NAME_ERROR with MESSAGE ("time_zone" -> TIME_ZONE_ERROR), or, where
 * the fault names no field or none in `fields` (NULL-terminated), section FORM_ERROR. Uses ctx->fault. */
void frame_form_error(struct request *r, struct view *v, const char *const *fields);

/* Links to the other pages of a list: include NAME with part/pager.tpl. `href` ends where "&offset=N" may
 * follow. */
void frame_pager(struct request *r, struct view *v, const char *name, struct str href, int64_t limit,
                 int64_t offset, int64_t total);

/* The zone in which pages show times. */
const struct tz *frame_zone(struct request *r);
/* "7 Nov 2025, 10:30" in that zone, and *iso in RFC 3339: in the arena. */
struct str frame_when(struct request *r, int64_t at, struct str *iso);
/* Section NAME with WHEN, "7 Nov 2025, 10:30" in that zone, and ISO, RFC 3339. at 0: nothing. */
void frame_at(struct request *r, struct view *v, const char *name, int64_t at);
/* "1,234,567" in the arena. */
struct str frame_number(struct request *r, int64_t n);
/* "1.5", of millionths: in the arena. */
struct str frame_decimal(struct request *r, int64_t micro);
/* "+12.3 %" of what it was, in the arena; empty where that is nothing. */
struct str frame_change(struct request *r, int64_t now, int64_t was);
/* "1.50", "0.125", of millionths: at least two places. In the arena. */
struct str frame_money(struct request *r, int64_t micro);
/* "about 2 min", "45 s" in the arena. */
struct str frame_duration(struct request *r, int64_t seconds);
/* "12.4 MiB" in the arena. */
struct str frame_bytes(struct request *r, int64_t n);

#endif
