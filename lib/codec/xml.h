/*
 * xml: a document read as a stream of elements and text, and nothing else of XML.
 *
 * No document types, so no entities of any kind and nothing fetched; at most XML_DEPTH_MAX elements inside each
 * other, XML_NAMES_MAX different names, and no tag or comment longer than XML_TOKEN_MAX: memory is bounded
 * whatever comes. Names are told without their namespace prefix. The reading can be paused by a hook and taken
 * up again, so that a caller can take one record at a time out of a document of any size.
 */
#ifndef WL_CODEC_XML_H
#define WL_CODEC_XML_H

#include <sys/types.h>

#include "base/str.h"

#define XML_DEPTH_MAX 64
#define XML_NAMES_MAX 4096
#define XML_TOKEN_MAX (256 * 1024)

struct xml;

/* Names and values of a start tag; good during the call only. */
struct xml_attrs {
	const char *const *pair;
};

/* Any may be NULL. Text comes in pieces. */
struct xml_hooks {
	void (*start)(void *arg, struct str name, struct xml_attrs attrs);
	void (*end)(void *arg, struct str name);
	void (*text)(void *arg, struct str text);
};

/* Bytes read (0 at the end), or -1 with errno set. */
typedef ssize_t xml_read_fn(void *arg, char *p, size_t n);

/* Own it: xml_close. */
struct xml *xml_open(const struct xml_hooks *hooks, void *arg, xml_read_fn *read, void *read_arg);
void xml_close(struct xml *x); /* NULL is fine */

enum xml_state {
	XML_PAUSED, /* by xml_pause: xml_run goes on behind that place */
	XML_ENDED,  /* the whole document was read and was well-formed */
	XML_FAILED, /* see xml_why; for good */
};
enum xml_state xml_run(struct xml *x);

/* Called from a hook. After either no further hook is called until the next xml_run. */
void xml_pause(struct xml *x);
void xml_fail(struct xml *x, const char *why); /* `why` must live on; the first one counts */
/* One sentence without its full stop, after XML_FAILED. */
const char *xml_why(const struct xml *x);

/* The attribute's value by its name without prefix; p == NULL if it is not there. Also a C string. */
struct str xml_attr(struct xml_attrs attrs, const char *name);

#endif
