/* source: what the commands that read files share: opening them, and the answers about how they are read. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/import/answers.h"
#include "app/setting.h"
#include "cli/cli.h"

/* At most what an upload may have: a pipe may have no end. */
static int spool(struct cli *c, int from, int64_t limit)
{
	char p[65536];
	bool ok = true, more = true;
	int64_t room = limit;
	int to = openat(c->storage.dir_fd, "run", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	while (to >= 0 && ok && more) {
		ssize_t n = read(from, p, sizeof(p));
		if (n < 0)
			ok = errno == EINTR && !*c->stop;
		else if (n > room) {
			errno = E2BIG;
			ok = false;
		} else
			ok = cli_write(to, (struct str){p, (size_t)n});
		room -= n > 0 ? n : 0;
		more = n != 0;
	}
	if (to >= 0 && (!ok || lseek(to, 0, SEEK_SET) < 0)) {
		int why = errno;
		close(to);
		errno = why;
		return -1;
	}
	return to;
}

int cli_open_source(struct cli *c, const char *name, const char **path)
{
	char real[PATH_MAX];
	struct stat st;
	bool is_stdin = strcmp(name, "-") == 0;
	int64_t limit = setting_int(&c->ctx, SETTING_upload_max_mib);
	int fd = is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	*path = "-";
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		fd = -1;
	}
	if (fd >= 0 && !S_ISREG(st.st_mode))
		fd = spool(c, fd, limit * 1024 * 1024);
	else if (fd >= 0 && !is_stdin && realpath(name, real))
		*path = arena_printf(c->ctx.arena, "%s", real);
	if (fd < 0 && errno == E2BIG)
		fprintf(stderr,
		        "wattledger: %s gives more than %lld MiB. Save it as a file first, or raise the "
		        "setting "
		        "upload_max_mib.\n",
		        is_stdin ? "standard input" : name, (long long)limit);
	else if (fd < 0)
		fprintf(stderr, "wattledger: %s cannot be read: %s.\n", is_stdin ? "standard input" : name,
		        storage_errno(errno) == ERR_FULL ? "there is no room left on the disk to keep it"
		                                         : strerror(errno));
	return fd;
}

bool cli_answers(const struct cli *c, struct answers *out)
{
	struct fault f;
	for (int i = 0; i < ANSWERS; i++)
		out->given[i] = str_trim(str_of(c->opt[OPT_answer_sheet + i]));
	if (answers_check(out, &f) == OK)
		return true;
	cli_usage("%s", f.message);
	return false;
}
