/*
 * shared: a small mapping in storage, run/shared, that all processes see: when the last web request came, when
 * a worker was last seen, and the counters and delays of rate.h. Nothing in it needs to survive a reboot; a
 * mapping that cannot be had (a full disk) only costs these conveniences, never an answer.
 */
#ifndef WL_APP_SHARED_H
#define WL_APP_SHARED_H

#include <stdint.h>

struct storage;

#define SHARED_RATES  4096
#define SHARED_DELAYS 1024

struct shared_rate {
	_Atomic uint64_t key_window; /* 40 bits of the key's hash, 24 bits of the window's number */
	_Atomic uint32_t count;
	uint32_t unused;
};
struct shared_delay {
	_Atomic uint64_t key; /* 64 bits of the key's hash */
	_Atomic int64_t failures, until;
};
struct shared {
	_Atomic int64_t web_ms;    /* CLOCK_BOOTTIME milliseconds of the last request */
	_Atomic int64_t worker_at; /* instant of the worker's last sign of life */
	int64_t unused[6];
	struct shared_rate rate[SHARED_RATES];
	struct shared_delay delay[SHARED_DELAYS];
};

/* NULL: it cannot be had. The mapping lives as long as the process, one a storage folder. */
struct shared *shared_of(const struct storage *s);

#endif
