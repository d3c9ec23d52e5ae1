/* decimal: a number that is taken, formatted and read again is the same; where C's strtold takes the text too,
 * both are near each other; the decimal mark makes no other difference. */
#include "base/decimal.h"
#include "fuzz.h"

static void near_strtold(struct str s, int64_t micro)
{
	char text[64];

	if (s.n >= sizeof text || str_find(s, '\0') >= 0)
		return;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	char *end;
	long double want = strtold(text, &end);
	FUZZ_CHECK(*end == '\0'); /* what is a number here is one in C */
	long double off = want * 1e6L - (long double)micro;
	FUZZ_CHECK(off >= -1.0L && off <= 1.0L);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = {(const char *)data, size};
	char text[DEC_TEXT], *comma = malloc(size + 1);
	int64_t v = 42, again = 42;
	enum dec_result r = dec_parse(s, '.', &v);

	FUZZ_CHECK(comma);
	switch (r) {
	case DEC_OK:
	case DEC_ROUNDED:
		FUZZ_CHECK(v != INT64_MIN);
		near_strtold(s, v);
		FUZZ_CHECK(dec_parse((struct str){text, dec_format(v, text)}, '.', &again) == DEC_OK &&
		           again == v);
		break;
	case DEC_BAD:
	case DEC_RANGE:
		FUZZ_CHECK(v == 42);
		break;
	}
	for (size_t i = 0; i < size; i++)
		comma[i] = s.p[i] == '.' ? ',' : s.p[i] == ',' ? '.' : s.p[i];
	again = 42;
	FUZZ_CHECK(dec_parse((struct str){comma, size}, ',', &again) == r && again == v);
	free(comma);
	return 0;
}
