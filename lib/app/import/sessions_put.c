/*
 * sessions_put: the cars that a file's sessions are of, and the sessions on their way into the ledger.
 *
 * A dry run has to know what the file itself has stated before, as the ledger will not hold it: it keeps the
 * sessions that would be new. Disadvantage: of more than some 8 MiB of them it forgets the earlier ones, and
 * then counts a row that repeats one of these as new.
 */
#include "app/charging/car.h"
#include "app/import/format.h"
#include "codec/utf8.h"

#define CARS_MAX    200       /* that one file may name */
#define FIRST_CAR   "Car 1"   /* where there is none, and the file names none */
#define ROW_MEMORY  (4 << 20) /* for what the ledger has to say to one */
#define DRY_BUCKETS 4096
#define EACH_SAID   500 /* rows that differ are named one by one as far as that */

struct import_car {
	struct str name;
	int64_t id, user_id; /* id 0: not made yet */
	bool is_new, told;   /* told: that it is made */
	struct import_car *next;
};

/* A session that a dry run would have stored. */
struct foreseen {
	const struct import_car *car;
	struct charge_edit stated;
	struct foreseen *next;
};

/* What a run remembers between its rows. */
struct memory {
	struct import_car *cars;
	size_t cars_count;                /* of these */
	size_t cars_new;                  /* of these, those that the ledger had not */
	bool counted;                     /* the next two are known */
	size_t cars_before;               /* that the ledger had */
	struct import_car *only;          /* where it was one */
	struct import_car *asked, *first; /* that the option names; that is made where there is none at all */
	struct foreseen **bucket;         /* of a dry run, in r->keep */
};

static struct memory *memory_of(struct import_run *r)
{
	if (!r->form)
		r->form = ARENA_NEW(r->c->arena, struct memory);
	return r->form;
}

/* ---- cars ---- */

/* What is not there is no fault here. */
static enum err absent(struct ctx *c, enum err e)
{
	if (e == ERR_NOT_FOUND || e == ERR_CONFLICT)
		c->fault = (struct fault){.code = OK};
	return e;
}

/* Sessions are those of whoever imports them, 0: the instance's; the system may speak of anybody's cars. */
static int64_t owner_of(const struct import_run *r)
{
	return r->run->job.user_id;
}

/* ERR_NOT_FOUND: none is called so; ERR_CONFLICT: several are. Without a fault. */
static enum err find_named(struct import_run *r, struct str name, struct car *out)
{
	return absent(r->c, car_called(r->c, owner_of(r), name, out));
}

/* The option: a name, else a number. */
static enum err find_asked(struct import_run *r, struct str asked, struct car *out)
{
	uint64_t id;
	enum err e = find_named(r, asked, out);
	if (e == ERR_NOT_FOUND && str_to_u64(asked, INT64_MAX, &id))
		e = absent(r->c, car_get(r->c, (int64_t)id, out));
	if (!e && r->as_user && out->user_id != r->as_user)
		e = ERR_NOT_FOUND;
	if (e == ERR_NOT_FOUND || e == ERR_CONFLICT)
		return ctx_fail(r->c, ERR_INVALID, "car",
		                e == ERR_CONFLICT ? "More than one car is called \"%.*s\": give its number."
		                                  : "There is no car \"%.*s\".",
		                STR_ARG(utf8_cut(asked, 60)));
	return e;
}

static struct import_car *add_car(struct import_run *r, struct str name, const struct car *k)
{
	struct memory *m = memory_of(r);
	struct import_car *car = ARENA_NEW(r->c->arena, struct import_car);
	*car = (struct import_car){.name = arena_str(r->c->arena, name),
	                           .id = k ? k->id : 0,
	                           .user_id = k ? k->user_id : owner_of(r),
	                           .is_new = !k,
	                           .next = m->cars};
	m->cars = car;
	m->cars_count++;
	m->cars_new += !k;
	return car;
}

static struct import_car *named(struct import_run *r, struct str name)
{
	struct memory *m = memory_of(r);
	struct import_car *car = m->cars;
	struct car k;
	int at = r->layout->sessions.at[SESSION_car];
	while (car && !str_eq_nocase(car->name, name))
		car = car->next;
	if (car)
		return car;
	enum err e = car_name_check(r->c, name);
	if (e) {
		run_reject(r, at, "BAD_CAR", "%s", r->c->fault.message);
		r->c->fault = (struct fault){.code = OK};
		return NULL;
	}
	e = find_named(r, name, &k);
	if (e == ERR_CONFLICT)
		run_reject(
		        r, at, "AMBIGUOUS_CAR",
		        "More than one user has a car called \"%.*s\". Say whose sessions these are (--user).",
		        STR_ARG(utf8_cut(name, 60)));
	else if (e == ERR_NOT_FOUND && m->cars_count >= CARS_MAX)
		run_reject(r, at, "TOO_MANY_CARS", "The file names more than %d cars.", CARS_MAX);
	else if (!e || e == ERR_NOT_FOUND)
		car = add_car(r, name, e ? NULL : &k);
	return car;
}

/* The only car there is, in the ledger or by this file so far. *several: there are more. NULL: there is none.
 */
static enum err find_only(struct import_run *r, struct import_car **out, bool *several)
{
	struct memory *m = memory_of(r);
	struct car *all;
	size_t n;
	*out = NULL;
	if (!m->counted) {
		enum err e = car_list(r->c, owner_of(r), false, &all, &n);
		if (e)
			return e;
		m->counted = true;
		m->cars_before = n;
		if (n == 1)
			m->only = add_car(r, all[0].name, &all[0]);
	}
	*several = m->cars_before + m->cars_new > 1;
	for (struct import_car *car = m->cars; car && m->cars_new && !m->only; car = car->next)
		*out = car->is_new ? car : *out;
	*out = m->only ? m->only : *out;
	return OK;
}

/* No cell says which, and no option: there is only one, or none at all. */
static struct import_car *unnamed(struct import_run *r)
{
	struct memory *m = memory_of(r);
	struct import_car *only;
	bool several;
	if (find_only(r, &only, &several) != OK)
		return NULL;
	if (!several)
		return only ? only : (m->first = named(r, STR(FIRST_CAR)));
	run_reject(r, r->layout->sessions.at[SESSION_car], "WHICH_CAR",
	           "The row names no car, and there are several. Fill in a column car, or say which one it is "
	           "(--car on the command line).");
	return NULL;
}

struct import_car *session_car(struct import_run *r, struct str name)
{
	struct memory *m = memory_of(r);
	struct str asked = str_trim(r->run->job.car);
	struct car k;
	/* the first row tells, so that a wrong one costs nobody half an import */
	if (asked.n && !m->asked) {
		if (find_asked(r, asked, &k) != OK)
			return NULL;
		m->asked = add_car(r, k.name, &k);
	}
	return name.n ? named(r, name) : m->asked ? m->asked : unnamed(r);
}

struct str session_car_name(const struct import_car *car)
{
	return car->name;
}

/* ---- into the ledger ---- */

/* In the batch's transaction: another import may have made it since. */
static enum err make_car(struct import_run *r, struct import_session *s)
{
	struct import_car *car = s->car;
	struct car k;
	if (car->id)
		return OK;
	if (!car->told)
		run_warn(r, r->layout->sessions.at[SESSION_car], "NEW_CAR", car->name,
		         car == memory_of(r)->first
		                 ? "The file names no car and there is none: \"%.*s\" %s made for "
		                   "its sessions."
		                 : "There was no car \"%.*s\": it %s made.",
		         STR_ARG(utf8_cut(car->name, 60)), r->dry ? "would be" : "was");
	car->told = true;
	if (r->dry)
		return OK;
	enum err e = find_named(r, car->name, &k);
	if (e == OK) {
		car->id = k.id;
		car->user_id = k.user_id;
	}
	return e == ERR_NOT_FOUND ? car_found(r->c, car->user_id, car->name, r->run->job.id, &car->id) : e;
}

static struct foreseen **bucket_of(const struct memory *m, const struct import_session *s)
{
	uint64_t h = (uint64_t)s->stated.date * 0x9e3779b97f4a7c15u ^ (uint64_t)s->stated.odometer * 40503u ^
	             (uint64_t)s->stated.charge_delivered_kwh;
	return &m->bucket[(h ^ h >> 29) % DRY_BUCKETS];
}

/* Whether the file has stated it before. */
static bool foreseen_before(struct import_run *r, const struct import_session *s, enum charge_outcome *outcome,
                            const char **differs)
{
	struct foreseen *f = *bucket_of(memory_of(r), s);
	while (f && !(f->car == s->car && charge_same_key(&s->stated, &f->stated)))
		f = f->next;
	if (!f)
		return false;
	*differs = charge_difference(&s->stated, &f->stated);
	*outcome = *differs ? CHARGE_DIFFERS : CHARGE_IDENTICAL;
	return true;
}

static void foresee(struct import_run *r, const struct import_session *s)
{
	struct foreseen **bucket = bucket_of(memory_of(r), s), *f = ARENA_NEW(r->keep, struct foreseen);
	*f = (struct foreseen){s->car, s->stated, *bucket};
	f->stated.location_label = arena_str(r->keep, s->stated.location_label);
	f->stated.charge_network = arena_str(r->keep, s->stated.charge_network);
	f->stated.notes = arena_str(r->keep, s->stated.notes);
	*bucket = f;
}

static void count(struct import_run *r, const struct import_session *s, enum charge_outcome outcome,
                  const char *differs)
{
	struct job *j = &r->run->job;
	switch (outcome) {
	case CHARGE_NEW:
		j->intervals_new++;
		r->row[s->row].written = true;
		return;
	case CHARGE_IDENTICAL:
		j->intervals_identical++;
		return;
	case CHARGE_DIFFERS:
		break;
	}
	struct str each = str_of(arena_printf(r->batch, "%llu", (unsigned long long)s->line));
	run_warn(r, r->layout->sessions.at[session_column_find(str_of(differs))], "DIFFERS",
	         j->intervals_kept < EACH_SAID ? each : str_of(differs),
	         "This session is there already, and its %s differs. It was skipped: what is there "
	         "stays.",
	         differs);
	j->intervals_kept++;
}

static enum err put(struct import_run *r, struct import_session *s)
{
	enum charge_outcome outcome;
	const char *differs;
	const struct csv_row at = {.line = s->line}; /* of which warnings speak */
	r->record = &at;
	enum err e = make_car(r, s);
	s->stated.car_id = s->car->id;
	if (!e && (!r->dry || !foreseen_before(r, s, &outcome, &differs))) {
		e = charge_take(r->c, &s->stated, s->car->user_id, r->run->job.id, r->dry, &outcome, &differs);
		if (!e && r->dry && outcome == CHARGE_NEW)
			foresee(r, s);
	}
	if (!e)
		count(r, s, outcome, differs);
	r->record = NULL;
	return e;
}

enum err sessions_put(struct import_run *r)
{
	struct arena *outer = r->c->arena;
	struct memory *m = memory_of(r);
	enum err e = OK;
	if (!r->sessions)
		return OK;
	if (r->dry && !arena_used(r->keep)) /* nothing yet, or forgotten (batch_commit) */
		m->bucket = ARENA_ARRAY(r->keep, struct foreseen *, DRY_BUCKETS);
	r->c->arena = arena_new(ROW_MEMORY);
	for (struct import_session *s = r->sessions; s && !e; s = s->next) {
		arena_reset(r->c->arena);
		e = put(r, s);
	}
	arena_free(r->c->arena);
	r->c->arena = outer;
	return e ? ctx_db_failed(r->c, e, "storing charging sessions") : OK;
}
