/* compare: see compare.h. */
#include "web/compare.h"

#include "base/civil.h"
#include "base/decimal.h"
#include "web/frame.h"
#include "web/meter_link.h"

#define DAY       86400
#define FIRST_DAY (-718000) /* in year 4: a year before it there are still dates, and 9999 is the last */
#define LAST_DAY  2930000

/* ---- which days ---- */

static int32_t months_later(int32_t day, int months)
{
	struct civil c = civil_from_day(day);
	int index = c.year * 12 + c.month - 1 + months;

	return civil_to_day((struct civil){.year = index / 12, .month = index % 12 + 1, .day = 1});
}

/* How many months the period is, from a first to a last; 0: it is not whole months. */
static int whole_months(struct period p)
{
	struct civil from = civil_from_day(p.from), behind = civil_from_day(p.to + 1);

	return from.day == 1 && behind.day == 1 ? (behind.year - from.year) * 12 + behind.month - from.month
	                                        : 0;
}

static struct period months_from(int32_t first, int months)
{
	return (struct period){first, months_later(first, months) - 1};
}

static int32_t year_before(int32_t day)
{
	struct civil c = civil_from_day(day);

	c.year--;
	if (c.month == 2 && c.day == 29)
		c.day = 28;
	return civil_to_day(c);
}

static enum err read_typed(struct request *r, struct period shown, int months, struct period *other)
{
	int32_t from;

	if (!civil_parse_day(str_trim(form_get(&r->query, "compare_from")), &from) || from < FIRST_DAY ||
	    from > LAST_DAY)
		return ctx_fail(r->ctx, ERR_INVALID, "compare_from",
		                "Say on which day the other period begins: a date such as 2025-11-07.");
	*other = months && civil_from_day(from).day == 1 ? months_from(from, months)
	                                                 : (struct period){from, from + shown.to - shown.from};
	return OK;
}

enum err compare_read(struct request *r, struct period shown, struct period *other, bool *any)
{
	struct str how = form_get(&r->query, "compare");
	int months = whole_months(shown);
	int32_t days = shown.to - shown.from + 1;

	*any = how.n > 0;
	*other = shown;
	if (*any && shown.from < FIRST_DAY)
		return ctx_fail(r->ctx, ERR_INVALID, "compare", "There is nothing before to compare it with.");
	if (str_eqz(how, "from"))
		return read_typed(r, shown, months, other);
	if (str_eqz(how, "before"))
		*other = months ? months_from(months_later(shown.from, -months), months)
		                : (struct period){shown.from - days, shown.from - 1};
	else if (str_eqz(how, "year"))
		*other = months ? months_from(months_later(shown.from, -12), months)
		                : (struct period){year_before(shown.from), year_before(shown.to)};
	else if (how.n)
		return ctx_fail(r->ctx, ERR_INVALID, "compare", "\"compare\" is before, year or from.");
	return OK;
}

void compare_choices(struct request *r, struct view *v)
{
	struct str how = form_get(&r->query, "compare");
	struct view *part = view_include(v, "COMPARE", "part/compare.tpl");

	view_show(part, str_eqz(how, "before") ? "BEFORE"
	                : str_eqz(how, "year") ? "YEAR"
	                : str_eqz(how, "from") ? "FROM"
	                                       : "NOTHING");
	view_set(part, "COMPARE_FROM", form_get(&r->query, "compare_from"));
}

const char *compare_query(struct request *r)
{
	struct str how = form_get(&r->query, "compare");

	return str_eqz(how, "before") ? "&compare=before" : str_eqz(how, "year") ? "&compare=year" : "";
}

struct str compare_label(struct request *r, struct period p)
{
	struct str from = meter_date(r, p.from), to = meter_date(r, p.to);

	return p.from == p.to ? from
	                      : str_of(arena_printf(r->ctx->arena, "%.*s to %.*s", STR_ARG(from), STR_ARG(to)));
}

/* ---- what stands beside what ---- */

/* The place of one of the other's points on the shown days; false: it has none. */
static bool place(const struct compare *c, const struct chart_point *q, struct chart_point *out)
{
	int32_t day = tz_day_of(c->zone, q->at), beside = c->shown.days.from + day - c->other.days.from;
	int32_t second = (int32_t)(q->at + tz_offset_at(c->zone, q->at) - (int64_t)day * DAY);
	int64_t first, again;

	*out = *q;
	if (beside > c->shown.days.to)
		return false;
	if (q->at == tz_day_start(c->zone, day) && q->end == tz_day_start(c->zone, day + 1)) {
		out->at = tz_day_start(c->zone, beside);
		out->end = tz_day_start(c->zone, beside + 1);
		return true;
	}
	bool second_showing = tz_local_to_at(c->zone, day, second, &first, &again) == 2 && q->at == again;
	int showings = tz_local_to_at(c->zone, beside, second, &first, &again);

	if (showings < 1 + second_showing)
		return false;
	out->at = second_showing ? again : first;
	out->end = out->at + q->end - q->at;
	return true;
}

size_t compare_align(const struct compare *c, struct chart_point *out)
{
	size_t n = 0;

	for (size_t i = 0; i < c->other.n; i++)
		n += place(c, &c->other.point[i], &out[n]);
	return n;
}

/* ---- the numbers ---- */

struct sum {
	int64_t value, covered; /* seconds */
	bool fits;
};

static void add(struct sum *s, const struct chart_point *p)
{
	if (!p->present)
		return;
	s->fits = s->fits && dec_add(s->value, p->value, &s->value);
	s->covered += p->end - p->at;
}

static struct sum total(const struct compare_side *side)
{
	struct sum s = {.fits = true};

	for (size_t i = 0; i < side->n; i++)
		add(&s, &side->point[i]);
	return s;
}

static int64_t seconds_of(const struct compare *c, struct period p)
{
	return tz_day_start(c->zone, p.to + 1) - tz_day_start(c->zone, p.from);
}

static struct str value_text(struct request *r, const struct sum *s)
{
	return !s->covered ? STR("–") : s->fits ? frame_decimal(r, s->value) : STR("too large");
}

/* "+1.5"; empty where one of the two is not known. */
static struct str difference(struct request *r, const struct sum *a, const struct sum *b)
{
	int64_t d;

	if (!a->covered || !b->covered || !a->fits || !b->fits || !dec_add(a->value, -b->value, &d))
		return STR("");
	struct str text = frame_decimal(r, d < 0 ? -d : d);

	return str_of(arena_printf(r->ctx->arena, "%s%.*s", d < 0 ? "−" : d > 0 ? "+" : "", STR_ARG(text)));
}

/* What is known, a day of 86,400 s, to three places. */
static struct sum mean_a_day(const struct sum *s)
{
	struct sum mean = {.covered = s->covered, .fits = s->fits};
	bool rounded;

	if (s->covered && s->fits)
		mean.fits = dec_scale(s->value, DAY, s->covered * 1000, &mean.value, &rounded);
	mean.value *= 1000;
	return mean;
}

static void put_pair(struct request *r, struct view *row, const struct sum *a, const struct sum *b)
{
	view_set(row, "SHOWN", value_text(r, a));
	view_set(row, "OTHER", value_text(r, b));
	view_set(row, "DIFFERENCE", difference(r, a, b));
}

static void put_share(struct request *r, struct view *v, const char *name, int64_t covered, int64_t all)
{
	view_setz(v, name,
	          arena_printf(r->ctx->arena, "%lld.%lld %%", (long long)(covered * 100 / all),
	                       (long long)(covered * 1000 / all % 10)));
}

static void put_totals(struct request *r, struct view *v, const struct compare *c)
{
	struct sum a = total(&c->shown), b = total(&c->other), a_mean = mean_a_day(&a), b_mean = mean_a_day(&b);
	struct view *all = view_section(v, "TOTAL"), *mean = view_section(v, "MEAN");

	put_pair(r, all, &a, &b);
	put_pair(r, mean, &a_mean, &b_mean);
	if (a.covered && b.covered && a.fits && b.fits)
		view_set(all, "PERCENT", frame_change(r, a.value, b.value));
	if (a_mean.covered && b_mean.covered && a_mean.fits && b_mean.fits)
		view_set(mean, "PERCENT", frame_change(r, a_mean.value, b_mean.value));
	put_share(r, v, "SHOWN_SHARE", a.covered, seconds_of(c, c->shown.days));
	put_share(r, v, "OTHER_SHARE", b.covered, seconds_of(c, c->other.days));
	view_int(v, "SHOWN_DAYS", c->shown.days.to - c->shown.days.from + 1);
	view_int(v, "OTHER_DAYS", c->other.days.to - c->other.days.from + 1);
}

/* Clock time by clock time of one day. */
static void put_clock(struct request *r, struct view *v, const struct compare *c,
                      const struct chart_point *aligned, size_t n)
{
	struct view *table = view_section(v, "BY_CLOCK");
	size_t k = 0;

	for (size_t i = 0; i < c->shown.n; i++) {
		const struct chart_point *p = &c->shown.point[i];
		struct sum a = {.fits = true}, b = {.fits = true};
		struct view *row = view_section(table, "ROW");

		while (k < n && aligned[k].at < p->at)
			k++;
		add(&a, p);
		if (k < n && aligned[k].at == p->at)
			add(&b, &aligned[k]);
		view_set(row, "WHEN", chart_clock(r, c->zone, p->at));
		put_pair(r, row, &a, &b);
	}
	if (n < c->other.n)
		view_int(view_section(table, "WITHOUT_PLACE"), "COUNT", (int64_t)(c->other.n - n));
}

/* A sum for each of the days. */
static struct sum *by_day(struct request *r, const struct compare *c, const struct compare_side *side)
{
	size_t days = (size_t)(side->days.to - side->days.from) + 1;
	struct sum *sum = ARENA_ARRAY(r->ctx->arena, struct sum, days);

	for (size_t i = 0; i < days; i++)
		sum[i].fits = true;
	for (size_t i = 0; i < side->n; i++)
		add(&sum[tz_day_of(c->zone, side->point[i].at) - side->days.from], &side->point[i]);
	return sum;
}

static void put_day(struct request *r, struct view *row, const struct compare *c, const char *name,
                    const char *partly, struct period days, int32_t k, const struct sum *sum)
{
	view_set(row, name, meter_date(r, days.from + k));
	if (sum->covered && sum->covered < tz_day_seconds(c->zone, days.from + k))
		view_show(row, partly);
}

static void put_days(struct request *r, struct view *v, const struct compare *c)
{
	const struct sum none = {.fits = true}, *a = by_day(r, c, &c->shown), *b = by_day(r, c, &c->other);
	int32_t na = c->shown.days.to - c->shown.days.from + 1, nb = c->other.days.to - c->other.days.from + 1;
	struct view *table = view_section(v, "BY_DAY");

	for (int32_t k = 0; k < na || k < nb; k++) {
		struct view *row = view_section(table, "ROW");

		put_pair(r, row, k < na ? &a[k] : &none, k < nb ? &b[k] : &none);
		if (k < na)
			put_day(r, row, c, "SHOWN_DATE", "SHOWN_PARTLY", c->shown.days, k, &a[k]);
		if (k < nb)
			put_day(r, row, c, "OTHER_DATE", "OTHER_PARTLY", c->other.days, k, &b[k]);
	}
}

void compare_view(struct request *r, struct view *v, const struct compare *c, const struct chart_point *aligned,
                  size_t n)
{
	struct view *part = view_include(v, "COMPARED", "part/compared.tpl");
	bool one_day = c->shown.days.from == c->shown.days.to && c->other.days.from == c->other.days.to;

	view_set(part, "SHOWN_LABEL", compare_label(r, c->shown.days));
	view_set(part, "OTHER_LABEL", compare_label(r, c->other.days));
	view_set(part, "UNIT", c->unit);
	put_totals(r, part, c);
	if (one_day && c->shown.n > 1)
		put_clock(r, part, c, aligned, n);
	else if (!one_day)
		put_days(r, part, c);
}
