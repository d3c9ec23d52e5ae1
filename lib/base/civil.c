/*
 * civil: calendar arithmetic and its texts; see the header.
 *
 * Owns nothing. The texts are written digit by digit and not by snprintf: exports write millions of them.
 * Instants outside the years 1 to 9999 cannot be written in RFC 3339: they are shown as the nearest that can.
 */
#include "base/civil.h"

#define DAY_SECONDS 86400
#define DAY_FIRST   (-719162) /* 0001-01-01 */
#define DAY_LAST    2932896   /* 9999-12-31 */

int32_t civil_to_day(struct civil c)
{
	int y = c.year - (c.month <= 2);
	int era = (y >= 0 ? y : y - 399) / 400;
	int yoe = y - era * 400;                                                  /* 0 .. 399 */
	int doy = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1; /* 0 .. 365, from 1 March */
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;                          /* 0 .. 146096 */

	return era * 146097 + doe - 719468;
}

struct civil civil_from_day(int32_t day)
{
	int64_t z = (int64_t)day + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = (int)(z - era * 146097);                               /* 0 .. 146096 */
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365; /* 0 .. 399 */
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);               /* 0 .. 365, from 1 March */
	int mp = (5 * doy + 2) / 153;                                    /* 0 .. 11, from March */
	int month = mp < 10 ? mp + 3 : mp - 9;

	return (struct civil){(int)(yoe + era * 400) + (month <= 2), month, doy - (153 * mp + 2) / 5 + 1};
}

bool civil_valid(int year, int month, int day)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (leap && month == 2);
}

int civil_weekday(int32_t day)
{
	int w = (int)(((int64_t)day + 4) % 7); /* 1970-01-01 was a Thursday */

	return w < 0 ? w + 7 : w;
}

static char *put2(char *p, unsigned v)
{
	p[0] = (char)('0' + v / 10 % 10);
	p[1] = (char)('0' + v % 10);
	return p + 2;
}

static char *put_day(char *p, int32_t day)
{
	struct civil c = civil_from_day(day < DAY_FIRST ? DAY_FIRST : day > DAY_LAST ? DAY_LAST : day);

	p = put2(p, (unsigned)c.year / 100);
	p = put2(p, (unsigned)c.year % 100);
	*p++ = '-';
	p = put2(p, (unsigned)c.month);
	*p++ = '-';
	return put2(p, (unsigned)c.day);
}

void civil_format_day(int32_t day, char out[CIVIL_DATE_TEXT])
{
	*put_day(out, day) = '\0';
}

static char *put_at(char *p, int64_t at, char between)
{
	int64_t first = (int64_t)DAY_FIRST * DAY_SECONDS, last = ((int64_t)DAY_LAST + 1) * DAY_SECONDS - 1;

	at = at < first ? first : at > last ? last : at;
	int64_t day = at / DAY_SECONDS;
	int seconds = (int)(at % DAY_SECONDS);
	if (seconds < 0) {
		seconds += DAY_SECONDS;
		day--;
	}
	p = put_day(p, (int32_t)day);
	*p++ = between;
	p = put2(p, (unsigned)seconds / 3600);
	*p++ = ':';
	p = put2(p, (unsigned)seconds / 60 % 60);
	*p++ = ':';
	return put2(p, (unsigned)seconds % 60);
}

void civil_format_at(int64_t at, char out[CIVIL_TIME_TEXT])
{
	char *p = put_at(out, at, 'T');

	p[0] = 'Z';
	p[1] = '\0';
}

void civil_format_at_sql(int64_t at, char out[CIVIL_TIME_TEXT])
{
	*put_at(out, at, ' ') = '\0';
}

/* Exactly `n` digits at p, or -1. */
static int digits(const char *p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

bool civil_parse_day(struct str s, int32_t *day)
{
	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-')
		return false;
	struct civil c = {digits(s.p, 4), digits(s.p + 5, 2), digits(s.p + 8, 2)};
	if (!civil_valid(c.year, c.month, c.day))
		return false;
	*day = civil_to_day(c);
	return true;
}

/* "Z" or "+hh:mm" -> seconds east. */
static bool parse_offset(struct str s, int *offset)
{
	if (s.n == 1 && (s.p[0] == 'Z' || s.p[0] == 'z')) {
		*offset = 0;
		return true;
	}
	if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-') || s.p[3] != ':')
		return false;
	int h = digits(s.p + 1, 2), m = digits(s.p + 4, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59)
		return false;
	*offset = (h * 3600 + m * 60) * (s.p[0] == '-' ? -1 : 1);
	return true;
}

bool civil_parse_at(struct str s, int64_t *at)
{
	int32_t day;
	int offset;

	if (s.n < 20 || !civil_parse_day(str_sub(s, 0, 10), &day))
		return false;
	const char *p = s.p;
	if ((p[10] != 'T' && p[10] != 't' && p[10] != ' ') || p[13] != ':' || p[16] != ':')
		return false;
	int h = digits(p + 11, 2), m = digits(p + 14, 2), sec = digits(p + 17, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59)
		return false;
	size_t i = 19;
	if (p[i] == '.') { /* a fraction of a second is read and dropped: instants are whole seconds */
		size_t from = ++i;
		while (i < s.n && p[i] >= '0' && p[i] <= '9')
			i++;
		if (i == from)
			return false;
	}
	if (!parse_offset(str_sub(s, i, s.n), &offset))
		return false;
	*at = (int64_t)day * DAY_SECONDS + h * 3600 + m * 60 + sec - offset;
	return true;
}
