/*
 * roles: what each column of a header line is: by what a person answered, else by its name (names.c), by what
 * its cells are (facts.c) and by its place. A column has one role, a role one column.
 */
#include "app/import/detect.h"

struct chooser {
	struct layout *l;
	const struct column_facts *facts;
	bool *used;
	bool any_rows;
	bool settled[COLUMN_ROLES]; /* by an answer */
};

static int by_name(const struct chooser *c, enum column_role role, bool (*fits)(const struct column_facts *f))
{
	int best = -1, best_place = -1;
	for (size_t i = 0; i < c->l->columns; i++) {
		int place = c->used[i] ? -1 : name_place(role, c->l->squeezed[i]);
		if (place >= 0 && (best < 0 || place < best_place) && (!fits || fits(&c->facts[i]))) {
			best = (int)i;
			best_place = place;
		}
	}
	return best;
}

/* The first column of which at least nine cells in ten are so. */
static int by_cells(const struct chooser *c, bool (*surely)(const struct column_facts *f))
{
	for (size_t i = 0; i < c->l->columns; i++)
		if (!c->used[i] && surely(&c->facts[i]))
			return (int)i;
	return -1;
}

static bool fits_date(const struct column_facts *f)
{
	return facts_mostly(f->dates + f->bare_dates, f, 50, true);
}
static bool not_numbers(const struct column_facts *f)
{
	return f->filled > 2 * f->numbers;
}
static bool surely_date(const struct column_facts *f)
{
	return facts_mostly(f->dates, f, 90, false);
}
static bool fits_time(const struct column_facts *f)
{
	return facts_mostly(f->times + f->bare_times, f, 80, true);
}
static bool surely_time(const struct column_facts *f)
{
	return facts_mostly(f->times, f, 95, false) && f->dates == 0;
}
static bool fits_period(const struct column_facts *f)
{
	return facts_mostly(f->integers, f, 80, true) && f->highest <= INTERVALS_MAX;
}
static bool fits_minutes(const struct column_facts *f)
{
	return facts_mostly(f->integers, f, 80, true) && f->highest <= 1440;
}
static bool fits_value(const struct column_facts *f)
{
	return facts_mostly(f->numbers, f, 50, true);
}
static bool surely_value(const struct column_facts *f)
{
	return facts_mostly(f->numbers, f, 90, false) && f->integers < f->numbers;
}
static bool fits_quality(const struct column_facts *f)
{
	return facts_mostly(f->qualities, f, 80, true);
}
/* Words that are not known may be flags too. */
static bool may_be_quality(const struct column_facts *f)
{
	return f->filled && f->numbers == 0 && f->dates == 0;
}
static bool surely_channel(const struct column_facts *f)
{
	return facts_mostly(f->channels, f, 95, false);
}

static void take(struct chooser *c, enum column_role role, int column)
{
	c->l->at[role] = column;
	if (column >= 0)
		c->used[column] = true;
}

/* An MPAN-looking column wins over a serial, a serial over a name (the order of the names), a good name over a
 * weak one. */
static int meter_score(const struct chooser *c, size_t i)
{
	const struct layout *l = c->l;
	const struct column_facts *f = &c->facts[i];
	int place = name_place(COLUMN_METER, l->squeezed[i]), score = 0;
	bool weak = !l->ask->meter_given && !l->meter.n;
	if (c->used[i] || (c->any_rows && !f->filled))
		return 0;
	if (place >= 0)
		score = 1000 - place;
	else if (weak && name_weak_meter(l->squeezed[i]))
		score = 200;
	else if (weak && !l->name[i].n && (i == 0 || facts_mostly(f->serials, f, 90, false)))
		score = 150;
	if (facts_mostly(f->mpans, f, 90, false))
		score += score ? 2000 : 1500;
	return score;
}

static int choose_meter(const struct chooser *c)
{
	int best = -1, best_score = 0;
	for (size_t i = 0; i < c->l->columns; i++) {
		int score = meter_score(c, i);
		if (score > best_score) {
			best = (int)i;
			best_score = score;
		}
	}
	return best;
}

/* A column whose name leaves no doubt that it holds flags, whatever their words: "type" and "status" do. */
static int flags_by_name(const struct chooser *c)
{
	int at = by_name(c, COLUMN_QUALITY, may_be_quality);
	return at >= 0 && name_certain_flag(c->l->squeezed[at]) ? at : -1;
}

/* Numbers from the first row on: what a line of a preamble has below it is something else first. */
static bool holds_numbers(const struct column_facts *f)
{
	return f->first_number && facts_mostly(f->numbers, f, 90, false);
}

static bool is_energy(const struct chooser *c, size_t i)
{
	return name_energy(c->l->squeezed[i]) && holds_numbers(&c->facts[i]);
}

/* Its name is a meter's number. */
static bool is_number(const struct chooser *c, size_t i)
{
	return name_as_meter(c->l->name[i], c->l->squeezed[i]).n && holds_numbers(&c->facts[i]);
}

/* The column of which that is so, if there is one and no other. */
static int the_only(const struct chooser *c, bool (*is)(const struct chooser *c, size_t i))
{
	int at = -1;
	for (size_t i = 0; i < c->l->columns; i++) {
		if (c->used[i] || !is(c, i))
			continue;
		if (at >= 0)
			return -1;
		at = (int)i;
	}
	return at;
}

/* A column of readings by the channel that its name says: "Export kWh". */
static bool is_channel(const struct chooser *c, size_t i)
{
	const struct column_facts *f = &c->facts[i];
	const struct layout *l = c->l;
	return !c->used[i] && name_channel(l->squeezed[i]) && fits_value(f) && !f->mpans && !f->dates &&
	       (unit_named(l->name[i], l->squeezed[i], l->hint[i]) || squeezed_channel(l->squeezed[i]));
}

/* By its name, or by a unit of energy in brackets behind it, or by a meter's number for a name. */
static int choose_value(const struct chooser *c)
{
	int at = by_name(c, COLUMN_VALUE, fits_value);
	for (size_t i = 0; at < 0 && i < c->l->columns; i++)
		if (!c->used[i] && c->l->hint[i].n && unit_find(c->l->hint[i]) && fits_value(&c->facts[i]))
			at = (int)i;
	for (size_t i = 0; at < 0 && c->l->header_line && i < c->l->columns; i++)
		if (is_channel(c, i))
			at = (int)i;
	if (at < 0 && c->l->header_line)
		at = the_only(c, is_energy);
	if (at < 0 && c->l->header_line)
		at = the_only(c, is_number);
	return at >= 0 || c->l->header_line ? at : by_cells(c, surely_value);
}

static void add_value(struct layout *l, int at)
{
	l->value[l->values++] = (struct value_column){at, unit_named(l->name[at], l->squeezed[at], l->hint[at]),
	                                              name_channel(l->squeezed[at])};
}

/* The readings, and beside them those of other channels. */
static void choose_values(struct chooser *c)
{
	struct layout *l = c->l;
	int first = layout_value_column(l);
	l->values = 0;
	if (first < 0)
		return;
	add_value(l, first);
	if (l->intervals || c->settled[COLUMN_VALUE] || l->at[COLUMN_CHANNEL] >= 0 || l->at[COLUMN_UNIT] >= 0)
		return;
	for (size_t i = 0; i < l->columns && l->values < VALUES_MAX; i++) {
		bool taken = !is_channel(c, i);
		for (int k = 0; k < l->values && !taken; k++) {
			const char *other = l->value[k].channel ? l->value[k].channel : "import";
			taken = strcmp(other, name_channel(l->squeezed[i])) == 0;
		}
		if (!taken)
			add_value(l, (int)i);
	}
}

/* ---- what a person answered ---- */

static const enum answer_id answers_of_roles[COLUMN_ROLES] = {
        [COLUMN_METER] = ANSWER_meter_column,
        [COLUMN_DATE] = ANSWER_date_column,
        [COLUMN_TIME] = ANSWER_time_column,
        [COLUMN_PERIOD] = ANSWER_period_column,
        [COLUMN_MINUTES] = ANSWERS,
        [COLUMN_VALUE] = ANSWER_value_column,
        [COLUMN_UNIT] = ANSWER_unit_column,
        [COLUMN_CHANNEL] = ANSWER_channel_column,
        [COLUMN_QUALITY] = ANSWER_quality_column,
        [COLUMN_FLAGS] = ANSWERS,
        [COLUMN_TOTAL] = ANSWERS,
};

enum answer_id role_answer(int role)
{
	return answers_of_roles[role];
}

/* The column that an answer means: its number, or its name in the header. -1: "none", or (l->missing) no such.
 */
static int column_of(struct arena *a, struct layout *l, enum answer_id id)
{
	struct str word = l->ask->answers.given[id], hint, squeezed = name_squeeze(a, word, &hint);
	uint64_t number;
	if (str_eqz(word, "none"))
		return -1;
	if (str_to_u64(word, l->columns, &number) && number > 0)
		return (int)number - 1;
	for (size_t i = 0; i < l->columns; i++)
		if (l->name[i].n && str_eq_nocase(l->name[i], word))
			return (int)i;
	for (size_t i = 0; i < l->columns; i++)
		if (squeezed.n && str_eq(l->squeezed[i], squeezed))
			return (int)i;
	l->missing = id;
	return -1;
}

/* The intervals begin in another column than was thought. */
static void move_intervals(struct layout *l, int first)
{
	int step = l->intervals > 1 ? l->interval_at[1] - l->interval_at[0] : 1, by = first - l->interval_at[0];
	l->second_at = -1; /* it was chosen between them */
	if (by == 0)
		return;
	while (l->intervals && first + (l->intervals - 1) * step >= (int)l->columns)
		l->intervals--;
	for (int i = 0; i < l->intervals; i++) {
		l->interval_at[i] = first + i * step;
		l->flag_at[i] = l->flag_at[i] >= 0 ? l->flag_at[i] + by : -1;
	}
}

static void take_answers(struct arena *a, struct chooser *c)
{
	struct layout *l = c->l;
	l->missing = ANSWERS;
	for (int role = 0; role < COLUMN_ROLES; role++) {
		enum answer_id id = role_answer(role);
		c->settled[role] = id != ANSWERS && l->ask->answers.given[id].n;
		l->at[role] = -1;
		if (!c->settled[role])
			continue;
		int at = column_of(a, l, id);
		if (role == COLUMN_VALUE && l->intervals && at >= 0)
			move_intervals(l, at);
		else
			take(c, (enum column_role)role, at);
	}
}

/* ---- all of them ---- */

/* Answers win; else the first of the two that found one. */
static void settle(struct chooser *c, enum column_role role, int column, int otherwise)
{
	if (!c->settled[role])
		take(c, role, column >= 0 ? column : otherwise);
}

void choose_roles(struct arena *a, struct layout *l, const struct column_facts *facts, bool any_rows)
{
	struct chooser c = {l, facts, ARENA_ARRAY(a, bool, l->columns), any_rows, {false}};
	take_answers(a, &c);
	for (int i = 0; i < l->intervals; i++) {
		c.used[l->interval_at[i]] = true;
		if (l->flag_at[i] >= 0)
			c.used[l->flag_at[i]] = true;
	}
	for (int i = 0; i < l->extras; i++)
		c.used[l->extra_at[i]] = true;
	settle(&c, COLUMN_DATE, by_name(&c, COLUMN_DATE, fits_date), by_cells(&c, surely_date));
	if (l->at[COLUMN_DATE] < 0) /* then each row is told that its date is none */
		settle(&c, COLUMN_DATE, by_name(&c, COLUMN_DATE, not_numbers), -1);
	l->moments = l->at[COLUMN_DATE] >= 0 && facts[l->at[COLUMN_DATE]].moments > 0;
	if (!l->intervals && !l->moments) {
		settle(&c, COLUMN_TIME, by_name(&c, COLUMN_TIME, fits_time), by_cells(&c, surely_time));
		int time = l->at[COLUMN_TIME];
		l->hours = time >= 0 && facts[time].integers == facts[time].filled && facts[time].highest <= 24;
		if (l->at[COLUMN_TIME] < 0)
			settle(&c, COLUMN_PERIOD, by_name(&c, COLUMN_PERIOD, fits_period), -1);
		if (time < 0 && l->at[COLUMN_PERIOD] < 0) /* then each row is told that its time is none */
			settle(&c, COLUMN_TIME, by_name(&c, COLUMN_TIME, not_numbers), -1);
	}
	settle(&c, COLUMN_MINUTES, by_name(&c, COLUMN_MINUTES, fits_minutes), -1);
	settle(&c, COLUMN_METER, choose_meter(&c), -1);
	settle(&c, COLUMN_UNIT, by_name(&c, COLUMN_UNIT, NULL), -1);
	settle(&c, COLUMN_FLAGS, by_name(&c, COLUMN_FLAGS, NULL), -1);
	settle(&c, COLUMN_CHANNEL, by_name(&c, COLUMN_CHANNEL, NULL), by_cells(&c, surely_channel));
	settle(&c, COLUMN_QUALITY, by_name(&c, COLUMN_QUALITY, fits_quality), flags_by_name(&c));
	if (l->intervals)
		settle(&c, COLUMN_TOTAL, by_name(&c, COLUMN_TOTAL, fits_value), -1);
	else
		settle(&c, COLUMN_VALUE, choose_value(&c), -1);
	choose_values(&c);
	int d = l->at[COLUMN_DATE], value = l->at[COLUMN_VALUE];
	if (l->at[COLUMN_METER] >= 0)
		l->meter = STR("");
	else if (!l->meter.n && !l->ask->meter_given && value >= 0)
		l->meter = name_as_meter(l->name[value], l->squeezed[value]);
	l->utc = d >= 0 && name_says_utc(l->squeezed[d], l->hint[d]);
}
