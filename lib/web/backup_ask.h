/*
 * backup_ask: what page and API have in common where backups are concerned: how a restore is asked for, and the
 * file as a download.
 */
#ifndef WL_WEB_BACKUP_ASK_H
#define WL_WEB_BACKUP_ASK_H

#include "app/backup/backup_job.h"
#include "app/backup/shelf.h"
#include "web/reply.h"

struct backup_ask {
	struct str mode; /* merge, replace */
	bool dry_run;
	struct str passphrase;
	struct str confirm;  /* the mode once more, typed: of what is no dry run */
	struct str password; /* the asker's: of a browser's session, likewise */
};
extern const struct rec_desc backup_ask_desc;

/* ERR_INVALID names the field; ERR_RATE: too many passwords. */
enum err backup_ask_restore(struct request *r, int64_t backup_id, const struct backup_ask *a,
                            struct backup_job *out);

/* A form with an archive as its file, and perhaps its passphrase: it is kept, and a job verifies it. */
enum err backup_ask_upload(struct request *r, struct shelved *out);

/* The archive whose number is in the address. */
struct reply *backup_ask_file(struct request *r);

#endif
