/*
 * backup: everything in one ZIP, and back (source A).
 *
 * An archive holds manifest.json (format, versions, when, and of each entry its rows, size and SHA-256),
 * schema_version.txt and a CSV a table, which a spreadsheet opens as it is (tables.def says how cells are
 * written). What is sealed stays sealed, and no key is inside.
 *
 * It is made of a copy of the database that was taken in one step beside live writers, under a name of its own;
 * synced, read again as a whole against its manifest, and only then called by its name. The same content makes
 * the same entries, so that two archives can be told to be equal by their digests. Under a passphrase the whole
 * ZIP is inside an envelope (envelope.h). Of one user's data alone it is made by taking everything else out of
 * the copy first (prune.h).
 */
#ifndef WL_APP_BACKUP_BACKUP_H
#define WL_APP_BACKUP_BACKUP_H

#include "app/ctx.h"
#include "base/rec.h"

#define BACKUP_FORMAT 1

struct backup_entry {
	struct str name;
	int64_t rows, size;
	struct str sha256; /* hex */
};
extern const struct rec_desc backup_entry_desc;

struct backup {
	int64_t schema_version;
	struct str app_version;
	int64_t created_at;
	int64_t rows;      /* of all tables */
	int64_t size;      /* bytes of the archive */
	struct str sha256; /* of the archive, hex */
	/* of the content but for the audit log, which tells of backups: the same whenever it was made */
	struct str digest;
	bool is_encrypted;
	struct str only_user;       /* e-mail of the one user whose data it holds; null: everybody's */
	struct backup_entry *entry; /* the tables */
	size_t n;
};
extern const struct rec_desc backup_desc;

/* Told how far a long work has come, some times a second; anything but OK ends it with that. */
struct backup_watch {
	enum err (*step)(void *arg, int64_t done, int64_t all);
	void *arg;
};

struct backup_order {
	const char *path;                 /* where it is to be, which must not be there yet (ERR_CONFLICT) */
	int64_t user_id;                  /* whose data alone; 0: everybody's */
	struct str passphrase;            /* empty: it is not encrypted */
	const struct backup_watch *watch; /* NULL: nobody watches */
};
/* Writes an archive. For admins and the system. ERR_FULL, ERR_IO; ERR_CORRUPT: the database is damaged. */
enum err backup_create(struct ctx *c, const struct backup_order *o, struct backup *out);

/* Reads an archive from its first byte to its last and holds it against its manifest. ERR_INVALID: what is
 * wrong with it, or the field "passphrase": it is encrypted, and not with this one. ERR_UNAVAILABLE: it is of a
 * newer program. */
enum err backup_check(struct ctx *c, int fd, struct str passphrase, struct backup *out);

/* What a restore did, or would do, with the rows of a table. */
struct backup_change {
	struct str name; /* "cars" */
	int64_t added, changed, left, removed;
};
extern const struct rec_desc backup_change_desc;

struct backup_report {
	struct backup backup; /* what is restored */
	struct backup_change *table;
	size_t n;
	/* sentences on what could not be taken over as it was, such as sealed settings that no key here opens
	 */
	struct str *note;
	size_t notes;
};

/* As many notes are kept. */
#define BACKUP_NOTES_MAX 200

struct backup_wish {
	int fd;                /* the archive */
	struct str passphrase; /* as for backup_check */
	bool merge;            /* put it beside what there is; else in the place of everything */
	bool dry;              /* only say what would be done */
	const char *keep;      /* replace: where an archive of what there was is written first */
	const struct backup_watch *watch;
	/* called in the transaction that makes the change, when it has been made but for the commit. replace:
	 * c's database is the new one, `from` the one that it takes the place of, of which what is of this
	 * installation is to be carried along, anew if it is called again; merge: from is NULL. Not of a dry
	 * run; NULL: nothing is to be done */
	enum err (*carry)(void *arg, struct ctx *c, struct db *from);
	/* replace: the same, when the archive of what there was has been made and proved */
	enum err (*kept)(void *arg, struct ctx *c, const struct backup *b);
	void *carry_arg;
};
/* Restores an archive. It is built as a database of its own and proved to hold exactly what the archive says
 * before anything changes. What changes then does so in one transaction: after a crash there is the old or the
 * new. For admins and the system. ERR_INVALID, ERR_UNAVAILABLE as backup_check; ERR_CONFLICT: it cannot be put
 * beside what there is. */
enum err backup_restore(struct ctx *c, const struct backup_wish *w, struct backup_report *out);
/* ERR_INVALID, field "mode": one user's data does not take the place of everything. */
enum err backup_not_whole(struct ctx *c, struct str only_user);
/* A new name for backup_wish's keep: backups/before-restore-20251107-103000.zip, in the arena. */
const char *backup_keep_path(struct ctx *c);
/* The members "tables" and "notes". */
struct json_out;
void backup_put_report(struct json_out *j, const struct backup_report *r);

#endif
