/*
 * date: three numbers with the same mark between, or eight digits, or a month by its name; perhaps a time of
 * day before or behind it, and an offset. What order the numbers are in is the caller's to say.
 *
 * Reading is the same for all forms: take the text apart into fields, put them in order, ask the calendar. A
 * form that begins with four digits is year first whatever the order says, and one that ends with four is not
 * year first. What a spreadsheet left of a date (its serial number, a date without its year) is read by the
 * same functions: who looks for the column of dates asks date_is_serial first, as any number could be one. Owns
 * nothing.
 */
#include "codec/date.h"

#include "base/decimal.h"

struct fields {
	int value[3];
	size_t digits[3]; /* of a date without its year: 0 */
	bool named;       /* the month is a word, in the middle */
	char mark;        /* between numbers; 0: none */
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

/* yyyymmdd; with hhmm or hhmmss right behind it only in a year of ours, as meters have such numbers too. */
static bool take_compact(struct str *s, struct fields *f)
{
	uint64_t v, time;

	if (!str_to_u64(str_sub(*s, 0, 8), 99999999, &v) || s->n < 8)
		return false;
	bool joined = (s->n == 12 || s->n == 14) && v / 1000000 == 20 &&
	              str_to_u64(str_sub(*s, 8, s->n), 235959, &time);
	if (s->n > 8 && s->p[8] != ' ' && s->p[8] != 'T' && !joined)
		return false;
	*f = (struct fields){{(int)(v / 10000), (int)(v / 100 % 100), (int)(v % 100)}, {4, 2, 2}, false, 0};
	*s = str_sub(*s, 8, s->n);
	return true;
}

static bool letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool skip_blanks(struct str *s)
{
	size_t n = 0;
	while (n < s->n && s->p[n] == ' ')
		n++;
	*s = str_sub(*s, n, s->n);
	return n > 0;
}

/* "Nov" or "November", as its number. */
static bool take_month(struct str *s, int *month)
{
	static const char names[] = "jan feb mar apr may jun jul aug sep oct nov dec ";
	size_t n = 0;
	while (n < s->n && letter(s->p[n]))
		n++;
	for (int m = 0; n >= 3 && m < 12; m++)
		if (str_eq_nocase(str_sub(*s, 0, 3), (struct str){names + 4 * m, 3})) {
			*s = str_sub(*s, n, s->n);
			*month = m + 1;
			return true;
		}
	return false;
}

/* "Nov 13 2019", "Nov  3, 2019": behind the month. */
static bool take_named(struct str *s, struct fields *f)
{
	f->named = true;
	f->digits[1] = 2;
	if (!skip_blanks(s) || !take_number(s, &f->value[0], &f->digits[0]))
		return false;
	take_char(s, ',');
	return skip_blanks(s) && take_number(s, &f->value[2], &f->digits[2]);
}

/* The date off the front of *s: three fields with one mark between, or two: "30/08", "30/08/0" have lost their
 * year. */
static bool take_date(struct str *s, struct fields *f)
{
	if (take_compact(s, f))
		return true;
	if (take_month(s, &f->value[1]))
		return take_named(s, f);
	if (!take_number(s, &f->value[0], &f->digits[0]) || s->n == 0)
		return false;
	char mark = s->p[0];
	if (mark != '-' && mark != '/' && mark != '.' && mark != ' ')
		return false;
	take_char(s, mark);
	f->named = s->n && letter(s->p[0]);
	f->digits[1] = 2;
	f->mark = mark;
	if (f->named ? !take_month(s, &f->value[1]) : !take_number(s, &f->value[1], &f->digits[1]))
		return false;
	if (mark == '/' && (s->n == 0 || str_eqz(*s, "/0"))) {
		*s = str_sub(*s, s->n, 0);
		return true;
	}
	return take_char(s, mark) && take_number(s, &f->value[2], &f->digits[2]);
}

/* Z, UTC, BST, +01:00, +0100 or +01 at the end of *s. */
static bool take_offset(struct str *s, int32_t *offset)
{
	static const struct {
		const char *word;
		int32_t offset;
	} words[] = {{"Z", 0}, {"z", 0}, {" UTC", 0}, {" GMT", 0}, {" BST", 3600}};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_ends(*s, str_of(words[i].word))) {
			*s = str_trim(str_sub(*s, 0, s->n - strlen(words[i].word)));
			*offset = words[i].offset;
			return true;
		}
	size_t at = s->n;
	while (at > 0 && ((s->p[at - 1] >= '0' && s->p[at - 1] <= '9') || s->p[at - 1] == ':'))
		at--;
	if (at < 2 || (s->p[at - 1] != '+' && s->p[at - 1] != '-'))
		return false;
	struct str tail = str_sub(*s, at, s->n), head = str_sub(*s, 0, at - 1);
	uint64_t h, m = 0;
	if (tail.n == 5 && tail.p[2] == ':') {
		if (!str_to_u64(str_sub(tail, 3, 2), 59, &m))
			return false;
	} else if (tail.n == 4) {
		if (!str_to_u64(str_sub(tail, 2, 2), 59, &m))
			return false;
	} else if (tail.n != 2) {
		return false;
	}
	/* "13-01-25" ends like an offset too: one follows a time */
	if (!str_to_u64(str_sub(tail, 0, 2), 15, &h) || str_find(head, ':') < 0)
		return false;
	*offset = (int32_t)(h * 3600 + m * 60) * (s->p[at - 1] == '-' ? -1 : 1);
	*s = str_trim(head);
	return true;
}

/* "Mon " */
static void skip_weekday(struct str *s)
{
	size_t n = 0;
	while (n < s->n && letter(s->p[n]))
		n++;
	struct str rest = *s;
	int month;
	if (n >= 3 && n < s->n && (s->p[n] == ' ' || s->p[n] == ',') && !take_month(&rest, &month))
		*s = str_trim(str_sub(*s, n + 1, s->n));
}

/* "23:30:00 Mon 13/01/2025": the time and then the date. */
static bool time_first(struct str *s, int32_t *seconds)
{
	ptrdiff_t blank = str_find(*s, ' '), colon = str_find(*s, ':');
	if (colon < 0 || blank < colon || !date_parse_time(str_sub(*s, 0, (size_t)blank), seconds))
		return false;
	*s = str_trim(str_sub(*s, (size_t)blank, s->n));
	skip_weekday(s);
	return true;
}

/* The number that n digits are, or -1. */
static int digits(const char *p, size_t n)
{
	int v = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned char)p[i] - (unsigned)'0';
		if (d > 9)
			return -1;
		v = v * 10 + (int)d;
	}
	return v;
}

/* hh:mm and hh:mm:ss, nothing else. */
static bool plain_time(struct str s, int32_t *seconds)
{
	if ((s.n != 5 && s.n != 8) || s.p[2] != ':' || (s.n == 8 && s.p[5] != ':'))
		return false;
	int h = digits(s.p, 2), m = digits(s.p + 3, 2), sec = s.n == 8 ? digits(s.p + 6, 2) : 0;
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59)
		return false;
	*seconds = h * 3600 + m * 60 + sec;
	return true;
}

/* hhmm, hhmmss */
static bool compact_time(struct str s, int32_t *seconds)
{
	s = str_trim(s);
	int h = s.n >= 4 ? digits(s.p, 2) : -1, m = s.n >= 4 ? digits(s.p + 2, 2) : -1;
	int sec = s.n == 6 ? digits(s.p + 4, 2) : s.n == 4 ? 0 : -1;
	*seconds = h * 3600 + m * 60 + sec;
	return h >= 0 && h <= 23 && m >= 0 && m <= 59 && sec >= 0 && sec <= 59;
}

/* The short way for what nearly all files hold: 13/01/2025 or 2025-01-13, alone or with a plain time behind it,
 * perhaps with a Z. It is what the long way would make of them, in a tenth of the time. False: *f and *m are
 * spoilt. */
static bool take_plain(struct str s, struct fields *f, struct date_moment *m)
{
	static const struct {
		size_t at[3], digits[3];
	} forms[] = {{{0, 3, 6}, {2, 2, 4}}, {{0, 5, 8}, {4, 2, 2}}};
	if (s.n < 10)
		return false;
	const bool year_first = s.p[2] >= '0' && s.p[2] <= '9';
	const size_t *at = forms[year_first].at, *n = forms[year_first].digits;
	const char mark = s.p[at[1] - 1];
	if ((mark != '/' && mark != '-' && mark != '.') || s.p[at[2] - 1] != mark)
		return false;
	for (int i = 0; i < 3; i++) {
		f->value[i] = digits(s.p + at[i], n[i]);
		f->digits[i] = n[i];
		if (f->value[i] < 0)
			return false;
	}
	f->mark = mark;
	if (s.n == 10)
		return true;
	m->timed = true;
	m->has_offset = s.p[s.n - 1] == 'Z';
	return (s.p[10] == ' ' || s.p[10] == 'T') &&
	       plain_time(str_sub(s, 11, s.n - 11 - m->has_offset), &m->seconds);
}

/* The fields of the date, the time and the offset behind it. */
static bool take_moment(struct str s, struct fields *f, struct date_moment *m)
{
	s = str_trim(s);
	*m = (struct date_moment){0};
	*f = (struct fields){{0}, {0}, false, 0};
	if (take_plain(s, f, m))
		return true;
	*m = (struct date_moment){0};
	*f = (struct fields){{0}, {0}, false, 0};
	date_is_range(s, &s);
	m->has_offset = take_offset(&s, &m->offset);
	m->timed = time_first(&s, &m->seconds);
	if (!m->timed)
		skip_weekday(&s);
	if (!take_date(&s, f))
		return false;
	if (s.n == 0)
		return true;
	bool joined = s.p[0] >= '0' && s.p[0] <= '9';
	if (m->timed || (!joined && !take_char(&s, ' ') && !take_char(&s, 'T') && !take_char(&s, ',')))
		return false;
	m->timed = true;
	return date_parse_time(s, &m->seconds) || compact_time(s, &m->seconds);
}

/* The number of digits fits the place: two or four for a year, one or two for the rest. */
static bool well_formed(const struct fields *f, int year)
{
	for (int i = 0; i < 3; i++)
		if (i == year ? f->digits[i] != 2 && f->digits[i] != 4 : f->digits[i] > 2)
			return false;
	return true;
}

static enum date_result day_of(struct fields f, struct date_form form, int32_t *day)
{
	enum date_order order = form.order;
	if (!f.digits[2] && form.this_year) {
		f.value[2] = form.this_year;
		f.digits[2] = 4;
	}
	if (f.digits[0] == 4)
		order = DATE_YMD;
	else if (f.named || (f.digits[2] == 4 && order == DATE_YMD))
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

/* ---- what a spreadsheet left of it ---- */

#define DAY_OF_1901   (-25202)
#define SERIAL_EPOCH  25569                      /* 1970-01-01 */
#define SERIAL_FIRST  (INT64_C(36526) * DEC_ONE) /* 2000-01-01 */
#define SERIAL_BEYOND (INT64_C(73051) * DEC_ONE) /* 2100-01-01 */

static bool serial_of(struct str s, int64_t *serial)
{
	enum dec_result got =
	        s.n >= 5 && s.n <= 20 && digits(s.p, 5) >= 0 ? dec_parse(s, '.', serial) : DEC_BAD;
	return (got == DEC_OK || got == DEC_ROUNDED) && *serial >= SERIAL_FIRST && *serial < SERIAL_BEYOND;
}

bool date_is_serial(struct str s)
{
	int64_t serial;
	return serial_of(str_trim(s), &serial);
}

/* A part of a day, to the minute. */
static int32_t seconds_of(int64_t part)
{
	return (int32_t)((part * 1440 + DEC_ONE / 2) / DEC_ONE) * 60;
}

static bool serial_moment(struct str s, struct date_moment *out)
{
	int64_t serial;
	if (!serial_of(str_trim(s), &serial))
		return false;
	*out = (struct date_moment){.day = (int32_t)(serial / DEC_ONE) - SERIAL_EPOCH,
	                            .seconds = seconds_of(serial % DEC_ONE)};
	out->timed = out->seconds != 0;
	return true;
}

bool date_is_range(struct str s, struct str *first)
{
	static const char *const joins[] = {" to ", " - ", "-"};
	for (size_t i = 0; i < sizeof(joins) / sizeof(joins[0]); i++) {
		struct str join = str_of(joins[i]);
		ptrdiff_t at = str_search(s, join), colon = str_find(s, ':');
		struct str behind = at < 0 ? STR("") : str_sub(s, (size_t)at + join.n, s.n);
		if (colon >= 0 && at > colon && str_find(behind, ':') >= 0 && (join.n > 1 || colon <= 2)) {
			*first = str_trim(str_sub(s, 0, (size_t)at));
			return true;
		}
	}
	return false;
}

/* ---- all forms ---- */

enum date_result date_parse_moment(struct str s, struct date_form form, struct date_moment *out)
{
	struct fields f;

	if (take_moment(s, &f, out))
		return day_of(f, form, &out->day);
	return serial_moment(s, out) ? DATE_OK : DATE_BAD;
}

enum date_result date_parse_day(struct str s, struct date_form form, int32_t *day)
{
	struct date_moment m;
	enum date_result got = date_parse_moment(s, form, &m);

	if (got == DATE_OK && m.seconds)
		return DATE_BAD;
	if (got == DATE_OK)
		*day = m.day;
	return got;
}

/* 12:00AM is 0, 12:30 PM is 12:30; 00:30 AM and 13:00 PM are written too and mean what they say. */
static bool take_half(struct str *s, int *hour)
{
	static const struct {
		const char *word;
		int hour;
	} halves[] = {{"am", 24}, {"pm", 12}, {"a.m.", 24}, {"p.m.", 12}};
	for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++) {
		size_t n = strlen(halves[i].word);
		if (s->n <= n || !str_eq_nocase(str_sub(*s, s->n - n, n), str_of(halves[i].word)))
			continue;
		*s = str_trim(str_sub(*s, 0, s->n - n));
		*hour = halves[i].hour;
	}
	return s->n && s->p[s->n - 1] >= '0' && s->p[s->n - 1] <= '9';
}

/* hh:mm or hh:mm:ss. "30:00.0" has lost its hour in a spreadsheet: minutes, seconds and tenths. */
static bool take_clock(struct str *s, int value[3])
{
	size_t n;
	for (int i = 0; i < 3; i++) {
		if (i == 2 && s->n > 1 && s->p[0] == '.') {
			value[2] = value[1];
			value[1] = value[0];
			value[0] = 0;
			break;
		}
		if (i && !take_char(s, ':'))
			return false;
		if (!take_number(s, &value[i], &n) || n > 2 || (i && n != 2))
			return false;
		if (i == 1 && s->n == 0)
			break;
	}
	if (s->n > 1 && s->p[0] == '.') /* .000 */
		while (s->n && (s->p[0] == '.' || s->p[0] == '0'))
			*s = str_sub(*s, 1, s->n);
	return true;
}

bool date_parse_time(struct str s, int32_t *seconds)
{
	int value[3] = {0, 0, 0}, half = 0;

	s = str_trim(s);
	if (plain_time(s, seconds))
		return true;
	date_is_range(s, &s);
	if (!take_half(&s, &half) || !take_clock(&s, value))
		return false;
	if (half == 24 && value[0] == 12)
		value[0] = 0;
	if (half == 12 && value[0] < 12)
		value[0] += 12;
	int32_t all = value[0] * 3600 + value[1] * 60 + value[2];
	if (s.n || value[1] > 59 || value[2] > 59 || all > 86400)
		return false;
	*seconds = all;
	return true;
}

bool date_parse_bare_time(struct str s, bool hours, int32_t *seconds)
{
	uint64_t n;
	int64_t part;
	struct date_moment m;
	if (date_parse_time(s, seconds))
		return true;
	s = str_trim(s);
	if (s.n == 5 && s.p[2] == '.' && digits(s.p, 2) >= 0 && digits(s.p + 3, 2) >= 0) { /* 00.30 */
		*seconds = digits(s.p, 2) * 3600 + digits(s.p + 3, 2) * 60;
		return *seconds <= 86400 && digits(s.p + 3, 2) < 60;
	}
	if (date_parse_moment(s, (struct date_form){DATE_DMY, 0}, &m) == DATE_OK && m.day < DAY_OF_1901) {
		*seconds = m.seconds; /* "30/12/1899 00:30:00": of a spreadsheet, which has no times without a
		                         day */
		return true;
	}
	if (s.n <= 4 && str_to_u64(s, 2400, &n)) {
		*seconds = (int32_t)(hours ? n * 3600 : n / 100 * 3600 + n % 100 * 60);
		return *seconds <= 86400 && (hours || n % 100 < 60);
	}
	enum dec_result got = s.n < DEC_TEXT ? dec_parse(s, '.', &part) : DEC_BAD;
	if ((got != DEC_OK && got != DEC_ROUNDED) || part < 0 || part >= DEC_ONE)
		return false;
	*seconds = seconds_of(part);
	return true;
}

/* ---- which order ---- */

/* The next date, read in one order. */
static void run_on(struct date_run *r, const struct fields *f, enum date_order order, int32_t today)
{
	int32_t day;
	if (day_of(*f, (struct date_form){order, 0}, &day) != DATE_OK) {
		r->impossible++;
		return;
	}
	r->future += today && day > today;
	if (r->seen++ && day != r->last) {
		r->steps += day - r->last == 1 || r->last - day == 1;
		r->jumps += day - r->last != 1 && r->last - day != 1;
	}
	r->last = day;
}

void date_vote(struct date_votes *v, struct str s)
{
	struct fields f;
	struct date_moment m;

	v->seen++;
	if (!take_moment(s, &f, &m)) {
		v->bad++;
	} else if (f.digits[0] == 4 || f.named) {
		v->year_first++;
	} else {
		v->first_over_12 += f.value[0] > 12;
		v->middle_over_12 += f.value[1] > 12;
		v->either_end += f.mark == '-' && f.digits[0] == 2 && f.digits[2] == 2;
		run_on(&v->year_first_run, &f, DATE_YMD, v->today);
		run_on(&v->day_first_run, &f, DATE_DMY, v->today);
	}
}

static bool possible(const struct date_run *r)
{
	return !r->impossible && !r->future;
}

/* Most days follow one another. */
static bool day_by_day(const struct date_run *r)
{
	return r->steps > r->jumps;
}

/* 25-11-07: yy-mm-dd or dd-mm-yy. */
static enum date_order guess_end(const struct date_votes *v, bool *certain)
{
	const struct date_run *y = &v->year_first_run, *d = &v->day_first_run;
	bool by_year = possible(y) && day_by_day(y), by_day = possible(d) && day_by_day(d);
	*certain = true;
	if (by_year != by_day)
		return by_year ? DATE_YMD : DATE_DMY;
	*certain = possible(y) != possible(d);
	return possible(y) && !possible(d) ? DATE_YMD : DATE_DMY;
}

enum date_order date_guess_order(const struct date_votes *v, bool *certain)
{
	if (v->year_first && v->year_first + v->bad == v->seen) {
		*certain = true;
		return DATE_YMD;
	}
	if (v->either_end && v->either_end + v->bad == v->seen && !v->middle_over_12)
		return guess_end(v, certain);
	*certain = (v->first_over_12 == 0) != (v->middle_over_12 == 0);
	return v->middle_over_12 && !v->first_over_12 ? DATE_MDY : DATE_DMY;
}
