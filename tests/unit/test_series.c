/* series: a day packed and unpacked is the same day; equal days are equal bytes; damaged bytes are refused. */
#include "unit.h"

#include "app/series.h"

static void check_round(int n, const int64_t *value, const char *quality)
{
	static uint8_t packed[SERIES_PACKED_MAX];
	static struct series_day d;
	size_t len = series_pack(n, value, quality, packed);

	if (len == 0) {
		for (int i = 0; i < n; i++)
			assert_false(quality[i]);
		return;
	}
	assert_true(len <= SERIES_PACKED_MAX);
	assert_true(series_unpack((struct str){(char *)packed, len}, &d));
	assert_int_equal(d.n, n);
	for (int i = 0; i < n; i++) {
		assert_int_equal(d.quality[i], quality[i]);
		assert_true(!quality[i] || d.value[i] == value[i]);
	}
	/* one byte less, or one more, is another thing */
	assert_false(series_unpack((struct str){(char *)packed, len - 1}, &d));
	packed[len] = 0;
	assert_false(series_unpack((struct str){(char *)packed, len + 1}, &d));
}

static void test_random_days(void **state)
{
	static int64_t value[SERIES_INTERVALS_MAX];
	static char quality[SERIES_INTERVALS_MAX];
	static const int lengths[] = {1, 24, 46, 48, 50, 92, 96, 100, 1380, 1440, 1500};
	static const int64_t steps[] = {1, 10, 1000, 1000000};
	uint64_t seed = unit_seed();

	(void)state;
	for (int round = 0; round < 3000; round++) {
		int n = lengths[unit_below(&seed, 11)];
		int64_t step = steps[unit_below(&seed, 4)];
		uint64_t range = 1ull << unit_below(&seed, 40), missing = unit_below(&seed, 3);
		bool mixed = unit_below(&seed, 2), negative = unit_below(&seed, 2);

		for (int i = 0; i < n; i++) {
			value[i] = (int64_t)unit_below(&seed, range) * step;
			if (negative && unit_below(&seed, 2))
				value[i] = -value[i];
			quality[i] = mixed ? "-AESX"[unit_below(&seed, 5)] : 'A';
			if (missing && unit_below(&seed, missing + 1))
				quality[i] = 0;
		}
		check_round(n, value, quality);
	}
}

static void test_edges(void **state)
{
	const int64_t edges[] = {INT64_MAX, INT64_MIN + 1, 0,    1,     -1,    127,
	                         128,       -128,          -129, 32767, 32768, -32769};
	const char all[] = "AAAAAAAAAAAA", none[12] = {0};
	const int64_t zeros[12] = {0};

	(void)state;
	check_round(12, edges, all);
	check_round(12, zeros, all);
	check_round(12, edges, none);
	for (int i = 0; i < 12; i++)
		check_round(1, &edges[i], all);
}

/* What was written with more places is the same day, so it has to be the same bytes. */
static void test_canonical(void **state)
{
	const int64_t value[] = {1500000, 0, 2000000};
	const int64_t hidden[] = {1500000, 77, 2000000};
	uint8_t a[SERIES_PACKED_MAX], b[SERIES_PACKED_MAX];
	const char quality[] = {'A', 0, 'A'};
	size_t an = series_pack(3, value, quality, a), bn = series_pack(3, hidden, quality, b);

	(void)state;
	assert_int_equal(an, bn);
	assert_memory_equal(a, b, an);
	assert_int_equal(a[1], 1); /* 1.5 needs one place */
	assert_int_equal(a[2], 1); /* 20 fits a byte */
}

static void test_damaged(void **state)
{
	static struct series_day d;
	static int64_t value[48];
	static char quality[48];
	uint8_t packed[SERIES_PACKED_MAX];
	uint64_t seed = unit_seed();

	(void)state;
	for (int i = 0; i < 48; i++) {
		value[i] = i * 1000;
		quality[i] = i % 5 ? 'A' : 0;
	}
	size_t n = series_pack(48, value, quality, packed);
	/* any change of a byte is refused or gives some day: never a read or write out of bounds (the
	 * sanitizers look) */
	for (int round = 0; round < 20000; round++) {
		uint8_t copy[SERIES_PACKED_MAX];

		memcpy(copy, packed, n);
		copy[unit_below(&seed, n)] = (uint8_t)unit_random(&seed);
		series_unpack((struct str){(char *)copy, unit_below(&seed, n + 1)}, &d);
	}
	assert_false(series_unpack((struct str){"", 0}, &d));
}

static void test_judge(void **state)
{
	(void)state;
	assert_int_equal(series_judge(0, 0, 5, 'A', SERIES_KEEP), SERIES_NEW);
	assert_int_equal(series_judge(5, 'A', 9, 0, SERIES_REPLACE), SERIES_ABSENT);
	assert_int_equal(series_judge(5, 'A', 5, 'A', SERIES_REPLACE), SERIES_IDENTICAL);
	assert_int_equal(series_judge(5, 'A', 5, '-', SERIES_REPLACE), SERIES_IDENTICAL);
	assert_int_equal(series_judge(5, '-', 5, 'A', SERIES_ACTUAL_WINS), SERIES_CHANGED);
	assert_int_equal(series_judge(5, 'A', 6, 'E', SERIES_ACTUAL_WINS), SERIES_KEPT);
	assert_int_equal(series_judge(5, 'A', 6, 'S', SERIES_ACTUAL_WINS), SERIES_KEPT);
	assert_int_equal(series_judge(5, 'A', 6, 'E', SERIES_REPLACE), SERIES_CHANGED);
	assert_int_equal(series_judge(5, 'E', 6, 'A', SERIES_ACTUAL_WINS), SERIES_CHANGED);
	assert_int_equal(series_judge(5, 'A', 6, 'A', SERIES_ACTUAL_WINS), SERIES_CHANGED);
	assert_int_equal(series_judge(5, 'E', 6, 'A', SERIES_KEEP), SERIES_KEPT);
	/* what was excluded comes back by "replace" alone, also as a zero whose quality nobody stated */
	assert_int_equal(series_judge(5, 'A', 0, SERIES_EXCLUDED, SERIES_REPLACE), SERIES_CHANGED);
	assert_int_equal(series_judge(0, 0, 0, SERIES_EXCLUDED, SERIES_REPLACE), SERIES_NEW);
	assert_int_equal(series_judge(0, SERIES_EXCLUDED, 0, SERIES_EXCLUDED, SERIES_KEEP), SERIES_IDENTICAL);
	assert_int_equal(series_judge(0, SERIES_EXCLUDED, 0, 0, SERIES_REPLACE), SERIES_ABSENT);
	assert_int_equal(series_judge(0, SERIES_EXCLUDED, 0, '-', SERIES_REPLACE), SERIES_CHANGED);
	assert_int_equal(series_judge(0, SERIES_EXCLUDED, 0, '-', SERIES_ACTUAL_WINS), SERIES_BARRED);
	assert_int_equal(series_judge(0, SERIES_EXCLUDED, 7, 'A', SERIES_ACTUAL_WINS), SERIES_BARRED);
	assert_int_equal(series_judge(0, SERIES_EXCLUDED, 7, 'A', SERIES_KEEP), SERIES_BARRED);
}

/* series_peek counts as one who reads the whole day does; it never reads over the end of damaged bytes. */
static void test_peek(void **state)
{
	static struct series_day d;
	static int64_t value[48];
	static char quality[48];
	uint8_t packed[SERIES_PACKED_MAX];
	uint64_t seed = unit_seed();

	(void)state;
	for (int round = 0; round < 5000; round++) {
		const char *letters = (const char *[]){"AAAA", "XXXX", "AEXX", "AXXX"}[unit_below(&seed, 4)];
		unsigned gaps = (unsigned)unit_below(&seed, 3), present, expected = 0;
		int last, expected_last = -1;

		for (int i = 0; i < 48; i++) {
			quality[i] = letters[unit_below(&seed, 4)];
			if (gaps && unit_below(&seed, 4) < gaps)
				quality[i] = 0;
			value[i] = quality[i] == 'A' ? (int64_t)unit_below(&seed, 1000) : 0;
		}
		size_t n = series_pack(48, value, quality, packed);
		if (!n)
			continue;
		assert_true(series_unpack((struct str){(char *)packed, n}, &d));
		for (int i = 0; i < d.n; i++) {
			if (!d.quality[i] || d.quality[i] == SERIES_EXCLUDED)
				continue;
			expected++;
			expected_last = i;
		}
		assert_true(series_peek((struct str){(char *)packed, n}, &present, &last));
		assert_int_equal(present, expected);
		assert_int_equal(last, expected_last);
		char *part = malloc(n); /* of its own, so that the sanitizers see its end */
		size_t cut = unit_below(&seed, n);
		memcpy(part, packed, cut);
		series_peek((struct str){part, cut}, &present, &last);
		free(part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_random_days), cmocka_unit_test(test_edges),
	        cmocka_unit_test(test_canonical),   cmocka_unit_test(test_damaged),
	        cmocka_unit_test(test_judge),       cmocka_unit_test(test_peek),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
