/*
 * utf8: built on str_utf8_step (base/str.h), which knows what one character is.
 *
 * Owns nothing; a cleaned text lives in the caller's arena. Each bad byte becomes one U+FFFD, so a text grows
 * to at most three times its bytes. Disadvantage: text in another encoding (CP1252) is not guessed at here, it
 * just shows as U+FFFD where it is not ASCII.
 */
#include "codec/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

bool utf8_valid(struct str s)
{
	size_t step;

	for (; s.n; s = str_sub(s, step, s.n)) {
		step = str_utf8_step(s);
		if (step == 0)
			return false;
	}
	return true;
}

/* Controls: C0 but TAB and LF, DEL, and C1 (two bytes, C2 80 .. C2 9F). */
static bool is_control(struct str s, size_t step)
{
	unsigned char c = (unsigned char)s.p[0];

	if (step == 2)
		return c == 0xc2 && (unsigned char)s.p[1] < 0xa0;
	return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f;
}

/* Bytes to show as they are at the start of s; 0: *skip bytes become one U+FFFD. */
static size_t shown(struct str s, size_t *skip)
{
	size_t step = str_utf8_step(s);

	*skip = step ? step : 1;
	return step && !is_control(s, step) ? step : 0;
}

struct str utf8_clean(struct arena *a, struct str s)
{
	size_t n = 0, bad = 0, skip;

	for (struct str rest = s; rest.n; rest = str_sub(rest, skip, rest.n)) {
		size_t keep = shown(rest, &skip);
		n += keep ? keep : sizeof REPLACEMENT - 1;
		bad += keep == 0;
	}
	if (bad == 0)
		return s;
	char *out = arena_alloc(a, n + 1), *p = out;
	for (struct str rest = s; rest.n; rest = str_sub(rest, skip, rest.n)) {
		size_t keep = shown(rest, &skip);
		const char *from = keep ? rest.p : REPLACEMENT;
		keep = keep ? keep : sizeof REPLACEMENT - 1;
		memcpy(p, from, keep);
		p += keep;
	}
	return (struct str){out, n};
}

struct str utf8_line(struct arena *a, struct str s)
{
	s = utf8_clean(a, s);
	if (str_find(s, '\t') < 0 && str_find(s, '\n') < 0)
		return s;
	char *out = arena_strz(a, s);
	for (size_t i = 0; i < s.n; i++)
		if (out[i] == '\t' || out[i] == '\n')
			out[i] = ' ';
	return (struct str){out, s.n};
}

struct str utf8_cut(struct str s, size_t max)
{
	if (s.n <= max)
		return s;
	/* A character has at most three bytes that continue it; more of them are no character to protect. */
	for (size_t back = 0; back <= 3 && back <= max; back++)
		if (((unsigned char)s.p[max - back] & 0xc0) != 0x80)
			return str_sub(s, 0, max - back);
	return str_sub(s, 0, max);
}

size_t utf8_put(uint32_t c, char out[4])
{
	if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = 0xFFFD;
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3F));
	out[0] = (char)((0xF00 >> n & 0xFF) | c);
	return n;
}

uint32_t utf8_of_cp1252(unsigned char byte)
{
	/* 80 to 9F; the rest is Latin-1 */
	static const uint16_t high[32] = {0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
	                                  0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
	                                  0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
	                                  0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};
	return byte >= 0x80 && byte < 0xA0 ? high[byte - 0x80] : byte;
}

struct str utf8_from_cp1252(struct arena *a, struct str s)
{
	char *out = arena_array(a, s.n, 3);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += utf8_put(utf8_of_cp1252((unsigned char)s.p[i]), out + n);
	return (struct str){out, n};
}

size_t utf8_length(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}
