/*
 * upload: resumable uploads, in chunks small enough for any server in between (mod_fcgid takes 128 KiB,
 * HOSTING.md 1).
 *
 *   POST   /api/import/uploads              {"filename","size"} -> {"id","offset",...}
 *   PUT    /api/import/uploads/{id}?offset=N  raw bytes          -> {"id","offset"}; 409 with the right offset
 *   GET    /api/import/uploads/{id}         -> {"id","offset"}: where to go on after a lost connection
 *   POST   /api/import/uploads/{id}/finish  the form's options   -> the job
 *
 * The file's own length is the truth. A chunk whose bytes did not all come is kept as far as it came: the
 * offset says so, and nothing has to be sent twice.
 */
#include "codec/json.h"
#include "web/handlers.h"
#include "web/intake.h"
#include "web/job_json.h"

#define CHUNK_PROBE    (8 * 1024 * 1024)
#define CHUNK_FALLBACK (96 * 1024)
#define WINDOW         65536

static void offset_members(struct json_out *j, const void *arg)
{
	const struct upload *u = arg;

	json_key(j, "id");
	json_str(j, u->id);
	json_key(j, "filename");
	json_str(j, u->filename);
	json_key(j, "size");
	json_int(j, u->size);
	json_key(j, "offset");
	json_int(j, u->received);
	json_key(j, "received");
	json_int(j, u->received);
	json_key(j, "chunk");
	json_int(j, CHUNK_PROBE);
	json_key(j, "chunk_fallback");
	json_int(j, CHUNK_FALLBACK);
}

static struct reply *upload_reply(struct request *r, int status, struct upload *u)
{
	struct json_out j;

	json_start(&j, r->out);
	json_object(&j);
	offset_members(&j, u);
	json_end_object(&j);
	upload_close(u);
	return reply_json(r, status);
}

struct reply *api_uploads_post(struct request *r)
{
	struct json *root = request_object(r);
	struct str key, filename = {NULL, 0};
	int64_t size = -1;
	struct upload u;
	enum err e = OK;

	if (!root)
		return reply_fault(r);
	for (size_t i = 0; e == OK && i < json_count(root); i++) {
		const struct json *v = json_member_at(root, i, &key);

		if (str_eqz(key, "filename") && json_kind(v) == JSON_STRING)
			filename = arena_str(r->ctx->arena, json_text(v));
		else if (str_eqz(key, "size") && json_kind(v) == JSON_INT)
			size = json_number(v);
		else
			e = ctx_fail(r->ctx, ERR_INVALID, "",
			             "Only \"filename\" (text) and \"size\" (bytes) are expected.");
	}
	json_free(root);
	if (e == OK && filename.n == 0)
		e = ctx_fail(r->ctx, ERR_INVALID, "filename", "The file's name is missing.");
	if (e == OK && size < 0)
		e = ctx_fail(r->ctx, ERR_INVALID, "size", "The file's size in bytes is missing.");
	if (e == OK)
		e = upload_begin(r->ctx, filename, size, true, &u);
	if (e != OK)
		return reply_fault(r);
	return reply_header(upload_reply(r, 201, &u), "Location",
	                    request_printf_link(r, "/api/import/uploads/%.*s", STR_ARG(u.id)));
}

struct reply *api_upload(struct request *r)
{
	struct upload u;

	return upload_resume(r->ctx, r->param[0], &u) == OK ? upload_reply(r, 200, &u) : reply_fault(r);
}

static enum err append_body(struct request *r, struct upload *u)
{
	char *window = arena_alloc(r->ctx->arena, WINDOW);
	enum err e = OK, synced;
	ssize_t got = 0;

	while (e == OK && (got = request_read(r, window, WINDOW)) > 0)
		e = upload_write(r->ctx, u, window, (size_t)got);
	synced = upload_sync(r->ctx, u);
	if (e == OK && got < 0)
		e = ctx_fail(r->ctx, ERR_INVALID, "",
		             "The chunk was cut off: go on at the offset that a GET gives.");
	return e == OK ? synced : e;
}

struct reply *api_upload_put(struct request *r)
{
	struct upload u;
	int64_t offset;

	if (request_query_int(r, "offset", 0, INT64_MAX, -1, &offset) != OK)
		return reply_fault(r);
	if (offset < 0)
		return reply_error(r, 400, "invalid", "Not valid",
		                   "\"offset\" is missing: where in the file the chunk begins.");
	if (r->length < 0)
		return reply_error(r, 411, "length", "Length required", "A chunk needs a Content-Length.");
	if (upload_hold(r->ctx, r->param[0], &u) != OK)
		return reply_fault(r);
	if (offset != u.received) {
		upload_close(&u);
		ctx_fail(r->ctx, ERR_CONFLICT, "", "The chunk begins at %lld, and %lld bytes are here.",
		         (long long)offset, (long long)u.received);
		return reply_fault_with(r, offset_members, &u);
	}
	if (append_body(r, &u) != OK) {
		upload_close(&u);
		return reply_fault(r);
	}
	return upload_reply(r, 200, &u);
}

struct reply *api_upload_finish(struct request *r)
{
	struct intake_options o;
	struct upload u;
	struct job j;

	intake_defaults(&o);
	if (intake_json(r, &o) != OK || upload_hold(r->ctx, r->param[0], &u) != OK)
		return reply_fault(r);
	if (intake_finish(r, &u, &o, &j) != OK) {
		upload_close(&u);
		return reply_fault(r);
	}
	if (!o.background && intake_wait(r, &j) != OK)
		return reply_fault(r);
	return job_json_queued(r, &j);
}

struct reply *api_upload_delete(struct request *r)
{
	struct upload u;

	if (upload_hold(r->ctx, r->param[0], &u) != OK)
		return reply_fault(r);
	upload_abort(r->ctx, &u);
	return reply_empty(r, 204);
}
