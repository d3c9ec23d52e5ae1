/* preset: see preset.h. Owns the table presets. */
#include "app/preset.h"

#include "app/audit.h"
#include "app/crypto.h"
#include "app/import.h"
#include "base/tz.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "db/db.h"

#define NAME_MAX_CHARS 60
#define FORMAT_NOW     1
#define HEADER_MAX     65536 /* bytes: a record of a file has no more */
#define LINES_LOOKED   15    /* of a file, as detection looks for its header */

#define PRESET_COLUMNS                                                                              \
	"p.id, p.name, p.fingerprint, p.header, p.import_type, p.time_zone, p.answers, p.user_id, " \
	"u.email AS user_email, p.created_at FROM presets p LEFT JOIN users u ON u.id = p.user_id"

SQL(preset_list, "SELECT " PRESET_COLUMNS " ORDER BY p.name_key");
SQL(preset_get, "SELECT " PRESET_COLUMNS " WHERE p.id = ?");
SQL(preset_by_name, "SELECT " PRESET_COLUMNS " WHERE p.name_key = ?");
SQL(preset_by_print, "SELECT " PRESET_COLUMNS " WHERE p.fingerprint <> '' ORDER BY p.id DESC");
SQL(preset_insert, "INSERT INTO presets (name, name_key, fingerprint, header, import_type, time_zone, answers, "
                   "user_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
SQL(preset_update, "UPDATE presets SET name = ?, fingerprint = ?, header = ?, import_type = ?, time_zone = ?, "
                   "answers = ? WHERE id = ?");
SQL(preset_rename, "UPDATE presets SET name = ?, name_key = ? WHERE id = ?");
SQL(preset_delete, "DELETE FROM presets WHERE id = ?");

static const struct rec_field fields[] = {
        REC(struct preset, id, REC_INT),
        REC(struct preset, name, REC_TEXT),
        REC(struct preset, fingerprint, REC_TEXT),
        REC(struct preset, header, REC_TEXT),
        REC(struct preset, import_type, REC_TEXT),
        REC(struct preset, time_zone, REC_TEXT),
        REC_FLAGS(struct preset, answers, REC_TEXT, REC_HIDDEN),
        REC_FLAGS(struct preset, user_id, REC_INT, REC_HIDDEN),
        REC(struct preset, user_email, REC_TEXT),
        REC(struct preset, created_at, REC_AT),
};
const struct rec_desc preset_desc = REC_DESC(struct preset, fields);

/* ---- names and fingerprints ---- */

struct str preset_fingerprint(struct arena *a, struct str line)
{
	uint8_t hash[CRYPTO_HASH];
	char hex[2 * CRYPTO_HASH + 1], *plain = arena_alloc(a, line.n + 1);
	size_t n = 0;
	bool letters = false;
	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];
		c = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
		letters = letters || (c >= 'a' && c <= 'z');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			plain[n++] = c;
	}
	if (!letters)
		return STR("");
	crypto_sha256((struct str){plain, n}, hash);
	crypto_hex(hash, sizeof(hash) / 2, hex);
	return arena_str(a, str_of(hex));
}

static enum err check_name(struct ctx *c, struct str name)
{
	size_t chars = 0;
	for (size_t i = 0; i < name.n; i++) {
		if ((unsigned char)name.p[i] < 32 || name.p[i] == 127 || name.p[i] == '/')
			return ctx_fail(c, ERR_INVALID, "name",
			                "A preset's name holds no control characters and no \"/\".");
		chars += ((unsigned char)name.p[i] & 0xc0) != 0x80;
	}
	if (!chars || chars > NAME_MAX_CHARS || !utf8_valid(name))
		return ctx_fail(c, ERR_INVALID, "name", "A preset's name has 1 to %d characters.",
		                NAME_MAX_CHARS);
	if (str_eq_nocase(name, STR("none")) || str_eq_nocase(name, STR("auto")))
		return ctx_fail(c, ERR_INVALID, "name", "\"%.*s\" means something else: choose another name.",
		                STR_ARG(name));
	return OK;
}

static enum err may_change(struct ctx *c, const struct preset *p)
{
	if (c->actor.kind == ACTOR_SYSTEM || c->actor.role == ROLE_ADMIN ||
	    (c->actor.role == ROLE_EDITOR && p->user_id && p->user_id == c->actor.user_id))
		return OK;
	return ctx_fail(c, ERR_FORBIDDEN, "", "Only who made a preset, or an admin, may change it.");
}

/* ---- looking ---- */

enum err preset_list(struct ctx *c, struct preset **out, size_t *n)
{
	enum err e;
	*out = db_all(c->db, &sql_preset_list, DB_NOARGS, c->arena, &preset_desc, n, &e);
	return e ? ctx_db_failed(c, e, "listing presets") : OK;
}

enum err preset_get(struct ctx *c, int64_t id, struct preset *out)
{
	enum err e = db_one(c->db, &sql_preset_get, DB_ARGS(db_i(id)), c->arena, &preset_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "preset", "There is no preset %lld.", (long long)id);
	return e ? ctx_db_failed(c, e, "reading a preset") : OK;
}

enum err preset_by_name(struct ctx *c, struct str name, struct preset *out)
{
	enum err e = db_one(c->db, &sql_preset_by_name, DB_ARGS(db_t(arena_lower(c->arena, str_trim(name)))),
	                    c->arena, &preset_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "preset", "There is no preset \"%.*s\".", STR_ARG(str_sub(name, 0, 60)));
	return e ? ctx_db_failed(c, e, "reading a preset") : OK;
}

enum err preset_for(struct ctx *c, struct str head, struct preset *out)
{
	struct str print[LINES_LOOKED], line;
	size_t lines = 0;
	struct db_cur cur;
	bool found = false;
	for (struct str rest = head; rest.p && lines < LINES_LOOKED;) {
		line = str_cut(&rest, str_find(head, '\n') >= 0 ? '\n' : '\r');
		if (str_trim(line).n)
			print[lines++] = preset_fingerprint(c->arena, line);
	}
	db_query(c->db, &cur, &sql_preset_by_print, DB_NOARGS);
	while (!found && db_next(&cur))
		for (size_t i = 0; !found && i < lines; i++)
			if (print[i].n && str_eq(print[i], db_text(&cur, 2))) {
				db_read(&cur, c->arena, &preset_desc, out);
				found = true;
			}
	enum err e = db_done(&cur);
	return e ? ctx_db_failed(c, e, "looking for a preset") : found ? OK : ERR_NOT_FOUND;
}

/* ---- changing ---- */

static enum err check(struct ctx *c, const struct preset *w)
{
	struct answers unused;
	enum err e = check_name(c, w->name);
	if (!e && !import_type_known(w->import_type))
		e = ctx_fail(c, ERR_INVALID, "type", "There is no import type \"%.*s\".",
		             STR_ARG(str_sub(w->import_type, 0, 30)));
	if (!e && w->time_zone.n && !tz_load(w->time_zone))
		e = ctx_fail(c, ERR_INVALID, "time_zone", "There is no time zone \"%.*s\".",
		             STR_ARG(str_sub(w->time_zone, 0, 60)));
	if (!e && w->header.n > HEADER_MAX)
		e = ctx_fail(c, ERR_INVALID, "header", "A header has at most %d bytes.", HEADER_MAX);
	return e ? e : answers_read(c->arena, w->answers, &unused, &c->fault);
}

enum err preset_save(struct ctx *c, const struct preset *wanted, struct preset *out)
{
	struct preset w = *wanted, now;
	struct fault before = c->fault;
	w.name = str_trim(w.name);
	w.header = w.header.n ? w.header : STR(""); /* of a file without one */
	w.fingerprint = w.fingerprint.n ? w.fingerprint : STR("");
	enum err e = check(c, &w);
	if (e)
		return e;
	struct str zone = w.time_zone.n ? w.time_zone : (struct str){NULL, 0},
	           key = arena_lower(c->arena, w.name);
	e = preset_by_name(c, w.name, &now);
	if (e == OK) {
		if (may_change(c, &now))
			return ctx_fail(c, ERR_CONFLICT, "name",
			                "There is a preset of that name already, made by %.*s.",
			                STR_ARG(now.user_email.n ? now.user_email : STR("an admin")));
		e = db_run(c->db, &sql_preset_update,
		           DB_ARGS(db_t(w.name), db_t(w.fingerprint), db_t(w.header), db_t(w.import_type),
		                   db_t(zone), db_t(w.answers), db_i(now.id)));
	} else if (e == ERR_NOT_FOUND) {
		c->fault = before;
		e = db_one_int(c->db, &sql_preset_insert,
		               DB_ARGS(db_t(w.name), db_t(key), db_t(w.fingerprint), db_t(w.header),
		                       db_t(w.import_type), db_t(zone), db_t(w.answers),
		                       db_i0(c->actor.user_id), db_i(ctx_now(c))),
		               &now.id);
	}
	return e ? ctx_db_failed(c, e, "keeping a preset") : preset_get(c, now.id, out);
}

enum err preset_rename(struct ctx *c, int64_t id, struct str name)
{
	struct preset p, other;
	struct fault before = c->fault;
	name = str_trim(name);
	enum err e = preset_get(c, id, &p);
	if (!e)
		e = may_change(c, &p);
	if (!e)
		e = check_name(c, name);
	if (e)
		return e;
	if (preset_by_name(c, name, &other) == OK && other.id != id)
		return ctx_fail(c, ERR_CONFLICT, "name", "There is a preset \"%.*s\" already.",
		                STR_ARG(other.name));
	c->fault = before;
	e = db_run(c->db, &sql_preset_rename, DB_ARGS(db_t(name), db_t(arena_lower(c->arena, name)), db_i(id)));
	return e ? ctx_db_failed(c, e, "renaming a preset") : OK;
}

enum err preset_delete(struct ctx *c, int64_t id)
{
	struct preset p;
	bool changed;
	enum err e = preset_get(c, id, &p);
	if (!e)
		e = may_change(c, &p);
	return e ? e
	         : audit_run(c, "deleting a preset", &sql_preset_delete, DB_ARGS(db_i(id)), "preset.remove",
	                     p.name, &changed);
}

/* ---- as a file ---- */

struct str preset_export(struct arena *a, const struct preset *p)
{
	struct buf b = BUF_INIT(8 * HEADER_MAX); /* a byte has at most 6 as JSON */
	struct json_out j;
	json_start(&j, &b);
	j.pretty = true;
	json_object(&j);
	json_key(&j, "wattledger_preset");
	json_int(&j, FORMAT_NOW);
	json_key(&j, "name");
	json_str(&j, p->name);
	json_key(&j, "fingerprint");
	json_str(&j, p->fingerprint);
	json_key(&j, "header");
	json_str(&j, p->header);
	json_key(&j, "type");
	json_str(&j, p->import_type);
	json_key(&j, "time_zone");
	json_str(&j, p->time_zone);
	json_key(&j, "answers");
	json_raw(&j, p->answers);
	json_end_object(&j);
	buf_addc(&b, '\n');
	struct str out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

/* The members of "answers" once more as an object of texts. */
static enum err answers_of(struct ctx *c, const struct json *v, struct str *out)
{
	struct answers all = {0};
	struct str key;
	if (!v || json_kind(v) != JSON_OBJECT || json_count(v) > ANSWERS)
		return ctx_fail(c, ERR_INVALID, "answers", "\"answers\" is an object of answers.");
	for (size_t i = 0; i < json_count(v); i++) {
		const struct json *item = json_member_at(v, i, &key);
		enum answer_id id = answer_find(key);
		if (id == ANSWERS || json_kind(item) != JSON_STRING)
			return ctx_fail(c, ERR_INVALID, "answers", "\"%.*s\" is no answer with a text.",
			                STR_ARG(str_sub(key, 0, 40)));
		all.given[id] = json_text(item);
	}
	*out = answers_write(c->arena, &all);
	return OK;
}

/* All that the file says. One of another kind, or that nobody knows, is refused: it would be lost in silence.
 */
static enum err read_members(struct ctx *c, const struct json *root, struct preset *w)
{
	struct str key, remade;
	const struct {
		const char *name;
		struct str *to;
	} texts[] = {{"name", &w->name},
	             {"header", &w->header},
	             {"fingerprint", &remade}, /* from the header */
	             {"type", &w->import_type},
	             {"time_zone", &w->time_zone}};
	const size_t known = sizeof(texts) / sizeof(texts[0]);
	for (size_t i = 0; i < json_count(root); i++) {
		const struct json *v = json_member_at(root, i, &key);
		size_t k = 0;
		if (str_eqz(key, "wattledger_preset") || str_eqz(key, "answers"))
			continue;
		while (k < known && !str_eqz(key, texts[k].name))
			k++;
		if (k == known || (json_kind(v) != JSON_STRING && json_kind(v) != JSON_NULL))
			return ctx_fail(c, ERR_INVALID, "file",
			                "\"%.*s\" is no member of a preset with a text.",
			                STR_ARG(str_sub(key, 0, 40)));
		if (json_kind(v) == JSON_STRING)
			*texts[k].to = arena_str(c->arena, json_text(v));
	}
	return answers_of(c, json_member(root, "answers"), &w->answers);
}

enum err preset_import(struct ctx *c, struct str text, struct preset *out)
{
	char why[160] = "it is no preset of this program";
	struct json *root = json_parse(text, why);
	const struct json *version = json_member(root, "wattledger_preset");
	struct preset w = {.import_type = STR("auto")};
	enum err e = root && version && json_number(version) == FORMAT_NOW
	                     ? read_members(c, root, &w)
	                     : ctx_fail(c, ERR_INVALID, "file", "The preset cannot be read: %s.", why);
	json_free(root);
	if (e)
		return e;
	w.fingerprint = preset_fingerprint(c->arena, w.header);
	return preset_save(c, &w, out);
}
