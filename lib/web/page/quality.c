/*
 * quality: what is wrong with readings or looks so, by kind, in pages, each with a link to the days.
 */
#include "app/quality.h"
#include "app/meter.h"
#include "app/property.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/meter_link.h"

#define LIMIT           50
#define PROPERTIES_MOST 200 /* to choose from */

static const struct {
	const char *label, *one, *unit; /* of a tab, of a row, of what is counted */
} kinds[QUALITY_KINDS] = {
        [QUALITY_GAP] = {"Gaps", "missing", "reading"},
        [QUALITY_ESTIMATED] = {"Estimated", "estimated", "reading"},
        [QUALITY_SUBSTITUTED] = {"Substituted", "substituted", "reading"},
        [QUALITY_UNKNOWN] = {"Unknown flags", "unknown flag", "reading"},
        [QUALITY_ZEROS] = {"Zeros", "zeros", "reading"},
        [QUALITY_NEGATIVE] = {"Negative", "negative", "reading"},
        [QUALITY_OUTLIER] = {"Outliers", "very high", "reading"},
        [QUALITY_TOTAL] = {"Totals", "total differs", "day"},
        [QUALITY_STALE] = {"Stale", "nothing new", "day"},
};

/* The page's address with what chooses, but for the kind and the page. */
static struct str address(struct request *r, const struct quality_filter *f, const struct quality_report *q)
{
	struct str from = meter_date(r, (int32_t)q->first_day), to = meter_date(r, (int32_t)q->last_day);
	struct arena *a = r->ctx->arena;

	return request_printf_link(r, "/admin/quality?from=%.*s&to=%.*s%s%s", STR_ARG(from), STR_ARG(to),
	                           f->property_id ? arena_printf(a, "&property=%lld", (long long)f->property_id)
	                                          : "",
	                           f->meter_id ? arena_printf(a, "&meter=%lld", (long long)f->meter_id) : "");
}

static void show_tab(struct request *r, struct view *v, struct str href, const char *kind, const char *label,
                     int64_t count, struct str here)
{
	struct view *tab = view_section(v, "TAB");

	view_setz(tab, "HREF",
	          arena_printf(r->ctx->arena, "%.*s%s%s", STR_ARG(href), kind[0] ? "&kind=" : "", kind));
	view_setz(tab, "LABEL", label);
	view_set(tab, "COUNT", frame_number(r, count));
	if (str_eqz(here, kind))
		view_show(tab, "HERE");
}

static void show_tabs(struct request *r, struct view *v, struct str href, const struct quality_filter *f,
                      const struct quality_report *q)
{
	int64_t all = 0;

	for (enum quality_kind k = QUALITY_GAP; k < QUALITY_KINDS; k++)
		all += q->count[k];
	show_tab(r, v, href, "", "All", all, f->kind);
	for (enum quality_kind k = QUALITY_GAP; k < QUALITY_KINDS; k++)
		if (q->count[k] || str_eqz(f->kind, quality_kind_name(k)))
			show_tab(r, v, href, quality_kind_name(k), kinds[k].label, q->count[k], f->kind);
}

static const char *length_words(struct request *r, int64_t minutes)
{
	if (minutes == 0)
		return "register";
	return minutes == 1440 ? "daily"
	       : minutes == 30 ? "half-hourly"
	                       : arena_printf(r->ctx->arena, "every %lld min", (long long)minutes);
}

static void show_finding(struct request *r, struct view *table, const struct quality_finding *g)
{
	struct view *row = view_section(table, "FINDING");
	enum quality_kind k = QUALITY_GAP;

	quality_kind_of(g->kind, &k);
	view_rec(row, &quality_finding_desc, g);
	view_set(row, "DAYS_HREF", meter_link_finding(r, g));
	view_set(row, "METER_HREF", request_printf_link(r, "/admin/meters/%lld", (long long)g->meter_id));
	view_setz(row, "WHAT", kinds[k].one);
	view_setz(row, "LENGTH", length_words(r, g->interval_minutes));
	view_set(row, "COUNT_SHOWN", frame_number(r, g->count));
	view_setz(row, "COUNTED",
	          g->count == 1 ? kinds[k].unit : arena_printf(r->ctx->arena, "%ss", kinds[k].unit));
	if (g->first_day != g->last_day)
		view_show(row, "SOME_DAYS");
	if (g->worst.n)
		view_show(row, "HAS_WORST");
}

/* The properties to choose from, if there is a choice. */
static enum err show_properties(struct request *r, struct view *v, int64_t chosen)
{
	struct property_filter f = {.limit = PROPERTIES_MOST};
	struct property *p;
	size_t n;
	int64_t total;
	enum err e = property_list(r->ctx, &f, &p, &n, &total);
	struct view *field = !e && n > 1 ? view_section(v, "PROPERTIES") : NULL;

	for (size_t i = 0; field && i < n; i++) {
		struct view *option = view_section(field, "PROPERTY");

		view_int(option, "ID", p[i].id);
		view_set(option, "NAME", p[i].name);
		if (p[i].id == chosen)
			view_show(option, "CHOSEN");
	}
	return e;
}

static enum err show_meter(struct request *r, struct view *v, int64_t id)
{
	struct meter m;
	enum err e = id ? meter_get(r->ctx, id, &m) : OK;

	if (!e && id) {
		v = view_section(v, "ONE_METER");
		view_int(v, "METER_ID", id);
		view_set(v, "IDENTIFIER", m.identifier);
	}
	return e;
}

struct reply *page_quality(struct request *r)
{
	struct quality_filter f = {.first_day = form_get(&r->query, "from"),
	                           .last_day = form_get(&r->query, "to"),
	                           .kind = form_get(&r->query, "kind"),
	                           .limit = LIMIT};
	struct quality_report q;
	struct view *v, *table;
	struct str href;

	if (request_query_int(r, "property", 1, INT64_MAX, 0, &f.property_id) != OK ||
	    request_query_int(r, "meter", 1, INT64_MAX, 0, &f.meter_id) != OK ||
	    request_query_int(r, "offset", 0, INT32_MAX, 0, &f.offset) != OK ||
	    quality_find(r->ctx, &f, &q) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/quality.tpl", "Quality");
	href = address(r, &f, &q);
	view_set(v, "FROM", meter_date(r, (int32_t)q.first_day));
	view_set(v, "TO", meter_date(r, (int32_t)q.last_day));
	view_set(v, "KIND", f.kind);
	view_show(v, q.n ? "SOME" : !q.series ? "NO_READINGS" : f.kind.n ? "NONE_OF_KIND" : "NONE");
	if (f.kind.n)
		view_set(v, "ALL_HREF", href);
	show_tabs(r, v, href, &f, &q);
	table = q.n ? view_section(v, "TABLE") : NULL;
	for (size_t i = 0; i < q.n; i++)
		show_finding(r, table, &q.finding[i]);
	if (show_properties(r, v, f.property_id) != OK || show_meter(r, v, f.meter_id) != OK)
		return reply_fault(r);
	frame_pager(r, v, "PAGER",
	            str_of(arena_printf(r->ctx->arena, "%.*s&kind=%.*s", STR_ARG(href), STR_ARG(f.kind))),
	            LIMIT, f.offset, q.total);
	return reply_page(r, 200);
}
