/*
 * intervals: the columns of a wide file. They are a run of names under one stem that count 1, 2, 3 ... or tell
 * times a step apart ("HH1", "kWh_1", "00:30", "12:00 AM", "hr0030", "00:00 - 00:30",
 * "consumptionHH_00_30_00"), at least 46 half hours, not necessarily next to each other: flags may stand
 * between them, behind all of them, or repeat their very names. Which of two runs holds the readings is told by
 * the cells.
 */
#include "app/import/detect.h"

#define NONE (-1)

struct label {
	struct str stem;     /* the name's letters without its number or time */
	int number, minutes; /* NONE: it has none */
};

struct run {
	int at[INTERVALS_MAX];
	int n, step; /* step in minutes; 0: numbered */
	unsigned numbers, filled;
};

/* ---- a name's label ---- */

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static int two(struct str s, size_t at)
{
	return (s.p[at] - '0') * 10 + (s.p[at + 1] - '0');
}

/* hh:mm, h:mm, 00h30, hh_mm_ss: at the first such place; *len: how much of the name it takes. */
static int find_time(struct str s, size_t *at, size_t *len)
{
	for (size_t i = 0; i + 3 < s.n; i++) {
		size_t h = digit(s.p[i]) && digit(s.p[i + 1]) ? 2 : digit(s.p[i]) ? 1 : 0;
		if (!h || (i && digit(s.p[i - 1])) || i + h + 2 >= s.n + (h == 1))
			continue;
		char mark = s.p[i + h];
		if ((mark != ':' && mark != '_' && mark != 'h') || i + h + 2 >= s.n || !digit(s.p[i + h + 1]) ||
		    !digit(s.p[i + h + 2]))
			continue;
		/* an underscore joins much: only three pairs of it are a time */
		if (mark == '_' &&
		    (h != 2 || i + 7 >= s.n || s.p[i + 5] != '_' || !digit(s.p[i + 6]) || !digit(s.p[i + 7])))
			continue;
		int hour = h == 2 ? two(s, i) : s.p[i] - '0', minute = two(s, i + h + 1);
		*at = i;
		*len = h + 3;
		return hour <= 24 && minute < 60 ? hour * 60 + minute : NONE;
	}
	return NONE;
}

/* "PM" behind a time moves it; "AM" makes 12 a 0. */
static int apply_half(struct str rest, int minutes)
{
	rest = str_trim(rest);
	if (rest.n >= 3 && rest.p[0] == ':')
		rest = str_trim(str_sub(rest, 3, rest.n));
	struct str half = str_sub(rest, 0, 2);
	if (str_eq_nocase(half, STR("am")) && minutes / 60 == 12)
		return minutes - 720;
	if (str_eq_nocase(half, STR("pm")) && minutes / 60 < 12)
		return minutes + 720;
	return minutes;
}

/* The name's last digits, as a number and, where they can be one, as hhmm. */
static void numbers_of(struct str squeezed, struct label *l)
{
	size_t end = squeezed.n, from;
	uint64_t n;
	while (end > 0 && !digit(squeezed.p[end - 1]))
		end--;
	for (from = end; from > 0 && digit(squeezed.p[from - 1]);)
		from--;
	struct str digits = str_sub(squeezed, from, end - from);
	if (digits.n == 6 && str_ends(digits, STR("00"))) /* 003000 */
		digits.n = 4;
	if (!digits.n || digits.n > 4 || !str_to_u64(digits, 9999, &n))
		return;
	l->number = (int)n;
	if (n <= 2400 && n % 100 < 60)
		l->minutes = (int)(n / 100 * 60 + n % 100);
}

static struct str letters_of(struct arena *a, struct str name)
{
	struct str hint, s = name_squeeze(a, name, &hint);
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (!digit(s.p[i]))
			p[n++] = s.p[i];
	return (struct str){p, n};
}

static struct label label_of(struct arena *a, const struct layout *l, size_t i)
{
	struct label out = {.number = NONE, .minutes = NONE};
	size_t at, len;
	struct str name = l->name[i];
	date_is_range(name, &name); /* "12:00 AM - 12:30 AM" */
	int minutes = find_time(name, &at, &len);
	out.stem = letters_of(a, name);
	if (minutes == NONE) {
		numbers_of(l->squeezed[i], &out);
		return out;
	}
	struct str rest = str_sub(name, at + len, name.n);
	out.minutes = apply_half(rest, minutes);
	if (str_ends(out.stem, STR("am")) || str_ends(out.stem, STR("pm")))
		out.stem.n -= 2;
	return out;
}

/* ---- runs ---- */

static bool follows(const struct label *l, int first, int k, int step)
{
	if (!step)
		return l->number == first + k;
	int want = first + k * step;
	return l->minutes == want || (want == 1440 && l->minutes == 0);
}

/* The run that begins at column `from`; other stems may stand between. */
static void follow(const struct label *labels, size_t columns, size_t from, int step, struct run *out)
{
	int first = step ? labels[from].minutes : labels[from].number;
	out->n = 0;
	out->step = step;
	if (step ? first != 0 && first != step : first != 0 && first != 1)
		return;
	for (size_t i = from; i < columns && out->n < INTERVALS_MAX; i++) {
		if (!str_eq(labels[i].stem, labels[from].stem))
			continue;
		if (!follows(&labels[i], first, out->n, step)) {
			if (labels[i].number == NONE && labels[i].minutes == NONE)
				continue;
			break;
		}
		out->at[out->n++] = (int)i;
	}
}

/* A run is taken for the day's intervals if it nearly fills a day. */
static int run_minutes(const struct run *r)
{
	static const int steps[] = {30, 15, 60, 10, 5};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int whole = 1440 / steps[i], hour = 60 / steps[i];
		bool fits = r->n >= whole - hour && r->n <= whole + 2 * hour;
		/* 24 numbered columns may be anything: an hourly file must tell times */
		if (fits && (r->step ? r->step == steps[i] : steps[i] != 60))
			return steps[i];
	}
	return 0;
}

static void count_cells(struct run *r, const struct column_facts *facts)
{
	r->numbers = r->filled = 0;
	for (int i = 0; i < r->n; i++) {
		r->numbers += facts[r->at[i]].numbers;
		r->filled += facts[r->at[i]].filled;
	}
}

/* ---- flags ---- */

static bool in_run(const struct run *r, int column)
{
	for (int i = 0; i < r->n; i++)
		if (r->at[i] == column)
			return true;
	return false;
}

/* A run of other columns, one for each interval, whose cells are no numbers. */
static void take_flag_run(struct layout *l, const struct run *values, const struct run *other)
{
	if (other->n < values->n - 4 || other->numbers * 2 > other->filled)
		return;
	for (int i = 0; i < values->n && i < other->n; i++)
		if (l->flag_at[i] < 0)
			l->flag_at[i] = other->at[i];
}

/* Columns without a number of their own that stand between the readings, always on the same side. */
static void take_alternating(struct layout *l, const struct run *values, const struct column_facts *facts)
{
	if (values->n < 2 || values->at[1] - values->at[0] != 2)
		return;
	for (int side = 1; side >= -1; side -= 2) {
		unsigned flags = 0, filled = 0;
		int within = 0;
		for (int i = 0; i < values->n; i++) {
			int c = values->at[i] + side;
			if (c < 0 || (size_t)c >= l->columns || in_run(values, c))
				continue;
			within++;
			flags += facts[c].qualities + (facts[c].filled - facts[c].numbers);
			filled += facts[c].filled * 2;
		}
		if (within < values->n || flags * 2 < filled)
			continue;
		for (int i = 0; i < values->n; i++)
			l->flag_at[i] = values->at[i] + side;
		return;
	}
}

/* Columns for the hour that the clocks repeat: "DST +0:30", "Time Change 1 Cons". */
static void take_extra(struct layout *l, const struct run *values)
{
	l->extras = 0;
	for (size_t i = 0; i < l->columns && l->extras < EXTRAS_MAX; i++) {
		struct str s = l->squeezed[i];
		bool named = str_starts(s, STR("dst")) || str_search(s, STR("timechange")) >= 0;
		bool flag = str_search(s, STR("flag")) >= 0 || str_search(s, STR("type")) >= 0 ||
		            str_search(s, STR("stat")) >= 0 || str_search(s, STR("est")) >= 0;
		if (named && !flag && !in_run(values, (int)i))
			l->extra_at[l->extras++] = (int)i;
	}
}

/* ---- all of it ---- */

static bool better(const struct run *a, const struct run *b)
{
	if (!b->n)
		return true;
	bool a_numbers = a->numbers * 2 > a->filled, b_numbers = b->numbers * 2 > b->filled;
	return a_numbers != b_numbers ? a_numbers : false; /* the first of equals */
}

void intervals_find(struct arena *a, struct layout *l, const struct column_facts *facts)
{
	static const int steps[] = {0, 30, 15, 60, 10, 5};
	struct label *labels = ARENA_ARRAY(a, struct label, l->columns);
	struct run *runs = ARENA_ARRAY(a, struct run, 8), *values = NULL, one;
	int n = 0;
	for (size_t i = 0; i < l->columns; i++)
		labels[i] = label_of(a, l, i);
	for (size_t i = 0; i < l->columns && n < 8; i++) {
		for (size_t k = 0; k < sizeof(steps) / sizeof(steps[0]); k++) {
			bool inside = false;
			for (int r = 0; r < n; r++)
				inside = inside || in_run(&runs[r], (int)i);
			follow(labels, l->columns, i, steps[k], &one);
			if (inside || !run_minutes(&one))
				continue;
			count_cells(&one, facts);
			runs[n++] = one;
			break;
		}
	}
	for (int r = 0; r < n; r++)
		if (!values || better(&runs[r], values))
			values = &runs[r];
	l->intervals = 0;
	l->second_at = -1;
	if (!values)
		return;
	l->intervals = values->n;
	l->interval_minutes = run_minutes(values);
	memcpy(l->interval_at, values->at, sizeof(values->at));
	for (int i = 0; i < INTERVALS_MAX; i++)
		l->flag_at[i] = -1;
	for (int r = 0; r < n; r++) {
		if (&runs[r] != values)
			take_flag_run(l, values, &runs[r]);
		if (&runs[r] != values && runs[r].numbers * 2 > runs[r].filled)
			l->second_at = runs[r].at[0];
	}
	if (l->flag_at[0] < 0)
		take_alternating(l, values, facts);
	take_extra(l, values);
}

void intervals_by_place(struct layout *l, const struct column_facts *facts)
{
	size_t from = 0, most = 0, most_from = 0;
	for (size_t i = 0; i <= l->columns; i++) {
		if (i < l->columns && facts_mostly(facts[i].numbers, &facts[i], 90, true) &&
		    facts[i].mpans == 0 && facts[i].dates == 0)
			continue;
		if (i - from > most) {
			most = i - from;
			most_from = from;
		}
		from = i + 1;
	}
	/* numbers before the first half hour are totals or ids: the day is the last 48 or 50 (or 96 ...) of
	 * them */
	struct run r = {.n = most > 100   ? 0
	                     : most >= 96 ? 96
	                     : most >= 50 ? 50
	                     : most >= 48 ? 48
	                     : most >= 46 ? 46
	                                  : 0};
	l->intervals = r.n;
	if (!r.n)
		return;
	l->interval_minutes = r.n >= 96 ? 15 : 30;
	for (int i = 0; i < r.n; i++) {
		l->interval_at[i] = (int)(most_from + most) - r.n + i;
		l->flag_at[i] = -1;
	}
}
