/*
 * shelf: the archives that are kept, rows of the table backups and files of the storage's folder backups.
 *
 * A name is made here (a time and some digits) and never changes; what somebody calls an upload is not used.
 * The row says what the archive's manifest says, and how the last reading of it went: "verified" is when its
 * bytes were last read to their end and were whole. Of one that is encrypted, whose passphrase nobody keeps,
 * that is to say that its bytes have the sum that they had when it was opened last.
 *
 * The file comes before its row and goes before it, so that a death in between leaves a file without a row,
 * which the worker puts on the list (shelf_look), or a row without a file, which says so when it is read.
 * Archives that the command line has put into the folder come onto the list in the same way.
 */
#ifndef WL_APP_BACKUP_SHELF_H
#define WL_APP_BACKUP_SHELF_H

#include "app/backup/backup.h"

struct shelved {
	int64_t id;
	struct str name;       /* of its file */
	struct str origin;     /* person, schedule, restore, upload */
	struct str user_email; /* null: the system */
	int64_t added_at, size;
	struct str sha256; /* null: it has not been read yet */
	bool is_encrypted;
	/* what its manifest says; null and 0: it has not been opened */
	int64_t made_at;
	struct str app_version;
	int64_t schema_version, total_rows;
	struct str digest, only_user;
	int64_t verified_at;
	struct str failure; /* what was wrong when it was read last; null: nothing */
	bool in_use;        /* a job that has not ended reads it */
};
extern const struct rec_desc shelved_desc;

/* For admins and the system; others get ERR_FORBIDDEN. Newest first. */
enum err shelf_list(struct ctx *c, int64_t limit, int64_t offset, struct shelved **out, size_t *n,
                    int64_t *total);
enum err shelf_get(struct ctx *c, int64_t id, struct shelved *out); /* ERR_NOT_FOUND */
/* Its file, open for reading. ERR_NOT_FOUND: it is not there any more. */
enum err shelf_open(struct ctx *c, const struct shelved *s, int *fd, int64_t *size);
/* ERR_CONFLICT: a job reads it. */
enum err shelf_remove(struct ctx *c, int64_t id);

/* A new name in the arena: "WHAT-20261121-2103-ab12cd34.zip", of the time `at` and digits that tell two apart.
 */
const char *shelf_name(struct ctx *c, const char *what, int64_t at, const char *digits);
/* Its path from the root, in the arena. */
const char *shelf_path(struct ctx *c, const char *name);

/* In a transaction: a file that is there gets its row. b NULL: it has not been read. */
enum err shelf_add(struct ctx *c, const char *name, const char *origin, int64_t user_id, int64_t size,
                   const struct backup *b, int64_t *id);
/* What reading it said: it is whole. */
enum err shelf_opened(struct ctx *c, int64_t id, const struct backup *b);
/* A whole file that was uploaded ("uploads/ID.csv") gets a name and a row. Nobody has read it yet. */
enum err shelf_take_upload(struct ctx *c, const char *rest, struct shelved *out);
/* What a job has begun goes, file and row. */
void shelf_forget(struct ctx *c, const char *name);
/* Files of the folder whose names begin like this go: what a killed program left. */
void shelf_sweep(struct ctx *c, const char *prefix);

/* Reads it to its end and writes down what came of it. ERR_INVALID: it is damaged, and how; or, with the field
 * "passphrase", it is encrypted and was never opened, or not with this one, and nothing is said of it. */
enum err shelf_verify(struct ctx *c, const struct shelved *s, struct str passphrase);

/* For the worker: archives that somebody has put into the folder come onto the list. */
enum err shelf_look(struct ctx *c);
/* Of those that the schedule and restores made the ones go that the settings do not keep. */
enum err shelf_trim(struct ctx *c);

#endif
