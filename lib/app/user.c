/* user: see user.h. E-mail addresses are kept in lower case; a password is never kept, logged or shown. */
#include "app/user.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "app/audit.h"
#include "app/crypto.h"
#include "app/rate.h"
#include "app/setting.h"
#include "app/storage.h"
#include "codec/utf8.h"
#include "db/db.h"

#define USER_COLUMNS "id, email, name, role, is_active, created_at, last_login_at"
SQL(user_insert, "INSERT INTO users (email, name, role, password_hash, created_at) VALUES (?, ?, ?, ?, ?) "
                 "RETURNING " USER_COLUMNS);
SQL(user_by_email, "SELECT " USER_COLUMNS " FROM users WHERE email = ?");
SQL(user_by_id, "SELECT " USER_COLUMNS " FROM users WHERE id = ?");
SQL(user_first_admin,
    "SELECT " USER_COLUMNS " FROM users WHERE role = 'admin' AND is_active = 1 ORDER BY id LIMIT 1");
SQL(user_password, "UPDATE users SET password_hash = ?, failures = 0, locked_until = NULL WHERE id = ?");
SQL(user_any, "SELECT id FROM users LIMIT 1");
SQL(user_secret,
    "SELECT id, password_hash, is_active, failures, COALESCE(locked_until, 0) FROM users WHERE email = ?");
SQL(user_failed, "UPDATE users SET failures = failures + 1, locked_until = ? WHERE id = ?");
SQL(user_entered, "UPDATE users SET failures = 0, locked_until = NULL, last_login_at = ? WHERE id = ?");

static const struct rec_field user_fields[] = {
        REC(struct user, id, REC_INT),           REC(struct user, email, REC_TEXT),
        REC(struct user, name, REC_TEXT),        REC(struct user, role, REC_TEXT),
        REC(struct user, is_active, REC_BOOL),   REC(struct user, created_at, REC_AT),
        REC(struct user, last_login_at, REC_AT),
};
const struct rec_desc user_desc = REC_DESC(struct user, user_fields);

/* Verified for unknown users, so that the time of an answer tells nothing. Of a random password. */
#define DUMMY_HASH \
	"$argon2id$v=19$m=19456,t=2,p=1$uVbGsx2DR0MhTDpDvYk2Yg$2T0Y9d3kC0vCmxO9dAkIoJ2fJmK3Uq1mB9cJv0q5f3E"

/* ---- rules ---- */

static enum err check_email(struct ctx *c, struct str email)
{
	ptrdiff_t at = str_find(email, '@');
	bool ok = email.n >= 3 && email.n <= 254 && at > 0 && (size_t)at + 1 < email.n && utf8_valid(email);
	for (size_t i = 0; ok && i < email.n; i++)
		ok = (unsigned char)email.p[i] > ' ' && email.p[i] != 0x7f && !strchr("<>()[],;:", email.p[i]);
	ok = ok && str_find(str_sub(email, (size_t)at + 1, email.n), '@') < 0;
	return ok ? OK : ctx_fail(c, ERR_INVALID, "email", "Give an e-mail address, such as name@example.org.");
}

/* The head of the lists of leaked passwords that are at least 12 long, and what people make of this product's
 * name. */
static const char *const common_passwords[] = {
        "123456789012",     "1234567890123",        "12345678901234",   "123456789123",
        "1234567891011",    "111111111111",         "000000000000",     "qwertyuiop12",
        "qwertyuiop123",    "qwertyuiopasdf",       "qwertyqwerty",     "1q2w3e4r5t6y",
        "1qaz2wsx3edc",     "1q2w3e4r5t6y7u",       "password1234",     "password12345",
        "password123456",   "passwordpassword",     "passw0rd1234",     "administrator",
        "administrator1",   "adminadminadmin",      "adminadmin12",     "admin1234567",
        "letmeinletmein",   "iloveyou1234",         "iloveyouiloveyou", "abcdefghijkl",
        "abcdefghijklm",    "abc123abc123",         "changemechangeme", "changeme1234",
        "welcome12345",     "welcomewelcome",       "monkeymonkey",     "dragondragon",
        "footballfootball", "baseballbaseball",     "superman1234",     "trustno1trustno1",
        "wattledger123",    "wattledgerwattledger", "wattledger1234",   "correcthorsebatterystaple",
        "electricity1",     "electricity123",
};

static enum err check_password(struct ctx *c, const char *field, struct str password, struct str email)
{
	if (password.n < 12)
		return ctx_fail(c, ERR_INVALID, field, "The password needs at least 12 characters.");
	if (password.n > 1024)
		return ctx_fail(c, ERR_INVALID, field, "The password may have at most 1024 bytes.");
	bool common = str_eq_nocase(password, email);
	bool same = true;
	for (size_t i = 1; i < password.n; i++)
		same = same && password.p[i] == password.p[0];
	for (size_t i = 0; i < sizeof(common_passwords) / sizeof(common_passwords[0]); i++)
		common = common || str_eq_nocase(password, str_of(common_passwords[i]));
	if (common || same)
		return ctx_fail(c, ERR_INVALID, field,
		                "That password is one of the first that people try. Choose another.");
	return OK;
}

/* At most two hashes at once on the machine (20 MiB each): two lock files, the second waits. */
static int hash_slot(struct ctx *c)
{
	char name[32];
	int fd = -1;
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "run/hash-%d.lock", i);
		fd = openat(c->storage->dir_fd, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd >= 0 && flock(fd, i == 0 ? LOCK_EX | LOCK_NB : LOCK_EX) == 0)
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -1;
}

static void hash_slot_free(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* ---- the service ---- */

enum err user_hash(struct ctx *c, const char *field, struct str password, struct str email,
                   char hash[CRYPTO_PASSWORD])
{
	enum err e = check_password(c, field, password, email);
	if (e)
		return e;
	int slot = hash_slot(c);
	bool ok = crypto_password_hash(password, hash);
	hash_slot_free(slot);
	return ok ? OK
	          : ctx_fail(c, ERR_BUSY, "", "There is not enough memory for that now. Please try again.");
}

static enum err prepare(struct ctx *c, struct str *email, struct str *name, struct str password,
                        char hash[CRYPTO_PASSWORD])
{
	*email = arena_lower(c->arena, str_trim(*email));
	*name = str_trim(*name);
	enum err e = check_email(c, *email);
	if (e)
		return e;
	if (name->n == 0)
		*name = str_sub(*email, 0, (size_t)str_find(*email, '@'));
	if (name->n > 100 || !utf8_valid(*name))
		return ctx_fail(c, ERR_INVALID, "name", "The name may have at most 100 characters.");
	return user_hash(c, "password", password, *email, hash);
}

/* In a transaction. */
static enum err insert(struct ctx *c, struct str email, struct str name, enum role role, const char *hash,
                       struct user *out)
{
	enum err e =
	        db_one(c->db, &sql_user_insert,
	               DB_ARGS(db_t(email), db_t(name), db_z(role_name(role)), db_z(hash), db_i(ctx_now(c))),
	               c->arena, &user_desc, out);
	if (e == ERR_CONFLICT)
		return ctx_fail(c, e, "email", "There is a user %.*s already.", STR_ARG(email));
	return e ? ctx_db_failed(c, e, "adding a user")
	         : audit_addf(c, "user.add", email, "as %s", role_name(role));
}

enum err user_create(struct ctx *c, struct str email, struct str name, struct str password, enum role role,
                     struct user *out)
{
	char hash[CRYPTO_PASSWORD];
	enum err e = prepare(c, &email, &name, password, hash);
	if (e)
		return e;
	e = ctx_begin(c, "adding a user");
	if (!e)
		e = ctx_end(c, insert(c, email, name, role, hash, out), "adding a user");
	/* the way in for the first admin is closed for good as soon as anybody exists */
	if (!e)
		storage_remove(c->storage, "setup-token.txt");
	return e;
}

enum err user_set_hash(struct ctx *c, int64_t id, const char *hash)
{
	struct user u;
	enum err e = user_by_id(c, id, &u);
	if (e)
		return e;
	e = db_run(c->db, &sql_user_password, DB_ARGS(db_z(hash), db_i(id)));
	return e ? ctx_db_failed(c, e, "changing a password")
	         : audit_add(c, "password.change", u.email, STR(""));
}

struct actor user_actor(const struct user *u)
{
	return (struct actor){.kind = ACTOR_USER,
	                      .user_id = u->id,
	                      .role = role_of(u->role),
	                      .scopes = SCOPE_ALL,
	                      .email = u->email,
	                      .name = u->name};
}

enum err user_by_email(struct ctx *c, struct str email, struct user *out)
{
	email = arena_lower(c->arena, str_trim(email));
	enum err e = db_one(c->db, &sql_user_by_email, DB_ARGS(db_t(email)), c->arena, &user_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "user", "There is no user %.*s.", STR_ARG(str_sub(email, 0, 100)));
	return e ? ctx_db_failed(c, e, "reading a user") : OK;
}

enum err user_first_admin(struct ctx *c, struct user *out)
{
	enum err e = db_one(c->db, &sql_user_first_admin, DB_NOARGS, c->arena, &user_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "", "There is no admin yet.");
	return e ? ctx_db_failed(c, e, "looking for the admin") : OK;
}

enum err user_by_id(struct ctx *c, int64_t id, struct user *out)
{
	enum err e = db_one(c->db, &sql_user_by_id, DB_ARGS(db_i(id)), c->arena, &user_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "user", "There is no user %lld.", (long long)id);
	return e ? ctx_db_failed(c, e, "reading a user") : OK;
}

enum err user_act_for(struct ctx *c, int64_t id)
{
	struct user u;
	enum err e = user_by_id(c, id, &u);
	if (e && e != ERR_NOT_FOUND)
		return e;
	if (e || !u.is_active)
		return ctx_fail(c, ERR_FORBIDDEN, "", "The account of its owner is closed.");
	c->actor = user_actor(&u);
	return OK;
}

/* Wrong passwords in a row: the first four cost nothing, then 1, 2, 4 ... seconds, at most 15 minutes. */
static int64_t lock_seconds(int64_t failures)
{
	if (failures < 5)
		return 0;
	int64_t s = failures - 5 < 10 ? (int64_t)1 << (failures - 5) : 900;
	return s > 900 ? 900 : s;
}

static enum err too_many(struct ctx *c, int64_t wait)
{
	ctx_fail(c, ERR_RATE, "", "Too many attempts. Please try again in %lld seconds.", (long long)wait);
	c->fault.retry_after = (int)wait;
	return ERR_RATE;
}

static enum err login_rates(struct ctx *c, struct str email, struct str address)
{
	enum err e = OK;
	if (address.n)
		e = rate_hit(c, str_of(arena_printf(c->arena, "login-address:%.*s", STR_ARG(address))),
		             setting_int(c, SETTING_login_per_address), 60);
	if (!e)
		e = rate_hit(c, str_of(arena_printf(c->arena, "login:%.*s", STR_ARG(email))),
		             setting_int(c, SETTING_login_per_account), 60);
	return e;
}

/* Whoever is signed in already only says their password once more. */
static enum err tell_entered(struct ctx *c, const struct user *u, struct str address)
{
	const struct actor asking = c->actor;
	if (asking.kind != ACTOR_NOBODY)
		return OK;
	c->actor = user_actor(u);
	enum err e = audit_addf(c, "sign_in", u->email, "from %.*s", STR_ARG(address));
	c->actor = asking;
	return e;
}

static enum err entered(struct ctx *c, int64_t id, struct str address, struct user *out)
{
	enum err e = ctx_begin(c, "signing in");
	if (e)
		return e;
	e = db_run(c->db, &sql_user_entered, DB_ARGS(db_i(ctx_now(c)), db_i(id)));
	if (!e)
		e = user_by_id(c, id, out);
	if (!e)
		e = tell_entered(c, out, address);
	return ctx_end(c, e, "signing in");
}

/* A failure to write it down changes nothing for whoever failed to sign in. What was typed as the address of
 * nobody is not kept: it may be a password. */
static void failed(struct ctx *c, int64_t id, bool right, struct str email, struct str address, int64_t until)
{
	const char *why = !id ? "no such account" : right ? "the account is closed" : "a wrong password";
	enum err e = db_begin(c->db);
	if (!e && id && !right)
		e = db_run(c->db, &sql_user_failed, DB_ARGS(db_i0(until), db_i(id)));
	if (!e)
		e = audit_addf(c, "sign_in.fail", id ? email : STR("unknown"), "%s%s%.*s", why,
		               address.n ? ", from " : "", STR_ARG(address));
	if (e || db_commit(c->db))
		db_rollback(c->db);
}

enum err user_check_password(struct ctx *c, struct str email, struct str password, struct str address,
                             struct user *out)
{
	struct db_cur cur;
	int64_t id = 0, failures = 0, locked_until = 0, now = ctx_now(c);
	bool active = false;
	const char *hash = DUMMY_HASH;
	email = arena_lower(c->arena, str_sub(str_trim(email), 0, 254));
	enum err e = login_rates(c, email, address);
	if (e)
		return e;
	db_query(c->db, &cur, &sql_user_secret, DB_ARGS(db_t(email)));
	if (db_next(&cur)) {
		id = db_int(&cur, 0);
		hash = arena_strz(c->arena, db_text(&cur, 1));
		active = db_int(&cur, 2) != 0;
		failures = db_int(&cur, 3);
		locked_until = db_int(&cur, 4);
	}
	e = db_done(&cur);
	if (e)
		return ctx_db_failed(c, e, "reading a user");
	if (!id)
		rate_delay(c, email, &failures, &locked_until);
	if (locked_until > now)
		return too_many(c, locked_until - now);
	int slot = hash_slot(c);
	bool right = crypto_password_ok(hash, str_sub(password, 0, 1024)) && password.n <= 1024;
	hash_slot_free(slot);
	if (id && active && right)
		return entered(c, id, address, out);
	/* an address without an account is delayed like one that has an account: the delay must not tell */
	int64_t wait = lock_seconds(failures + 1), until = wait ? now + wait : 0;
	if (!id)
		rate_delay_set(c, email, failures + 1, until);
	failed(c, id, right, email, address, until);
	return ctx_fail(c, ERR_UNAUTHORIZED, "password", "The e-mail address or the password is wrong.");
}

/* ---- the first admin ---- */

bool user_setup_open(struct ctx *c)
{
	int64_t id;
	return db_one_int(c->db, &sql_user_any, DB_NOARGS, &id) == ERR_NOT_FOUND;
}

static bool token_right(struct ctx *c, struct str given)
{
	struct str kept;
	if (storage_get(c->storage, c->arena, "setup-token.txt", 256, &kept))
		return false;
	kept = str_trim(kept);
	return kept.n >= 32 && str_eq_secret(str_trim(given), kept);
}

enum err user_setup(struct ctx *c, struct str token, struct str email, struct str name, struct str password,
                    struct user *out)
{
	char hash[CRYPTO_PASSWORD];
	if (!user_setup_open(c))
		return ctx_fail(c, ERR_NOT_FOUND, "", "This installation has been set up already.");
	enum err e = rate_hit(c, STR("setup"), 20, 60);
	if (e)
		return e;
	if (!token_right(c, token))
		return ctx_fail(c, ERR_INVALID, "token",
		                "That is not the setup token. It is in the file setup-token.txt of the storage "
		                "folder.");
	e = prepare(c, &email, &name, password, hash);
	if (e)
		return e;
	e = db_begin(c->db);
	if (e)
		return ctx_db_failed(c, e, "setting up");
	if (!user_setup_open(c)) {
		db_rollback(c->db);
		return ctx_fail(c, ERR_NOT_FOUND, "", "This installation has been set up already.");
	}
	e = insert(c, email, name, ROLE_ADMIN, hash, out);
	if (!e && (e = db_commit(c->db)) != OK)
		ctx_db_failed(c, e, "setting up");
	if (e) {
		db_rollback(c->db);
		return e;
	}
	storage_remove(c->storage, "setup-token.txt");
	return OK;
}
