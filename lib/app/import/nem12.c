/*
 * nem12: the interval files of Australia's market (AEMO, "Meter Data File Format Specification NEM12 & NEM13").
 *
 * A file is a stack of records told apart by their first cell: 200 names a meter (NMI), its stream and the
 * interval's length; each 300 is one day of it; 400 gives the quality of ranges of the 300 before it; 100, 500
 * and 900 carry no readings. Days are those of market time, UTC+10 all the year. A 300 is a row of the import;
 * the other records are its context, so that a batch never ends between a 300 and its 400s, and a worker that
 * goes on where another stopped reads the context again.
 */
#include "app/import/detect.h"

bool nem12_match(struct layout *l);
void nem12_row(struct import_run *r, const struct csv_row *row);
void nem12_context(struct import_run *r, const struct csv_row *row);

/* The 200 in force and the 300 that a 400 speaks of. */
struct nem {
	bool known;
	struct str nmi, channel;
	const struct unit *unit; /* NULL: one we do not know */
	struct str unit_word;
	int64_t minutes;
	struct import_meter *meter; /* of the last 300, in this batch */
	struct import_series *series;
	int64_t start;
	int n;
	char raw[512]; /* the 200 as it came, for a row that is rejected */
};

bool nem12_match(struct layout *l)
{
	bool head = l->columns >= 2 && str_eqz(l->name[0], "100") && str_eq_nocase(l->name[1], STR("NEM12"));
	bool cut = l->columns >= 9 && str_eqz(l->name[0], "200") && digits_only(l->name[8]);
	if (!head && !cut)
		return false;
	layout_set_records(l, "300");
	return true;
}

static struct str cell(const struct csv_row *row, size_t i)
{
	return i < row->n ? str_trim(row->cell[i]) : STR("");
}

static struct nem *state_of(struct import_run *r)
{
	if (!r->form)
		r->form = ARENA_NEW(r->c->arena, struct nem);
	return r->form;
}

/* E1 is what the grid delivers, B1 what it takes back, Q and K are reactive; a second stream of a kind keeps
 * its own name. */
static struct str channel_of(struct arena *a, struct str suffix)
{
	bool first = suffix.n == 2 && suffix.p[1] == '1';
	switch (first ? suffix.p[0] : 0) {
	case 'E':
		return STR("import");
	case 'B':
		return STR("export");
	case 'Q':
		return STR("reactive_import");
	case 'K':
		return STR("reactive_export");
	}
	return arena_str(a, suffix);
}

static void read_200(struct import_run *r, const struct csv_row *row)
{
	struct nem *s = state_of(r);
	uint64_t minutes = 0;
	struct arena *a = r->c->arena;
	/* the arena lives as long as the import: the same words are not copied again and again */
	if (!s->known || !str_eq(s->nmi, cell(row, 1)))
		s->nmi = arena_str(a, cell(row, 1));
	s->channel = channel_of(a, cell(row, 4));
	s->unit = unit_find(cell(row, 7));
	s->unit_word = s->unit ? str_of(s->unit->name) : arena_str(a, str_sub(cell(row, 7), 0, 30));
	s->known = s->nmi.n > 0 && s->nmi.n <= 64 && s->channel.n > 0 && s->channel.n <= 40 &&
	           str_to_u64(cell(row, 8), 60, &minutes) && minutes && 1440 % minutes == 0;
	s->minutes = (int64_t)minutes;
	s->n = 0;
	r->above = (struct str){s->raw, row->raw.n <= sizeof(s->raw) ? row->raw.n : 0};
	if (r->above.n)
		memcpy(s->raw, row->raw.p, row->raw.n);
}

/* A, E, S, F (final substitute), N (null); V is told interval by interval in 400 records. 0: no reading. */
char nem_quality(struct str method)
{
	switch (method.n ? method.p[0] : 'A') {
	case 'A':
		return 'A';
	case 'E':
		return 'E';
	case 'S':
	case 'F':
		return 'S';
	case 'N':
		return 0;
	case 'V':
		return '-';
	}
	return 'U';
}

static void read_400(struct import_run *r, const struct csv_row *row)
{
	struct nem *s = state_of(r);
	uint64_t from, to;
	if (!s->n || !str_to_u64(cell(row, 1), (uint64_t)s->n, &from) ||
	    !str_to_u64(cell(row, 2), (uint64_t)s->n, &to) || from < 1) {
		if (s->n)
			run_warn(r, -1, "BAD_RANGE", STR("BAD_RANGE"),
			         "A 400 record names intervals that the day has not. It was passed over.");
		return;
	}
	for (uint64_t i = from; i <= to; i++)
		batch_requalify(r, s->meter, s->series, s->start + (int64_t)(i - 1) * s->minutes * 60,
		                nem_quality(cell(row, 3)));
}

void nem12_context(struct import_run *r, const struct csv_row *row)
{
	struct str kind = cell(row, 0);
	if (str_eqz(kind, "200"))
		read_200(r, row);
	else if (str_eqz(kind, "400")) {
		run_reject_with(r);
		read_400(r, row);
	}
}

/* The cells of a record but for those that the file of rejected rows (job_errors_csv) has put behind them:
 * line, column, code, message. */
static size_t own_cells(const struct csv_row *row)
{
	struct str code = row->n > 4 ? cell(row, row->n - 2) : STR("");
	for (size_t i = 0; i < code.n; i++)
		if (code.p[i] != '_' && (code.p[i] < 'A' || code.p[i] > 'Z'))
			return row->n;
	return code.n > 4 && digits_only(cell(row, row->n - 4)) ? row->n - 4 : row->n;
}

/* The day of a 300 that fits its 200: n values and then the quality. */
static bool read_values(struct import_run *r, const struct csv_row *row, struct nem *s, int32_t day)
{
	int n = (int)(1440 / s->minutes);
	char quality = nem_quality(cell(row, (size_t)n + 2));
	int64_t *value = ARENA_ARRAY(r->batch, int64_t, (size_t)n);
	bool *here = ARENA_ARRAY(r->batch, bool, (size_t)n);
	for (int i = 0; i < n; i++)
		if (!cell_value(r, row, (size_t)i + 2, s->unit, &value[i], &here[i]))
			return false;
	s->start = tz_day_start(r->file_tz, day);
	for (int i = 0; i < n; i++)
		if (!batch_state_at(r, s->meter, s->series, s->start + i * s->minutes * 60, value[i],
		                    here[i] ? quality : 0)) {
			run_reject(r, i + 2, "OFF_GRID",
			           "The intervals of market time do not fit the days of meter %.*s (%s).",
			           STR_ARG(s->nmi), tz_name(s->meter->tz));
			return false;
		}
	s->n = n;
	return true;
}

void nem12_row(struct import_run *r, const struct csv_row *row)
{
	struct nem *s = state_of(r);
	int32_t day;
	s->n = 0;
	if (!s->known) {
		run_reject(r, -1, "NO_METER",
		           "No 200 record with a meter (NMI), a stream and an interval length stands before "
		           "this day.");
		return;
	}
	if (!s->unit) {
		run_reject(r, -1, "UNKNOWN_UNIT",
		           "The unit \"%.*s\" of the 200 record is not known. Use kWh, Wh, MWh or kVArh.",
		           STR_ARG(s->unit_word));
		return;
	}
	if (date_parse_day(cell(row, 1), (struct date_form){DATE_YMD, 0}, &day) != DATE_OK) {
		run_reject(r, 1, "BAD_DATE", "\"%.*s\" is not a day. NEM12 writes it as 20251107.",
		           STR_ARG(str_sub(cell(row, 1), 0, 40)));
		return;
	}
	if (str_eq_nocase(cell(row, 2), STR("V")) || (int64_t)own_cells(row) < 1440 / s->minutes + 3) {
		run_reject(r, -1, "SHORT_ROW",
		           "The day has fewer than the %d values that its interval of %d minutes asks for.",
		           (int)(1440 / s->minutes), (int)s->minutes);
		return;
	}
	s->meter = run_meter(r, s->nmi);
	s->series = s->meter ? run_series(r, s->meter, s->channel, s->minutes, s->unit->kept) : NULL;
	if (s->series)
		read_values(r, row, s, day);
}
