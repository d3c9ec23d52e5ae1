/* car: cars, and the tariffs by which charging them is paid, as JSON (source A). */
#include "app/charging/car.h"
#include "app/charging/tariff.h"
#include "web/fields.h"
#include "web/handlers.h"
#include "web/list.h"

static struct reply *one(struct request *r, int status, enum err e, const struct car *k)
{
	return e ? reply_fault(r) : list_one(r, status, &car_desc, k, k->version);
}

struct reply *api_cars(struct request *r)
{
	bool include_inactive;
	int64_t user_id;
	struct car *k;
	size_t n;

	if (list_query_bool(r, "include_inactive", &include_inactive) != OK ||
	    request_query_int(r, "user_id", 1, INT64_MAX, 0, &user_id) != OK ||
	    car_list(r->ctx, user_id, include_inactive, &k, &n) != OK)
		return reply_fault(r);
	return list_whole(r, &car_desc, k, n);
}

struct reply *api_cars_post(struct request *r)
{
	struct car_edit edit;
	struct car k;
	uint64_t given;
	enum err e;

	rec_clear(&car_edit_desc, &edit);
	e = fields_json(r, &car_edit_desc, &edit, &given);
	if (!e)
		e = car_create(r->ctx, 0, &edit, &k);
	return e ? reply_fault(r)
	         : reply_header(one(r, 201, e, &k), "Location",
	                        request_printf_link(r, "/api/cars/%lld", (long long)k.id));
}

struct reply *api_car(struct request *r)
{
	struct car k;
	int64_t id;
	enum err e = request_param_id(r, 0, "car", &id);

	if (!e)
		e = car_get(r->ctx, id, &k);
	return one(r, 200, e, &k);
}

struct reply *api_car_patch(struct request *r)
{
	struct car_edit edit;
	struct car k;
	int64_t id, version;
	uint64_t given;
	enum err e = request_param_id(r, 0, "car", &id);

	rec_clear(&car_edit_desc, &edit);
	if (!e)
		e = fields_if_match(r, &version);
	if (!e)
		e = fields_json(r, &car_edit_desc, &edit, &given);
	if (!e)
		e = car_update(r->ctx, id, version, &edit, given, &k);
	return one(r, 200, e, &k);
}

struct reply *api_car_delete(struct request *r)
{
	int64_t id;

	if (request_param_id(r, 0, "car", &id) != OK || car_remove(r->ctx, id) != OK)
		return reply_fault(r);
	return reply_empty(r, 204);
}

struct reply *api_car_restore(struct request *r)
{
	struct car k;
	int64_t id;
	enum err e = request_param_id(r, 0, "car", &id);

	if (!e)
		e = car_restore(r->ctx, id, &k);
	return one(r, 200, e, &k);
}

/* ---- tariffs ---- */

struct reply *api_tariffs(struct request *r)
{
	struct tariff *t;
	size_t n;

	return tariff_list(r->ctx, &t, &n) == OK ? list_whole(r, &tariff_desc, t, n) : reply_fault(r);
}

struct reply *api_tariffs_post(struct request *r)
{
	struct tariff_edit edit;
	struct tariff t;
	uint64_t given;

	rec_clear(&tariff_edit_desc, &edit);
	if (fields_json(r, &tariff_edit_desc, &edit, &given) != OK || tariff_put(r->ctx, &edit, &t) != OK)
		return reply_fault(r);
	return list_one(r, 201, &tariff_desc, &t, 0);
}

struct reply *api_tariff_delete(struct request *r)
{
	int64_t id;

	if (request_param_id(r, 0, "tariff", &id) != OK || tariff_remove(r->ctx, id) != OK)
		return reply_fault(r);
	return reply_empty(r, 204);
}
