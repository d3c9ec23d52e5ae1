/*
 * undo: takes an import out of the ledger, and puts it back at its place (DECISIONS 10).
 *
 * An import is live or undone by one mark on its job (undone_at), set when its undo is asked for; the work that
 * follows, a job of kind "undo", brings its days into line with the mark, piece by piece, and may be killed and
 * gone on with at any time. A redo takes the mark off and is the same work.
 */
#ifndef WL_APP_UNDO_H
#define WL_APP_UNDO_H

#include "app/job_run.h"

enum undo_what { UNDO, REDO };

/* What it would do, or has done. */
struct undo_report {
	struct job of;  /* the import */
	struct job job; /* the work; batch_id null: none was done */
	int64_t days;   /* meter days, readings of registers and charging sessions, that the import stated: the
	                   sum of these four */
	int64_t days_removed, days_changed, days_added, days_same;
	int64_t meters;          /* that go or come with it */
	int64_t cars;            /* the same */
	int64_t sessions_edited; /* charging sessions of it that stay, as a person has changed them since */
};

/* ERR_NOT_FOUND; ERR_FORBIDDEN; ERR_CONFLICT: it cannot be undone (redone), and why. */
enum err undo_foresee(struct ctx *c, struct str batch_id, enum undo_what what, struct undo_report *out);
/* For the worker. The same failures. */
enum err undo_queue(struct ctx *c, struct str batch_id, enum undo_what what, struct job *out);
/* At once (the command line). Interrupted, the worker goes on with it. */
enum err undo_here(struct ctx *c, struct str batch_id, enum undo_what what, const volatile int *stop,
                   struct undo_report *out);
/* Can this import be undone (redone)? For the pages: looks at the job alone. */
bool undo_possible(const struct job *j, enum undo_what what);

enum err undo_run(struct ctx *c, struct job_run *run);

#endif
