/*
 * tz_file: TZif (RFC 9636) and the POSIX rule in its footer -> struct tz.
 *
 * Of a version 1 file the only block is read; of later ones the second block, with 64-bit instants, and the
 * footer. Everything is checked before it is used, because a zone is named by data from outside even if the
 * file is the system's. Names of local time types ("BST") and the indicators are skipped: nobody asks.
 *
 * The two arrays belong to the zone, which lives as long as the process. Disadvantage: files made with leap
 * seconds ("right/Europe/London") are refused, as instants here have none.
 */
#include <stdlib.h>

#include "base/panic.h"
#include "base/tz_zone.h"

#define HEADER      44
#define CHANGES_MAX 4096  /* the largest real file has some 240 */
#define OFFSET_MAX  86400 /* real ones stay within 16 hours */

struct header {
	int version;
	size_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;
};

static uint64_t big_endian(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

static int64_t read_time(const char *p, size_t width)
{
	uint64_t v = big_endian(p, width);

	return width == 4 ? (int64_t)(int32_t)(uint32_t)v : (int64_t)v;
}

static bool read_header(struct str s, struct header *h)
{
	if (s.n < HEADER || memcmp(s.p, "TZif", 4) != 0)
		return false;
	h->version = s.p[4] == 0 ? 1 : s.p[4] - '0';
	h->isutcnt = big_endian(s.p + 20, 4);
	h->isstdcnt = big_endian(s.p + 24, 4);
	h->leapcnt = big_endian(s.p + 28, 4);
	h->timecnt = big_endian(s.p + 32, 4);
	h->typecnt = big_endian(s.p + 36, 4);
	h->charcnt = big_endian(s.p + 40, 4);
	return h->version >= 1 && h->timecnt <= CHANGES_MAX && h->typecnt >= 1 && h->typecnt <= 256 &&
	       h->charcnt <= 65536 && h->leapcnt <= 65536 && h->isutcnt <= 256 && h->isstdcnt <= 256;
}

static size_t block_size(const struct header *h, size_t width)
{
	return h->timecnt * (width + 1) + h->typecnt * 6 + h->charcnt + h->leapcnt * (width + 4) + h->isstdcnt +
	       h->isutcnt;
}

/* One data block, `width` bytes an instant. */
static bool read_block(const char *p, const struct header *h, size_t width, struct tz *z)
{
	const char *index = p + h->timecnt * width;
	const char *types = index + h->timecnt;

	if (h->leapcnt)
		return false;
	for (size_t i = 0; i < h->typecnt; i++) {
		int64_t offset = read_time(types + i * 6, 4);
		if (offset < -OFFSET_MAX || offset > OFFSET_MAX)
			return false;
	}
	z->n = h->timecnt;
	z->at = calloc(z->n + 1, sizeof *z->at);
	z->offset = calloc(z->n + 1, sizeof *z->offset);
	if (!z->at || !z->offset)
		panic("out of memory");
	z->offset[0] = (int32_t)read_time(types, 4);
	for (size_t i = 0; i < z->n; i++) {
		unsigned type = (unsigned char)index[i];
		z->at[i] = read_time(p + i * width, width);
		if (type >= h->typecnt || (i && z->at[i] <= z->at[i - 1]))
			return false;
		z->offset[i + 1] = (int32_t)read_time(types + (size_t)type * 6, 4);
	}
	return true;
}

bool tz_file_parse(struct str file, struct tz *z)
{
	struct header h;

	if (!read_header(file, &h) || file.n - HEADER < block_size(&h, 4))
		return false;
	if (h.version == 1)
		return read_block(file.p + HEADER, &h, 4, z);
	file = str_sub(file, HEADER + block_size(&h, 4), file.n);
	if (!read_header(file, &h) || file.n - HEADER < block_size(&h, 8) ||
	    !read_block(file.p + HEADER, &h, 8, z))
		return false;
	struct str footer = str_sub(file, HEADER + block_size(&h, 8), file.n);
	if (footer.n < 2 || footer.p[0] != '\n' || footer.p[footer.n - 1] != '\n')
		return false;
	footer = str_sub(footer, 1, footer.n - 2);
	return footer.n == 0 || tz_rule_parse(footer, z);
}

/* ---- the rule: std offset [dst [offset] , start [/time] , end [/time]] ---- */

static bool take(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_sub(*s, 1, s->n);
	return true;
}

/* A number of one to three digits, low .. high. */
static bool take_number(struct str *s, int low, int high, int *out)
{
	int v = 0;
	size_t n = 0;

	while (n < s->n && n < 3 && s->p[n] >= '0' && s->p[n] <= '9')
		v = v * 10 + (s->p[n++] - '0');
	if (n == 0 || v < low || v > high)
		return false;
	*s = str_sub(*s, n, s->n);
	*out = v;
	return true;
}

/* "BST" or "<+03>" */
static bool take_name(struct str *s)
{
	size_t n = 0;

	if (take(s, '<')) {
		ptrdiff_t end = str_find(*s, '>');
		*s = str_sub(*s, end < 0 ? s->n : (size_t)end + 1, s->n);
		return end > 0;
	}
	while (n < s->n && ((s->p[n] >= 'A' && s->p[n] <= 'Z') || (s->p[n] >= 'a' && s->p[n] <= 'z')))
		n++;
	*s = str_sub(*s, n, s->n);
	return n >= 3;
}

/* [+-]h[hh][:mm[:ss]] */
static bool take_time(struct str *s, int hours_max, int32_t *seconds)
{
	int h, m = 0, sec = 0;
	bool negative = take(s, '-');

	if (!negative)
		(void)take(s, '+');
	if (!take_number(s, 0, hours_max, &h))
		return false;
	if (take(s, ':') && (!take_number(s, 0, 59, &m) || (take(s, ':') && !take_number(s, 0, 59, &sec))))
		return false;
	*seconds = (h * 3600 + m * 60 + sec) * (negative ? -1 : 1);
	return true;
}

static bool take_rule(struct str *s, struct tz_rule *r)
{
	bool ok;

	*r = (struct tz_rule){TZ_RULE_DAY, 0, 0, 0, 7200};
	if (!take(s, ','))
		return false;
	if (take(s, 'M')) {
		r->kind = TZ_RULE_MONTH;
		ok = take_number(s, 1, 12, &r->month) && take(s, '.') && take_number(s, 1, 5, &r->week) &&
		     take(s, '.') && take_number(s, 0, 6, &r->day);
	} else if (take(s, 'J')) {
		r->kind = TZ_RULE_JULIAN;
		ok = take_number(s, 1, 365, &r->day);
	} else {
		ok = take_number(s, 0, 365, &r->day);
	}
	return ok && (!take(s, '/') || take_time(s, 167, &r->seconds));
}

bool tz_rule_parse(struct str text, struct tz *z)
{
	int32_t west;

	if (!take_name(&text) || !take_time(&text, 24, &west))
		return false;
	z->has_rule = true;
	z->standard = -west;
	z->has_dst = text.n > 0;
	if (!z->has_dst)
		return true;
	if (!take_name(&text))
		return false;
	z->dst = z->standard + 3600;
	if (text.n && text.p[0] != ',') {
		if (!take_time(&text, 24, &west))
			return false;
		z->dst = -west;
	}
	return take_rule(&text, &z->dst_from) && take_rule(&text, &z->dst_to) && text.n == 0;
}
