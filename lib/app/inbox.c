/* inbox: see inbox.h. Folders are opened once and names are followed from them, never through a symbolic link.
 * Each file gets the memory of an arena of its own. */
#include "app/inbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/import.h"
#include "app/job_run.h"
#include "app/move.h"
#include "app/setting.h"
#include "app/storage.h"
#include "app/upload.h"
#include "app/user.h"
#include "base/rand.h"
#include "codec/utf8.h"
#include "db/db.h"

#define ARENA_LIMIT (64u << 20)
#define LOOK_MAX    500 /* files a look: the others have their turn when these are gone */
#define CLASHES_MAX 1000
#define STEM_MAX    200 /* bytes of a refused file's name that are kept: others come behind it */
#define NOTE_MAX    4096
#define REFUSED     "refused"

SQL(inbox_rows, "SELECT path, signature, file_path FROM inbox ORDER BY path LIMIT ?");
SQL(inbox_get, "SELECT signature, seen_at FROM inbox WHERE path = ?");
SQL(inbox_see, "INSERT INTO inbox (path, signature, seen_at) VALUES (?, ?, ?) ON CONFLICT (path) DO UPDATE "
               "SET signature = excluded.signature, seen_at = excluded.seen_at");
SQL(inbox_take, "UPDATE inbox SET file_path = ? WHERE path = ?");
SQL(inbox_forget, "DELETE FROM inbox WHERE path = ?");

struct look {
	struct ctx *c;
	int inbox_fd;
	int64_t settle;
	int left; /* files that may still be looked at */
};

/* A file of the inbox: "NAME" or "PRESET/NAME". */
struct drop {
	struct str path;      /* the row's key */
	struct str signature; /* as it was when it was first seen so */
	const char *folder;   /* the preset's; "": the inbox itself */
	const char *name;
};

/* ---- looking at one ---- */

static int open_folder(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int drop_folder(const struct look *l, const struct drop *d)
{
	return d->folder[0] ? open_folder(l->inbox_fd, d->folder)
	                    : fcntl(l->inbox_fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/* All that a writer changes. Compared, never read. */
static struct str signature_of(struct arena *a, const struct stat *st)
{
	return str_of(arena_printf(a, "%llu %lld %lld.%09ld %lld.%09ld", (unsigned long long)st->st_ino,
	                           (long long)st->st_size, (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
	                           (long long)st->st_ctim.tv_sec, st->st_ctim.tv_nsec));
}

static bool is_candidate(int folder_fd, const char *name, struct stat *st)
{
	static const char *const unfinished[] = {".part", ".filepart", ".tmp", ".crdownload", "~"};
	for (size_t i = 0; i < sizeof(unfinished) / sizeof(unfinished[0]); i++)
		if (str_ends(str_of(name), str_of(unfinished[i])))
			return false;
	return name[0] != '.' && fstatat(folder_fd, name, st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st->st_mode) && st->st_nlink == 1;
}

/* Whether somebody has the file open for writing; false also where nobody can tell. Should one open it at this
 * very moment, the kernel's word about the lease is a signal that does nothing. */
static bool being_written(int folder_fd, const char *name)
{
	int fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	fcntl(fd, F_SETSIG, SIGURG);
	bool busy = fcntl(fd, F_SETLEASE, F_RDLCK) < 0 && errno == EAGAIN;
	fcntl(fd, F_SETLEASE, F_UNLCK);
	close(fd);
	return busy;
}

/* ---- refusing ---- */

/* Its name in inbox/refused: the file's own, or with a number where that is taken. */
static const char *refused_name(struct arena *a, const char *name, int n)
{
	struct str s = str_of(name);
	size_t dot = s.n;
	while (dot > 0 && s.p[dot - 1] != '.')
		dot--;
	struct str end = dot > 1 && s.n - dot < 16 ? str_sub(s, dot - 1, s.n) : STR("");
	struct str stem = str_sub(s, 0, s.n - end.n);
	stem = str_sub(stem, 0, STEM_MAX);
	return n == 1 ? arena_printf(a, "%.*s%.*s", STR_ARG(stem), STR_ARG(end))
	              : arena_printf(a, "%.*s-%d%.*s", STR_ARG(stem), n, STR_ARG(end));
}

/* Whether the text is under that name, by now or since a death between it and its file. */
static bool put_note(struct ctx *c, int folder_fd, const char *note, struct str text, const char *file_path)
{
	struct str there;
	struct str id = str_sub(str_of(file_path), 0, strlen(file_path) - strlen(".csv"));
	const char *draft = arena_printf(c->arena, "%.*s.txt", STR_ARG(id));
	const char *place = arena_printf(c->arena, "inbox/" REFUSED "/%s", note);
	if (storage_get(c->storage, c->arena, place, NOTE_MAX, &there) == OK && str_eq(there, text))
		return true;
	return storage_put(c->storage, draft, text, 0600, &c->fault) == OK &&
	       move_file(c->storage->dir_fd, draft, folder_fd, note);
}

/* The text comes first: a file in the folder is never without it. */
static enum err put_refused(const struct look *l, int folder_fd, const struct drop *d, const char *file_path,
                            const char *why)
{
	struct ctx *c = l->c;
	struct stat st;
	struct str shown = utf8_line(c->arena, str_of(d->name));
	struct str text = str_of(arena_printf(c->arena,
	                                      "%.*s was not imported.\n\n%s\n\n"
	                                      "Put it right, then put it into the inbox folder again.\n",
	                                      STR_ARG(shown), why));
	for (int n = 1; n <= CLASHES_MAX; n++) {
		const char *name = refused_name(c->arena, d->name, n);
		const char *note = arena_printf(c->arena, "%s.txt", name);
		if (fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		if (put_note(c, folder_fd, note, text, file_path) &&
		    move_file(c->storage->dir_fd, file_path, folder_fd, name))
			return OK;
		if (errno != EEXIST)
			return ctx_fail(c, storage_errno(errno), "file",
			                "%.*s cannot be moved to inbox/" REFUSED ": %s.", STR_ARG(shown),
			                strerror(errno));
	}
	return ctx_fail(c, ERR_CONFLICT, "file", "inbox/" REFUSED " holds too many files called %.*s.",
	                STR_ARG(shown));
}

static enum err refuse(const struct look *l, const struct drop *d, const char *file_path)
{
	struct ctx *c = l->c;
	const char *why = arena_printf(c->arena, "%s", c->fault.message);
	log_event(&c->log, LOG_WARN, "inbox", LOG_Z("result", "refused"),
	          LOG_STR("file", utf8_line(c->arena, d->path)), LOG_Z("why", why));
	mkdirat(l->inbox_fd, REFUSED, 0700);
	int fd = open_folder(l->inbox_fd, REFUSED);
	if (fd < 0)
		return ctx_fail(c, ERR_IO, "", "inbox/" REFUSED " cannot be opened: %s.", strerror(errno));
	enum err e = put_refused(l, fd, d, file_path, why);
	close(fd);
	return e ? e : db_run(c->db, &sql_inbox_forget, DB_ARGS(db_b(d->path)));
}

/* ---- taking ---- */

static enum err queue(const struct look *l, const struct drop *d, const struct job *wanted)
{
	struct ctx *c = l->c;
	struct job j;
	enum err e = db_begin(c->db);
	if (!e)
		e = job_queue(c, wanted, &j);
	if (!e)
		e = db_run(c->db, &sql_inbox_forget, DB_ARGS(db_b(d->path)));
	if (!e)
		e = db_commit(c->db);
	if (e) {
		db_rollback(c->db);
		return e;
	}
	log_event(&c->log, LOG_INFO, "inbox", LOG_Z("result", "taken"),
	          LOG_STR("file", utf8_line(c->arena, d->path)), LOG_STR("batch", j.batch_id));
	return OK;
}

/* Whether the file may be imported, and as what. `why`: the errno of its opening. */
static enum err admit(const struct look *l, const struct drop *d, int fd, int why, const char *file_path,
                      struct job *wanted)
{
	struct ctx *c = l->c;
	struct import_options o = {
	        .filename = str_of(d->name), .type = STR("auto"), .preset = str_of(d->folder)};
	struct stat st;
	enum err e = OK;
	if (fd < 0)
		e = ctx_fail(
		        c, why == EACCES ? ERR_INVALID : ERR_IO, "file",
		        "The file cannot be read (%s). Let the account that owns the storage folder read it.",
		        strerror(errno));
	else if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		e = ctx_fail(c, ERR_INVALID, "file", "This is no plain file.");
	if (!e)
		e = upload_check_size(c, st.st_size);
	if (!e)
		e = import_admit(c, &o, fd, str_of(file_path), wanted);
	wanted->origin = str_of(d->folder[0] ? arena_printf(c->arena, "inbox/%s", d->folder) : "inbox");
	return e;
}

/* A copy to another file system may have left the file here, too. Not imported before it is gone: it would come
 * again. */
static enum err drop_source(const struct look *l, const struct drop *d)
{
	struct stat st;
	int fd = drop_folder(l, d);
	bool gone = true;
	if (fd >= 0 && is_candidate(fd, d->name, &st) && str_eq(signature_of(l->c->arena, &st), d->signature))
		gone = unlinkat(fd, d->name, 0) == 0 && fsync(fd) == 0;
	enum err e = gone ? OK
	                  : ctx_fail(l->c, ERR_IO, "file", "The file cannot be taken out of its folder: %s.",
	                             strerror(errno));
	if (fd >= 0)
		close(fd);
	return e;
}

/* Step 3 of inbox.h, for a file that has been moved, now or before a death. */
static enum err finish(const struct look *l, const struct drop *d, const char *file_path)
{
	struct ctx *c = l->c;
	struct job wanted = {0};
	int fd = openat(c->storage->dir_fd, file_path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int why = fd < 0 ? errno : 0;
	if (why == ENOENT) /* it was never moved, or is refused already */
		return db_run(c->db, &sql_inbox_take, DB_ARGS(db_null(), db_b(d->path)));
	enum err e = drop_source(l, d);
	if (!e)
		e = admit(l, d, fd, why, file_path, &wanted);
	if (fd >= 0)
		close(fd);
	if (e == OK)
		return queue(l, d, &wanted);
	return err_info(e)->again || e == ERR_CORRUPT ? e : refuse(l, d, file_path);
}

static enum err take(const struct look *l, const struct drop *d, int folder_fd)
{
	struct ctx *c = l->c;
	char id[33];
	rand_hex(id, 16);
	const char *file_path = arena_printf(c->arena, "uploads/%s.csv", id);
	int to = open_folder(c->storage->dir_fd, "uploads");
	enum err e = to < 0 ? ERR_IO : OK;
	if (!e)
		e = db_run(c->db, &sql_inbox_take, DB_ARGS(db_z(file_path), db_b(d->path)));
	if (!e && !move_file(folder_fd, d->name, to, strchr(file_path, '/') + 1))
		e = ctx_fail(c, storage_errno(errno), "file", "The file cannot be moved into uploads: %s.",
		             strerror(errno));
	if (to >= 0)
		close(to);
	return e ? e : finish(l, d, file_path);
}

/* ---- looking at all ---- */

static void fresh(struct ctx *c)
{
	arena_reset(c->arena);
	setting_forget(c);
	c->fault = (struct fault){0};
}

static void report(const struct look *l, const struct drop *d, enum err e)
{
	if (e)
		log_event(&l->c->log, LOG_WARN, "inbox", LOG_Z("result", err_info(e)->slug),
		          LOG_STR("file", utf8_line(l->c->arena, d->path)), LOG_Z("why", l->c->fault.message));
}

static enum err look_at(const struct look *l, int folder_fd, const struct drop *d)
{
	struct ctx *c = l->c;
	struct db_cur cur;
	int64_t now = ctx_now(c), since = -1;
	db_query(c->db, &cur, &sql_inbox_get, DB_ARGS(db_b(d->path)));
	if (db_next(&cur) && str_eq(db_text(&cur, 0), d->signature))
		since = db_int(&cur, 1);
	enum err e = db_done(&cur);
	if (e)
		return ctx_db_failed(c, e, "looking at the inbox");
	if (since < 0 || since > now) { /* new or changed; or the clock was put back */
		e = db_run(c->db, &sql_inbox_see, DB_ARGS(db_b(d->path), db_t(d->signature), db_i(now)));
		return e ? ctx_db_failed(c, e, "looking at the inbox") : OK;
	}
	if (now - since < l->settle || being_written(folder_fd, d->name))
		return OK;
	return take(l, d, folder_fd);
}

/* The files of one folder. */
static void look_into(struct look *l, int folder_fd, const char *folder)
{
	int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir && fd >= 0)
		close(fd);
	for (struct dirent *e; dir && l->left > 0 && (e = readdir(dir));) {
		struct stat st;
		if (!is_candidate(folder_fd, e->d_name, &st))
			continue;
		l->left--;
		fresh(l->c);
		struct arena *a = l->c->arena;
		struct drop d = {.signature = signature_of(a, &st), .folder = folder, .name = e->d_name};
		d.path = str_of(arena_printf(a, "%s%s%s", folder, folder[0] ? "/" : "", e->d_name));
		report(l, &d, look_at(l, folder_fd, &d));
	}
	if (dir)
		closedir(dir);
}

static void look_into_presets(struct look *l)
{
	int fd = openat(l->inbox_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir && fd >= 0)
		close(fd);
	for (struct dirent *e; dir && l->left > 0 && (e = readdir(dir));) {
		if (e->d_name[0] == '.' || strcmp(e->d_name, REFUSED) == 0)
			continue;
		int folder_fd = open_folder(l->inbox_fd, e->d_name); /* fails for what is no folder */
		if (folder_fd < 0)
			continue;
		look_into(l, folder_fd, e->d_name);
		close(folder_fd);
	}
	if (dir)
		closedir(dir);
}

/* What earlier looks left behind: files on their way go on; those that somebody took away are forgotten. */
static enum err go_on(const struct look *l, struct arena *rows)
{
	struct ctx *c = l->c;
	struct drop *d = ARENA_ARRAY(rows, struct drop, LOOK_MAX);
	const char **file_path = ARENA_ARRAY(rows, const char *, LOOK_MAX);
	struct db_cur cur;
	struct stat st;
	size_t n = 0;
	db_query(c->db, &cur, &sql_inbox_rows, DB_ARGS(db_i(LOOK_MAX)));
	while (n < LOOK_MAX && db_next(&cur)) {
		struct str path = arena_str(rows, db_text(&cur, 0)), rest = path;
		struct str first = str_cut(&rest, '/');
		d[n] = (struct drop){.path = path,
		                     .signature = arena_str(rows, db_text(&cur, 1)),
		                     .folder = rest.p ? arena_strz(rows, first) : "",
		                     .name = rest.p ? rest.p : path.p};
		file_path[n++] = db_is_null(&cur, 2) ? NULL : arena_strz(rows, db_text(&cur, 2));
	}
	enum err e = db_done(&cur);
	for (size_t i = 0; i < n; i++) {
		fresh(c);
		if (file_path[i])
			report(l, &d[i], finish(l, &d[i], file_path[i]));
		else if (fstatat(l->inbox_fd, d[i].path.p, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
			db_run(c->db, &sql_inbox_forget, DB_ARGS(db_b(d[i].path)));
	}
	return e ? ctx_db_failed(c, e, "looking at the inbox") : OK;
}

/* ---- one look ---- */

static enum err look(struct ctx *c, int inbox_fd)
{
	struct arena *mine = c->arena, *rows = arena_new(ARENA_LIMIT);
	struct actor before = c->actor;
	struct user owner;
	struct look l = {.c = c, .inbox_fd = inbox_fd, .left = LOOK_MAX};
	enum err e = user_first_admin(c, &owner);
	if (!e) {
		l.settle = setting_int(c, SETTING_inbox_settle_seconds);
		owner.email = arena_str(rows, owner.email);
		owner.name = arena_str(rows, owner.name);
		c->actor = user_actor(&owner);
		c->arena = arena_new(ARENA_LIMIT);
		e = go_on(&l, rows);
		if (!e) {
			look_into(&l, inbox_fd, "");
			look_into_presets(&l);
		}
		arena_free(c->arena);
		c->arena = mine;
		setting_forget(c);
		c->actor = before;
	}
	arena_free(rows);
	c->fault = (struct fault){0};
	return e == ERR_NOT_FOUND ? OK : e; /* nobody is there yet who could own an import */
}

enum err inbox_look(struct ctx *c)
{
	int dir = c->storage->dir_fd;
	int lock = openat(dir, "run/inbox.lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	enum err e = OK;
	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0) {
		mkdirat(dir, "inbox", 0700); /* in a storage folder that is older than it */
		int fd = openat(dir, "inbox", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0) {
			e = look(c, fd);
			close(fd);
		}
	}
	if (lock >= 0)
		close(lock);
	return e;
}
