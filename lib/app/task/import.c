/* The worker's side of an import: a stored upload, from where the last worker left it. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "app/import.h"
#include "app/import/run.h"
#include "app/storage.h"

job_task_fn task_import;

enum err task_import(struct ctx *c, struct job_run *run)
{
	const char *path = arena_strz(c->arena, run->job.file_path);
	struct import_run *r = ARENA_NEW(c->arena, struct import_run);
	enum err e = import_prepare(c, run, r);
	if (e)
		return e;
	int fd = openat(c->storage->dir_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return ctx_fail(c, ERR_INVALID, "file",
		                "The uploaded file is not in the storage folder any more. Upload it again.");
	if (fd < 0)
		return ctx_fail(c, storage_errno(errno), "file", "The uploaded file cannot be opened: %s.",
		                strerror(errno));
	e = import_execute(r, fd, run->stop);
	close(fd);
	return e;
}
