/* versioned: see versioned.h. */
#include "web/versioned.h"

#include "base/decimal.h"

enum err versioned_read(struct request *r, int64_t *version)
{
	if (str_to_i64(form_get(&r->form, VERSION_FIELD), version) && *version > 0)
		return OK;
	return ctx_fail(r->ctx, ERR_INVALID, VERSION_FIELD,
	                "The form does not say which version it changes: open the page again.");
}

struct str versioned_typed(struct request *r, const char *name)
{
	return str_trim(form_get(&r->form, name));
}

static bool differs(struct request *r, const struct versioned_field *f)
{
	struct str typed = versioned_typed(r, f->name);
	int64_t a, b;

	if (!form_has(&r->form, f->name) || str_eq(typed, f->stored))
		return false;
	return !f->decimal || dec_parse(typed, '.', &a) != DEC_OK || dec_parse(f->stored, '.', &b) != DEC_OK ||
	       a != b;
}

bool versioned_differs(struct request *r, const struct versioned_field *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (differs(r, &f[i]))
			return true;
	return false;
}

static void put(struct request *r, struct view *row, const char *name, const struct versioned_field *f,
                struct str value)
{
	struct str shown = value.n && f->words ? f->words(r, value) : value;

	view_set(row, name, shown.n ? shown : STR("(nothing)"));
}

void versioned_view(struct request *r, struct view *v, const struct versioned_field *f, size_t n,
                    int64_t version, const struct fault *refused, struct str href)
{
	bool conflict = refused->code == ERR_PRECONDITION;

	if (form_has(&r->form, VERSION_FIELD) && !conflict)
		view_set(v, "VERSION", form_get(&r->form, VERSION_FIELD));
	else
		view_int(v, "VERSION", version);
	view_setz(v, "SAVE", conflict ? "Save mine anyway" : "Save");
	if (!conflict)
		return;
	struct view *part = view_include(v, "CONFLICT", "part/conflict.tpl");

	view_set(part, "HREF", href);
	for (size_t i = 0; i < n; i++) {
		if (!differs(r, &f[i]))
			continue;
		struct view *row = view_section(part, "DIFFERS");

		view_setz(row, "LABEL", f[i].label);
		put(r, row, "TYPED", &f[i], versioned_typed(r, f[i].name));
		put(r, row, "STORED", &f[i], f[i].stored);
	}
}
