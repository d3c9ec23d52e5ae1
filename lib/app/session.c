/* session: see session.h. */
#include "app/session.h"

#include "app/audit.h"
#include "app/crypto.h"
#include "app/setting.h"
#include "app/storage.h"
#include "base/rand.h"
#include "codec/utf8.h"
#include "db/db.h"

SQL(session_insert, "INSERT INTO sessions (user_id, secret_hash, created_at, last_seen_at, agent, address) "
                    "VALUES (?, ?, ?, ?, ?, ?)");
SQL(session_find,
    "SELECT s.id, s.user_id, s.created_at, s.last_seen_at, u.role, u.email, u.name, u.time_zone "
    "FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.secret_hash = ? AND u.is_active = 1");
SQL(session_touch, "UPDATE sessions SET last_seen_at = ? WHERE id = ?");
SQL(session_delete, "DELETE FROM sessions WHERE id = ?");
SQL(session_delete_of, "DELETE FROM sessions WHERE user_id = ? AND id <> ?");
SQL(session_expire, "DELETE FROM sessions WHERE created_at < ? OR last_seen_at < ?");

enum err session_create(struct ctx *c, int64_t user_id, struct str agent, struct str address,
                        char secret[SESSION_SECRET_TEXT])
{
	uint8_t hash[CRYPTO_HASH];
	int64_t now = ctx_now(c);
	rand_hex(secret, 32);
	crypto_sha256(str_of(secret), hash);
	agent = utf8_cut(utf8_clean(c->arena, agent), 200);
	/* whoever signs in sweeps what has ended */
	enum err e = db_run(c->db, &sql_session_expire,
	                    DB_ARGS(db_i(now - setting_int(c, SETTING_session_max_hours) * 3600),
	                            db_i(now - setting_int(c, SETTING_session_idle_min) * 60)));
	if (!e)
		e = db_run(c->db, &sql_session_insert,
		           DB_ARGS(db_i(user_id), db_b((struct str){(char *)hash, sizeof(hash)}), db_i(now),
		                   db_i(now), db_t(agent), db_t(address)));
	return e ? ctx_db_failed(c, e, "signing in") : OK;
}

enum err session_resume(struct ctx *c, struct str secret)
{
	uint8_t hash[CRYPTO_HASH];
	struct db_cur cur;
	struct actor a = {.kind = ACTOR_USER, .scopes = SCOPE_ALL};
	int64_t created = 0, seen = 0, now = ctx_now(c);
	if (secret.n != SESSION_SECRET_TEXT - 1)
		return ctx_fail(c, ERR_UNAUTHORIZED, "", "Please sign in.");
	crypto_sha256(secret, hash);
	db_query(c->db, &cur, &sql_session_find, DB_ARGS(db_b((struct str){(char *)hash, sizeof(hash)})));
	if (db_next(&cur)) {
		a.session_id = db_int(&cur, 0);
		a.user_id = db_int(&cur, 1);
		created = db_int(&cur, 2);
		seen = db_int(&cur, 3);
		a.role = role_of(db_text(&cur, 4));
		a.email = arena_str(c->arena, db_text(&cur, 5));
		a.name = arena_str(c->arena, db_text(&cur, 6));
		a.time_zone = arena_str(c->arena, db_text(&cur, 7));
	}
	enum err e = db_done(&cur);
	if (e)
		return ctx_db_failed(c, e, "reading the session");
	if (!a.session_id || now - created > setting_int(c, SETTING_session_max_hours) * 3600 ||
	    now - seen > setting_int(c, SETTING_session_idle_min) * 60)
		return ctx_fail(c, ERR_UNAUTHORIZED, "", "Your session has ended. Please sign in again.");
	c->actor = a;
	/* a page that only reads must not wait for a writer: at most once a minute, and a failure costs nothing
	 */
	if (now - seen >= 60)
		db_run(c->db, &sql_session_touch, DB_ARGS(db_i(now), db_i(a.session_id)));
	return OK;
}

enum err session_end(struct ctx *c)
{
	bool changed;
	enum err e = audit_run(c, "signing out", &sql_session_delete, DB_ARGS(db_i(c->actor.session_id)),
	                       "sign_in.end", c->actor.email, &changed);
	if (e)
		return e;
	c->actor = (struct actor){0};
	return OK;
}

void session_csrf(const struct ctx *c, struct str secret, char out[CSRF_TEXT])
{
	uint8_t mac[CRYPTO_HASH];
	const char *text = arena_printf(c->arena, "csrf:%.*s", STR_ARG(secret));
	crypto_hmac(c->storage->key, str_of(text), mac);
	crypto_hex(mac, sizeof(mac), out);
}

bool session_csrf_ok(const struct ctx *c, struct str secret, struct str given)
{
	char right[CSRF_TEXT];
	if (!secret.n || !c->storage->has_key)
		return false;
	session_csrf(c, secret, right);
	return str_eq_secret(str_of(right), given);
}

enum err session_end_of(struct ctx *c, int64_t user_id, int64_t except)
{
	enum err e = db_run(c->db, &sql_session_delete_of, DB_ARGS(db_i(user_id), db_i(except)));
	return e ? ctx_db_failed(c, e, "ending sessions") : OK;
}
