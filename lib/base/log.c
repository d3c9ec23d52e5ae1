/*
 * log: one JSON line, put together in 4 KiB on the stack and written by one write(2).
 *
 * O_APPEND and a single write are what keeps lines of several processes apart; so the line is bounded, and
 * what does not fit is cut: text at a character, pairs whole, and then the line says "cut":true. Whatever is
 * passed in, the line is valid JSON in valid UTF-8. A log that cannot be written (disk full, bad
 * descriptor) is not a reason to fail: the result of write is not looked at. JSON is escaped here a second
 * time in the program (codec/json.c is above this room); it is a dozen lines.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/log.h"

#define LINE_MAX_BYTES 4096
#define LINE_END       ",\"cut\":true}\n" /* the longest end a line can have: always kept free */

struct line {
	char p[LINE_MAX_BYTES];
	size_t n;
	bool cut;
};

/* Adds all of it or nothing; `keep` more bytes stay free for what must follow. */
static bool put(struct line *l, const char *p, size_t n, size_t keep)
{
	if (n + keep > sizeof l->p - (sizeof LINE_END - 1) - l->n) {
		l->cut = true;
		return false;
	}
	memcpy(l->p + l->n, p, n);
	l->n += n;
	return true;
}

static bool put_char(struct line *l, struct str *s)
{
	char esc[8];
	size_t n = str_utf8_step(*s);
	unsigned char c = (unsigned char)s->p[0];
	const char *p = s->p;

	if (n == 0) {
		p = "\xef\xbf\xbd"; /* U+FFFD */
		n = 3;
		*s = str_sub(*s, 1, s->n);
	} else {
		*s = str_sub(*s, n, s->n);
		if (c == '"' || c == '\\') {
			esc[0] = '\\';
			esc[1] = (char)c;
			p = esc;
			n = 2;
		} else if (c < 0x20 || c == 0x7f) {
			n = (size_t)snprintf(esc, sizeof esc, "\\u%04x", c);
			p = esc;
		}
	}
	return put(l, p, n, 1); /* 1: the closing quote */
}

/* "text", cut where the line ends. */
static bool put_text(struct line *l, struct str s)
{
	if (!put(l, "\"", 1, 1))
		return false;
	while (s.n && put_char(l, &s))
		;
	return put(l, "\"", 1, 0);
}

/* ,"key":value, or nothing at all. */
static void put_pair(struct line *l, const struct log_pair *pair)
{
	size_t before = l->n;
	char number[24];
	bool ok = put(l, ",", 1, 0) && put_text(l, str_of(pair->key)) && put(l, ":", 1, 0);

	if (ok && pair->text.p) {
		ok = put_text(l, pair->text);
	} else if (ok) {
		int n = snprintf(number, sizeof number, "%lld", (long long)pair->number);
		ok = put(l, number, (size_t)n, 0);
	}
	if (!ok)
		l->n = before;
}

/* {"at":"2025-11-07T10:30:00.123Z" */
static void put_at(struct line *l)
{
	struct timespec now = {0, 0};
	char at[CIVIL_TIME_TEXT], text[64];

	(void)clock_gettime(CLOCK_REALTIME, &now);
	civil_format_at(now.tv_sec, at);
	int n = snprintf(text, sizeof text, "{\"at\":\"%.19s.%03dZ\"", at, (int)(now.tv_nsec / 1000000 % 1000));
	(void)put(l, text, (size_t)n, 0);
}

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_DEBUG:
		return "debug";
	case LOG_INFO:
		return "info";
	case LOG_WARN:
		return "warn";
	case LOG_ERROR:
		return "error";
	}
	return "?";
}

void log_write(const struct log *l, enum log_level level, const char *event, const struct log_pair *pairs,
               size_t n)
{
	struct line line;
	int saved = errno;

	if (l->fd < 0)
		return;
	line.n = 0;
	line.cut = false;
	put_at(&line);
	put_pair(&line, &LOG_Z("level", level_name(level)));
	put_pair(&line, &LOG_Z("event", event));
	put_pair(&line, &LOG_INT("pid", getpid()));
	if (l->request[0])
		put_pair(&line, &LOG_Z("request", l->request));
	for (size_t i = 0; i < n; i++)
		put_pair(&line, &pairs[i]);

	struct str end = line.cut ? STR(LINE_END) : STR("}\n");
	memcpy(line.p + line.n, end.p, end.n);
	line.n += end.n;
	ssize_t done;
	do {
		done = write(l->fd, line.p, line.n);
	} while (done < 0 && errno == EINTR);
	errno = saved;
}

struct log log_open(const char *path)
{
	return (struct log){open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), ""};
}

void log_close(struct log *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
