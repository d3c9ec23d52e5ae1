/*
 * fields: the body of a request as a record.
 *
 * A record's descriptor (base/rec.h) that feeds the database and JSON out reads JSON in and a form as well.
 * What the descriptor does not name is refused; what it names and the body does not hold stays as it was, and
 * its bit in `given` stays clear, so that a change (PATCH) is what was said and no more. Numbers that are exact
 * (REC_DEC) may come as text or as a JSON number without an exponent; instants must say their offset from UTC.
 */
#ifndef WL_WEB_FIELDS_H
#define WL_WEB_FIELDS_H

#include "base/rec.h"
#include "web/request.h"

/* Bit i: the i-th field of the descriptor was given. Two fields with one place in the record are two names of
 * one thing: the first one's bit is set. Null clears a field and counts as given. ERR_INVALID names the field.
 */
enum err fields_json(struct request *r, const struct rec_desc *d, void *obj, uint64_t *given);
/* The same of an object within the body, whose place there (a JSON pointer without its first slash) goes before
 * the name of a field that is wrong. */
struct json;
enum err fields_object(struct request *r, const struct json *object, const char *place,
                       const struct rec_desc *d, void *obj, uint64_t *given);
/* Of an object that is read already, but for the members `other` (NULL-terminated), which the caller reads. */
enum err fields_members(struct request *r, const struct json *object, const char *const *other,
                        const struct rec_desc *d, void *obj, uint64_t *given);
/* The same of a form; `csrf`, the fields of drafts (draft_form.h) and the names of `other` (NULL-terminated, or
 * NULL) are passed over. An empty field is null. A bool is given whether it is there or not: a box that is not
 * ticked is not sent. */
enum err fields_form(struct request *r, const struct rec_desc *d, void *obj, const char *const *other,
                     uint64_t *given);

/* One value from its text. */
enum err fields_value(struct ctx *c, const struct rec_field *f, struct str text, void *obj);

/* RFC 7232: the version that If-Match asks for; 0: none was asked for. ERR_INVALID: it is no version of ours.
 */
enum err fields_if_match(struct request *r, int64_t *version);

#endif
