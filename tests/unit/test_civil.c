/* civil: every day of the calendar once, and the texts. */
#include "base/civil.h"
#include "unit.h"

static void every_day(void **state)
{
	int32_t day = civil_to_day((struct civil){1, 1, 1});
	int weekday = 1; /* 0001-01-01 was a Monday */

	(void)state;
	assert_int_equal(civil_to_day((struct civil){1970, 1, 1}), 0);
	assert_int_equal(civil_to_day((struct civil){2000, 3, 1}), 11017);
	for (int y = 1; y <= 9999; y++) {
		for (int m = 1; m <= 12; m++) {
			for (int d = 1; d <= 31; d++) {
				if (!civil_valid(y, m, d))
					continue;
				struct civil c = civil_from_day(day);
				if (civil_to_day((struct civil){y, m, d}) != day || c.year != y ||
				    c.month != m || c.day != d || civil_weekday(day) != weekday)
					fail_msg("%04d-%02d-%02d", y, m, d);
				day++;
				weekday = (weekday + 1) % 7;
			}
		}
	}
	assert_int_equal(day, 2932897);
	/* the ends of what an int32_t can hold are no trap */
	assert_int_equal(civil_to_day(civil_from_day(-719469)), -719469);
	assert_in_range(civil_weekday(INT32_MAX), 0, 6);
	assert_in_range(civil_weekday(INT32_MIN), 0, 6);
}

static void valid(void **state)
{
	(void)state;
	assert_true(civil_valid(2024, 2, 29));
	assert_false(civil_valid(2023, 2, 29));
	assert_false(civil_valid(1900, 2, 29));
	assert_true(civil_valid(2000, 2, 29));
	assert_false(civil_valid(2025, 2, 31));
	assert_false(civil_valid(2025, 4, 31));
	assert_false(civil_valid(2025, 0, 1));
	assert_false(civil_valid(2025, 13, 1));
	assert_false(civil_valid(2025, 1, 0));
	assert_false(civil_valid(0, 1, 1));
	assert_false(civil_valid(10000, 1, 1));
}

static void formats(void **state)
{
	char date[CIVIL_DATE_TEXT], at[CIVIL_TIME_TEXT];

	(void)state;
	civil_format_day(20399, date);
	assert_string_equal(date, "2025-11-07");
	civil_format_at(1762511400, at);
	assert_string_equal(at, "2025-11-07T10:30:00Z");
	civil_format_at_sql(1762511400, at);
	assert_string_equal(at, "2025-11-07 10:30:00");
	civil_format_at(-1, at);
	assert_string_equal(at, "1969-12-31T23:59:59Z");
	civil_format_at(INT64_MAX, at);
	assert_string_equal(at, "9999-12-31T23:59:59Z");
	civil_format_at(INT64_MIN, at);
	assert_string_equal(at, "0001-01-01T00:00:00Z");
	civil_format_day(INT32_MIN, date);
	assert_string_equal(date, "0001-01-01");
}

static void parses(void **state)
{
	static const char *const bad[] = {
	        "2025-11-07T10:30:00",       "2025-11-07T10:30:00+1:00",
	        "2025-11-07T24:00:00Z",      "2025-11-07T10:60:00Z",
	        "2025-11-07T10:30:60Z",      "2025-02-31T10:30:00Z",
	        "2025-11-07T10:30:00.Z",     "2025-11-07T10:30Z",
	        "2025-11-07X10:30:00Z",      "2025-11-07T10:30:00Zx",
	        "2025-11-07T10:30:00+24:00", "2025-11-07T10:30:00+0100",
	        "2025-11-07T10:30:00+01:60", "0000-11-07T10:30:00Z",
	        "2025-11-07T-1:30:00Z",      "",
	};
	static const char *const bad_day[] = {"2025-02-30", "2025-1-01", "2025-01-01 ", "2025/01/01",
	                                      "20250101",   "",          "-025-01-01"};
	int64_t at = 42;
	int32_t day = 42;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (civil_parse_at(str_of(bad[i]), &at))
			fail_msg("taken: %s", bad[i]);
	for (size_t i = 0; i < sizeof bad_day / sizeof bad_day[0]; i++)
		if (civil_parse_day(str_of(bad_day[i]), &day))
			fail_msg("taken: %s", bad_day[i]);
	assert_int_equal(at, 42);
	assert_int_equal(day, 42);
	assert_true(civil_parse_day(STR("2025-11-07"), &day));
	assert_int_equal(day, 20399);
	assert_true(civil_parse_at(STR("2025-11-07T10:30:00Z"), &at));
	assert_int_equal(at, 1762511400);
	assert_true(civil_parse_at(STR("2025-11-07 11:30:00+01:00"), &at));
	assert_int_equal(at, 1762511400);
	assert_true(civil_parse_at(STR("2025-11-07t05:00:00.999-05:30"), &at));
	assert_int_equal(at, 1762511400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_day),
	        cmocka_unit_test(valid),
	        cmocka_unit_test(formats),
	        cmocka_unit_test(parses),
	};

	return cmocka_run_group_tests_name("civil", tests, NULL, NULL);
}
