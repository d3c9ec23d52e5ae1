/*
 * backup: everything in one ZIP, and back (source A).
 *
 * An archive holds manifest.json (format, versions, when, and of each entry its rows, size and SHA-256),
 * schema_version.txt and a CSV a table, which a spreadsheet opens as it is (tables.def says how cells are
 * written). What is sealed stays sealed, and no key is inside.
 *
 * It is made of a copy of the database that was taken in one step beside live writers, under a name of its own;
 * synced, read again as a whole against its manifest, and only then called by its name. The same content makes
 * the same entries, so that two archives can be told to be equal by their digests.
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
	struct backup_entry *entry; /* the tables */
	size_t n;
};
extern const struct rec_desc backup_desc;

/* Writes an archive at `path`, which must not be there yet (ERR_CONFLICT). For admins and the system. ERR_FULL,
 * ERR_IO; ERR_CORRUPT: the database is damaged. */
enum err backup_create(struct ctx *c, const char *path, struct backup *out);

/* Reads an archive from its first byte to its last and holds it against its manifest. ERR_INVALID: what is
 * wrong with it. ERR_UNAVAILABLE: it is of a newer program. */
enum err backup_check(struct ctx *c, int fd, struct backup *out);

/* Puts an archive's content in the place of everything that there is. It is built as a database of its own,
 * checked, and then taken over in one transaction: after a crash there is the old or the new. `keep`: where an
 * archive of what there was is written first. dry: everything but that. *was: rows that there were before. */
enum err backup_replace(struct ctx *c, int fd, const char *keep, bool dry, struct backup *out, int64_t *was);

#endif
