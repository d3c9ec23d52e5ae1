/*
 * envelope: see envelope.h.
 *
 * Both ways go frame by frame through two buffers on the heap, whatever the file's size. How long the file is,
 * is asked once, at the begin: which frame must be the last follows from that, and what is opened is never
 * longer.
 */
#include "app/backup/envelope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/crypto.h"
#include "app/storage.h"
#include "base/panic.h"
#include "base/rand.h"

#define MAGIC        "wattledger"
#define VERSION      1
#define BOUND        28 /* bytes of the head that go with each frame */
#define HEAD         (BOUND + CRYPTO_STREAM_HEADER)
#define FRAME        65536
#define FRAME_SEALED (FRAME + CRYPTO_STREAM_MORE)
_Static_assert(sizeof(MAGIC) - 1 + 2 + CRYPTO_SALT == BOUND, "the head is what envelope.h says");

/* A file that is sealed or opened. */
struct work {
	struct ctx *c;
	int from, to;
	off_t size, at; /* of `from` */
	struct crypto_stream stream;
	uint8_t head[HEAD];
	uint8_t plain[FRAME], sealed[FRAME_SEALED];
};

static struct str bound(const struct work *w)
{
	return (struct str){(const char *)w->head, BOUND};
}

/* ---- bytes ---- */

static bool read_at(int fd, void *p, size_t n, off_t at)
{
	for (size_t have = 0; have < n;) {
		ssize_t got = pread(fd, (char *)p + have, n - have, at + (off_t)have);
		if (got == 0)
			errno = EIO; /* shorter than it was */
		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		have += got > 0 ? (size_t)got : 0;
	}
	return true;
}

static bool write_all(int fd, const void *p, size_t n)
{
	for (size_t gone = 0; gone < n;) {
		ssize_t put = write(fd, (const char *)p + gone, n - gone);
		if (put < 0 && errno != EINTR)
			return false;
		gone += put > 0 ? (size_t)put : 0;
	}
	return true;
}

static enum err io_failed(struct work *w, const char *doing)
{
	return ctx_fail(w->c, storage_errno(errno), "", "The backup cannot be %s: %s.", doing, strerror(errno));
}

/* The next `most` bytes of the file, or what is left of it; *last: nothing is left then. */
static enum err next(struct work *w, void *p, size_t most, size_t *n, bool *last)
{
	*n = w->size - w->at < (off_t)most ? (size_t)(w->size - w->at) : most;
	if (!read_at(w->from, p, *n, w->at))
		return io_failed(w, "read");
	w->at += (off_t)*n;
	*last = w->at == w->size;
	return OK;
}

static struct work *work_new(struct ctx *c, int from, int to)
{
	struct work *w = calloc(1, sizeof(*w));
	struct stat st;
	if (!w)
		panic("out of memory");
	w->c = c;
	w->from = from;
	w->to = to;
	w->size = fstat(from, &st) == 0 ? st.st_size : 0;
	return w;
}

static void work_free(struct work *w)
{
	explicit_bzero(w, sizeof(*w));
	free(w);
}

/* ---- sealing ---- */

enum err envelope_passphrase(struct ctx *c, struct str passphrase)
{
	return passphrase.n >= ENVELOPE_PASSPHRASE_MIN && passphrase.n <= ENVELOPE_PASSPHRASE_MAX
	               ? OK
	               : ctx_fail(c, ERR_INVALID, "passphrase", "A passphrase has %d to %d bytes.",
	                          ENVELOPE_PASSPHRASE_MIN, ENVELOPE_PASSPHRASE_MAX);
}

static enum err no_memory(struct ctx *c)
{
	return ctx_fail(c, ERR_BUSY, "", "There is no memory for the backup's key: try again later.");
}

static enum err seal_head(struct work *w, struct str passphrase)
{
	uint8_t key[CRYPTO_SEAL_KEY], *salt = w->head + BOUND - CRYPTO_SALT;
	memcpy(w->head, MAGIC "\0", sizeof(MAGIC));
	w->head[sizeof(MAGIC)] = VERSION;
	rand_bytes(salt, CRYPTO_SALT);
	if (!crypto_derive(passphrase, salt, key))
		return no_memory(w->c);
	crypto_stream_seal(&w->stream, key, w->head + BOUND);
	explicit_bzero(key, sizeof(key));
	return write_all(w->to, w->head, HEAD) ? OK : io_failed(w, "written");
}

static enum err seal_frames(struct work *w)
{
	bool last = false;
	size_t n;
	while (!last) {
		enum err e = next(w, w->plain, FRAME, &n, &last);
		if (e)
			return e;
		crypto_stream_put(&w->stream, (struct str){(const char *)w->plain, n}, bound(w), last,
		                  w->sealed);
		if (!write_all(w->to, w->sealed, n + CRYPTO_STREAM_MORE))
			return io_failed(w, "written");
	}
	return OK;
}

enum err envelope_seal(struct ctx *c, int archive, int to, struct str passphrase)
{
	struct work *w = work_new(c, archive, to);
	enum err e = seal_head(w, passphrase);
	if (!e)
		e = seal_frames(w);
	work_free(w);
	return e;
}

/* ---- opening ---- */

bool envelope_is(int fd)
{
	char p[sizeof(MAGIC)];
	return pread(fd, p, sizeof(p), 0) == (ssize_t)sizeof(p) && memcmp(p, MAGIC, sizeof(p)) == 0;
}

static enum err damaged(struct work *w)
{
	return ctx_fail(w->c, ERR_INVALID, "file",
	                "The encrypted backup is not whole: it was cut off, or altered behind its begin.");
}

static enum err not_this_one(struct work *w)
{
	return ctx_fail(
	        w->c, ERR_INVALID, "passphrase",
	        "The passphrase is not the one that the backup was encrypted with, or the file is damaged.");
}

static enum err open_head(struct work *w, struct str passphrase)
{
	uint8_t key[CRYPTO_SEAL_KEY];
	bool last;
	size_t n;
	enum err e = next(w, w->head, HEAD, &n, &last);
	if (e)
		return e;
	if (n > sizeof(MAGIC) && w->head[sizeof(MAGIC)] > VERSION)
		return ctx_fail(w->c, ERR_UNAVAILABLE, "file",
		                "The backup is encrypted by a newer program: install that first.");
	if (last || w->head[sizeof(MAGIC)] != VERSION)
		return damaged(w);
	if (!crypto_derive(passphrase, w->head + BOUND - CRYPTO_SALT, key))
		return no_memory(w->c);
	bool fine = crypto_stream_open(&w->stream, key, w->head + BOUND);
	explicit_bzero(key, sizeof(key));
	return fine ? OK : damaged(w);
}

/* A wrong passphrase opens not even the first one. */
static enum err open_frames(struct work *w)
{
	bool last = false;
	size_t n;
	for (bool first = true; !last; first = false) {
		enum err e = next(w, w->sealed, FRAME_SEALED, &n, &last);
		if (e)
			return e;
		if (!crypto_stream_take(&w->stream, (struct str){(const char *)w->sealed, n}, bound(w), last,
		                        w->plain))
			return first ? not_this_one(w) : damaged(w);
		if (!write_all(w->to, w->plain, n - CRYPTO_STREAM_MORE))
			return io_failed(w, "opened");
	}
	return OK;
}

enum err envelope_open(struct ctx *c, int fd, struct str passphrase, int *archive)
{
	*archive = -1;
	if (!passphrase.n)
		return ctx_fail(c, ERR_INVALID, "passphrase",
		                "The backup is encrypted: give the passphrase that it was encrypted with.");
	int to = openat(c->storage->dir_fd, "backups", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	struct work *w = work_new(c, fd, to);
	enum err e = to < 0 ? io_failed(w, "opened") : open_head(w, passphrase);
	if (!e)
		e = open_frames(w);
	work_free(w);
	if (!e)
		*archive = to;
	else if (to >= 0)
		close(to);
	return e;
}
