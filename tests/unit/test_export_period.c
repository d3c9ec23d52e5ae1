/* export_period: the days of a scheduled export; and the last of its times that has come, against a walk over
 * all. */
#include "app/due.h"
#include "app/export_period.h"
#include "base/civil.h"
#include "unit.h"

static int32_t day(const char *text)
{
	int32_t out;

	assert_true(civil_parse_day(str_of(text), &out));
	return out;
}

static void days(void **state)
{
	static const struct {
		const char *period;
		int64_t n;
		const char *today, *first, *last;
	} rows[] = {
	        {"days", 1, "2025-03-01", "2025-02-28", "2025-02-28"},
	        {"days", 7, "2025-01-03", "2024-12-27", "2025-01-02"},
	        {"days", 3660, "2025-01-01", "2014-12-25", "2024-12-31"},
	        {"last_week", 0, "2025-11-03", "2025-10-27", "2025-11-02"}, /* a Monday */
	        {"last_week", 0, "2025-11-02", "2025-10-20", "2025-10-26"}, /* a Sunday */
	        {"last_week", 0, "2025-01-01", "2024-12-23", "2024-12-29"},
	        {"last_month", 0, "2025-01-01", "2024-12-01", "2024-12-31"},
	        {"last_month", 0, "2024-03-31", "2024-02-01", "2024-02-29"},
	        {"last_month", 0, "2025-03-15", "2025-02-01", "2025-02-28"},
	        {"month_to_date", 0, "2025-11-01", "2025-11-01", "2025-11-01"},
	        {"month_to_date", 0, "2025-11-30", "2025-11-01", "2025-11-30"},
	        {"year_to_date", 0, "2025-01-01", "2025-01-01", "2025-01-01"},
	        {"year_to_date", 0, "2024-12-31", "2024-01-01", "2024-12-31"},
	};
	int32_t first, last;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(export_period_range(str_of(rows[i].period), rows[i].n, day(rows[i].today), &first,
		                                &last));
		assert_int_equal(first, day(rows[i].first));
		assert_int_equal(last, day(rows[i].last));
	}
	assert_false(export_period_range(STR("fortnight"), 0, 0, &first, &last));
	assert_false(export_period_range(STR(""), 0, 0, &first, &last));
}

static void words(void **state)
{
	char text[EXPORT_PERIOD_TEXT];

	(void)state;
	export_period_text(STR("days"), 7, text);
	assert_string_equal(text, "The last 7 days");
	export_period_text(STR("days"), 1, text);
	assert_string_equal(text, "The day before");
	for (size_t i = 0; i < export_periods_count; i++) {
		export_period_text(str_of(export_periods[i].name), 2, text);
		assert_true(text[0]);
	}
}

static void last_times(void **state)
{
	uint64_t seed = unit_seed();
	const struct tz *zone = tz_load(STR("Europe/London"));
	static const char *const texts[] = {"15 * * * *",  "30 6 * * *",  "0 0 1 * *",   "30 1 * * sun",
	                                    "0 12 29 2 *", "* * 1-3 * *", "5 */6 * * *", "0 0 31 12 *"};

	(void)state;
	for (int i = 0; i < 200; i++) {
		char why[CRON_WHY];
		struct cron k;
		int64_t from = 1700000000 + (int64_t)unit_below(&seed, 100000000), first, until, slow;

		assert_true(cron_parse(str_of(texts[unit_below(&seed, 8)]), &k, why));
		first = slow = cron_next(&k, zone, from);
		until = first + (int64_t)unit_below(&seed, i % 2 ? 90000 : 20000000);
		for (int64_t at = first; at && at <= until; at = cron_next(&k, zone, at))
			slow = at;
		assert_int_equal(due_last(&k, zone, first, until), slow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(days),
	        cmocka_unit_test(words),
	        cmocka_unit_test(last_times),
	};

	return cmocka_run_group_tests_name("export_period", tests, NULL, NULL);
}
