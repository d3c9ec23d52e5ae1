/*
 * form: names and values out of the three places where HTTP puts them.
 *
 * All is copied into the arena, decoded or not: what comes out lives as long as the request, wherever the bytes
 * came from. A text that breaks a rule is refused as a whole, because half a form is worse than none: a field
 * that is silently missing reads like an empty answer. Pieces without '=' are names with an empty value in a
 * form, and nothing at all in a cookie header (as browsers have it).
 */
#include "codec/form.h"
#include "codec/utf8.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool decode(struct arena *a, struct str s, struct str *out)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < s.n ? hex_value(s.p[i + 1]) : -1;
			int low = i + 2 < s.n ? hex_value(s.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		}
		p[n++] = c;
	}
	*out = (struct str){p, n};
	return true;
}

static bool copy(struct arena *a, struct str s, struct str *out)
{
	*out = arena_str(a, str_trim(s));
	return true;
}

static bool clean(struct str s)
{
	return str_find(s, '\0') < 0 && utf8_valid(s);
}

/* The number of pieces that are not empty, but never more than one over the maximum. */
static size_t count_pieces(struct str text, char sep)
{
	size_t n = 0;

	while (text.p && n <= FORM_FIELDS_MAX)
		n += str_trim(str_cut(&text, sep)).n > 0;
	return n;
}

static bool parse(struct arena *a, struct str text, char sep,
                  bool (*value)(struct arena *, struct str, struct str *), struct form *out)
{
	size_t max = count_pieces(text, sep);

	*out = (struct form){NULL, 0};
	if (max > FORM_FIELDS_MAX)
		return false;
	out->pair = ARENA_ARRAY(a, struct form_pair, max);
	while (text.p) {
		struct str rest = str_trim(str_cut(&text, sep));
		struct form_pair *pair = &out->pair[out->n];
		if (rest.n == 0 || (sep == ';' && str_find(rest, '=') < 0))
			continue;
		struct str name = str_cut(&rest, '=');
		if (!value(a, name, &pair->name) || !value(a, rest, &pair->value) || !clean(pair->name) ||
		    !clean(pair->value))
			return false;
		out->n++;
	}
	return true;
}

bool form_parse(struct arena *a, struct str text, struct form *out)
{
	return parse(a, text, '&', decode, out);
}

bool form_parse_cookies(struct arena *a, struct str header, struct form *out)
{
	return parse(a, header, ';', copy, out);
}

static const struct form_pair *find(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eqz(f->pair[i].name, name))
			return &f->pair[i];
	return NULL;
}

struct str form_get(const struct form *f, const char *name)
{
	const struct form_pair *pair = find(f, name);

	return pair ? pair->value : (struct str){NULL, 0};
}

bool form_has(const struct form *f, const char *name)
{
	return find(f, name) != NULL;
}

static bool unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '.' || c == '_' || c == '~';
}

void form_put_encoded(struct buf *b, struct str s)
{
	static const char digit[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (unreserved(s.p[i])) {
			buf_addc(b, s.p[i]);
		} else {
			const char escaped[3] = {'%', digit[c >> 4], digit[c & 15]};
			buf_add(b, escaped, sizeof escaped);
		}
	}
}
