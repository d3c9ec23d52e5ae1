/* fields: see fields.h. */
#include "web/fields.h"

#include <stdio.h>

#include "base/civil.h"
#include "base/decimal.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "web/draft_form.h"

#define TEXT_MAX      4096  /* bytes of one text */
#define LONG_TEXT_MAX 65536 /* of one with REC_LONG */

static void *member(void *obj, const struct rec_field *f)
{
	return (char *)obj + f->offset;
}

static enum err bad(struct ctx *c, const struct rec_field *f, const char *is)
{
	return ctx_fail(c, ERR_INVALID, f->name, "\"%s\" is %s.", f->name, is);
}

static enum err text_value(struct ctx *c, const struct rec_field *f, struct str text, struct str *out)
{
	const size_t most = f->flags & REC_LONG ? LONG_TEXT_MAX : TEXT_MAX;
	if (text.n > most)
		return ctx_fail(c, ERR_INVALID, f->name, "\"%s\" has more than %zu bytes.", f->name, most);
	if (!utf8_valid(text) || memchr(text.p, '\0', text.n))
		return bad(c, f, "text in UTF-8");
	*out = arena_str(c->arena, f->flags & REC_RAW ? text : str_trim(text));
	return OK;
}

enum err fields_value(struct ctx *c, const struct rec_field *f, struct str text, void *obj)
{
	int32_t day;
	switch (f->type) {
	case REC_TEXT:
		return text_value(c, f, text, member(obj, f));
	case REC_INT:
		return str_to_i64(text, member(obj, f)) ? OK : bad(c, f, "a whole number");
	case REC_BOOL:
		return request_bool(text, member(obj, f)) ? OK : bad(c, f, "true or false");
	case REC_DEC:
		switch (dec_parse(text, '.', member(obj, f))) {
		case DEC_OK:
			return OK;
		case DEC_ROUNDED:
			return bad(c, f, "a number with at most six decimal places");
		case DEC_BAD:
			return bad(c, f, "a decimal number such as 1234.567");
		case DEC_RANGE:
			return bad(c, f, "a number too large to be kept");
		}
		break;
	case REC_AT:
	case REC_AT_SQL:
		if (civil_parse_at(text, member(obj, f)))
			return OK;
		return bad(c, f, "an instant with its offset from UTC, such as 2025-11-07T10:30:00Z");
	case REC_DAY:
		if (!civil_parse_day(text, &day))
			return bad(c, f, "a date such as 2025-11-07");
		*(int64_t *)member(obj, f) = day;
		return OK;
	}
	return ERR_INVALID;
}

static uint64_t bit_of(const struct rec_desc *d, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (d->field[k].offset == d->field[i].offset)
			return UINT64_C(1) << k;
	return UINT64_C(1) << i;
}

static const struct rec_field *find(const struct rec_desc *d, struct str name, uint64_t *bit)
{
	for (size_t i = 0; i < d->count; i++) {
		if (d->field[i].flags & REC_HIDDEN || !str_eqz(name, d->field[i].name))
			continue;
		*bit = bit_of(d, i);
		return &d->field[i];
	}
	return NULL;
}

static enum err unknown(struct request *r, struct str name)
{
	struct str shown = utf8_cut(utf8_clean(r->ctx->arena, name), 40);

	return ctx_fail(r->ctx, ERR_INVALID, arena_strz(r->ctx->arena, shown),
	                "There is no field \"%.*s\" here.", STR_ARG(shown));
}

static enum err json_value(struct request *r, const struct rec_field *f, const struct json *v, void *obj)
{
	struct ctx *c = r->ctx;

	switch (json_kind(v)) {
	case JSON_NULL:
		if (f->flags & REC_NOT_NULL)
			return bad(c, f, "not to be null");
		rec_clear_field(f, obj);
		return OK;
	case JSON_STRING:
		if (f->type == REC_INT || f->type == REC_BOOL)
			break;
		return fields_value(c, f, json_text(v), obj);
	case JSON_INT:
		if (f->type != REC_INT && f->type != REC_DEC)
			break;
		return fields_value(c, f, str_of(arena_printf(c->arena, "%lld", (long long)json_number(v))),
		                    obj);
	case JSON_BOOL:
		if (f->type != REC_BOOL)
			break;
		*(bool *)member(obj, f) = json_truth(v);
		return OK;
	case JSON_REAL: {
		if (f->type != REC_DEC)
			break;
		struct str text = json_real_text(c->arena, v);

		return text.n ? fields_value(c, f, text, obj)
		              : bad(c, f, "more exact than a JSON number carries: send it as text, in quotes");
	}
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	switch (f->type) {
	case REC_BOOL:
		return bad(c, f, "true or false");
	case REC_INT:
		return bad(c, f, "a whole number");
	case REC_DEC:
		return bad(c, f, "a number, or one in quotes");
	case REC_TEXT:
	case REC_AT:
	case REC_AT_SQL:
	case REC_DAY:
		return bad(c, f, "text in quotes");
	}
	return ERR_INVALID;
}

static bool named(struct str name, const char *const *other)
{
	for (; other && *other; other++)
		if (str_eqz(name, *other))
			return true;
	return false;
}

enum err fields_members(struct request *r, const struct json *root, const char *const *other,
                        const struct rec_desc *d, void *obj, uint64_t *given)
{
	enum err e = OK;

	*given = 0;
	for (size_t i = 0; e == OK && i < json_count(root); i++) {
		struct str name;
		uint64_t bit = 0;
		const struct json *v = json_member_at(root, i, &name);
		const struct rec_field *f = find(d, name, &bit);

		if (!f && named(name, other))
			continue;
		e = f ? json_value(r, f, v, obj) : unknown(r, name);
		*given |= bit;
	}
	return e;
}

enum err fields_object(struct request *r, const struct json *object, const char *place,
                       const struct rec_desc *d, void *obj, uint64_t *given)
{
	struct fault *f = &r->ctx->fault;
	enum err e;

	if (!object || json_kind(object) != JSON_OBJECT)
		return ctx_fail(r->ctx, ERR_INVALID, place, "\"%s\" is an object.", place);
	e = fields_members(r, object, NULL, d, obj, given);
	if (e) {
		const char *field = arena_printf(r->ctx->arena, "%s/%s", place, f->field);

		snprintf(f->field, sizeof(f->field), "%s", field);
	}
	return e;
}

enum err fields_json(struct request *r, const struct rec_desc *d, void *obj, uint64_t *given)
{
	struct json *root = request_object(r);
	enum err e;

	*given = 0;
	if (!root)
		return r->ctx->fault.code;
	e = fields_members(r, root, NULL, d, obj, given);
	json_free(root);
	return e;
}

enum err fields_form(struct request *r, const struct rec_desc *d, void *obj, const char *const *other,
                     uint64_t *given)
{
	enum err e = OK;

	*given = 0;
	for (size_t i = 0; i < d->count; i++) {
		if (d->field[i].type != REC_BOOL)
			continue;
		rec_clear_field(&d->field[i], obj);
		*given |= bit_of(d, i);
	}
	for (size_t i = 0; e == OK && i < r->form.n; i++) {
		const struct form_pair *pair = &r->form.pair[i];
		uint64_t bit = 0;
		const struct rec_field *f = find(d, pair->name, &bit);

		if (!f &&
		    (str_eqz(pair->name, "csrf") || draft_form_field(pair->name) || named(pair->name, other)))
			continue;
		if (!f)
			return unknown(r, pair->name);
		*given |= bit;
		if (str_trim(pair->value).n)
			e = fields_value(r->ctx, f, f->flags & REC_RAW ? pair->value : str_trim(pair->value),
			                 obj);
		else
			rec_clear_field(f, obj);
	}
	return e;
}

enum err fields_if_match(struct request *r, int64_t *version)
{
	struct str tag = request_header(r, "If-Match");

	*version = 0;
	if (!tag.n || str_eqz(tag, "*"))
		return OK;
	if (tag.n > 3 && str_starts(tag, STR("\"v")) && tag.p[tag.n - 1] == '"' &&
	    str_to_i64(str_sub(tag, 2, tag.n - 3), version) && *version > 0)
		return OK;
	return ctx_fail(r->ctx, ERR_PRECONDITION, "", "If-Match names no version of this.");
}
