/* tz: known days of known zones, files that lie, and a check that days are a partition of time. The oracle of
 * all zones is tz_oracle.py beside this. */
#include "base/civil.h"
#include "base/tz.h"
#include "base/tz_zone.h"
#include "unit.h"

static int32_t day_of(const char *text)
{
	int32_t day = 0;

	assert_true(civil_parse_day(str_of(text), &day));
	return day;
}

static int64_t at_of(const char *text)
{
	int64_t at = 0;

	assert_true(civil_parse_at(str_of(text), &at));
	return at;
}

static const struct tz *zone(const char *name)
{
	const struct tz *z = tz_load(str_of(name));

	if (!z)
		fail_msg("no zone %s (is tzdata installed?)", name);
	return z;
}

static void days(void **state)
{
	static const struct {
		const char *zone, *day, *start;
		int32_t seconds;
	} c[] = {
	        {"Europe/London", "2025-01-15", "2025-01-15T00:00:00Z", 48 * 1800},
	        {"Europe/London", "2025-03-30", "2025-03-30T00:00:00Z", 46 * 1800},
	        {"Europe/London", "2025-06-15", "2025-06-14T23:00:00Z", 48 * 1800},
	        {"Europe/London", "2025-10-26", "2025-10-25T23:00:00Z", 50 * 1800},
	        {"Europe/London", "1969-07-20", "1969-07-19T23:00:00Z", 48 * 1800}, /* British Standard Time */
	        {"Europe/London", "2090-03-26", "2090-03-26T00:00:00Z", 46 * 1800}, /* by the footer's rule */
	        {"Europe/London", "2090-10-29", "2090-10-28T23:00:00Z", 50 * 1800},
	        {"Europe/Dublin", "2025-10-26", "2025-10-25T23:00:00Z", 50 * 1800}, /* negative summer time */
	        {"Europe/Dublin", "2090-07-01", "2090-06-30T23:00:00Z", 48 * 1800},
	        {"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 46 * 1800},   /* no midnight */
	        {"Australia/Lord_Howe", "2025-04-06", "2025-04-05T13:00:00Z", 49 * 1800}, /* half an hour */
	        {"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0}, /* a day that was not */
	        {"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 48 * 1800},
	        {"America/New_York", "2090-03-12", "2090-03-12T05:00:00Z", 46 * 1800},
	        {"Asia/Kolkata", "2025-06-15", "2025-06-14T18:30:00Z", 48 * 1800},
	        {"UTC", "2025-03-30", "2025-03-30T00:00:00Z", 48 * 1800},
	};

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
		const struct tz *z = zone(c[i].zone);
		int32_t day = day_of(c[i].day);
		if (tz_day_start(z, day) != at_of(c[i].start) || tz_day_seconds(z, day) != c[i].seconds)
			fail_msg("%s %s: starts %lld, %d s", c[i].zone, c[i].day,
			         (long long)tz_day_start(z, day), tz_day_seconds(z, day));
		assert_string_equal(tz_name(z), c[i].zone);
	}
}

static void local_times(void **state)
{
	const struct tz *london = zone("Europe/London");
	int64_t at = 0, at2 = 0;

	(void)state;
	assert_int_equal(tz_local_to_at(london, day_of("2025-06-01"), 1800, &at, &at2), 1);
	assert_int_equal(at, at_of("2025-05-31T23:30:00Z"));
	assert_int_equal(tz_local_to_at(london, day_of("2025-03-30"), 5400, &at, &at2), 0);
	assert_int_equal(at, at_of("2025-03-30T01:00:00Z"));
	assert_int_equal(tz_local_to_at(london, day_of("2025-03-30"), 3600, &at, &at2), 0);
	assert_int_equal(tz_local_to_at(london, day_of("2025-03-30"), 7200, &at, &at2), 1);
	assert_int_equal(at, at_of("2025-03-30T01:00:00Z"));
	assert_int_equal(tz_local_to_at(london, day_of("2025-10-26"), 3600, &at, &at2), 2);
	assert_int_equal(at, at_of("2025-10-26T00:00:00Z"));
	assert_int_equal(at2, at_of("2025-10-26T01:00:00Z"));
	assert_int_equal(tz_local_to_at(london, day_of("2025-10-26"), 7200, &at, &at2), 1);
	assert_int_equal(at, at_of("2025-10-26T02:00:00Z"));
	/* 24:00 is the next day's 00:00 */
	assert_int_equal(tz_local_to_at(london, day_of("2025-10-26"), 86400, &at, &at2), 1);
	assert_int_equal(at, tz_day_start(london, day_of("2025-10-27")));
	assert_int_equal(tz_offset_at(london, at_of("2025-10-26T00:59:59Z")), 3600);
	assert_int_equal(tz_offset_at(london, at_of("2025-10-26T01:00:00Z")), 0);
}

/* Each day begins where the last one ended, and every instant is of the day that it is within. */
static void days_are_a_partition(void **state)
{
	static const char *const names[] = {"Europe/London",     "America/St_Johns", "America/Toronto",
	                                    "America/Sao_Paulo", "Asia/Beirut",      "Pacific/Apia",
	                                    "Africa/Casablanca", "America/Havana",   "Asia/Manila",
	                                    "Antarctica/Troll",  "America/Nuuk",     "Europe/Dublin"};
	uint64_t seed = unit_seed();

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct tz *z = zone(names[i]);
		for (int32_t day = -50000; day < 50000; day++) {
			int64_t start = tz_day_start(z, day), next = tz_day_start(z, day + 1);
			if (next < start || next - start > 2 * 86400)
				fail_msg("%s: day %d lasts %lld s", names[i], day, (long long)(next - start));
			if (next == start)
				continue;
			int64_t within = start + (int64_t)unit_below(&seed, (uint64_t)(next - start));
			if (tz_day_of(z, start) != day || tz_day_of(z, next - 1) != day ||
			    tz_day_of(z, within) != day ||
			    (next - start > 3600 && tz_day_of(z, start + 1800) != day))
				fail_msg("%s: day %d, instant %lld", names[i], day, (long long)within);
		}
	}
}

/* A day that is kept answers as the zone does, also where it is asked about many days and zones in turn. */
static void kept_days(void **state)
{
	static const char *const names[] = {
	        "Europe/London", "America/Sao_Paulo", "Pacific/Apia",    "UTC",
	        "Asia/Manila",   "Antarctica/Troll",  "America/Toronto", "America/Nuuk"};
	uint64_t seed = unit_seed();
	struct tz_day kept = {0}, by_instant = {0};

	(void)state;
	for (int i = 0; i < 400000; i++) {
		const struct tz *z = zone(names[i / 1000 % 8]);
		int32_t day = -20000 + i % 1000 + 70 * (i / 1000) + (int32_t)unit_below(&seed, 2);
		int32_t seconds = (int32_t)unit_below(&seed, 86401);
		int64_t at = 0, at2 = 0, want = 0, want2 = 0;
		tz_day_take(&kept, z, day);
		int found = tz_day_clock(&kept, seconds, &at, &at2);
		if (kept.start != tz_day_start(z, day) || kept.seconds != tz_day_seconds(z, day) ||
		    found != tz_local_to_at(z, day, seconds, &want, &want2) || at != want || at2 != want2)
			fail_msg("%s: day %d, %d s", tz_name(z), day, seconds);
		tz_day_take_at(&by_instant, z, at);
		if (by_instant.day != tz_day_of(z, at) || by_instant.start != tz_day_start(z, by_instant.day))
			fail_msg("%s: instant %lld", tz_name(z), (long long)at);
	}
}

static void names(void **state)
{
	static const char *const bad[] = {"",
	                                  "/etc/passwd",
	                                  "../../../etc/passwd",
	                                  "Europe/../UTC",
	                                  "Europe",
	                                  "Europe/",
	                                  "Nowhere/None",
	                                  "zone.tab",
	                                  "Europe/London ",
	                                  "posixrules\n",
	                                  "tzdata.zi",
	                                  "leapseconds"};
	char longer[2000];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (tz_load(str_of(bad[i])))
			fail_msg("loaded: %s", bad[i]);
	memset(longer, 'a', sizeof longer);
	assert_null(tz_load((struct str){longer, sizeof longer}));
	assert_null(tz_load((struct str){NULL, 0}));
	assert_null(tz_load(STR("UTC\0x")));
	assert_ptr_equal(zone("Europe/London"), zone("Europe/London"));
}

static void far_instants(void **state)
{
	const struct tz *z = zone("Europe/London");

	(void)state;
	(void)tz_offset_at(z, INT64_MAX);
	(void)tz_offset_at(z, INT64_MIN);
	(void)tz_day_of(z, INT64_MAX);
	(void)tz_day_of(z, INT64_MIN);
	(void)tz_day_start(z, INT32_MAX);
	(void)tz_day_start(z, INT32_MIN);
}

static void rules(void **state)
{
	static const char *const good[] = {"GMT0BST,M3.5.0/1,M10.5.0",
	                                   "<+03>-3",
	                                   "IST-1GMT0,M10.5.0,M3.5.0/1",
	                                   "EST5EDT,M3.2.0,M11.1.0",
	                                   "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
	                                   "XXX3EDT4,0/0,J365/23",
	                                   "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"};
	static const char *const bad[] = {"",
	                                  "GM0",
	                                  "GMT",
	                                  "GMT25",
	                                  "GMT0BST",
	                                  "GMT0BST,M3.5.0/1",
	                                  "GMT0BST,M13.5.0,M10.5.0",
	                                  "GMT0BST,M3.6.0,M10.5.0",
	                                  "GMT0BST,M3.5.7,M10.5.0",
	                                  "GMT0BST,J0,J1",
	                                  "GMT0BST,366,1",
	                                  "GMT0BST,M3.5.0/168,M10.5.0",
	                                  "GMT0BST,M3.5.0,M10.5.0x",
	                                  "<+03-3",
	                                  "<>3",
	                                  "GMT0:60",
	                                  "GMT0BST,M3.5.0,M10.5"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct tz z = {.n = 0};
		if (!tz_rule_parse(str_of(good[i]), &z))
			fail_msg("refused: %s", good[i]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct tz z = {.n = 0};
		if (tz_rule_parse(str_of(bad[i]), &z))
			fail_msg("taken: %s", bad[i]);
	}
	struct tz new_year = {.n = 0}; /* clocks go forward half an hour into the year */
	assert_true(tz_rule_parse(STR("AAA0BBB,J1/0:30,J180"), &new_year));
	assert_int_equal(tz_day_seconds(&new_year, day_of("2025-01-01")), 23 * 3600);
	assert_int_equal(tz_day_seconds(&new_year, day_of("2024-12-31")), 24 * 3600);
	int64_t at = 0, at2 = 0;
	assert_int_equal(tz_local_to_at(&new_year, day_of("2025-01-01"), 3600, &at, &at2), 0);
	assert_int_equal(at, at_of("2025-01-01T00:30:00Z"));
	struct tz always = {.n = 0};
	assert_true(tz_rule_parse(STR("XXX3EDT4,0/0,J365/23"), &always)); /* summer all year */
	for (int32_t day = 20000; day < 21000; day++)
		assert_int_equal(tz_offset_at(&always, (int64_t)day * 86400 + 10800), -4 * 3600);
}

/* Every prefix of a real file, and random damage to it, is refused or read without a fault (the sanitizers
 * look). */
static void damaged_files(void **state)
{
	static char file[8192], damaged[8192];
	FILE *f = fopen("/usr/share/zoneinfo/Europe/London", "rb");
	uint64_t seed = unit_seed();

	(void)state;
	assert_non_null(f);
	size_t n = fread(file, 1, sizeof file, f);
	(void)fclose(f);
	for (size_t round = 0; round < n + 20000; round++) {
		struct tz z = {.n = 0};
		size_t size = round < n ? round : n;
		memcpy(damaged, file, n);
		if (round >= n)
			for (unsigned k = 0; k < 3; k++)
				damaged[unit_below(&seed, k ? 300 : n)] = (char)unit_random(&seed);
		bool taken = tz_file_parse((struct str){damaged, size}, &z);
		if (round < n && taken)
			fail_msg("taken: %zu of %zu bytes", size, n);
		if (taken)
			for (int32_t day = -30000; day < 60000; day += 997)
				(void)tz_day_seconds(&z, day);
		free(z.at);
		free(z.offset);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(days),
	        cmocka_unit_test(local_times),
	        cmocka_unit_test(days_are_a_partition),
	        cmocka_unit_test(kept_days),
	        cmocka_unit_test(names),
	        cmocka_unit_test(far_instants),
	        cmocka_unit_test(rules),
	        cmocka_unit_test(damaged_files),
	};

	return cmocka_run_group_tests_name("tz", tests, NULL, NULL);
}
