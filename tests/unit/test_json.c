/* json: what is written, that it is read back the same, and hostile input. */
#include "codec/json.h"
#include "codec/utf8.h"
#include "unit.h"

struct job {
	int64_t id;
	bool dry_run;
	struct str name, none, secret;
	int64_t created_at, started_at, seen_at, value, day;
};

static const struct rec_field fields[] = {
        REC(struct job, id, REC_INT),
        REC(struct job, dry_run, REC_BOOL),
        REC(struct job, name, REC_TEXT),
        REC(struct job, none, REC_TEXT),
        REC_FLAGS(struct job, secret, REC_TEXT, REC_HIDDEN),
        REC(struct job, created_at, REC_AT),
        REC(struct job, started_at, REC_AT_SQL),
        REC(struct job, seen_at, REC_AT_SQL),
        REC(struct job, value, REC_DEC),
        REC(struct job, day, REC_DAY),
};
static const struct rec_desc job_desc = REC_DESC(struct job, fields);

static void writes(void **state)
{
	struct buf b = BUF_INIT(1 << 16);
	struct json_out j;

	(void)state;
	json_start(&j, &b);
	json_object(&j);
	json_key(&j, "a");
	json_array(&j);
	json_int(&j, INT64_MIN);
	json_bool(&j, true);
	json_bool(&j, false);
	json_null(&j);
	json_str(&j, (struct str){NULL, 0});
	json_str(&j, STR(""));
	json_dec(&j, -1500000);
	json_at(&j, 1762511400);
	json_at(&j, 0);
	json_raw(&j, STR("1.25"));
	json_array(&j);
	json_end_array(&j);
	json_end_array(&j);
	json_key(&j, "k\"");
	json_object(&j);
	json_end_object(&j);
	json_end_object(&j);
	assert_str(buf_str(&b), "{\"a\":[-9223372036854775808,true,false,null,null,\"\",\"-1.5\","
	                        "\"2025-11-07T10:30:00Z\",null,1.25,[]],\"k\\\"\":{}}");

	buf_reset(&b);
	json_start(&j, &b);
	json_str(&j, STR("\"\\/\b\f\n\r\t\x01\x7f\0 \xc3\xa9\xff\xed\xa0\x80"));
	assert_str(buf_str(&b), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f\\u0000 \xc3\xa9\xef\xbf\xbd"
	                        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	buf_reset(&b);
	json_start(&j, &b);
	j.pretty = true;
	json_object(&j);
	json_key(&j, "a");
	json_array(&j);
	json_int(&j, 1);
	json_int(&j, 2);
	json_end_array(&j);
	json_key(&j, "b");
	json_object(&j);
	json_end_object(&j);
	json_end_object(&j);
	assert_str(buf_str(&b), "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}");
	buf_free(&b);
}

static void percents(void **state)
{
	static const struct {
		int64_t part, whole;
		const char *text;
	} c[] = {{45, 100, "45.0"}, {0, 0, "0.0"},    {5, 0, "0.0"},     {1, 3, "33.3"},       {2, 3, "66.7"},
	         {1, 1, "100.0"},   {-1, 3, "-33.3"}, {-1, 3000, "0.0"}, {INT64_MAX, 1, "0.0"}};
	struct buf b = BUF_INIT(100);
	struct json_out j;

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
		buf_reset(&b);
		json_start(&j, &b);
		json_percent(&j, c[i].part, c[i].whole);
		assert_str(buf_str(&b), c[i].text);
	}
	buf_free(&b);
}

static void records(void **state)
{
	const struct job job = {7,          true, STR_INIT("x"), {NULL, 0}, STR_INIT("s"), 1762511400,
	                        1762511400, 0,    1500000,       20399};
	struct buf b = BUF_INIT(1 << 16);
	struct json_out j;

	(void)state;
	json_start(&j, &b);
	json_object(&j);
	json_rec(&j, &job_desc, &job);
	json_end_object(&j);
	assert_str(buf_str(&b), "{\"id\":7,\"dry_run\":true,\"name\":\"x\",\"none\":null,\"created_at\":\"2025-"
	                        "11-07T10:30:00Z\","
	                        "\"started_at\":\"2025-11-07 "
	                        "10:30:00\",\"seen_at\":null,\"value\":\"1.5\",\"day\":\"2025-11-07\"}");
	buf_free(&b);
}

static void reads(void **state)
{
	char why[160] = "";
	struct str key;
	struct json *v = json_parse(STR(" {\"s\":\"a\\u0041\xc3\xa9\",\"i\":-5,\"r\":1.5,\"t\":true,\"n\":null,"
	                                "\"l\":[1,\"x\",{}]} "),
	                            why);

	(void)state;
	assert_non_null(v);
	assert_int_equal(json_kind(v), JSON_OBJECT);
	assert_int_equal(json_count(v), 6);
	assert_str(json_text(json_member(v, "s")), "aA\xc3\xa9");
	assert_int_equal(json_number(json_member(v, "i")), -5);
	assert_int_equal(json_kind(json_member(v, "i")), JSON_INT);
	assert_int_equal(json_kind(json_member(v, "r")), JSON_REAL);
	assert_int_equal(json_number(json_member(v, "r")), 0);
	assert_true(json_truth(json_member(v, "t")));
	assert_int_equal(json_kind(json_member(v, "t")), JSON_BOOL);
	assert_int_equal(json_kind(json_member(v, "n")), JSON_NULL);
	assert_int_equal(json_kind(json_member(v, "s")), JSON_STRING);
	const struct json *l = json_member(v, "l");
	assert_int_equal(json_kind(l), JSON_ARRAY);
	assert_int_equal(json_count(l), 3);
	assert_str(json_text(json_item(l, 1)), "x");
	assert_null(json_item(l, 3));
	assert_null(json_member(v, "x"));
	assert_null(json_member(l, "x"));
	assert_null(json_item(v, 0));
	/* no value has no members, no text, no number */
	assert_null(json_member(NULL, "x"));
	assert_null(json_item(NULL, 0));
	assert_null(json_text(NULL).p);
	assert_null(json_text(l).p);
	assert_int_equal(json_number(NULL), 0);
	assert_int_equal(json_count(NULL), 0);
	assert_false(json_truth(NULL));
	assert_str((json_member_at(v, 2, &key), key), "r");
	assert_int_equal(json_kind(json_member_at(v, 5, &key)), JSON_ARRAY);
	assert_null(json_member_at(v, 6, &key));
	assert_null(json_member_at(l, 0, &key));
	json_free(v);
	json_free(NULL);
}

static void refused(void **state)
{
	static const char *const bad[] = {
	        "",
	        " ",
	        "{",
	        "[1,]",
	        "{\"a\":1,}",
	        "{a:1}",
	        "{'a':1}",
	        "[1]x",
	        "[1] [2]",
	        "nul",
	        "NaN",
	        "[01]",
	        "[.5]",
	        "[1.]",
	        "[+1]",
	        "\"\x01\"",
	        "\"\\x\"",
	        "\"\\ud800\"",
	        "\"\\u0000\"",
	        "\"\xff\"",
	        "\"\xed\xa0\x80\"",
	        "\"open",
	        "{\"a\":1,\"a\":2}",
	        "{\"a\":{\"b\":1,\"b\":1}}",
	        "\xef\xbb\xbf[]",
	        "[9223372036854775808]",
	        "[1e999]",
	        "/* c */ []",
	        "[1\0]",
	};
	char why[160];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		why[0] = '\0';
		if (json_parse(str_of(bad[i]), why))
			fail_msg("taken: %s", bad[i]);
		assert_true(why[0] && strlen(why) < 160);
	}
	assert_null(json_parse((struct str){NULL, 0}, why));
	assert_null(json_parse(STR("[1]\0"), why));
}

static void bounds(void **state)
{
	char why[160], *large = malloc(JSON_IN_MAX + 2), deep[200];
	struct json *v;

	(void)state;
	assert_non_null(large);
	for (int depth = 31; depth <= 33; depth++) {
		memset(deep, '[', (size_t)depth);
		memset(deep + depth, ']', (size_t)depth);
		v = json_parse((struct str){deep, 2 * (size_t)depth}, why);
		assert_true((v != NULL) == (depth <= JSON_DEPTH_MAX));
		json_free(v);
	}
	/* brackets in strings are no depth; very deep and unclosed is refused without a stack overflow */
	v = json_parse(STR("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[[[[[[[[\"]"), why);
	assert_non_null(v);
	json_free(v);
	memset(large, '[', JSON_IN_MAX);
	assert_null(json_parse((struct str){large, JSON_IN_MAX}, why));
	memset(large, ' ', JSON_IN_MAX + 1);
	large[0] = '1';
	v = json_parse((struct str){large, JSON_IN_MAX}, why);
	assert_int_equal(json_number(v), 1);
	json_free(v);
	assert_null(json_parse((struct str){large, JSON_IN_MAX + 1}, why));
	free(large);
}

/* Random text is written, read, and is what it was, but for what is not UTF-8. */
static void strings_come_back(void **state)
{
	uint64_t seed = unit_seed();
	struct buf b = BUF_INIT(1000);
	struct json_out j;
	char why[160];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[30];
		size_t n = unit_below(&seed, sizeof text);
		for (size_t i = 0; i < n; i++)
			text[i] = (char)(unit_below(&seed, 8) ? 1 + unit_below(&seed, 127)
			                                      : 1 + unit_below(&seed, 255));
		buf_reset(&b);
		json_start(&j, &b);
		json_str(&j, (struct str){text, n});
		struct json *v = json_parse(buf_str(&b), why);
		assert_non_null(v);
		if (utf8_valid((struct str){text, n}))
			assert_true(str_eq(json_text(v), (struct str){text, n}));
		json_free(v);
	}
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(writes),
	        cmocka_unit_test(percents),
	        cmocka_unit_test(records),
	        cmocka_unit_test(reads),
	        cmocka_unit_test(refused),
	        cmocka_unit_test(bounds),
	        cmocka_unit_test(strings_come_back),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
