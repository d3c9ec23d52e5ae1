/*
 * entry: register readings that are entered over the API: one, a list, or a property's main meter and its
 * sub-meters at one instant (D's MeterReadingBulkCreate).
 */
#include "app/entry.h"
#include "app/meter.h"
#include "web/api/bodies.h"
#include "web/fields.h"
#include "web/handlers.h"
#include "web/list.h"

#define VALUE_GIVEN (UINT64_C(1) << 2) /* the bit of "value" in entry_given_desc */

static enum err value_given(struct request *r, const char *field, bool given)
{
	return given ? OK : ctx_fail(r->ctx, ERR_INVALID, field, "Say what the register showed.");
}

struct reply *api_readings_post(struct request *r)
{
	struct entry g = {.meter_id = 0};
	uint64_t given;

	if (fields_json(r, &entry_given_desc, &g, &given) != OK ||
	    value_given(r, "value", given & VALUE_GIVEN) != OK || entry_put(r->ctx, &g, 1) != OK)
		return reply_fault(r);
	return list_one(r, 201, &entry_desc, &g, 0);
}

/* ---- some at once ---- */

struct bulk {
	int64_t property_id, reading_timestamp, main_meter_value;
	struct str quality;
};
static const struct rec_field bulk_fields[] = {
        REC(struct bulk, property_id, REC_INT),
        REC(struct bulk, reading_timestamp, REC_AT),
        REC_FLAGS(struct bulk, main_meter_value, REC_DEC, REC_NOT_NULL),
        REC(struct bulk, quality, REC_TEXT),
};
const struct rec_desc api_bulk_desc = REC_DESC(struct bulk, bulk_fields);
#define MAIN_GIVEN (UINT64_C(1) << 2)

static enum err read_list(struct request *r, const struct json *list, const char *name, struct entry *rows,
                          size_t *n)
{
	enum err e = OK;

	if (!list)
		return OK;
	if (json_kind(list) != JSON_ARRAY || json_count(list) > ENTRY_MAX - *n)
		return ctx_fail(r->ctx, ERR_INVALID, name, "\"%s\" is a list of at most %d readings.", name,
		                ENTRY_MAX);
	for (size_t i = 0; e == OK && i < json_count(list); i++) {
		const char *place = arena_printf(r->ctx->arena, "%s/%zu", name, i);
		struct entry *g = &rows[(*n)++];
		uint64_t given;

		e = fields_object(r, json_item(list, i), place, &entry_given_desc, g, &given);
		if (e == OK)
			e = value_given(r, arena_printf(r->ctx->arena, "%s/value", place), given & VALUE_GIVEN);
	}
	return e;
}

/* The property's one main meter. */
static enum err main_meter(struct request *r, int64_t property_id, int64_t *out)
{
	struct meter_filter f = {.property_id = property_id, .meter_type = STR("MAIN_METER"), .limit = 2};
	struct meter *m;
	size_t n;
	int64_t total;
	enum err e = meter_list(r->ctx, &f, &m, &n, &total);

	if (e == OK && n != 1)
		return ctx_fail(r->ctx, ERR_INVALID, "main_meter_value",
		                n ? "The property has more than one main meter: send \"readings\", each with "
		                    "its meter_id."
		                  : "The property has no main meter.");
	if (e == OK)
		*out = m[0].id;
	return e;
}

/* Whoever says which property it is does not mean a meter of another one. */
static enum err check_property(struct request *r, int64_t property_id, const struct entry *subs, size_t n)
{
	struct meter m;

	for (size_t i = 0; i < n; i++)
		if (meter_get(r->ctx, subs[i].meter_id, &m) != OK || m.property_id != property_id)
			return ctx_fail(r->ctx, ERR_INVALID,
			                arena_printf(r->ctx->arena, "submeter_readings/%zu/meter_id", i),
			                "Property %lld has no meter %lld.", (long long)property_id,
			                (long long)subs[i].meter_id);
	return OK;
}

/* {"readings":[{...}]}, or {"property_id":, "reading_timestamp":, "main_meter_value":,
 * "submeter_readings":[...]}. */
static enum err read_bulk(struct request *r, const struct json *root, struct entry *rows, size_t *n)
{
	struct bulk b = {.property_id = 0};
	const struct json *readings = json_member(root, "readings"),
	                  *subs = json_member(root, "submeter_readings");
	uint64_t given;
	enum err e = fields_members(r, root, (const char *const[]){"readings", "submeter_readings", NULL},
	                            &api_bulk_desc, &b, &given);

	if (e == OK && given & MAIN_GIVEN) {
		e = b.property_id
		            ? main_meter(r, b.property_id, &rows[0].meter_id)
		            : ctx_fail(r->ctx, ERR_INVALID, "property_id", "Say which property it is of.");
		rows[(*n)++].value = b.main_meter_value;
	}
	size_t main = *n;

	if (e == OK)
		e = read_list(r, subs, "submeter_readings", rows, n);
	if (e == OK && b.property_id)
		e = check_property(r, b.property_id, rows + main, *n - main);
	for (size_t i = 0; i < *n; i++) {
		rows[i].reading_timestamp =
		        rows[i].reading_timestamp ? rows[i].reading_timestamp : b.reading_timestamp;
		rows[i].quality = rows[i].quality.n ? rows[i].quality : b.quality;
	}
	return e == OK ? read_list(r, readings, "readings", rows, n) : e;
}

struct reply *api_readings_bulk(struct request *r)
{
	struct entry *rows = ARENA_ARRAY(r->ctx->arena, struct entry, ENTRY_MAX + 1);
	struct json *root = request_object(r);
	struct list l = {.offset = 0};
	size_t n = 0;
	enum err e;

	if (!root)
		return reply_fault(r);
	e = read_bulk(r, root, rows, &n);
	json_free(root);
	if (e == OK)
		e = entry_put(r->ctx, rows, n);
	if (e != OK)
		return reply_fault(r);
	l.total = l.limit = (int64_t)n;
	return reply_status_is(list_reply(r, &l, &entry_desc, rows, n), 201);
}
