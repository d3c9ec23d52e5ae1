/* netaddr: see netaddr.h. */
#include "base/netaddr.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct block4 {
	uint32_t net;
	int bits;
};
static const struct block4 special4[] = {
        {0x00000000, 8},  /* 0.0.0.0: this network */
        {0x0a000000, 8},  /* 10: private */
        {0x64400000, 10}, /* 100.64: carrier NAT */
        {0x7f000000, 8},  /* 127: loopback */
        {0xa9fe0000, 16}, /* 169.254: link-local */
        {0xac100000, 12}, /* 172.16: private */
        {0xc0000000, 24}, /* 192.0.0: protocols */
        {0xc0000200, 24}, /* 192.0.2: documentation */
        {0xc0586300, 24}, /* 192.88.99: relays of old */
        {0xc0a80000, 16}, /* 192.168: private */
        {0xc6120000, 15}, /* 198.18: benchmarks */
        {0xc6336400, 24}, /* 198.51.100: documentation */
        {0xcb007100, 24}, /* 203.0.113: documentation */
        {0xe0000000, 3},  /* 224 and up: multicast, reserved, broadcast */
};

static bool public4(uint32_t a)
{
	for (size_t i = 0; i < sizeof(special4) / sizeof(special4[0]); i++)
		if ((a ^ special4[i].net) >> (32 - special4[i].bits) == 0)
			return false;
	return true;
}

static uint32_t number4(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Only 2000::/3 is given out; the rest of the list are its special parts. */
static bool public6(const uint8_t *p)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};

	if (memcmp(p, mapped, sizeof(mapped)) == 0 || memcmp(p, nat64, sizeof(nat64)) == 0)
		return public4(number4(p + 12));
	if ((p[0] & 0xe0) != 0x20)
		return false;
	if (p[0] == 0x20 && p[1] == 0x02) /* 2002: 6to4 */
		return public4(number4(p + 2));
	if (p[0] == 0x20 && p[1] == 0x01) /* 2001::/23: protocols, Teredo; 2001:db8: documentation */
		return p[2] > 0x01 && !(p[2] == 0x0d && p[3] == 0xb8);
	return !(p[0] == 0x3f && p[1] == 0xff && p[2] < 0x10); /* 3fff::/20: documentation */
}

bool netaddr_public(const struct sockaddr *a)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (a->sa_family == AF_INET) {
		memcpy(&v4, a, sizeof(v4));
		return public4(ntohl(v4.sin_addr.s_addr));
	}
	if (a->sa_family != AF_INET6)
		return false;
	memcpy(&v6, a, sizeof(v6));
	return public6(v6.sin6_addr.s6_addr);
}

/* Only the addresses, without ports and scopes. */
static bool same(const struct sockaddr *a, const struct sockaddr *b)
{
	if (a->sa_family != b->sa_family)
		return false;
	if (a->sa_family == AF_INET)
		return memcmp((const char *)a + offsetof(struct sockaddr_in, sin_addr),
		              (const char *)b + offsetof(struct sockaddr_in, sin_addr),
		              sizeof(struct in_addr)) == 0;
	return a->sa_family == AF_INET6 &&
	       memcmp((const char *)a + offsetof(struct sockaddr_in6, sin6_addr),
	              (const char *)b + offsetof(struct sockaddr_in6, sin6_addr), sizeof(struct in6_addr)) == 0;
}

bool netaddr_own(const struct sockaddr *a)
{
	struct ifaddrs *all;
	bool own = false;

	if (getifaddrs(&all) < 0)
		return true;
	for (const struct ifaddrs *i = all; i; i = i->ifa_next)
		own = own || (i->ifa_addr && same(i->ifa_addr, a));
	freeifaddrs(all);
	return own;
}
