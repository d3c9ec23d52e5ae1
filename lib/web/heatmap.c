/*
 * heatmap: see heatmap.h. All cells of one colour are one path, so that a month is nine elements and not 1,500.
 */
#include "web/heatmap.h"

#include <stdio.h>

#include "base/civil.h"
#include "web/frame.h"

#define LEVELS        9
#define INTERVALS_MAX 100
#define LEFT          84
#define TOP           22
#define ROW           14
#define WIDTH         960
#define PATH_LIMIT    ((size_t)256 << 10)

struct map {
	struct arena *arena;
	struct series_day *day[HEATMAP_DAYS];
	size_t n;
	int64_t low, high;
	unsigned widest; /* intervals of the longest day */
};

static bool keep(void *arg, const struct series_day *d, struct str batch)
{
	struct map *m = arg;

	(void)batch;
	if (m->n == HEATMAP_DAYS)
		return false;
	m->day[m->n] = ARENA_NEW(m->arena, struct series_day);
	*m->day[m->n++] = *d;
	m->widest = d->n > m->widest ? d->n : m->widest;
	for (size_t i = 0; i < d->n; i++) {
		if (!d->quality[i])
			continue;
		m->low = d->value[i] < m->low ? d->value[i] : m->low;
		m->high = d->value[i] > m->high ? d->value[i] : m->high;
	}
	return true;
}

static int level_of(const struct map *m, int64_t value)
{
	double low = (double)m->low, range = (double)m->high - low; /* further apart than int64_t holds */
	double part = range > 0 ? ((double)value - low) / range : 0;
	int level = (int)(part * LEVELS);

	return level < LEVELS ? level : LEVELS - 1;
}

static struct str path_of(struct request *r, const struct map *m, int level, double wide)
{
	struct buf b;
	struct str out;

	buf_init(&b, PATH_LIMIT);
	for (size_t k = 0; k < m->n; k++)
		for (size_t i = 0; i < m->day[k]->n; i++)
			if (m->day[k]->quality[i] && level_of(m, m->day[k]->value[i]) == level)
				buf_printf(&b, "M%.1f %zuh%.1fv%dh-%.1fz", LEFT + wide * (double)i,
				           TOP + k * ROW, wide, ROW - 1, wide);
	out = b.over ? STR("") : arena_str(r->ctx->arena, buf_str(&b));
	buf_free(&b);
	return out;
}

static void show_labels(struct request *r, struct view *v, const struct map *m, const struct series *s,
                        double wide)
{
	char date[CIVIL_DATE_TEXT];

	for (size_t k = 0; k < m->n; k++) {
		struct view *row = view_section(v, "DAY_LABEL");

		civil_format_day(m->day[k]->day, date);
		view_set(row, "TEXT", arena_str(r->ctx->arena, str_of(date)));
		view_int(row, "Y", (int64_t)(TOP + k * ROW + ROW - 3));
	}
	for (int64_t hour = 0; hour <= 24; hour += 3) {
		struct view *tick = view_section(v, "HOUR");

		view_setz(tick, "TEXT", arena_printf(r->ctx->arena, "%02lld:00", (long long)hour));
		view_setz(tick, "X",
		          arena_printf(r->ctx->arena, "%.1f",
		                       LEFT + wide * (double)hour * 60 / (double)s->interval_minutes));
	}
}

enum err heatmap_view(struct request *r, struct view *v, const struct series *s, int32_t last)
{
	struct map m = {.arena = r->ctx->arena, .low = 0};
	enum err e;

	if (s->interval_minutes >= 1440 || 1440 / s->interval_minutes > INTERVALS_MAX)
		return OK;
	e = series_scan(r->ctx, s->id, last - HEATMAP_DAYS + 1, last, keep, &m);
	if (e || !m.n)
		return e;
	double wide = (double)(WIDTH - LEFT - 24) / m.widest;
	struct view *part = view_include(view_section(v, "HAS_HEATMAP"), "HEATMAP", "part/heatmap.tpl");

	view_int(part, "WIDTH", WIDTH);
	view_int(part, "HEIGHT", (int64_t)(TOP + m.n * ROW + 6));
	view_set(part, "UNIT", s->unit);
	view_set(part, "LOW", frame_decimal(r, m.low));
	view_set(part, "HIGH", frame_decimal(r, m.high));
	view_int(part, "LABEL_X", LEFT - 6);
	view_int(part, "HOUR_Y", TOP - 8);
	show_labels(r, part, &m, s, wide);
	for (int level = 0; level < LEVELS; level++) {
		struct view *cells = view_section(part, "CELLS");

		view_int(cells, "LEVEL", level);
		view_set(cells, "PATH", path_of(r, &m, level, wide));
	}
	return OK;
}
