/*
 * date: three numbers with the same mark between, or eight digits; what order they are in is the caller's to
 * say.
 *
 * Reading is the same for all forms: take the text apart into fields, put them in order, ask the calendar. A
 * form that begins with four digits is year first whatever the order says, and one that ends with four is not
 * year first. Owns nothing.
 */
#include "codec/date.h"

struct fields {
	int value[3];
	size_t digits[3];
};

/* One to four digits off the front of *s; false if there are none or more. */
static bool take_number(struct str *s, int *value, size_t *digits)
{
	size_t n = 0;

	*value = 0;
	for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++) {
		if (n == 4)
			return false;
		*value = *value * 10 + (s->p[n] - '0');
	}
	*digits = n;
	*s = str_sub(*s, n, s->n);
	return n > 0;
}

static bool take_char(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_sub(*s, 1, s->n);
	return true;
}

/* yyyymmdd */
static bool take_compact(struct str *s, struct fields *f)
{
	uint64_t v;

	if (!str_to_u64(str_sub(*s, 0, 8), 99999999, &v) || s->n < 8)
		return false;
	if (s->n > 8 && s->p[8] != ' ' && s->p[8] != 'T')
		return false;
	*f = (struct fields){{(int)(v / 10000), (int)(v / 100 % 100), (int)(v % 100)}, {4, 2, 2}};
	*s = str_sub(*s, 8, s->n);
	return true;
}

/* Fields as they stand, with nothing behind them but perhaps midnight. */
static bool take_apart(struct str s, struct fields *f)
{
	int32_t seconds;

	s = str_trim(s);
	if (!take_compact(&s, f)) {
		if (!take_number(&s, &f->value[0], &f->digits[0]) || s.n == 0)
			return false;
		char mark = s.p[0];
		if (mark != '-' && mark != '/' && mark != '.')
			return false;
		if (!take_char(&s, mark) || !take_number(&s, &f->value[1], &f->digits[1]) ||
		    !take_char(&s, mark) || !take_number(&s, &f->value[2], &f->digits[2]))
			return false;
	}
	if (s.n == 0)
		return true;
	return (take_char(&s, ' ') || take_char(&s, 'T')) && date_parse_time(s, &seconds) && seconds == 0;
}

/* The number of digits fits the place: two or four for a year, one or two for the rest. */
static bool well_formed(const struct fields *f, int year)
{
	for (int i = 0; i < 3; i++)
		if (i == year ? f->digits[i] != 2 && f->digits[i] != 4 : f->digits[i] > 2)
			return false;
	return true;
}

enum date_result date_parse_day(struct str s, enum date_order order, int32_t *day)
{
	struct fields f;

	if (!take_apart(s, &f))
		return DATE_BAD;
	if (f.digits[0] == 4)
		order = DATE_YMD;
	else if (f.digits[2] == 4 && order == DATE_YMD)
		order = DATE_DMY;
	int y = order == DATE_YMD ? 0 : 2, m = order == DATE_MDY ? 0 : 1, d = 3 - y - m;
	if (!well_formed(&f, y))
		return DATE_BAD;
	struct civil c = {f.value[y] + (f.digits[y] == 2 ? 2000 : 0), f.value[m], f.value[d]};
	if (!civil_valid(c.year, c.month, c.day))
		return DATE_NO_SUCH;
	*day = civil_to_day(c);
	return DATE_OK;
}

bool date_parse_time(struct str s, int32_t *seconds)
{
	int value[3] = {0, 0, 0};
	size_t digits;

	s = str_trim(s);
	for (int i = 0; i < 3; i++) {
		if (i && !take_char(&s, ':'))
			return false;
		if (!take_number(&s, &value[i], &digits) || digits > 2 || (i && digits != 2))
			return false;
		if (i == 1 && s.n == 0)
			break;
	}
	int32_t all = value[0] * 3600 + value[1] * 60 + value[2];
	if (s.n || value[1] > 59 || value[2] > 59 || all > 86400)
		return false;
	*seconds = all;
	return true;
}

void date_vote(struct date_votes *v, struct str s)
{
	struct fields f;

	v->seen++;
	if (!take_apart(s, &f)) {
		v->bad++;
	} else if (f.digits[0] == 4) {
		v->year_first++;
	} else {
		v->first_over_12 += f.value[0] > 12;
		v->middle_over_12 += f.value[1] > 12;
	}
}

enum date_order date_guess_order(const struct date_votes *v, bool *certain)
{
	if (v->year_first && v->year_first + v->bad == v->seen) {
		*certain = true;
		return DATE_YMD;
	}
	*certain = (v->first_over_12 == 0) != (v->middle_over_12 == 0);
	return v->middle_over_12 && !v->first_over_12 ? DATE_MDY : DATE_DMY;
}
