/* xlsx: any workbook ends in rows or a reason, and what xlsx_make.h promises holds. Bytes that begin with PK
 * are the whole file; others are the texts of its parts, split at bytes 0xff: sheet, shared texts, styles, list
 * of sheets, relations. So the mutations reach the parsers behind the ZIP's checksums. */
#include "fuzz.h"
#include "xlsx_make.h"

/* The next part; an absent or empty one is the ordinary one. */
static struct str part(struct str *rest)
{
	struct str s = str_cut(rest, '\xff');

	return s.n ? s : (struct str){NULL, 0};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size}, rest = text, *names;
	struct xlsx_parts p;
	char why[XLSX_WHY] = "";
	size_t n;

	p.sheet = part(&rest);
	p.texts = part(&rest);
	p.styles = part(&rest);
	p.book = part(&rest);
	p.relations = part(&rest);
	int fd = str_starts(text, STR("PK")) ? zip_make_file(text) : xlsx_make(&p);
	(void)xlsx_check(fd);
	struct arena *a = arena_new(1 << 20);
	bool good = xlsx_sheets(fd, a, &names, &n, why);
	FUZZ_CHECK(good == (why[0] == 0));
	arena_free(a);
	(void)close(fd);
	return 0;
}
