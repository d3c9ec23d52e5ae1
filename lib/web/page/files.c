/*
 * files: the uploaded files that are kept, how long still, and a button for each that removes it.
 */
#include "app/cleanup.h"
#include "app/setting.h"
#include "web/frame.h"
#include "web/handlers.h"

#define LIMIT 50

struct reply *page_files(struct request *r)
{
	struct cleanup_kept *kept;
	size_t n;
	int64_t offset, total, bytes, days = setting_int(r->ctx, SETTING_uploads_kept_days);
	struct view *v, *table;

	if (request_query_int(r, "offset", 0, INT32_MAX, 0, &offset) != OK ||
	    cleanup_list(r->ctx, LIMIT, offset, &kept, &n, &total, &bytes) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/files.tpl", "Kept files");
	if (days)
		view_int(view_section(v, "FOR_DAYS"), "DAYS", days);
	else
		view_show(v, "FOR_EVER");
	table = n > 0 ? view_section(v, "TABLE") : NULL;
	if (!table)
		view_show(v, "NONE");
	else
		view_set(view_section(v, "SOME"), "TOTAL",
		         str_of(arena_printf(r->ctx->arena, "%.*s in all, %.*s",
		                             STR_ARG(frame_number(r, total)), STR_ARG(frame_bytes(r, bytes)))));
	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(table, "FILE");

		view_set(row, "HREF", request_join(r, STR("/admin/imports/status/"), kept[i].batch_id));
		view_set(row, "FILENAME", kept[i].filename);
		view_set(row, "SIZE", frame_bytes(r, kept[i].size));
		frame_at(r, row, "QUEUED_AT", kept[i].queued_at);
		view_set(row, "AGE", frame_duration(r, ctx_now(r->ctx) - kept[i].queued_at));
		view_set(row, "USER_NAME", kept[i].user_name.n ? kept[i].user_name : STR("System"));
	}
	frame_pager(r, v, "PAGER", request_printf_link(r, "/admin/imports/files?limit=%d", LIMIT), LIMIT,
	            offset, total);
	return reply_page(r, 200);
}
