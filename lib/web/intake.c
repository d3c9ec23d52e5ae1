/*
 * intake: see intake.h.
 *
 * Several files in one form become a job each, and one that is refused then does not keep the others out. Who
 * has more to send than may come at once sends them one by one, as app.js does.
 */
#include <stdio.h>
#include <time.h>

#include "app/setting.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "web/file_form.h"
#include "web/intake.h"

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
	struct file_form form;
	enum err e;

	intake_defaults(o);
	e = file_form_read(r, take_option, o, &form);
	if (e)
		return e;
	*out = (struct intake_files){.file = ARENA_ARRAY(r->ctx->arena, struct intake_file, form.n),
	                             .n = form.n};
	for (size_t i = 0; i < form.n; i++)
		out->file[i].upload = form.file[i];
	return finish_each(r, o, out);
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
