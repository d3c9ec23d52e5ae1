/*
 * sweep: what a killed program left while it wrote an archive: copies of the database and the like, hidden in
 * backups/, and beside the archive itself NAME.HEX.part, of which libzip makes names that are longer yet.
 *
 * They are told by their age, since whoever writes one holds no lock. Disadvantage: what was left stays for
 * some hours.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/backup/archive.h"
#include "app/crypto.h"
#include "app/storage.h"
#include "base/rand.h"

#define LEFT_SECONDS (6 * 3600) /* what has not been written to for longer belongs to nobody */
#define HEX          (2 * ARCHIVE_TAG)

static bool is_part(const char *name)
{
	uint8_t unused[ARCHIVE_TAG];
	const char *part = strstr(name, ".part");
	return part && part - name > HEX && part[-HEX - 1] == '.' &&
	       crypto_unhex((struct str){part - HEX, HEX}, unused, ARCHIVE_TAG);
}

/* Takes fd. `hidden`: hidden files, too, of whatever name. */
static void sweep(struct ctx *c, int fd, bool hidden)
{
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;
	struct stat st;
	while (folder && (d = readdir(folder)))
		if (((hidden && d->d_name[0] == '.') || is_part(d->d_name)) &&
		    fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    st.st_mtime < ctx_now(c) - LEFT_SECONDS)
			unlinkat(fd, d->d_name, 0);
	if (folder)
		closedir(folder);
	else if (fd >= 0)
		close(fd);
}

void archive_sweep(struct ctx *c)
{
	mkdirat(c->storage->dir_fd, "backups", 0700); /* somebody who made room may have taken all of it away */
	sweep(c, openat(c->storage->dir_fd, "backups", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW), true);
}

void archive_sweep_folder(struct ctx *c, const char *folder)
{
	sweep(c, open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), false);
}

const char *archive_new_db(struct ctx *c)
{
	char name[HEX + 1];
	rand_hex(name, ARCHIVE_TAG);
	return storage_path(c->storage, c->arena, arena_printf(c->arena, "backups/.%s.db", name));
}

void archive_drop_db(struct ctx *c, const char *path)
{
	unlink(path);
	unlink(arena_printf(c->arena, "%s-journal", path));
}
