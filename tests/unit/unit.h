/*
 * unit: what every unit test includes: cmocka with the headers it forgets, the slice helper, and a random
 * generator whose seed is printed and can be given again (SEED=123 in the environment).
 */
#ifndef WL_TESTS_UNIT_H
#define WL_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/str.h"

#define assert_str(got, want)                                                                        \
	do {                                                                                         \
		struct str got_ = (got), want_ = str_of(want);                                       \
		if (!str_eq(got_, want_))                                                            \
			print_error("got \"%.*s\", want \"%.*s\"\n", STR_ARG(got_), STR_ARG(want_)); \
		assert_true(str_eq(got_, want_));                                                    \
	} while (0)

/* xorshift64: small, and the same everywhere. */
static inline uint64_t unit_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline uint64_t unit_below(uint64_t *state, uint64_t n)
{
	return unit_random(state) % n;
}

static inline uint64_t unit_seed(void)
{
	const char *given = getenv("SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

	print_message("SEED=%llu\n", (unsigned long long)seed);
	return seed * 2654435761u + 1;
}

#endif
