/* list: see list.h. */
#include "web/list.h"

#include "app/reading.h"
#include "codec/form.h"

enum err list_query(struct request *r, int64_t limit_default, int64_t limit_max, struct list *out)
{
	enum err e;

	*out = (struct list){.limit = limit_default};
	e = request_query_int(r, "limit", 1, limit_max, limit_default, &out->limit);
	return e ? e : request_query_int(r, "offset", 0, INT32_MAX, 0, &out->offset);
}

enum err list_query_bool(struct request *r, const char *name, bool *out)
{
	struct str value = form_get(&r->query, name);

	*out = false;
	if (!value.n || request_bool(value, out))
		return OK;
	return ctx_fail(r->ctx, ERR_INVALID, name, "\"%s\" is either true or false.", name);
}

enum err list_query_activity(struct request *r, bool *include_inactive, bool *inactive_only)
{
	bool active = true;
	enum err e = list_query_bool(r, "include_inactive", include_inactive);

	*inactive_only = false;
	if (!e && form_has(&r->query, "is_active")) {
		e = list_query_bool(r, "is_active", &active);
		*include_inactive = false;
		*inactive_only = !active;
	}
	return e;
}

enum err list_query_range(struct request *r, int64_t meter_id, int64_t property_id, const char *from,
                          const char *to, int64_t *from_at, int64_t *to_at)
{
	struct str zone_name = form_get(&r->query, "time_zone"), a = form_get(&r->query, from),
	           b = form_get(&r->query, to);
	const struct tz *zone;
	enum err e = OK;

	if (zone_name.n) {
		zone = tz_load(zone_name);
		if (!zone)
			return ctx_fail(r->ctx, ERR_INVALID, "time_zone", "There is no such time zone.");
	} else {
		e = reading_zone(r->ctx, meter_id, property_id, &zone);
	}
	if (!e && !a.n)
		return ctx_fail(r->ctx, ERR_INVALID, from, "\"%s\" says where the range begins.", from);
	if (!e && !b.n)
		return ctx_fail(r->ctx, ERR_INVALID, to, "\"%s\" says where the range ends.", to);
	if (!e)
		e = reading_parse_at(r->ctx, from, a, zone, zone_name.n > 0, false, from_at);
	if (!e)
		e = reading_parse_at(r->ctx, to, b, zone, zone_name.n > 0, true, to_at);
	if (!e && *from_at >= *to_at)
		e = ctx_fail(r->ctx, ERR_INVALID, from, "\"%s\" is not before \"%s\".", from, to);
	if (!e && *to_at - *from_at > READING_RANGE_MAX)
		e = ctx_fail(r->ctx, ERR_INVALID, to, "The range is longer than fifty years.");
	return e;
}

void list_begin(struct request *r, struct json_out *j)
{
	json_start(j, r->out);
	json_object(j);
	json_key(j, "items");
	json_array(j);
}

static void link_to(struct request *r, struct buf *b, const struct list *l, int64_t offset, const char *rel)
{
	buf_printf(b, "%s<%.*s?limit=%lld&offset=%lld", b->n ? ", " : "",
	           STR_ARG(request_printf_link(r, "%.*s", STR_ARG(r->path))), (long long)l->limit,
	           (long long)offset);
	for (size_t i = 0; i < r->query.n; i++) {
		const struct form_pair *p = &r->query.pair[i];

		if (str_eqz(p->name, "limit") || str_eqz(p->name, "offset"))
			continue;
		buf_addz(b, "&");
		form_put_encoded(b, p->name);
		buf_addz(b, "=");
		form_put_encoded(b, p->value);
	}
	buf_printf(b, ">; rel=\"%s\"", rel);
}

struct reply *list_end(struct request *r, struct json_out *j, const struct list *l)
{
	struct reply *p;
	struct buf b;

	json_end_array(j);
	json_key(j, "total");
	json_int(j, l->total);
	json_key(j, "limit");
	json_int(j, l->limit);
	json_key(j, "offset");
	json_int(j, l->offset);
	json_end_object(j);
	p = reply_json(r, 200);
	buf_init(&b, 4 * REQUEST_URL_MAX);
	if (l->offset + l->limit < l->total)
		link_to(r, &b, l, l->offset + l->limit, "next");
	if (l->offset > 0)
		link_to(r, &b, l, l->offset > l->limit ? l->offset - l->limit : 0, "prev");
	if (b.n > 0 && !b.over)
		reply_header(p, "Link", arena_str(r->ctx->arena, buf_str(&b)));
	buf_free(&b);
	return p;
}

struct reply *list_reply(struct request *r, const struct list *l, const struct rec_desc *d, const void *rows,
                         size_t n)
{
	struct json_out j;

	list_begin(r, &j);
	for (size_t i = 0; i < n; i++) {
		json_object(&j);
		json_rec(&j, d, (const char *)rows + i * d->size);
		json_end_object(&j);
	}
	return list_end(r, &j, l);
}

struct reply *list_whole(struct request *r, const struct rec_desc *d, const void *rows, size_t n)
{
	const struct list all = {.limit = n ? (int64_t)n : 1, .total = (int64_t)n};

	return list_reply(r, &all, d, rows, n);
}

struct reply *list_one(struct request *r, int status, const struct rec_desc *d, const void *record,
                       int64_t version)
{
	struct json_out j;

	json_start(&j, r->out);
	json_object(&j);
	json_rec(&j, d, record);
	json_end_object(&j);
	struct reply *p = reply_json(r, status);

	if (!version)
		return p;
	return reply_versioned(r, p, str_of(arena_printf(r->ctx->arena, "\"v%lld\"", (long long)version)));
}
