/* str: slices, with the empty and the NULL slice everywhere. */
#include "unit.h"

static const struct str none = {NULL, 0};

static void compares(void **state)
{
	(void)state;
	assert_true(str_eq(none, STR("")));
	assert_false(str_eq(STR("a"), STR("b")));
	assert_true(str_eq_nocase(STR("Content-TYPE"), STR("content-type")));
	assert_false(str_eq_nocase(STR("[`"), STR("{@")));
	assert_false(str_eq_nocase(STR("ab"), STR("abc")));
	assert_true(str_cmp(STR("ab"), STR("abc")) < 0);
	assert_true(str_cmp(STR("b"), STR("abc")) > 0);
	assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
	assert_int_equal(str_cmp(none, STR("")), 0);
	assert_true(str_eq_secret(STR("secret"), STR("secret")));
	assert_false(str_eq_secret(STR("secret"), STR("secreT")));
	assert_false(str_eq_secret(STR("secret"), STR("secre")));
	assert_true(str_eq_secret(none, STR("")));
}

static void cuts(void **state)
{
	(void)state;
	assert_true(str_starts(STR("sep=;"), STR("sep=")));
	assert_false(str_starts(STR("se"), STR("sep=")));
	assert_true(str_ends(STR("a.csv"), STR(".csv")));
	assert_false(str_ends(STR("csv"), STR(".csv")));
	assert_true(str_starts(none, none));
	assert_str(str_trim(STR(" \t\r\n a b \n")), "a b");
	assert_str(str_trim(STR(" \t ")), "");
	assert_str(str_trim(none), "");
	assert_str(str_sub(STR("abc"), 1, 100), "bc");
	assert_str(str_sub(STR("abc"), 7, 1), "");
	assert_int_equal(str_find(STR("abc"), 'c'), 2);
	assert_int_equal(str_find(none, 'c'), -1);
	assert_int_equal(str_search(STR("abcabd"), STR("abd")), 3);
	assert_int_equal(str_search(STR("ab"), STR("abd")), -1);
	assert_int_equal(str_search(none, STR("")), 0);

	struct str rest = STR("a,,b,");
	assert_str(str_cut(&rest, ','), "a");
	assert_str(str_cut(&rest, ','), "");
	assert_str(str_cut(&rest, ','), "b");
	assert_non_null(rest.p);
	assert_str(str_cut(&rest, ','), "");
	assert_null(rest.p);
}

static void numbers(void **state)
{
	uint64_t u = 7;
	int64_t i = 7;

	(void)state;
	assert_true(str_to_u64(STR("18446744073709551615"), UINT64_MAX, &u));
	assert_true(u == UINT64_MAX);
	assert_false(str_to_u64(STR("18446744073709551616"), UINT64_MAX, &u));
	assert_false(str_to_u64(STR("99999999999999999999999"), UINT64_MAX, &u));
	assert_false(str_to_u64(STR("101"), 100, &u));
	assert_true(str_to_u64(STR("100"), 100, &u));
	u = 7;
	assert_false(str_to_u64(STR(""), 100, &u));
	assert_false(str_to_u64(STR("+1"), 100, &u));
	assert_false(str_to_u64(STR("1 "), 100, &u));
	assert_int_equal(u, 7);
	assert_true(str_to_i64(STR("-9223372036854775808"), &i));
	assert_true(i == INT64_MIN);
	assert_false(str_to_i64(STR("9223372036854775808"), &i));
	assert_false(str_to_i64(STR("-9223372036854775809"), &i));
	assert_false(str_to_i64(STR("-"), &i));
	assert_false(str_to_i64(none, &i));
	assert_true(str_to_i64(STR("-0"), &i));
	assert_int_equal(i, 0);
}

static void utf8_steps(void **state)
{
	static const struct {
		const char *text;
		size_t step;
	} c[] = {
	        {"a", 1},
	        {"\xc3\xa9", 2},
	        {"\xe2\x82\xac", 3},
	        {"\xf0\x9f\x98\x80", 4},
	        {"\x80", 0},
	        {"\xc1\xbf", 0},
	        {"\xc3", 0},
	        {"\xe0\x9f\xbf", 0},
	        {"\xe0\xa0\x80", 3},
	        {"\xed\x9f\xbf", 3},
	        {"\xed\xa0\x80", 0},
	        {"\xef\xbf\xbf", 3},
	        {"\xf0\x8f\xbf\xbf", 0},
	        {"\xf0\x90\x80\x80", 4},
	        {"\xf4\x8f\xbf\xbf", 4},
	        {"\xf4\x90\x80\x80", 0},
	        {"\xf5\x80\x80\x80", 0},
	        {"\xe2\x82", 0},
	        {"\xe2\x28\xa1", 0},
	        {"\xf0\x9f\x98\x28", 0},
	        {"\xff", 0},
	        {"", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++)
		if (str_utf8_step(str_of(c[i].text)) != c[i].step)
			fail_msg("case %zu: %zu", i, str_utf8_step(str_of(c[i].text)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(compares),
	        cmocka_unit_test(cuts),
	        cmocka_unit_test(numbers),
	        cmocka_unit_test(utf8_steps),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
