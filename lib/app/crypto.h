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

/* A long text, sealed frame by frame (libsodium's secretstream): XChaCha20-Poly1305 with a key that changes
 * with each frame, so that one of them opens at its own place only, and the last one only as the last. `bound`
 * as above. */
#define CRYPTO_STREAM_HEADER 24 /* bytes that go before the frames */
#define CRYPTO_STREAM_MORE   17 /* bytes that a frame is longer than its text */
struct crypto_stream {
	_Alignas(8) uint8_t state[64];
};
void crypto_stream_seal(struct crypto_stream *s, const uint8_t key[CRYPTO_SEAL_KEY],
                        uint8_t header[CRYPTO_STREAM_HEADER]);
void crypto_stream_put(struct crypto_stream *s, struct str plain, struct str bound, bool last, uint8_t *out);
bool crypto_stream_open(struct crypto_stream *s, const uint8_t key[CRYPTO_SEAL_KEY],
                        const uint8_t header[CRYPTO_STREAM_HEADER]);
/* False: it is not the frame that was sealed here; nothing of `out` may be used then. */
bool crypto_stream_take(struct crypto_stream *s, struct str sealed, struct str bound, bool last, uint8_t *out);

/* A key of a passphrase: Argon2id, at the cost of a password. False: no memory. */
#define CRYPTO_SALT 16
bool crypto_derive(struct str passphrase, const uint8_t salt[CRYPTO_SALT], uint8_t key[CRYPTO_SEAL_KEY]);

/* Argon2id, 19 MiB, t = 2: takes some 20 ms. False: no memory. */
bool crypto_password_hash(struct str password, char out[CRYPTO_PASSWORD]);
bool crypto_password_ok(const char *hash, struct str password);

#endif
