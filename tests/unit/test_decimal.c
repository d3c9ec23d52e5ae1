/* decimal: fixed cases, and random numbers against 128-bit arithmetic on a second, naive way of parsing. */
#include "base/decimal.h"
#include "unit.h"

__extension__ typedef __int128 wide;

struct parse_case {
	const char *text;
	enum dec_result result;
	int64_t micro;
};

static const struct parse_case cases[] = {
        {"0", DEC_OK, 0},
        {"-0", DEC_OK, 0},
        {"0.0", DEC_OK, 0},
        {"1", DEC_OK, 1000000},
        {"+1", DEC_OK, 1000000},
        {"-1.5", DEC_OK, -1500000},
        {".5", DEC_OK, 500000},
        {"5.", DEC_OK, 5000000},
        {"0.000001", DEC_OK, 1},
        {"0.0000010", DEC_OK, 1},
        {"000000000000000000000000000000001.5", DEC_OK, 1500000},
        {"999999999.999", DEC_OK, 999999999999000},
        {"999999999999.999999", DEC_OK, 999999999999999999},
        /* exponents: Octopus prints zero as 0E-20 */
        {"0E-20", DEC_OK, 0},
        {"0E+99999999999999999999", DEC_OK, 0},
        {"1e3", DEC_OK, 1000000000},
        {"1.25E-1", DEC_OK, 125000},
        {"125e-2", DEC_OK, 1250000},
        {"1e-6", DEC_OK, 1},
        {"1e-7", DEC_ROUNDED, 0},
        {"9e-7", DEC_ROUNDED, 1},
        {"1e-99999999999999999999999", DEC_ROUNDED, 0},
        {"0.00000000001e11", DEC_OK, 1000000},
        {"7.22E+13", DEC_RANGE, 0},
        {"1e12", DEC_OK, 1000000000000000000},
        {"1e13", DEC_RANGE, 0},
        {"1e99999999999999999999", DEC_RANGE, 0},
        /* half to even */
        {"0.0000005", DEC_ROUNDED, 0},
        {"0.0000015", DEC_ROUNDED, 2},
        {"0.0000025", DEC_ROUNDED, 2},
        {"0.00000250", DEC_ROUNDED, 2},
        {"0.00000250000000000000000000000000000001", DEC_ROUNDED, 3},
        {"-0.0000015", DEC_ROUNDED, -2},
        {"-0.0000025", DEC_ROUNDED, -2},
        {"-0.0000004", DEC_ROUNDED, 0},
        {"5e-7", DEC_ROUNDED, 0},
        {"15e-7", DEC_ROUNDED, 2},
        {"0.9999999", DEC_ROUNDED, 1000000},
        {"0.1234560000", DEC_OK, 123456},
        /* the range */
        {"9223372036854.775807", DEC_OK, INT64_MAX},
        {"-9223372036854.775807", DEC_OK, -INT64_MAX},
        {"9223372036854.775808", DEC_RANGE, 0},
        {"-9223372036854.775808", DEC_RANGE, 0},
        {"9223372036854.7758074", DEC_ROUNDED, INT64_MAX},
        {"9223372036854.7758075", DEC_RANGE, 0},
        {"9999999999999999999", DEC_RANGE, 0},
        {"99999999999999999999999999999999", DEC_RANGE, 0},
        /* not numbers */
        {"", DEC_BAD, 0},
        {"+", DEC_BAD, 0},
        {"-", DEC_BAD, 0},
        {".", DEC_BAD, 0},
        {"-.", DEC_BAD, 0},
        {"e5", DEC_BAD, 0},
        {".e5", DEC_BAD, 0},
        {"1e", DEC_BAD, 0},
        {"1e+", DEC_BAD, 0},
        {"1e5x", DEC_BAD, 0},
        {"1.2.3", DEC_BAD, 0},
        {"1,5", DEC_BAD, 0},
        {" 1", DEC_BAD, 0},
        {"1 ", DEC_BAD, 0},
        {"--1", DEC_BAD, 0},
        {"0x10", DEC_BAD, 0},
        {"nan", DEC_BAD, 0},
        {"inf", DEC_BAD, 0},
        {"1'000", DEC_BAD, 0},
        {"12345678901234567890x", DEC_BAD, 0},
};

static void parses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t got = 42;
		enum dec_result r = dec_parse(str_of(cases[i].text), '.', &got);
		int64_t want =
		        cases[i].result == DEC_OK || cases[i].result == DEC_ROUNDED ? cases[i].micro : 42;
		if (r != cases[i].result || got != want)
			fail_msg("\"%s\": result %d, %lld", cases[i].text, (int)r, (long long)got);
	}
	int64_t v = 0;
	assert_int_equal(dec_parse((struct str){NULL, 0}, '.', &v), DEC_BAD);
	assert_int_equal(dec_parse((struct str){"1\0", 2}, '.', &v), DEC_BAD);
	assert_int_equal(dec_parse(STR("1,25"), ',', &v), DEC_OK);
	assert_int_equal(v, 1250000);
	assert_int_equal(dec_parse(STR("1.25"), ',', &v), DEC_BAD);
	assert_int_equal(dec_parse(STR("1,25e1"), ',', &v), DEC_OK);
	assert_int_equal(v, 12500000);
}

static void formats(void **state)
{
	static const struct {
		int64_t micro;
		const char *text;
	} c[] = {
	        {0, "0"},
	        {1, "0.000001"},
	        {-1, "-0.000001"},
	        {1500000, "1.5"},
	        {-1000000, "-1"},
	        {100000000, "100"},
	        {1010000, "1.01"},
	        {INT64_MAX, "9223372036854.775807"},
	        {-INT64_MAX, "-9223372036854.775807"},
	        {INT64_MIN, "-9223372036854.775808"},
	};
	char text[DEC_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
		size_t n = dec_format(c[i].micro, text);
		assert_string_equal(text, c[i].text);
		assert_int_equal(n, strlen(c[i].text));
	}
}

/* Text made of random digits, and its value by plain 128-bit arithmetic. */
static void parses_like_the_naive_way(void **state)
{
	uint64_t seed = unit_seed();

	(void)state;
	for (int round = 0; round < 200000; round++) {
		size_t before = unit_below(&seed, 15), after = unit_below(&seed, 13), n = 0;
		bool negative = unit_below(&seed, 2);
		char text[64];
		wide all = 0;
		if (before + after == 0)
			continue;
		if (negative)
			text[n++] = '-';
		for (size_t i = 0; i < before + after; i++) {
			unsigned d =
			        unit_below(&seed, 3) ? (unsigned)unit_below(&seed, 10) : 5 * (unsigned)(i & 1);
			if (i == before)
				text[n++] = '.';
			text[n++] = (char)('0' + d);
			all = all * 10 + d;
		}
		wide unit = 1;
		for (size_t i = after; i < DEC_PLACES; i++)
			all *= 10;
		for (size_t i = DEC_PLACES; i < after; i++)
			unit *= 10;
		wide want = all / unit, rest = all % unit;
		want += 2 * rest > unit || (2 * rest == unit && (want & 1));
		enum dec_result result = want > INT64_MAX ? DEC_RANGE : rest ? DEC_ROUNDED : DEC_OK;
		int64_t got = 0;
		enum dec_result r = dec_parse((struct str){text, n}, '.', &got);
		if (r != result || (r != DEC_RANGE && got != (int64_t)(negative ? -want : want)))
			fail_msg("\"%.*s\": result %d, %lld", (int)n, text, (int)r, (long long)got);
	}
}

static void text_and_value_are_one(void **state)
{
	uint64_t seed = unit_seed();
	char text[DEC_TEXT];

	(void)state;
	for (int round = 0; round < 200000; round++) {
		int64_t v = (int64_t)(unit_random(&seed) >> unit_below(&seed, 64)), got;
		if (unit_below(&seed, 2))
			v = v == INT64_MIN ? v + 1 : -v;
		if (v == INT64_MIN)
			continue;
		size_t n = dec_format(v, text);
		assert_int_equal(dec_parse((struct str){text, n}, '.', &got), DEC_OK);
		assert_true(got == v);
	}
}

static void scales(void **state)
{
	static const struct {
		int64_t a, num, den;
		bool fits;
		int64_t want;
		bool rounded;
	} c[] = {
	        {1500000, 1, 1000, true, 1500, false},
	        {1500, 1, 1000, true, 2, true},
	        {2500, 1, 1000, true, 2, true},
	        {-1500, 1, 1000, true, -2, true},
	        {-2500, 1, 1000, true, -2, true},
	        {2501, 1, 1000, true, 3, true},
	        {1, 1, 3, true, 0, true},
	        {2, 1, 3, true, 1, true},
	        {-2, 1, 3, true, -1, true},
	        {INT64_MAX, INT64_MAX, INT64_MAX, true, INT64_MAX, false},
	        {INT64_MAX, 2, 1, false, 0, false},
	        {INT64_MAX, -1, 1, true, -INT64_MAX, false},
	        {INT64_MIN, 1, 1, false, 0, false},
	        {INT64_MIN, INT64_MIN, 1, false, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
		int64_t out = 42;
		bool rounded = !c[i].rounded;
		bool fits = dec_scale(c[i].a, c[i].num, c[i].den, &out, &rounded);
		if (fits != c[i].fits || out != (fits ? c[i].want : 42) || (fits && rounded != c[i].rounded))
			fail_msg("case %zu: %d %lld %d", i, fits, (long long)out, rounded);
	}
	int64_t out = 42;
	assert_true(dec_scale(1, 1, 2, &out, NULL));
}

static void divides(void **state)
{
	int64_t out = 7;
	(void)state;
	assert_true(dec_divide(401 * INT64_C(1000000), 199999990, 2, &out)); /* 2.0050001 */
	assert_int_equal(out, 2010000);
	assert_true(dec_divide(401 * INT64_C(1000000), 200000000, 2, &out)); /* 2.005 */
	assert_int_equal(out, 2000000);
	assert_true(dec_divide(-1000000, 3000000, 6, &out));
	assert_int_equal(out, -333333);
	assert_false(dec_divide(INT64_MAX, 1, 0, &out));
	assert_int_equal(out, -333333);
}

static void adds(void **state)
{
	int64_t out = 42;

	(void)state;
	assert_false(dec_add(INT64_MAX, 1, &out));
	assert_false(dec_add(-INT64_MAX, -1, &out));
	assert_int_equal(out, 42);
	assert_true(dec_add(INT64_MAX, -INT64_MAX, &out));
	assert_int_equal(out, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(parses),
	        cmocka_unit_test(formats),
	        cmocka_unit_test(parses_like_the_naive_way),
	        cmocka_unit_test(text_and_value_are_one),
	        cmocka_unit_test(scales),
	        cmocka_unit_test(adds),
	        cmocka_unit_test(divides),
	};

	return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
