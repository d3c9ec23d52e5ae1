/*
 * register: readings of registers: what a meter's counter showed at an instant, one row an instant, with one
 * register or several of them side by side.
 *
 * Nothing tells consumption from a counter but the columns' names and that a counter never falls. Names that
 * leave no doubt decide ("Zählerstand", "cumulative", "register read"; on the other side "consumption",
 * "usage"). Those that could be either ("Meter Read", "Reading", "kWh") are looked at: values that never fall
 * within a meter, grow, and are large against their steps are a register's, and the report says so. Too few
 * rows to tell are taken for consumption, and the report says that.
 */
#include "app/import/detect.h"
#include "base/decimal.h"

bool register_match(struct layout *l);
void register_row(struct import_run *r, const struct csv_row *row);

/* ---- names ---- */

enum naming {
	NAMES_OTHER,   /* no word on it: any value */
	NAMES_READING, /* of a meter, or consumption */
	NAMES_METER_READING,
	NAMES_REGISTER,    /* surely cumulative */
	NAMES_CONSUMPTION, /* surely not */
};

static bool has(struct str s, const char *word)
{
	return str_search(s, str_of(word)) >= 0;
}

static enum naming naming_of(struct str name)
{
	static const struct {
		const char *word;
		enum naming naming;
	} words[] = {
	        {"consum", NAMES_CONSUMPTION},      {"usage", NAMES_CONSUMPTION},
	        {"verbrauch", NAMES_CONSUMPTION},   {"produced", NAMES_CONSUMPTION},
	        {"previous", NAMES_CONSUMPTION},    {"cumul", NAMES_REGISTER},
	        {"registerread", NAMES_REGISTER},   {"registervalue", NAMES_REGISTER},
	        {"zhlerst", NAMES_REGISTER},        {"zahlerst", NAMES_REGISTER},
	        {"zaehlerst", NAMES_REGISTER},      {"meterstand", NAMES_REGISTER},
	        {"totaliser", NAMES_REGISTER},      {"totalizer", NAMES_REGISTER},
	        {"meterread", NAMES_METER_READING}, {"meterindex", NAMES_METER_READING},
	        {"reading", NAMES_READING},         {"index", NAMES_READING},
	        {"register", NAMES_READING},
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (has(name, words[i].word))
			return words[i].naming;
	return str_ends(name, STR("read")) ? NAMES_READING : NAMES_OTHER;
}

/* What is left of a register's name: "reading2" -> "2", "Day Read" -> "day". */
static struct str label_of(struct arena *a, struct str name)
{
	static const char *const words[] = {"reading",    "read",       "register",     "meter",
	                                    "cumulative", "zhlerstand", "zaehlerstand", "zahlerstand",
	                                    "meterstand", "kwh"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		ptrdiff_t at = str_search(name, str_of(words[i]));
		struct str behind = at < 0 ? STR("") : str_sub(name, (size_t)at + strlen(words[i]), name.n);
		if (at >= 0)
			name = str_of(arena_printf(a, "%.*s%.*s", (int)at, name.p, STR_ARG(behind)));
	}
	return name;
}

/* A column that says which register a row is of. */
static bool names_labels(struct str name)
{
	static const char *const words[] = {"register", "registerid", "registernumber", "regid",
	                                    "tpr",      "tariff",     "tarif"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eqz(name, words[i]))
			return true;
	return false;
}

/* ---- values ---- */

#define METERS_LOOKED_AT 64
#define ROWS_LOOKED_AT   500

/* What a meter's values must be like, if they are to show a register: so many, so large against their largest
 * step, and growing by steps that differ, as nobody uses the same every day. */
struct proof {
	unsigned rows;
	int64_t large;
	bool differ;
};

/* A column's values of one meter. */
struct counter {
	struct str meter, label;
	int64_t first, last, largest_step, step;
	unsigned rows, rises, falls;
	bool differ; /* its steps do */
};

struct evidence {
	struct counter counter[METERS_LOOKED_AT];
	size_t meters;
	unsigned up, down, both; /* meters whose values only rise, only fall, do both */
};

static void look_at(struct evidence *v, struct arena *a, struct str meter, struct str label, int64_t value)
{
	struct counter *k = v->counter, *end = v->counter + v->meters;
	while (k < end && !(str_eq(k->meter, meter) && str_eq(k->label, label)))
		k++;
	if (k == v->counter + METERS_LOOKED_AT)
		return;
	if (k == end) {
		*k = (struct counter){
		        .meter = arena_str(a, meter), .label = arena_str(a, label), .first = value};
		v->meters++;
	}
	int64_t step = value - k->last;
	if (k->rows++) {
		k->rises += step > 0;
		k->falls += step < 0;
		step = step < 0 ? -step : step;
		k->differ = k->differ || (step && k->step && step != k->step);
		k->step = step ? step : k->step;
		k->largest_step = step > k->largest_step ? step : k->largest_step;
	}
	k->last = value;
}

static void weigh(struct evidence *v)
{
	for (size_t i = 0; i < v->meters; i++) {
		const struct counter *k = &v->counter[i];
		v->both += k->rises && k->falls;
		v->up += k->rises && !k->falls;
		v->down += k->falls && !k->rises;
	}
}

/* A file may be newest first: then all its registers fall. */
static bool never_falls(const struct evidence *v)
{
	return !v->both && !(v->up && v->down);
}

/* Some meter's values prove it, and no other's speak against it. */
static bool proved(const struct evidence *v, const struct proof *p)
{
	for (size_t i = 0; i < v->meters && never_falls(v); i++) {
		const struct counter *k = &v->counter[i];
		int64_t low = k->first < k->last ? k->first : k->last;
		if (k->step && k->rows >= p->rows && low / p->large >= k->largest_step &&
		    (k->differ || !p->differ))
			return true;
	}
	return false;
}

static bool number_of(struct str s, int64_t *value)
{
	enum dec_result got = dec_parse(s, '.', value);
	if (got == DEC_BAD)
		got = dec_parse(s, ',', value);
	return got == DEC_OK || got == DEC_ROUNDED;
}

/* False: they cannot be a register's. */
static bool gather(struct arena *a, const struct layout *l, int column, struct evidence *v)
{
	struct head_rows h;
	struct csv_row row;
	unsigned filled = 0, bad = 0;
	*v = (struct evidence){.meters = 0};
	rows_open(&h, l->head, l->dialect, l->below, l->below_line);
	for (int i = 0; i < ROWS_LOOKED_AT && rows_next(&h, &row); i++) {
		struct str s = (size_t)column < row.n ? str_trim(row.cell[column]) : STR("");
		int64_t value;
		if (!s.n)
			continue;
		filled++;
		if (!number_of(s, &value)) {
			bad++;
			continue;
		}
		if (value < 0 || value > REGISTER_MAX)
			continue;
		bool labelled = l->register_label_at >= 0 && (size_t)l->register_label_at < row.n;
		look_at(v, a, layout_cell(l, &row, COLUMN_METER),
		        labelled ? str_trim(row.cell[l->register_label_at]) : STR(""), value);
	}
	csv_close(h.in);
	weigh(v);
	return filled && bad * 10 <= filled;
}

/* ---- the decision ---- */

static enum cumulative judge(enum naming naming, const struct evidence *v)
{
	static const struct proof for_meter_reading = {3, 10, false}, for_reading = {8, 50, true},
	                          for_reading_perhaps = {3, 50, false}, for_others = {8, 200, true};
	switch (naming) {
	case NAMES_CONSUMPTION:
		return CUMULATIVE_NO;
	case NAMES_REGISTER:
		return CUMULATIVE_YES;
	case NAMES_METER_READING:
		return proved(v, &for_meter_reading) ? CUMULATIVE_YES
		       : never_falls(v)              ? CUMULATIVE_PERHAPS
		                                     : CUMULATIVE_NO;
	case NAMES_READING:
		return proved(v, &for_reading)           ? CUMULATIVE_SHOWN
		       : proved(v, &for_reading_perhaps) ? CUMULATIVE_PERHAPS
		                                         : CUMULATIVE_NO;
	case NAMES_OTHER:
		break;
	}
	return proved(v, &for_others) ? CUMULATIVE_SHOWN : CUMULATIVE_NO;
}

static bool has_role(const struct layout *l, int column)
{
	for (int role = 0; role < COLUMN_ROLES; role++)
		if (role != COLUMN_VALUE && role != COLUMN_TOTAL && l->at[role] == column)
			return true;
	return false;
}

/* Columns that may be registers. */
static int candidates(const struct layout *l, bool asked, int out[REGISTERS_MAX])
{
	int n = 0, value = l->at[COLUMN_VALUE];
	enum naming of_value = value >= 0 ? naming_of(l->squeezed[value]) : NAMES_READING;
	bool value_alone = l->ask->answers.given[ANSWER_value_column].n ||
	                   (!asked && (of_value == NAMES_OTHER || of_value == NAMES_CONSUMPTION));
	for (int i = 0; i < (int)l->columns && n < REGISTERS_MAX && !value_alone; i++) {
		enum naming naming = naming_of(l->squeezed[i]);
		if (naming != NAMES_OTHER && naming != NAMES_CONSUMPTION && !has_role(l, i) &&
		    i != l->register_label_at && facts_mostly(l->facts[i].numbers, &l->facts[i], 50, false))
			out[n++] = i;
	}
	if (n)
		return n;
	for (int k = 0; k < l->values; k++)
		out[n++] = l->value[k].at;
	return n;
}

static void find_labels(struct layout *l)
{
	l->register_label_at = -1;
	for (size_t i = 0; i < l->columns && l->register_label_at < 0; i++)
		if (names_labels(l->squeezed[i]) && (int)i != l->at[COLUMN_VALUE] && !has_role(l, (int)i))
			l->register_label_at = (int)i;
}

/* Looks at all candidates; how sure it is that there is a register among them. */
static enum cumulative look(struct layout *l, bool asked)
{
	struct evidence v;
	enum cumulative found[REGISTERS_MAX], best = CUMULATIVE_NO;
	bool plain[REGISTERS_MAX];
	int column[REGISTERS_MAX], n = candidates(l, asked, column);
	struct arena *a = arena_new(4 << 20);
	for (int i = 0; i < n; i++) {
		bool numbers = gather(a, l, column[i], &v);
		found[i] = numbers ? judge(naming_of(l->squeezed[column[i]]), &v) : CUMULATIVE_NO;
		plain[i] = numbers && never_falls(&v); /* beside a register: one that stands still, say */
		best = asked ? CUMULATIVE_YES : found[i] > best ? found[i] : best;
	}
	arena_free(a);
	for (int i = 0; i < n && best >= CUMULATIVE_SHOWN; i++)
		if (asked || found[i] >= CUMULATIVE_SHOWN || plain[i])
			l->register_at[l->registers++] = column[i];
	return best;
}

bool register_match(struct layout *l)
{
	const struct layout_ask *ask = l->ask;
	bool asked = str_eqz(ask->type, "register") || answer_is(&ask->answers, ANSWER_values, "register");
	bool another = !asked && !str_eqz(ask->type, "auto");
	l->registers = 0;
	l->cumulative = CUMULATIVE_NO;
	if (l->intervals || !layout_has_meter(l) || l->at[COLUMN_DATE] < 0 || l->at[COLUMN_PERIOD] >= 0 ||
	    l->at[COLUMN_MINUTES] >= 0 || answer_is(&ask->answers, ANSWER_values, "consumption"))
		return false;
	find_labels(l);
	l->cumulative = look(l, asked);
	bool found = l->registers > 0;
	if (another) { /* it is read as that */
		l->registers = 0;
		l->cumulative = CUMULATIVE_NO;
	}
	if (l->registers)
		l->at[COLUMN_VALUE] = l->register_at[0];
	return found;
}

/* ---- rows ---- */

bool register_fits(struct import_run *r, int column, int64_t value)
{
	if (value >= 0 && value <= REGISTER_MAX)
		return true;
	run_reject(r, column, "REGISTER_RANGE", "A register shows 0 to 999999999.999, and this is %s.",
	           value < 0 ? "less" : "more");
	return false;
}

/* import, t1 -> import_t1 */
static struct str channel_of(struct import_run *r, const struct csv_row *row, int i, struct str base)
{
	const struct layout *l = r->layout;
	struct str label = label_of(r->batch, l->squeezed[l->register_at[i]]), hint;
	if (l->register_label_at >= 0 && (size_t)l->register_label_at < row->n)
		label = name_squeeze(r->batch, row->cell[l->register_label_at], &hint);
	const char *known = label.n ? word_channel(r->batch, label) : NULL;
	if (known)
		return str_of(known);
	if (!label.n || (l->registers == 1 && l->register_label_at < 0))
		return base;
	while (digits_only(label) && label.n > 1 && label.p[0] == '0')
		label = str_sub(label, 1, label.n);
	return str_of(arena_printf(r->batch, digits_only(label) ? "%.*s_t%.*s" : "%.*s_%.*s",
	                           STR_ARG(str_sub(base, 0, 20)), STR_ARG(str_sub(label, 0, 16))));
}

/* All values of a row, or none. */
static bool read_values(struct import_run *r, const struct csv_row *row, const struct unit *u,
                        int64_t value[REGISTERS_MAX], bool here[REGISTERS_MAX])
{
	const struct layout *l = r->layout;
	bool any = false;
	for (int i = 0; i < l->registers; i++) {
		if (!cell_value(r, row, (size_t)l->register_at[i], u, &value[i], &here[i]) ||
		    (here[i] && !register_fits(r, l->register_at[i], value[i])))
			return false;
		any = any || here[i];
	}
	if (!any)
		run_warn(r, l->register_at[0], "NO_VALUES", STR("NO_VALUES"),
		         "A row has no value: nothing was stored for it.");
	return any;
}

/* A date alone is the begin of that local day. */
static bool instant_of(struct import_run *r, const struct reading *g, int64_t *at)
{
	if (g->moment.timed || r->layout->at[COLUMN_TIME] >= 0)
		return reading_instant(r, g, at);
	*at = tz_day_start(r->file_tz ? r->file_tz : g->meter->tz, g->moment.day);
	return true;
}

void register_row(struct import_run *r, const struct csv_row *row)
{
	const struct layout *l = r->layout;
	struct reading g = {.minutes = 0};
	struct import_series *series[REGISTERS_MAX];
	struct str identifier, base;
	const struct unit *u;
	int64_t at, value[REGISTERS_MAX];
	bool here[REGISTERS_MAX];
	if (row->n < l->columns) {
		run_reject(r, -1, "SHORT_ROW",
		           "The row has %zu cells, the header has %zu. The row seems to be cut off.", row->n,
		           l->columns);
		return;
	}
	if (!cell_meter(r, row, &identifier) || !reading_moment(r, row, &g) ||
	    !cell_unit(r, row, 0, &u, &base) || !read_values(r, row, u, value, here) ||
	    !(g.meter = run_meter(r, identifier)))
		return;
	for (int i = 0; i < l->registers; i++)
		if (!(series[i] = run_series(r, g.meter, channel_of(r, row, i, base), 0, u->kept)))
			return;
	g.series = series[0];
	if (!instant_of(r, &g, &at))
		return;
	char quality = quality_of(layout_cell(l, row, COLUMN_QUALITY));
	for (int i = 0; i < l->registers; i++)
		if (here[i])
			batch_reading(r, g.meter, series[i], at, value[i], quality);
}
