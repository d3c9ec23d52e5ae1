/* move: see move.h. What a copy has written so far lies under the new name with ".part" behind it, which the
 * next try overwrites and upload_clean removes from the folder of uploads. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/move.h"

#define PIECE 65536

/* Not all file systems know how to rename without overwriting; there a look has to do. */
static bool rename_new(int from_fd, const char *from, int to_fd, const char *to)
{
	struct stat st;

	if (renameat2(from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	if (fstatat(to_fd, to, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return false;
	}
	return renameat(from_fd, from, to_fd, to) == 0;
}

static bool copy_bytes(int in, int out)
{
	char piece[PIECE];
	ssize_t n;

	while ((n = read(in, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		for (ssize_t at = 0, wrote; at < n; at += wrote) {
			wrote = write(out, piece + at, (size_t)(n - at));
			if (wrote < 0 && errno == EINTR)
				wrote = 0;
			else if (wrote < 0)
				return false;
		}
	}
	return fsync(out) == 0;
}

static bool copy_new(int from_fd, const char *from, int to_fd, const char *to)
{
	char part[272];
	int in = openat(from_fd, from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), out = -1;
	bool ok = in >= 0 && snprintf(part, sizeof(part), "%s.part", to) < (int)sizeof(part);

	if (ok) {
		out = openat(to_fd, part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
		ok = out >= 0 && copy_bytes(in, out) && rename_new(to_fd, part, to_fd, to) && fsync(to_fd) == 0;
	}
	int why = errno;
	if (out >= 0 && !ok)
		unlinkat(to_fd, part, 0);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	errno = why;
	return ok && unlinkat(from_fd, from, 0) == 0;
}

bool move_file(int from_fd, const char *from, int to_fd, const char *to)
{
	bool ok = rename_new(from_fd, from, to_fd, to);

	if (!ok && errno == EXDEV)
		ok = copy_new(from_fd, from, to_fd, to);
	return ok && fsync(to_fd) == 0 && fsync(from_fd) == 0;
}
