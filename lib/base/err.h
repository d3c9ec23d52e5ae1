/*
 * err: the handful of ways in which work is expected to fail, and what each means to the outside.
 *
 * A function that can fail returns `enum err`; the details that a person needs (which field, which row,
 * what to do) are written into the `struct fault` of the context (app/ctx.h). One table maps a code to
 * the HTTP status, the exit code and whether a job may try again.
 */
#ifndef WL_BASE_ERR_H
#define WL_BASE_ERR_H

#include <stdbool.h>

enum err {
	OK = 0,
	ERR_INVALID,      /* the input breaks a rule: 400/422, exit 1 */
	ERR_USAGE,        /* the command line was wrong: exit 2 */
	ERR_UNAUTHORIZED, /* nobody is signed in: 401 */
	ERR_FORBIDDEN,    /* one's own thing, but not one's right: 403 */
	ERR_NOT_FOUND,    /* not there, or somebody else's: 404 */
	ERR_CONFLICT,     /* it changed meanwhile, or exists already: 409 */
	ERR_PRECONDITION, /* it is not the version that was asked for: 412 */
	ERR_TOO_LARGE,    /* over a set limit: 413 */
	ERR_RATE,         /* too many, come back later: 429 */
	ERR_BUSY,         /* another process holds the database too long: 503, try again */
	ERR_FULL,         /* no room on the disk: 507, try again when there is */
	ERR_IO,           /* the disk or the network failed: 500, try again */
	ERR_CORRUPT,      /* what is stored is not what was written: 500 */
	ERR_INTERRUPTED,  /* asked to stop; the work goes on at the next tick */
	ERR_UNAVAILABLE,  /* not set up yet, or of another version: 503 */
	ERR_COUNT
};

struct err_info {
	const char *slug;  /* "not-found": the end of the problem type */
	const char *title; /* "Not found" */
	int http;          /* status */
	int exit_code;     /* of a command */
	bool again;        /* a job may try again by itself */
};

const struct err_info *err_info(enum err e);

/* What went wrong, for people. Strings are truncated to fit, never overrun. */
struct fault {
	enum err code;
	char message[400]; /* one sentence: what, and how to mend it */
	char field[64];    /* the input's name, or empty */
	int retry_after;   /* seconds, with ERR_RATE and ERR_BUSY; else 0 */
};

/* Fills the fault and returns the code, so that `return fault_set(...)` reads well. */
__attribute__((format(printf, 4, 5))) enum err fault_set(struct fault *f, enum err code, const char *field,
                                                         const char *fmt, ...);

#endif
