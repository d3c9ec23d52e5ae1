/*
 * versioned: forms that change a thing that has a version (a property, a meter).
 *
 * Such a form carries the version that it was filled with, and the service changes nothing if that is another
 * by now (as with If-Match). Then the page comes back as 412: with what was typed, beside what is stored now
 * where they differ, and with the version of now, so that sending it once more saves it knowingly. Where
 * nothing differs nothing is lost: it is as good as saved (a form sent twice, for example).
 *
 * A form that was refused for another reason, or comes out of a draft, keeps the version that it came with.
 */
#ifndef WL_WEB_VERSIONED_H
#define WL_WEB_VERSIONED_H

#include "web/request.h"
#include "web/view.h"

#define VERSION_FIELD "version"

/* The version that the form was filled with. ERR_INVALID: it carries none. */
enum err versioned_read(struct request *r, int64_t *version);

/* A field of the form: what is stored, and how a value of it is called where that is not the value itself. */
struct versioned_field {
	const char *name, *label;
	struct str stored;
	bool decimal; /* 1.50 is 1.5 */
	struct str (*words)(struct request *r, struct str value);
};
/* As it was typed; empty where the form has no such field. */
struct str versioned_typed(struct request *r, const char *name);
/* Whether what was typed differs from what is stored. */
bool versioned_differs(struct request *r, const struct versioned_field *f, size_t n);
/* The hidden VERSION and what the button says (SAVE). refused: why the form comes back (code 0: it does not);
 * of ERR_PRECONDITION includes CONFLICT, with the fields that differ. href: the page without what was typed. */
void versioned_view(struct request *r, struct view *v, const struct versioned_field *f, size_t n,
                    int64_t version, const struct fault *refused, struct str href);

#endif
