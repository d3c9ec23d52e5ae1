/* shelf: see shelf.h. What goes by the settings is shelf_trim.c. */
#include "app/backup/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/audit.h"
#include "app/backup/archive.h"
#include "app/move.h"
#include "app/right.h"
#include "app/storage.h"
#include "base/rand.h"
#include "db/db.h"

#define FOLDER      "backups"
#define OTHER_BYTES "Its bytes are not those that they were: the SHA-256 is another one."

#define IN_USE                                                                                             \
	"EXISTS (SELECT 1 FROM backup_jobs k JOIN jobs j ON j.id = k.job_id WHERE k.backup_id = b.id AND " \
	"j.status IN ('queued', 'processing'))"
#define COLUMNS                                                                                            \
	"b.id, b.name, b.origin, u.email AS user_email, b.added_at, b.size, NULLIF(b.sha256, '') AS "      \
	"sha256, b.is_encrypted, b.made_at, b.app_version, b.schema_version, b.total_rows, b.digest, "     \
	"b.only_user, b.verified_at, b.failure, " IN_USE " AS in_use FROM backups b LEFT JOIN users u ON " \
	"u.id = b.user_id"

SQL(shelf_list, "SELECT " COLUMNS " ORDER BY b.added_at DESC, b.id DESC LIMIT ? OFFSET ?");
SQL(shelf_count, "SELECT COUNT(*) FROM backups");
SQL(shelf_get, "SELECT " COLUMNS " WHERE b.id = ?");
SQL(shelf_delete, "DELETE FROM backups WHERE id = ?");
SQL(shelf_forget, "DELETE FROM backups WHERE name = ?");
SQL(shelf_known, "SELECT COUNT(*) FROM backups WHERE name = ?");
SQL(shelf_busy, "SELECT COUNT(*) FROM jobs WHERE kind IN ('backup', 'restore') AND status = 'processing'");
SQL(shelf_add, "INSERT INTO backups (name, origin, user_id, added_at, size, sha256) VALUES (?, ?, ?, ?, ?, '') "
               "ON CONFLICT (name) DO UPDATE SET origin = excluded.origin, user_id = excluded.user_id, size = "
               "excluded.size RETURNING id");
SQL(shelf_known_whole,
    "UPDATE backups SET size = ?, sha256 = ?, is_encrypted = ?, made_at = ?, app_version = ?, schema_version = "
    "?, total_rows = ?, digest = ?, only_user = ?, verified_at = ?, failure = NULL WHERE id = ?");
SQL(shelf_read, "UPDATE backups SET verified_at = ?, failure = NULL WHERE id = ?");
SQL(shelf_closed, "UPDATE backups SET is_encrypted = 1, size = ?, sha256 = ? WHERE id = ?");
SQL(shelf_failed, "UPDATE backups SET failure = ? WHERE id = ?");

static const struct rec_field fields[] = {
        REC(struct shelved, id, REC_INT),
        REC_FLAGS(struct shelved, name, REC_TEXT, REC_NOT_NULL),
        REC_FLAGS(struct shelved, origin, REC_TEXT, REC_NOT_NULL),
        REC(struct shelved, user_email, REC_TEXT),
        REC(struct shelved, added_at, REC_AT),
        REC(struct shelved, size, REC_INT),
        REC(struct shelved, sha256, REC_TEXT),
        REC(struct shelved, is_encrypted, REC_BOOL),
        REC(struct shelved, made_at, REC_AT),
        REC(struct shelved, app_version, REC_TEXT),
        REC_FLAGS(struct shelved, schema_version, REC_INT, REC_ZERO_NULL),
        REC_FLAGS(struct shelved, total_rows, REC_INT, REC_ZERO_NULL),
        REC(struct shelved, digest, REC_TEXT),
        REC(struct shelved, only_user, REC_TEXT),
        REC(struct shelved, verified_at, REC_AT),
        REC(struct shelved, failure, REC_TEXT),
        REC(struct shelved, in_use, REC_BOOL),
};
const struct rec_desc shelved_desc = REC_DESC(struct shelved, fields);

static enum err admins_only(struct ctx *c)
{
	return right_to_all(c) ? OK : ctx_fail(c, ERR_FORBIDDEN, "", "Backups are for admins.");
}

/* ---- looking ---- */

enum err shelf_list(struct ctx *c, int64_t limit, int64_t offset, struct shelved **out, size_t *n,
                    int64_t *total)
{
	enum err e = admins_only(c);
	*n = 0;
	if (e)
		return e;
	*out = db_all(c->db, &sql_shelf_list, DB_ARGS(db_i(limit), db_i(offset)), c->arena, &shelved_desc, n,
	              &e);
	if (!e)
		e = db_one_int(c->db, &sql_shelf_count, DB_NOARGS, total);
	return e ? ctx_db_failed(c, e, "listing backups") : OK;
}

enum err shelf_get(struct ctx *c, int64_t id, struct shelved *out)
{
	enum err e = admins_only(c);
	if (e)
		return e;
	e = db_one(c->db, &sql_shelf_get, DB_ARGS(db_i(id)), c->arena, &shelved_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "", "There is no backup %lld.", (long long)id);
	return e ? ctx_db_failed(c, e, "reading a backup's row") : OK;
}

static const char *rest_of(struct ctx *c, struct str name)
{
	return arena_printf(c->arena, FOLDER "/%.*s", STR_ARG(name));
}

const char *shelf_path(struct ctx *c, const char *name)
{
	return storage_path(c->storage, c->arena, rest_of(c, str_of(name)));
}

enum err shelf_open(struct ctx *c, const struct shelved *s, int *fd, int64_t *size)
{
	struct stat st;
	enum err e = admins_only(c);
	*fd = -1;
	if (e)
		return e;
	*fd = openat(c->storage->dir_fd, rest_of(c, s->name), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (*fd >= 0 && fstat(*fd, &st) == 0 && S_ISREG(st.st_mode)) {
		*size = st.st_size;
		return OK;
	}
	int why = *fd >= 0 ? ENOENT : errno;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return why == ENOENT || why == ELOOP
	               ? ctx_fail(c, ERR_NOT_FOUND, "", "The file of this backup is not there any more.")
	               : ctx_fail(c, storage_errno(why), "", "The backup's file cannot be opened: %s.",
	                          strerror(why));
}

/* ---- coming and going ---- */

const char *shelf_name(struct ctx *c, const char *what, int64_t at, const char *digits)
{
	time_t t = (time_t)at;
	char stamp[32];
	struct tm utc;
	gmtime_r(&t, &utc);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M", &utc);
	return arena_printf(c->arena, "%s-%s-%s.zip", what, stamp, digits);
}

enum err shelf_opened(struct ctx *c, int64_t id, const struct backup *b)
{
	enum err e = db_run(c->db, &sql_shelf_known_whole,
	                    DB_ARGS(db_i(b->size), db_t(b->sha256), db_i(b->is_encrypted), db_i0(b->created_at),
	                            db_t(b->app_version), db_i(b->schema_version), db_i(b->rows),
	                            db_t(b->digest), db_t0(b->only_user), db_i(ctx_now(c)), db_i(id)));
	return e ? ctx_db_failed(c, e, "writing a backup's row") : OK;
}

enum err shelf_add(struct ctx *c, const char *name, const char *origin, int64_t user_id, int64_t size,
                   const struct backup *b, int64_t *id)
{
	enum err e =
	        db_one_int(c->db, &sql_shelf_add,
	                   DB_ARGS(db_z(name), db_z(origin), db_i0(user_id), db_i(ctx_now(c)), db_i(size)), id);
	if (e)
		return ctx_db_failed(c, e, "putting a backup on the list");
	return b ? shelf_opened(c, *id, b) : OK;
}

static enum err take_in(struct ctx *c, const char *name, int64_t size, struct shelved *out)
{
	int64_t id;
	enum err e = shelf_add(c, name, "upload", c->actor.user_id, size, NULL, &id);
	if (!e)
		e = audit_addf(c, "backup.upload", str_of(name), "%lld bytes", (long long)size);
	return e ? e : shelf_get(c, id, out);
}

enum err shelf_take_upload(struct ctx *c, const char *rest, struct shelved *out)
{
	int dir = c->storage->dir_fd;
	char digits[9];
	struct stat st;
	enum err e = admins_only(c);
	if (e)
		return e;
	rand_hex(digits, 4);
	const char *name = shelf_name(c, "uploaded", ctx_now(c), digits);
	if (fstatat(dir, rest, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !move_file(dir, rest, dir, rest_of(c, str_of(name))))
		return ctx_fail(c, storage_errno(errno), "file", "The file could not be kept: %s.",
		                strerror(errno));
	e = ctx_begin(c, "taking an uploaded backup");
	if (!e)
		e = ctx_end(c, take_in(c, name, st.st_size, out), "taking an uploaded backup");
	if (e)
		storage_remove(c->storage, rest_of(c, str_of(name)));
	return e;
}

/* In a transaction. The file goes before its row is gone for good. */
static enum err remove_one(struct ctx *c, int64_t id)
{
	struct shelved s;
	enum err e = shelf_get(c, id, &s);
	if (e)
		return e;
	if (s.in_use)
		return ctx_fail(c, ERR_CONFLICT, "", "A job uses this backup: wait for its end, or cancel it.");
	e = db_run(c->db, &sql_shelf_delete, DB_ARGS(db_i(id)));
	if (e)
		return ctx_db_failed(c, e, "removing a backup");
	e = audit_add(c, "backup.remove", s.name, s.sha256.n ? s.sha256 : STR(""));
	if (!e && unlinkat(c->storage->dir_fd, rest_of(c, s.name), 0) < 0 && errno != ENOENT)
		e = ctx_fail(c, storage_errno(errno), "", "The backup's file cannot be removed: %s.",
		             strerror(errno));
	return e;
}

enum err shelf_remove(struct ctx *c, int64_t id)
{
	enum err e = ctx_begin(c, "removing a backup");
	return e ? e : ctx_end(c, remove_one(c, id), "removing a backup");
}

void shelf_forget(struct ctx *c, const char *name)
{
	unlinkat(c->storage->dir_fd, rest_of(c, str_of(name)), 0);
	db_run(c->db, &sql_shelf_forget, DB_ARGS(db_z(name)));
}

/* ---- reading one ---- */

static enum err write_down(struct ctx *c, const struct db_sql *q, size_t n, const struct db_val *args)
{
	enum err e = db_run(c->db, q, n, args);
	return e ? ctx_db_failed(c, e, "writing down how a backup is") : OK;
}

static enum err damaged(struct ctx *c, const struct shelved *s, const char *why)
{
	enum err e = write_down(c, &sql_shelf_failed, DB_ARGS(db_z(why), db_i(s->id)));
	return e ? e : ctx_fail(c, ERR_INVALID, "file", "%s", why);
}

/* Of one that cannot be opened: whether its bytes are those that they were. */
static enum err verify_sum(struct ctx *c, const struct shelved *s, int fd)
{
	struct str sum = {NULL, 0};
	int64_t size;
	enum err e = archive_sum(c, fd, &sum, &size);
	if (e)
		return e;
	if (s->sha256.n && !str_eq(s->sha256, sum))
		return damaged(c, s, OTHER_BYTES);
	if (s->made_at)
		return write_down(c, &sql_shelf_read, DB_ARGS(db_i(ctx_now(c)), db_i(s->id)));
	e = write_down(c, &sql_shelf_closed, DB_ARGS(db_i(size), db_t(sum), db_i(s->id)));
	return e ? e
	         : ctx_fail(c, ERR_INVALID, "passphrase",
	                    "The backup is encrypted: it can be verified with its passphrase alone.");
}

/* It was opened, or is damaged, or `e` says something of the passphrase. */
static enum err judge(struct ctx *c, const struct shelved *s, enum err e, const struct backup *b)
{
	if (e == ERR_INVALID && !str_eqz(STR("passphrase"), c->fault.field))
		return damaged(c, s, arena_printf(c->arena, "%s", c->fault.message));
	if (e)
		return e;
	return s->sha256.n && !str_eq(s->sha256, b->sha256) ? damaged(c, s, OTHER_BYTES)
	                                                    : shelf_opened(c, s->id, b);
}

enum err shelf_verify(struct ctx *c, const struct shelved *s, struct str passphrase)
{
	struct backup b;
	int64_t size;
	int fd;
	enum err e = shelf_open(c, s, &fd, &size);
	if (e == ERR_NOT_FOUND)
		return damaged(c, s, "Its file is not there any more.");
	if (e)
		return e;
	bool sum_only = s->is_encrypted && !passphrase.n;
	if (!sum_only) {
		e = backup_check(c, fd, passphrase, &b);
		sum_only = e == ERR_INVALID && !passphrase.n && str_eqz(STR("passphrase"), c->fault.field);
	}
	e = sum_only ? verify_sum(c, s, fd) : judge(c, s, e, &b);
	close(fd);
	return e;
}

/* ---- the folder ---- */

static DIR *open_folder(struct ctx *c)
{
	int fd = openat(c->storage->dir_fd, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d && fd >= 0)
		close(fd);
	return d;
}

void shelf_sweep(struct ctx *c, const char *prefix)
{
	DIR *d = open_folder(c);
	for (struct dirent *x; d && (x = readdir(d));)
		if (str_starts(str_of(x->d_name), str_of(prefix)))
			shelf_forget(c, x->d_name);
	if (d)
		closedir(d);
}

/* What is not on the list yet comes onto it. */
static enum err look_at(struct ctx *c, int folder, const char *name)
{
	const struct str s = str_of(name);
	struct stat st;
	int64_t known, id;
	if (name[0] == '.' || !str_ends(s, STR(".zip")) ||
	    fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return OK;
	enum err e = db_one_int(c->db, &sql_shelf_known, DB_ARGS(db_z(name)), &known);
	if (e || known)
		return e;
	return shelf_add(c, name, str_starts(s, STR("before-restore-")) ? "restore" : "person", 0, st.st_size,
	                 NULL, &id);
}

enum err shelf_look(struct ctx *c)
{
	archive_sweep(c);
	DIR *d = open_folder(c);
	int64_t busy = 0;
	/* what a job writes is its own to put on the list */
	enum err e = db_one_int(c->db, &sql_shelf_busy, DB_NOARGS, &busy);
	for (struct dirent *x; d && !e && !busy && (x = readdir(d));)
		e = look_at(c, dirfd(d), x->d_name);
	if (d)
		closedir(d);
	return e ? ctx_db_failed(c, e, "looking for backups") : OK;
}
