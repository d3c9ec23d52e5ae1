/*
 * frame: the one frame of all pages, and the few ways in which pages write a time, a number or a wrong field.
 *
 * Times are shown in the instance's zone, with the instant in UTC beside them for machines (<time datetime>).
 */
#include <stdio.h>

#include "app/setting.h"
#include "app/user.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "web/asset.h"
#include "web/frame.h"
#include "web/gate.h"
#include "web/web.h"

struct str frame_asset(struct request *r, const char *name)
{
	const struct asset *a = asset_find(STR("static/"), str_of(name));

	return request_printf_link(r, "/static/%s?v=%s", name, a ? a->hash : "");
}

/* The longest pattern that the path begins with is where we are. */
static void navigation(struct request *r, struct view *page)
{
	const struct route *here = NULL;

	for (size_t i = 0; i < routes_count; i++) {
		struct str p = str_of(routes[i].pattern);

		/* the dashboard is above everything, and that is not it */
		if (str_eqz(p, "/admin") && !str_eq(r->path, p))
			continue;
		if ((routes[i].flags & NAV) && str_starts(r->path, p) && (!here || p.n > strlen(here->pattern)))
			here = &routes[i];
	}
	/* one job belongs to the jobs, not to the upload form */
	for (size_t i = 0; i < routes_count; i++) {
		if (str_starts(r->path, STR("/admin/imports/status/")) &&
		    str_eqz(str_of(routes[i].pattern), "/admin/imports/jobs"))
			here = &routes[i];
	}
	for (size_t i = 0; i < routes_count; i++) {
		struct view *item;

		if (!(routes[i].flags & NAV) ||
		    (routes[i].access == ACCESS_IMPORT && r->ctx->actor.role < ROLE_EDITOR) ||
		    (routes[i].access == ACCESS_ADMIN && r->ctx->actor.role < ROLE_ADMIN))
			continue;
		item = view_section(page, "NAV_ITEM");
		view_set(item, "HREF", request_link(r, routes[i].pattern));
		view_setz(item, "LABEL", routes[i].summary);
		if (&routes[i] == here)
			view_show(item, "HERE");
	}
}

struct view *frame_begin(struct request *r, const char *file, const char *title)
{
	struct view *page, *content;

	view_free(r->view);
	r->view = page = view_new();
	view_global(page, "BASE", r->ctx->storage->config.base_path);
	view_setz(page, "TITLE", title);
	view_set(page, "CSS_URL", frame_asset(r, "app.css"));
	view_set(page, "JS_URL", frame_asset(r, "app.js"));
	view_set(page, "ICON_URL", frame_asset(r, "icon.svg"));
	view_setz(page, "VERSION", WATTLEDGER_VERSION);
	if (r->ctx->storage->config.development)
		view_show(page, "DEVELOPMENT");
	if (r->by_cookie) {
		struct view *user = view_section(page, "SIGNED_IN");

		view_set(user, "EMAIL", r->ctx->actor.email);
		view_set(user, "NAME", r->ctx->actor.name);
		view_setz(page, "TIME_ZONE", tz_name(frame_zone(r)));
		view_show(page, "WITH_ZONE");
		frame_csrf(r);
		navigation(r, user);
	}
	content = view_include(page, "CONTENT", file);
	return content;
}

void frame_csrf(struct request *r)
{
	view_global(r->view, "CSRF", gate_csrf(r));
}

void frame_form_error(struct request *r, struct view *v, const char *const *fields)
{
	const struct fault *f = &r->ctx->fault;
	char name[sizeof(f->field) + 8] = "FORM_ERROR";
	struct view *at;

	for (size_t i = 0; f->field[0] && fields[i]; i++) {
		size_t n = 0;

		if (!str_eqz(str_of(fields[i]), f->field))
			continue;
		for (; f->field[n]; n++)
			name[n] = f->field[n] >= 'a' && f->field[n] <= 'z' ? (char)(f->field[n] - 32)
			                                                   : f->field[n];
		snprintf(name + n, sizeof(name) - n, "_ERROR");
	}
	at = view_section(v, arena_printf(r->ctx->arena, "%s", name));
	view_setz(at, "MESSAGE", f->message);
}

void frame_pager(struct request *r, struct view *v, const char *name, struct str href, int64_t limit,
                 int64_t offset, int64_t total)
{
	struct view *p, *link;
	struct arena *a = r->ctx->arena;

	if (total <= limit && offset == 0)
		return;
	p = view_include(v, name, "part/pager.tpl");
	view_set(p, "FROM", frame_number(r, total ? offset + 1 : 0));
	view_set(p, "TO", frame_number(r, offset + limit < total ? offset + limit : total));
	view_set(p, "TOTAL", frame_number(r, total));
	if (offset > 0) {
		link = view_section(p, "NEWER");
		view_set(link, "HREF",
		         str_of(arena_printf(a, "%.*s&offset=%lld", STR_ARG(href),
		                             (long long)(offset > limit ? offset - limit : 0))));
	}
	if (offset + limit < total) {
		link = view_section(p, "OLDER");
		view_set(link, "HREF",
		         str_of(arena_printf(a, "%.*s&offset=%lld", STR_ARG(href),
		                             (long long)(offset + limit))));
	}
}

const struct tz *frame_zone(struct request *r)
{
	if (!r->zone && r->ctx->actor.time_zone.n)
		r->zone = tz_load(r->ctx->actor.time_zone);
	if (!r->zone)
		r->zone = setting_zone(r->ctx);
	return r->zone;
}

/* n in decimal, at least `width` digits, at p; returns the place after it. For rows of lists: no printf. */
static char *put_digits(char *p, unsigned n, int width)
{
	char digits[12];
	int len = 0;

	do {
		digits[len++] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0 || len < width);
	while (len > 0)
		*p++ = digits[--len];
	return p;
}

/* "7 Nov 2025, 10:30" */
static struct str date_and_clock(struct arena *a, int32_t day, int32_t second)
{
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct civil c = civil_from_day(day);
	char *text = arena_alloc(a, 40), *p = put_digits(text, (unsigned)c.day, 1);

	*p++ = ' ';
	memcpy(p, months[c.month - 1], 3);
	p += 3;
	*p++ = ' ';
	p = put_digits(p, (unsigned)c.year, 4);
	*p++ = ',';
	*p++ = ' ';
	p = put_digits(p, (unsigned)second / 3600, 2);
	*p++ = ':';
	p = put_digits(p, (unsigned)second / 60 % 60, 2);
	return (struct str){text, (size_t)(p - text)};
}

struct str frame_when(struct request *r, int64_t at, struct str *iso)
{
	int64_t local = at + tz_offset_at(frame_zone(r), at);
	char *text = arena_alloc(r->ctx->arena, CIVIL_TIME_TEXT);

	civil_format_at(at, text);
	*iso = str_of(text);
	return date_and_clock(r->ctx->arena, (int32_t)(local / 86400), (int32_t)(local % 86400));
}

void frame_at(struct request *r, struct view *v, const char *name, int64_t at)
{
	struct view *section;
	struct str iso;

	if (at <= 0)
		return;
	section = view_section(v, name);
	view_set(section, "WHEN", frame_when(r, at, &iso));
	view_set(section, "ISO", iso);
}

struct str frame_number(struct request *r, int64_t n)
{
	char *end = (char *)arena_alloc(r->ctx->arena, 32) + 32, *p = end;
	uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

	for (int digits = 0; digits == 0 || rest > 0; digits++) {
		if (digits > 0 && digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	}
	if (n < 0)
		*--p = '-';
	return (struct str){p, (size_t)(end - p)};
}

struct str frame_money(struct request *r, int64_t micro)
{
	struct str s = frame_decimal(r, micro);
	ptrdiff_t point = str_find(s, '.');
	size_t places = point < 0 ? 0 : s.n - (size_t)point - 1;

	if (places >= 2)
		return s;
	return str_of(arena_printf(r->ctx->arena, "%.*s%s", STR_ARG(s), places ? "0" : ".00"));
}

struct str frame_duration(struct request *r, int64_t seconds)
{
	struct arena *a = r->ctx->arena;

	if (seconds < 1)
		return STR("less than a second");
	if (seconds < 90)
		return str_of(arena_printf(a, "%lld s", (long long)seconds));
	if (seconds < 5400)
		return str_of(arena_printf(a, "%lld min", (long long)((seconds + 30) / 60)));
	if (seconds < 172800)
		return str_of(arena_printf(a, "%lld h", (long long)((seconds + 1800) / 3600)));
	return str_of(arena_printf(a, "%lld days", (long long)((seconds + 43200) / 86400)));
}

struct str frame_bytes(struct request *r, int64_t n)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
	struct arena *a = r->ctx->arena;
	size_t unit = 0;
	int64_t tenths;

	if (n < 1024)
		return str_of(arena_printf(a, "%lld bytes", (long long)n));
	for (tenths = n * 10 / 1024; tenths >= 10240 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		tenths /= 1024;
	if (tenths % 10 == 0)
		return str_of(arena_printf(a, "%lld %s", (long long)(tenths / 10), units[unit]));
	return str_of(arena_printf(a, "%lld.%lld %s", (long long)(tenths / 10), (long long)(tenths % 10),
	                           units[unit]));
}

struct str frame_decimal(struct request *r, int64_t micro)
{
	char text[DEC_TEXT];

	dec_format(micro, text);
	return arena_str(r->ctx->arena, str_of(text));
}

struct str frame_change(struct request *r, int64_t now, int64_t was)
{
	int64_t by, tenths;
	bool rounded;

	if (!was || !dec_add(now, -was, &by) || !dec_scale(by, 1000, was < 0 ? -was : was, &tenths, &rounded))
		return STR("");
	return str_of(arena_printf(r->ctx->arena, "%s%lld.%lld %%",
	                           tenths < 0 ? "−"
	                           : tenths   ? "+"
	                                      : "",
	                           (long long)(tenths < 0 ? -tenths : tenths) / 10,
	                           (long long)(tenths < 0 ? -tenths : tenths) % 10));
}
