/* setting: settings as JSON, one's own and those of the instance; a change is an object of keys and values. */
#include "app/setting_edit.h"
#include "codec/utf8.h"
#include "web/fields.h"
#include "web/handlers.h"
#include "web/list.h"

#define VALUE_MAX 4096

static struct reply *show(struct request *r, int64_t user_id)
{
	struct setting_shown *all;
	size_t n;
	int64_t version;

	if (setting_list(r->ctx, user_id, &all, &n, &version) != OK)
		return reply_fault(r);
	return reply_versioned(r, list_whole(r, &setting_shown_desc, all, n),
	                       str_of(arena_printf(r->ctx->arena, "\"v%lld\"", (long long)version)));
}

/* A value as a text, as the rows of settings.def read it. */
static enum err value_of(struct request *r, const struct json *v, struct setting_edit *d)
{
	struct arena *a = r->ctx->arena;

	switch (json_kind(v)) {
	case JSON_NULL:
		d->unset = true;
		return OK;
	case JSON_STRING:
		d->value = arena_str(a, str_trim(json_text(v)));
		break;
	case JSON_INT:
		d->value = str_of(arena_printf(a, "%lld", (long long)json_number(v)));
		break;
	case JSON_REAL:
		d->value = json_real_text(a, v);
		break;
	case JSON_BOOL:
		d->value = json_truth(v) ? STR("1") : STR("0");
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		d->value = (struct str){NULL, 0};
		break;
	}
	if (!d->value.p || d->value.n > VALUE_MAX)
		return ctx_fail(
		        r->ctx, ERR_INVALID, arena_strz(a, utf8_cut(d->key, 60)),
		        "A setting's value is a text of at most %d bytes, a number, true or false, or null.",
		        VALUE_MAX);
	return OK;
}

static enum err read_body(struct request *r, struct setting_edit **edits, size_t *n)
{
	struct json *root = request_object(r);
	enum err e = OK;

	*edits = NULL;
	*n = 0;
	if (!root)
		return r->ctx->fault.code;
	*edits = ARENA_ARRAY(r->ctx->arena, struct setting_edit, json_count(root) + 1);
	for (size_t i = 0; !e && i < json_count(root); i++) {
		struct setting_edit *d = &(*edits)[(*n)++];
		const struct json *v = json_member_at(root, i, &d->key);

		d->key = arena_str(r->ctx->arena, d->key);
		e = value_of(r, v, d);
	}
	json_free(root);
	return e;
}

static struct reply *change(struct request *r, int64_t user_id)
{
	struct setting_edit *edits;
	int64_t version;
	size_t n;

	if (fields_if_match(r, &version) != OK || read_body(r, &edits, &n) != OK ||
	    setting_change(r->ctx, user_id, version, edits, n) != OK)
		return reply_fault(r);
	return show(r, user_id);
}

static enum err whose(struct request *r, int64_t *user_id)
{
	return request_query_int(r, "user_id", 1, INT64_MAX, r->ctx->actor.user_id, user_id);
}

struct reply *api_settings(struct request *r)
{
	int64_t user_id;

	return whose(r, &user_id) == OK ? show(r, user_id) : reply_fault(r);
}

struct reply *api_settings_patch(struct request *r)
{
	int64_t user_id;

	return whose(r, &user_id) == OK ? change(r, user_id) : reply_fault(r);
}

struct reply *api_settings_instance(struct request *r)
{
	return show(r, 0);
}

struct reply *api_settings_instance_patch(struct request *r)
{
	return change(r, 0);
}
