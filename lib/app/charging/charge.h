/*
 * charge: charging sessions (source A), each of one car.
 *
 * A session is closed, and then it has a day, a kind (AC, DC) and the energy, and by hand an odometer; or it is
 * active: it has begun, and what is not known yet may be missing. Lists show both; totals, reports and exports
 * hold closed ones alone. What is being typed is a draft (app/draft.h) and not here at all.
 *
 * Of one car no two closed sessions have the same day, odometer and energy, compared exactly (source A's key);
 * where there is no odometer, as in files of some networks, the same start. A session's day is a local day and
 * says which month it is of, everywhere: one that goes over midnight or a month's end is of the day it began.
 *
 * The total cost is kept as it is said. Where none is said it is computed, and marked so: from the session's
 * price a kWh, else from the tariff that fits (tariff.h), rounded once, half to even, to the penny. A computed
 * one follows when the session is changed; not when a tariff is.
 *
 * What follows from other rows is worked out when it is read and never stored, so that it cannot be stale: the
 * miles since the session before (by day, then odometer), the first one of a car being the baseline that has
 * none; the efficiency; whether the place is home; what petrol would have cost. The price of that is one
 * indexed look-up a row.
 */
#ifndef WL_APP_CHARGING_CHARGE_H
#define WL_APP_CHARGING_CHARGE_H

#include "app/series_layers.h"
#include "base/rec.h"

#define CHARGE_NOTES_MAX 10000 /* characters */
#define CHARGE_DAYS_MAX  31    /* that one lasts */

/* Numbers are millionths where they can have places; REC_NONE: not known. */
struct charge {
	int64_t row;
	struct str id; /* a UUID, that of the draft it was */
	int64_t car_id;
	struct str car;
	struct str status;      /* active, closed */
	int64_t date;           /* REC_DAY: a local day */
	int64_t odometer;       /* miles */
	struct str charge_type; /* AC, DC */
	int64_t charge_power_kw;
	struct str location_label, charge_network;
	int64_t charge_delivered_kwh;
	int64_t duration_mins;
	int64_t cost_per_kwh, total_cost_gbp; /* pounds */
	bool cost_computed;
	int64_t soc_from, soc_to; /* percent */
	int64_t ambient_temp_c;
	struct str notes;
	bool preconditioning_used;
	int64_t preconditioning_events;
	int64_t started_at, ended_at; /* 0: not known */
	int64_t meter_id;             /* the charger's sub-meter; 0: none */
	int64_t user_id;
	struct str user_email;
	int64_t created_at, updated_at, version;
	int64_t odometer_before;
	bool first; /* no session of the car is before it */
	int64_t car_efficiency, car_petrol_mpg;
	/* worked out */
	int64_t miles;              /* since the session before */
	int64_t efficiency_mpkwh;   /* millionths */
	struct str efficiency_from; /* odometer, default; null: none */
	bool is_home, is_baseline;
	int64_t petrol_cost_gbp; /* what the same miles would have cost, to the penny; REC_NONE */
	int64_t saving_gbp;
};
extern const struct rec_desc charge_desc;

/* What a person or a file may say of one. Start from charge_blank. */
struct charge_edit {
	int64_t car_id; /* 0: by its name, or the only one there is */
	struct str car;
	struct str status; /* empty: closed */
	int64_t date, odometer;
	struct str charge_type;
	int64_t charge_power_kw;
	struct str location_label, charge_network;
	int64_t charge_delivered_kwh, duration_mins, cost_per_kwh, total_cost_gbp, soc_from, soc_to,
	        ambient_temp_c;
	struct str notes;
	bool preconditioning_used;
	int64_t preconditioning_events, started_at, ended_at, meter_id;
};
extern const struct rec_desc charge_edit_desc;
struct charge_edit charge_blank(void);

struct charge_filter {
	int64_t car_id, user_id;   /* 0: all that one sees */
	int64_t from, to;          /* days, both included; REC_NONE: open */
	struct str place, network; /* parts of them, whatever the case; empty: all */
	struct str status;         /* empty: both */
	int64_t limit, offset;
	bool oldest_first;
	bool with_notes; /* lists have none but where they are asked for: they are long */
};
struct charge_totals {
	int64_t count, kwh, cost, priced; /* of the closed ones; `priced`: those whose cost is known */
};
/* Newest first. ERR_INVALID: no such status; ERR_NOT_FOUND: the car. */
enum err charge_list(struct ctx *c, const struct charge_filter *f, struct charge **out, size_t *n,
                     int64_t *total);
enum err charge_sum(struct ctx *c, const struct charge_filter *f, struct charge_totals *out);
enum err charge_get(struct ctx *c, struct str id, struct charge *out); /* ERR_NOT_FOUND */

/* Each closed session of the filter, oldest first, its miles not worked out; limit and offset do not count.
 * `each` false: it has had enough. *plain, told before the first: A's columns are enough to
 * read them again: they are of one car, and each has an odometer. */
enum err charge_each(struct ctx *c, const struct charge_filter *f, bool *plain,
                     bool (*each)(void *arg, const struct charge *s), void *arg);

/* The same with all that is worked out and without notes; c->arena is that of some of them meanwhile. */
enum err charge_each_worked(struct ctx *c, const struct charge_filter *f,
                            void (*each)(void *arg, const struct charge *s), void *arg);

/* Places, or networks, that one's sessions have, those of late first: at most 100. */
enum err charge_words(struct ctx *c, bool networks, struct str **out, size_t *n);

/* ERR_INVALID names the field; ERR_CONFLICT: the session is there already; ERR_NOT_FOUND: car or meter. */
enum err charge_create(struct ctx *c, const struct charge_edit *edit, struct charge *out);
/* The same of a draft, whose id it keeps and which is gone then; where it is refused the draft stays. version
 * 0: whatever it is; else ERR_PRECONDITION. ERR_NOT_FOUND names the field "draft" where that is not there. */
enum err charge_promote(struct ctx *c, struct str draft, int64_t version, const struct charge_edit *edit,
                        struct charge *out);
/* version 0: whatever it is; else ERR_PRECONDITION. A status "closed" closes an active one. */
enum err charge_update(struct ctx *c, struct str id, int64_t version, const struct charge_edit *edit,
                       uint64_t given, struct charge *out);
enum err charge_remove(struct ctx *c, struct str id, int64_t version);

/* ---- for imports, in their transaction ---- */

/* Whether a session can be one: its values by themselves. A file's need not have an odometer where it has a
 * start. */
enum err charge_check(struct ctx *c, const struct charge_edit *d, bool of_file);
enum charge_outcome { CHARGE_NEW, CHARGE_IDENTICAL, CHARGE_DIFFERS };
/* Stores a checked, closed one of d->car_id, unless its key is there. A total that is just what would have been
 * computed is taken for computed; one that is not said is filled in. *differs: the first field that differs.
 * `dry`: only says what it would be. */
enum err charge_take(struct ctx *c, struct charge_edit *d, int64_t user_id, int64_t job_id, bool dry,
                     enum charge_outcome *outcome, const char **differs);
/* Whether two of one file are the same session by their keys; the first field in which `d` differs from what
 * is there, NULL: in none. What `d` does not say does not differ. */
bool charge_same_key(const struct charge_edit *d, const struct charge_edit *there);
const char *charge_difference(const struct charge_edit *d, const struct charge_edit *there);

struct charge_effect {
	struct layers_counts counts; /* sessions that the import states; `same`: those that stay as they are */
	int64_t edited;              /* of these: a person has changed them, so that they stay */
	int64_t cars;                /* that go or come with it */
};
/* What undoing an import does (live: redoing it), or, dry, would do. A session is there while an import that
 * states it is live, or once a person has changed it; one whose key has been taken meanwhile stays out, until
 * an undo takes out what took it (a change or removal by hand does not bring it back). */
enum err charge_settle(struct ctx *c, int64_t job_id, bool live, bool dry, struct charge_effect *out);
/* Whether the import brought sessions to cars that are not the actor's. */
enum err charge_of_others(struct ctx *c, int64_t job_id, int64_t *n);
/* Sessions and cars that are undone for good: of imports that have been cleaned up. */
enum err charge_forget(struct ctx *c);

#endif
