/* cron: what is taken has a bit in each field, and its next times rise, each on a minute that the expression
 * names (in UTC, which has no gaps). */
#include "base/civil.h"
#include "base/cron.h"
#include "fuzz.h"

static bool fits(const struct cron *c, int64_t at)
{
	int64_t minute = at % 86400 / 60;
	struct civil d = civil_from_day((int32_t)(at / 86400));

	return at % 60 == 0 && (c->minutes >> minute % 60 & 1) && (c->hours >> minute / 60 & 1) &&
	       (c->months >> d.month & 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cron c;
	char why[CRON_WHY];
	int64_t at = 1762500000;

	if (!cron_parse((struct str){(const char *)data, size}, &c, why)) {
		FUZZ_CHECK(memchr(why, '\0', sizeof(why)) && why[0]);
		return 0;
	}
	FUZZ_CHECK(c.minutes && c.hours && c.days && c.months && c.weekdays);
	for (int i = 0; i < 3 && at; i++) {
		int64_t next = cron_next(&c, tz_load(STR("UTC")), at);

		FUZZ_CHECK(!next || (next > at && fits(&c, next)));
		at = next;
	}
	return 0;
}
