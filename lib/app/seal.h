/*
 * seal: small secrets that the program itself needs again, encrypted at rest (SAFETY: XChaCha20-Poly1305).
 *
 * What is stored is the text "ID:HEX": the number of the key, and nonce, ciphertext and tag. A value is bound
 * to a text that says where it belongs: put into another row, or altered by a bit, it does not open. The keys
 * are lines "ID HEX" of keys/sealed.key (0400, made at init, never in a backup); the last line closes, any line
 * opens: settings-rekey adds a line and closes all values anew.
 * Disadvantage: whoever can read the storage folder as the program can open what it holds. It protects copies
 * of the database, not a machine that is taken over.
 */
#ifndef WL_APP_SEAL_H
#define WL_APP_SEAL_H

#include "app/ctx.h"

#define SEAL_KEY_FILE "keys/sealed.key"
#define SEAL_KEY_LINE 75 /* eight digits, a blank, 64 digits, a line end and a NUL */

/* A line for a new key. */
void seal_new_key(char line[SEAL_KEY_LINE]);
/* From here on another key closes. Two at once would lose one of the keys: the caller holds a lock. */
enum err seal_add_key(struct ctx *c);
/* ERR_UNAVAILABLE: the key is not there. */
enum err seal_close(struct ctx *c, struct str bound, struct str plain, struct str *out);
/* `what`: what it is called, for the fault. ERR_UNAVAILABLE: its key is not there; ERR_CORRUPT: it is not what
 * was closed, or not here. */
enum err seal_open(struct ctx *c, const char *what, struct str bound, struct str sealed, struct str *out);

#endif
