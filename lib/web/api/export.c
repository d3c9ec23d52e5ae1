/*
 * export: exports by our own API: any shape and format, of meters, a property or all that one sees.
 */
#include "app/export_job.h"
#include "app/meter.h"
#include "web/api/bodies.h"
#include "web/export_view.h"
#include "web/fields.h"
#include "web/handlers.h"
#include "web/list.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     500

struct asked {
	struct str shape, format, from, to;
	int64_t property_id;
};
static const struct rec_field asked_fields[] = {
        REC(struct asked, shape, REC_TEXT),
        REC(struct asked, format, REC_TEXT),
        REC(struct asked, from, REC_TEXT),
        REC(struct asked, to, REC_TEXT),
        REC_FLAGS(struct asked, property_id, REC_INT, REC_MAYBE),
};
const struct rec_desc api_export_asked_desc = REC_DESC(struct asked, asked_fields);

/* ---- records ---- */

static void put(struct request *r, struct json_out *j, const struct export_job *x)
{
	struct str rest = x->meters;

	json_object(j);
	json_rec(j, &export_job_desc, x);
	json_key(j, "meter_ids");
	json_array(j);
	while (rest.p)
		json_raw(j, str_cut(&rest, ','));
	json_end_array(j);
	json_key(j, "progress_percent");
	json_percent(j, str_eqz(x->status, "completed") ? 1 : x->series_done,
	             str_eqz(x->status, "completed") ? 1 : x->series_all);
	json_key(j, "error_code");
	json_str(j, export_job_error(x));
	json_key(j, "file_url");
	json_str(j, str_eqz(x->status, "completed")
	                    ? request_printf_link(r, "/api/exports/%.*s/file", STR_ARG(x->job_id))
	                    : (struct str){NULL, 0});
	json_end_object(j);
}

static struct reply *one(struct request *r, int status, const struct export_job *x)
{
	struct json_out j;

	json_start(&j, r->out);
	put(r, &j, x);
	return reply_json(r, status);
}

struct reply *api_exports(struct request *r)
{
	struct export_job *x;
	struct json_out j;
	struct list l;
	size_t n;

	if (list_query(r, LIMIT_DEFAULT, LIMIT_MAX, &l) != OK ||
	    export_list(r->ctx, l.limit, l.offset, &x, &n, &l.total) != OK)
		return reply_fault(r);
	list_begin(r, &j);
	for (size_t i = 0; i < n; i++)
		put(r, &j, &x[i]);
	return list_end(r, &j, &l);
}

struct reply *api_export(struct request *r)
{
	struct export_job x;

	return export_get(r->ctx, r->param[0], &x) == OK ? one(r, 200, &x) : reply_fault(r);
}

struct reply *api_export_file(struct request *r)
{
	return export_download(r, r->param[0]);
}

struct reply *api_export_delete(struct request *r)
{
	struct export_job x;
	bool gone;

	if (export_remove(r->ctx, r->param[0], &gone) != OK)
		return reply_fault(r);
	if (gone)
		return reply_empty(r, 204);
	return export_get(r->ctx, r->param[0], &x) == OK ? one(r, 202, &x) : reply_fault(r);
}

/* ---- asking for one ---- */

/* A meter by its number here, or by its own. */
static enum err read_meter(struct request *r, const struct json *v, int64_t *id)
{
	struct meter m;
	enum err e;

	if (v && json_kind(v) == JSON_INT)
		e = meter_get(r->ctx, json_number(v), &m);
	else if (v && json_kind(v) == JSON_STRING)
		e = meter_by_identifier(r->ctx, json_text(v), &m);
	else
		e = ctx_fail(r->ctx, ERR_INVALID, "meters",
		             "A meter is its number here, or its own in quotes.");
	if (!e)
		*id = m.id;
	return e;
}

/* "meter": one, or "meters": a list. */
static enum err read_meters(struct request *r, const struct json *root, struct export_wanted *w)
{
	const struct json *one = json_member(root, "meter"), *list = json_member(root, "meters");
	int64_t *id = ARENA_ARRAY(r->ctx->arena, int64_t, EXPORT_METERS_MAX);
	enum err e = OK;

	if (!one && !list)
		return OK;
	if ((one && list) || (list && (json_kind(list) != JSON_ARRAY || json_count(list) == 0 ||
	                               json_count(list) > EXPORT_METERS_MAX)))
		return ctx_fail(r->ctx, ERR_INVALID, "meters",
		                "\"meters\" is a list of 1 to %d meters; \"meter\" is one of them alone.",
		                EXPORT_METERS_MAX);
	w->meter = id;
	w->meters = list ? json_count(list) : 1;
	for (size_t i = 0; i < w->meters && !e; i++)
		e = read_meter(r, list ? json_item(list, i) : one, &id[i]);
	return e;
}

struct reply *api_exports_post(struct request *r)
{
	static const char *const others[] = {"meter", "meters", NULL};
	struct json *root = request_object(r);
	struct asked a = {.property_id = REC_NONE};
	struct export_wanted w = {.property_id = 0};
	struct export_job x;
	uint64_t given;
	enum err e;

	if (!root)
		return reply_fault(r);
	e = fields_members(r, root, others, &api_export_asked_desc, &a, &given);
	if (!e)
		e = read_meters(r, root, &w);
	json_free(root);
	w.shape = a.shape;
	w.format = a.format;
	w.from = a.from;
	w.to = a.to;
	w.property_id = a.property_id != REC_NONE ? a.property_id : 0;
	if (!e && a.property_id != REC_NONE && a.property_id <= 0)
		e = ctx_fail(r->ctx, ERR_INVALID, "property_id",
		             "\"property_id\" is the number of a property.");
	if (!e)
		e = export_queue(r->ctx, &w, &x);
	if (e)
		return reply_fault(r);
	job_wake_worker(r->ctx);
	return reply_header(one(r, 202, &x), "Location",
	                    request_printf_link(r, "/api/exports/%.*s", STR_ARG(x.job_id)));
}
