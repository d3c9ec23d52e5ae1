/*
 * check: an archive held against its manifest. Nothing of it is believed before all of it has been read: every
 * entry that the manifest names is there with that size and sum, and no other.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/backup/archive.h"
#include "app/backup/envelope.h"
#include "app/crypto.h"
#include "base/civil.h"
#include "codec/json.h"
#include "db/migrate.h"

#define ENTRY_MAX    (INT64_C(16) << 30)
#define MANIFEST_MAX (256u << 10)
#define PIECE        65536
#define TEXT_MAX     254 /* bytes: of an e-mail address */

static const struct rec_field entry_fields[] = {
        REC(struct backup_entry, name, REC_TEXT),
        REC(struct backup_entry, rows, REC_INT),
        REC(struct backup_entry, size, REC_INT),
        REC(struct backup_entry, sha256, REC_TEXT),
};
const struct rec_desc backup_entry_desc = REC_DESC(struct backup_entry, entry_fields);

static const struct rec_field backup_fields[] = {
        REC(struct backup, schema_version, REC_INT), REC(struct backup, app_version, REC_TEXT),
        REC(struct backup, created_at, REC_AT),      REC(struct backup, rows, REC_INT),
        REC(struct backup, size, REC_INT),           REC(struct backup, sha256, REC_TEXT),
        REC(struct backup, digest, REC_TEXT),        REC(struct backup, is_encrypted, REC_BOOL),
        REC(struct backup, only_user, REC_TEXT),
};
const struct rec_desc backup_desc = REC_DESC(struct backup, backup_fields);

static enum err bad(struct ctx *c, const char *what, struct str name)
{
	return ctx_fail(c, ERR_INVALID, "file",
	                name.n ? "The backup is not whole: %s (%.*s)." : "The backup is not whole: %s.", what,
	                STR_ARG(str_sub(name, 0, 60)));
}

/* ---- the manifest ---- */

static enum err read_text(struct ctx *c, struct zip_in *z, const struct zip_in_entry *entry, struct buf *out)
{
	struct zip_in_file *f = zip_in_file_open(z, entry);
	char piece[PIECE];
	ssize_t got = f ? 0 : -1;
	while (f && (got = zip_in_read(f, piece, sizeof(piece))) > 0 && !out->over)
		buf_add(out, piece, (size_t)got);
	zip_in_file_close(f);
	return got < 0 || out->over ? bad(c, "an entry cannot be read", entry->name) : OK;
}

/* A text that can be shown anywhere, on a terminal too. */
static bool is_plain(struct str s, size_t max)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char k = (unsigned char)s.p[i], before = i ? (unsigned char)s.p[i - 1] : 0;
		if (k < 0x20 || k == 0x7f || (before == 0xc2 && k < 0xa0))
			return false;
	}
	return s.n <= max;
}

static bool take_entry(struct arena *a, const struct json *v, struct backup_entry *out)
{
	*out = (struct backup_entry){.name = arena_str(a, json_text(json_member(v, "name"))),
	                             .rows = json_number(json_member(v, "rows")),
	                             .size = json_number(json_member(v, "size")),
	                             .sha256 = arena_str(a, json_text(json_member(v, "sha256")))};
	/* a row has a byte at least, so the sums of both stay numbers */
	return out->name.n && is_plain(out->name, ZIP_IN_NAME_MAX) && out->rows >= 0 &&
	       out->rows <= out->size && out->size <= ENTRY_MAX && out->sha256.n == (size_t)2 * CRYPTO_HASH;
}

static enum err take_manifest(struct ctx *c, const struct json *m, struct backup *out)
{
	const struct json *entries = json_member(m, "entries");
	int64_t format = json_number(json_member(m, "wattledger_backup"));
	if (format > BACKUP_FORMAT)
		return ctx_fail(c, ERR_UNAVAILABLE, "file",
		                "The backup is of a newer program: install that first.");
	if (format != BACKUP_FORMAT || !entries)
		return ctx_fail(c, ERR_INVALID, "file", "This is no backup of Wattledger.");
	out->schema_version = json_number(json_member(m, "schema_version"));
	out->app_version = arena_str(c->arena, json_text(json_member(m, "app_version")));
	if (json_member(m, "only_user"))
		out->only_user = arena_str(c->arena, json_text(json_member(m, "only_user")));
	if (!is_plain(out->app_version, TEXT_MAX) || !is_plain(out->only_user, TEXT_MAX))
		return bad(c, "its manifest is damaged", STR(""));
	if (!civil_parse_at(json_text(json_member(m, "created_at")), &out->created_at))
		return bad(c, "its manifest does not say when it was made", STR(""));
	if (out->schema_version > migrate_latest())
		return ctx_fail(
		        c, ERR_UNAVAILABLE, "file",
		        "The backup is of schema %lld and this program knows %d: install the newer program.",
		        (long long)out->schema_version, migrate_latest());
	if (out->schema_version < 1)
		return bad(c, "its manifest names no schema", STR(""));
	out->n = json_count(entries);
	out->entry = ARENA_ARRAY(c->arena, struct backup_entry, out->n ? out->n : 1);
	for (size_t i = 0; i < out->n; i++)
		if (!take_entry(c->arena, json_item(entries, i), &out->entry[i]))
			return bad(c, "its manifest is damaged", STR(""));
	return OK;
}

static enum err read_manifest(struct ctx *c, struct zip_in *z, struct backup *out)
{
	const struct zip_in_entry *entry = zip_in_find(z, STR("manifest.json"));
	struct buf text = BUF_INIT(MANIFEST_MAX);
	struct json *m = NULL;
	char why[160];
	if (!entry)
		return ctx_fail(c, ERR_INVALID, "file", "This is no backup: it has no manifest.json.");
	enum err e = read_text(c, z, entry, &text);
	if (!e && !(m = json_parse(buf_str(&text), why)))
		e = bad(c, "its manifest is no JSON", STR(""));
	if (!e)
		e = take_manifest(c, m, out);
	json_free(m);
	buf_free(&text);
	return e;
}

/* ---- the entries ---- */

static enum err check_entry(struct ctx *c, struct zip_in *z, const struct backup_entry *b)
{
	const struct zip_in_entry *entry = zip_in_find(z, b->name);
	struct zip_in_file *f;
	struct crypto_sum sum;
	uint8_t hash[CRYPTO_HASH];
	char piece[PIECE], hex[2 * CRYPTO_HASH + 1];
	ssize_t got;
	if (!entry || !str_eq(entry->name, b->name))
		return bad(c, "an entry is missing", b->name);
	if ((int64_t)entry->size != b->size)
		return bad(c, "an entry is not as long as it should be", b->name);
	f = zip_in_file_open(z, entry);
	crypto_sum_begin(&sum);
	while (f && (got = zip_in_read(f, piece, sizeof(piece))) > 0)
		crypto_sum_add(&sum, piece, (size_t)got);
	if (!f || got < 0) {
		zip_in_file_close(f);
		return bad(c, "an entry is damaged", b->name);
	}
	zip_in_file_close(f);
	crypto_sum_end(&sum, hash);
	crypto_hex(hash, sizeof(hash), hex);
	return str_eqz(b->sha256, hex) ? OK : bad(c, "an entry is not what it was", b->name);
}

static enum err check_entries(struct ctx *c, struct zip_in *z, struct backup *out)
{
	struct crypto_sum sum;
	uint8_t hash[CRYPTO_HASH];
	char *hex = arena_alloc(c->arena, 2 * CRYPTO_HASH + 1);
	enum err e = OK;
	if (zip_in_count(z) != out->n + 1)
		return bad(c, "it holds another number of entries than its manifest says", STR(""));
	crypto_sum_begin(&sum);
	for (size_t i = 0; !e && i < out->n; i++) {
		const struct backup_entry *b = &out->entry[i];
		for (size_t k = 0; k < i; k++)
			if (str_eq(b->name, out->entry[k].name))
				return bad(c, "its manifest names an entry twice", b->name);
		e = check_entry(c, z, b);
		out->rows += b->rows;
		if (str_eqz(b->name, "audit.csv"))
			continue;
		crypto_sum_add(&sum, b->name.p, b->name.n);
		crypto_sum_add(&sum, b->sha256.p, b->sha256.n);
	}
	crypto_sum_end(&sum, hash);
	crypto_hex(hash, sizeof(hash), hex);
	out->digest = str_of(hex);
	return e;
}

enum err archive_sum(struct ctx *c, int fd, struct str *sha256, int64_t *size)
{
	struct crypto_sum sum;
	uint8_t hash[CRYPTO_HASH];
	char piece[PIECE], *hex = arena_alloc(c->arena, 2 * CRYPTO_HASH + 1);
	off_t at = 0;
	ssize_t got;
	crypto_sum_begin(&sum);
	while ((got = pread(fd, piece, sizeof(piece), at)) > 0 || (got < 0 && errno == EINTR)) {
		crypto_sum_add(&sum, piece, got > 0 ? (size_t)got : 0);
		at += got > 0 ? got : 0;
	}
	if (got < 0)
		return ctx_fail(c, ERR_IO, "file", "The backup cannot be read: %s.", strerror(errno));
	crypto_sum_end(&sum, hash);
	crypto_hex(hash, sizeof(hash), hex);
	*sha256 = str_of(hex);
	*size = at;
	return OK;
}

/* The ZIP that a file is, or has inside. */
static enum err open_zip(struct ctx *c, int fd, struct str passphrase, struct zip_in **z, bool *is_encrypted)
{
	char why[ZIP_IN_WHY];
	int plain = -1;
	*z = NULL;
	*is_encrypted = envelope_is(fd);
	enum err e = *is_encrypted ? envelope_open(c, fd, passphrase, &plain) : OK;
	if (!e && !(*z = zip_in_open(*is_encrypted ? plain : fd, ENTRY_MAX, why)))
		e = ctx_fail(c, ERR_INVALID, "file", "%s.", why);
	if (plain >= 0)
		close(plain); /* the archive has its own */
	return e;
}

enum err archive_open(struct ctx *c, int fd, struct str passphrase, struct zip_in **z, struct backup *out)
{
	*out = (struct backup){.n = 0};
	enum err e = open_zip(c, fd, passphrase, z, &out->is_encrypted);
	if (!e)
		e = read_manifest(c, *z, out);
	if (!e)
		e = check_entries(c, *z, out);
	if (!e)
		e = archive_sum(c, fd, &out->sha256, &out->size);
	if (e) {
		zip_in_close(*z);
		*z = NULL;
	}
	return e;
}

enum err backup_check(struct ctx *c, int fd, struct str passphrase, struct backup *out)
{
	struct zip_in *z;
	enum err e = archive_open(c, fd, passphrase, &z, out);
	zip_in_close(z);
	return e;
}
