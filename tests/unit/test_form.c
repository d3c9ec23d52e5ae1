/* form: bodies, query strings, cookies. */
#include "codec/form.h"
#include "unit.h"

static int with_arena(void **state)
{
	*state = arena_new(1 << 20);
	return 0;
}

static int without_arena(void **state)
{
	arena_free(*state);
	return 0;
}

static void pairs(void **state)
{
	struct form f;

	assert_true(form_parse(*state, STR("a=1&b=x+y%20z&c&&=e&a=2&d=%e2%82%AC&e=a=b"), &f));
	assert_int_equal(f.n, 7);
	assert_str(form_get(&f, "a"), "1");
	assert_str(form_get(&f, "b"), "x y z");
	assert_str(form_get(&f, "c"), "");
	assert_str(form_get(&f, ""), "e");
	assert_str(form_get(&f, "d"), "\xe2\x82\xac");
	assert_str(form_get(&f, "e"), "a=b");
	assert_true(form_has(&f, "c"));
	assert_false(form_has(&f, "z"));
	assert_null(form_get(&f, "z").p);
	assert_non_null(form_get(&f, "c").p);
	assert_str(f.pair[5].name, "d");
	assert_true(form_parse(*state, STR(""), &f));
	assert_int_equal(f.n, 0);
	assert_true(form_parse(*state, (struct str){NULL, 0}, &f));
	assert_int_equal(f.n, 0);
	assert_true(form_parse(*state, STR("%61=%26%3d"), &f));
	assert_str(form_get(&f, "a"), "&=");
}

static void refused(void **state)
{
	static const char *const bad[] = {"a=%",   "a=%2",        "a=%2g",  "a=%g2", "%=1",   "a=%00",
	                                  "a=%ff", "a=%ed%a0%80", "a=\xff", "%c3=1", "a=%%20"};
	struct form f;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (form_parse(*state, str_of(bad[i]), &f))
			fail_msg("taken: %s", bad[i]);
	assert_false(form_parse(*state, STR("a=\0"), &f));
}

static void limits(void **state)
{
	char text[4 * (FORM_FIELDS_MAX + 1)];
	struct form f;

	for (size_t i = 0; i < sizeof text; i += 4)
		memcpy(text + i, "a=1&", 4);
	assert_true(form_parse(*state, (struct str){text, 4 * FORM_FIELDS_MAX}, &f));
	assert_int_equal(f.n, FORM_FIELDS_MAX);
	assert_false(form_parse(*state, (struct str){text, sizeof text}, &f));
	memset(text, '&', sizeof text); /* nothing between them: no fields */
	assert_true(form_parse(*state, (struct str){text, sizeof text}, &f));
	assert_int_equal(f.n, 0);
}

static void cookies(void **state)
{
	struct form f;

	assert_true(form_parse_cookies(*state, STR("__Host-s=abc%20+; theme=dark;x;  y = 1 ;;e="), &f));
	assert_int_equal(f.n, 4);
	assert_str(form_get(&f, "__Host-s"), "abc%20+");
	assert_str(form_get(&f, "theme"), "dark");
	assert_false(form_has(&f, "x"));
	assert_str(form_get(&f, "e"), "");
	assert_str(form_get(&f, "y"), "1");
	assert_true(form_parse_cookies(*state, STR(""), &f));
	assert_false(form_parse_cookies(*state, STR("a=\xff"), &f));
	assert_false(form_parse_cookies(*state, STR("a=\0"), &f));
}

/* Whatever is encoded is decoded again. */
static void round_trip(void **state)
{
	uint64_t seed = unit_seed();
	struct buf b = BUF_INIT(1000);
	struct form f;

	for (int round = 0; round < 5000; round++) {
		char text[30];
		size_t n = unit_below(&seed, sizeof text);
		for (size_t i = 0; i < n; i++)
			text[i] = (char)(1 + unit_below(&seed, 127));
		buf_reset(&b);
		buf_addz(&b, "k=");
		form_put_encoded(&b, (struct str){text, n});
		assert_true(form_parse(*state, buf_str(&b), &f));
		assert_int_equal(f.n, 1);
		assert_true(str_eq(form_get(&f, "k"), (struct str){text, n}));
		arena_reset(*state);
	}
	buf_reset(&b);
	form_put_encoded(&b, STR("aZ09-._~ /?\xc3\xa9+&"));
	assert_str(buf_str(&b), "aZ09-._~%20%2F%3F%C3%A9%2B%26");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(pairs),   cmocka_unit_test(refused),    cmocka_unit_test(limits),
	        cmocka_unit_test(cookies), cmocka_unit_test(round_trip),
	};

	return cmocka_run_group_tests_name("form", tests, with_arena, without_arena);
}
