/*
 * merge_map: which row here is which row of an archive.
 *
 * Rows are known by what people know them by, their natural keys: a user by the e-mail address, a property by
 * owner and name, a meter by its owner and any of its identifiers, a job by its batch id, a charging session by
 * its public id or source A's key, and so on. Where a name was changed since, a row of this installation is
 * still known by its number and the moment it was made; a schedule is so first. No row here stands for two of
 * the archive: two properties of one name stay two.
 *
 * What is not here gets the number that it has in the archive where that is free, else a new one. Jobs get new
 * ones all together as soon as one number is taken: their order is that of the layers (series_layers.h).
 */
#ifndef WL_APP_BACKUP_MERGE_MAP_H
#define WL_APP_BACKUP_MERGE_MAP_H

#include "app/backup/stage.h"
#include "app/backup/tables.h"
#include "app/series.h"

struct merge_pair {
	int64_t from, to;
	bool is_new;  /* it is not here yet */
	bool dropped; /* it cannot be put here, nor what refers to it */
};

struct merge_map {
	struct merge_pair *pair; /* in the order of `from` */
	size_t n;
};

/* A job of the archive, beside its pair. */
struct merge_job {
	bool was_undone, is_undone; /* there; here, which holds */
	bool forgotten;             /* here what it had stated has been cleaned away */
	enum series_policy policy;
};

struct merge {
	struct ctx *c;         /* its db is the one that is merged into */
	struct db *from;       /* the archive, staged */
	struct arena *a, *row; /* for all of it; for one row */
	struct backup_report *out;
	struct merge_map map[BACKUP_TARGETS];
	struct merge_job *job; /* beside map[BACKUP_OF_jobs].pair */
};

/* Fills map and job. Nothing is written. */
enum err merge_match(struct merge *m);
/* NULL: the archive has no such row. */
struct merge_pair *merge_find(const struct merge *m, enum backup_target of, int64_t from);
const struct merge_job *merge_job(const struct merge *m, int64_t from); /* the same of a job */

#endif
