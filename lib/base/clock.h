/*
 * clock: the time, as an object that tests can set.
 *
 * Instants are int64_t seconds since 1970-01-01T00:00:00Z without leap seconds (POSIX time), and are
 * named *_at everywhere.
 */
#ifndef WL_BASE_CLOCK_H
#define WL_BASE_CLOCK_H

#include <stdint.h>

struct clock {
	int64_t fixed_at; /* 0: the system's clock; else always this instant */
};

int64_t clock_now(const struct clock *c); /* seconds; NULL means the system's clock */
int64_t clock_ms(void);                   /* monotonic milliseconds, for durations only */

#endif
