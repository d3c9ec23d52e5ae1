/*
 * meter: the meters of properties.
 *
 * A meter belongs to one property, is called by an identifier (text) that no other meter of the same owner has
 * (DECISIONS 13), and may have further identifiers, each for a range of days. It is the main meter or a
 * sub-meter; a sub-meter is physical, or virtual: a formula over other meters of its property (app/formula.h).
 * Who may see its property may see it (app/right.h).
 *
 * Imports that name a meter nobody knows make it, under the property that they are for or under "Unassigned
 * meters" of whom they belong to.
 */
#ifndef WL_APP_METER_H
#define WL_APP_METER_H

#include "app/right.h"
#include "base/rec.h"

struct meter {
	int64_t id, property_id;
	struct str identifier; /* text: MPAN core, MPRN, NMI, serial ... */
	struct str name;       /* null unless given */
	struct str property_name;
	struct str meter_type;     /* MAIN_METER, SUB_METER */
	struct str sub_meter_kind; /* PHYSICAL, VIRTUAL; null: a main meter */
	struct str formula;        /* of a virtual one */
	struct str time_zone;
	bool is_active;
	struct str made_by_batch; /* batch id of the import that found it; null otherwise */
	int64_t created_at;
	int64_t days;                /* meter-days that show a reading (all series) */
	int64_t first_day, last_day; /* REC_DAY; both 0 with days == 0 */
	int64_t version;             /* ETag "v3" */
};
extern const struct rec_desc meter_desc;

struct meter_filter {
	struct str search;         /* part of an identifier or the name; empty: all */
	int64_t property_id;       /* 0: all that one sees */
	struct str meter_type;     /* empty: both */
	struct str sub_meter_kind; /* empty: both */
	bool include_inactive, inactive_only;
	int64_t limit, offset;
};
/* ERR_INVALID: no such type or kind; ERR_NOT_FOUND: the property. Main meters first, then by name. */
enum err meter_list(struct ctx *c, const struct meter_filter *f, struct meter **out, size_t *n, int64_t *total);
enum err meter_get(struct ctx *c, int64_t id, struct meter *out);
/* By any identifier of its. ERR_CONFLICT: several meters are called so, and the fault lists them. */
enum err meter_by_identifier(struct ctx *c, struct str identifier, struct meter *out);

/* What a person may say of one; `given` as in web/fields.h. */
struct meter_edit {
	struct str identifier, name, meter_type, sub_meter_kind, formula, time_zone;
	int64_t property_id;
};
extern const struct rec_desc meter_edit_desc;
/* edit.property_id says where. ERR_CONFLICT: the identifier is taken, with "identifier" as the field. */
enum err meter_create(struct ctx *c, const struct meter_edit *edit, struct meter *out);
/* Another property_id moves it there: the actor must be able to edit both, and own the one that it was in where
 * the other has another owner. ERR_CONFLICT: a meter with readings keeps its time zone; one that a formula
 * names stays in its property, and does not become virtual. version as with property_update. */
enum err meter_update(struct ctx *c, int64_t id, int64_t version, const struct meter_edit *edit, uint64_t given,
                      struct meter *out);
/* Soft: it is left out of lists, totals and exports until it is restored. */
enum err meter_remove(struct ctx *c, int64_t id, struct meter *out);
/* ERR_CONFLICT: its property is inactive. */
enum err meter_restore(struct ctx *c, int64_t id, struct meter *out);

/* ---- further identifiers ---- */

struct meter_identifier {
	int64_t id;
	struct str identifier;
	struct str from, to; /* local days, "2025-11-07"; null: ever before, ever since */
};
extern const struct rec_desc meter_identifier_desc;
enum err meter_identifiers(struct ctx *c, int64_t meter_id, struct meter_identifier **out, size_t *n);
enum err meter_identifier_add(struct ctx *c, int64_t meter_id, const struct meter_identifier *wanted,
                              struct meter_identifier *out);
enum err meter_identifier_remove(struct ctx *c, int64_t meter_id, int64_t id);

#endif
