/* multipart: fixed bodies, each fed whole, byte by byte and in random pieces with the same outcome. */
#include "base/buf.h"
#include "codec/multipart.h"
#include "unit.h"

/* What the hooks were told, as text: {name|filename|type:data} */
struct told {
	struct buf b;
	int stop_at; /* refuse the n-th call; 0: none */
	int calls;
};

static bool told_call(struct told *t)
{
	return ++t->calls != t->stop_at;
}

static bool on_begin(void *arg, const struct multipart_part *part)
{
	struct told *t = arg;

	buf_printf(&t->b, "{%.*s|%.*s|%.*s:", STR_ARG(part->name),
	           STR_ARG(part->filename.p ? part->filename : STR("-")), STR_ARG(part->type));
	return told_call(t);
}

static bool on_data(void *arg, const char *p, size_t n)
{
	struct told *t = arg;

	assert_true(n > 0);
	buf_add(&t->b, p, n);
	return told_call(t);
}

static bool on_end(void *arg)
{
	struct told *t = arg;

	buf_addc(&t->b, '}');
	return told_call(t);
}

static const struct multipart_hooks hooks = {on_begin, on_data, on_end};
static const char content_type[] = "multipart/form-data; boundary=XX";

/* Feeds in pieces of 1..max bytes; max 0: all at once. */
static enum multipart_result feed(struct told *t, struct str body, size_t max, uint64_t *seed)
{
	struct multipart *m = multipart_new(str_of(content_type), &hooks, t);
	enum multipart_result r = MULTIPART_OK;

	assert_non_null(m);
	buf_reset(&t->b);
	t->calls = 0;
	while (body.n && r == MULTIPART_OK) {
		size_t n = max ? 1 + unit_below(seed, max) : body.n;
		n = n < body.n ? n : body.n;
		char *piece = malloc(n); /* of its own, so that the sanitizers see a byte too far */
		assert_non_null(piece);
		memcpy(piece, body.p, n);
		r = multipart_feed(m, piece, n);
		free(piece);
		body = str_sub(body, n, body.n);
	}
	enum multipart_result end = multipart_end(m);
	assert_true(r == MULTIPART_OK || end == r);
	multipart_free(m);
	return end;
}

static void reads(struct str body, enum multipart_result result, const char *want)
{
	struct told t = {.b = BUF_INIT(1 << 20)};
	uint64_t seed = 88172645463325252u;

	for (int round = 0; round < 40; round++) {
		enum multipart_result r = feed(&t, body, round < 2 ? (size_t)round : (size_t)round / 2, &seed);
		if (r != result)
			fail_msg("result %d of %.*s", (int)r, STR_ARG(body));
		assert_str(buf_str(&t.b), want);
	}
	buf_free(&t.b);
}

#define PART(name, more)          "--XX\r\nContent-Disposition: form-data; name=\"" name "\"" more "\r\n\r\n"
#define READS(body, result, want) reads(STR(body), result, want)

static void bodies(void **state)
{
	(void)state;
	READS(PART("a", "") "1\r\n" PART("b", "") "\r\n--XX--", MULTIPART_OK, "{a|-|:1}{b|-|:}");
	READS(PART("a", "") "1\r\n--XX--\r\nepilogue\r\n--XX\r\n", MULTIPART_OK, "{a|-|:1}");
	READS("preamble\r\nmore\r\n" PART("a", "") "1\r\n--XX--\r\n", MULTIPART_OK, "{a|-|:1}");
	READS("--XX--\r\n", MULTIPART_OK, "");
	READS(PART("file", "; filename=\"a b.csv\"\r\nContent-Type: text/csv") "x,y\r\n1,2\r\n\r\n--XX--\r\n",
	      MULTIPART_OK, "{file|a b.csv|text/csv:x,y\r\n1,2\r\n}");
	READS(PART("file", "; filename=\"\"") "\r\n--XX--\r\n", MULTIPART_OK, "{file||:}");
	/* nearly the delimiter */
	READS(PART("a", "") "\r\n-\r\n--\r\r\n--X\r\n--Y\r\r\n--XX--", MULTIPART_OK,
	      "{a|-|:\r\n-\r\n--\r\r\n--X\r\n--Y\r}");
	READS(PART("a", "") "--XX\n--XX\r\n--XX--", MULTIPART_OK, "{a|-|:--XX\n--XX}");
	READS(PART("a", "") "\r\r\r\n\n\r\n--XX--", MULTIPART_OK, "{a|-|:\r\r\r\n\n}");
	/* blanks behind the boundary; header names in any case; unquoted name */
	READS("--XX \t\r\ncontent-disposition:form-data;NAME=a ; x=y\r\nX-Other: 1\r\n\r\n1\r\n--XX--",
	      MULTIPART_OK, "{a|-|:1}");
	/* names as browsers escape them */
	READS(PART("a%22%0d%0Ab\\\"c\\\\d%41", "; filename=\"C:\\dir\\f.csv\"") "\r\n--XX--", MULTIPART_OK,
	      "{a\"\r\nb\"c\\d%41|C:\\dir\\f.csv|:}");
	READS("--XX\r\nContent-Disposition: form-data; filename=\"n;ame=\\\"x\\\"\"; "
	      "name=\"a\"\r\n\r\n\r\n--XX--",
	      MULTIPART_OK, "{a|n;ame=\"x\"|:}");
}

static void nul_bytes_are_data(void **state)
{
	(void)state;
	struct told t = {.b = BUF_INIT(1000)};
	uint64_t seed = 1;
	struct str body = STR(PART("a", "") "x\0\0y\r\n--XX--");

	assert_int_equal(feed(&t, body, 1, &seed), MULTIPART_OK);
	assert_true(str_eq(buf_str(&t.b), STR("{a|-|:x\0\0y}")));
	buf_free(&t.b);
}

static void faults(void **state)
{
	(void)state;
	READS("", MULTIPART_BAD, "");
	READS("no boundary here", MULTIPART_BAD, "");
	READS("--XXX\r\n", MULTIPART_BAD, "");
	READS("--XX\n", MULTIPART_BAD, "");
	READS("--XX\r\n\r\nx\r\n--XX--", MULTIPART_BAD, "");
	READS("--XX\r\nContent-Type: text/plain\r\n\r\nx\r\n--XX--", MULTIPART_BAD, "");
	READS("--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--", MULTIPART_BAD, "");
	READS("--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XX--", MULTIPART_BAD, "");
	READS("--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--XX--", MULTIPART_BAD, "");
	READS("--XX\r\nContent-Disposition: form-data; name=\"a\" x\r\n\r\nx\r\n--XX--", MULTIPART_BAD, "");
	READS("--XX\r\nContent-Disposition: form-data; name=\"a\\\"\r\n\r\nx\r\n--XX--", MULTIPART_BAD, "");
	READS("--XX\r\nno colon\r\n\r\nx\r\n--XX--", MULTIPART_BAD, "");
	READS("--XX\r\nX: \0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--XX--", MULTIPART_BAD,
	      "");
	READS("--XX\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; "
	      "name=b\r\n\r\nx\r\n--XX--",
	      MULTIPART_BAD, "");
	READS(PART("a", "") "1\r\n--XXY", MULTIPART_BAD, "{a|-|:1}");
}

/* However a body is cut, it is seen: every proper prefix is truncated (or no multipart yet), never whole. */
static void truncated(void **state)
{
	static const char body[] = PART("a", "") "1\r\n" PART("f", "; filename=\"x\"") "data\r\nmore\r\n--XX--";
	struct told t = {.b = BUF_INIT(1000)};
	uint64_t seed = 1;

	(void)state;
	for (size_t n = 0; n < sizeof body - 1; n++) {
		enum multipart_result r = feed(&t, (struct str){body, n}, 0, &seed);
		if (r != (n < 4 ? MULTIPART_BAD : MULTIPART_TRUNCATED))
			fail_msg("%zu bytes: %d", n, (int)r);
	}
	assert_int_equal(feed(&t, str_of(body), 0, &seed), MULTIPART_OK);
	buf_free(&t.b);
}

static void limits(void **state)
{
	struct told t = {.b = BUF_INIT(1 << 20)};
	struct buf body = BUF_INIT(1 << 20);
	uint64_t seed = 1;

	(void)state;
	for (int parts = MULTIPART_PARTS_MAX; parts <= MULTIPART_PARTS_MAX + 1; parts++) {
		buf_reset(&body);
		for (int i = 0; i < parts; i++)
			buf_addz(&body, PART("a", "") "1\r\n");
		buf_addz(&body, "--XX--");
		assert_int_equal(feed(&t, buf_str(&body), 0, &seed),
		                 parts <= MULTIPART_PARTS_MAX ? MULTIPART_OK : MULTIPART_LIMIT);
	}
	for (size_t pad = MULTIPART_HEADER_MAX - 100; pad < MULTIPART_HEADER_MAX + 100; pad++) {
		static const char disposition[] = "Content-Disposition: form-data; name=a\r\nX:";
		buf_reset(&body);
		buf_addz(&body, "--XX\r\n");
		buf_addz(&body, disposition);
		for (size_t i = 0; i < pad; i++)
			buf_addc(&body, 'x');
		buf_addz(&body, "\r\n\r\n1\r\n--XX--");
		bool fits = sizeof disposition - 1 + pad + 4 <= MULTIPART_HEADER_MAX;
		assert_int_equal(feed(&t, buf_str(&body), 0, &seed), fits ? MULTIPART_OK : MULTIPART_LIMIT);
	}
	buf_free(&body);
	buf_free(&t.b);
}

static void hooks_can_stop(void **state)
{
	struct told t = {.b = BUF_INIT(1000)};
	struct str body = STR(PART("a", "") "1\r\n" PART("b", "") "2\r\n--XX--");
	uint64_t seed = 1;

	(void)state;
	for (int call = 1; call <= 6; call++) {
		t.stop_at = call;
		assert_int_equal(feed(&t, body, 0, &seed), MULTIPART_STOPPED);
		assert_int_equal(t.calls, call);
	}
	t.stop_at = 7;
	assert_int_equal(feed(&t, body, 0, &seed), MULTIPART_OK);
	buf_free(&t.b);
}

static void content_types(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} c[] = {
	        {"multipart/form-data; boundary=XX", true},
	        {"Multipart/Form-Data;BOUNDARY=\"XX\"", true},
	        {"multipart/form-data; charset=utf-8; boundary=----WebKitFormBoundaryABC123; x=y", true},
	        {"multipart/form-data; boundary=\"a b:c?\"", true},
	        {"multipart/form-data", false},
	        {"multipart/form-data; boundary=", false},
	        {"multipart/form-data; boundary=\"\"", false},
	        {"multipart/form-data; boundary=\"x \"", false},
	        {"multipart/form-data; boundary=\"x", false},
	        {"multipart/form-data; boundary=\"x\" y", false},
	        {"multipart/form-data; boundary=\"x\ry\"", false},
	        {"multipart/form-data; x=1", false},
	        {"multipart/mixed; boundary=XX", false},
	        {"text/plain", false},
	        {"", false},
	        {"multipart/form-data; "
	         "boundary=1234567890123456789012345678901234567890123456789012345678901234567890",
	         true},
	        {"multipart/form-data; "
	         "boundary=12345678901234567890123456789012345678901234567890123456789012345678901",
	         false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof c / sizeof c[0]; i++) {
		struct multipart *m = multipart_new(str_of(c[i].text), &hooks, NULL);
		if ((m != NULL) != c[i].good)
			fail_msg("%s", c[i].text);
		multipart_free(m);
	}
	assert_null(multipart_new((struct str){NULL, 0}, &hooks, NULL));
}

/* Random data without the delimiter comes through as it is, in any pieces. */
static void random_data(void **state)
{
	uint64_t seed = unit_seed();
	struct told t = {.b = BUF_INIT(1 << 20)};
	struct buf body = BUF_INIT(1 << 20);

	(void)state;
	for (int round = 0; round < 2000; round++) {
		char data[500];
		size_t n = unit_below(&seed, sizeof data);
		for (size_t i = 0; i < n; i++)
			data[i] = "\r\n--XY"[unit_below(&seed, 6)];
		struct str text = {data, n};
		if (str_search(text, STR("\r\n--XX")) >= 0)
			continue;
		buf_reset(&body);
		buf_addz(&body, PART("a", "; filename=\"f\""));
		buf_adds(&body, text);
		buf_addz(&body, "\r\n--XX--\r\n");
		assert_int_equal(feed(&t, buf_str(&body), unit_below(&seed, 40), &seed), MULTIPART_OK);
		struct str told = buf_str(&t.b);
		assert_true(str_starts(told, STR("{a|f|:")) && str_ends(told, STR("}")));
		assert_true(str_eq(str_sub(told, 6, told.n - 7), text));
	}
	buf_free(&body);
	buf_free(&t.b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(bodies),        cmocka_unit_test(nul_bytes_are_data),
	        cmocka_unit_test(faults),        cmocka_unit_test(truncated),
	        cmocka_unit_test(limits),        cmocka_unit_test(hooks_can_stop),
	        cmocka_unit_test(content_types), cmocka_unit_test(random_data),
	};

	return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
