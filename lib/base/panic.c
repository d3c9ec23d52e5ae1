/*
 * panic: say it on standard error (the web server's error log, cron's mail), let the hook answer, abort.
 *
 * abort() and not exit(): no destructor runs over a state that is known to be wrong, a core or a debugger
 * shows where it was, and the parent sees a death by signal. The hook is the one piece of process-wide state
 * here: a panic has no context to be handed one by. It is taken out before it is called, so that a panic
 * inside it ends the process instead of going round.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/panic.h"

static void (*the_hook)(const char *message);

void panic_hook(void (*hook)(const char *message))
{
	the_hook = hook;
}

void panic_at(const char *file, int line, const char *fmt, ...)
{
	char what[512], message[640];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof what, fmt, args);
	va_end(args);
	(void)snprintf(message, sizeof message, "panic at %s:%d: %s", file, line, what);
	(void)fprintf(stderr, "wattledger: %s\n", message);

	void (*hook)(const char *) = the_hook;
	the_hook = NULL;
	if (hook)
		hook(message);
	abort();
}
