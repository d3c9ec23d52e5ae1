/*
 * op: what each operation of the API takes and gives, beside what its row in routes.def says. The rows are
 * api.def; /api/openapi.json and /docs are made from both tables, and the gate refuses parameters that a row
 * does not name.
 *
 * A route of the API without a row here takes no parameters at all (and `make lint` complains).
 */
#ifndef WL_WEB_OP_H
#define WL_WEB_OP_H

#include "web/route.h"
#include "web/shape.h"

enum op_tag {
#define OP(...)
#define TAG(id, title, about) TAG_##id,
#include "web/api.def"
#undef TAG
	TAGS
#undef OP
};

struct op_tag_info {
	const char *title, *about;
};
extern const struct op_tag_info op_tags[TAGS];

enum op_reply {
	REPLY_NOTHING, /* 204 */
	REPLY_ONE,     /* an object of the shape */
	REPLY_PAGE,    /* {"items":[...],"total":,"limit":,"offset":}, with Link headers */
	REPLY_ITEMS,   /* {"items":[...],"total":}: a list that is short */
	REPLY_GONE,    /* 204, or 202 with an object: it goes when it has ended */
	REPLY_CSV,
	REPLY_FILE,    /* CSV or XLSX, whole or a range of it */
	REPLY_ARCHIVE, /* ZIP, or bytes that are encrypted; likewise */
};

enum {
	OP_VERSIONED = 1,  /* the reply has an ETag; a GET answers 304 to If-None-Match */
	OP_IF_MATCH = 2,   /* takes If-Match: 412 */
	OP_REPEATABLE = 4, /* takes Idempotency-Key: 409, 422 */
	OP_CONFLICT = 8,   /* may be in conflict with what is stored: 409 */
	OP_MISSING = 16,   /* may name something that is not there, though not in its path: 404 */
	OP_MULTIPART = 32, /* the body is a form with a file */
	OP_OCTETS = 64,    /* the body is bytes */
	OP_HERE = 128,     /* what is not there is no error: no 404 */
};

struct op {
	handler_fn *handler;
	const char *name; /* of the handler: "api_properties" */
	enum op_tag tag;
	const char *query;
	enum shape_id body;
	const char *status;
	enum op_reply reply;
	enum shape_id shape;
	unsigned flags;
};

/* NULL: the route is no operation of the API. */
const struct op *op_of(const struct route *route);

/* ERR_INVALID: the query holds a parameter that the operation does not take. */
enum err op_check_query(struct request *r);
/* Of an operation that takes nothing, a body that says something. */
enum err op_check_body(struct request *r);

struct op_param {
	const char *name;
	enum rec_type type;
	const char *words, *about;
	bool needed;
};
/* The next parameter of a query's row ("limit offset!") or of a path's pattern; false: there is none left. */
bool op_next_param(struct str *rest, struct op_param *out);
bool op_next_in_path(struct str *rest, struct op_param *out);

/* The next status of a reply that is no error, or 0; then the same for errors, as they follow from both rows.
 */
int op_next_status(struct str *rest);
#define OP_ERRORS_MAX 14
size_t op_errors(const struct route *route, const struct op *op, int out[OP_ERRORS_MAX]);

#endif
