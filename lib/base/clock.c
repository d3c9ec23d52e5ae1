/*
 * clock: the system's clocks behind two functions, and a fixed instant for tests.
 *
 * Wall time and durations are kept apart on purpose: wall time jumps when somebody sets the clock, and a
 * duration must not.
 */
#include <stddef.h>
#include <time.h>

#include "base/clock.h"
#include "base/panic.h"

static struct timespec read_clock(clockid_t id)
{
	struct timespec t;

	if (clock_gettime(id, &t) != 0)
		panic("no clock %d", (int)id);
	return t;
}

int64_t clock_now(const struct clock *c)
{
	if (c && c->fixed_at)
		return c->fixed_at;
	return read_clock(CLOCK_REALTIME).tv_sec;
}

int64_t clock_ms(void)
{
	struct timespec t = read_clock(CLOCK_MONOTONIC);

	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
