/*
 * json: our own streaming writer out, jansson in (this is jansson's one home: jansson.h is included by
 * codec/json.c alone). Three functions of ours have names that jansson's library exports: the linker gets to
 * see them under others, or jansson would call ours.
 */
#ifndef WL_CODEC_JSON_H
#define WL_CODEC_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/rec.h"

/* ---- writing: appends to a buf; commas and nesting are kept by the writer ---- */

#define JSON_DEPTH_MAX 32
struct json_out {
	struct buf *b;
	int depth;
	bool comma[JSON_DEPTH_MAX + 1]; /* something was written at this depth */
	bool pretty;                    /* line breaks and two-blank indents */
	bool after_key;                 /* a key was written, its value not yet */
};

void json_start(struct json_out *j, struct buf *b);
void json_object(struct json_out *j) __asm__("wl_json_object"); /* { */
void json_array(struct json_out *j) __asm__("wl_json_array");   /* [ */
void json_end_object(struct json_out *j);
void json_end_array(struct json_out *j);
void json_key(struct json_out *j, const char *key);
void json_str(struct json_out *j, struct str s); /* p == NULL writes null; invalid UTF-8 becomes U+FFFD */
void json_int(struct json_out *j, int64_t v);
void json_bool(struct json_out *j, bool v);
void json_null(struct json_out *j) __asm__("wl_json_null");
void json_dec(struct json_out *j, int64_t micro); /* a string: "1.5" */
void json_raw(struct json_out *j, struct str number_or_json);
void json_at(struct json_out *j, int64_t at);                       /* RFC 3339 string, 0 is null */
void json_percent(struct json_out *j, int64_t part, int64_t whole); /* one place: 45.0; whole 0 is 0.0 */
/* The members of a record, into an object that the caller has opened. */
void json_rec(struct json_out *j, const struct rec_desc *d, const void *obj);

/* ---- reading ---- */

#define JSON_IN_MAX (1024 * 1024)

struct json; /* a value */
/* Strict RFC 8259, UTF-8, no duplicate members, depth <= 32, at most JSON_IN_MAX bytes. NULL: `why` (>= 160
 * bytes) says what and where. Own it: json_free. */
struct json *json_parse(struct str text, char why[160]);
void json_free(struct json *v);
enum json_kind { JSON_NULL, JSON_BOOL, JSON_INT, JSON_REAL, JSON_STRING, JSON_ARRAY, JSON_OBJECT };
enum json_kind json_kind(const struct json *v); /* v is not NULL; the others take NULL as a value of no kind */
const struct json *json_member(const struct json *object, const char *key); /* NULL: none */
const struct json *json_item(const struct json *array, size_t i);
size_t json_count(const struct json *v);    /* items or members */
struct str json_text(const struct json *v); /* of a string; else p == NULL. Lives as long as the root */
int64_t json_number(const struct json *v);  /* of an int; else 0 */
/* A real as a decimal text; p == NULL: it has more digits than a double carries for sure (15). */
struct str json_real_text(struct arena *a, const struct json *v);
bool json_truth(const struct json *v);
/* i-th member's key and value of an object, in source order. Walks there: linear in i. */
const struct json *json_member_at(const struct json *object, size_t i, struct str *key);

#endif
