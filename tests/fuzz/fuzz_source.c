/* source: any file is either refused with a sentence, or is a text that is the same on every reading: its head,
 * its rows from the start, and its rows from any place that a row named. A workbook that libzip would read is
 * fuzzed behind its checksums by fuzz_xlsx. */
#include "app/import/source.h"
#include "app/setting.h"
#include "csv_check.h"
#include "fuzz.h"
#include "zip_make.h"

static const struct csv_dialect comma = {',', '"'};

/* Rows from a place on, as one number; *next and *line: where the `stop`th ended. */
static uint64_t rows_from(struct source *s, uint64_t *next, uint64_t *line, uint64_t stop, bool *failed)
{
	struct csv_row row;
	uint64_t h = 1;
	enum csv_next got = CSV_FAILED;

	*failed = source_seek(s, comma, *next, *line) != OK;
	while (!*failed && stop-- && (got = source_next(s, &row)) == CSV_ROW) {
		for (size_t i = 0; i < row.n; i++)
			h = h * 31 + fuzz_hash(row.cell[i]);
		h = h * 31 + row.line;
		*next = row.next;
		*line = row.next_line;
	}
	if (!*failed && got == CSV_FAILED) {
		*failed = true;
		FUZZ_CHECK(source_failed(s) != OK);
	}
	return h;
}

static void check(struct source *s, uint64_t seed)
{
	uint64_t next = 0, line = 1, h, again;
	bool failed, as_well;

	FUZZ_CHECK(source_head(s).n <= SOURCE_HEAD);
	(void)rows_from(s, &next, &line, 1 + seed % 4, &failed);
	uint64_t from = next, from_line = line;
	h = rows_from(s, &next, &line, UINT64_MAX, &failed);
	FUZZ_CHECK(source_done(s, next) >= 0);
	next = from;
	line = from_line;
	again = rows_from(s, &next, &line, UINT64_MAX, &as_well);
	FUZZ_CHECK(failed == as_well && h == again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const encodings[] = {"", "", "", "utf-8", "cp1252", "utf-16le", "utf-16be"};
	struct str defaults[SETTING_COUNT];
	struct arena *a = arena_new(64u << 20);
	struct str file = {(const char *)data, size};
	uint64_t seed = fuzz_hash(file);
	struct ctx c = {.arena = a, .settings = defaults};
	struct answers asked = {.given[ANSWER_encoding] = str_of(encodings[seed % 7])};
	struct source *s;
	int fd = zip_make_file(file);

	for (size_t i = 0; i < SETTING_COUNT; i++)
		defaults[i] = str_of(setting_infos[i].dflt);
	if (source_open(&c, fd, &asked, &s) == OK) {
		check(s, seed / 8);
		source_close(s);
	} else {
		FUZZ_CHECK(c.fault.code != OK && c.fault.message[0]);
	}
	(void)close(fd);
	arena_free(a);
	return 0;
}
