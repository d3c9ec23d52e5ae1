/*
 * storage: see storage.h.
 *
 * The folder's path is resolved once (realpath), because SQLite's NOFOLLOW refuses a path with a symbolic link
 * anywhere in it; inside the folder nothing is ever followed.
 */
#include "app/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/seal.h"
#include "app/shared.h"
#include "base/buf.h"
#include "base/rand.h"
#include "db/db.h"
#include "db/migrate.h"

#define CONFIG_MAX 65536

static const char *const folders[] = {"keys", "uploads", "exports", "backups", "logs", "run", "inbox"};

enum err storage_errno(int err)
{
	switch (err) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_FULL;
	case ENOENT:
		return ERR_NOT_FOUND;
	}
	return ERR_IO;
}

const char *storage_path(const struct storage *s, struct arena *a, const char *rest)
{
	return arena_printf(a, "%.*s/%s", STR_ARG(s->dir), rest);
}

/* ---- configuration ---- */

static enum err config_pair(struct config *k, struct arena *a, struct str key, struct str value, int line,
                            struct fault *f)
{
	if (str_eqz(key, "mode")) {
		if (!str_eqz(value, "development") && !str_eqz(value, "production"))
			return fault_set(f, ERR_INVALID, "mode",
			                 "wattledger.conf, line %d: mode is development or production.", line);
		k->development = str_eqz(value, "development");
		return OK;
	}
	if (str_eqz(key, "base_url")) {
		struct str rest = value;
		if (!str_starts(value, STR("http://")) && !str_starts(value, STR("https://")))
			return fault_set(
			        f, ERR_INVALID, "base_url",
			        "wattledger.conf, line %d: base_url begins with https:// (or http://).", line);
		while (str_ends(rest, STR("/")))
			rest.n--;
		k->base_url = arena_str(a, rest);
		rest = str_sub(k->base_url, (size_t)str_search(rest, STR("://")) + 3, k->base_url.n);
		ptrdiff_t slash = str_find(rest, '/');
		k->base_path = slash < 0 ? STR("") : str_sub(rest, (size_t)slash, rest.n);
		return OK;
	}
	return fault_set(f, ERR_INVALID, "", "wattledger.conf, line %d: there is no setting called %.*s.", line,
	                 STR_ARG(str_sub(key, 0, 40)));
}

static enum err config_read(const struct storage *s, struct arena *a, struct config *k, struct fault *f)
{
	struct str text;
	*k = (struct config){.base_path = STR("")};
	enum err e = storage_get(s, a, "wattledger.conf", CONFIG_MAX, &text);
	if (e == ERR_NOT_FOUND)
		return OK;
	if (e)
		return fault_set(f, e, "", "wattledger.conf cannot be read.");
	for (int line = 1; text.p; line++) {
		struct str row = str_trim(str_cut(&text, '\n'));
		if (row.n == 0 || row.p[0] == '#')
			continue;
		struct str key = str_trim(str_cut(&row, '='));
		if (!row.p)
			return fault_set(f, ERR_INVALID, "",
			                 "wattledger.conf, line %d: write it as key = value.", line);
		e = config_pair(k, a, key, str_trim(row), line, f);
		if (e)
			return e;
	}
	return OK;
}

/* ---- the folder ---- */

static bool missing(const struct storage *s, const char *rest)
{
	struct stat st;
	return fstatat(s->dir_fd, rest, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT;
}

enum err storage_open(struct arena *a, const char *dir, struct storage *out, struct fault *f)
{
	char real[PATH_MAX];
	*out = (struct storage){.dir_fd = -1};
	if (!realpath(dir, real))
		return fault_set(f, ERR_NOT_FOUND, "storage",
		                 "There is no storage folder at %s. Make it with: wattledger --storage %s init",
		                 dir, dir);
	out->dir = arena_str(a, str_of(real));
	out->dir_fd = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out->dir_fd < 0)
		return fault_set(f, ERR_IO, "storage", "The storage folder %s cannot be opened.", real);
	/* nothing is ever put into a folder that somebody named by mistake */
	if (missing(out, "wattledger.conf") && missing(out, "keys/instance.key") &&
	    missing(out, "wattledger.db"))
		return fault_set(f, ERR_NOT_FOUND, "storage",
		                 "%s is no storage folder yet. Make it one with: wattledger --storage %s init",
		                 real, real);
	enum err e = config_read(out, a, &out->config, f);
	if (e)
		return e;
	struct str key;
	if (storage_get(out, a, "keys/instance.key", sizeof(out->key), &key) == OK &&
	    key.n == sizeof(out->key)) {
		memcpy(out->key, key.p, sizeof(out->key));
		out->has_key = true;
	}
	return OK;
}

void storage_close(struct storage *s)
{
	if (s->dir_fd >= 0)
		close(s->dir_fd);
	*s = (struct storage){.dir_fd = -1};
}

static enum err make_folder(int at, const char *name, struct fault *f)
{
	if (mkdirat(at, name, 0700) == 0 || errno == EEXIST)
		return OK;
	enum err e = storage_errno(errno);
	return fault_set(f, e == ERR_NOT_FOUND ? ERR_IO : e, "storage", "The folder %s cannot be made: %s.",
	                 name, strerror(errno));
}

static enum err init_files(const struct storage *s, struct arena *a, bool development, struct fault *f)
{
	enum err e = OK;
	if (missing(s, "keys/instance.key")) {
		char key[32];
		rand_bytes(key, sizeof(key));
		e = storage_put(s, "keys/instance.key", (struct str){key, sizeof(key)}, 0400, f);
	}
	if (!e && missing(s, SEAL_KEY_FILE)) {
		char line[SEAL_KEY_LINE];
		seal_new_key(line);
		e = storage_put(s, SEAL_KEY_FILE, str_of(line), 0400, f);
	}
	if (!e && missing(s, "wattledger.conf")) {
		const char *text = arena_printf(
		        a,
		        "# Wattledger's configuration: key = value. Everything else is set on the pages.\n"
		        "#\n# The address under which the program is reached, with its folder if it has one:\n"
		        "# base_url = https://energy.example/energy\n#\n"
		        "# production, or development (plain HTTP is allowed then, and every page says so):\n"
		        "mode = %s\n",
		        development ? "development" : "production");
		e = storage_put(s, "wattledger.conf", str_of(text), 0600, f);
	}
	return e;
}

enum err storage_init(struct arena *a, const char *dir, bool development, struct fault *f)
{
	enum err e = make_folder(AT_FDCWD, dir, f);
	if (e)
		return e;
	struct storage s = {.dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
	if (s.dir_fd < 0)
		return fault_set(f, ERR_IO, "storage", "The storage folder %s cannot be opened: %s.", dir,
		                 strerror(errno));
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && !e; i++)
		e = make_folder(s.dir_fd, folders[i], f);
	if (!e)
		e = init_files(&s, a, development, f);
	close(s.dir_fd);
	return e;
}

/* ---- the database ---- */

/* What a killed writer left half done is taken back by whoever opens the database for writing; one who opens it
 * for reading cannot. Failures show when it is read. */
static void recover(const struct storage *s, const char *path)
{
	struct stat st;
	struct db *db = NULL;
	int version;
	if (fstatat(s->dir_fd, "wattledger.db-journal", &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_size == 0 ||
	    db_open(path, DB_WORKER, &db, NULL) != OK)
		return;
	migrate_version(db, &version);
	db_close(db);
}

enum err storage_open_db(const struct storage *s, enum storage_use use, struct db **out, struct fault *f)
{
	char path[PATH_MAX];
	enum db_role role = DB_READER;
	switch (use) {
	case STORAGE_FOR_WEB:
		role = DB_WEB;
		break;
	case STORAGE_FOR_WORKER:
		role = DB_WORKER;
		break;
	case STORAGE_FOR_BULK:
		role = DB_BULK;
		break;
	case STORAGE_FOR_READING:
		role = DB_READER;
		break;
	}
	snprintf(path, sizeof(path), "%.*s/wattledger.db", STR_ARG(s->dir));
	*out = NULL;
	if (role == DB_READER)
		recover(s, path);
	enum err e = db_open(path, role, out, f);
	if (e == ERR_NOT_FOUND)
		return fault_set(f, ERR_UNAVAILABLE, "",
		                 "The database is not there yet: run wattledger migrate.");
	if (e)
		return e;
	int version = 0;
	e = migrate_version(*out, &version);
	if (!e && version > migrate_latest())
		e = fault_set(
		        f, ERR_UNAVAILABLE, "",
		        "The database is of version %d, this program knows %d: install the newer program.",
		        version, migrate_latest());
	else if (!e && version < migrate_latest())
		e = fault_set(
		        f, ERR_UNAVAILABLE, "",
		        "The database is of version %d and this program needs %d: run wattledger migrate.",
		        version, migrate_latest());
	else if (e)
		fault_set(f, e, "", "The database cannot be read: %s.", db_message(*out));
	if (e) {
		db_close(*out);
		*out = NULL;
	}
	return e;
}

void storage_read_begin(struct db *db)
{
	if (db)
		db_begin_read(db); /* a failure only costs the convenience */
}

void storage_read_end(struct db *db)
{
	if (db)
		db_commit(db);
}

void storage_close_db(struct db *db)
{
	db_close(db);
}

enum err storage_migrate(const struct storage *s, int *from, int *to, struct fault *f)
{
	char path[PATH_MAX];
	struct db *db = NULL;
	snprintf(path, sizeof(path), "%.*s/wattledger.db", STR_ARG(s->dir));
	enum err e = db_open(path, DB_CREATE, &db, f);
	if (e)
		return e;
	e = migrate_up(db, f, from, to);
	db_close(db);
	return e;
}

/* ---- small files ---- */

static enum err write_all(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return storage_errno(errno);
		s = str_sub(s, (size_t)n, s.n);
	}
	return OK;
}

/* The folder that holds `rest`, opened; its last part in *name. */
static int open_folder_of(const struct storage *s, const char *rest, const char **name)
{
	const char *slash = strrchr(rest, '/');
	*name = slash ? slash + 1 : rest;
	if (!slash)
		return dup(s->dir_fd);
	char folder[64];
	if ((size_t)(slash - rest) >= sizeof(folder))
		return -1;
	memcpy(folder, rest, (size_t)(slash - rest));
	folder[slash - rest] = '\0';
	return openat(s->dir_fd, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

enum err storage_put(const struct storage *s, const char *rest, struct str content, int mode, struct fault *f)
{
	const char *name;
	char temp[48] = ".new-";
	enum err e = OK;
	rand_hex(temp + 5, 16);
	int folder = open_folder_of(s, rest, &name);
	int fd = folder < 0 ? -1
	                    : openat(folder, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	                             (mode_t)mode);
	if (fd < 0) {
		e = storage_errno(errno);
		if (folder >= 0)
			close(folder);
		return fault_set(f, e, "", "%s cannot be written: %s.", rest, strerror(errno));
	}
	e = write_all(fd, content);
	if (!e && (fsync(fd) < 0 || renameat(folder, temp, folder, name) < 0 || fsync(folder) < 0))
		e = storage_errno(errno);
	if (e) {
		fault_set(f, e, "", "%s cannot be written: %s.", rest, strerror(errno));
		unlinkat(folder, temp, 0);
	}
	close(fd);
	close(folder);
	return e;
}

enum err storage_get(const struct storage *s, struct arena *a, const char *rest, size_t max, struct str *out)
{
	int fd = openat(s->dir_fd, rest, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return storage_errno(errno);
	char *p = arena_alloc(a, max + 1);
	size_t have = 0;
	ssize_t n;
	while (have <= max && (n = read(fd, p + have, max + 1 - have)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			close(fd);
			return storage_errno(errno);
		}
		have += (size_t)n;
	}
	close(fd);
	if (have > max)
		return ERR_TOO_LARGE;
	*out = (struct str){p, have};
	return OK;
}

enum err storage_remove(const struct storage *s, const char *rest)
{
	const char *name;
	int folder = open_folder_of(s, rest, &name);
	if (folder < 0)
		return storage_errno(errno);
	enum err e = unlinkat(folder, name, 0) < 0 ? storage_errno(errno) : OK;
	fsync(folder);
	close(folder);
	return e;
}

/* ---- what all processes share ---- */

struct shared *shared_of(const struct storage *s)
{
	/* The one thing a process keeps by itself: a mapping is made once, for the one folder it serves. */
	static struct shared *mapped;
	if (mapped)
		return mapped;
	int fd = openat(s->dir_fd, "run/shared", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return NULL;
	/* real blocks, so that touching the mapping can never be a SIGBUS on a full disk */
	if (posix_fallocate(fd, 0, sizeof(struct shared)) == 0) {
		void *p = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		mapped = p == MAP_FAILED ? NULL : p;
	}
	close(fd);
	return mapped;
}

static int64_t boot_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void storage_touch_web(const struct storage *s)
{
	struct shared *m = shared_of(s);
	if (m)
		m->web_ms = boot_ms();
}

bool storage_web_active(const struct storage *s)
{
	struct shared *m = shared_of(s);
	if (!m)
		return false;
	int64_t age = boot_ms() - m->web_ms;
	return m->web_ms && age >= 0 && age < 2000;
}

void storage_touch_worker(const struct storage *s, int64_t at)
{
	struct shared *m = shared_of(s);
	if (m)
		m->worker_at = at;
}

int64_t storage_worker_seen_at(const struct storage *s)
{
	struct shared *m = shared_of(s);
	return m ? m->worker_at : 0;
}
