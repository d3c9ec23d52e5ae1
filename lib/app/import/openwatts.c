/*
 * openwatts: energy with power, voltage and current beside it, one row an interval that begins at the row's
 * time: timestamp,smart_meter_id,energy_kwh,power_kw,voltage_v,current_a.
 *
 * No column states how long an interval is, and the file may hold meters of different lengths. A meter's is,
 * first, the one that its powers and energies agree on (our own export writes the power that follows from the
 * energy), then the smallest step between its rows, then that of its series in the ledger, then a minute. A
 * power that just follows from the energy says nothing new and is not stored; any other is a channel of its
 * own, and so are voltage and current.
 */
#include "app/import/detect.h"
#include "base/decimal.h"

bool openwatts_match(struct layout *l);
void openwatts_row(struct import_run *r, const struct csv_row *row);

/* ---- columns ---- */

static const struct {
	const char *names, *unit;
} quantities[QUANTITIES] = {
        [QUANTITY_POWER] = {" powerkw power kw activepowerkw ", "kw"},
        [QUANTITY_VOLTAGE] = {" voltagev voltage volts v ", "v"},
        [QUANTITY_CURRENT] = {" currenta current amps amperes a ", "a"},
};

/* Instants (with an offset, or in UTC by the name) begin their intervals; of a clock's readings whole days have
 * to tell. */
static bool has_instants(const struct layout *l)
{
	struct head_rows h;
	struct csv_row row;
	struct date_moment m = {.has_offset = false};
	rows_open(&h, l->head, l->dialect, l->below, l->below_line);
	bool read = rows_next(&h, &row) &&
	            date_parse_moment(layout_cell(l, &row, COLUMN_DATE), l->dates, &m) == DATE_OK;
	csv_close(h.in);
	return read && (m.has_offset || l->utc);
}

bool openwatts_match(struct layout *l)
{
	bool any = false;
	l->quantities = l->begins = false;
	for (int q = 0; q < QUANTITIES; q++) {
		l->quantity_at[q] = -1;
		for (size_t i = 0; i < l->columns; i++)
			if (name_listed(quantities[q].names, l->squeezed[i]) >= 0 &&
			    (int)i != l->at[COLUMN_VALUE] &&
			    facts_mostly(l->facts[i].numbers, &l->facts[i], 50, true))
				l->quantity_at[q] = (int)i;
		any = any || l->quantity_at[q] >= 0;
	}
	bool another = !str_eqz(l->ask->type, "auto") && !str_eqz(l->ask->type, "openwatts");
	bool found = any && l->at[COLUMN_VALUE] >= 0 && l->at[COLUMN_DATE] >= 0 && layout_has_meter(l) &&
	             !l->intervals && l->at[COLUMN_PERIOD] < 0 && l->at[COLUMN_MINUTES] < 0 &&
	             l->at[COLUMN_CHANNEL] < 0;
	l->quantities = found && !another; /* else it is read as that */
	l->begins = l->quantities && has_instants(l);
	return found;
}

/* ---- how long a meter's intervals are ---- */

static const int lengths[] = {30, 1,  15,  60,  5,   10,  2,   3,   4,   6,   8,   9,
                              12, 16, 18,  20,  24,  32,  36,  40,  45,  48,  72,  80,
                              90, 96, 120, 144, 160, 180, 240, 288, 360, 480, 720, 1440};
#define LENGTHS          (sizeof(lengths) / sizeof(lengths[0]))
#define ALL_LENGTHS      ((UINT64_C(1) << LENGTHS) - 1)
#define METERS_LOOKED_AT 256
#define ROWS_SURE        8 /* of which the smallest step is taken for the length */

struct meter_steps {
	struct str cell; /* as the file writes the meter */
	int64_t last;
	int step; /* minutes; 0: there is none yet */
	unsigned rows;
	bool moves;      /* some energy with a power was not zero */
	uint64_t agreed; /* the lengths on which energies and powers agree */
};

struct steps {
	struct meter_steps meter[METERS_LOOKED_AT];
	size_t meters;
};

static bool follows(int64_t energy, int64_t power, int minutes)
{
	int64_t p;
	bool rounded;
	return dec_scale(energy, 60, minutes, &p, &rounded) && p == power;
}

static uint64_t agreeing(int64_t energy, int64_t power)
{
	uint64_t all = 0;
	for (size_t i = 0; i < LENGTHS; i++)
		if (follows(energy, power, lengths[i]))
			all |= UINT64_C(1) << i;
	return all;
}

static bool number_at(const struct layout *l, const struct csv_row *row, int column, int64_t *value)
{
	struct str s = column >= 0 && (size_t)column < row->n ? str_trim(row->cell[column]) : STR("");
	enum dec_result got = dec_parse(s, l->decimal_mark, value);
	return got == DEC_OK || got == DEC_ROUNDED;
}

static void add_powers(struct meter_steps *m, const struct layout *l, const struct csv_row *row)
{
	int64_t energy, power;
	if (!number_at(l, row, l->at[COLUMN_VALUE], &energy) ||
	    !number_at(l, row, l->quantity_at[QUANTITY_POWER], &power) || (!energy && !power))
		return;
	m->moves = true;
	m->agreed &= agreeing(energy, power);
}

static void add_step(struct meter_steps *m, const struct date_moment *at)
{
	int64_t now = (int64_t)at->day * 1440 + (at->seconds - at->offset) / 60;
	int64_t gap = now > m->last ? now - m->last : m->last - now;
	if (m->rows++ && gap > 0 && (!m->step || gap < m->step))
		m->step = (int)(gap < 1440 ? gap : 1440);
	m->last = now;
}

static struct meter_steps *steps_of(struct steps *all, struct str cell)
{
	for (size_t i = 0; i < all->meters; i++)
		if (str_eq(all->meter[i].cell, cell))
			return &all->meter[i];
	return NULL;
}

/* The head's rows, meter by meter; kept as long as the import. */
static struct steps *steps_found(struct import_run *r)
{
	const struct layout *l = r->layout;
	struct head_rows h;
	struct csv_row row;
	struct date_moment at;
	int32_t time;
	struct steps *all = r->form;
	if (all)
		return all;
	r->form = all = ARENA_NEW(r->c->arena, struct steps);
	rows_open(&h, l->head, l->dialect, l->data_offset, l->data_line);
	while (rows_next(&h, &row)) {
		struct str cell = layout_cell(l, &row, COLUMN_METER);
		struct meter_steps *m = steps_of(all, cell);
		if (date_parse_moment(layout_cell(l, &row, COLUMN_DATE), l->dates, &at) != DATE_OK ||
		    (!m && all->meters == METERS_LOOKED_AT))
			continue;
		if (l->at[COLUMN_TIME] >= 0 && layout_time(l, &row, &time))
			at.seconds += time;
		if (!m) {
			m = &all->meter[all->meters++];
			*m = (struct meter_steps){.cell = arena_str(r->c->arena, cell), .agreed = ALL_LENGTHS};
		}
		add_step(m, &at);
		add_powers(m, l, &row);
	}
	csv_close(h.in);
	return all;
}

static bool in_lengths(uint64_t mask, int minutes)
{
	for (size_t i = 0; i < LENGTHS; i++)
		if (lengths[i] == minutes)
			return mask >> i & 1;
	return false;
}

/* The length that powers and energies agree on; of several the step, or the most usual one. 0: on none. */
static int agreed_length(const struct meter_steps *m)
{
	if (!m->moves || in_lengths(m->agreed, m->step))
		return m->moves ? m->step : 0;
	for (size_t i = 0; i < LENGTHS; i++)
		if (m->agreed >> i & 1)
			return lengths[i];
	return 0;
}

/* Of the meter's series in the ledger, the finest; 0: it has none. */
static enum err known_length(struct import_run *r, const struct import_meter *m, int *minutes)
{
	struct series *all;
	size_t n = 0;
	*minutes = 0;
	enum err e = m->id > 0 ? series_list(r->c, m->id, &all, &n) : OK;
	for (size_t i = 0; i < n && !e; i++)
		if (str_eqz(all[i].channel, "import") && (!*minutes || all[i].interval_minutes < *minutes))
			*minutes = (int)all[i].interval_minutes;
	return e;
}

/* Decided with the first row of a meter. False: the database failed. */
static bool find_length(struct import_run *r, const struct csv_row *row, struct import_meter *m)
{
	const struct meter_steps *seen = steps_of(steps_found(r), layout_cell(r->layout, row, COLUMN_METER));
	struct meter_steps now = {.agreed = ALL_LENGTHS};
	int known;
	const struct answers *told = &r->layout->ask->answers;
	if (told->given[ANSWER_interval_minutes].n)
		m->file_minutes = (int)answer_number(told, ANSWER_interval_minutes);
	if (m->file_minutes)
		return true;
	if (seen)
		now = *seen;
	else
		add_powers(&now, r->layout, row);
	m->file_minutes = agreed_length(&now);
	if (!m->file_minutes && now.rows >= ROWS_SURE && in_lengths(ALL_LENGTHS, now.step))
		m->file_minutes = now.step;
	if (m->file_minutes)
		return true;
	if (known_length(r, m, &known))
		return false;
	bool stepped = in_lengths(ALL_LENGTHS, now.step);
	m->file_minutes = stepped && (!known || now.step < known) ? now.step : known ? known : 1;
	return true;
}

/* ---- rows ---- */

/* What a row says: its energy and the quantities beside it. */
struct values {
	int64_t energy, value[QUANTITIES];
	bool energy_here, here[QUANTITIES];
};

static bool read_values(struct import_run *r, const struct csv_row *row, const struct unit *u, struct values *v)
{
	const struct layout *l = r->layout;
	if (!cell_value(r, row, (size_t)l->at[COLUMN_VALUE], u, &v->energy, &v->energy_here))
		return false;
	for (int q = 0; q < QUANTITIES; q++) {
		v->here[q] = false;
		if (l->quantity_at[q] >= 0 &&
		    !cell_value(r, row, (size_t)l->quantity_at[q], unit_find(str_of(quantities[q].unit)),
		                &v->value[q], &v->here[q]))
			return false;
	}
	return true;
}

/* One quantity at an instant. False: rejected. */
static bool state(struct import_run *r, const struct reading *g, struct str channel, const struct unit *u,
                  int64_t at, int64_t value, char quality)
{
	struct import_series *s = run_series(r, g->meter, channel, g->minutes, u->kept);
	if (s && !batch_state_at(r, g->meter, s, at, value, quality)) {
		run_reject(r, r->layout->at[COLUMN_DATE], "OFF_GRID",
		           "No interval of %lld minutes begins then: they are counted from midnight in %s.",
		           (long long)g->minutes, tz_name(g->meter->tz));
		return false;
	}
	return s != NULL;
}

/* A power that its energy says already. */
static bool is_implied(const struct values *v, int64_t minutes)
{
	return v->energy_here && v->here[QUANTITY_POWER] &&
	       follows(v->energy, v->value[QUANTITY_POWER], (int)minutes);
}

void openwatts_row(struct import_run *r, const struct csv_row *row)
{
	const struct layout *l = r->layout;
	struct reading g = {.period = 0};
	struct str identifier, channel;
	const struct unit *u;
	struct values v;
	int64_t at;
	bool any;
	if (row->n < l->columns) {
		run_reject(r, -1, "SHORT_ROW",
		           "The row has %zu cells, the header has %zu. The row seems to be cut off.", row->n,
		           l->columns);
		return;
	}
	if (!cell_meter(r, row, &identifier) || !reading_moment(r, row, &g) ||
	    !cell_unit(r, row, 0, &u, &channel) || !read_values(r, row, u, &v) ||
	    !(g.meter = run_meter(r, identifier)) || !find_length(r, row, g.meter))
		return;
	g.minutes = g.meter->file_minutes;
	g.series = run_series(r, g.meter, channel, g.minutes, u->kept);
	if (!g.series || !reading_instant(r, &g, &at))
		return;
	char quality = quality_of(layout_cell(l, row, COLUMN_QUALITY));
	any = v.energy_here;
	if (v.energy_here && !state(r, &g, channel, u, at, v.energy, quality))
		return;
	if (is_implied(&v, g.minutes))
		v.here[QUANTITY_POWER] = false;
	for (int q = 0; q < QUANTITIES; q++) {
		const struct unit *own = unit_find(str_of(quantities[q].unit));
		any = any || v.here[q];
		if (v.here[q] && !state(r, &g, str_of(own->channel), own, at, v.value[q], quality))
			return;
	}
	if (!any)
		run_warn(r, l->at[COLUMN_VALUE], "NO_VALUES", STR("NO_VALUES"),
		         "A row has no value: nothing was stored for it.");
}
