/*
 * transport_cgi: one request from the environment and standard input, its answer to standard output (RFC 3875).
 *
 * Output is written with write(2), not stdio: the reply arrives here whole or in large pieces, and a failed
 * write is then known at once. The disadvantage is none for pages; a stream of small pieces is gathered by
 * reply.c.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "web/transport.h"

static const char *cgi_param(void *arg, const char *name)
{
	(void)arg;
	return getenv(name);
}

static ssize_t cgi_read(void *arg, char *p, size_t n)
{
	(void)arg;
	for (;;) {
		ssize_t got = read(STDIN_FILENO, p, n);

		if (got >= 0 || errno != EINTR)
			return got;
	}
}

static bool cgi_write(void *arg, const char *p, size_t n)
{
	(void)arg;
	while (n > 0) {
		ssize_t put = write(STDOUT_FILENO, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

static void cgi_finish(void *arg)
{
	(void)arg; /* nothing is held back */
}

int transport_cgi_run(serve_fn *serve, void *arg)
{
	const struct transport t = {NULL, cgi_param, cgi_read, cgi_write, cgi_finish};

	signal(SIGPIPE, SIG_IGN);
	serve(arg, &t);
	return 0;
}
