/*
 * multipart: a small state machine; see the header for what it promises.
 *
 * A part ends at CRLF "--" boundary, and CR occurs in that delimiter only as its first byte. So when a match
 * fails, nothing of it can be the start of another, and what was held back is simply data: no buffer is
 * needed but the count of bytes matched. The body is treated as if a CRLF stood before it, which makes the
 * first boundary one like the others; what precedes it is skipped. Within one fed piece data is handed on in
 * runs as long as they can be, CRs and all.
 *
 * Owns one allocation of some 4 KiB. Disadvantages: a boundary's text inside a part, at the start of a line,
 * ends the part (RFC 2046 forbids it there); filename* and nested multiparts are not known (RFC 7578 has
 * neither).
 */
#include <stdlib.h>

#include "base/panic.h"
#include "codec/multipart.h"

#define BOUNDARY_MAX 70

enum state {
	PREAMBLE, /* before the first boundary */
	BOUNDARY, /* just behind one: CRLF or "--" must follow */
	HEADERS,
	DATA,
	EPILOGUE, /* behind the closing one: anything */
};

struct multipart {
	const struct multipart_hooks *hooks;
	void *arg;
	enum state state;
	enum multipart_result result; /* once it is not OK it stays */
	size_t parts;
	char delimiter[4 + BOUNDARY_MAX]; /* CRLF "--" boundary */
	size_t delimiter_n;
	size_t matched;                  /* bytes of it seen at the end of the last piece */
	char head[MULTIPART_HEADER_MAX]; /* the boundary's line end, or a part's headers, so far */
	size_t head_n;
};

/* ---- parameters: ; name=value; name="quoted" ---- */

/* Undoes, in place, what browsers do to names: %22 %0D %0A, and older ones \" and \\. Returns the length. */
static size_t unescape(char *p, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		struct str three = {p + i, n - i < 3 ? n - i : 3};
		char c = p[i];
		if (c == '\\' && i + 1 < n && (p[i + 1] == '"' || p[i + 1] == '\\')) {
			c = p[++i];
		} else if (str_eqz(three, "%22")) {
			c = '"';
			i += 2;
		} else if (str_eq_nocase(three, STR("%0d"))) {
			c = '\r';
			i += 2;
		} else if (str_eq_nocase(three, STR("%0a"))) {
			c = '\n';
			i += 2;
		}
		p[out++] = c;
	}
	return out;
}

/* Takes one "; name=value" off the front. False at the end or at what is no parameter: *rest tells which. */
static bool take_parameter(struct str *rest, struct str *name, struct str *value)
{
	struct str s = str_trim(*rest);

	*rest = s;
	if (s.n == 0 || s.p[0] != ';')
		return false;
	s = str_sub(s, 1, s.n);
	*name = str_trim(str_cut(&s, '='));
	s = str_trim(s);
	if (s.n == 0 || s.p[0] != '"') {
		ptrdiff_t end = str_find(s, ';');
		*value = str_trim(str_sub(s, 0, end < 0 ? s.n : (size_t)end));
		*rest = str_sub(s, end < 0 ? s.n : (size_t)end, s.n);
		return true;
	}
	size_t i = 1;
	while (i < s.n && s.p[i] != '"')
		i += s.p[i] == '\\' && i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == '\\') ? 2 : 1;
	if (i >= s.n)
		return false;
	*value = str_sub(s, 1, i - 1);
	*rest = str_sub(s, i + 1, s.n);
	return true;
}

static bool fit_boundary(struct str b)
{
	if (b.n < 1 || b.n > BOUNDARY_MAX || b.p[b.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] < ' ' || b.p[i] > '~')
			return false;
	return true;
}

struct multipart *multipart_new(struct str content_type, const struct multipart_hooks *hooks, void *arg)
{
	struct str rest = content_type, name, value, boundary = {NULL, 0};
	ptrdiff_t end = str_find(rest, ';');

	if (end < 0 || !str_eq_nocase(str_trim(str_sub(rest, 0, (size_t)end)), STR("multipart/form-data")))
		return NULL;
	rest = str_sub(rest, (size_t)end, rest.n);
	while (take_parameter(&rest, &name, &value))
		if (!boundary.p && str_eq_nocase(name, STR("boundary")))
			boundary = value;
	if (rest.n || !fit_boundary(boundary))
		return NULL;

	struct multipart *m = calloc(1, sizeof *m);
	if (!m)
		panic("out of memory");
	m->hooks = hooks;
	m->arg = arg;
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary.p, boundary.n);
	m->delimiter_n = 4 + boundary.n;
	m->matched = 2;
	return m;
}

void multipart_free(struct multipart *m)
{
	free(m);
}

/* ---- a part's headers ---- */

static bool read_disposition(struct str value, struct multipart_part *part)
{
	ptrdiff_t end = str_find(value, ';');
	struct str name, text;

	if (end < 0 || !str_eq_nocase(str_trim(str_sub(value, 0, (size_t)end)), STR("form-data")))
		return false;
	value = str_sub(value, (size_t)end, value.n);
	while (take_parameter(&value, &name, &text)) {
		if (str_eq_nocase(name, STR("name")) && !part->name.p)
			part->name = text;
		else if (str_eq_nocase(name, STR("filename")) && !part->filename.p)
			part->filename = text;
	}
	return value.n == 0 && part->name.p;
}

/* m->head holds the header lines, with the last CRLF but without the empty line. */
static bool read_headers(struct multipart *m, struct multipart_part *part)
{
	struct str rest = {m->head, m->head_n};

	*part = (struct multipart_part){{NULL, 0}, {NULL, 0}, STR("")};
	if (str_find(rest, '\0') >= 0)
		return false;
	while (rest.n) {
		struct str value = str_cut(&rest, '\n');
		if (str_find(value, ':') < 0)
			return false;
		struct str name = str_cut(&value, ':');
		value = str_trim(value);
		if (str_eq_nocase(name, STR("content-disposition"))) {
			if (part->name.p || !read_disposition(value, part))
				return false;
		} else if (str_eq_nocase(name, STR("content-type"))) {
			part->type = value;
		}
	}
	return part->name.p != NULL;
}

static enum multipart_result begin_part(struct multipart *m)
{
	struct multipart_part part;

	if (++m->parts > MULTIPART_PARTS_MAX)
		return MULTIPART_LIMIT;
	if (!read_headers(m, &part))
		return MULTIPART_BAD;
	part.name.n = unescape(m->head + (part.name.p - m->head), part.name.n);
	if (part.filename.p)
		part.filename.n = unescape(m->head + (part.filename.p - m->head), part.filename.n);
	m->state = DATA;
	m->head_n = 0;
	return m->hooks->begin(m->arg, &part) ? MULTIPART_OK : MULTIPART_STOPPED;
}

/* ---- the states: each takes what it can of *s ---- */

static enum multipart_result give(struct multipart *m, const char *p, size_t n)
{
	if (m->state != DATA || n == 0)
		return MULTIPART_OK;
	return m->hooks->data(m->arg, p, n) ? MULTIPART_OK : MULTIPART_STOPPED;
}

static enum multipart_result found_delimiter(struct multipart *m)
{
	bool data = m->state == DATA;

	m->state = BOUNDARY;
	m->matched = 0;
	m->head_n = 0;
	return !data || m->hooks->end(m->arg) ? MULTIPART_OK : MULTIPART_STOPPED;
}

/* A match that the last piece began and this one must finish. */
static enum multipart_result go_on_matching(struct multipart *m, struct str *s)
{
	while (s->n && m->matched < m->delimiter_n && s->p[0] == m->delimiter[m->matched]) {
		m->matched++;
		*s = str_sub(*s, 1, s->n);
	}
	if (m->matched == m->delimiter_n)
		return found_delimiter(m);
	if (s->n == 0)
		return MULTIPART_OK;
	size_t held = m->matched;
	m->matched = 0;
	return give(m, m->delimiter, held);
}

static enum multipart_result feed_data(struct multipart *m, struct str *s)
{
	if (m->matched)
		return go_on_matching(m, s);
	const char *from = s->p, *end = s->p + s->n, *p = from;
	while ((p = memchr(p, '\r', (size_t)(end - p)))) {
		size_t n = (size_t)(end - p) < m->delimiter_n ? (size_t)(end - p) : m->delimiter_n;
		if (memcmp(p, m->delimiter, n) == 0) {
			m->matched = n;
			break;
		}
		p++;
	}
	const char *stop = p ? p : end;
	*s = str_sub(*s, (size_t)(stop - from) + m->matched, s->n);
	enum multipart_result result = give(m, from, (size_t)(stop - from));
	if (result == MULTIPART_OK && m->matched == m->delimiter_n)
		result = found_delimiter(m);
	return result;
}

/* Behind a boundary: "--" closes; blanks and CRLF begin a part. */
static enum multipart_result feed_boundary(struct multipart *m, struct str *s)
{
	char c = s->p[0];

	*s = str_sub(*s, 1, s->n);
	if (m->head_n == 0 && (c == ' ' || c == '\t'))
		return MULTIPART_OK;
	m->head[m->head_n++] = c;
	if (m->head_n == 1)
		return c == '-' || c == '\r' ? MULTIPART_OK : MULTIPART_BAD;
	m->head_n = 0;
	if (m->head[0] == '-' && c == '-')
		m->state = EPILOGUE;
	else if (m->head[0] == '\r' && c == '\n')
		m->state = HEADERS;
	else
		return MULTIPART_BAD;
	return MULTIPART_OK;
}

static enum multipart_result feed_headers(struct multipart *m, struct str *s)
{
	while (s->n) {
		if (m->head_n == sizeof m->head)
			return MULTIPART_LIMIT;
		m->head[m->head_n++] = s->p[0];
		*s = str_sub(*s, 1, s->n);
		struct str head = {m->head, m->head_n};
		if (str_eqz(head, "\r\n") || str_ends(head, STR("\r\n\r\n"))) {
			m->head_n -= 2;
			return begin_part(m);
		}
	}
	return MULTIPART_OK;
}

enum multipart_result multipart_feed(struct multipart *m, const char *p, size_t n)
{
	struct str s = {p, n};

	while (m->result == MULTIPART_OK && s.n) {
		switch (m->state) {
		case PREAMBLE:
		case DATA:
			m->result = feed_data(m, &s);
			break;
		case BOUNDARY:
			m->result = feed_boundary(m, &s);
			break;
		case HEADERS:
			m->result = feed_headers(m, &s);
			break;
		case EPILOGUE:
			return MULTIPART_OK;
		}
	}
	return m->result;
}

enum multipart_result multipart_end(struct multipart *m)
{
	if (m->result == MULTIPART_OK && m->state != EPILOGUE)
		m->result = m->state == PREAMBLE ? MULTIPART_BAD : MULTIPART_TRUNCATED;
	return m->result;
}
