/*
 * storage: the one folder outside the web root in which everything lives, and the rules for files in it
 * (SAFETY.md "Files"): umask 077, generated names, O_NOFOLLOW and O_EXCL, fsync file, rename, fsync folder.
 *
 *   wattledger.conf   configuration: "key = value" lines, # comments (struct config)
 *   wattledger.db     the database
 *   setup-token.txt   until the first admin exists (setup.h)
 *   keys/             instance.key (0400): HMAC for CSRF tokens; sealed.key (0400): seal.h; never in a backup
 *   uploads/          files on their way in: ID.part; and kept: ID.csv
 *   exports/ backups/ logs/ run/ (locks, worker's heartbeat, shared counters)
 */
#ifndef WL_APP_STORAGE_H
#define WL_APP_STORAGE_H

#include "app/ctx.h"

struct config {
	struct str base_url;  /* "https://energy.example/energy"; empty: relative links at the request's own
	                         place */
	struct str base_path; /* of base_url: "" or "/energy": what every link starts with */
	bool development;     /* "mode = development": plain HTTP is allowed and shown on every page */
};

struct storage {
	struct str dir; /* absolute, no trailing slash */
	int dir_fd;
	struct config config;
	uint8_t key[32]; /* instance.key; zero if there is none yet */
	bool has_key;
};

/* Opens an existing storage folder. ERR_NOT_FOUND: no such folder, or one with none of our files in it;
 * ERR_INVALID: the configuration file is wrong (fault says the line). */
enum err storage_open(struct arena *a, const char *dir, struct storage *out, struct fault *f);
void storage_close(struct storage *s); /* one that was never opened, dir_fd -1, is fine */
/* Makes the folder, its sub-folders, key and configuration file where missing; touches nothing that is there.
 * `development` is written into a new configuration file. */
enum err storage_init(struct arena *a, const char *dir, bool development, struct fault *f);

/* dir/rest, NUL-terminated, in the arena. */
const char *storage_path(const struct storage *s, struct arena *a, const char *rest);

/* The database, opened for a purpose. ERR_UNAVAILABLE: it is missing or of another schema version: the web
 * program then wakes the worker, which makes and migrates it (DECISIONS 30). */
enum storage_use { STORAGE_FOR_WEB, STORAGE_FOR_WORKER, STORAGE_FOR_BULK, STORAGE_FOR_READING };
enum err storage_open_db(const struct storage *s, enum storage_use use, struct db **out, struct fault *f);
void storage_close_db(struct db *db); /* NULL is fine */
/* Between the two, what a request reads is one state of the database, under one lock instead of one a
 * statement. */
void storage_read_begin(struct db *db); /* NULL is fine */
void storage_read_end(struct db *db);
/* Makes the database where it is missing and brings it up to date. */
enum err storage_migrate(const struct storage *s, int *from, int *to, struct fault *f);

/* Writes a small file whole: temporary name, fsync, rename, fsync of the folder. mode 0600 or 0400. */
enum err storage_put(const struct storage *s, const char *rest, struct str content, int mode, struct fault *f);
/* Reads a small file (at most max bytes). ERR_NOT_FOUND. */
enum err storage_get(const struct storage *s, struct arena *a, const char *rest, size_t max, struct str *out);
enum err storage_remove(const struct storage *s, const char *rest);
/* errno -> ERR_FULL (ENOSPC, EDQUOT, EFBIG), ERR_NOT_FOUND, ERR_IO */
enum err storage_errno(int err);

/* True while web requests came within the last 2 s: the importer yields (ARCHITECTURE, measured decisions).
 * Kept in a small shared mapping, run/shared. */
void storage_touch_web(const struct storage *s);
bool storage_web_active(const struct storage *s);
/* The worker says it lives; 0: never seen. */
void storage_touch_worker(const struct storage *s, int64_t at);
int64_t storage_worker_seen_at(const struct storage *s);

#endif
