/*
 * json_write: a writer that appends as it goes.
 *
 * No tree is built: a list of a thousand jobs costs one buffer. It keeps commas and depth, and trusts its
 * caller to close what was opened; a nesting deeper than JSON_DEPTH_MAX is a defect and ends the process. What
 * it writes is valid UTF-8 whatever it is given. Owns nothing; the buf's maximum is the only limit, and a buf
 * that ran over holds half a document: look at `over` before sending it.
 */
#include <stdlib.h>

#include "base/civil.h"
#include "base/decimal.h"
#include "base/panic.h"
#include "codec/json.h"

void json_start(struct json_out *j, struct buf *b)
{
	*j = (struct json_out){.b = b};
}

static void new_line(struct json_out *j)
{
	if (!j->pretty)
		return;
	buf_addc(j->b, '\n');
	for (int i = 0; i < j->depth; i++)
		buf_addz(j->b, "  ");
}

/* What must stand before a value or a key: a comma, a new line, or nothing behind a key. */
static void before(struct json_out *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (j->comma[j->depth])
		buf_addc(j->b, ',');
	j->comma[j->depth] = true;
	if (j->depth)
		new_line(j);
}

static void open_with(struct json_out *j, char bracket)
{
	before(j);
	if (j->depth == JSON_DEPTH_MAX)
		panic("JSON nested deeper than %d", JSON_DEPTH_MAX);
	buf_addc(j->b, bracket);
	j->comma[++j->depth] = false;
}

static void close_with(struct json_out *j, char bracket)
{
	if (j->depth == 0 || j->after_key)
		panic("JSON closed where nothing is open");
	bool empty = !j->comma[j->depth--];
	if (!empty)
		new_line(j);
	buf_addc(j->b, bracket);
}

void json_object(struct json_out *j)
{
	open_with(j, '{');
}

void json_array(struct json_out *j)
{
	open_with(j, '[');
}

void json_end_object(struct json_out *j)
{
	close_with(j, '}');
}

void json_end_array(struct json_out *j)
{
	close_with(j, ']');
}

static void put_escaped(struct buf *b, unsigned char c)
{
	static const char letters[] = "\b\f\n\r\t\"\\", names[] = "bfnrt\"\\";
	const char *at = c ? strchr(letters, c) : NULL;

	if (at) {
		buf_addc(b, '\\');
		buf_addc(b, names[at - letters]);
	} else {
		buf_printf(b, "\\u%04x", c);
	}
}

static void put_text(struct buf *b, struct str s)
{
	buf_addc(b, '"');
	while (s.n) {
		/* as much as can go out as it is */
		size_t n = 0, step = 1;
		unsigned char c = 0;
		while (n < s.n) {
			c = (unsigned char)s.p[n];
			step = str_utf8_step(str_sub(s, n, s.n));
			if (step == 0 || c < 0x20 || c == '"' || c == '\\' || c == 0x7f)
				break;
			n += step;
		}
		buf_add(b, s.p, n);
		s = str_sub(s, n, s.n);
		if (s.n == 0)
			break;
		if (step == 0)
			buf_addz(b, "\xef\xbf\xbd"); /* U+FFFD */
		else
			put_escaped(b, c);
		s = str_sub(s, 1, s.n);
	}
	buf_addc(b, '"');
}

void json_key(struct json_out *j, const char *key)
{
	before(j);
	put_text(j->b, str_of(key));
	buf_addz(j->b, j->pretty ? ": " : ":");
	j->after_key = true;
}

void json_str(struct json_out *j, struct str s)
{
	if (!s.p) {
		json_null(j);
		return;
	}
	before(j);
	put_text(j->b, s);
}

void json_int(struct json_out *j, int64_t v)
{
	before(j);
	buf_printf(j->b, "%lld", (long long)v);
}

void json_bool(struct json_out *j, bool v)
{
	json_raw(j, v ? STR("true") : STR("false"));
}

void json_null(struct json_out *j)
{
	json_raw(j, STR("null"));
}

void json_dec(struct json_out *j, int64_t micro)
{
	char text[DEC_TEXT];

	json_str(j, (struct str){text, dec_format(micro, text)});
}

void json_raw(struct json_out *j, struct str number_or_json)
{
	before(j);
	buf_adds(j->b, number_or_json);
}

void json_at(struct json_out *j, int64_t at)
{
	char text[CIVIL_TIME_TEXT];

	if (at == 0) {
		json_null(j);
		return;
	}
	civil_format_at(at, text);
	json_str(j, str_of(text));
}

void json_percent(struct json_out *j, int64_t part, int64_t whole)
{
	int64_t tenths = 0;

	if (whole && !dec_scale(part, 1000, whole, &tenths, NULL))
		tenths = 0;
	before(j);
	buf_printf(j->b, "%s%lld.%lld", tenths < 0 ? "-" : "", llabs(tenths) / 10, llabs(tenths) % 10);
}

static void put_field(struct json_out *j, enum rec_type type, const void *member)
{
	char text[CIVIL_TIME_TEXT];
	const int64_t *number = member;

	switch (type) {
	case REC_INT:
		json_int(j, *number);
		return;
	case REC_BOOL:
		json_bool(j, *(const bool *)member);
		return;
	case REC_TEXT:
		json_str(j, *(const struct str *)member);
		return;
	case REC_AT:
		json_at(j, *number);
		return;
	case REC_AT_SQL:
		civil_format_at_sql(*number, text);
		json_str(j, *number ? str_of(text) : (struct str){NULL, 0});
		return;
	case REC_DEC:
		json_dec(j, *number);
		return;
	case REC_DAY:
		civil_format_day((int32_t)*number, text);
		json_str(j, str_of(text));
		return;
	}
}

void json_rec(struct json_out *j, const struct rec_desc *d, const void *obj)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct rec_field *f = &d->field[i];
		if (f->flags & REC_HIDDEN)
			continue;
		json_key(j, f->name);
		if (rec_is_null(f, obj))
			json_null(j);
		else
			put_field(j, f->type, (const char *)obj + f->offset);
	}
}
