/* words: a layout as sentences, for the people who have to correct it, each with the answers that would; and
 * what the file leaves open. */
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

/* column 3, "HH01" */
static const char *column_words(struct arena *a, const struct layout *l, int at)
{
	struct str name = l->name[at];
	return arena_printf(a, name.n ? "column %d, \"%.*s\"" : "column %d", at + 1, STR_ARG(name));
}

struct writer {
	struct arena *a;
	const struct layout *l;
	struct layout_sentence *out;
	size_t n;
};

/* Adds a sentence about up to two answers; ANSWERS where there is no (second) one. */
static void say(struct writer *w, enum answer_id first, enum answer_id second, const char *text)
{
	struct layout_sentence *s = &w->out[w->n++];
	*s = (struct layout_sentence){.text = str_of(text)};
	if (first != ANSWERS)
		s->about[s->answers++] = first;
	if (second != ANSWERS)
		s->about[s->answers++] = second;
}

static void say_column(struct writer *w, enum column_role role, enum answer_id id, const char *what)
{
	int at = w->l->at[role];
	if (at >= 0)
		say(w, id, ANSWERS, arena_printf(w->a, "%s is in %s.", what, column_words(w->a, w->l, at)));
}

static void say_file(struct writer *w)
{
	const struct layout *l = w->l;
	say(w, ANSWERS, ANSWERS, arena_printf(w->a, "Form: %s.", l->format->title));
	if (!l->columns) /* the form says what its records hold */
		return;
	say(w, ANSWER_header_line, ANSWER_delimiter,
	    l->header_line ? arena_printf(w->a, "The header is line %llu; its %zu columns are split by %s.",
	                                  (unsigned long long)l->header_line, l->columns,
	                                  delimiter_name(l->dialect.delimiter))
	                   : arena_printf(w->a, "The file has no header; its %zu columns are split by %s.",
	                                  l->columns, delimiter_name(l->dialect.delimiter)));
}

/* What the registers show is in column 4, "reading1", and column 6, "reading2". */
static const char *register_words(struct arena *a, const struct layout *l)
{
	const char *all = "What registers show (it is cumulative) is in ";
	for (int i = 0; i < l->registers; i++)
		all = arena_printf(a, "%s%s%s", all,
		                   !i                     ? ""
		                   : i + 1 < l->registers ? ", "
		                                          : " and ",
		                   column_words(a, l, l->register_at[i]));
	return arena_printf(a, "%s.", all);
}

static void say_columns(struct writer *w)
{
	static const char *const orders[] = {"day, month, year", "month, day, year", "year, month, day"};
	const struct layout *l = w->l;
	say_column(w, COLUMN_METER, ANSWER_meter_column, "The meter");
	if (l->meter.n)
		say(w, ANSWER_meter_column, ANSWERS,
		    arena_printf(w->a,
		                 "The meter is \"%.*s\": the rows do not name it, the file does above them.",
		                 STR_ARG(str_sub(l->meter, 0, 64))));
	if (l->at[COLUMN_DATE] >= 0)
		say(w, ANSWER_date_column, ANSWER_date_order,
		    arena_printf(w->a, "The date is in %s, written %s%s.",
		                 column_words(w->a, l, l->at[COLUMN_DATE]), orders[l->dates.order],
		                 l->order_certain ? "" : " (the usual order: the file does not prove it)"));
	say_column(w, COLUMN_TIME, ANSWER_time_column, "The time of day");
	if (l->intervals)
		say(w, ANSWER_value_column, ANSWER_interval_minutes,
		    arena_printf(w->a, "%d intervals of %d minutes begin at %s, with the first of the day%s.",
		                 l->intervals, l->interval_minutes, column_words(w->a, l, l->interval_at[0]),
		                 l->flag_at[0] >= 0 ? "; each has a flag" : ""));
	else if (l->registers)
		say(w, ANSWER_value_column, ANSWER_values, register_words(w->a, l));
	else
		say_column(w, COLUMN_VALUE, ANSWER_value_column,
		           l->sessions.found ? "The energy" : "The reading");
	for (int k = 1; k < l->values && !l->registers; k++)
		say(w, ANSWER_value_column, ANSWERS,
		    arena_printf(w->a, "Readings of the channel %s are in %s.", l->value[k].channel,
		                 column_words(w->a, l, l->value[k].at)));
	say_column(w, COLUMN_QUALITY, ANSWER_quality_column, "What is actual or estimated");
	say_column(w, COLUMN_CHANNEL, ANSWER_channel_column, "The channel");
}

static void say_times(struct writer *w)
{
	const struct layout *l = w->l;
	if (layout_is_timed(l) && l->at[COLUMN_MINUTES] < 0)
		say(w, ANSWER_interval_minutes, ANSWER_label_side,
		    arena_printf(w->a,
		                 "Readings are %d minutes apart; a time is the one at which its interval %s%s.",
		                 l->interval_minutes, l->at_end ? "ends" : "begins",
		                 l->side_certain ? "" : " (the usual way: the file does not prove it)"));
	say_column(w, COLUMN_PERIOD, ANSWER_period_column, "The number of the interval in its day");
	if (l->utc)
		say(w, ANSWERS, ANSWERS, "Times are in UTC, as the header says.");
}

static void say_values(struct writer *w)
{
	const struct layout *l = w->l;
	int value = layout_value_column(l);
	if (l->decimal_mark == ',')
		say(w, ANSWER_decimal_mark, ANSWERS, "The decimal mark is a comma.");
	if (value < 0)
		return;
	const struct unit *u = l->values ? l->value[0].unit : NULL;
	if (l->unit)
		say(w, ANSWER_unit, ANSWERS,
		    arena_printf(w->a, "Values are in %.*s, as was said.",
		                 STR_ARG(l->ask->answers.given[ANSWER_unit])));
	else if (l->at[COLUMN_UNIT] >= 0)
		say(w, ANSWER_unit_column, ANSWERS,
		    arena_printf(w->a, "The unit is in %s.", column_words(w->a, l, l->at[COLUMN_UNIT])));
	else
		say(w, ANSWER_unit, ANSWERS,
		    u ? arena_printf(w->a, "Values are in %s, as the header says.", u->title)
		      : "Values are taken as kWh: the file names no unit.");
}

size_t layout_sentences(struct arena *a, const struct layout *l, struct layout_sentence out[SENTENCES_MAX])
{
	struct writer w = {a, l, out, 0};
	enum answer_id about;
	const char *said;
	for (size_t i = 0; l->source && (said = source_said(l->source, i, &about)); i++)
		say(&w, about, ANSWERS, said);
	say_file(&w);
	say_columns(&w);
	if (l->sessions.found)
		w.n += session_sentences(a, l, out + w.n);
	say_times(&w);
	if (!l->records_at_header)
		say_values(&w);
	return w.n;
}

struct str layout_summary(struct arena *a, const struct layout *l)
{
	struct layout_sentence said[SENTENCES_MAX];
	struct buf b = BUF_INIT(64 * 1024);
	struct json_out j;
	size_t n = layout_sentences(a, l, said);
	json_start(&j, &b);
	json_object(&j);
	json_key(&j, "read_as");
	json_array(&j);
	for (size_t i = 0; i < n; i++)
		json_str(&j, said[i].text);
	json_end_array(&j);
	json_end_object(&j);
	struct str out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

size_t layout_doubts(const struct layout *l, struct layout_doubt out[DOUBTS_MAX])
{
	size_t n = 0;
	if (!l->order_certain && l->at[COLUMN_DATE] >= 0)
		out[n++] = (struct layout_doubt){ANSWER_date_order, l->at[COLUMN_DATE], "DATE_ORDER",
		                                 "Nothing proves whether the dates begin with the day or the "
		                                 "month: the day was assumed."};
	if (!l->mark_certain && l->decimal_mark == ',')
		out[n++] = (struct layout_doubt){ANSWER_decimal_mark, layout_value_column(l), "DECIMAL_MARK",
		                                 "Nothing proves whether the comma in a value parts thousands "
		                                 "or decimals: decimals were "
		                                 "assumed."};
	if (layout_is_timed(l) && l->at[COLUMN_MINUTES] < 0 && !l->side_certain)
		out[n++] = (struct layout_doubt){
		        ANSWER_label_side, l->at[COLUMN_DATE], "LABEL_SIDE",
		        "Nothing proves whether a time is the begin or the end of its interval: the begin was "
		        "assumed."};
	if (l->intervals && l->header_line && l->second_at >= 0)
		out[n++] = (struct layout_doubt){ANSWER_value_column, l->second_at, "SECOND_SET",
		                                 "The rows hold a second set of intervals, which was not read. "
		                                 "Import the file again with the "
		                                 "first column of that set as the column of the reading."};
	if (l->cumulative == CUMULATIVE_SHOWN)
		out[n++] = (struct layout_doubt){
		        ANSWER_values, layout_value_column(l), "CUMULATIVE",
		        "The values never fall, so they were taken for the readings of a register, not for "
		        "consumption."};
	if (l->cumulative == CUMULATIVE_PERHAPS)
		out[n++] = (struct layout_doubt){
		        ANSWER_values, layout_value_column(l), "CUMULATIVE",
		        "Nothing proves whether the values are consumption or the readings of a register: "
		        "consumption was assumed."};
	return n;
}

/* ---- in the words of answers.def ---- */

static struct str number_word(struct arena *a, long long n)
{
	return str_of(arena_printf(a, "%lld", n));
}

static const char *delimiter_word(char d)
{
	switch (d) {
	case ',':
		return "comma";
	case ';':
		return "semicolon";
	case '\t':
		return "tab";
	case '|':
		return "bar";
	}
	return "";
}

struct answers layout_answers(struct arena *a, const struct layout *l)
{
	static const char *const orders[] = {"dmy", "mdy", "ymd"};
	struct answers out = {{{NULL, 0}}};
	out.given[ANSWER_delimiter] = str_of(delimiter_word(l->dialect.delimiter));
	if (!l->columns)
		return out;
	out.given[ANSWER_header_line] = number_word(a, (long long)l->header_line);
	for (int role = 0; role < COLUMN_ROLES; role++)
		if (role_answer(role) != ANSWERS)
			out.given[role_answer(role)] =
			        l->at[role] >= 0 ? number_word(a, l->at[role] + 1) : STR("none");
	int value = layout_value_column(l);
	out.given[ANSWER_value_column] = value >= 0 ? number_word(a, value + 1) : STR("none");
	out.given[ANSWER_date_order] = str_of(orders[l->dates.order]);
	out.given[ANSWER_decimal_mark] = l->decimal_mark == ',' ? STR("comma") : STR("point");
	if (l->interval_minutes)
		out.given[ANSWER_interval_minutes] = number_word(a, l->interval_minutes);
	if (layout_is_timed(l))
		out.given[ANSWER_label_side] = l->at_end ? STR("end") : STR("start");
	return out;
}

const char *layout_column_title(struct arena *a, const struct layout *l, int column)
{
	static const char *const titles[COLUMN_ROLES] = {
	        [COLUMN_METER] = "Meter",     [COLUMN_DATE] = "Date",       [COLUMN_TIME] = "Time",
	        [COLUMN_PERIOD] = "Interval", [COLUMN_MINUTES] = "Minutes", [COLUMN_VALUE] = "Reading",
	        [COLUMN_UNIT] = "Unit",       [COLUMN_CHANNEL] = "Channel", [COLUMN_QUALITY] = "Quality",
	        [COLUMN_FLAGS] = "Flags",     [COLUMN_TOTAL] = "Total"};
	for (int f = 0; l->sessions.found && f < SESSION_COLUMNS; f++)
		if (l->sessions.at[f] == column)
			return session_columns[f].title;
	for (int role = 0; role < COLUMN_ROLES; role++)
		if (l->at[role] == column)
			return titles[role];
	for (int i = 0; i < l->intervals; i++)
		if (l->interval_at[i] == column || l->flag_at[i] == column)
			return arena_printf(a, "%s %d", l->flag_at[i] == column ? "Flag" : "Interval", i + 1);
	for (int i = 0; i < l->extras; i++)
		if (l->extra_at[i] == column)
			return "Repeated hour";
	return "";
}
