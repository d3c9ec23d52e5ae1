/*
 * faultshim: a preload library that makes the n-th change to a file go wrong.
 *
 * It counts the calls of write, pwrite, fwrite, fclose, fsync, fdatasync, ftruncate, rename, link and unlink
 * (and their kin) on anything but the three standard streams, and at number FAULT_N does what FAULT_MODE says:
 *   kill   SIGKILL before the call
 *   torn   half of the bytes are written, then SIGKILL
 *   eio    the call fails with EIO
 *   enospc the call fails with ENOSPC
 *   full   as enospc, and so does every later call that would need room
 * FAULT_COUNT names a file into which the count is written at exit, so that the harness knows how many there
 * are. It owns a counter and nothing else; one thread is assumed, as in the programs. Disadvantage: calls that
 * SQLite or libc make without the dynamic linker's tables would not be seen: a stream's are where it is written
 * to (fwrite) and closed (fclose), and not where its buffer goes.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define NEXT(type, name, ...)             \
	static type (*next)(__VA_ARGS__); \
	if (!next)                        \
	next = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static long calls;

enum fate { PASS, FAIL, HALF };

/* What happens to this call. `room`: it needs room on the disk. */
static enum fate fate(bool room)
{
	const char *at = getenv("FAULT_N"), *mode = getenv("FAULT_MODE");
	calls++;
	if (!at || !mode)
		return PASS;
	const long n = strtol(at, NULL, 10);
	if (strcmp(mode, "full") == 0 && calls > n && room) {
		errno = ENOSPC;
		return FAIL;
	}
	if (calls != n)
		return PASS;
	if (strcmp(mode, "torn") == 0 && room)
		return HALF;
	if (strcmp(mode, "kill") == 0 || strcmp(mode, "torn") == 0)
		raise(SIGKILL);
	errno = strcmp(mode, "eio") == 0 ? EIO : ENOSPC;
	return FAIL;
}

__attribute__((destructor)) static void report(void)
{
	const char *path = getenv("FAULT_COUNT");
	FILE *f = path ? fopen(path, "w") : NULL;
	if (f) {
		fprintf(f, "%ld\n", calls);
		fclose(f);
	}
}

ssize_t write(int fd, const void *p, size_t n)
{
	NEXT(ssize_t, write, int, const void *, size_t);
	switch (fd <= 2 ? PASS : fate(true)) {
	case FAIL:
		return -1;
	case HALF:
		next(fd, p, n / 2);
		raise(SIGKILL);
		break;
	case PASS:
		break;
	}
	return next(fd, p, n);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	NEXT(ssize_t, pwrite64, int, const void *, size_t, off64_t);
	switch (fate(true)) {
	case FAIL:
		return -1;
	case HALF:
		next(fd, p, n / 2, at);
		raise(SIGKILL);
		break;
	case PASS:
		break;
	}
	return next(fd, p, n, at);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	return pwrite64(fd, p, n, at);
}

static bool is_standard(FILE *f)
{
	return f == stdin || f == stdout || f == stderr;
}

size_t fwrite(const void *p, size_t size, size_t n, FILE *f)
{
	NEXT(size_t, fwrite, const void *, size_t, size_t, FILE *);
	switch (is_standard(f) ? PASS : fate(true)) {
	case FAIL:
		return 0;
	case HALF:
		next(p, 1, size * n / 2, f);
		fflush(f);
		raise(SIGKILL);
		break;
	case PASS:
		break;
	}
	return next(p, size, n, f);
}

/* What its buffer still holds is gone when it fails. */
int fclose(FILE *f)
{
	NEXT(int, fclose, FILE *);
	if (is_standard(f) || fate(true) != FAIL)
		return next(f);
	const int why = errno;
	next(f);
	errno = why;
	return EOF;
}

int ftruncate64(int fd, off64_t n)
{
	NEXT(int, ftruncate64, int, off64_t);
	return fate(false) == FAIL ? -1 : next(fd, n);
}

int ftruncate(int fd, off_t n)
{
	return ftruncate64(fd, n);
}

int fsync(int fd)
{
	NEXT(int, fsync, int);
	return fate(false) == FAIL ? -1 : next(fd);
}

int fdatasync(int fd)
{
	NEXT(int, fdatasync, int);
	return fate(false) == FAIL ? -1 : next(fd);
}

int rename(const char *from, const char *to)
{
	NEXT(int, rename, const char *, const char *);
	return fate(false) == FAIL ? -1 : next(from, to);
}

int renameat(int a, const char *from, int b, const char *to)
{
	NEXT(int, renameat, int, const char *, int, const char *);
	return fate(false) == FAIL ? -1 : next(a, from, b, to);
}

int renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
	NEXT(int, renameat2, int, const char *, int, const char *, unsigned);
	return fate(false) == FAIL ? -1 : next(a, from, b, to, flags);
}

int link(const char *from, const char *to)
{
	NEXT(int, link, const char *, const char *);
	return fate(false) == FAIL ? -1 : next(from, to);
}

int unlink(const char *path)
{
	NEXT(int, unlink, const char *);
	return fate(false) == FAIL ? -1 : next(path);
}

int unlinkat(int fd, const char *path, int flags)
{
	NEXT(int, unlinkat, int, const char *, int);
	return fate(false) == FAIL ? -1 : next(fd, path, flags);
}
