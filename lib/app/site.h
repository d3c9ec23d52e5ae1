/*
 * site: what a sites file says of properties, found by their names.
 *
 * What each batch states of a property is kept as a layer of its own, and so is, as layer 0, what the property
 * was before the first of them. What shows (the columns of `properties`) is the live layers laid over each
 * other in the order of the batches: a stated field covers what was there, or, with the policy "keep", fills
 * what was empty. A property that a batch made is not seen while no live batch speaks of it and it has no
 * meters.
 */
#ifndef WL_APP_SITE_H
#define WL_APP_SITE_H

#include "app/series_layers.h"

#define SITE_TEXT_MAX 400 /* bytes of a text */

enum site_field {
	SITE_company_id,
	SITE_region_id,
	SITE_address,
	SITE_postcode,
	SITE_type,
	SITE_TEXTS,                   /* those above are texts, those below numbers */
	SITE_floor_area = SITE_TEXTS, /* millionths, like the two that follow */
	SITE_latitude,
	SITE_longitude,
	SITE_is_active,  /* 0, 1 */
	SITE_created_at, /* seconds since 1970 */
	SITE_FIELDS,
	SITE_NAME = SITE_FIELDS, /* of a file's columns the last */
	SITE_COLUMNS
};

struct site {
	bool stated[SITE_FIELDS];
	struct str text[SITE_FIELDS];
	int64_t number[SITE_FIELDS]; /* a field has one of the two */
};

/* Whether more than one property is called so. as_user: of those that this user owns; 0: of all. */
enum err site_ambiguous(struct ctx *c, struct str name, int64_t as_user, bool *several);
/* A batch states a property, inside the caller's transaction. dry: nothing is written. Outcome: new, identical,
 * changed, or kept (nothing of it shows). */
enum err site_put(struct ctx *c, struct str name, int64_t as_user, int64_t job_id, const struct site *stated,
                  enum series_policy policy, bool dry, enum series_outcome *outcome);

/* What becoming live (or undone) does to the properties of the batch: adds to the counts, each as one day.
 * Unless dry it is written, after the batch's mark. */
enum err site_settle(struct ctx *c, int64_t job_id, bool live, bool dry, struct layers_counts *counts);

#endif
