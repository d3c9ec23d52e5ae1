/* meter: see meter.h. */
#include "app/meter.h"

#include "db/db.h"

#define METER_COLUMNS                                                                                         \
	"m.id, m.property_id, m.identifier, m.name, p.name AS property_name, m.time_zone, "                   \
	"(SELECT j.batch_id FROM jobs j WHERE j.id = m.made_by_job) AS made_by_batch, m.created_at, "         \
	"(SELECT COUNT(*) FROM days d JOIN series s ON s.id = d.series_id WHERE s.meter_id = m.id) AS days, " \
	"(SELECT MIN(d.day) FROM days d JOIN series s ON s.id = d.series_id WHERE s.meter_id = m.id) AS "     \
	"first_day, "                                                                                         \
	"(SELECT MAX(d.day) FROM days d JOIN series s ON s.id = d.series_id WHERE s.meter_id = m.id) AS "     \
	"last_day "                                                                                           \
	"FROM meters m JOIN properties p ON p.id = m.property_id "
/* ! is the escape of LIKE: a search for 50% finds 50% */
#define METER_FOUND "(LOWER(m.identifier) LIKE ? ESCAPE '!' OR LOWER(COALESCE(m.name, '')) LIKE ? ESCAPE '!')"
SQL(meter_list, "SELECT " METER_COLUMNS "WHERE m.is_active = 1 AND m.is_undone = 0 AND " METER_FOUND
                " ORDER BY m.identifier, m.id LIMIT ? OFFSET ?");
SQL(meter_count, "SELECT COUNT(*) FROM meters m WHERE m.is_active = 1 AND m.is_undone = 0 AND " METER_FOUND);
SQL(meter_get, "SELECT " METER_COLUMNS "WHERE m.id = ? AND m.is_undone = 0");
SQL(meter_by_identifier,
    "SELECT " METER_COLUMNS "WHERE m.identifier = ? AND m.is_undone = 0 ORDER BY m.id LIMIT 2");

static const struct rec_field meter_fields[] = {
        REC(struct meter, id, REC_INT),
        REC(struct meter, property_id, REC_INT),
        REC(struct meter, identifier, REC_TEXT),
        REC(struct meter, name, REC_TEXT),
        REC(struct meter, property_name, REC_TEXT),
        REC(struct meter, time_zone, REC_TEXT),
        REC(struct meter, made_by_batch, REC_TEXT),
        REC(struct meter, created_at, REC_AT),
        REC(struct meter, days, REC_INT),
        REC(struct meter, first_day, REC_DAY),
        REC(struct meter, last_day, REC_DAY),
};
const struct rec_desc meter_desc = REC_DESC(struct meter, meter_fields);

/* "%text%" in lower case with LIKE's own characters escaped; "%" for everything. */
static struct str like_pattern(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, 2 * s.n + 3);
	size_t n = 0;
	p[n++] = '%';
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (ch == '%' || ch == '_' || ch == '!')
			p[n++] = '!';
		p[n++] = ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
	}
	if (s.n)
		p[n++] = '%';
	return (struct str){p, n};
}

enum err meter_list(struct ctx *c, const struct meter_filter *f, struct meter **out, size_t *n, int64_t *total)
{
	struct db_cur cur;
	struct str like = like_pattern(c->arena, str_sub(str_trim(f->search), 0, 100));
	*out = ARENA_ARRAY(c->arena, struct meter, (size_t)f->limit);
	*n = 0;
	db_query(c->db, &cur, &sql_meter_list,
	         DB_ARGS(db_t(like), db_t(like), db_i(f->limit), db_i(f->offset)));
	while (*n < (size_t)f->limit && db_next(&cur))
		db_read(&cur, c->arena, &meter_desc, &(*out)[(*n)++]);
	enum err e = db_done(&cur);
	if (!e)
		e = db_one_int(c->db, &sql_meter_count, DB_ARGS(db_t(like), db_t(like)), total);
	return e ? ctx_db_failed(c, e, "listing meters") : OK;
}

enum err meter_get(struct ctx *c, int64_t id, struct meter *out)
{
	enum err e = db_one(c->db, &sql_meter_get, DB_ARGS(db_i(id)), c->arena, &meter_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "meter", "There is no meter %lld.", (long long)id);
	return e ? ctx_db_failed(c, e, "reading a meter") : OK;
}

enum err meter_by_identifier(struct ctx *c, struct str identifier, struct meter *out)
{
	struct db_cur cur;
	int found = 0;
	db_query(c->db, &cur, &sql_meter_by_identifier, DB_ARGS(db_t(identifier)));
	while (db_next(&cur))
		if (found++ == 0)
			db_read(&cur, c->arena, &meter_desc, out);
	enum err e = db_done(&cur);
	if (e)
		return ctx_db_failed(c, e, "reading a meter");
	if (!found)
		return ctx_fail(c, ERR_NOT_FOUND, "meter", "There is no meter %.*s.",
		                STR_ARG(str_sub(identifier, 0, 60)));
	if (found > 1)
		return ctx_fail(c, ERR_CONFLICT, "meter",
		                "More than one meter is called %.*s: name it by its number.",
		                STR_ARG(str_sub(identifier, 0, 60)));
	return OK;
}
