/* json: what is taken is within the depth, and written by our writer it is read as the same; the writer makes
 * valid JSON of any bytes. */
#include "codec/json.h"
#include "codec/utf8.h"
#include "fuzz.h"

static void put_value(struct json_out *j, const struct json *v, int depth)
{
	struct str key;

	FUZZ_CHECK(depth <= JSON_DEPTH_MAX);
	switch (json_kind(v)) {
	case JSON_NULL:
	case JSON_REAL: /* there is no writer for them, and readings travel as strings */
		json_null(j);
		break;
	case JSON_BOOL:
		json_bool(j, json_truth(v));
		break;
	case JSON_INT:
		json_int(j, json_number(v));
		break;
	case JSON_STRING:
		FUZZ_CHECK(utf8_valid(json_text(v)));
		json_str(j, json_text(v));
		break;
	case JSON_ARRAY:
		json_array(j);
		for (size_t i = 0; i < json_count(v); i++)
			put_value(j, json_item(v, i), depth + 1);
		json_end_array(j);
		break;
	case JSON_OBJECT:
		json_object(j);
		for (size_t i = 0; i < json_count(v) && i < 200; i++) {
			const struct json *member = json_member_at(v, i, &key);
			FUZZ_CHECK(member && member == json_member(v, key.p));
			json_key(j, key.p);
			put_value(j, member, depth + 1);
		}
		json_end_object(j);
		break;
	}
}

static void write_value(struct buf *b, const struct json *v, bool pretty)
{
	struct json_out j;

	buf_reset(b);
	json_start(&j, b);
	j.pretty = pretty;
	put_value(&j, v, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct buf b = BUF_INIT(1 << 24), c = BUF_INIT(1 << 24);
	char why[160];
	struct json *v = json_parse(text, why), *again;
	struct json_out j;

	if (v) {
		write_value(&b, v, true);
		again = json_parse(buf_str(&b), why);
		FUZZ_CHECK(again || b.n > JSON_IN_MAX);
		if (again) {
			write_value(&b, v, false);
			write_value(&c, again, false);
			FUZZ_CHECK(str_eq(buf_str(&b), buf_str(&c)));
		}
		json_free(again);
		json_free(v);
	}
	if (size <= JSON_IN_MAX / 6 && str_find(text, '\0') < 0) { /* NUL is written, but jansson refuses it */
		buf_reset(&b);
		json_start(&j, &b);
		json_str(&j, text);
		v = json_parse(buf_str(&b), why);
		FUZZ_CHECK(v && (!utf8_valid(text) || str_eq(json_text(v), text)));
		json_free(v);
	}
	buf_free(&b);
	buf_free(&c);
	return 0;
}
