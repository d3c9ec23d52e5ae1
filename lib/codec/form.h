/*
 * form: application/x-www-form-urlencoded bodies, query strings and cookie headers (RFC 6265) -> pairs.
 * Pure: slices are decoded into the arena. Bad %-escapes, NULs and invalid UTF-8 in a name or value make the
 * whole thing invalid; more than FORM_FIELDS_MAX pairs too.
 */
#ifndef WL_CODEC_FORM_H
#define WL_CODEC_FORM_H

#include "base/arena.h"
#include "base/buf.h"

#define FORM_FIELDS_MAX 256

struct form_pair {
	struct str name, value;
};
struct form {
	struct form_pair *pair;
	size_t n;
};

bool form_parse(struct arena *a, struct str text, struct form *out);           /* a=1&b=x+y%20z */
bool form_parse_cookies(struct arena *a, struct str header, struct form *out); /* a=1; b=2 (nothing decoded) */
/* First pair of that name; p == NULL if there is none. */
struct str form_get(const struct form *f, const char *name);
bool form_has(const struct form *f, const char *name);
/* Percent-encodes all but A-Z a-z 0-9 - . _ ~ */
void form_put_encoded(struct buf *b, struct str s);

#endif
