/*
 * drafts: one's drafts in a list, the button "Save draft" of every form that has it, and discarding.
 *
 * Saving answers with the form's own page, filled with the draft, so that what was typed is seen to be there.
 */
#include "app/draft.h"
#include "app/setting.h"
#include "web/draft_form.h"
#include "web/frame.h"
#include "web/handlers.h"

static const char *const kinds[DRAFT_FORMS] = {
#define DRAFT_FORM(id, title) title,
#include "app/draft_forms.def"
#undef DRAFT_FORM
};

struct reply *page_drafts(struct request *r)
{
	const struct draft_filter all = {.limit = DRAFTS_MAX};
	struct draft *d;
	struct view *v, *some;
	int64_t total;
	size_t n;

	if (draft_list(r->ctx, &all, &d, &n, &total) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/drafts.tpl", "Drafts");
	view_int(v, "DAYS", setting_int(r->ctx, SETTING_drafts_kept_days));
	some = n ? view_section(v, "SOME") : NULL;
	for (size_t i = 0; i < n; i++) {
		struct view *row = view_section(some, "DRAFT");

		draft_row(r, row, &d[i]);
		view_setz(row, "KIND", kinds[draft_form_of(d[i].form)]);
	}
	if (!n)
		view_show(v, "NONE");
	return reply_page(r, 200);
}

struct reply *page_drafts_post(struct request *r)
{
	struct draft d;

	return draft_form_save(r, &d) == OK ? reply_redirect(r, draft_href(r, &d)) : reply_fault(r);
}

struct reply *page_draft_discard(struct request *r)
{
	struct draft d;

	if (draft_get(r->ctx, r->param[0], &d) != OK || draft_remove(r->ctx, d.id, 0) != OK)
		return reply_fault(r);
	return reply_redirect(r, form_has(&r->form, "list") ? request_link(r, "/admin/drafts")
	                                                    : draft_page(r, draft_form_of(d.form), d.subject));
}
