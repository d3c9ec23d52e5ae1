/* cron: the fields, the two kinds of days, and the nights on which clocks change; then every minute of random
 * expressions against a reader that knows no shortcuts. */
#include "base/civil.h"
#include "base/cron.h"
#include "unit.h"

static void refused(void **state)
{
	static const char *const bad[] = {
	        "",
	        "* * * *",
	        "* * * * * *",
	        "60 * * * *",
	        "* 24 * * *",
	        "* * 0 * *",
	        "* * 32 * *",
	        "* * * 13 *",
	        "* * * * 8",
	        "5-1 * * * *",
	        "*/0 * * * *",
	        "1/2 * * * *",
	        "1- * * * *",
	        "-1 * * * *",
	        "1,,2 * * * *",
	        ", * * * *",
	        "x * * * *",
	        "* * * * mo",
	        "* * * foo *",
	        "** * * * *",
	        "1-2-3 * * * *",
	        "*/x * * * *",
	        "1;2 * * * *",
	        "99999999999999999999 * * * *",
	        "@daily",
	};
	struct cron c;
	char why[CRON_WHY];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (cron_parse(str_of(bad[i]), &c, why))
			fail_msg("\"%s\" was taken", bad[i]);
	assert_false(cron_parse(STR("1 2 3 4 mo"), &c, why));
	assert_non_null(strstr(why, "weekday"));
}

/* The next `n` times from an instant on, each as its UTC text. */
static void expect(const char *text, const char *zone, const char *after, const char *const *want)
{
	struct cron c;
	char why[CRON_WHY], got[CIVIL_TIME_TEXT];
	int64_t at;

	if (!cron_parse(str_of(text), &c, why))
		fail_msg("\"%s\": %s", text, why);
	assert_true(civil_parse_at(str_of(after), &at));
	for (; *want; want++) {
		at = cron_next(&c, tz_load(str_of(zone)), at);
		civil_format_at(at, got);
		if (strcmp(got, *want) != 0)
			fail_msg("%s in %s: %s, not %s", text, zone, got, *want);
	}
}
#define EXPECT(text, zone, after, ...) expect(text, zone, after, (const char *const[]){__VA_ARGS__, NULL})

static void times(void **state)
{
	(void)state;
	EXPECT("30 6 * * mon-fri", "UTC", "2025-11-07T06:30:00Z", "2025-11-10T06:30:00Z",
	       "2025-11-11T06:30:00Z");
	EXPECT("0,30 */6 * * *", "UTC", "2025-11-07T05:59:59Z", "2025-11-07T06:00:00Z", "2025-11-07T06:30:00Z",
	       "2025-11-07T12:00:00Z");
	EXPECT("0 0 1-10/3 JAN,7 *", "UTC", "2025-01-08T00:00:00Z", "2025-01-10T00:00:00Z",
	       "2025-07-01T00:00:00Z");
	EXPECT("0 12 * * 7", "UTC", "2025-11-07T00:00:00Z", "2025-11-09T12:00:00Z");
	EXPECT("0 12 * * 0", "UTC", "2025-11-07T00:00:00Z", "2025-11-09T12:00:00Z");
	EXPECT("0 12 * * 5-7", "UTC", "2025-11-07T12:00:00Z", "2025-11-08T12:00:00Z", "2025-11-09T12:00:00Z",
	       "2025-11-14T12:00:00Z");
	EXPECT("0 0 13 * fri", "UTC", "2025-11-01T00:00:00Z", "2025-11-07T00:00:00Z", "2025-11-13T00:00:00Z");
	EXPECT("0 0 */2 * fri", "UTC", "2025-11-01T00:00:00Z", "2025-11-07T00:00:00Z", "2025-11-21T00:00:00Z");
	EXPECT("0 0 29 2 *", "UTC", "2025-11-01T00:00:00Z", "2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z");
	EXPECT("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z");
}

static void clock_changes(void **state)
{
	struct cron never;
	char why[CRON_WHY];

	(void)state;
	/* 30 March 2025: 01:00 to 02:00 do not exist; 26 October: 01:00 to 02:00 come twice */
	EXPECT("30 1 * * *", "Europe/London", "2025-03-29T12:00:00Z", "2025-03-30T01:00:00Z",
	       "2025-03-31T00:30:00Z");
	EXPECT("*/20 * * * *", "Europe/London", "2025-03-30T00:30:00Z", "2025-03-30T00:40:00Z",
	       "2025-03-30T01:00:00Z", "2025-03-30T01:20:00Z");
	EXPECT("30 1 * * *", "Europe/London", "2025-10-25T12:00:00Z", "2025-10-26T00:30:00Z",
	       "2025-10-27T01:30:00Z");
	EXPECT("0 0 * * *", "America/Havana", "2025-03-08T12:00:00Z", "2025-03-09T05:00:00Z",
	       "2025-03-10T04:00:00Z");
	assert_true(cron_parse(STR("0 0 30 feb *"), &never, why));
	assert_int_equal(cron_next(&never, tz_load(STR("UTC")), 0), 0);
}

/* Whether an instant's clock shows one of the times: minute by minute, in UTC. */
static bool shows(const struct cron *c, int64_t at)
{
	int32_t day = (int32_t)(at / 86400);
	struct civil d = civil_from_day(day);
	int64_t minute = at % 86400 / 60;
	bool by_date = c->days >> d.day & 1, by_weekday = c->weekdays >> civil_weekday(day) & 1;

	return (c->minutes >> minute % 60 & 1) && (c->hours >> minute / 60 & 1) && (c->months >> d.month & 1) &&
	       (c->either_day ? by_date || by_weekday : by_date && by_weekday);
}

static void random_ones(void **state)
{
	uint64_t seed = unit_seed();
	const struct tz *utc = tz_load(STR("UTC"));

	(void)state;
	for (int i = 0; i < 300; i++) {
		char text[80], why[CRON_WHY];
		struct cron c;
		int64_t at = (int64_t)unit_below(&seed, 4000000000), next, slow;

		snprintf(text, sizeof(text), "%d,%d %d-23/%d * %d-12 %s%d", (int)unit_below(&seed, 60),
		         (int)unit_below(&seed, 60), (int)unit_below(&seed, 24), 1 + (int)unit_below(&seed, 5),
		         1 + (int)unit_below(&seed, 12), unit_below(&seed, 2) ? "*/" : "",
		         1 + (int)unit_below(&seed, 6));
		if (!cron_parse(str_of(text), &c, why))
			fail_msg("%s: %s", text, why);
		next = cron_next(&c, utc, at);
		for (slow = (at / 60 + 1) * 60; !shows(&c, slow);)
			slow += 60;
		if (next != slow)
			fail_msg("%s after %lld: %lld, not %lld", text, (long long)at, (long long)next,
			         (long long)slow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(refused),
	        cmocka_unit_test(times),
	        cmocka_unit_test(clock_changes),
	        cmocka_unit_test(random_ones),
	};

	return cmocka_run_group_tests_name("cron", tests, NULL, NULL);
}
