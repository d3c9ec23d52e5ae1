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

/* The members for people, in order. */
struct shape_row {
	const char *name, *type; /* "value", "decimal"; a name that is empty: the object is one of these */
	enum shape_id of;        /* the type is this shape, or a list of it; or SHAPE_none */
	bool nullable, absent;   /* it may be null; it is not always there */
	bool needed;             /* a body must hold it */
};
typedef void shape_each_fn(void *arg, const struct shape_row *row);
void shape_each(enum shape_id id, shape_each_fn *each, void *arg);
/* A body that holds what it must, or the first that it may. */
void shape_example(struct json_out *j, enum shape_id id);
/* A scalar type as JSON Schema, and in words: "whole number". */
void shape_scalar(struct json_out *j, enum rec_type type, bool nullable, bool given);
const char *shape_scalar_said(enum rec_type type);

#endif
