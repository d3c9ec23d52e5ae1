/* archive: an archive that has been held against its manifest, open for reading (check.c). */
#ifndef WL_APP_BACKUP_ARCHIVE_H
#define WL_APP_BACKUP_ARCHIVE_H

#include "app/backup/backup.h"
#include "app/backup/tables.h"
#include "codec/zip.h"

/* Own it: zip_in_close; NULL on an error, which is backup_check's. */
enum err archive_open(struct ctx *c, int fd, struct str passphrase, struct zip_in **z, struct backup *out);

#define ARCHIVE_TAG 16 /* bytes of the random part of a temporary name, in hex */

/* A name, in the arena, for a database of our own beside the live one, which archive_drop_db removes; what a
 * killed program leaves of it archive_sweep does. */
const char *archive_new_db(struct ctx *c);
void archive_drop_db(struct ctx *c, const char *path);
/* SHA-256 (hex, in the arena) and length of a file. */
enum err archive_sum(struct ctx *c, int fd, struct str *sha256, int64_t *size);
/* backup_create without a word of it in the audit log. */
enum err archive_write(struct ctx *c, const struct backup_order *o, struct backup *out);
/* Removes copies of the database and half-written archives that a killed program left in backups/. */
void archive_sweep(struct ctx *c);
/* The same of the folder that an archive is written into: what is named so by us alone. */
void archive_sweep_folder(struct ctx *c, const char *folder);
/* Rows, size and sum of a table's entry, as an archive of c's database would hold it (create.c). */
enum err archive_entry_of(struct ctx *c, const struct backup_table *t, struct backup_entry *out);

#endif
