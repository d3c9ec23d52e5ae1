/*
 * crypto: the few primitives the product uses, and libsodium's one home.
 */
#ifndef WL_APP_CRYPTO_H
#define WL_APP_CRYPTO_H

#include "base/str.h"

#define CRYPTO_HASH     32  /* bytes of SHA-256 and of HMAC-SHA256 */
#define CRYPTO_PASSWORD 128 /* room for a password's hash as text */

void crypto_sha256(struct str s, uint8_t out[CRYPTO_HASH]);
/* The same of what comes piece by piece. */
struct crypto_sum {
	_Alignas(8) uint8_t state[128];
};
void crypto_sum_begin(struct crypto_sum *s);
void crypto_sum_add(struct crypto_sum *s, const void *p, size_t n);
void crypto_sum_end(struct crypto_sum *s, uint8_t out[CRYPTO_HASH]);
void crypto_hmac(const uint8_t key[32], struct str s, uint8_t out[CRYPTO_HASH]);
void crypto_hex(const uint8_t *p, size_t n, char *out);    /* 2n digits and a NUL */
bool crypto_unhex(struct str hex, uint8_t *out, size_t n); /* false: they are not n bytes */

/* XChaCha20-Poly1305 with a random nonce, which goes first; `bound` is not in it, and opens it again. */
#define CRYPTO_SEAL_KEY  32
#define CRYPTO_SEAL_MORE 40 /* bytes that it is longer than the plain text */
void crypto_seal(const uint8_t key[CRYPTO_SEAL_KEY], struct str plain, struct str bound, uint8_t *out);
bool crypto_unseal(const uint8_t key[CRYPTO_SEAL_KEY], struct str sealed, struct str bound, uint8_t *out);

/* Argon2id, 19 MiB, t = 2: takes some 20 ms. False: no memory. */
bool crypto_password_hash(struct str password, char out[CRYPTO_PASSWORD]);
bool crypto_password_ok(const char *hash, struct str password);

#endif
