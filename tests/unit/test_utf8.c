/* utf8: what is valid, what is shown instead, where to cut. The single characters are tested with str. */
#include "codec/utf8.h"
#include "unit.h"

static void valid(void **state)
{
	(void)state;
	assert_true(utf8_valid(STR("")));
	assert_true(utf8_valid((struct str){NULL, 0}));
	assert_true(utf8_valid(STR("plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\0")));
	assert_false(utf8_valid(STR("caf\xe9")));
	assert_false(utf8_valid(STR("\xed\xa0\x80")));
	assert_false(utf8_valid(STR("a\xc3")));
}

static void cleans(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct str fine = STR("a\tb\n\xc3\xa9 \xc2\xa0");

	(void)state;
	assert_ptr_equal(utf8_clean(a, fine).p, fine.p);
	assert_str(utf8_clean(a, STR("caf\xe9!")), "caf\xef\xbf\xbd!");
	assert_str(utf8_clean(a, STR("a\0b\rc\x7f"
	                             "d\x1b[")),
	           "a\xef\xbf\xbd"
	           "b\xef\xbf\xbd"
	           "c\xef\xbf\xbd"
	           "d\xef\xbf\xbd[");
	assert_str(utf8_clean(a, STR("\xc2\x9b")), "\xef\xbf\xbd"); /* CSI, one character */
	assert_str(utf8_clean(a, STR("\xe2\x82")), "\xef\xbf\xbd\xef\xbf\xbd");
	assert_str(utf8_clean(a, (struct str){NULL, 0}), "");
	arena_free(a);
}

static void random_bytes_come_out_valid(void **state)
{
	struct arena *a = arena_new(1 << 20);
	static const char bytes[] = "a\xc3\xa9\xe2\x82\xac";
	uint64_t seed = unit_seed();

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[40];
		size_t n = unit_below(&seed, sizeof text);
		for (size_t i = 0; i < n; i++)
			text[i] = unit_below(&seed, 2) ? (char)unit_random(&seed) : bytes[unit_below(&seed, 6)];
		struct str clean = utf8_clean(a, (struct str){text, n});
		assert_true(utf8_valid(clean));
		assert_true(utf8_clean(a, clean).p == clean.p); /* clean stays as it is */
		size_t max = unit_below(&seed, n + 2);
		struct str cut = utf8_cut(clean, max);
		assert_true(cut.n <= max && utf8_valid(cut));
		assert_true(cut.n == clean.n || cut.n + 3 >= max);
		cut = utf8_cut((struct str){text, n}, max);
		assert_true(cut.n <= max);
		arena_reset(a);
	}
	arena_free(a);
}

static void cuts(void **state)
{
	(void)state;
	assert_str(utf8_cut(STR("abc"), 5), "abc");
	assert_str(utf8_cut(STR("abc"), 2), "ab");
	assert_str(utf8_cut(STR("a\xe2\x82\xac"), 4), "a\xe2\x82\xac");
	assert_str(utf8_cut(STR("a\xe2\x82\xac"), 3), "a");
	assert_str(utf8_cut(STR("a\xe2\x82\xac"), 2), "a");
	assert_str(utf8_cut(STR("\xe2\x82\xac"), 0), "");
	assert_int_equal(utf8_cut(STR("\x80\x80\x80\x80\x80\x80"), 5).n, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(valid),
	        cmocka_unit_test(cleans),
	        cmocka_unit_test(random_bytes_come_out_valid),
	        cmocka_unit_test(cuts),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
