/* upload: see upload.h. */
#include "app/upload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/setting.h"
#include "app/storage.h"
#include "base/rand.h"
#include "codec/utf8.h"
#include "db/db.h"

SQL(upload_insert, "INSERT INTO uploads (id, user_id, filename, size, created_at) VALUES (?, ?, ?, ?, ?)");
SQL(upload_find, "SELECT filename, size FROM uploads WHERE id = ? AND user_id = ?");
SQL(upload_delete, "DELETE FROM uploads WHERE id = ?");
SQL(upload_is_used, "SELECT (SELECT COUNT(*) FROM jobs WHERE file_path = ?) + "
                    "(SELECT COUNT(*) FROM inbox WHERE file_path = ?)");
SQL(upload_expire, "DELETE FROM uploads WHERE created_at < ?");

static const char *part_path(struct ctx *c, const struct upload *u)
{
	return arena_printf(c->arena, "uploads/%.*s.part", STR_ARG(u->id));
}

static enum err file_failed(struct ctx *c, const char *doing)
{
	int err = errno;
	enum err e = storage_errno(err);
	log_event(&c->log, LOG_ERROR, "upload", LOG_Z("doing", doing), LOG_Z("error", strerror(err)));
	if (e == ERR_FULL)
		return ctx_fail(c, e, "file",
		                "There is no room left on the disk for this file. Nothing of it was kept.");
	return ctx_fail(c, e, "file", "The file could not be stored (%s).", strerror(err));
}

static int64_t size_limit(struct ctx *c)
{
	return setting_int(c, SETTING_upload_max_mib) * 1024 * 1024;
}

static enum err check_size(struct ctx *c, int64_t size, int64_t limit)
{
	if (size <= limit)
		return OK;
	return ctx_fail(
	        c, ERR_TOO_LARGE, "file",
	        "The file is larger than the limit of %lld MiB. Split it, or ask the admin to raise the limit.",
	        (long long)(limit >> 20));
}

enum err upload_check_size(struct ctx *c, int64_t size)
{
	if (size == 0)
		return ctx_fail(c, ERR_INVALID, "file", "The file is empty.");
	return check_size(c, size, size_limit(c));
}

enum err upload_begin(struct ctx *c, struct str filename, int64_t size, bool resumable, struct upload *out)
{
	char id[33];
	int64_t limit = size_limit(c);
	enum err e = size > 0 ? check_size(c, size, limit) : OK;
	if (e)
		return e;
	if (resumable && size <= 0)
		return ctx_fail(c, ERR_INVALID, "size", "The file is empty.");
	rand_hex(id, 16);
	filename = arena_str(c->arena, utf8_cut(utf8_line(c->arena, filename), 255));
	if (!filename.n)
		filename = STR("unnamed.csv");
	*out = (struct upload){arena_str(c->arena, str_of(id)), filename, size > 0 ? size : -1, 0, limit, -1};
	out->fd = openat(c->storage->dir_fd, part_path(c, out),
	                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out->fd < 0)
		return file_failed(c, "opening");
	if (resumable) {
		e = db_run(c->db, &sql_upload_insert,
		           DB_ARGS(db_t(out->id), db_i(c->actor.user_id), db_t(filename), db_i(size),
		                   db_i(ctx_now(c))));
		if (e) {
			upload_abort(c, out);
			return ctx_db_failed(c, e, "starting an upload");
		}
	}
	return OK;
}

static bool id_fine(struct str id)
{
	bool ok = id.n == 32;
	for (size_t i = 0; i < id.n && ok; i++)
		ok = (id.p[i] >= '0' && id.p[i] <= '9') || (id.p[i] >= 'a' && id.p[i] <= 'f');
	return ok;
}

enum err upload_resume(struct ctx *c, struct str id, struct upload *out)
{
	struct db_cur cur;
	struct stat st;
	*out = (struct upload){.fd = -1, .limit = size_limit(c)};
	if (!id_fine(id))
		return ctx_fail(c, ERR_NOT_FOUND, "id", "There is no such upload.");
	db_query(c->db, &cur, &sql_upload_find, DB_ARGS(db_t(id), db_i(c->actor.user_id)));
	if (db_next(&cur)) {
		out->id = arena_str(c->arena, id);
		out->filename = arena_str(c->arena, db_text(&cur, 0));
		out->size = db_int(&cur, 1);
	}
	enum err e = db_done(&cur);
	if (e)
		return ctx_db_failed(c, e, "looking for an upload");
	if (!out->id.n)
		return ctx_fail(c, ERR_NOT_FOUND, "id", "There is no such upload.");
	out->fd = openat(c->storage->dir_fd, part_path(c, out), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (out->fd < 0 || fstat(out->fd, &st) < 0)
		return ctx_fail(c, ERR_NOT_FOUND, "id", "There is no such upload.");
	out->received = st.st_size;
	return OK;
}

enum err upload_hold(struct ctx *c, struct str id, struct upload *out)
{
	struct stat st, named;
	enum err e = upload_resume(c, id, out);
	if (!e && flock(out->fd, LOCK_EX | LOCK_NB) < 0)
		e = ctx_fail(c, ERR_CONFLICT, "", "Another request is writing this upload.");
	/* looked at again, now that nobody else changes it: it may have been finished meanwhile */
	if (!e && (fstat(out->fd, &st) < 0 ||
	           fstatat(c->storage->dir_fd, part_path(c, out), &named, AT_SYMLINK_NOFOLLOW) < 0 ||
	           named.st_ino != st.st_ino))
		e = ctx_fail(c, ERR_NOT_FOUND, "id", "There is no such upload.");
	if (e)
		upload_close(out);
	else
		out->received = st.st_size;
	return e;
}

enum err upload_write(struct ctx *c, struct upload *u, const char *p, size_t n)
{
	enum err e = check_size(c, u->received + (int64_t)n, u->limit);
	if (e)
		return e;
	if (u->size >= 0 && u->received + (int64_t)n > u->size)
		return ctx_fail(c, ERR_TOO_LARGE, "file", "More bytes came than the %lld that were announced.",
		                (long long)u->size);
	while (n) {
		ssize_t wrote = pwrite(u->fd, p, n, u->received);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return file_failed(c, "writing");
		p += wrote;
		n -= (size_t)wrote;
		u->received += wrote;
	}
	return OK;
}

enum err upload_sync(struct ctx *c, struct upload *u)
{
	return fsync(u->fd) < 0 ? file_failed(c, "syncing") : OK;
}

static enum err keep(struct ctx *c, struct upload *u, struct str *rest)
{
	const char *to = arena_printf(c->arena, "uploads/%.*s.csv", STR_ARG(u->id));
	int folder = openat(c->storage->dir_fd, "uploads", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = folder >= 0 && fsync(u->fd) == 0 &&
	          renameat(c->storage->dir_fd, part_path(c, u), c->storage->dir_fd, to) == 0 &&
	          fsync(folder) == 0;
	enum err e = ok ? OK : file_failed(c, "keeping");
	if (folder >= 0)
		close(folder);
	*rest = str_of(to);
	return e;
}

enum err upload_finish(struct ctx *c, struct upload *u, struct str *rest)
{
	if (u->size >= 0 && u->received < u->size)
		return ctx_fail(c, ERR_CONFLICT, "file", "Only %lld of %lld bytes have arrived.",
		                (long long)u->received, (long long)u->size);
	enum err e = upload_check_size(c, u->received);
	if (!e)
		e = keep(c, u, rest);
	if (e) {
		upload_abort(c, u);
		return e;
	}
	upload_close(u);
	/* the row has served; the file is the job's from now on */
	db_run(c->db, &sql_upload_delete, DB_ARGS(db_t(u->id)));
	return OK;
}

void upload_abort(struct ctx *c, struct upload *u)
{
	if (!u->id.n)
		return;
	upload_close(u);
	unlinkat(c->storage->dir_fd, part_path(c, u), 0);
	db_run(c->db, &sql_upload_delete, DB_ARGS(db_t(u->id)));
}

void upload_close(struct upload *u)
{
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
}

/* A file that is of no job: what came between an upload's end and its job, or between a clean-up and its end.
 * On doubt it is used. */
static bool is_used(struct ctx *c, const char *folder, const char *name)
{
	int64_t jobs = 0;
	struct str path = str_of(arena_printf(c->arena, "%s/%s", folder, name));
	return db_one_int(c->db, &sql_upload_is_used, DB_ARGS(db_t(path), db_t(path)), &jobs) != OK || jobs > 0;
}

enum err upload_sweep(struct ctx *c, const char *folder, int64_t older_than_at, int64_t *removed)
{
	int fd = openat(c->storage->dir_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return file_failed(c, "listing");
	}
	for (struct dirent *e; (e = readdir(d));) {
		struct stat st;
		if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    st.st_mtime < older_than_at &&
		    (str_ends(str_of(e->d_name), STR(".part")) || !is_used(c, folder, e->d_name)) &&
		    unlinkat(fd, e->d_name, 0) == 0)
			++*removed;
	}
	closedir(d);
	return OK;
}

enum err upload_clean(struct ctx *c, int64_t older_than_at, int64_t *removed)
{
	*removed = 0;
	enum err e = upload_sweep(c, "uploads", older_than_at, removed);
	if (e)
		return e;
	e = db_run(c->db, &sql_upload_expire, DB_ARGS(db_i(older_than_at)));
	return e ? ctx_db_failed(c, e, "clearing old uploads") : OK;
}
