/*
 * log: JSON lines, one O_APPEND write of at most 4 KiB each, so that processes never mix their lines.
 *
 * A line has "at" (RFC 3339, UTC, milliseconds), "level", "event", "pid", "request" if there is one, and
 * the pairs given. Never pass a secret: passwords, tokens, cookies, keys.
 */
#ifndef WL_BASE_LOG_H
#define WL_BASE_LOG_H

#include "base/str.h"
#include <stdint.h>

struct log {
	int fd;           /* -1: nothing is written */
	char request[65]; /* id of the request or batch being worked on, or empty */
};

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* One pair of a line. Use LOG_STR / LOG_INT to make them. */
struct log_pair {
	const char *key;
	struct str text; /* text.p == NULL: the number counts */
	int64_t number;
};
#define LOG_STR(k, s) ((struct log_pair){(k), (s), 0})
#define LOG_Z(k, z)   ((struct log_pair){(k), str_of(z), 0})
#define LOG_INT(k, v) ((struct log_pair){(k), {NULL, 0}, (v)})

void log_write(const struct log *l, enum log_level level, const char *event, const struct log_pair *pairs,
               size_t n);
#define log_event(l, level, event, ...)                                          \
	log_write((l), (level), (event), (const struct log_pair[]){__VA_ARGS__}, \
	          sizeof((const struct log_pair[]){__VA_ARGS__}) / sizeof(struct log_pair))

/* Opens (appending, 0600, O_CLOEXEC) or returns a log with fd -1. */
struct log log_open(const char *path);
void log_close(struct log *l); /* nothing is written any more */

#endif
