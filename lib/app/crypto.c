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

bool crypto_password_hash(struct str password, char out[CRYPTO_PASSWORD])
{
	ready();
	return crypto_pwhash_str(out, password.p, password.n, 2, 19 * 1024 * 1024) == 0;
}

bool crypto_password_ok(const char *hash, struct str password)
{
	char whole[CRYPTO_PASSWORD] = ""; /* libsodium may look at all of its array */
	ready();
	memccpy(whole, hash, '\0', sizeof(whole) - 1);
	return crypto_pwhash_str_verify(whole, password.p ? password.p : "", password.n) == 0;
}
