/* token: see token.h. The checksum at the end lets a secret scanner, and us, tell a mistyped token from a wrong
 * one without asking the database. */
#include "app/token.h"

#include "app/audit.h"
#include "app/crypto.h"
#include "app/rate.h"
#include "app/right.h"
#include "app/setting.h"
#include "base/rand.h"
#include "codec/utf8.h"
#include "db/db.h"

#define RANDOM 30
#define CHECK  6

SQL(token_insert, "INSERT INTO tokens (user_id, name, secret_hash, scopes, by_login, created_at, expires_at) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id");
SQL(token_end_of,
    "UPDATE tokens SET revoked_at = ? WHERE user_id = ? AND by_login = 1 AND revoked_at IS NULL AND "
    "id <> ?");
SQL(token_find,
    "SELECT t.id, t.user_id, t.scopes, COALESCE(t.last_used_at, 0), u.role, u.email, u.name "
    "FROM tokens t JOIN users u ON u.id = t.user_id WHERE t.secret_hash = ? AND t.revoked_at IS NULL "
    "AND (t.expires_at IS NULL OR t.expires_at > ?) AND u.is_active = 1");
SQL(token_touch, "UPDATE tokens SET last_used_at = ? WHERE id = ?");
SQL(token_list,
    "SELECT t.id, t.user_id, t.name, t.scopes, u.email, t.created_at, t.expires_at, t.last_used_at, "
    "t.revoked_at FROM tokens t JOIN users u ON u.id = t.user_id WHERE CAST(? AS BIGINT) = 1 OR t.user_id = ? "
    "ORDER BY t.id");
SQL(token_revoke, "UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL AND "
                  "(CAST(? AS BIGINT) = 1 OR user_id = ?)");

static const struct rec_field token_fields[] = {
        REC(struct token, id, REC_INT),          REC(struct token, user_id, REC_INT),
        REC(struct token, name, REC_TEXT),       REC(struct token, scopes, REC_TEXT),
        REC(struct token, user_email, REC_TEXT), REC(struct token, created_at, REC_AT),
        REC(struct token, expires_at, REC_AT),   REC(struct token, last_used_at, REC_AT),
        REC(struct token, revoked_at, REC_AT),
};
const struct rec_desc token_desc = REC_DESC(struct token, token_fields);

static const struct {
	const char *name;
	unsigned bit;
} scopes[] = {{"read", SCOPE_READ}, {"import", SCOPE_IMPORT}, {"export", SCOPE_EXPORT}, {"admin", SCOPE_ALL}};

/* 0: one of them is not a scope, or there is none. */
static unsigned scope_bits(struct str list)
{
	unsigned bits = 0;
	while (list.p) {
		struct str one = str_trim(str_cut(&list, ','));
		unsigned bit = 0;
		for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
			if (str_eqz(one, scopes[i].name))
				bit = scopes[i].bit;
		if (!bit)
			return 0;
		bits |= bit;
	}
	return bits;
}

/* CRC-32 (ISO 3309), bit by bit: 33 bytes once a request. */
static uint32_t crc32_of(struct str s)
{
	uint32_t crc = ~0u;
	for (size_t i = 0; i < s.n; i++) {
		crc ^= (uint8_t)s.p[i];
		for (int k = 0; k < 8; k++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
	}
	return ~crc;
}

static void checksum(struct str body, char out[CHECK + 1])
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	uint32_t crc = crc32_of(body);
	for (int i = CHECK - 1; i >= 0; i--, crc /= 62)
		out[i] = digits[crc % 62];
	out[CHECK] = '\0';
}

static struct str subject_of(struct ctx *c, int64_t id)
{
	return str_of(arena_printf(c->arena, "token %lld", (long long)id));
}

static enum err insert(struct ctx *c, int64_t user_id, struct str name, struct str scope_list,
                       int64_t expires_days, bool by_login, char secret[TOKEN_TEXT])
{
	uint8_t hash[CRYPTO_HASH];
	int64_t id = 0, now = ctx_now(c);
	memcpy(secret, "wl_", 3);
	rand_base62(secret + 3, RANDOM);
	checksum(str_of(secret), secret + 3 + RANDOM);
	crypto_sha256(str_of(secret), hash);
	enum err e = ctx_begin(c, "making a token");
	if (e)
		return e;
	e = db_one_int(c->db, &sql_token_insert,
	               DB_ARGS(db_i(user_id), db_t(name), db_b((struct str){(char *)hash, sizeof(hash)}),
	                       db_t(scope_list), db_i(by_login), db_i(now),
	                       db_i0(expires_days ? now + expires_days * 86400 : 0)),
	               &id);
	if (!e && !by_login) /* else the sign-in is in the log */
		e = audit_addf(c, "token.make", subject_of(c, id), "%.*s, of user %lld, may %.*s",
		               STR_ARG(name), (long long)user_id, STR_ARG(scope_list));
	return ctx_end(c, e, "making a token");
}

enum err token_create(struct ctx *c, int64_t user_id, struct str name, struct str scope_list,
                      int64_t expires_days, char secret[TOKEN_TEXT])
{
	name = str_trim(name);
	if (name.n == 0 || name.n > 100 || !utf8_valid(name))
		return ctx_fail(c, ERR_INVALID, "name",
		                "Give the token a name of at most 100 characters, so that you know it again.");
	if (!scope_bits(scope_list))
		return ctx_fail(c, ERR_INVALID, "scope",
		                "The scope is a list of read, import, export and admin, with commas between.");
	bool system = c->actor.kind == ACTOR_SYSTEM;
	if (!system && user_id != c->actor.user_id)
		return ctx_fail(c, ERR_FORBIDDEN, "", "A token is made by the person whom it is for.");
	if (!system && (scope_bits(scope_list) & ~c->actor.scopes))
		return ctx_fail(c, ERR_FORBIDDEN, "scope",
		                "A token cannot make one that may more than it may itself.");
	if (expires_days < 0 || expires_days > 3650)
		return ctx_fail(c, ERR_INVALID, "expires", "A token lasts 1 to 3650 days, or 0 for ever.");
	return insert(c, user_id, name, scope_list, expires_days, false, secret);
}

enum err token_sign_in(struct ctx *c, int64_t user_id, enum role role, char secret[TOKEN_TEXT])
{
	struct str scope_list = role == ROLE_ADMIN ? STR("admin") : STR("read,import,export");
	return insert(c, user_id, STR("Signed in"), scope_list, TOKEN_SIGNED_IN_DAYS, true, secret);
}

enum err token_end_of(struct ctx *c, int64_t user_id, int64_t except)
{
	enum err e = db_run(c->db, &sql_token_end_of, DB_ARGS(db_i(ctx_now(c)), db_i(user_id), db_i(except)));
	return e ? ctx_db_failed(c, e, "ending sign-ins") : OK;
}

static bool well_formed(struct str secret)
{
	char sum[CHECK + 1];
	if (secret.n != TOKEN_TEXT - 1 || !str_starts(secret, STR("wl_")))
		return false;
	checksum(str_sub(secret, 0, 3 + RANDOM), sum);
	return str_eq(str_sub(secret, 3 + RANDOM, CHECK), str_of(sum));
}

enum err token_resume(struct ctx *c, struct str secret)
{
	uint8_t hash[CRYPTO_HASH];
	struct db_cur cur;
	struct actor a = {.kind = ACTOR_TOKEN};
	int64_t used = 0, now = ctx_now(c);
	if (!well_formed(secret))
		return ctx_fail(c, ERR_UNAUTHORIZED, "",
		                "That is not an API token: it is mistyped or cut off.");
	crypto_sha256(secret, hash);
	db_query(c->db, &cur, &sql_token_find,
	         DB_ARGS(db_b((struct str){(char *)hash, sizeof(hash)}), db_i(now)));
	if (db_next(&cur)) {
		a.token_id = db_int(&cur, 0);
		a.user_id = db_int(&cur, 1);
		a.scopes = scope_bits(db_text(&cur, 2));
		used = db_int(&cur, 3);
		a.role = role_of(db_text(&cur, 4));
		a.email = arena_str(c->arena, db_text(&cur, 5));
		a.name = arena_str(c->arena, db_text(&cur, 6));
	}
	enum err e = db_done(&cur);
	if (e)
		return ctx_db_failed(c, e, "reading a token");
	if (!a.token_id)
		return ctx_fail(c, ERR_UNAUTHORIZED, "", "The API token is unknown, expired or revoked.");
	e = rate_hit(c, str_of(arena_printf(c->arena, "token:%lld", (long long)a.token_id)),
	             setting_int(c, SETTING_api_per_minute), 60);
	if (e)
		return e;
	c->actor = a;
	if (now - used >= 60)
		db_run(c->db, &sql_token_touch, DB_ARGS(db_i(now), db_i(a.token_id)));
	return OK;
}

enum err token_list(struct ctx *c, struct token **out, size_t *n)
{
	enum err e;
	*out = db_all(c->db, &sql_token_list, DB_ARGS(db_i(right_to_all(c)), db_i(c->actor.user_id)), c->arena,
	              &token_desc, n, &e);
	return e ? ctx_db_failed(c, e, "listing tokens") : OK;
}

enum err token_revoke(struct ctx *c, int64_t id)
{
	bool changed;
	enum err e =
	        audit_run(c, "revoking a token", &sql_token_revoke,
	                  DB_ARGS(db_i(ctx_now(c)), db_i(id), db_i(right_to_all(c)), db_i(c->actor.user_id)),
	                  "token.revoke", subject_of(c, id), &changed);
	return e || changed ? e : ctx_fail(c, ERR_NOT_FOUND, "token", "There is no such token in force.");
}
