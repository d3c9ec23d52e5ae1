/*
 * json: reading, by jansson.
 *
 * Reading is where the attacks are, and jansson has seen many; what it leaves open (depth, size) is bounded
 * here before it sees the text. A struct json is jansson's json_t under a name of ours: no second tree is made.
 *
 * Disadvantages: the tree takes some tens of bytes a value, 1 MiB of text up to some 30 MiB; numbers with a
 * fraction come as binary floating point, which is why readings travel as strings.
 */

/* Names that jansson and codec/json.h both have. Its functions of these names are not used here. */
#define json_object jansson_object
#define json_array  jansson_array
#define json_null   jansson_null
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY  JANSSON_ARRAY
#define JSON_STRING JANSSON_STRING
#define JSON_REAL   JANSSON_REAL
#define JSON_NULL   JANSSON_NULL
#include <jansson.h>
#undef json_object
#undef json_array
#undef json_null
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_REAL
#undef JSON_NULL

#include <stdio.h>

#include "codec/json.h"

static const json_t *inner(const struct json *v)
{
	return (const json_t *)v;
}

/* Brackets outside strings; malformed text is jansson's to refuse. */
static bool too_deep(struct str text)
{
	bool quoted = false;
	int depth = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '[' || c == '{') && ++depth > JSON_DEPTH_MAX)
			return true;
		else if (!quoted && (c == ']' || c == '}'))
			depth--;
	}
	return false;
}

struct json *json_parse(struct str text, char why[160])
{
	json_error_t e;

	if (text.n > JSON_IN_MAX) {
		(void)snprintf(why, 160, "longer than %d bytes", JSON_IN_MAX);
		return NULL;
	}
	if (too_deep(text)) {
		(void)snprintf(why, 160, "nested deeper than %d", JSON_DEPTH_MAX);
		return NULL;
	}
	json_t *v = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	if (!v)
		(void)snprintf(why, 160, "line %d, column %d: %.120s", e.line, e.column, e.text);
	return (struct json *)v;
}

void json_free(struct json *v)
{
	json_decref((json_t *)v);
}

enum json_kind json_kind(const struct json *v)
{
	switch (json_typeof(inner(v))) {
	case JANSSON_OBJECT:
		return JSON_OBJECT;
	case JANSSON_ARRAY:
		return JSON_ARRAY;
	case JANSSON_STRING:
		return JSON_STRING;
	case JSON_INTEGER:
		return JSON_INT;
	case JANSSON_REAL:
		return JSON_REAL;
	case JSON_TRUE:
	case JSON_FALSE:
		return JSON_BOOL;
	case JANSSON_NULL:
		return JSON_NULL;
	}
	return JSON_NULL;
}

/* Each of these takes a value of any kind, and NULL: a document is asked for a path without a check a step. */

const struct json *json_member(const struct json *object, const char *key)
{
	return (const struct json *)json_object_get(inner(object), key);
}

const struct json *json_item(const struct json *array, size_t i)
{
	return (const struct json *)json_array_get(inner(array), i);
}

size_t json_count(const struct json *v)
{
	return json_array_size(inner(v)) + json_object_size(inner(v));
}

struct str json_text(const struct json *v)
{
	return (struct str){json_string_value(inner(v)), json_string_length(inner(v))};
}

int64_t json_number(const struct json *v)
{
	return json_integer_value(inner(v));
}

struct str json_real_text(struct arena *a, const struct json *v)
{
	double x = json_real_value(inner(v));
	const char *text = arena_printf(a, "%.15g", x);
	return strtod(text, NULL) == x ? str_of(text) : (struct str){NULL, 0};
}

bool json_truth(const struct json *v)
{
	return v && json_typeof(inner(v)) == JSON_TRUE;
}

const struct json *json_member_at(const struct json *object, size_t i, struct str *key)
{
	json_t *o =
	        (json_t *)(uintptr_t)object; /* jansson's iterators want it without const, and change nothing */
	void *at = json_object_iter(o);

	while (at && i--)
		at = json_object_iter_next(o, at);
	if (!at)
		return NULL;
	*key = (struct str){json_object_iter_key(at), json_object_iter_key_len(at)};
	return (const struct json *)json_object_iter_value(at);
}
