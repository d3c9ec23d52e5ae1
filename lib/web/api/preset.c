/* preset: presets as JSON: the list, and each as a file that another installation takes. */
#include "app/preset.h"
#include "codec/json.h"
#include "web/handlers.h"

static enum err find(struct request *r, struct preset *p)
{
	int64_t id;

	if (!str_to_i64(r->param[0], &id))
		return ctx_fail(r->ctx, ERR_NOT_FOUND, "", "There is no such preset.");
	return preset_get(r->ctx, id, p);
}

struct reply *api_presets(struct request *r)
{
	struct preset *p;
	size_t n;
	struct json_out j;

	if (preset_list(r->ctx, &p, &n) != OK)
		return reply_fault(r);
	json_start(&j, r->out);
	json_object(&j);
	json_key(&j, "items");
	json_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_object(&j);
		json_rec(&j, &preset_desc, &p[i]);
		json_key(&j, "answers");
		json_raw(&j, p[i].answers);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_key(&j, "total");
	json_int(&j, (int64_t)n);
	json_end_object(&j);
	return reply_json(r, 200);
}

struct reply *api_presets_post(struct request *r)
{
	struct preset p;

	if (preset_import(r->ctx, r->text, &p) != OK)
		return reply_fault(r);
	buf_adds(r->out, preset_export(r->ctx->arena, &p));
	return reply_header(reply_json(r, 201), "Location",
	                    request_printf_link(r, "/api/import/presets/%lld", (long long)p.id));
}

struct reply *api_preset(struct request *r)
{
	struct preset p;

	if (find(r, &p) != OK)
		return reply_fault(r);
	buf_adds(r->out, preset_export(r->ctx->arena, &p));
	return reply_json(r, 200);
}

struct reply *api_preset_delete(struct request *r)
{
	struct preset p;

	return find(r, &p) == OK && preset_delete(r->ctx, p.id) == OK ? reply_empty(r, 204) : reply_fault(r);
}

struct reply *api_preset_file(struct request *r)
{
	struct preset p;

	if (find(r, &p) != OK)
		return reply_fault(r);
	buf_adds(r->out, preset_export(r->ctx->arena, &p));
	return reply_header(reply_json(r, 200), "Content-Disposition",
	                    str_of(arena_printf(r->ctx->arena, "attachment; filename=\"preset-%lld.json\"",
	                                        (long long)p.id)));
}
