/*
 * intake: see intake.h.
 *
 * Constant memory: the file's bytes go from a 64 KiB window through the multipart parser into upload_write.
 * Fields may come before or after the file. Nothing becomes a job before everything has been checked: the body
 * is as long as Content-Length said, the closing boundary came, the CSRF token was right. Our own form sends
 * the token first, so that a refused request is refused before its file is stored; where it comes last, the
 * .part files are removed again. Several files in one form become a job each, and one that is refused then
 * does not keep the others out. They share the limit of one file's size: who has more to send sends them one by
 * one, as app.js does.
 */
#include <stdio.h>
#include <time.h>

#include "app/setting.h"
#include "codec/json.h"
#include "codec/multipart.h"
#include "codec/utf8.h"
#include "web/gate.h"
#include "web/intake.h"

#define VALUE_MAX     1024
#define WINDOW        65536
#define FORM_OVERHEAD (64 * 1024) /* of a multipart body beside its file */

/* The fields of the form (DECISIONS 15). */
static const char *const fields[] = {"csrf",        "file",     "type",  "dry_run", "background",
                                     "on_conflict", "property", "meter", "preset",  "time_zone",
                                     "preview",     "strict",   "fixes", "car"};

void intake_defaults(struct intake_options *o)
{
	*o = (struct intake_options){.import = {.type = STR("auto")}};
}

static enum err option_bool(struct ctx *c, const char *name, struct str value, bool *out)
{
	if (request_bool(value, out))
		return OK;
	return ctx_fail(c, ERR_INVALID, name, "\"%s\" is either true or false.", name);
}

static enum err option_id(struct ctx *c, const char *name, struct str value, int64_t *out)
{
	*out = 0;
	if (value.n == 0 || (str_to_i64(value, out) && *out > 0))
		return OK;
	return ctx_fail(c, ERR_INVALID, name, "\"%s\" is the number of a %s.", name, name);
}

static enum err option_type(struct ctx *c, struct str value, struct str *out)
{
	*out = value.n ? value : STR("auto");
	if (import_type_known(*out))
		return OK;
	return ctx_fail(c, ERR_INVALID, "type",
	                "There is no import type \"%.*s\": choose auto, hh, daily or sessions.",
	                STR_ARG(utf8_cut(value, 40)));
}

enum err intake_option(struct ctx *c, struct intake_options *o, struct str name, struct str value)
{
	if (str_eqz(name, "type"))
		return option_type(c, value, &o->import.type);
	if (str_eqz(name, "dry_run"))
		return option_bool(c, "dry_run", value, &o->import.dry_run);
	if (str_eqz(name, "background"))
		return option_bool(c, "background", value, &o->background);
	if (str_eqz(name, "property"))
		return option_id(c, "property", value, &o->import.property_id);
	if (str_eqz(name, "preview"))
		return option_bool(c, "preview", value, &o->import.preview);
	if (str_eqz(name, "strict"))
		return option_bool(c, "strict", value, &o->import.strict);
	enum answer_id answer = answer_find(name);
	if (answer != ANSWERS) {
		o->import.answers.given[answer] = value;
		return answer_check(answer, value, &c->fault);
	}
	if (str_eqz(name, "meter"))
		o->import.meter = value;
	else if (str_eqz(name, "car"))
		o->import.car = value;
	else if (str_eqz(name, "on_conflict"))
		o->import.on_conflict = value;
	else if (str_eqz(name, "time_zone"))
		o->import.time_zone = value;
	else if (str_eqz(name, "preset"))
		o->import.preset = value;
	else if (str_eqz(name, "fixes"))
		o->import.fixes = value;
	else
		return ctx_fail(c, ERR_INVALID, "", "There is no field \"%.*s\" in this form.",
		                STR_ARG(utf8_cut(utf8_clean(c->arena, name), 40)));
	return OK;
}

/* ---- JSON ---- */

enum err intake_json_each(struct request *r, intake_take_fn *take, void *arg)
{
	struct json *root = request_object(r);
	struct arena *a = r->ctx->arena;
	enum err e = OK;
	struct str key;

	if (!root)
		return r->ctx->fault.code;
	for (size_t i = 0; e == OK && i < json_count(root); i++) {
		const struct json *v = json_member_at(root, i, &key);
		struct str value = {NULL, 0};

		switch (json_kind(v)) {
		case JSON_STRING:
			value = arena_str(a, json_text(v));
			break;
		case JSON_INT:
			value = str_of(arena_printf(a, "%lld", (long long)json_number(v)));
			break;
		case JSON_BOOL:
			value = json_truth(v) ? STR("true") : STR("false");
			break;
		case JSON_NULL:
			break;
		case JSON_REAL:
		case JSON_ARRAY:
		case JSON_OBJECT:
			e = ctx_fail(r->ctx, ERR_INVALID, "",
			             "\"%.*s\" is text, a whole number, true or false.", STR_ARG(key));
		}
		if (e == OK)
			e = take(r->ctx, arg, arena_str(a, key), value);
	}
	json_free(root);
	return e;
}

static enum err take_option(struct ctx *c, void *arg, struct str name, struct str value)
{
	return intake_option(c, arg, name, value);
}

enum err intake_json(struct request *r, struct intake_options *o)
{
	return intake_json_each(r, take_option, o);
}

/* ---- multipart ---- */

struct intake {
	struct request *r;
	struct intake_options *o;
	struct intake_files *files;
	bool uploading, in_file; /* uploading: the part is written to the last of the files */
	unsigned seen;           /* a bit for each of fields */
	struct str name;
	char value[VALUE_MAX];
	size_t value_n;
	enum err failed; /* with ctx->fault filled */
};

static bool only_once(struct intake *in)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!str_eqz(in->name, fields[i]))
			continue;
		if (in->seen & 1u << i)
			in->failed = ctx_fail(in->r->ctx, ERR_INVALID, "", "The field \"%s\" came twice.",
			                      fields[i]);
		in->seen |= 1u << i;
	}
	return in->failed == OK;
}

static bool part_begin(void *arg, const struct multipart_part *part)
{
	struct intake *in = arg;
	struct ctx *c = in->r->ctx;

	in->name = arena_str(c->arena, part->name);
	in->value_n = 0;
	in->in_file = str_eqz(part->name, "file");
	in->uploading = false;
	if (!in->in_file)
		return only_once(in);
	if (part->filename.n == 0)
		return true; /* a form sent without choosing a file: an empty part, noticed at the end */
	if (!utf8_valid(part->filename))
		in->failed = ctx_fail(c, ERR_INVALID, "file", "The file's name is not valid UTF-8.");
	else
		in->failed = upload_begin(c, part->filename, -1, false, &in->files->file[in->files->n].upload);
	in->uploading = in->failed == OK;
	in->files->n += in->uploading; /* fits: the parser counts the parts */
	return in->uploading;
}

static bool part_data(void *arg, const char *p, size_t n)
{
	struct intake *in = arg;

	if (in->in_file) {
		if (in->uploading)
			in->failed = upload_write(in->r->ctx, &in->files->file[in->files->n - 1].upload, p, n);
		return in->failed == OK;
	}
	if (n > VALUE_MAX - in->value_n) {
		in->failed = ctx_fail(in->r->ctx, ERR_INVALID, "",
		                      "A field of the form is longer than %d bytes.", VALUE_MAX);
		return false;
	}
	memcpy(in->value + in->value_n, p, n);
	in->value_n += n;
	return true;
}

static bool part_end(void *arg)
{
	struct intake *in = arg;
	struct ctx *c = in->r->ctx;
	struct str value = {in->value, in->value_n};

	if (in->in_file)
		return true;
	if (!utf8_valid(value))
		in->failed = ctx_fail(c, ERR_INVALID, "", "A field of the form is not valid UTF-8.");
	else if (str_eqz(in->name, "csrf"))
		in->failed = gate_csrf_field(in->r, value);
	else
		in->failed = intake_option(c, in->o, in->name, str_trim(arena_str(c->arena, value)));
	return in->failed == OK;
}

static enum err too_large(struct ctx *c, int64_t limit_mib)
{
	return ctx_fail(c, ERR_TOO_LARGE, "file",
	                "The upload is larger than %lld MiB, the most that may be sent at once. "
	                "Send several files one by one, split a large one, or ask an admin to raise the limit.",
	                (long long)limit_mib);
}

/* What the parser's verdict means to a person. */
static enum err verdict(struct intake *in, enum multipart_result m, ssize_t got)
{
	struct ctx *c = in->r->ctx;

	if (in->failed != OK)
		return in->failed;
	if (got < 0 || m == MULTIPART_TRUNCATED)
		return ctx_fail(c, ERR_INVALID, "file",
		                "The upload was cut off before all of it had arrived. Nothing was "
		                "stored: please send it again.");
	if (m == MULTIPART_LIMIT)
		return ctx_fail(c, ERR_INVALID, "", "The form has more than %d parts.", MULTIPART_PARTS_MAX);
	if (m != MULTIPART_OK)
		return ctx_fail(c, ERR_INVALID, "", "The form is not well-formed multipart/form-data.");
	if (!in->r->csrf_ok)
		return gate_csrf_field(in->r, STR(""));
	if (in->files->n == 0)
		return ctx_fail(c, ERR_INVALID, "file", "Choose a file first.");
	return OK;
}

static enum err read_parts(struct intake *in, struct multipart *m)
{
	enum multipart_result result = MULTIPART_OK;
	char *window = arena_alloc(in->r->ctx->arena, WINDOW);
	ssize_t got;

	while ((got = request_read(in->r, window, WINDOW)) > 0 && result == MULTIPART_OK)
		result = multipart_feed(m, window, (size_t)got);
	if (result == MULTIPART_OK)
		result = multipart_end(m);
	return verdict(in, result, got);
}

/* Each file becomes a job or is refused for a reason of its own. OK: at least one is a job. */
static enum err finish_each(struct request *r, const struct intake_options *o, struct intake_files *files)
{
	struct ctx *c = r->ctx;

	for (size_t i = 0; i < files->n; i++) {
		struct intake_file *f = &files->file[i];

		c->fault = (struct fault){.code = OK};
		if (intake_finish(r, &f->upload, o, &f->job) == OK)
			files->queued++;
		else
			upload_abort(c, &f->upload);
		f->fault = c->fault;
	}
	c->fault = (struct fault){.code = OK};
	if (files->queued > 0)
		return OK;
	c->fault = files->file[0].fault;
	if (files->n == 1 || !str_eqz(STR("file"), c->fault.field))
		return c->fault.code;
	return ctx_fail(c, files->file[0].fault.code, "file", "None of the %zu files was taken. %.*s: %s",
	                files->n, STR_ARG(utf8_cut(files->file[0].upload.filename, 60)),
	                files->file[0].fault.message);
}

enum err intake_multipart(struct request *r, struct intake_options *o, struct intake_files *out)
{
	static const struct multipart_hooks hooks = {part_begin, part_data, part_end};
	struct intake *in = ARENA_NEW(r->ctx->arena, struct intake);
	int64_t limit = setting_int(r->ctx, SETTING_upload_max_mib);
	struct multipart *m;
	enum err e;

	*out = (struct intake_files){
	        .file = ARENA_ARRAY(r->ctx->arena, struct intake_file, MULTIPART_PARTS_MAX)};
	in->r = r;
	in->o = o;
	in->files = out;
	intake_defaults(o);
	if (r->length > limit * 1024 * 1024 + FORM_OVERHEAD)
		return too_large(r->ctx, limit);
	m = multipart_new(request_var(r, "CONTENT_TYPE"), &hooks, in);
	if (!m)
		return ctx_fail(r->ctx, ERR_INVALID, "file", "A file is expected as multipart/form-data.");
	e = read_parts(in, m);
	multipart_free(m);
	if (e == OK)
		return finish_each(r, o, out);
	for (size_t i = 0; i < out->n; i++)
		upload_abort(r->ctx, &out->file[i].upload);
	return e;
}

/* ---- the job ---- */

enum err intake_finish(struct request *r, struct upload *u, const struct intake_options *o, struct job *out)
{
	struct import_options import = o->import;
	struct str rest;
	enum err e = import_check(r->ctx, &import);

	import.filename = u->filename;
	if (e == OK)
		e = upload_finish(r->ctx, u, &rest);
	if (e != OK)
		return e;
	e = import_queue(r->ctx, &import, rest, out);
	if (e == OK)
		job_wake_worker(r->ctx);
	return e;
}

static int64_t wait_ends(struct request *r)
{
	return clock_ms() + 1000 * setting_int(r->ctx, SETTING_sync_wait_seconds);
}

static enum err wait_until(struct request *r, struct job *j, int64_t until)
{
	struct timespec nap = {0, 10 * 1000 * 1000};
	enum err e = OK;

	while (e == OK && job_active(j) && clock_ms() < until) {
		nanosleep(&nap, NULL);
		if (nap.tv_nsec < 160 * 1000 * 1000)
			nap.tv_nsec *= 2;
		e = job_get(r->ctx, j->batch_id, j);
	}
	return e;
}

enum err intake_wait(struct request *r, struct job *j)
{
	return wait_until(r, j, wait_ends(r));
}

enum err intake_wait_all(struct request *r, struct intake_files *files)
{
	int64_t until = wait_ends(r);
	enum err e = OK;

	for (size_t i = 0; e == OK && i < files->n; i++)
		if (files->file[i].fault.code == OK)
			e = wait_until(r, &files->file[i].job, until);
	return e;
}
