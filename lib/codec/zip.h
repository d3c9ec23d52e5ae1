/*
 * zip: reading archives that strangers made, and writing our own.
 *
 * An archive is judged as a whole before anything is unpacked: at most 64 entries, each at most `entry_max`
 * bytes and 200 times its packed size, stored or deflated, not encrypted, no links, no two of one name, no name
 * that leads out of a folder, no two over the same bytes. Then an entry is read as a stream; its end is told
 * only when its size and its CRC are what the archive says, so whoever reads on to the 0 has the true content.
 */
#ifndef WL_CODEC_ZIP_H
#define WL_CODEC_ZIP_H

#include <sys/types.h>

#include "base/str.h"

#define ZIP_IN_ENTRIES_MAX 64
#define ZIP_IN_RATIO_MAX   200
#define ZIP_IN_NAME_MAX    255
#define ZIP_IN_WHY         200 /* room for the sentence that says why not */
/* what `why` says where nothing is wrong with the archive */
#define ZIP_IN_MISSING "the library libzip is missing"

struct zip_in;
struct zip_in_file;

struct zip_in_entry {
	struct str name; /* as in the archive, also a C string; a folder's ends with '/' */
	uint64_t size;   /* unpacked */
};

/* `fd` stays the caller's and may be closed at once; its file position is moved. NULL, and the reason in `why`,
 * if it is not an archive, breaks a rule, or libzip is not there. Own it: zip_in_close, after all of its files.
 */
struct zip_in *zip_in_open(int fd, uint64_t entry_max, char why[ZIP_IN_WHY]);
void zip_in_close(struct zip_in *z); /* NULL is fine */

size_t zip_in_count(const struct zip_in *z);
const struct zip_in_entry *zip_in_entry(const struct zip_in *z, size_t i);
/* By its name, ASCII letters of either case; NULL if it is not there. */
const struct zip_in_entry *zip_in_find(const struct zip_in *z, struct str name);

/* NULL if it cannot be opened. Own it: zip_in_file_close. */
struct zip_in_file *zip_in_file_open(struct zip_in *z, const struct zip_in_entry *entry);
void zip_in_file_close(struct zip_in_file *f); /* NULL is fine */
/* A csv_read_fn with the struct zip_in_file as `file`. 0: the end, and all was right. -1: errno is EBADMSG if
 * the content is damaged, else what the reading said; every further call says the same. */
ssize_t zip_in_read(void *file, char *p, size_t n);
/* Bytes of it that are still to be read. */
uint64_t zip_in_left(const struct zip_in_file *f);

/* ---- writing ---- */

struct zip_out;
/* As read(2): how many bytes were put at p, 0 at the end, -1 when there are none to be had. */
typedef ssize_t zip_out_read_fn(void *arg, char *p, size_t n);

/* A new archive at `path`, which must not be there. NULL, and the reason in `why`. Own it: zip_out_close or
 * zip_out_discard. */
struct zip_out *zip_out_open(const char *path, char why[ZIP_IN_WHY]);
/* An entry, deflated or as it is, whose bytes come from `read` while the archive is closed: entry after entry,
 * in the order in which they were added. */
bool zip_out_add(struct zip_out *z, const char *name, bool packed, zip_out_read_fn *read, void *arg,
                 char why[ZIP_IN_WHY]);
/* Writes it all. False, and the reason in `why` and errno: there is no archive then. Frees z. The file is not
 * synced: whoever wants it to last opens it and does. */
bool zip_out_close(struct zip_out *z, char why[ZIP_IN_WHY]);
void zip_out_discard(struct zip_out *z); /* NULL is fine */
/* Of an archive that was written: which of its entries came out so small that zip_in_open would take them for a
 * bomb: they must be written as they are. False: none; or the archive cannot be read, as zip_in_open will say.
 */
bool zip_out_dense(const char *path, bool *dense, size_t n);

#endif
