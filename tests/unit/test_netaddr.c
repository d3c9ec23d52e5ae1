/* netaddr: both sides of each border. */
#include <arpa/inet.h>

#include "base/netaddr.h"
#include "unit.h"

static bool public(const char *text)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	if (strchr(text, ':')) {
		assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
		return netaddr_public((struct sockaddr *)&v6);
	}
	assert_int_equal(inet_pton(AF_INET, text, &v4.sin_addr), 1);
	return netaddr_public((struct sockaddr *)&v4);
}

static void not_public(void **state)
{
	static const char *const special[] = {
	        "0.0.0.0",
	        "0.255.255.255",
	        "10.0.0.1",
	        "10.255.255.255",
	        "100.64.0.0",
	        "100.127.255.255",
	        "127.0.0.1",
	        "127.255.0.1",
	        "169.254.169.254",
	        "172.16.0.1",
	        "172.31.255.255",
	        "192.0.0.1",
	        "192.0.2.7",
	        "192.168.0.1",
	        "192.168.255.255",
	        "198.18.0.1",
	        "198.19.255.255",
	        "198.51.100.1",
	        "203.0.113.9",
	        "224.0.0.1",
	        "239.1.1.1",
	        "255.255.255.255",
	        "::",
	        "::1",
	        "fe80::1",
	        "fc00::1",
	        "fdff::1",
	        "fec0::1",
	        "ff02::1",
	        "::ffff:127.0.0.1",
	        "::ffff:10.1.1.1",
	        "::127.0.0.1",
	        "2001:db8::1",
	        "64:ff9b::192.168.1.1",
	        "2002:7f00:1::",
	        "2001::1",
	        "100::1",
	        "2001:10::1",
	        "3fff::1",
	        "64:ff9b:1::1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (public(special[i]))
			fail_msg("%s is not public", special[i]);
	assert_false(netaddr_public(&(struct sockaddr){.sa_family = AF_UNIX}));
}

static void are_public(void **state)
{
	static const char *const known[] = {
	        "1.1.1.1",         "9.255.255.255", "11.0.0.0",       "100.63.255.255",   "100.128.0.0",
	        "126.1.1.1",       "128.0.0.1",     "172.15.1.1",     "172.32.0.0",       "192.167.1.1",
	        "192.169.1.1",     "198.17.1.1",    "198.20.0.0",     "223.255.255.1",    "2a00::1",
	        "2606:4700::1111", "2001:4860::88", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::",
	        "2001:200::1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!public(known[i]))
			fail_msg("%s is public", known[i]);
}

static void own(void **state)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = 443};

	(void)state;
	assert_int_equal(inet_pton(AF_INET, "127.0.0.1", &v4.sin_addr), 1);
	assert_true(netaddr_own((struct sockaddr *)&v4));
	assert_int_equal(inet_pton(AF_INET, "192.0.2.77", &v4.sin_addr), 1);
	assert_false(netaddr_own((struct sockaddr *)&v4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(not_public),
	        cmocka_unit_test(are_public),
	        cmocka_unit_test(own),
	};

	return cmocka_run_group_tests_name("netaddr", tests, NULL, NULL);
}
