/* charge_take: charging sessions of a file: stored once, whatever the file says twice; and taken out again. */
#include "app/charging/charge_row.h"

SQL(charge_job_undo, "UPDATE charging_sessions SET is_undone = 1 WHERE made_by_job = ? AND is_undone = 0");
SQL(charge_job_redo,
    "UPDATE charging_sessions SET is_undone = 0 WHERE made_by_job = ? AND is_undone = 1 AND NOT EXISTS (SELECT "
    "1 FROM "
    "charging_sessions o WHERE o.car_id = charging_sessions.car_id AND o.day = charging_sessions.day AND "
    "o.status = "
    "'closed' AND o.is_undone = 0 AND COALESCE(o.odometer, -1) = COALESCE(charging_sessions.odometer, -1) AND "
    "o.charge_delivered_kwh = charging_sessions.charge_delivered_kwh AND (o.odometer IS NOT NULL OR "
    "COALESCE(o.started_at, 0) = COALESCE(charging_sessions.started_at, 0)))");

/* The first field in which a file's session differs from the stored one; NULL: in none. What the file does not
 * say does not differ. */
static const char *first_difference(const struct charge_edit *d, const struct charge *s, int64_t cost)
{
	const struct {
		const char *field;
		int64_t said, stored;
	} numbers[] = {
	        {"charge_power_kw", d->charge_power_kw, s->charge_power_kw},
	        {"duration_mins", d->duration_mins, s->duration_mins},
	        {"cost_per_kwh", d->cost_per_kwh, s->cost_per_kwh},
	        {"total_cost_gbp", cost, s->total_cost_gbp},
	        {"soc_from", d->soc_from, s->soc_from},
	        {"soc_to", d->soc_to, s->soc_to},
	        {"ambient_temp_c", d->ambient_temp_c, s->ambient_temp_c},
	        {"preconditioning_events", d->preconditioning_events, s->preconditioning_events},
	        {"started_at", d->started_at ? d->started_at : REC_NONE, s->started_at},
	        {"ended_at", d->ended_at ? d->ended_at : REC_NONE, s->ended_at},
	};
	const struct {
		const char *field;
		struct str said, stored;
	} texts[] = {{"charge_type", d->charge_type, s->charge_type},
	             {"location_label", d->location_label, s->location_label},
	             {"charge_network", d->charge_network, s->charge_network},
	             {"notes", d->notes, s->notes}};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].said.n && !str_eq(texts[i].said, texts[i].stored))
			return texts[i].field;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].said != REC_NONE && numbers[i].said != numbers[i].stored)
			return numbers[i].field;
	return d->preconditioning_used && !s->preconditioning_used ? "preconditioning_used" : NULL;
}

enum err charge_take(struct ctx *c, const struct charge_edit *d, int64_t user_id, int64_t job_id, bool dry,
                     enum charge_outcome *outcome, const char **differs)
{
	struct charge_edit all = *d;
	struct charge stored;
	int64_t cost;
	enum err e = charge_same(c, d, &stored);
	*differs = NULL;
	if (!e) {
		*differs = first_difference(d, &stored, d->total_cost_gbp);
		*outcome = *differs ? CHARGE_DIFFERS : CHARGE_IDENTICAL;
		return OK;
	}
	if (e != ERR_NOT_FOUND)
		return e;
	*outcome = CHARGE_NEW;
	e = charge_cost(c, d, user_id, &cost);
	bool computed = cost != REC_NONE && (d->total_cost_gbp == REC_NONE || d->total_cost_gbp == cost);
	if (computed)
		all.total_cost_gbp = cost;
	return e || dry ? e : charge_insert(c, (struct str){NULL, 0}, &all, computed, job_id);
}

enum err charge_job_undo(struct ctx *c, int64_t job_id, bool undo, int64_t *changed)
{
	enum err e = db_run(c->db, undo ? &sql_charge_job_undo : &sql_charge_job_redo, DB_ARGS(db_i(job_id)));
	*changed = e ? 0 : db_changes(c->db);
	return e;
}
