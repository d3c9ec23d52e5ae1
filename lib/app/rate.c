/*
 * rate: see rate.h. A key lands in one of 4096 slots; a slot that another key or an older window held is taken
 * over. Two keys that share a slot within one window push each other out, so under heavy use of many keys the
 * limit is looser than said, never tighter for somebody who did nothing.
 */
#include "app/rate.h"

#include "app/crypto.h"
#include "app/shared.h"
#include "app/storage.h"

static uint64_t hash_of(struct str key)
{
	uint8_t hash[CRYPTO_HASH];
	uint64_t h;
	crypto_sha256(key, hash);
	memcpy(&h, hash, sizeof(h));
	return h;
}

enum err rate_hit(struct ctx *c, struct str key, int64_t limit, int window)
{
	struct shared *m = shared_of(c->storage);
	if (!m)
		return OK;
	uint64_t h = hash_of(key);
	int64_t now = ctx_now(c);
	struct shared_rate *slot = &m->rate[h % SHARED_RATES];
	uint64_t mine = (h & ~(uint64_t)0xffffff) | ((uint64_t)(now / window) & 0xffffff);
	uint64_t held = slot->key_window;
	if (held != mine && __atomic_compare_exchange_n((uint64_t *)&slot->key_window, &held, mine, false,
	                                                __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		slot->count = 0;
	if (++slot->count <= limit)
		return OK;
	int wait = (int)(window - now % window);
	ctx_fail(c, ERR_RATE, "", "Too many requests. Please try again in %d seconds.", wait);
	c->fault.retry_after = wait;
	return ERR_RATE;
}

void rate_delay(struct ctx *c, struct str key, int64_t *failures, int64_t *until)
{
	struct shared *m = shared_of(c->storage);
	uint64_t h = hash_of(key);
	const struct shared_delay *d = m ? &m->delay[h % SHARED_DELAYS] : NULL;
	bool mine = d && d->key == h;
	*failures = mine ? d->failures : 0;
	*until = mine ? d->until : 0;
}

void rate_delay_set(struct ctx *c, struct str key, int64_t failures, int64_t until)
{
	struct shared *m = shared_of(c->storage);
	uint64_t h = hash_of(key);
	if (!m)
		return;
	struct shared_delay *d = &m->delay[h % SHARED_DELAYS];
	d->key = h;
	d->failures = failures;
	d->until = until;
}
