/* repeat: see repeat.h. */
#include "app/repeat.h"

#include "app/crypto.h"
#include "app/storage.h"
#include "db/db.h"

#define KEPT (24 * 3600)

SQL(repeat_first, "INSERT INTO repeats (user_id, key, request, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
SQL(repeat_get, "SELECT key, request, status, body, location, etag FROM repeats WHERE user_id = ? AND key = ?");
SQL(repeat_done,
    "UPDATE repeats SET status = ?, body = ?, location = ?, etag = ? WHERE user_id = ? AND key = ?");
SQL(repeat_none, "DELETE FROM repeats WHERE user_id = ? AND key = ?");
SQL(repeat_sweep, "DELETE FROM repeats WHERE at < ?");

static const struct rec_field fields[] = {
        REC(struct repeat, key, REC_TEXT),      REC(struct repeat, request, REC_TEXT),
        REC(struct repeat, status, REC_INT),    REC(struct repeat, body, REC_TEXT),
        REC(struct repeat, location, REC_TEXT), REC(struct repeat, etag, REC_TEXT),
};
static const struct rec_desc desc = REC_DESC(struct repeat, fields);

static bool key_valid(struct str key)
{
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] < 0x20 || key.p[i] > 0x7e)
			return false;
	return key.n > 0 && key.n <= REPEAT_KEY_MAX;
}

static struct str hash_of(struct ctx *c, struct str what)
{
	uint8_t hash[CRYPTO_HASH];
	char hex[2 * CRYPTO_HASH + 1];
	crypto_hmac(c->storage->key, what, hash); /* a body may hold a password */
	crypto_hex(hash, CRYPTO_HASH, hex);
	return arena_str(c->arena, str_of(hex));
}

enum err repeat_begin(struct ctx *c, struct str key, struct str what, struct repeat *out)
{
	struct repeat had = {.status = 0};
	*out = (struct repeat){.key = key, .request = hash_of(c, what)};
	if (!key_valid(key))
		return ctx_fail(c, ERR_INVALID, "Idempotency-Key",
		                "An Idempotency-Key is 1 to %d printable characters, without accents.",
		                REPEAT_KEY_MAX);
	enum err e = db_run(c->db, &sql_repeat_first,
	                    DB_ARGS(db_i(c->actor.user_id), db_t(key), db_t(out->request), db_i(ctx_now(c))));
	if (!e && db_changes(c->db) == 1)
		return OK;
	if (!e)
		e = db_one(c->db, &sql_repeat_get, DB_ARGS(db_i(c->actor.user_id), db_t(key)), c->arena, &desc,
		           &had);
	if (e)
		return ctx_db_failed(c, e, "looking for a repeated request");
	if (!str_eq(had.request, out->request))
		return ctx_fail(c, ERR_INVALID, "Idempotency-Key",
		                "This Idempotency-Key was used for another request.");
	if (!had.status)
		return ctx_fail(c, ERR_CONFLICT, "Idempotency-Key",
		                "The first request with this Idempotency-Key has not ended. If it never does, "
		                "look whether "
		                "what it asks for is there, and use another key.");
	*out = had;
	return OK;
}

enum err repeat_end(struct ctx *c, const struct repeat *of)
{
	enum err e;
	if (of->status)
		e = db_run(c->db, &sql_repeat_done,
		           DB_ARGS(db_i(of->status), db_t(of->body), db_t(of->location), db_t(of->etag),
		                   db_i(c->actor.user_id), db_t(of->key)));
	else
		e = db_run(c->db, &sql_repeat_none, DB_ARGS(db_i(c->actor.user_id), db_t(of->key)));
	return e ? ctx_db_failed(c, e, "keeping the reply of a request") : OK;
}

enum err repeat_sweep(struct ctx *c)
{
	enum err e = db_run(c->db, &sql_repeat_sweep, DB_ARGS(db_i(ctx_now(c) - KEPT)));
	return e ? ctx_db_failed(c, e, "sweeping repeated requests") : OK;
}
