/*
 * list: what lists of the API have in common: limit and offset, total, and Link headers (RFC 8288) to the next
 * and the previous page, with the other parameters of the query kept.
 */
#ifndef WL_WEB_LIST_H
#define WL_WEB_LIST_H

#include "base/rec.h"
#include "codec/json.h"
#include "web/reply.h"

struct list {
	int64_t limit, offset, total;
};

/* limit and offset of the query; what else it may hold is a row of api.def. */
enum err list_query(struct request *r, int64_t limit_default, int64_t limit_max, struct list *out);
/* A yes or no of the query; false if it is not there. */
enum err list_query_bool(struct request *r, const char *name, bool *out);
/* is_active=true|false chooses; include_inactive=true shows both; else the active ones. */
enum err list_query_activity(struct request *r, bool *include_inactive, bool *inactive_only);

/* A range of instants by the names of its two ends: RFC 3339, dates (local days of time_zone, or of the meter
 * or property; the last is included), or clock readings where time_zone says whose. ERR_INVALID names the
 * field. */
enum err list_query_range(struct request *r, int64_t meter_id, int64_t property_id, const char *from,
                          const char *to, int64_t *from_at, int64_t *to_at);

/* {"items":[ ... ],"total":,"limit":,"offset":}: the caller writes the items in between. */
void list_begin(struct request *r, struct json_out *j);
struct reply *list_end(struct request *r, struct json_out *j, const struct list *l);
/* Records by their descriptor. */
struct reply *list_reply(struct request *r, const struct list *l, const struct rec_desc *d, const void *rows,
                         size_t n);

/* A list that has no pages: all of it. */
struct reply *list_whole(struct request *r, const struct rec_desc *d, const void *rows, size_t n);

/* One record, with its ETag where version is not 0. */
struct reply *list_one(struct request *r, int status, const struct rec_desc *d, const void *record,
                       int64_t version);

#endif
