/*
 * netaddr: whether an address is one of the public internet.
 *
 * For requests whose target a user has named: they must not reach what only this machine or its network can
 * reach. Not public is what IANA's registries of special addresses call not globally reachable (private,
 * loopback, link-local, carrier NAT, documentation, benchmarks, multicast, reserved) and each form of IPv6 that
 * carries an IPv4 address which is not public itself. Addresses of this machine are netaddr_own's question.
 */
#ifndef WL_BASE_NETADDR_H
#define WL_BASE_NETADDR_H

#include <stdbool.h>
#include <sys/socket.h>

bool netaddr_public(const struct sockaddr *a);
/* Whether an interface of this machine has it; true as well if that cannot be found out. */
bool netaddr_own(const struct sockaddr *a);

#endif
