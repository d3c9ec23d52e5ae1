/*
 * charge_take: charging sessions of files: each stored once, whatever files say twice, and taken out again.
 *
 * An import that states a session just as it is there already is noted beside it (charging_stated), so that the
 * session stays when the import that brought it is undone. What a file says otherwise is skipped and not kept:
 * it does not come to light when the other one goes.
 */
#include "app/charging/car.h"
#include "app/charging/charge_row.h"

SQL(charge_stated, "INSERT INTO charging_stated (session_id, job_id) SELECT s.id, CAST(? AS BIGINT) FROM "
                   "charging_sessions s WHERE s.id = ? AND COALESCE(s.made_by_job, ?) <> ? "
                   "ON CONFLICT (session_id, job_id) DO NOTHING");

/* ---- storing ---- */

bool charge_same_key(const struct charge_edit *d, const struct charge_edit *there)
{
	return d->date == there->date && d->odometer == there->odometer &&
	       d->charge_delivered_kwh == there->charge_delivered_kwh &&
	       (d->odometer != REC_NONE || d->started_at == there->started_at);
}

static bool instant_differs(int64_t said, int64_t there)
{
	return said && said != there;
}

const char *charge_difference(const struct charge_edit *d, const struct charge_edit *there)
{
	const struct {
		const char *field;
		int64_t said, there;
	} numbers[] = {
	        {"charge_power_kw", d->charge_power_kw, there->charge_power_kw},
	        {"duration_mins", d->duration_mins, there->duration_mins},
	        {"cost_per_kwh", d->cost_per_kwh, there->cost_per_kwh},
	        {"total_cost_gbp", d->total_cost_gbp, there->total_cost_gbp},
	        {"soc_from", d->soc_from, there->soc_from},
	        {"soc_to", d->soc_to, there->soc_to},
	        {"ambient_temp_c", d->ambient_temp_c, there->ambient_temp_c},
	        {"preconditioning_events", d->preconditioning_events, there->preconditioning_events},
	};
	const struct {
		const char *field;
		struct str said, there;
	} texts[] = {{"charge_type", d->charge_type, there->charge_type},
	             {"location_label", d->location_label, there->location_label},
	             {"charge_network", d->charge_network, there->charge_network},
	             {"notes", d->notes, there->notes}};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].said.n && !str_eq(texts[i].said, texts[i].there))
			return texts[i].field;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].said != REC_NONE && numbers[i].said != numbers[i].there)
			return numbers[i].field;
	return instant_differs(d->started_at, there->started_at)         ? "started_at"
	       : instant_differs(d->ended_at, there->ended_at)           ? "ended_at"
	       : d->preconditioning_used && !there->preconditioning_used ? "preconditioning_used"
	                                                                 : NULL;
}

static struct charge_edit stated_by(const struct charge *stored)
{
	struct charge_edit out = charge_said(stored);
	out.total_cost_gbp = stored->total_cost_gbp;
	return out;
}

static enum err compare(struct ctx *c, const struct charge_edit *d, const struct charge *stored, int64_t job_id,
                        bool dry, enum charge_outcome *outcome, const char **differs)
{
	struct charge_edit there = stated_by(stored);
	*differs = charge_difference(d, &there);
	*outcome = *differs ? CHARGE_DIFFERS : CHARGE_IDENTICAL;
	if (*differs || dry)
		return OK;
	/* of one that was entered by hand there is nothing to note: it stays anyway */
	return db_run(c->db, &sql_charge_stated,
	              DB_ARGS(db_i(job_id), db_i(stored->row), db_i(job_id), db_i(job_id)));
}

enum err charge_take(struct ctx *c, struct charge_edit *d, int64_t user_id, int64_t job_id, bool dry,
                     enum charge_outcome *outcome, const char **differs)
{
	struct charge stored;
	int64_t cost;
	enum err e = charge_same(c, d, &stored);
	if (!e)
		return compare(c, d, &stored, job_id, dry, outcome, differs);
	if (e != ERR_NOT_FOUND)
		return e;
	*differs = NULL;
	*outcome = CHARGE_NEW;
	e = charge_cost(c, d, user_id, &cost);
	bool computed = cost != REC_NONE && (d->total_cost_gbp == REC_NONE || d->total_cost_gbp == cost);
	if (computed)
		d->total_cost_gbp = cost;
	return e || dry ? e : charge_insert(c, (struct str){NULL, 0}, d, computed, job_id);
}

/* ---- undo and redo ---- */

SQL(charge_of_job, "SELECT COUNT(*) FROM charging_sessions s WHERE " CHARGE_STATED);
SQL(charge_edited, "SELECT COUNT(*) FROM charging_sessions s WHERE s.is_edited = 1 AND " CHARGE_STATED);
SQL(charge_going, "SELECT COUNT(*) FROM charging_sessions s WHERE " CHARGE_GOES);
SQL(charge_go, "UPDATE charging_sessions AS s SET is_undone = 1 WHERE " CHARGE_GOES);
SQL(charge_coming, "SELECT COUNT(*) FROM charging_sessions s WHERE " CHARGE_COMES);
SQL(charge_come, "UPDATE charging_sessions AS s SET is_undone = 0 WHERE " CHARGE_COMES);
/* of each that goes, the one that had to stay out because of it; its own import is live */
SQL(charge_instead,
    "SELECT MIN(o.id) FROM charging_sessions s JOIN charging_sessions o ON o.is_undone = 1 AND " CHARGE_KEY_OF_S
    "WHERE " CHARGE_GOES "AND EXISTS (SELECT 1 FROM jobs i WHERE i.id <> ? AND i.undone_at IS NULL AND (i.id = "
    "o.made_by_job OR i.id IN (SELECT b.job_id FROM charging_stated b WHERE b.session_id = o.id))) GROUP BY "
    "s.id");
SQL(charge_show, "UPDATE charging_sessions SET is_undone = 0 WHERE id = ?");
SQL(charge_of_others,
    "SELECT COUNT(*) FROM charging_sessions s JOIN cars k ON k.id = s.car_id WHERE s.made_by_job "
    "= ? AND COALESCE(k.user_id, 0) <> ?");
SQL(charge_forget,
    "DELETE FROM charging_sessions WHERE is_undone = 1 AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.cleaned_at "
    "IS NULL AND (j.id = charging_sessions.made_by_job OR j.id IN (SELECT t.job_id FROM charging_stated t "
    "WHERE "
    "t.session_id = charging_sessions.id)))");
SQL(charge_forget_stated,
    "DELETE FROM charging_stated WHERE job_id IN (SELECT j.id FROM jobs j WHERE j.cleaned_at "
    "IS NOT NULL AND j.undone_at IS NOT NULL)");

struct row_id {
	int64_t id;
};
static const struct rec_field id_fields[] = {REC(struct row_id, id, REC_INT)};
static const struct rec_desc id_desc = REC_DESC(struct row_id, id_fields);

/* Those of the import go; where others had to stay out because of them, these come back. */
static enum err go(struct ctx *c, int64_t job_id, bool dry, struct layers_counts *n)
{
	enum err e;
	size_t instead;
	struct row_id *other = db_all(c->db, &sql_charge_instead,
	                              DB_ARGS(db_i(job_id), db_i(job_id), db_i(job_id), db_i(job_id)), c->arena,
	                              &id_desc, &instead, &e);
	if (!e)
		e = db_one_int(c->db, &sql_charge_going, CHARGE_GOES_ARGS(job_id), &n->removed);
	if (!e && !dry)
		e = db_run(c->db, &sql_charge_go, CHARGE_GOES_ARGS(job_id));
	for (size_t i = 0; i < instead && !e && !dry; i++)
		e = db_run(c->db, &sql_charge_show, DB_ARGS(db_i(other[i].id)));
	n->changed = (int64_t)instead;
	n->removed -= n->changed;
	return e;
}

static enum err come(struct ctx *c, int64_t job_id, bool dry, struct layers_counts *n)
{
	enum err e = db_one_int(c->db, &sql_charge_coming, CHARGE_COMES_ARGS(job_id), &n->added);
	return e || dry ? e : db_run(c->db, &sql_charge_come, CHARGE_COMES_ARGS(job_id));
}

enum err charge_settle(struct ctx *c, int64_t job_id, bool live, bool dry, struct charge_effect *out)
{
	struct layers_counts *n = &out->counts;
	*out = (struct charge_effect){.edited = 0};
	enum err e = db_one_int(c->db, &sql_charge_of_job, CHARGE_STATED_ARGS(job_id), &n->days);
	if (!e)
		e = db_one_int(c->db, &sql_charge_edited, CHARGE_STATED_ARGS(job_id), &out->edited);
	if (!e)
		e = car_foresee(c, job_id, live, &out->cars);
	if (!e)
		e = live ? come(c, job_id, dry, n) : go(c, job_id, dry, n);
	if (!e && !dry)
		e = car_settle(c, job_id);
	n->same = n->days - n->removed - n->changed - n->added;
	return e ? ctx_db_failed(c, e, "bringing charging sessions into line") : OK;
}

enum err charge_of_others(struct ctx *c, int64_t job_id, int64_t *n)
{
	return db_one_int(c->db, &sql_charge_of_others, DB_ARGS(db_i(job_id), db_i(c->actor.user_id)), n);
}

enum err charge_forget(struct ctx *c)
{
	enum err e = db_run(c->db, &sql_charge_forget_stated, DB_NOARGS);
	if (!e)
		e = db_run(c->db, &sql_charge_forget, DB_NOARGS);
	return e ? e : car_forget(c);
}
