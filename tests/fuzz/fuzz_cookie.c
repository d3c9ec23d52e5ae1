/* cookie: what is taken is clean, without blanks around, and written and read again it is the same pairs. */
#include "codec/form.h"
#include "codec/utf8.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(64 * (size + 1) + (1 << 20));
	struct buf b = BUF_INIT(8 * (size + 1));
	struct form f, again;

	if (form_parse_cookies(a, (struct str){(const char *)data, size}, &f)) {
		FUZZ_CHECK(f.n <= FORM_FIELDS_MAX);
		for (size_t i = 0; i < f.n; i++) {
			struct str name = f.pair[i].name, value = f.pair[i].value;
			FUZZ_CHECK(utf8_valid(name) && utf8_valid(value));
			FUZZ_CHECK(str_find(name, ';') < 0 && str_find(name, '=') < 0 &&
			           str_find(value, ';') < 0);
			FUZZ_CHECK(str_find(name, '\0') < 0 && str_find(value, '\0') < 0);
			FUZZ_CHECK(str_trim(name).n == name.n && str_trim(value).n == value.n);
			buf_adds(&b, name);
			buf_addc(&b, '=');
			buf_adds(&b, value);
			buf_addz(&b, "; ");
		}
		FUZZ_CHECK(!b.over && form_parse_cookies(a, buf_str(&b), &again) && again.n == f.n);
		for (size_t i = 0; i < f.n; i++)
			FUZZ_CHECK(str_eq(f.pair[i].name, again.pair[i].name) &&
			           str_eq(f.pair[i].value, again.pair[i].value));
	}
	buf_free(&b);
	arena_free(a);
	return 0;
}
