/*
 * charge_query: which charging sessions an address asks for: car_id, from, to, place, network, state. The API,
 * the pages and the reports read it alike.
 */
#ifndef WL_WEB_CHARGE_QUERY_H
#define WL_WEB_CHARGE_QUERY_H

#include "app/charging/charge.h"
#include "web/reply.h"
#include "web/view.h"

/* Everything but limit and offset. ERR_INVALID names the field. */
enum err charge_query(struct request *r, struct charge_filter *out);
/* The cars to choose from, removed ones too, as sections CAR_OPTION (ID, NAME, SELECTED). *n: how many. */
enum err charge_query_cars(struct request *r, struct view *v, int64_t chosen, size_t *n);
/* The closed ones of them as a file, of the API and the pages alike. */
struct reply *charge_query_export(struct request *r);

#endif
