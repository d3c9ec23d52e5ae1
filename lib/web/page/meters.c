/*
 * meters: the list of meters, searched by any part of the identifier or name.
 */
#include "app/meter.h"
#include "web/frame.h"
#include "web/handlers.h"

#define LIMIT 50

struct reply *page_meters(struct request *r)
{
	struct meter_filter f = {.search = str_trim(form_get(&r->query, "q")), .limit = LIMIT};
	struct meter *meters;
	size_t n;
	int64_t total;
	struct view *v, *table;
	struct buf q;

	if (request_query_int(r, "offset", 0, INT32_MAX, 0, &f.offset) != OK ||
	    meter_list(r->ctx, &f, &meters, &n, &total) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/meters.tpl", "Meters");
	view_set(v, "SEARCH", f.search);
	view_set(v, "TOTAL", frame_number(r, total));
	view_show(v, n > 0 ? "SOME" : f.search.n > 0 ? "NONE_FOUND" : "NONE_YET");
	table = n > 0 ? view_section(v, "TABLE") : NULL;
	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(table, "METER");

		view_rec(row, &meter_desc, &meters[i]);
		view_set(row, "HREF", request_printf_link(r, "/admin/meters/%lld", (long long)meters[i].id));
		view_set(row, "DAYS_SHOWN", frame_number(r, meters[i].days));
		view_show(row, meters[i].days > 0 ? "HAS_DAYS" : "NO_DAYS");
	}
	buf_init(&q, 3 * REQUEST_URL_MAX);
	form_put_encoded(&q, f.search);
	frame_pager(r, v, "PAGER", request_printf_link(r, "/admin/meters?q=%.*s", STR_ARG(buf_str(&q))), LIMIT,
	            f.offset, total);
	buf_free(&q);
	return reply_page(r, 200);
}
