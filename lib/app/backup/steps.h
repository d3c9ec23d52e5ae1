/*
 * steps: how far a long work on a backup has come, told to whoever watches it some times a second.
 *
 * The work reads and writes a database of its own in the place of c->db; who watches has the live one there.
 */
#ifndef WL_APP_BACKUP_STEPS_H
#define WL_APP_BACKUP_STEPS_H

#include "app/backup/backup.h"

struct backup_steps {
	struct ctx *c;
	struct db *live;                  /* c's database while somebody is told */
	const struct backup_watch *watch; /* NULL: nobody watches */
	int64_t done, all;                /* rows */
	int64_t told_ms;                  /* when it was told last */
	enum err stopped;                 /* what the one who watches said to that, if it ends the work */
};

/* So many rows further. */
enum err backup_step(struct backup_steps *s, int64_t rows);

#endif
