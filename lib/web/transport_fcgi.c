/*
 * transport_fcgi: requests through libfcgi, one at a time. The only file that includes fcgiapp.h.
 *
 * SIGTERM (nginx's spawner, systemd) and SIGUSR1 (mod_fcgid, graceful) end the process between two requests:
 * the handler calls FCGX_ShutdownPending, and because it is installed without SA_RESTART a process that sits in
 * accept wakes up. The process is crash-only: whatever cannot happen ends it and the server starts another.
 */
#include <fcgiapp.h>
#include <signal.h>

#include "web/transport.h"

static const char *fcgi_param(void *arg, const char *name)
{
	FCGX_Request *q = arg;

	return FCGX_GetParam(name, q->envp);
}

static ssize_t fcgi_read(void *arg, char *p, size_t n)
{
	FCGX_Request *q = arg;
	int want = n > 1 << 20 ? 1 << 20 : (int)n;
	int got = FCGX_GetStr(p, want, q->in);

	return got == 0 && FCGX_GetError(q->in) != 0 ? -1 : got;
}

static bool fcgi_write(void *arg, const char *p, size_t n)
{
	FCGX_Request *q = arg;

	while (n > 0) {
		int piece = n > 1 << 20 ? 1 << 20 : (int)n;

		if (FCGX_PutStr(p, piece, q->out) != piece)
			return false;
		p += piece;
		n -= (size_t)piece;
	}
	return true;
}

static void fcgi_finish(void *arg)
{
	FCGX_Finish_r(arg);
}

static void on_stop(int signo)
{
	(void)signo;
	FCGX_ShutdownPending();
}

bool transport_is_cgi(void)
{
	return FCGX_IsCGI() != 0;
}

int transport_fcgi_run(serve_fn *serve, void *arg)
{
	FCGX_Request q;
	struct transport t = {&q, fcgi_param, fcgi_read, fcgi_write, fcgi_finish};
	struct sigaction stop = {.sa_handler = on_stop};
	bool more = true;

	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGUSR1, &stop, NULL);
	if (FCGX_Init() != 0 || FCGX_InitRequest(&q, 0, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return 1;
	while (more && FCGX_Accept_r(&q) == 0) {
		more = serve(arg, &t);
		FCGX_Finish_r(&q);
	}
	FCGX_Free(&q, 1);
	return 0;
}
