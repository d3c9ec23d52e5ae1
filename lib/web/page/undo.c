/*
 * undo: before an import, an entry or an edit is undone or redone, what that would do; then the work's own
 * page. All three words begin alike, so "an" goes with each.
 */
#include "app/undo.h"
#include "web/frame.h"
#include "web/handlers.h"

static void count(struct request *r, struct view *v, const char *section, int64_t n)
{
	if (n > 0)
		view_set(view_section(v, section), "COUNT", frame_number(r, n));
}

static struct reply *back(struct request *r)
{
	return reply_redirect(r, request_printf_link(r, "/admin/imports/status/%.*s", STR_ARG(r->param[0])));
}

static struct reply *show(struct request *r, enum undo_what what)
{
	struct undo_report u;
	struct view *v;
	enum err e = undo_foresee(r->ctx, r->param[0], what, &u);

	if (e == ERR_CONFLICT) /* somebody was faster: the import's page says how it stands */
		return back(r);
	if (e != OK)
		return reply_fault(r);
	v = frame_begin(
	        r, "page/undo.tpl",
	        arena_printf(r->ctx->arena, "%s an %.*s", what == UNDO ? "Undo" : "Redo", STR_ARG(u.of.kind)));
	view_set(v, "KIND", u.of.kind);
	view_set(v, "FILENAME", u.of.filename);
	view_set(v, "HREF", request_printf_link(r, "/admin/imports/status/%.*s", STR_ARG(u.of.batch_id)));
	view_show(v, what == UNDO ? "UNDO" : "REDO");
	view_set(v, "DAYS", frame_number(r, u.days));
	count(r, v, "REMOVED", u.days_removed);
	count(r, v, "ADDED", u.days_added);
	count(r, v, "CHANGED", u.days_changed);
	count(r, v, "SAME", u.days_same);
	count(r, v, what == UNDO ? "METERS_GO" : "METERS_COME", u.meters);
	count(r, v, what == UNDO ? "CARS_GO" : "CARS_COME", u.cars);
	count(r, v, "EDITED", u.sessions_edited);
	view_show(v, str_eqz(u.of.import_type, "sessions") ? "OF_SESSIONS" : "OF_DAYS");
	return reply_page(r, 200);
}

static struct reply *ask(struct request *r, enum undo_what what)
{
	struct job work;
	enum err e = undo_queue(r->ctx, r->param[0], what, &work);

	if (e == ERR_CONFLICT)
		return back(r);
	if (e != OK)
		return reply_fault(r);
	job_wake_worker(r->ctx);
	return reply_redirect(r, request_printf_link(r, "/admin/imports/status/%.*s", STR_ARG(work.batch_id)));
}

struct reply *page_undo(struct request *r)
{
	return show(r, UNDO);
}

struct reply *page_undo_post(struct request *r)
{
	return ask(r, UNDO);
}

struct reply *page_redo(struct request *r)
{
	return show(r, REDO);
}

struct reply *page_redo_post(struct request *r)
{
	return ask(r, REDO);
}
