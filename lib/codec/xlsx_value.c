/*
 * xlsx_value: numbers, days and times out of a spreadsheet's doubles.
 *
 * A spreadsheet calculates in doubles, stores 17 digits and shows at most 15 of them; what the person saw, and
 * what the same sheet saved as CSV would hold, are the 15, so they are what is read (DECISIONS 4). Only here is
 * a reading ever a double, because in the file it is one.
 *
 * A day is a count from 1899-12-31, with a 29 February 1900 that never was (day 60), or from 1904-01-01. Where
 * the number and its format disagree nothing is thrown away: a date's format over a number with a fraction
 * gives the time as well. The exception is a time's format over a whole timestamp: it gives the time, as the
 * sheet shows it, because such columns stand beside one with the date. Rounded to the second. Owns nothing.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/civil.h"
#include "codec/xlsx_value.h"

#define DIGITS     15
#define DAY        86400
#define SERIAL_END 2958466.0 /* 10000-01-01 */
#define LEAP_BUG   60        /* the day that never was */

static bool letter_in(char c, const char *set)
{
	return c && strchr(set, c | 0x20);
}

static bool starts_nocase(struct str s, struct str prefix)
{
	return str_eq_nocase(str_sub(s, 0, prefix.n), prefix);
}

/* The length of what stands at the start of `s` for itself and is no placeholder: quoted, escaped, in brackets.
 */
static size_t literal(struct str s, bool *elapsed)
{
	ptrdiff_t end;

	switch (s.p[0]) {
	case '"':
		end = str_find(str_sub(s, 1, s.n), '"');
		return end < 0 ? s.n : (size_t)end + 2;
	case '\\':
	case '_':
	case '*':
		return 2;
	case '[':
		end = str_find(s, ']');
		if (end < 2)
			return end < 0 ? s.n : 2;
		*elapsed = true;
		for (ptrdiff_t i = 1; i < end; i++)
			*elapsed = *elapsed && letter_in(s.p[i], "hms");
		return (size_t)end + 1;
	}
	return 0;
}

enum xlsx_kind xlsx_kind_of_code(struct str code)
{
	bool date = false, time = false, elapsed = false, m = false;

	while (code.n && code.p[0] != ';') {
		bool brackets = false;
		size_t step = literal(code, &brackets);
		elapsed |= brackets;
		if (step == 0 && starts_nocase(code, STR("general")))
			return XLSX_NUMBER;
		if (step == 0 && (starts_nocase(code, STR("am/pm")) || starts_nocase(code, STR("a/p")))) {
			time = true;
			step = (code.p[1] | 0x20) == 'm' ? 5 : 3;
		}
		if (step == 0) {
			char c = code.p[0];
			if (c == '#' || c == '?' || (c == '0' && !time && !elapsed))
				return XLSX_NUMBER;
			date |= letter_in(c, "yd");
			time |= letter_in(c, "hs");
			m |= letter_in(c, "m");
			step = 1;
		}
		code = str_sub(code, step, code.n);
	}
	if (date || (m && !time && !elapsed))
		return time || elapsed ? XLSX_DATETIME : XLSX_DATE;
	return elapsed ? XLSX_ELAPSED : time ? XLSX_TIME : XLSX_NUMBER;
}

enum xlsx_kind xlsx_kind_of_id(unsigned id)
{
	if (id == 22)
		return XLSX_DATETIME;
	if (id == 46)
		return XLSX_ELAPSED;
	if ((id >= 18 && id <= 21) || id == 45 || id == 47 || (id >= 32 && id <= 35) || id == 55 || id == 56)
		return XLSX_TIME;
	if ((id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58))
		return XLSX_DATE; /* 27 and more: of East Asian versions */
	return XLSX_NUMBER;
}

/* 15 significant digits, written out; with an exponent where zeros would have to be made up. */
static size_t number_text(double v, char out[XLSX_VALUE_TEXT])
{
	char e[32];
	int n = DIGITS, at = 0;

	(void)snprintf(e, sizeof e, "%.*e", DIGITS - 1, v); /* [-]d.dddddddddddddde+xx */
	const char *d = e;
	if (v == 0)
		return (size_t)snprintf(out, XLSX_VALUE_TEXT, "0");
	if (*d == '-')
		out[at++] = *d++;
	int exponent = (int)strtol(strchr(d, 'e') + 1, NULL, 10);
	char digit[DIGITS];
	digit[0] = d[0];
	memcpy(digit + 1, d + 2, DIGITS - 1);
	while (n > 1 && digit[n - 1] == '0')
		n--;
	if (exponent >= DIGITS || exponent < -DIGITS) {
		(void)snprintf(out + at, XLSX_VALUE_TEXT - (size_t)at, "%c%s%.*sE%+d", digit[0],
		               n > 1 ? "." : "", n - 1, digit + 1, exponent);
		return strlen(out);
	}
	for (int i = exponent < 0 ? exponent : 0; i < n || i <= exponent; i++) {
		if (i == exponent + 1)
			out[at++] = '.';
		out[at++] = i < 0 || i >= n ? '0' : digit[i];
	}
	out[at] = 0;
	return (size_t)at;
}

static size_t clock_text(int64_t seconds, char *out, size_t room)
{
	return (size_t)snprintf(out, room, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
	                        (int)(seconds % 60));
}

/* `days` whole days of the workbook's count as a date. */
static size_t date_text(int64_t days, bool from_1904, char out[XLSX_VALUE_TEXT])
{
	const struct civil zero = from_1904 ? (struct civil){1904, 1, 1} : (struct civil){1899, 12, 31};

	if (!from_1904 && days == LEAP_BUG)
		return (size_t)snprintf(out, XLSX_VALUE_TEXT, "1900-02-29");
	if (!from_1904 && days > LEAP_BUG)
		days--;
	civil_format_day(civil_to_day(zero) + (int32_t)days, out);
	return CIVIL_DATE_TEXT - 1;
}

static size_t serial_text(double v, enum xlsx_kind kind, bool from_1904, char out[XLSX_VALUE_TEXT])
{
	int64_t seconds = llround(v * DAY), days = seconds / DAY;
	bool with_date = kind == XLSX_DATE || kind == XLSX_DATETIME;

	/* 24:00 at the end of a row of times is one whole day */
	if (kind == XLSX_ELAPSED || (kind == XLSX_TIME && seconds == DAY))
		return clock_text(seconds, out, XLSX_VALUE_TEXT);
	if (with_date && days == 0 && !from_1904 && seconds == 0 && kind == XLSX_DATE)
		return number_text(v, out); /* no day at all: the number that it is */
	if (!with_date || (days == 0 && !from_1904))
		return clock_text(seconds % DAY, out, XLSX_VALUE_TEXT);
	size_t n = date_text(days, from_1904, out);
	if (kind == XLSX_DATE && seconds % DAY == 0)
		return n;
	out[n++] = ' ';
	return n + clock_text(seconds % DAY, out + n, XLSX_VALUE_TEXT - n);
}

/* What XML Schema calls a double, without INF and NaN, and what strtod would take besides. */
static bool is_number(struct str v)
{
	size_t digits = 0;

	for (size_t i = 0; i < v.n; i++) {
		digits += v.p[i] >= '0' && v.p[i] <= '9';
		if (!(v.p[i] >= '0' && v.p[i] <= '9') && !strchr("+-.eE", v.p[i] ? v.p[i] : 'x'))
			return false;
	}
	return digits > 0;
}

/* Most numbers: at most 15 digits, written as number_text would write them, so that no double need be made. */
static bool is_plain(struct str v)
{
	struct str rest = str_starts(v, STR("-")) ? str_sub(v, 1, v.n) : v;
	struct str whole = str_cut(&rest, '.');

	if (whole.n == 0 || whole.n + rest.n > DIGITS || (whole.p[0] == '0' && (whole.n > 1 || !rest.n)))
		return str_eqz(v, "0");
	if (rest.p && (rest.n == 0 || rest.p[rest.n - 1] == '0'))
		return false;
	for (size_t i = 0; i < whole.n + rest.n; i++) {
		char c = i < whole.n ? whole.p[i] : rest.p[i - whole.n];
		if (c < '0' || c > '9')
			return false;
	}
	return true;
}

size_t xlsx_value_text(struct str v, enum xlsx_kind kind, bool from_1904, char out[XLSX_VALUE_TEXT])
{
	char z[400], *end;

	v = str_trim(v);
	if (v.n == 0 || v.n >= sizeof z || !is_number(v))
		return 0;
	memcpy(z, v.p, v.n);
	z[v.n] = 0;
	if (kind == XLSX_NUMBER && is_plain(v)) {
		memcpy(out, z, v.n + 1);
		return v.n;
	}
	double number = strtod(z, &end);
	if (*end || !isfinite(number))
		return 0;
	if (kind == XLSX_NUMBER || number < 0 || number >= SERIAL_END - (from_1904 ? 1462 : 0) - 1.0 / DAY)
		return number_text(number, out);
	return serial_text(number, kind, from_1904, out);
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code of "_xHHHH_" at p, or -1. Halves of a pair stay as they are written: alone they are no character. */
static int escaped(const char *p, size_t n)
{
	int code = 0;

	if (n < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
		return -1;
	for (int i = 2; i < 6; i++) {
		if (hex(p[i]) < 0)
			return -1;
		code = code << 4 | hex(p[i]);
	}
	return code >= 0xd800 && code < 0xe000 ? -1 : code;
}

size_t xlsx_unescape(char *p, size_t n)
{
	size_t to = 0;

	if (!memchr(p, '_', n))
		return n;
	for (size_t i = 0; i < n;) {
		int code = escaped(p + i, n - i);
		if (code < 0) {
			p[to++] = p[i++];
			continue;
		}
		i += 7;
		if (code < 0x80) {
			p[to++] = (char)code;
		} else if (code < 0x800) {
			p[to++] = (char)(0xc0 | code >> 6);
			p[to++] = (char)(0x80 | (code & 0x3f));
		} else {
			p[to++] = (char)(0xe0 | code >> 12);
			p[to++] = (char)(0x80 | (code >> 6 & 0x3f));
			p[to++] = (char)(0x80 | (code & 0x3f));
		}
	}
	return to;
}
