/*
 * create: an archive of a copy of the database.
 *
 * The copy is taken in one step and stands in backups/ under a name of its own while the archive is written; so
 * writers wait for the copy alone, some tenths of a second. A table's CSV is made while libzip asks for it:
 * only some rows are in memory at a time. What a killed program leaves there is removed by a later one
 * (archive_sweep).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/audit.h"
#include "app/backup/archive.h"
#include "app/crypto.h"
#include "app/right.h"
#include "app/storage.h"
#include "base/rand.h"
#include "codec/json.h"
#include "codec/zip.h"
#include "db/migrate.h"

#define ROWS_BYTES    (256u << 10)
#define MANIFEST_ROOM (256u << 10)
#define LEFT_SECONDS  (6 * 3600) /* a copy that is older belongs to nobody */

/* An entry while it is written. */
struct stream {
	struct ctx *c;
	const struct backup_table *table; /* NULL: the text in `out` is all */
	struct backup_entry *entry;
	struct db_cur cur;
	bool begun, ended;
	enum err err;
	struct buf out;
	size_t given; /* of out */
	struct crypto_sum sum;
};

struct archive {
	struct ctx *c;
	struct stream *stream; /* schema_version.txt, the tables, manifest.json */
	size_t n;
	struct backup *b;
};

/* ---- what libzip reads ---- */

static void fill(struct stream *s)
{
	buf_reset(&s->out);
	s->given = 0;
	if (!s->begun) {
		s->begun = true;
		db_query(s->c->db, &s->cur, s->table->all, DB_NOARGS);
		backup_put_header(s->table, &s->out);
	}
	while (!s->ended && s->out.n < ROWS_BYTES) {
		if (!db_next(&s->cur)) {
			s->ended = true;
			s->err = db_done(&s->cur);
			break;
		}
		s->err = backup_put_row(s->table, &s->cur, &s->out);
		s->entry->rows++;
		if (s->err) {
			s->ended = true;
			db_done(&s->cur);
		}
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
	s->table = table;
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
	if (e == ERR_CORRUPT)
		return ctx_fail(a->c, e, "", "The database is damaged: readings of a day cannot be read.");
	if (e)
		return ctx_db_failed(a->c, e, "writing a backup");
	return fine ? OK : ctx_fail(a->c, errno ? storage_errno(errno) : ERR_IO, "", "%s.", why);
}

/* What packs to a two-hundredth (a year of zeros) would be refused as a bomb when it is read: it is written
 * once more, as it is. */
static enum err write_readable(struct ctx *c, const char *path, struct backup *b)
{
	const size_t entries = backup_tables_of(b->schema_version) + 2;
	bool *dense = ARENA_ARRAY(c->arena, bool, entries);
	enum err e = OK;
	for (int pass = 0; pass < 2 && !e; pass++) {
		struct archive a = {.c = c, .b = b, .stream = ARENA_ARRAY(c->arena, struct stream, entries)};
		e = write_zip(&a, path, dense);
		if (e || !zip_out_dense(path, dense, entries))
			return e;
		unlink(path);
	}
	return e;
}

/* From the copy at `copy`, through a connection of its own. */
static enum err write_from(struct ctx *c, const char *copy, const char *path, struct backup *b)
{
	struct db *live = c->db, *own = NULL;
	int version = 0;
	enum err e = db_open(copy, DB_READER, &own, &c->fault);
	if (e)
		return e;
	c->db = own;
	e = migrate_version(own, &version);
	b->schema_version = version;
	b->app_version = STR(WATTLEDGER_VERSION);
	b->created_at = ctx_now(c);
	e = e ? ctx_db_failed(c, e, "reading the copy") : write_readable(c, path, b);
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

/* Synced and read again as a whole; then it gets its name. */
static enum err prove(struct ctx *c, const char *temporary, const char *path, struct backup *out)
{
	int fd = open(temporary, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum err e = OK;
	if (fd < 0 || fsync(fd) < 0)
		e = ctx_fail(c, storage_errno(errno), "", "The backup cannot be written: %s.", strerror(errno));
	if (!e)
		e = backup_check(c, fd, STR(""), out);
	if (fd >= 0)
		close(fd);
	if (!e && link(temporary, path) < 0)
		e = errno == EEXIST ? ctx_fail(c, ERR_CONFLICT, "to", "%s is there already.", path)
		                    : ctx_fail(c, storage_errno(errno), "", "%s: %s.", path, strerror(errno));
	return e;
}

static enum err sync_folder(struct ctx *c, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *folder = slash ? arena_strz(c->arena, (struct str){path, (size_t)(slash - path) + 1}) : ".";
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = fd < 0 || fsync(fd) < 0 ? storage_errno(errno) : OK;
	if (fd >= 0)
		close(fd);
	return e ? ctx_fail(c, e, "", "%s: %s.", folder, strerror(errno)) : OK;
}

void archive_sweep(struct ctx *c)
{
	int fd = openat(c->storage->dir_fd, "backups", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;
	struct stat st;
	while (folder && (d = readdir(folder)))
		if (d->d_name[0] == '.' && strstr(d->d_name, ".db") &&
		    fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    st.st_mtime < ctx_now(c) - LEFT_SECONDS)
			unlinkat(fd, d->d_name, 0);
	if (folder)
		closedir(folder);
	else if (fd >= 0)
		close(fd);
}

enum err archive_write(struct ctx *c, const struct backup_order *o, struct backup *out)
{
	const char *path = o->path;
	char name[33];
	if (!right_to_all(c))
		return ctx_fail(c, ERR_FORBIDDEN, "", "Backups are for admins.");
	rand_hex(name, 16);
	const char *copy = storage_path(c->storage, c->arena, arena_printf(c->arena, "backups/.%s.db", name));
	const char *temporary = arena_printf(c->arena, "%s.%s.part", path, name);
	*out = (struct backup){.n = 0};
	archive_sweep(c);
	enum err e = db_copy_to(c->db, copy);
	if (e)
		e = ctx_db_failed(c, e, "copying the database");
	if (!e)
		e = write_from(c, copy, temporary, out);
	unlink(copy);
	if (!e)
		e = prove(c, temporary, path, out);
	unlink(temporary);
	return e ? e : sync_folder(c, path);
}

enum err backup_create(struct ctx *c, const struct backup_order *o, struct backup *out)
{
	enum err e = archive_write(c, o, out);
	if (!e)
		e = ctx_begin(c, "noting a backup");
	return e ? e
	         : ctx_end(c, audit_add(c, "backup.create", str_of(o->path), out->sha256), "noting a backup");
}
