/* crypto: see crypto.h; sodium.h is included here and nowhere else. */
#include "app/crypto.h"

#include <sodium.h>

#include "base/panic.h"

_Static_assert(crypto_pwhash_STRBYTES <= CRYPTO_PASSWORD, "room for a password hash");

static void ready(void)
{
	if (sodium_init() < 0) /* cheap and harmless when done already */
		panic("libsodium cannot start");
}

void crypto_sha256(struct str s, uint8_t out[CRYPTO_HASH])
{
	crypto_hash_sha256(out, (const unsigned char *)(s.p ? s.p : ""), s.n);
}

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct crypto_sum), "room for a sum under way");

void crypto_sum_begin(struct crypto_sum *s)
{
	crypto_hash_sha256_init((crypto_hash_sha256_state *)(void *)s->state);
}

void crypto_sum_add(struct crypto_sum *s, const void *p, size_t n)
{
	crypto_hash_sha256_update((crypto_hash_sha256_state *)(void *)s->state, p, n);
}

void crypto_sum_end(struct crypto_sum *s, uint8_t out[CRYPTO_HASH])
{
	crypto_hash_sha256_final((crypto_hash_sha256_state *)(void *)s->state, out);
}

void crypto_hmac(const uint8_t key[32], struct str s, uint8_t out[CRYPTO_HASH])
{
	crypto_auth_hmacsha256(out, (const unsigned char *)(s.p ? s.p : ""), s.n, key);
}

void crypto_hex(const uint8_t *p, size_t n, char *out)
{
	sodium_bin2hex(out, 2 * n + 1, p, n);
}

bool crypto_unhex(struct str hex, uint8_t *out, size_t n)
{
	size_t have = 0;
	return hex.n == 2 * n && sodium_hex2bin(out, n, hex.p, hex.n, NULL, &have, NULL) == 0 && have == n;
}

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_Static_assert(CRYPTO_SEAL_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES &&
                       CRYPTO_SEAL_MORE == NONCE + crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "sizes of a sealed value");

static const unsigned char *bytes(struct str s)
{
	return (const unsigned char *)(s.p ? s.p : "");
}

void crypto_seal(const uint8_t key[CRYPTO_SEAL_KEY], struct str plain, struct str bound, uint8_t *out)
{
	ready();
	randombytes_buf(out, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, bytes(plain), plain.n, bytes(bound),
	                                           bound.n, NULL, out, key);
}

bool crypto_unseal(const uint8_t key[CRYPTO_SEAL_KEY], struct str sealed, struct str bound, uint8_t *out)
{
	ready();
	return sealed.n >= CRYPTO_SEAL_MORE && crypto_aead_xchacha20poly1305_ietf_decrypt(
	                                               out, NULL, NULL, bytes(sealed) + NONCE, sealed.n - NONCE,
	                                               bytes(bound), bound.n, bytes(sealed), key) == 0;
}

_Static_assert(sizeof(crypto_secretstream_xchacha20poly1305_state) <= sizeof(struct crypto_stream) &&
                       crypto_secretstream_xchacha20poly1305_HEADERBYTES == CRYPTO_STREAM_HEADER &&
                       crypto_secretstream_xchacha20poly1305_ABYTES == CRYPTO_STREAM_MORE &&
                       crypto_secretstream_xchacha20poly1305_KEYBYTES == CRYPTO_SEAL_KEY,
               "sizes of a sealed stream");
#define FRAME_TAG(last)                                           \
	((last) ? crypto_secretstream_xchacha20poly1305_TAG_FINAL \
	        : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE)

static crypto_secretstream_xchacha20poly1305_state *state_of(struct crypto_stream *s)
{
	return (crypto_secretstream_xchacha20poly1305_state *)(void *)s->state;
}

void crypto_stream_seal(struct crypto_stream *s, const uint8_t key[CRYPTO_SEAL_KEY],
                        uint8_t header[CRYPTO_STREAM_HEADER])
{
	ready();
	crypto_secretstream_xchacha20poly1305_init_push(state_of(s), header, key);
}

void crypto_stream_put(struct crypto_stream *s, struct str plain, struct str bound, bool last, uint8_t *out)
{
	crypto_secretstream_xchacha20poly1305_push(state_of(s), out, NULL, bytes(plain), plain.n, bytes(bound),
	                                           bound.n, FRAME_TAG(last));
}

bool crypto_stream_open(struct crypto_stream *s, const uint8_t key[CRYPTO_SEAL_KEY],
                        const uint8_t header[CRYPTO_STREAM_HEADER])
{
	ready();
	return crypto_secretstream_xchacha20poly1305_init_pull(state_of(s), header, key) == 0;
}

bool crypto_stream_take(struct crypto_stream *s, struct str sealed, struct str bound, bool last, uint8_t *out)
{
	unsigned char tag;
	return sealed.n >= CRYPTO_STREAM_MORE &&
	       crypto_secretstream_xchacha20poly1305_pull(state_of(s), out, NULL, &tag, bytes(sealed), sealed.n,
	                                                  bytes(bound), bound.n) == 0 &&
	       tag == FRAME_TAG(last);
}

#define ARGON_TIMES  2
#define ARGON_MEMORY (19u << 20)
_Static_assert(crypto_pwhash_argon2id_SALTBYTES == CRYPTO_SALT, "size of a salt");

bool crypto_derive(struct str passphrase, const uint8_t salt[CRYPTO_SALT], uint8_t key[CRYPTO_SEAL_KEY])
{
	ready();
	return crypto_pwhash_argon2id(key, CRYPTO_SEAL_KEY, passphrase.p ? passphrase.p : "", passphrase.n,
	                              salt, ARGON_TIMES, ARGON_MEMORY,
	                              crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0;
}

bool crypto_password_hash(struct str password, char out[CRYPTO_PASSWORD])
{
	ready();
	return crypto_pwhash_str(out, password.p, password.n, ARGON_TIMES, ARGON_MEMORY) == 0;
}

bool crypto_password_ok(const char *hash, struct str password)
{
	char whole[CRYPTO_PASSWORD] = ""; /* libsodium may look at all of its array */
	ready();
	memccpy(whole, hash, '\0', sizeof(whole) - 1);
	return crypto_pwhash_str_verify(whole, password.p ? password.p : "", password.n) == 0;
}
