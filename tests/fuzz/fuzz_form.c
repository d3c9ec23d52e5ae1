/* form: what is taken is clean, within the limit, and written and read again it is the same pairs. */
#include "codec/form.h"
#include "codec/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(64 * (size + 1) + (1 << 20));
	struct buf b = BUF_INIT(8 * (size + 1));
	struct form f, again;

	if (form_parse(a, (struct str){(const char *)data, size}, &f)) {
		FUZZ_CHECK(f.n <= FORM_FIELDS_MAX);
		for (size_t i = 0; i < f.n; i++) {
			FUZZ_CHECK(utf8_valid(f.pair[i].name) && utf8_valid(f.pair[i].value));
			FUZZ_CHECK(str_find(f.pair[i].name, '\0') < 0 && str_find(f.pair[i].value, '\0') < 0);
			form_put_encoded(&b, f.pair[i].name);
			buf_addc(&b, '=');
			form_put_encoded(&b, f.pair[i].value);
			buf_addc(&b, '&');
		}
		FUZZ_CHECK(!b.over && form_parse(a, buf_str(&b), &again) && again.n == f.n);
		for (size_t i = 0; i < f.n; i++)
			FUZZ_CHECK(str_eq(f.pair[i].name, again.pair[i].name) &&
			           str_eq(f.pair[i].value, again.pair[i].value));
	}
	buf_free(&b);
	arena_free(a);
	return 0;
}
