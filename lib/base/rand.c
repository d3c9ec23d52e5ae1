/*
 * rand: getrandom(2) and the names made of it.
 *
 * One system call a name and no pool of our own: names are made a few times a request, and a pool would have
 * to survive forks without giving the same bytes twice. Numbers are made by rejection, so without bias.
 */
#include <errno.h>
#include <sys/random.h>

#include "base/panic.h"
#include "base/rand.h"

void rand_bytes(void *p, size_t n)
{
	char *to = p;

	while (n) {
		ssize_t got = getrandom(to, n, 0);
		if (got < 0 && errno != EINTR)
			panic("no randomness (errno %d)", errno);
		if (got > 0) {
			to += got;
			n -= (size_t)got;
		}
	}
}

uint32_t rand_below(uint32_t n)
{
	if (n == 0)
		panic("rand_below(0)");
	/* 2^32 mod n values at the bottom would make the low results likelier. */
	uint32_t reject = (uint32_t)(-n) % n;
	uint32_t v;
	do {
		rand_bytes(&v, sizeof v);
	} while (v < reject);
	return v % n;
}

static void hex(char *out, const unsigned char *p, size_t n)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[p[i] >> 4];
		out[2 * i + 1] = digit[p[i] & 15];
	}
	out[2 * n] = '\0';
}

void rand_hex(char *out, size_t bytes)
{
	unsigned char b[64];

	*out = '\0';
	while (bytes) {
		size_t n = bytes < sizeof b ? bytes : sizeof b;
		rand_bytes(b, n);
		hex(out, b, n);
		out += 2 * n;
		bytes -= n;
	}
}

void rand_uuid(char out[37])
{
	unsigned char b[16];

	rand_bytes(b, sizeof b);
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	/* 4-2-2-2-6 bytes; each hyphen takes the place of the NUL that hex() left. */
	static const unsigned char group[] = {4, 2, 2, 2, 6};
	const unsigned char *from = b;
	for (size_t i = 0; i < sizeof group; i++) {
		hex(out, from, group[i]);
		from += group[i];
		out += 2 * group[i];
		if (i + 1 < sizeof group)
			*out++ = '-';
	}
}

void rand_base62(char *out, size_t n)
{
	static const char digit[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	unsigned char b[64];
	size_t left = 0;

	while (n) {
		if (left == 0) {
			rand_bytes(b, sizeof b);
			left = sizeof b;
		}
		unsigned char v = b[--left];
		if (v < 62 * 4) {
			*out++ = digit[v % 62];
			n--;
		}
	}
	*out = '\0';
}
