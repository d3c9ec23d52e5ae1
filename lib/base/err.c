/*
 * err: the one table of what each expected failure means to the outside.
 *
 * HTTP status, exit code and retry verdict are decided here and nowhere else, so that the same failure is
 * the same thing in a page, the API, a command and a job. Disadvantage: one status a code; a reply that needs
 * a finer one (422) chooses it itself, knowingly.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"
#include "base/panic.h"

static const struct err_info table[ERR_COUNT] = {
        [OK] = {"ok", "Done", 200, 0, false},
        [ERR_INVALID] = {"invalid", "Invalid input", 400, 1, false},
        [ERR_USAGE] = {"usage", "Wrong usage", 400, 2, false},
        [ERR_UNAUTHORIZED] = {"unauthorized", "Not signed in", 401, 1, false},
        [ERR_FORBIDDEN] = {"forbidden", "Not allowed", 403, 1, false},
        [ERR_NOT_FOUND] = {"not-found", "Not found", 404, 1, false},
        [ERR_CONFLICT] = {"conflict", "In conflict with what is stored", 409, 1, false},
        [ERR_PRECONDITION] = {"precondition", "It has changed meanwhile", 412, 1, false},
        [ERR_TOO_LARGE] = {"too-large", "Too large", 413, 1, false},
        [ERR_RATE] = {"rate", "Too many requests", 429, 1, false},
        [ERR_BUSY] = {"busy", "Busy, try again", 503, 1, true},
        [ERR_FULL] = {"full", "Storage is full", 507, 1, true},
        [ERR_IO] = {"io", "Input or output failed", 500, 1, true},
        [ERR_CORRUPT] = {"corrupt", "Stored data is damaged", 500, 1, false},
        [ERR_INTERRUPTED] = {"interrupted", "Interrupted, it goes on later", 503, 1, true},
        [ERR_UNAVAILABLE] = {"unavailable", "Not available yet", 503, 1, false},
};

const struct err_info *err_info(enum err e)
{
	if ((unsigned)e >= ERR_COUNT)
		panic("no such error code: %d", (int)e);
	return &table[e];
}

enum err fault_set(struct fault *f, enum err code, const char *field, const char *fmt, ...)
{
	va_list args;

	f->code = code;
	f->retry_after = 0;
	(void)snprintf(f->field, sizeof f->field, "%s", field ? field : "");
	va_start(args, fmt);
	(void)vsnprintf(f->message, sizeof f->message, fmt, args);
	va_end(args);
	return code;
}
