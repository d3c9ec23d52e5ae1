/*
 * tz: questions about a zone, all answered from one: the span of constant offset around an instant.
 *
 * A local clock reading is turned into instants by walking over the spans near it, so that gaps, repeated
 * hours, skipped days and zones that change at midnight need no cases of their own. Days are a partition of
 * time: a day begins at tz_day_start and ends where the next begins, also in the few zones that once put the
 * clock back over midnight (there the repeated minutes before midnight belong to the day that had begun).
 *
 * Owns the zones loaded so far, for the life of the process: the one piece of state here, because a zone is
 * asked for by name in every request and never changes. Not for threads (this program has none). Disadvantage:
 * a tzdata update is seen by the next process only.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/panic.h"
#include "base/tz.h"
#include "base/tz_zone.h"

#define FOLDER    "/usr/share/zoneinfo/"
#define ZONES_MAX 256
#define FILE_MAX  65536
#define DAY       86400
#define FIRST     INT64_C(-62135596800) /* 0001-01-01 */
#define LAST      INT64_C(253402300799) /* 9999-12-31: rules are not followed beyond */

/* ---- the rule ---- */

static int64_t rule_at(const struct tz_rule *r, int year, int32_t offset)
{
	int32_t day = civil_to_day((struct civil){year, 1, 1});
	bool leap = civil_valid(year, 2, 29);

	switch (r->kind) {
	case TZ_RULE_MONTH:
		day = civil_to_day((struct civil){year, r->month, 1});
		day += (r->day - civil_weekday(day) + 7) % 7 + 7 * (r->week - 1);
		if (civil_from_day(day).month != r->month) /* only a fifth week can be too late */
			day -= 7;
		break;
	case TZ_RULE_JULIAN:
		day += r->day - 1 + (leap && r->day >= 60);
		break;
	case TZ_RULE_DAY:
		day += r->day;
		break;
	}
	return (int64_t)day * DAY + r->seconds - offset;
}

/* The offset in force at an instant, and the instant at which it ends. */
struct span {
	int32_t offset;
	int64_t until;
};

static struct span rule_span(const struct tz *z, int64_t at)
{
	struct span s = {z->standard, INT64_MAX};

	if (!z->has_dst || at < FIRST || at > LAST)
		return s;
	int year = civil_from_day((int32_t)((at + z->standard - FIRST) / DAY + FIRST / DAY)).year;
	int64_t from = rule_at(&z->dst_from, year, z->standard), to = rule_at(&z->dst_to, year, z->dst);
	bool summer = from < to ? at >= from && at < to : at >= from || at < to;
	if (summer)
		s.offset = z->dst;
	for (int y = year; y <= year + 1; y++) {
		int64_t change[2] = {rule_at(&z->dst_from, y, z->standard), rule_at(&z->dst_to, y, z->dst)};
		for (int i = 0; i < 2; i++)
			if (change[i] > at && change[i] < s.until)
				s.until = change[i];
	}
	return s;
}

static struct span span_at(const struct tz *z, int64_t at)
{
	size_t low = 0, high = z->n;

	while (low < high) { /* the number of changes that are not after `at` */
		size_t middle = low + (high - low) / 2;
		if (z->at[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == z->n && z->has_rule)
		return rule_span(z, at);
	return (struct span){z->offset[low], low < z->n ? z->at[low] : INT64_MAX};
}

/* ---- the questions ---- */

const char *tz_name(const struct tz *z)
{
	return z->name;
}

int32_t tz_offset_at(const struct tz *z, int64_t at)
{
	return span_at(z, at).offset;
}

int tz_local_to_at(const struct tz *z, int32_t day, int32_t seconds, int64_t *at, int64_t *at2)
{
	int64_t wall = (int64_t)day * DAY + seconds;
	int64_t from = wall - DAY; /* no offset is larger, so nothing before this shows `wall` */
	int64_t gap = INT64_MAX;
	int found = 0;

	while (from <= wall + DAY && found < 2) {
		struct span s = span_at(z, from);
		int64_t shown = wall - s.offset; /* when this span's clock shows it, if within the span */
		if (shown >= from && shown < s.until)
			*(found++ ? at2 : at) = shown;
		if (shown < from && gap == INT64_MAX)
			gap = from; /* the first span whose clock is past it from the start */
		from = s.until;
	}
	if (found == 0)
		*at = gap;
	return found;
}

int64_t tz_day_start(const struct tz *z, int32_t day)
{
	int64_t at = 0, at2;

	(void)tz_local_to_at(z, day, 0, &at, &at2);
	return at;
}

int32_t tz_day_seconds(const struct tz *z, int32_t day)
{
	return (int32_t)(tz_day_start(z, day + 1) - tz_day_start(z, day));
}

int32_t tz_day_of(const struct tz *z, int64_t at)
{
	at = at < FIRST ? FIRST : at > LAST ? LAST : at;
	int64_t local = at + tz_offset_at(z, at);
	int32_t day = (int32_t)(local / DAY - (local % DAY < 0));

	/* By its clock the instant is on `day`; around a midnight that was repeated the next may have begun. */
	while (tz_day_start(z, day + 1) <= at)
		day++;
	return day;
}

/* ---- one day, kept ---- */

void tz_day_take(struct tz_day *d, const struct tz *z, int32_t day)
{
	if (d->zone == z && d->day == day)
		return;
	/* All that tz_local_to_at looks at for this day and for the next one's start. */
	int64_t wall = (int64_t)day * DAY;
	struct span s = span_at(z, wall - DAY);
	bool even = s.until > wall + 2 * DAY;
	*d = (struct tz_day){z, day, DAY, wall - s.offset, even};
	if (!even) {
		d->start = tz_day_start(z, day);
		d->seconds = tz_day_seconds(z, day);
	}
}

void tz_day_take_at(struct tz_day *d, const struct tz *z, int64_t at)
{
	if (d->zone != z || at < d->start || at - d->start >= d->seconds)
		tz_day_take(d, z, tz_day_of(z, at));
}

int tz_day_clock(const struct tz_day *d, int32_t seconds, int64_t *at, int64_t *at2)
{
	if (!d->even)
		return tz_local_to_at(d->zone, d->day, seconds, at, at2);
	*at = d->start + seconds;
	return 1;
}

/* ---- loading ---- */

static bool fit_name(struct str name)
{
	if (name.n == 0 || name.n > TZ_NAME_MAX || name.p[0] == '/')
		return false;
	/* files of that folder which are no places: this machine's own zone, and copies under other rules */
	if (str_eqz(name, "localtime") || str_eqz(name, "posixrules") || str_starts(name, STR("posix/")) ||
	    str_starts(name, STR("right/")))
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
		      c == '+' || c == '-' || c == '/'))
			return false; /* and so no "..", no NUL */
	}
	return true;
}

/* The file's bytes, or -1: no file, a folder, too long. */
static ssize_t read_file(const char *path, char *p, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t n = 0;
	ssize_t got = -1;

	if (fd < 0)
		return -1;
	do {
		got = read(fd, p + n, max - n);
		if (got > 0)
			n += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	(void)close(fd);
	return got < 0 || n == max ? -1 : (ssize_t)n;
}

static void zone_free(struct tz *z)
{
	free(z->at);
	free(z->offset);
	free(z);
}

static struct tz *zone_read(struct str name)
{
	char file[FILE_MAX], path[sizeof FOLDER + TZ_NAME_MAX];
	struct tz *z = calloc(1, sizeof *z);

	if (!z)
		panic("out of memory");
	memcpy(z->name, name.p, name.n);
	if (str_eqz(name, "UTC")) {
		z->has_rule = true;
		return z;
	}
	(void)snprintf(path, sizeof path, "%s%s", FOLDER, z->name);
	ssize_t n = read_file(path, file, sizeof file);
	if (n < 0 || !tz_file_parse((struct str){file, (size_t)n}, z)) {
		zone_free(z);
		return NULL;
	}
	return z;
}

const struct tz *tz_load(struct str name)
{
	static struct tz *zones[ZONES_MAX];
	static size_t count;

	for (size_t i = 0; i < count; i++)
		if (str_eqz(name, zones[i]->name))
			return zones[i];
	if (!fit_name(name) || count == ZONES_MAX)
		return NULL;
	struct tz *z = zone_read(name);
	if (z)
		zones[count++] = z;
	return z;
}
