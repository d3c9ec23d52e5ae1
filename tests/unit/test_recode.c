/* recode: UTF-16 of both ends and code page 1252, in pieces of any size, with marks, halves and holes. */
#include <errno.h>

#include "base/arena.h"
#include "codec/recode.h"
#include "codec/utf8.h"
#include "unit.h"

/* A source that gives `piece` bytes at a time, and fails at its end if told to. */
struct bytes {
	struct str rest;
	size_t piece;
	bool fails;
};

static ssize_t give(void *arg, char *p, size_t n)
{
	struct bytes *b = arg;

	if (!b->rest.n && b->fails) {
		errno = EIO;
		return -1;
	}
	return csv_read_str(&b->rest, p, n < b->piece ? n : b->piece);
}

static struct str recoded(struct arena *a, enum recode_from from, struct str s, size_t piece, size_t room)
{
	struct bytes b = {s, piece, false};
	struct recode *r = recode_open(from, give, &b);
	char *out = arena_alloc(a, 3 * s.n + 8);
	size_t n = 0;
	ssize_t got;

	while ((got = recode_read(r, out + n, room)) > 0)
		n += (size_t)got;
	assert_int_equal(got, 0);
	assert_int_equal(recode_read(r, out + n, room), 0);
	recode_close(r);
	return (struct str){out, n};
}

static void check(enum recode_from from, struct str s, const char *want)
{
	struct arena *a = arena_new(1 << 20);

	for (size_t piece = 1; piece < 9; piece++)
		for (size_t room = 1; room < 9; room++)
			assert_str(recoded(a, from, s, piece, room), want);
	arena_free(a);
}

static void characters(void **state)
{
	(void)state;
	check(RECODE_UTF16_LE, STR("a\0,\0\n\0"), "a,\n");
	check(RECODE_UTF16_BE, STR("\0a\0,\0\n"), "a,\n");
	check(RECODE_UTF16_LE, STR("\xff\xfe\xac\x20\xe9\0"), "\xef\xbb\xbf\xe2\x82\xac\xc3\xa9");
	check(RECODE_UTF16_BE, STR("\xfe\xff\x20\xac\0\xe9"), "\xef\xbb\xbf\xe2\x82\xac\xc3\xa9");
	check(RECODE_UTF16_LE, STR("\x3d\xd8\x0c\xde"), "\xf0\x9f\x98\x8c");
	check(RECODE_UTF16_BE, STR("\xd8\x3d\xde\x0c"), "\xf0\x9f\x98\x8c");
	check(RECODE_CP1252, STR("a\x80\xe9\x81"), "a\xe2\x82\xac\xc3\xa9\xef\xbf\xbd");
	check(RECODE_UTF16_LE, STR(""), "");
}

static void halves(void **state)
{
	(void)state;
	check(RECODE_UTF16_LE, STR("\x3d\xd8"), "\xef\xbf\xbd");     /* a high one at the end */
	check(RECODE_UTF16_LE, STR("\x3d\xd8z\0"), "\xef\xbf\xbdz"); /* and before another character */
	check(RECODE_UTF16_LE, STR("\x0c\xdez\0"), "\xef\xbf\xbdz"); /* a low one alone */
	check(RECODE_UTF16_LE, STR("\x3d\xd8\x0c"), "\xef\xbf\xbd\xef\xbf\xbd");
	check(RECODE_UTF16_LE, STR("a\0b"), "a\xef\xbf\xbd");
	check(RECODE_UTF16_LE, STR("a\0\n"), "a\n"); /* a line end that was cut */
}

static void failures_are_the_sources(void **state)
{
	struct bytes b = {STR("a\0b\0"), 3, true};
	struct recode *r = recode_open(RECODE_UTF16_LE, give, &b);
	char p[8];
	ssize_t got;

	(void)state;
	while ((got = recode_read(r, p, sizeof p)) > 0)
		;
	assert_int_equal(got, -1);
	assert_int_equal(errno, EIO);
	recode_close(r);
}

static void detection(void **state)
{
	enum recode_from from;

	(void)state;
	assert_true(recode_is_utf16(STR("\xff\xfe"), &from) && from == RECODE_UTF16_LE);
	assert_true(recode_is_utf16(STR("\xfe\xff"), &from) && from == RECODE_UTF16_BE);
	assert_true(recode_is_utf16(STR("M\0P\0A\0N\0,\0"), &from) && from == RECODE_UTF16_LE);
	assert_true(recode_is_utf16(STR("\0M\0P\0A\0N\0,"), &from) && from == RECODE_UTF16_BE);
	assert_false(recode_is_utf16(STR(""), &from));
	assert_false(recode_is_utf16(STR("M"), &from));
	assert_false(recode_is_utf16(STR("MPAN,Date"), &from));
	assert_false(recode_is_utf16(STR("MPAN\0\0\0\0Date\0"), &from));
	assert_false(recode_is_utf16(STR("\0\0\0\0\0\0\0\0"), &from));
}

/* Any bytes become valid UTF-8, the same in pieces of any size. */
static void random_bytes(void **state)
{
	struct arena *a = arena_new(1 << 20);
	uint64_t seed = unit_seed();
	char text[64];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		enum recode_from from = (enum recode_from)unit_below(&seed, 3);
		struct str s = {text, unit_below(&seed, sizeof text)};
		for (size_t k = 0; k < s.n; k++)
			text[k] = unit_below(&seed, 3) ? (char)unit_random(&seed)
			                               : "\xd8\xdc\0a"[unit_below(&seed, 4)];
		struct str whole = recoded(a, from, s, sizeof text, 256);
		assert_true(utf8_valid(whole));
		assert_true(
		        str_eq(whole, recoded(a, from, s, 1 + unit_below(&seed, 5), 1 + unit_below(&seed, 9))));
		arena_reset(a);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(characters),
	        cmocka_unit_test(halves),
	        cmocka_unit_test(failures_are_the_sources),
	        cmocka_unit_test(detection),
	        cmocka_unit_test(random_bytes),
	};

	return cmocka_run_group_tests_name("recode", tests, NULL, NULL);
}
