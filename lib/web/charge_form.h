/*
 * charge_form: the form of a charging session: what it asks, what it shows, and what was typed as a record.
 *
 * The fields are one table. Their values come from a stored session, from what was typed, or from a draft, as
 * text by the fields' names; so what is shown again is what was typed, right or wrong.
 */
#ifndef WL_WEB_CHARGE_FORM_H
#define WL_WEB_CHARGE_FORM_H

#include "app/charging/charge.h"
#include "web/request.h"
#include "web/versioned.h"
#include "web/view.h"

#define CHARGE_FORM_FIELDS 20

struct charge_form {
	struct str value[CHARGE_FORM_FIELDS];
};
extern const char *const charge_form_names[CHARGE_FORM_FIELDS + 1]; /* NULL-terminated */

/* A new session: today, of the car that was charged last. */
enum err charge_form_new(struct request *r, struct charge_form *out);
void charge_form_stored(struct request *r, const struct charge *s, struct charge_form *out);
void charge_form_typed(struct request *r, struct charge_form *out);

/* FORM includes the fields; refused: why it comes back (code 0: it does not). */
enum err charge_form_view(struct request *r, struct view *v, const struct charge_form *f,
                          const struct fault *refused);
/* What was typed. ERR_INVALID names the field. */
enum err charge_form_read(struct request *r, struct charge_edit *out, uint64_t *given);
/* For a form that was overtaken (web/versioned.h). */
void charge_form_versioned(const struct charge_form *stored, struct versioned_field out[CHARGE_FORM_FIELDS]);

#endif
