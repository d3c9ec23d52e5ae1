/* file_form: see file_form.h. */
#include "web/file_form.h"

#include "app/setting.h"
#include "codec/multipart.h"
#include "codec/utf8.h"
#include "web/gate.h"

#define VALUE_MAX     1024
#define WINDOW        65536
#define FORM_OVERHEAD (64 * 1024) /* of a multipart body beside its file */

struct reading {
	struct request *r;
	file_form_take_fn *take;
	void *arg;
	struct file_form *form;
	bool uploading, in_file; /* uploading: the part is written to the last of the files */
	struct str seen[MULTIPART_PARTS_MAX];
	size_t seen_n;
	struct str name;
	char value[VALUE_MAX];
	size_t value_n;
	enum err failed; /* with ctx->fault filled */
};

static bool only_once(struct reading *in)
{
	for (size_t i = 0; i < in->seen_n; i++)
		if (str_eq(in->name, in->seen[i]))
			in->failed = ctx_fail(in->r->ctx, ERR_INVALID, "", "The field \"%.*s\" came twice.",
			                      STR_ARG(utf8_cut(utf8_clean(in->r->ctx->arena, in->name), 40)));
	in->seen[in->seen_n++] = in->name; /* fits: the parser counts the parts */
	return in->failed == OK;
}

static bool part_begin(void *arg, const struct multipart_part *part)
{
	struct reading *in = arg;
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
		in->failed = upload_begin(c, part->filename, -1, false, &in->form->file[in->form->n]);
	in->uploading = in->failed == OK;
	in->form->n += in->uploading; /* fits: the parser counts the parts */
	return in->uploading;
}

static bool part_data(void *arg, const char *p, size_t n)
{
	struct reading *in = arg;

	if (in->in_file) {
		if (in->uploading)
			in->failed = upload_write(in->r->ctx, &in->form->file[in->form->n - 1], p, n);
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

/* Blanks are part of what is secret. */
static struct str trimmed(struct str name, struct str value)
{
	return str_starts(name, STR("pass")) ? value : str_trim(value);
}

static bool part_end(void *arg)
{
	struct reading *in = arg;
	struct ctx *c = in->r->ctx;
	struct str value = {in->value, in->value_n};

	if (in->in_file)
		return true;
	if (!utf8_valid(value))
		in->failed = ctx_fail(c, ERR_INVALID, "", "A field of the form is not valid UTF-8.");
	else if (str_eqz(in->name, "csrf"))
		in->failed = gate_csrf_field(in->r, value);
	else
		in->failed = in->take(c, in->arg, in->name, trimmed(in->name, arena_str(c->arena, value)));
	return in->failed == OK;
}

static enum err too_large(struct ctx *c, int64_t limit_mib)
{
	return ctx_fail(c, ERR_TOO_LARGE, "file",
	                "The upload is larger than %lld MiB, the most that may be sent at once. "
	                "Send less at a time, or ask an admin to raise the setting upload_max_mib.",
	                (long long)limit_mib);
}

/* What the parser's verdict means to a person. */
static enum err verdict(struct reading *in, enum multipart_result m, ssize_t got)
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
	if (in->form->n == 0)
		return ctx_fail(c, ERR_INVALID, "file", "Choose a file first.");
	return OK;
}

static enum err read_parts(struct reading *in, struct multipart *m)
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

enum err file_form_read(struct request *r, file_form_take_fn *take, void *arg, struct file_form *out)
{
	static const struct multipart_hooks hooks = {part_begin, part_data, part_end};
	struct reading *in = ARENA_NEW(r->ctx->arena, struct reading);
	int64_t limit = setting_int(r->ctx, SETTING_upload_max_mib);
	struct multipart *m;
	enum err e;

	*out = (struct file_form){.file = ARENA_ARRAY(r->ctx->arena, struct upload, MULTIPART_PARTS_MAX)};
	in->r = r;
	in->take = take;
	in->arg = arg;
	in->form = out;
	if (r->length > limit * 1024 * 1024 + FORM_OVERHEAD)
		return too_large(r->ctx, limit);
	m = multipart_new(request_var(r, "CONTENT_TYPE"), &hooks, in);
	if (!m)
		return ctx_fail(r->ctx, ERR_INVALID, "file", "A file is expected as multipart/form-data.");
	e = read_parts(in, m);
	multipart_free(m);
	for (size_t i = 0; e != OK && i < out->n; i++)
		upload_abort(r->ctx, &out->file[i]);
	return e;
}
