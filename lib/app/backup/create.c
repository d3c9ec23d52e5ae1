/*
 * create: an archive of a copy of the database.
 *
 * The copy is taken in one step and stands in backups/ under a name of its own while the archive is written; so
 * writers wait for the copy alone, some tenths of a second. A table's CSV is made while libzip asks for it:
 * only some rows are in memory at a time.
 *
 * Under a passphrase the ZIP stands in backups/ as well, until it has been read again and sealed into what
 * stands beside the archive's place; that is opened again and read once more. What a killed program leaves
 * there is removed by a later one (archive_sweep).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/audit.h"
#include "app/backup/archive.h"
#include "app/backup/envelope.h"
#include "app/backup/prune.h"
#include "app/backup/steps.h"
#include "app/crypto.h"
#include "app/right.h"
#include "app/storage.h"
#include "app/user.h"
#include "base/rand.h"
#include "codec/json.h"
#include "codec/zip.h"
#include "db/migrate.h"

#define ROWS_BYTES    (256u << 10)
#define MANIFEST_ROOM (256u << 10)

/* An entry while it is written. */
struct stream {
	struct ctx *c;
	struct backup_steps *steps;       /* NULL: nobody counts */
	const struct backup_table *table; /* NULL: the text in `out` is all */
	struct backup_entry *entry;
	struct db_cur cur;
	bool is_left_out; /* but for its header */
	bool begun, ended;
	enum err err;
	struct buf out;
	size_t given; /* of out */
	struct crypto_sum sum;
};

struct archive {
	struct ctx *c;
	struct backup_steps *steps;
	struct stream *stream; /* schema_version.txt, the tables, manifest.json */
	size_t n;
	struct backup *b;
};

/* ---- what libzip reads ---- */

static void fill(struct stream *s)
{
	int64_t rows = s->entry->rows;
	buf_reset(&s->out);
	s->given = 0;
	if (!s->begun) {
		s->begun = true;
		backup_put_header(s->table, &s->out);
		s->ended = s->is_left_out;
		if (s->ended)
			return;
		db_query(s->c->db, &s->cur, s->table->all, DB_NOARGS);
	}
	while (!s->err && !s->ended && s->out.n < ROWS_BYTES) {
		s->ended = !db_next(&s->cur);
		s->err = s->ended ? OK : backup_put_row(s->table, &s->cur, &s->out);
		s->entry->rows += !s->ended;
	}
	if (!s->err && s->steps)
		s->err = backup_step(s->steps, s->entry->rows - rows);
	if (s->err || s->ended) {
		enum err e = db_done(&s->cur);
		s->err = s->err ? s->err : e;
		s->ended = true;
	}
}

static void finish(struct stream *s)
{
	uint8_t hash[CRYPTO_HASH];
	char *hex = arena_alloc(s->c->arena, 2 * CRYPTO_HASH + 1);
	crypto_sum_end(&s->sum, hash);
	crypto_hex(hash, sizeof(hash), hex);
	s->entry->sha256 = str_of(hex);
}

static ssize_t stream_read(void *arg, char *p, size_t n)
{
	struct stream *s = arg;
	if (s->given == s->out.n && s->table && !s->ended)
		fill(s);
	if (s->err) {
		errno = EIO;
		return -1;
	}
	size_t part = s->out.n - s->given < n ? s->out.n - s->given : n;
	memcpy(p, s->out.p + s->given, part);
	crypto_sum_add(&s->sum, p, part);
	s->given += part;
	s->entry->size += (int64_t)part;
	if (!part && !s->entry->sha256.n)
		finish(s);
	return (ssize_t)part;
}

static void put_manifest(struct archive *a, struct buf *out)
{
	const struct backup *b = a->b;
	struct json_out j;
	json_start(&j, out);
	j.pretty = true;
	json_object(&j);
	json_key(&j, "wattledger_backup");
	json_int(&j, BACKUP_FORMAT);
	json_key(&j, "app_version");
	json_str(&j, b->app_version);
	json_key(&j, "schema_version");
	json_int(&j, b->schema_version);
	json_key(&j, "created_at");
	json_at(&j, b->created_at);
	if (b->only_user.n) {
		json_key(&j, "only_user");
		json_str(&j, b->only_user);
	}
	json_key(&j, "entries");
	json_array(&j);
	for (size_t i = 0; i + 1 < a->n; i++) { /* all but itself */
		json_object(&j);
		json_rec(&j, &backup_entry_desc, a->stream[i].entry);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	buf_addc(out, '\n');
}

/* The last entry: by now the others have been read. */
static ssize_t manifest_read(void *arg, char *p, size_t n)
{
	struct archive *a = arg;
	struct stream *s = &a->stream[a->n - 1];
	if (!s->begun) {
		s->begun = true;
		put_manifest(a, &s->out);
	}
	return stream_read(s, p, n);
}

/* ---- the archive ---- */

static struct stream *add(struct archive *a, const char *name, const struct backup_table *table)
{
	struct stream *s = &a->stream[a->n++];
	s->c = a->c;
	s->steps = a->steps;
	s->table = table;
	s->is_left_out = table && a->b->only_user.n && strcmp(table->name, "audit") == 0;
	s->entry = ARENA_NEW(a->c->arena, struct backup_entry);
	s->entry->name = arena_str(a->c->arena, str_of(name));
	buf_init(&s->out, table ? ROWS_BYTES + BACKUP_ROW_MAX : MANIFEST_ROOM);
	crypto_sum_begin(&s->sum);
	return s;
}

/* `dense`: entries that are not to be packed. */
static enum err write_zip(struct archive *a, const char *path, const bool *dense)
{
	char why[ZIP_IN_WHY];
	struct zip_out *z = zip_out_open(path, why);
	struct stream *version;
	enum err e = OK;
	if (!z)
		return ctx_fail(a->c, errno ? storage_errno(errno) : ERR_IO, "", "%s.", why);
	version = add(a, "schema_version.txt", NULL);
	buf_printf(&version->out, "%lld\n", (long long)a->b->schema_version);
	bool fine = zip_out_add(z, "schema_version.txt", true, stream_read, version, why);
	for (const struct backup_table *t = NULL; fine && (t = backup_table_next(t, a->b->schema_version));) {
		const char *name = arena_printf(a->c->arena, "%s.csv", t->name);
		bool packed = !dense[a->n];
		fine = zip_out_add(z, name, packed, stream_read, add(a, name, t), why);
	}
	add(a, "manifest.json", NULL);
	fine = fine && zip_out_add(z, "manifest.json", true, manifest_read, a, why);
	if (fine)
		fine = zip_out_close(z, why);
	else
		zip_out_discard(z);
	for (size_t i = 0; i < a->n; i++) {
		e = e ? e : a->stream[i].err;
		buf_free(&a->stream[i].out);
	}
	if (e && e == a->steps->stopped)
		return e;
	if (e == ERR_CORRUPT)
		return ctx_fail(a->c, e, "", "The database is damaged: readings of a day cannot be read.");
	if (e)
		return ctx_db_failed(a->c, e, "writing a backup");
	return fine ? OK : ctx_fail(a->c, errno ? storage_errno(errno) : ERR_IO, "", "%s.", why);
}

static enum err count_rows(struct ctx *c, int64_t version, int64_t *all)
{
	enum err e = OK;
	int64_t n = 0;
	*all = 0;
	for (const struct backup_table *t = NULL; !e && (t = backup_table_next(t, version));) {
		e = db_one_int(c->db, t->count, DB_NOARGS, &n);
		*all += n;
	}
	return e ? ctx_db_failed(c, e, "counting rows") : OK;
}

/* What packs to a two-hundredth (a year of zeros) would be refused as a bomb when it is read: it is written
 * once more, as it is. */
static enum err write_readable(struct ctx *c, const char *path, struct backup_steps *steps, struct backup *b)
{
	const size_t entries = backup_tables_of(b->schema_version) + 2;
	bool *dense = ARENA_ARRAY(c->arena, bool, entries);
	enum err e = OK;
	if (steps->watch)
		e = count_rows(c, b->schema_version, &steps->all);
	for (int pass = 0; pass < 2 && !e; pass++) {
		steps->done = 0;
		struct archive a = {.c = c,
		                    .steps = steps,
		                    .b = b,
		                    .stream = ARENA_ARRAY(c->arena, struct stream, entries)};
		e = write_zip(&a, path, dense);
		if (e || !zip_out_dense(path, dense, entries))
			return e;
		unlink(path);
	}
	return e;
}

/* c->db is the copy. */
static enum err write_copy(struct ctx *c, struct db *live, const struct backup_order *o, const char *path,
                           struct backup *b)
{
	struct backup_steps steps = {.c = c, .live = live, .watch = o->watch};
	struct user u = {.id = 0};
	int version = 0;
	enum err e = o->user_id ? user_by_id(c, o->user_id, &u) : OK;
	if (!e)
		e = backup_prune(c, o->user_id);
	if (!e && (e = migrate_version(c->db, &version)))
		e = ctx_db_failed(c, e, "reading the copy");
	b->schema_version = version;
	b->app_version = STR(WATTLEDGER_VERSION);
	b->created_at = ctx_now(c);
	b->only_user = u.email;
	return e ? e : write_readable(c, path, &steps, b);
}

/* From the copy at `copy`, through a connection of its own: one whose memory stays small whatever is deleted.
 */
static enum err write_from(struct ctx *c, const struct backup_order *o, const char *copy, const char *path,
                           struct backup *b)
{
	struct db *live = c->db, *own = NULL;
	enum err e = db_open(copy, DB_WEB, &own, &c->fault);
	if (e)
		return e;
	c->db = own;
	e = write_copy(c, live, o, path, b);
	c->db = live;
	db_close(own);
	return e;
}

enum err archive_entry_of(struct ctx *c, const struct backup_table *t, struct backup_entry *out)
{
	struct stream s = {.c = c, .table = t, .entry = out};
	char *piece = arena_alloc(c->arena, ROWS_BYTES);
	*out = (struct backup_entry){.rows = 0};
	buf_init(&s.out, ROWS_BYTES + BACKUP_ROW_MAX);
	crypto_sum_begin(&s.sum);
	while (stream_read(&s, piece, ROWS_BYTES) > 0)
		;
	buf_free(&s.out);
	return s.err;
}

/* Synced, and read again as a whole. */
static enum err prove(struct ctx *c, const char *path, struct str passphrase, struct backup *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum err e = OK;
	if (fd < 0 || fsync(fd) < 0)
		e = ctx_fail(c, storage_errno(errno), "", "The backup cannot be written: %s.", strerror(errno));
	if (!e)
		e = backup_check(c, fd, passphrase, out);
	if (fd >= 0)
		close(fd);
	return e;
}

static enum err seal(struct ctx *c, const char *zip, const char *sealed, struct str passphrase)
{
	int from = open(zip, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int to = open(sealed, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	enum err e = from >= 0 && to >= 0 ? envelope_seal(c, from, to, passphrase)
	                                  : ctx_fail(c, storage_errno(errno), "",
	                                             "The backup cannot be written: %s.", strerror(errno));
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return e;
}

static enum err give_name(struct ctx *c, const char *temporary, const char *path)
{
	if (link(temporary, path) == 0)
		return OK;
	return errno == EEXIST ? ctx_fail(c, ERR_CONFLICT, "to", "%s is there already.", path)
	                       : ctx_fail(c, storage_errno(errno), "", "%s: %s.", path, strerror(errno));
}

/* The folder that a file is, or is to be, in. */
static const char *folder_of(struct ctx *c, const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? arena_strz(c->arena, (struct str){path, (size_t)(slash - path) + 1}) : ".";
}

static enum err sync_folder(struct ctx *c, const char *path)
{
	const char *folder = folder_of(c, path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = fd < 0 || fsync(fd) < 0 ? storage_errno(errno) : OK;
	if (fd >= 0)
		close(fd);
	return e ? ctx_fail(c, e, "to", "The folder %s cannot be written: %s.", folder, strerror(errno)) : OK;
}

/* What can be known before the work begins. */
static enum err check_place(struct ctx *c, const char *path)
{
	struct stat st;
	if (lstat(path, &st) == 0)
		return ctx_fail(c, ERR_CONFLICT, "to", "%s is there already.", path);
	return sync_folder(c, path);
}

/* The ZIP at `zip`, whole and proved. */
static enum err make_zip(struct ctx *c, const struct backup_order *o, const char *zip, struct backup *out)
{
	const char *copy = archive_new_db(c);
	enum err e = db_copy_to(c->db, copy);
	e = e ? ctx_db_failed(c, e, "copying the database") : write_from(c, o, copy, zip, out);
	archive_drop_db(c, copy);
	return e ? e : prove(c, zip, STR(""), out);
}

enum err archive_write(struct ctx *c, const struct backup_order *o, struct backup *out)
{
	const bool sealed = o->passphrase.n > 0;
	char name[2 * ARCHIVE_TAG + 1];
	*out = (struct backup){.n = 0};
	if (!right_to_all(c))
		return ctx_fail(c, ERR_FORBIDDEN, "", "Backups are for admins.");
	enum err e = sealed ? envelope_passphrase(c, o->passphrase) : OK;
	if (!e)
		e = check_place(c, o->path);
	if (e)
		return e;
	rand_hex(name, ARCHIVE_TAG);
	const char *hidden =
	        storage_path(c->storage, c->arena, arena_printf(c->arena, "backups/.%s.zip", name));
	const char *temporary = arena_printf(c->arena, "%s.%s.part", o->path, name);
	const char *zip = sealed ? hidden : temporary;
	archive_sweep(c);
	archive_sweep_folder(c, folder_of(c, o->path));
	e = make_zip(c, o, zip, out);
	if (!e && sealed)
		e = seal(c, zip, temporary, o->passphrase);
	if (sealed)
		unlink(zip);
	if (!e && sealed)
		e = prove(c, temporary, o->passphrase, out);
	if (!e)
		e = give_name(c, temporary, o->path);
	unlink(temporary);
	return e ? e : sync_folder(c, o->path);
}

enum err backup_create(struct ctx *c, const struct backup_order *o, struct backup *out)
{
	enum err e = archive_write(c, o, out);
	if (!e)
		e = ctx_begin(c, "noting a backup");
	return e ? e
	         : ctx_end(c, audit_add(c, "backup.create", str_of(o->path), out->sha256), "noting a backup");
}
