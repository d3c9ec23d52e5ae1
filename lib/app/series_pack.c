/*
 * series_pack: how a day of readings lies in the database.
 *
 *   byte 0    format, 1
 *   byte 1    places p, 0 to 6: a stored integer v means v / 10^p of the unit; the fewest that hold all exactly
 *   byte 2    width w, 0 to 8: bytes of each stored integer, the fewest that hold all (0: all are zero)
 *   byte 3    bit 0: some intervals are missing, a bitmap follows; bit 1: qualities differ, they follow
 *   byte 4,5  n, intervals of the day, low byte first
 *   byte 6    the quality of all present intervals (0 where they differ)
 *   [bitmap]  (n + 7) / 8 bytes, bit i % 8 of byte i / 8 set: interval i is present
 *   [quality] a letter for each present interval
 *   values    of the present intervals, w bytes each, two's complement, low byte first
 *
 * The form is canonical: equal days are equal bytes, which makes "identical" one memcmp. A half-hourly day of
 * three places takes 103 bytes. Disadvantage: one value in a day must be unpacked to be read, some 100 ns.
 */
#include <string.h>

#include "app/series.h"

#define FORMAT 1
#define HEAD   7
enum { SOME_MISSING = 1, MIXED_QUALITY = 2 };

static const int64_t units[] = {1000000, 100000, 10000, 1000,
                                100,     10,     1}; /* millionths in a unit of that place */

static int places_needed(int n, const int64_t *value, const char *quality)
{
	int places = 0;
	for (int i = 0; i < n; i++)
		while (quality[i] && value[i] % units[places])
			places++;
	return places;
}

static int width_needed(int64_t lowest, int64_t highest)
{
	if (lowest == 0 && highest == 0)
		return 0;
	for (int w = 1; w < 8; w++) {
		int64_t top = ((int64_t)1 << (8 * w - 1)) - 1;
		if (highest <= top && lowest >= -top - 1)
			return w;
	}
	return 8;
}

static void put_number(uint8_t *p, int64_t v, int width)
{
	uint64_t u = (uint64_t)v;
	for (int k = 0; k < width; k++, u >>= 8)
		p[k] = (uint8_t)u;
}

static int64_t get_number(const uint8_t *p, int width)
{
	uint64_t u = 0;
	for (int k = width - 1; k >= 0; k--)
		u = u << 8 | p[k];
	if (width && width < 8 && p[width - 1] & 0x80)
		u |= ~(uint64_t)0 << (8 * width);
	return (int64_t)u;
}

size_t series_pack(int n, const int64_t *value, const char *quality, uint8_t out[SERIES_PACKED_MAX])
{
	int places = places_needed(n, value, quality);
	int64_t unit = units[places], lowest = 0, highest = 0;
	int present = 0;
	char common = 0;
	bool mixed = false;
	for (int i = 0; i < n; i++) {
		if (!quality[i])
			continue;
		lowest = value[i] < lowest ? value[i] : lowest;
		highest = value[i] > highest ? value[i] : highest;
		mixed = mixed || (present && quality[i] != common);
		common = quality[i];
		present++;
	}
	if (!present)
		return 0;
	int width = width_needed(lowest / unit, highest / unit);
	uint8_t *p = out + HEAD;
	out[0] = FORMAT;
	out[1] = (uint8_t)places;
	out[2] = (uint8_t)width;
	out[3] = (uint8_t)((present < n ? SOME_MISSING : 0) | (mixed ? MIXED_QUALITY : 0));
	out[4] = (uint8_t)n;
	out[5] = (uint8_t)(n >> 8);
	out[6] = mixed ? 0 : (uint8_t)common;
	if (present < n) {
		memset(p, 0, (size_t)(n + 7) / 8);
		for (int i = 0; i < n; i++)
			if (quality[i])
				p[i / 8] |= (uint8_t)(1 << i % 8);
		p += (n + 7) / 8;
	}
	for (int i = 0; i < n && mixed; i++)
		if (quality[i])
			*p++ = (uint8_t)quality[i];
	for (int i = 0; i < n; i++)
		if (quality[i]) {
			put_number(p, value[i] / unit, width);
			p += width;
		}
	return (size_t)(p - out);
}

bool series_peek(struct str data, unsigned *present, int *last)
{
	const uint8_t *p = (const uint8_t *)data.p;
	*present = 0;
	*last = -1;
	if (data.n < HEAD || p[0] != FORMAT)
		return false;
	int n = p[4] | p[5] << 8;
	bool some_missing = p[3] & SOME_MISSING, mixed = p[3] & MIXED_QUALITY;
	const uint8_t *letter = p + HEAD + (some_missing ? (n + 7) / 8 : 0), *end = p + data.n;
	if (letter > end)
		return false;
	if (!some_missing && !mixed && p[6] != SERIES_EXCLUDED) {
		*present = (unsigned)n;
		*last = n - 1;
		return true;
	}
	for (int i = 0; i < n; i++) {
		if (some_missing && !(p[HEAD + i / 8] >> i % 8 & 1))
			continue;
		if (mixed && letter == end)
			return false;
		if ((mixed ? *letter++ : p[6]) == SERIES_EXCLUDED)
			continue;
		++*present;
		*last = i;
	}
	return true;
}

bool series_unpack(struct str data, struct series_day *d)
{
	const uint8_t *p = (const uint8_t *)data.p, *end = p + data.n;
	if (data.n < HEAD || p[0] != FORMAT || p[1] > 6 || p[2] > 8)
		return false;
	int n = p[4] | p[5] << 8, width = p[2], present = 0;
	int64_t unit = units[p[1]];
	bool some_missing = p[3] & SOME_MISSING, mixed = p[3] & MIXED_QUALITY;
	char common = (char)p[6];
	if (n > SERIES_INTERVALS_MAX || (!mixed && !common))
		return false;
	p += HEAD;
	if (some_missing && end - p < (n + 7) / 8)
		return false;
	for (int i = 0; i < n; i++) {
		bool here = !some_missing || p[i / 8] >> i % 8 & 1;
		d->quality[i] = here ? '-' : 0;
		d->value[i] = 0;
		present += here;
	}
	p += some_missing ? (n + 7) / 8 : 0;
	if (end - p != (ptrdiff_t)present * (width + mixed))
		return false;
	const uint8_t *letters = p;
	p += mixed ? present : 0;
	for (int i = 0; i < n; i++) {
		if (!d->quality[i])
			continue;
		d->quality[i] = mixed ? (char)*letters++ : common;
		if (!d->quality[i] || __builtin_mul_overflow(get_number(p, width), unit, &d->value[i]))
			return false;
		p += width;
	}
	d->n = (uint16_t)n;
	return true;
}
