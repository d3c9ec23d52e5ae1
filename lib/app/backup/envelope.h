/*
 * envelope: a whole archive under a passphrase.
 *
 * The bytes of an envelope, of version 1:
 *
 *   0   10  "wattledger"
 *   10   2  0x00, 0x01: the version
 *   12  16  salt
 *   28  24  header of libsodium's crypto_secretstream_xchacha20poly1305
 *   52      frames: each 17 bytes longer than its text, which is 65536 bytes of the archive; the last one has
 * what is left of it, at least one byte, and ends the file
 *
 * The key is Argon2id (1.3) of the passphrase and the salt: 32 bytes, t = 2, 19 MiB, one lane. These belong to
 * the version and stand nowhere in the file, so a hostile one can ask for nothing. Each frame has the tag
 * MESSAGE, the last FINAL; with each goes, as additional data, the file's first 28 bytes. So what is cut off,
 * put elsewhere, added or altered does not open.
 *
 * An archive has to be read from place to place: it is opened into a file without a name in the storage folder,
 * which ends with its descriptor. Disadvantages: that needs as much room on the disk once more; and a frame is
 * the least that can be read.
 */
#ifndef WL_APP_BACKUP_ENVELOPE_H
#define WL_APP_BACKUP_ENVELOPE_H

#include "app/ctx.h"

#define ENVELOPE_PASSPHRASE_MIN 8 /* bytes; of one that is made */
#define ENVELOPE_PASSPHRASE_MAX 1024

/* Whether a file is one, by its first bytes. */
bool envelope_is(int fd);
/* Whether a passphrase is one that may be used: ERR_INVALID, field "passphrase". */
enum err envelope_passphrase(struct ctx *c, struct str passphrase);

/* Seals all of `archive`, which is not empty, into the file `to`. ERR_FULL, ERR_IO. */
enum err envelope_seal(struct ctx *c, int archive, int to, struct str passphrase);
/* Opens it. *archive: own it, close. ERR_INVALID: field "passphrase", it is not this one; field "file", it is
 * damaged. ERR_UNAVAILABLE: it is of a newer program. */
enum err envelope_open(struct ctx *c, int fd, struct str passphrase, int *archive);

#endif
