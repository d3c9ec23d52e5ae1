/*
 * multipart: multipart/form-data (RFC 7578), as a push parser in constant memory.
 *
 * Bytes are fed as they arrive, in any pieces; parts are told by callbacks. Nothing of a part's content is
 * kept here: the caller streams a file part to storage and collects small fields. A body that ends before the
 * closing boundary is truncated and multipart_end says so.
 */
#ifndef WL_CODEC_MULTIPART_H
#define WL_CODEC_MULTIPART_H

#include "base/str.h"

#define MULTIPART_PARTS_MAX  20
#define MULTIPART_HEADER_MAX 4096 /* bytes of one part's headers */

struct multipart_part {
	struct str name;     /* field name, decoded */
	struct str filename; /* p == NULL: not a file. As the browser sent it: data only, never a path */
	struct str type;     /* Content-Type or empty */
};

/* Each returns false to stop the parse (multipart_feed then returns MULTIPART_STOPPED). */
struct multipart_hooks {
	bool (*begin)(void *arg, const struct multipart_part *part); /* slices are good during the call only */
	bool (*data)(void *arg, const char *p, size_t n);
	bool (*end)(void *arg);
};

enum multipart_result {
	MULTIPART_OK,
	MULTIPART_BAD,      /* not multipart, or malformed headers */
	MULTIPART_LIMIT,    /* too many parts, or headers too long */
	MULTIPART_STOPPED,  /* a hook said no */
	MULTIPART_TRUNCATED /* from multipart_end only: the closing boundary never came */
};

struct multipart;

/* `content_type`: the whole header. NULL if it is not multipart/form-data with a boundary of 1..70 bytes.
 * Own it: multipart_free. */
struct multipart *multipart_new(struct str content_type, const struct multipart_hooks *hooks, void *arg);
enum multipart_result multipart_feed(struct multipart *m, const char *p, size_t n);
enum multipart_result multipart_end(struct multipart *m);
void multipart_free(struct multipart *m);

#endif
