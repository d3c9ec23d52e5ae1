/*
 * setup: see setup.h.
 *
 * The web program starts a worker for a database that is missing, and each of several requests may start one:
 * so all this happens under a lock on the folder itself. Otherwise two of them could each make a key, and a web
 * process that has read the first would refuse every form until it ends.
 *
 * Whether a token is needed is asked of the database and not of the file system: an installation whose database
 * is there but empty (it was interrupted, or somebody made it by hand) must still have a way in.
 */
#include "app/setup.h"

#include <errno.h>
#include <sys/file.h>
#include <unistd.h>

#include "app/user.h"
#include "base/rand.h"

static enum err make_token(struct ctx *c, const struct storage *s)
{
	char token[34];
	struct str unused;
	if (!user_setup_open(c) || storage_get(s, c->arena, "setup-token.txt", 256, &unused) != ERR_NOT_FOUND)
		return OK;
	rand_hex(token, 16);
	token[32] = '\n';
	return storage_put(s, "setup-token.txt", (struct str){token, 33}, 0600, &c->fault);
}

enum err setup_prepare(struct ctx *c, const struct storage *s, int *from, int *to)
{
	while (flock(s->dir_fd, LOCK_EX) < 0)
		if (errno != EINTR)
			return ctx_fail(c, ERR_IO, "storage", "The storage folder cannot be locked: %s.",
			                strerror(errno));
	enum err e = storage_init(c->arena, arena_strz(c->arena, s->dir), s->config.development, &c->fault);
	if (!e)
		e = storage_migrate(s, from, to, &c->fault);
	if (!e)
		e = storage_open_db(s, STORAGE_FOR_WORKER, &c->db, &c->fault);
	if (!e)
		e = make_token(c, s);
	flock(s->dir_fd, LOCK_UN);
	return e;
}
