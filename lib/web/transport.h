/*
 * transport: how a request comes in and its answer goes out, as four function pointers.
 *
 * Two transports exist: plain CGI (environment, stdin, stdout) and FastCGI (libfcgi). Everything above sees
 * only this, so that the tests can drive the whole program with environment variables and no server.
 */
#ifndef WL_WEB_TRANSPORT_H
#define WL_WEB_TRANSPORT_H

#include "base/str.h"
#include <sys/types.h>

struct transport {
	void *arg;
	/* A CGI variable ("REQUEST_URI"), or NULL. Good until the request ends. */
	const char *(*param)(void *arg, const char *name);
	/* Bytes of the body: 0 at its end, -1 when the connection broke. */
	ssize_t (*read)(void *arg, char *p, size_t n);
	/* All n bytes, or false: the client has gone. */
	bool (*write)(void *arg, const char *p, size_t n);
	/* Sends what is still held back and ends the answer: for a process that will not return from here. */
	void (*finish)(void *arg);
};

/* Serves one request; false: the process should end before the next one. */
typedef bool serve_fn(void *arg, const struct transport *t);

/* True when a server gave us plain CGI rather than a FastCGI socket. */
bool transport_is_cgi(void);
/* One request from the environment. Returns the process's exit code. */
int transport_cgi_run(serve_fn *serve, void *arg);
/* Requests one after the other until told to stop. Returns the process's exit code. */
int transport_fcgi_run(serve_fn *serve, void *arg);

#endif
