/*
 * stub: finding the storage folder; see stub.h.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "web/stub.h"

#define STUB_MAX 4096

/* The file's text if it is the one that the server runs; n == 0 if not. */
static struct str stub_text(const struct transport *t, const char *argv1, char buf[STUB_MAX])
{
	const char *script = t->param(t->arg, "SCRIPT_FILENAME");
	struct stat named, run;
	struct str text = {buf, 0};
	ssize_t got;
	int fd;

	if (!argv1 || !script || stat(script, &run) != 0)
		return text;
	fd = open(argv1, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return text;
	if (fstat(fd, &named) == 0 && S_ISREG(named.st_mode) && named.st_dev == run.st_dev &&
	    named.st_ino == run.st_ino) {
		got = read(fd, buf, STUB_MAX);
		text.n = got > 0 ? (size_t)got : 0;
	}
	close(fd);
	return text;
}

const char *stub_storage(struct arena *a, const struct transport *t, const char *argv1)
{
	char buf[STUB_MAX];
	struct str rest = stub_text(t, argv1, buf);
	const char *dir;

	while (rest.p && rest.n > 0) {
		struct str line = str_trim(str_cut(&rest, '\n'));

		if (str_starts(line, STR("storage:")))
			return arena_strz(a, str_trim(str_sub(line, 8, line.n)));
	}
	dir = getenv("WATTLEDGER_STORAGE");
	if (!dir)
		dir = t->param(t->arg, "WATTLEDGER_STORAGE");
	return dir && *dir ? arena_strz(a, str_of(dir)) : NULL;
}
