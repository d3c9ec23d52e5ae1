/*
 * draft: drafts as JSON (source E). What a program saves is what a page would: texts by the fields' names.
 *
 * A save must say which version it goes on from; without If-Match it is refused, because overwriting what
 * another tab has saved is never what somebody wanted who did not say so (If-Match: * says so).
 */
#include "app/draft.h"
#include "app/charging/charge.h"
#include "codec/json.h"
#include "web/charge_form.h"
#include "web/device.h"
#include "web/fields.h"
#include "web/handlers.h"
#include "web/list.h"

#include "web/api/bodies.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     DRAFTS_MAX

static const struct rec_field given_fields[] = {
        REC(struct draft_given, form, REC_TEXT),
        REC(struct draft_given, subject, REC_TEXT),
        REC(struct draft_given, device, REC_TEXT),
        REC(struct draft_given, forked_from, REC_TEXT),
};
const struct rec_desc api_draft_given_desc = REC_DESC(struct draft_given, given_fields);
static const struct rec_field saved_fields[] = {REC(struct draft_given, device, REC_TEXT)};
const struct rec_desc api_draft_saved_desc = REC_DESC(struct draft_given, saved_fields);

struct promote {
	struct str status;
};
static const struct rec_field promote_fields[] = {REC(struct promote, status, REC_TEXT)};
const struct rec_desc api_draft_promote_desc = REC_DESC(struct promote, promote_fields);

static struct reply *one(struct request *r, int status, const struct draft *d)
{
	struct json_out j;

	json_start(&j, r->out);
	json_object(&j);
	json_rec(&j, &draft_desc, d);
	json_key(&j, "fields");
	json_raw(&j, d->fields);
	json_end_object(&j);
	return reply_versioned(r, reply_json(r, status),
	                       str_of(arena_printf(r->ctx->arena, "\"v%lld\"", (long long)d->version)));
}

/* {"name":"text", ...} */
static enum err read_texts(struct request *r, const struct json *object, struct form *out)
{
	if (!object || json_kind(object) != JSON_OBJECT)
		return ctx_fail(r->ctx, ERR_INVALID, "fields",
		                "\"fields\" is an object: the texts as typed, by the fields' names.");
	*out = (struct form){.pair = ARENA_ARRAY(r->ctx->arena, struct form_pair, json_count(object) + 1)};
	for (size_t i = 0; i < json_count(object) && i <= FORM_FIELDS_MAX; i++) {
		struct form_pair *p = &out->pair[out->n++];
		const struct json *v = json_member_at(object, i, &p->name);

		if (json_kind(v) != JSON_STRING)
			return ctx_fail(r->ctx, ERR_INVALID, "fields",
			                "What was typed in a field is text in quotes, whatever it means.");
		p->name = arena_str(r->ctx->arena, p->name);
		p->value = arena_str(r->ctx->arena, json_text(v));
	}
	return OK;
}

static enum err read_given(struct request *r, const struct rec_desc *desc, struct draft_given *out)
{
	static const char *const other[] = {"fields", NULL};
	struct json *root = request_object(r);
	uint64_t given;
	enum err e;

	*out = (struct draft_given){.form = {NULL, 0}};
	if (!root)
		return r->ctx->fault.code;
	e = fields_members(r, root, other, desc, out, &given);
	if (!e)
		e = read_texts(r, json_member(root, "fields"), &out->fields);
	json_free(root);
	if (!out->device.n)
		out->device = device_of(r);
	return e;
}

struct reply *api_drafts(struct request *r)
{
	struct draft_filter f = {.form = form_get(&r->query, "form")};
	struct draft *d;
	struct list l;
	size_t n;

	if (list_query(r, LIMIT_DEFAULT, LIMIT_MAX, &l) != OK)
		return reply_fault(r);
	f.limit = l.limit;
	f.offset = l.offset;
	return draft_list(r->ctx, &f, &d, &n, &l.total) == OK ? list_reply(r, &l, &draft_desc, d, n)
	                                                      : reply_fault(r);
}

struct reply *api_drafts_post(struct request *r)
{
	struct draft_given g;
	struct draft d;

	if (read_given(r, &api_draft_given_desc, &g) != OK || draft_create(r->ctx, &g, &d) != OK)
		return reply_fault(r);
	return reply_header(one(r, 201, &d), "Location",
	                    request_printf_link(r, "/api/drafts/%.*s", STR_ARG(d.id)));
}

struct reply *api_draft(struct request *r)
{
	struct draft d;

	return draft_get(r->ctx, r->param[0], &d) == OK ? one(r, 200, &d) : reply_fault(r);
}

struct reply *api_draft_put(struct request *r)
{
	struct draft_given g;
	struct draft d;
	int64_t version;
	enum err e = read_given(r, &api_draft_saved_desc, &g);

	if (!e)
		e = draft_get(r->ctx, r->param[0], &d);
	if (!e && !request_header(r, "If-Match").n)
		e = ctx_fail(r->ctx, ERR_PRECONDITION, "",
		             "Say in If-Match which version this goes on from: the ETag of the last save.");
	if (!e)
		e = fields_if_match(r, &version);
	if (!e)
		e = draft_update(r->ctx, r->param[0], version, &g, &d);
	return e ? reply_fault(r) : one(r, 200, &d);
}

struct reply *api_draft_delete(struct request *r)
{
	int64_t version;

	if (fields_if_match(r, &version) != OK || draft_remove(r->ctx, r->param[0], version) != OK)
		return reply_fault(r);
	return reply_empty(r, 204);
}

struct reply *api_draft_promote(struct request *r)
{
	struct charge_edit edit = charge_blank();
	struct promote to = {.status = {NULL, 0}};
	struct draft d;
	struct charge s;
	int64_t version = 0;
	uint64_t given;
	enum err e = fields_json(r, &api_draft_promote_desc, &to, &given);

	if (!e)
		e = fields_if_match(r, &version);
	if (!e)
		e = draft_get(r->ctx, r->param[0], &d);
	if (!e)
		e = draft_fields(r->ctx, &d, &r->form);
	if (!e)
		e = charge_form_read(r, &edit, &given);
	if (e)
		return reply_fault(r);
	edit.status = to.status;
	if (charge_promote(r->ctx, d.id, version ? version : d.version, &edit, &s) != OK)
		return reply_fault(r);
	return reply_header(list_one(r, 201, &charge_desc, &s, s.version), "Location",
	                    request_printf_link(r, "/api/sessions/%.*s", STR_ARG(s.id)));
}
