/* audit: see audit.h. This file alone names the table. */
#include "app/audit.h"

#include <stdarg.h>
#include <stdio.h>

#include "app/crypto.h"
#include "app/right.h"
#include "base/buf.h"
#include "codec/utf8.h"
#include "db/db.h"

#define SUBJECT_MAX 200 /* bytes */
#define DETAIL_MAX  500
#define ROW_MAX     2048

#define AUDIT_COLUMNS "a.id, a.at, a.user_id, a.actor, a.action, a.subject, a.detail"
#define AUDIT_FILTER                                                                                       \
	"(LOWER(a.actor) LIKE ? ESCAPE '!') AND (CAST(? AS TEXT) = '' OR a.action = ? OR a.action LIKE ? " \
	"ESCAPE '!') AND a.at >= ? AND a.at < ?"
SQL(audit_last, "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1");
SQL(audit_insert,
    "INSERT INTO audit (id, at, user_id, actor, action, subject, detail, hash) VALUES (?, ?, ?, ?, "
    "?, ?, ?, ?)");
SQL(audit_list,
    "SELECT " AUDIT_COLUMNS " FROM audit a WHERE " AUDIT_FILTER " ORDER BY a.id DESC LIMIT ? OFFSET ?");
SQL(audit_count, "SELECT COUNT(*) FROM audit a WHERE " AUDIT_FILTER);
SQL(audit_chain, "SELECT " AUDIT_COLUMNS ", a.hash FROM audit a ORDER BY a.id");

static const struct rec_field fields[] = {
        REC(struct audit_row, id, REC_INT),
        REC(struct audit_row, at, REC_AT),
        REC_FLAGS(struct audit_row, user_id, REC_INT, REC_ZERO_NULL),
        REC(struct audit_row, actor, REC_TEXT),
        REC(struct audit_row, action, REC_TEXT),
        REC(struct audit_row, subject, REC_TEXT),
        REC(struct audit_row, detail, REC_TEXT),
};
const struct rec_desc audit_desc = REC_DESC(struct audit_row, fields);

const struct audit_kind audit_kinds[] = {
        {"sign_in", "Signing in"},
        {"setting", "Settings"},
        {"user", "Users"},
        {"password", "Passwords"},
        {"token", "API tokens"},
        {"property", "Properties"},
        {"meter", "Meters"},
        {"import", "Imports"},
        {"edit", "Edits of readings"},
        {"export", "Exports"},
        {"schedule", "Scheduled imports"},
        {"preset", "Presets"},
        {"charging", "Charging"},
        {"backup", "Backups"},
        {NULL, NULL},
};

/* ---- the chain ---- */

static void add_text(struct buf *b, struct str s)
{
	buf_printf(b, "%zu:", s.n);
	buf_adds(b, s);
}

/* Each field with its length, so that no two rows have one text. */
static void hash_of(const struct audit_row *r, struct str before, uint8_t out[CRYPTO_HASH])
{
	struct buf b = BUF_INIT(ROW_MAX);
	add_text(&b, before);
	buf_printf(&b, "%lld,%lld,%lld,", (long long)r->id, (long long)r->at, (long long)r->user_id);
	add_text(&b, r->actor);
	add_text(&b, r->action);
	add_text(&b, r->subject);
	add_text(&b, r->detail);
	crypto_sha256(buf_str(&b), out);
	buf_free(&b);
}

static struct str actor_of(const struct ctx *c)
{
	switch (c->actor.kind) {
	case ACTOR_SYSTEM:
		return STR("system");
	case ACTOR_USER:
	case ACTOR_TOKEN:
		return c->actor.email;
	case ACTOR_NOBODY:
		break;
	}
	return STR("nobody");
}

enum err audit_add(struct ctx *c, const char *action, struct str subject, struct str detail)
{
	struct audit_row r = {.at = ctx_now(c),
	                      .user_id = c->actor.user_id,
	                      .actor = utf8_cut(actor_of(c), SUBJECT_MAX),
	                      .action = str_of(action),
	                      .subject = utf8_cut(utf8_clean(c->arena, subject), SUBJECT_MAX),
	                      .detail = utf8_cut(utf8_clean(c->arena, detail), DETAIL_MAX)};
	uint8_t hash[CRYPTO_HASH];
	struct str before = {NULL, 0};
	struct db_cur cur;
	db_query(c->db, &cur, &sql_audit_last, DB_NOARGS);
	if (db_next(&cur)) {
		r.id = db_int(&cur, 0);
		before = arena_str(c->arena, db_text(&cur, 1));
	}
	enum err e = db_done(&cur);
	r.id++;
	hash_of(&r, before, hash);
	if (!e)
		e = db_run(c->db, &sql_audit_insert,
		           DB_ARGS(db_i(r.id), db_i(r.at), db_i0(r.user_id), db_t(r.actor), db_t(r.action),
		                   db_t(r.subject), db_t(r.detail),
		                   db_b((struct str){(char *)hash, sizeof(hash)})));
	return e ? ctx_db_failed(c, e, "writing the audit log") : OK;
}

enum err audit_addf(struct ctx *c, const char *action, struct str subject, const char *detail, ...)
{
	char text[DETAIL_MAX + 1];
	va_list ap;
	va_start(ap, detail);
	vsnprintf(text, sizeof(text), detail, ap);
	va_end(ap);
	return audit_add(c, action, subject, str_of(text));
}

enum err audit_run(struct ctx *c, const char *doing, const struct db_sql *q, size_t n,
                   const struct db_val *args, const char *action, struct str subject, bool *changed)
{
	enum err e = ctx_begin(c, doing);
	if (e)
		return e;
	e = db_run(c->db, q, n, args);
	*changed = !e && db_changes(c->db) > 0;
	if (*changed)
		e = audit_add(c, action, subject, STR(""));
	return ctx_end(c, e, doing);
}

/* ---- looking ---- */

static enum err admins_only(struct ctx *c)
{
	return right_to_all(c) ? OK : ctx_fail(c, ERR_FORBIDDEN, "", "The audit log is for admins.");
}

enum err audit_list(struct ctx *c, const struct audit_filter *f, struct audit_row **out, size_t *n,
                    int64_t *total)
{
	struct str actor = db_like(c->arena, str_sub(str_trim(f->actor), 0, 100));
	struct str action = f->action.n ? str_sub(str_trim(f->action), 0, 100) : STR("");
	struct str deeper = str_of(arena_printf(c->arena, "%.*s.%%", STR_ARG(action)));
	int64_t to = f->to_at ? f->to_at : INT64_MAX;
	enum err e = admins_only(c);
	*n = 0;
	if (e)
		return e;
	*out = db_all(c->db, &sql_audit_list,
	              DB_ARGS(db_t(actor), db_t(action), db_t(action), db_t(deeper), db_i(f->from_at), db_i(to),
	                      db_i(f->limit), db_i(f->offset)),
	              c->arena, &audit_desc, n, &e);
	if (!e)
		e = db_one_int(c->db, &sql_audit_count,
		               DB_ARGS(db_t(actor), db_t(action), db_t(action), db_t(deeper), db_i(f->from_at),
		                       db_i(to)),
		               total);
	return e ? ctx_db_failed(c, e, "reading the audit log") : OK;
}

enum err audit_verify(struct ctx *c, struct audit_check *out)
{
	uint8_t hash[CRYPTO_HASH], before[CRYPTO_HASH];
	struct db_cur cur;
	enum err e = admins_only(c);
	*out = (struct audit_check){.rows = 0};
	if (e)
		return e;
	db_query(c->db, &cur, &sql_audit_chain, DB_NOARGS);
	while (db_next(&cur)) {
		const struct audit_row r = {db_int(&cur, 0),  db_int(&cur, 1),  db_int(&cur, 2),
		                            db_text(&cur, 3), db_text(&cur, 4), db_text(&cur, 5),
		                            db_text(&cur, 6)};
		hash_of(&r, (struct str){(char *)before, out->rows ? sizeof(before) : 0}, hash);
		if (!out->broken && (r.id != out->rows + 1 ||
		                     !str_eq(db_text(&cur, 7), (struct str){(char *)hash, sizeof(hash)})))
			out->broken = r.id;
		memcpy(before, hash, sizeof(before));
		out->rows++;
	}
	if (out->rows)
		crypto_hex(before, sizeof(before), out->last);
	e = db_done(&cur);
	return e ? ctx_db_failed(c, e, "reading the audit log") : OK;
}
