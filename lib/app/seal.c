/* seal: see seal.h. The key is read from its file each time: it is needed for a fetch, not for a page. */
#include "app/seal.h"

#include "app/crypto.h"
#include "app/storage.h"
#include "base/rand.h"

#define ID_DIGITS   8
#define KEYS_MAX    4096 /* bytes of the file */
#define PLAIN_MAX   4096
#define KEY_IS_GONE "Put that key back, or set the value anew."

struct seal_key {
	struct str id; /* empty: there is none */
	uint8_t key[CRYPTO_SEAL_KEY];
};

void seal_new_key(char line[SEAL_KEY_LINE])
{
	rand_hex(line, ID_DIGITS / 2);
	line[ID_DIGITS] = ' ';
	rand_hex(line + ID_DIGITS + 1, CRYPTO_SEAL_KEY);
	memcpy(line + SEAL_KEY_LINE - 2, "\n", 2);
}

/* The key of that number; without a number the one that closes, which is the last. */
static void find_key(struct ctx *c, struct str id, struct seal_key *out)
{
	struct str text;
	*out = (struct seal_key){.id = {NULL, 0}};
	if (storage_get(c->storage, c->arena, SEAL_KEY_FILE, KEYS_MAX, &text))
		return;
	while (text.p) {
		struct str line = str_trim(str_cut(&text, '\n')), name = str_cut(&line, ' ');
		if (name.n == ID_DIGITS && (!id.n || str_eq(id, name)) &&
		    crypto_unhex(str_trim(line), out->key, sizeof(out->key)))
			out->id = name;
	}
}

enum err seal_add_key(struct ctx *c)
{
	char line[SEAL_KEY_LINE];
	struct str now = STR("");
	enum err e = storage_get(c->storage, c->arena, SEAL_KEY_FILE, KEYS_MAX, &now);
	if (e && e != ERR_NOT_FOUND)
		return ctx_fail(c, e, "", "%s in the storage folder cannot be read.", SEAL_KEY_FILE);
	if (now.n + SEAL_KEY_LINE > KEYS_MAX)
		return ctx_fail(c, ERR_CONFLICT, "", "%s holds too many keys: take the first ones out.",
		                SEAL_KEY_FILE);
	seal_new_key(line);
	const char *all = arena_printf(c->arena, "%.*s%s%s", STR_ARG(now),
	                               !now.n || str_ends(now, STR("\n")) ? "" : "\n", line);
	return storage_put(c->storage, SEAL_KEY_FILE, str_of(all), 0400, &c->fault);
}

enum err seal_close(struct ctx *c, struct str bound, struct str plain, struct str *out)
{
	struct seal_key k;
	uint8_t sealed[PLAIN_MAX + CRYPTO_SEAL_MORE];
	find_key(c, STR(""), &k);
	if (!k.id.n)
		return ctx_fail(c, ERR_UNAVAILABLE, "",
		                "The key for sealed values, %s in the storage folder, is not there. wattledger "
		                "init makes it.",
		                SEAL_KEY_FILE);
	if (plain.n > PLAIN_MAX)
		return ctx_fail(c, ERR_INVALID, "", "That is too long to be sealed.");
	crypto_seal(k.key, plain, bound, sealed);
	size_t n = plain.n + CRYPTO_SEAL_MORE;
	char *text = arena_alloc(c->arena, ID_DIGITS + 1 + 2 * n + 1);
	memcpy(text, k.id.p, ID_DIGITS);
	text[ID_DIGITS] = ':';
	crypto_hex(sealed, n, text + ID_DIGITS + 1);
	explicit_bzero(k.key, sizeof(k.key));
	*out = (struct str){text, ID_DIGITS + 1 + 2 * n};
	return OK;
}

enum err seal_open(struct ctx *c, const char *what, struct str bound, struct str sealed, struct str *out)
{
	struct seal_key k;
	uint8_t raw[PLAIN_MAX + CRYPTO_SEAL_MORE];
	struct str hex = sealed, id = str_cut(&hex, ':');
	size_t n = hex.n / 2;
	if (id.n == ID_DIGITS)
		find_key(c, id, &k);
	else
		k.id.n = 0;
	if (id.n == ID_DIGITS && !k.id.n)
		return ctx_fail(c, ERR_UNAVAILABLE, "",
		                "%s was sealed with the key %.*s, which %s in the storage folder does not "
		                "hold. " KEY_IS_GONE,
		                what, STR_ARG(id), SEAL_KEY_FILE);
	bool ok = k.id.n && n >= CRYPTO_SEAL_MORE && n <= sizeof(raw) && crypto_unhex(hex, raw, n);
	char *plain = arena_alloc(c->arena, n + 1);
	ok = ok && crypto_unseal(k.key, (struct str){(char *)raw, n}, bound, (uint8_t *)plain);
	explicit_bzero(k.key, sizeof(k.key));
	if (!ok)
		return ctx_fail(
		        c, ERR_CORRUPT, "",
		        "%s cannot be opened: its row in the database was altered, or belongs somewhere "
		        "else. Set the value anew.",
		        what);
	*out = (struct str){plain, n - CRYPTO_SEAL_MORE};
	return OK;
}
