/*
 * decimal: text <-> millionths, exactly.
 *
 * dec_parse has two ways. The short one takes what meters really write (up to 12 digits, a mark, up to 6
 * more) in one pass without a division or an overflow check: such a number always fits. Everything else
 * (exponents, more places, huge or malformed text) goes the long way, which works on the digits' positions
 * and so needs no number wider than the result, however long the text is.
 *
 * Owns nothing. The range is symmetric: INT64_MIN is refused, so that a value can always be negated.
 */
#include "base/decimal.h"

__extension__ typedef __int128 wide;

static const int64_t power[DEC_PLACES + 1] = {1, 10, 100, 1000, 10000, 100000, 1000000};

struct number {
	const char *digits; /* first digit or mark */
	size_t n;           /* digits and at most one mark */
	int64_t whole;      /* digits before the decimal point, the exponent already in it */
	bool negative;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes the text apart; false if it is not a number. */
static bool scan(struct str s, char mark, struct number *out)
{
	const char *p = s.p, *end = s.p + s.n;
	size_t before = 0, after = 0;

	out->negative = *p == '-';
	if (*p == '+' || *p == '-')
		p++;
	out->digits = p;
	for (; p < end && is_digit(*p); p++)
		before++;
	if (p < end && *p == mark)
		for (p++; p < end && is_digit(*p); p++)
			after++;
	if (before + after == 0)
		return false;
	out->n = (size_t)(p - out->digits);
	out->whole = (int64_t)before;
	if (p == end)
		return true;

	if (*p++ != 'e' && p[-1] != 'E')
		return false;
	bool down = p < end && *p == '-';
	if (p < end && (*p == '+' || *p == '-'))
		p++;
	if (p == end)
		return false;
	int64_t exponent = 0;
	for (; p < end; p++) {
		if (!is_digit(*p))
			return false;
		if (exponent < INT64_C(1) << 40) /* far beyond any text's length is as good as for ever */
			exponent = exponent * 10 + (*p - '0');
	}
	out->whole += down ? -exponent : exponent;
	return true;
}

/* Half to even, on the digits that were not kept. */
static bool round_up(bool odd, char first, bool more)
{
	return first > '5' || (first == '5' && (more || odd));
}

static enum dec_result parse_long(struct str s, char mark, int64_t *out)
{
	struct number num;
	int64_t v = 0, keep;
	char first = '0';  /* first digit not kept */
	bool more = false; /* a digit after that is not 0 */

	if (s.n == 0 || !scan(s, mark, &num))
		return DEC_BAD;
	keep = num.whole + DEC_PLACES;
	for (size_t i = 0; i < num.n; i++) {
		char c = num.digits[i];
		if (c == mark)
			continue;
		if (keep > 0) {
			if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, c - '0', &v))
				return DEC_RANGE;
		} else if (keep == 0) {
			first = c;
		} else {
			more |= c != '0';
		}
		keep--;
	}
	for (; v && keep > 0; keep--)
		if (__builtin_mul_overflow(v, 10, &v))
			return DEC_RANGE;
	if (round_up(v & 1, first, more) && __builtin_add_overflow(v, 1, &v))
		return DEC_RANGE;
	*out = num.negative ? -v : v;
	return first != '0' || more ? DEC_ROUNDED : DEC_OK;
}

enum dec_result dec_parse(struct str s, char mark, int64_t *out)
{
	const char *p = s.p, *end = s.p + s.n, *from, *point;
	bool negative = false;
	uint64_t v = 0; /* at most 19 digits */
	unsigned d;

	if (s.n == 0)
		return DEC_BAD;
	if (*p == '-' || *p == '+')
		negative = *p++ == '-';
	if (end - p > 12 + 1 + DEC_PLACES)
		return parse_long(s, mark, out);
	from = p;
	for (; p < end && (d = (unsigned char)*p - (unsigned)'0') <= 9; p++)
		v = v * 10 + d;
	point = p;
	if (p < end && *p == mark)
		for (p++; p < end && (d = (unsigned char)*p - (unsigned)'0') <= 9; p++)
			v = v * 10 + d;
	ptrdiff_t places = p > point ? p - point - 1 : 0;
	if (p != end || point - from > 12 || places > DEC_PLACES || point - from + places == 0)
		return parse_long(s, mark, out);
	int64_t micro = (int64_t)v * power[DEC_PLACES - places];
	*out = negative ? -micro : micro;
	return DEC_OK;
}

size_t dec_format(int64_t micro, char out[DEC_TEXT])
{
	char digits[DEC_TEXT], *p = out;
	uint64_t v = micro < 0 ? 0 - (uint64_t)micro : (uint64_t)micro;
	uint64_t whole = v / DEC_ONE;
	unsigned fraction = (unsigned)(v % DEC_ONE);
	size_t n = 0;

	if (micro < 0)
		*p++ = '-';
	do {
		digits[n++] = (char)('0' + whole % 10);
		whole /= 10;
	} while (whole);
	while (n)
		*p++ = digits[--n];
	if (fraction) {
		*p++ = '.';
		for (unsigned unit = DEC_ONE / 10; fraction; unit /= 10) {
			*p++ = (char)('0' + fraction / unit);
			fraction %= unit;
		}
	}
	*p = '\0';
	return (size_t)(p - out);
}

/* product/den, half to even. C rounds towards zero: the next number away from zero is nearer if twice the rest
 * exceeds den. */
static wide divide(wide product, wide den, bool *exact)
{
	wide quotient = product / den, rest = product % den;
	wide twice = rest < 0 ? -2 * rest : 2 * rest;

	*exact = rest == 0;
	if (twice > den || (twice == den && (quotient & 1)))
		quotient += rest < 0 ? -1 : 1;
	return quotient;
}

static bool narrow(wide v, int64_t *out)
{
	if (v > INT64_MAX || v < -(wide)INT64_MAX)
		return false;
	*out = (int64_t)v;
	return true;
}

bool dec_scale(int64_t a, int64_t num, int64_t den, int64_t *out, bool *rounded)
{
	bool exact;

	if (!narrow(divide((wide)a * num, den, &exact), out))
		return false;
	if (rounded)
		*rounded = !exact;
	return true;
}

static int64_t unit_of(int places)
{
	int64_t unit = DEC_ONE;

	for (; places > 0; places--)
		unit /= 10;
	return unit;
}

int64_t dec_round(int64_t micro, int places)
{
	int64_t unit = unit_of(places), out = micro;
	bool exact;

	narrow(divide(micro, unit, &exact) * unit, &out);
	return out;
}

bool dec_divide(int64_t a, int64_t b, int places, int64_t *out)
{
	int64_t unit = unit_of(places);
	bool exact;

	return narrow(divide((wide)a * DEC_ONE, (wide)b * unit, &exact) * unit, out);
}

bool dec_dot(const int64_t *a, const int64_t *b, size_t n, int places, int64_t *out)
{
	int64_t unit = unit_of(places);
	wide sum = 0;
	bool exact;

	for (size_t i = 0; i < n; i++)
		if (__builtin_add_overflow(sum, (wide)a[i] * b[i], &sum))
			return false;
	return narrow(divide(sum, (wide)DEC_ONE * unit, &exact) * unit, out);
}

bool dec_add(int64_t a, int64_t b, int64_t *out)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum) || sum == INT64_MIN)
		return false;
	*out = sum;
	return true;
}
