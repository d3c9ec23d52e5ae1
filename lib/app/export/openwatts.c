/*
 * openwatts: timestamp,smart_meter_id,energy_kwh,power_kw,voltage_v,current_a: a row for each interval of a
 * meter's finest series of imported energy. Power that was not recorded is the one that follows from the energy
 * and the interval's length; voltage and current stay empty where nobody recorded them. Other channels and
 * interval lengths do not fit and are counted as skipped.
 *
 * The four series of a meter are read some days at a time and laid side by side.
 */
#include "app/export/shape.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "codec/csv.h"

export_shape_fn export_openwatts;

#define DAYS_AT_ONCE 16
#define PIECE_MAX    600

enum column { ENERGY, POWER, VOLTAGE, CURRENT, COLUMNS };

static const struct {
	const char *channel, *unit;
} columns[COLUMNS] = {{"import", "kWh"}, {"power", "kW"}, {"voltage", "V"}, {"current", "A"}};

struct meter_rows {
	struct export_run *x;
	struct str meter; /* with its comma, as it stands in a row */
	const struct tz *tz;
	struct export_range range;
	const struct series *series[COLUMNS]; /* NULL: it has none */
	int64_t minutes;
	int32_t first; /* of the days that are in memory */
	struct series_day *day[COLUMNS];
	struct arena *scratch; /* of one meter */
};

static void choose(struct meter_rows *m, const struct series *all, size_t n)
{
	const struct series *finest = NULL;
	memset(m->series, 0, sizeof(m->series));
	for (int pass = ENERGY; pass < COLUMNS && !finest; pass++)
		for (size_t i = 0; i < n; i++)
			if (str_eqz(all[i].channel, columns[pass].channel) &&
			    str_eqz(all[i].unit, columns[pass].unit) &&
			    (!finest || all[i].interval_minutes < finest->interval_minutes))
				finest = &all[i];
	m->minutes = finest ? finest->interval_minutes : 0;
	for (size_t i = 0; i < n; i++)
		for (int k = ENERGY; k < COLUMNS; k++)
			if (all[i].interval_minutes == m->minutes &&
			    str_eqz(all[i].channel, columns[k].channel) &&
			    str_eqz(all[i].unit, columns[k].unit))
				m->series[k] = &all[i];
}

static bool keep_day(void *arg, const struct series_day *d, struct str batch)
{
	struct series_day **to = arg;
	(void)batch;
	(*to)[d->day - (*to)[0].day] = *d;
	return true;
}

/* One cell and what goes before it. */
static char *put_cell(char *p, bool here, int64_t value)
{
	*p++ = ',';
	return here ? p + dec_format(value, p) : p;
}

/* Interval i of the day `offset`, which begins at `at`. */
static void put_row(struct meter_rows *m, int32_t offset, int i, int64_t at)
{
	struct export_run *x = m->x;
	int64_t value[COLUMNS];
	bool here[COLUMNS], any = false, rounded;
	for (int k = ENERGY; k < COLUMNS; k++) {
		const struct series_day *d = m->series[k] ? &m->day[k][offset] : NULL;
		here[k] = d && i < d->n && d->quality[i];
		value[k] = here[k] ? d->value[i] : 0;
		any = any || here[k];
	}
	if (!any)
		return;
	if (here[ENERGY] && !here[POWER])
		here[POWER] = dec_scale(value[ENERGY], 60, m->minutes, &value[POWER], &rounded);
	char *from = export_line(x), *p = from;
	civil_format_at(at, p);
	p += CIVIL_TIME_TEXT - 1;
	*p++ = ',';
	memcpy(p, m->meter.p, m->meter.n);
	p += m->meter.n;
	for (int k = ENERGY; k < COLUMNS; k++)
		p = put_cell(p, here[k], value[k]);
	*p++ = '\n';
	x->out.n += (size_t)(p - from);
	x->counts.readings++;
	x->counts.rows++;
}

/* The days from m->first on, as many as are read at once and at most to `last`. */
static enum err put_days(struct meter_rows *m, int32_t last)
{
	int32_t to = last - m->first < DAYS_AT_ONCE ? last : m->first + DAYS_AT_ONCE - 1;
	enum err e = OK;
	for (int k = ENERGY; k < COLUMNS && !e; k++) {
		for (int32_t d = 0; d < DAYS_AT_ONCE; d++)
			m->day[k][d].n = 0;
		m->day[k][0].day = m->first;
		if (m->series[k])
			e = series_scan(m->x->c, m->series[k]->id, m->first, to, keep_day, &m->day[k]);
	}
	for (int32_t d = 0; d <= to - m->first && !e; d++) {
		int n = tz_day_seconds(m->tz, m->first + d) / (int)(m->minutes * 60), i, end;
		int64_t start = tz_day_start(m->tz, m->first + d);
		export_span(&m->range, start, m->minutes * 60, n ? n : 1, &i, &end);
		for (; i < end && !m->x->gone; i++)
			put_row(m, d, i, start + i * m->minutes * 60);
	}
	return e;
}

static enum err put_meter(struct meter_rows *m, int64_t meter_id)
{
	struct ctx *c = m->x->c;
	struct arena *outer = c->arena;
	struct series *all;
	size_t n;
	int64_t first = INT32_MAX, last = INT32_MIN;
	arena_reset(m->scratch);
	c->arena = m->scratch;
	enum err e = series_list(c, meter_id, &all, &n);
	c->arena = outer;
	if (e)
		return e;
	choose(m, all, n);
	m->x->counts.skipped_series += (int64_t)n;
	for (int k = ENERGY; k < COLUMNS; k++)
		if (m->series[k]) {
			m->x->counts.skipped_series--;
			first = m->series[k]->first_day < first ? m->series[k]->first_day : first;
			last = m->series[k]->last_day > last ? m->series[k]->last_day : last;
		}
	first = first < m->range.first ? m->range.first : first;
	last = last > m->range.last ? m->range.last : last;
	for (; first <= last && !e && !m->x->gone; first += DAYS_AT_ONCE) {
		m->first = (int32_t)first;
		e = put_days(m, (int32_t)last);
	}
	return e;
}

enum err export_openwatts(struct export_run *x)
{
	struct meter_rows m = {.x = x, .scratch = arena_new(1 << 20)};
	struct buf cell = BUF_INIT(PIECE_MAX);
	enum err e = OK;
	for (int k = ENERGY; k < COLUMNS; k++)
		m.day[k] = ARENA_ARRAY(x->c->arena, struct series_day, DAYS_AT_ONCE);
	buf_addz(&x->out, "timestamp,smart_meter_id,energy_kwh,power_kw,voltage_v,current_a\n");
	for (size_t i = 0; i < x->n && !e && !x->gone; i++) {
		const struct export_series *s = &x->series[i];
		x->counts.skipped_series += s->minutes == 0; /* registers */
		if (i && s->meter_id == x->series[i - 1].meter_id)
			continue;
		buf_reset(&cell);
		csv_put_text(&cell, s->meter, (struct csv_dialect){',', '"'});
		m.meter = buf_str(&cell);
		m.tz = s->tz;
		m.range = export_range(x->filter, s->tz);
		e = export_step(x, i);
		if (!e)
			e = put_meter(&m, s->meter_id);
	}
	buf_free(&cell);
	arena_free(m.scratch);
	return e;
}
