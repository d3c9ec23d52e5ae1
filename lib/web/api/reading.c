/*
 * reading: readings of a range of instants as JSON (D's item 7, and by the meter's own number).
 *
 * A year of half hours is one reply of 17,520 rows: what a series' rows have in common is written once and
 * copied for each.
 */
#include "app/reading.h"
#include "app/meter.h"
#include "app/reading_export.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "web/export_view.h"
#include "web/handlers.h"
#include "web/list.h"

#define LIMIT        20000 /* rows of a reply: the default and the most */
#define ROW_ROOM     96    /* bytes of a row beside what its series' rows have in common */
#define TEXT_ROOM    1024
#define DAY          86400
#define EXPORT_AHEAD (366 * DAY) /* what is in the future is exported too */

struct writer {
	struct request *r;
	struct buf *b;
	struct str head; /* {"meter_id":1,...,"reading_timestamp":" */
	bool more;
	int64_t midnight;         /* UTC, before the instant that `at` shows */
	char at[CIVIL_TIME_TEXT]; /* "2025-11-07T10:30:00Z" */
};

static void two_digits(char *p, int64_t n)
{
	p[0] = (char)('0' + n / 10);
	p[1] = (char)('0' + n % 10);
}

/* The instant as text. Of one day the date is that of the reading before. */
static const char *text_of(struct writer *w, int64_t at)
{
	int64_t second = at - w->midnight;

	if (second < 0 || second >= DAY || !w->at[0]) {
		w->midnight = at - at % DAY - (at % DAY < 0 ? DAY : 0);
		civil_format_at(at, w->at);
		return w->at;
	}
	two_digits(w->at + 11, second / 3600);
	two_digits(w->at + 14, second / 60 % 60);
	two_digits(w->at + 17, second % 60);
	return w->at;
}

static bool begin(void *arg, const struct reading_series *s)
{
	struct writer *w = arg;
	struct buf text;
	struct json_out j;

	buf_init(&text, TEXT_ROOM);
	json_start(&j, &text);
	json_object(&j);
	json_key(&j, "meter_id");
	json_int(&j, s->meter_id);
	json_key(&j, "channel");
	json_str(&j, s->channel);
	json_key(&j, "interval_minutes");
	json_int(&j, s->minutes);
	json_key(&j, "unit");
	json_str(&j, s->unit);
	buf_addz(&text, ",\"reading_timestamp\":\"");
	w->head = arena_str(w->r->ctx->arena, buf_str(&text));
	buf_free(&text);
	return true;
}

static bool each(void *arg, const struct reading *g)
{
	struct writer *w = arg;
	char *p = buf_room(w->b, w->head.n + ROW_ROOM), *from = p;

	if (!p)
		return false;
	if (w->more)
		*p++ = ',';
	w->more = true;
	p = (char *)memcpy(p, w->head.p, w->head.n) + w->head.n;
	p = (char *)memcpy(p, text_of(w, g->at), CIVIL_TIME_TEXT - 1) + CIVIL_TIME_TEXT - 1;
	p = (char *)memcpy(p, "\",\"value\":\"", 11) + 11;
	p += dec_format(g->value, p);
	if (g->quality == '-') {
		p = (char *)memcpy(p, "\",\"quality\":null}", 17) + 17;
	} else {
		p = (char *)memcpy(p, "\",\"quality\":\"", 13) + 13;
		*p++ = g->quality;
		*p++ = '"';
		*p++ = '}';
	}
	w->b->n += (size_t)(p - from);
	return true;
}

static struct reply *range(struct request *r, struct reading_filter *f, const char *from, const char *to)
{
	struct writer w = {.r = r, .b = r->out};
	struct reading_sink sink = {begin, each, &w, false};
	struct json_out j;
	struct list l;

	f->channel = form_get(&r->query, "channel");
	if (list_query(r, LIMIT, LIMIT, &l) != OK ||
	    request_query_int(r, "interval_minutes", 0, 1440, -1, &f->minutes) != OK ||
	    list_query_range(r, f->meter_id, f->property_id, from, to, &f->from, &f->to) != OK)
		return reply_fault(r);
	f->limit = l.limit;
	f->offset = l.offset;
	list_begin(r, &j);
	if (reading_scan(r->ctx, f, &sink, &l.total) != OK)
		return reply_fault(r);
	return list_end(r, &j, &l);
}

struct reply *api_readings(struct request *r)
{
	struct reading_filter f = {.meter_id = 0};
	struct str meter = form_get(&r->query, "meter");
	struct meter m;

	if (!meter.n) {
		ctx_fail(r->ctx, ERR_INVALID, "meter", "\"meter\" is a meter's own number, such as its MPAN.");
		return reply_fault(r);
	}
	if (meter_by_identifier(r->ctx, meter, &m) != OK)
		return reply_fault(r);
	f.meter_id = m.id;
	return range(r, &f, "from", "to");
}

struct reply *api_readings_meter(struct request *r)
{
	struct reading_filter f = {.meter_id = 0};
	struct meter m;

	if (request_param_id(r, 0, "meter", &f.meter_id) != OK || meter_get(r->ctx, f.meter_id, &m) != OK)
		return reply_fault(r);
	return range(r, &f, "start_date", "end_date");
}

struct reply *api_readings_property(struct request *r)
{
	struct reading_filter f = {.meter_id = 0};

	if (request_param_id(r, 0, "property", &f.property_id) != OK ||
	    right_to_property(r->ctx, f.property_id, RIGHT_READ) != OK)
		return reply_fault(r);
	return range(r, &f, "start_date", "end_date");
}

/* ---- as a file ---- */

static const char *day_digits(struct request *r, int64_t at)
{
	char text[CIVIL_TIME_TEXT];

	civil_format_at(at, text);
	return arena_printf(r->ctx->arena, "%.4s%.2s%.2s", text, text + 5, text + 8);
}

/* Neither end given: everything, as far as a range reaches back. */
static enum err export_range_of(struct request *r, struct reading_filter *f)
{
	if (form_has(&r->query, "start_date") || form_has(&r->query, "end_date"))
		return list_query_range(r, 0, f->property_id, "start_date", "end_date", &f->from, &f->to);
	f->to = ctx_now(r->ctx) + EXPORT_AHEAD;
	f->from = f->to - READING_RANGE_MAX;
	return OK;
}

struct reply *api_readings_export(struct request *r)
{
	struct reading_filter f = {.channel = form_get(&r->query, "channel")};
	struct str format = form_get(&r->query, "format");
	int64_t size;
	int fd;

	format = format.n ? format : STR("csv");
	if (request_param_id(r, 0, "property", &f.property_id) != OK ||
	    right_to_property(r->ctx, f.property_id, RIGHT_READ) != OK ||
	    request_query_int(r, "interval_minutes", 0, 1440, -1, &f.minutes) != OK ||
	    export_range_of(r, &f) != OK || reading_export(r->ctx, &f, format, &fd, &size) != OK)
		return reply_fault(r);
	return reply_file(r, export_media_type(format),
	                  str_of(arena_printf(r->ctx->arena, "readings_property_%lld_%s_%s.%.*s",
	                                      (long long)f.property_id, day_digits(r, f.from),
	                                      day_digits(r, f.to - 1), STR_ARG(format))),
	                  fd, size, STR(""));
}
