/* words: a layout as sentences, for the people who have to correct it. */
#include "app/import/format.h"
#include "codec/json.h"

static const char *delimiter_name(char d)
{
	switch (d) {
	case ',':
		return "commas";
	case ';':
		return "semicolons";
	case '\t':
		return "tabs";
	case '|':
		return "vertical bars";
	}
	return "another delimiter";
}

static void sentence(struct json_out *j, const char *text)
{
	json_str(j, str_of(text));
}

/* column 3, "HH01" */
static const char *column_words(struct arena *a, const struct layout *l, int at)
{
	struct str name = l->name[at];
	return arena_printf(a, name.n ? "column %d, \"%.*s\"" : "column %d", at + 1, STR_ARG(name));
}

struct str layout_summary(struct arena *a, const struct layout *l)
{
	struct buf b = BUF_INIT(16384);
	struct json_out j;
	static const char *const orders[] = {"day, month, year", "month, day, year", "year, month, day"};
	json_start(&j, &b);
	json_object(&j);
	json_key(&j, "read_as");
	json_array(&j);
	sentence(&j, arena_printf(a, "Form: %s.", l->format->title));
	sentence(&j, l->header_line
	                     ? arena_printf(a, "The header is line %llu; its %zu columns are split by %s.",
	                                    (unsigned long long)l->header_line, l->columns,
	                                    delimiter_name(l->dialect.delimiter))
	                     : arena_printf(a, "The file has no header; its %zu columns are split by %s.",
	                                    l->columns, delimiter_name(l->dialect.delimiter)));
	if (l->at[COLUMN_METER] >= 0)
		sentence(&j, arena_printf(a, "The meter is in %s.", column_words(a, l, l->at[COLUMN_METER])));
	if (l->at[COLUMN_DATE] >= 0)
		sentence(&j, arena_printf(a, "The date is in %s, written %s%s.",
		                          column_words(a, l, l->at[COLUMN_DATE]), orders[l->order],
		                          l->order_certain ? ""
		                                           : " (the usual order: the file does not prove it)"));
	if (l->intervals)
		sentence(&j,
		         arena_printf(a, "%d intervals of %d minutes begin at %s, with the first of the day%s.",
		                      l->intervals, l->interval_minutes, column_words(a, l, l->interval_at[0]),
		                      l->flag_at[0] >= 0 ? "; each has a flag" : ""));
	else if (l->at[COLUMN_VALUE] >= 0)
		sentence(&j, arena_printf(a, "The reading is in %s.", column_words(a, l, l->at[COLUMN_VALUE])));
	if (!l->intervals && (l->moments || l->at[COLUMN_TIME] >= 0))
		sentence(&j,
		         arena_printf(
		                 a,
		                 "Readings are %d minutes apart; a time is the one at which its interval %s%s.",
		                 l->interval_minutes, l->at_end ? "ends" : "begins",
		                 l->side_certain ? "" : " (the usual way: the file does not prove it)"));
	if (l->at[COLUMN_PERIOD] >= 0)
		sentence(&j, arena_printf(a, "The number of the interval in its day is in %s.",
		                          column_words(a, l, l->at[COLUMN_PERIOD])));
	if (l->utc)
		sentence(&j, "Times are in UTC, as the header says.");
	if (l->decimal_mark == ',')
		sentence(&j, "The decimal mark is a comma.");
	json_end_array(&j);
	json_end_object(&j);
	struct str out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}
