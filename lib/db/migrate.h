/*
 * migrate: the schema, as append-only files lib/db/sql/NNNN-name.sql compiled into the program.
 *
 * A released file is never edited; a change is a new file. Each runs in one transaction together with the row
 * that records it. Two words of the files are ours, because the two databases spell them differently:
 * {{ID}} (a generated integer key) and {{ROWLESS}} (a table clustered by its primary key).
 */
#ifndef WL_DB_MIGRATE_H
#define WL_DB_MIGRATE_H

#include "db/db.h"

int migrate_latest(void);                              /* the version this program knows */
enum err migrate_version(struct db *db, int *version); /* 0: an empty database */
/* Brings an older schema up to date. ERR_UNAVAILABLE: the database is of a newer program. */
enum err migrate_up(struct db *db, struct fault *f, int *from, int *to);
/* The same up to a version, for what was written by an older program. */
enum err migrate_to(struct db *db, int to, struct fault *f, int *from);

struct migration {
	int number;
	const char *name;
	const char *sql;
};
extern const struct migration migrations[];
extern const size_t migrations_count;

#endif
