/* detect: whatever the head of a file holds, its layout is one that rows can be read by: every column that it
 * names is there, and no interval is a column twice. The sentences about it are text. */
#include "app/import/format.h"
#include "codec/utf8.h"
#include "fuzz.h"

static void check_layout(const struct layout *l)
{
	bool seen[CSV_CELLS_MAX] = {false};

	if (l->records_at_header)
		return;
	FUZZ_CHECK(l->columns >= 1 && l->columns <= CSV_CELLS_MAX);
	FUZZ_CHECK(l->intervals >= 0 && l->intervals <= INTERVALS_MAX);
	FUZZ_CHECK(!l->intervals || (l->interval_minutes > 0 && 1440 % l->interval_minutes == 0));
	for (int role = 0; role < COLUMN_ROLES; role++)
		FUZZ_CHECK(l->at[role] >= -1 && l->at[role] < (int)l->columns);
	for (int i = 0; i < l->intervals; i++) {
		int at = l->interval_at[i];

		FUZZ_CHECK(at >= 0 && (size_t)at < l->columns && !seen[at]);
		seen[at] = true;
		FUZZ_CHECK(l->flag_at[i] >= -1 && l->flag_at[i] < (int)l->columns);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(64u << 20);
	struct str head = {(const char *)data, size > LAYOUT_HEAD ? LAYOUT_HEAD : size};
	struct fault f = {.code = OK};
	struct layout l;
	const char *types[] = {"auto", "hh", "daily", "interval"};
	uint64_t seed = fuzz_hash(head);
	struct layout_ask ask = {.type = str_of(types[seed % 4]), .meter_given = seed / 4 % 2};

	for (int i = 0; i < ANSWERS; i++)
		if (answer_infos[i].kind == ANSWER_COLUMN && seed >> (8 + i) & 1)
			ask.answers.given[i] = STR("2");

	if (layout_detect(a, head, &ask, &l, &f) == OK) {
		check_layout(&l);
		FUZZ_CHECK(layout_summary(a, &l).n > 0);
	} else {
		FUZZ_CHECK(f.code == ERR_INVALID && f.message[0]);
	}
	arena_free(a);
	return 0;
}
