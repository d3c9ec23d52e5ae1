/*
 * shape: the objects that the API answers with and takes, for its description (JSON Schema in
 * /api/openapi.json, tables in /docs). The rows are shapes.def.
 *
 * Most members come from the descriptor (base/rec.h) that writes or reads them, so they cannot differ from what
 * is sent. Those that a handler writes by hand are named a second time here; tests/cgi/contract.js calls every
 * operation and refuses a reply with a member more or less than its shape has.
 */
#ifndef WL_WEB_SHAPE_H
#define WL_WEB_SHAPE_H

#include "base/rec.h"

enum shape_id {
	SHAPE_none,
#define SHAPE(id, ...) SHAPE_##id,
#define BODY(id, ...)  SHAPE_##id,
#include "web/shapes.def"
#undef SHAPE
#undef BODY
	SHAPES
};

struct json_out;

/* "PropertyGiven" of property_given. */
#define SHAPE_TITLE 64
void shape_title(enum shape_id id, char out[SHAPE_TITLE]);
/* The schema of the object itself, or a reference to it among the components. */
void shape_schema(struct json_out *j, enum shape_id id);
void shape_reference(struct json_out *j, enum shape_id id);

/* The members for people, in order: "name", "text or null", and whether a body must hold it. */
typedef void shape_each_fn(void *arg, const char *name, const char *type, bool needed);
void shape_each(enum shape_id id, shape_each_fn *each, void *arg);
/* The scalar types as JSON Schema and in words: "integer", "a whole number". */
void shape_scalar(struct json_out *j, enum rec_type type, bool nullable, bool given);

#endif
