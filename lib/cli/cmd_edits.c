/* readings-set, readings-exclude, edit-list, edit-undo, edit-redo: edits of readings (app/edit.h). A range is
 * said by the meter's clock; lists are in UTC, as all of the command line's. */
#include <stdio.h>

#include "app/edit.h"
#include "app/reading.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "cli/cli.h"
#include "codec/json.h"
#include "codec/utf8.h"

int cmd_readings_set(struct cli *c);
int cmd_readings_exclude(struct cli *c);
int cmd_edit_list(struct cli *c);
int cmd_edit_undo(struct cli *c);
int cmd_edit_redo(struct cli *c);

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     100000

static int print_json(const struct edit *e)
{
	struct buf b = BUF_INIT(65536);
	struct json_out j;
	json_start(&j, &b);
	json_object(&j);
	json_rec(&j, &edit_desc, e);
	json_end_object(&j);
	buf_addc(&b, '\n');
	bool ok = cli_print(&b);
	buf_free(&b);
	return ok ? 0 : 1;
}

/* ---- making one ---- */

/* What is written wrongly is said, and false. */
static bool read_wanted(const struct cli *c, struct edit_wanted *w)
{
	const char *value = c->opt[OPT_value], *quality = c->opt[OPT_quality];
	w->channel = str_of(c->opt[OPT_channel]);
	w->quality = str_of(quality);
	w->reason = str_of(c->opt[OPT_reason]);
	w->has_value = value != NULL;
	if (value && dec_parse(str_of(value), '.', &w->value) != DEC_OK) {
		cli_usage("--value is a number such as 1.25, with at most six decimal places, not \"%s\".",
		          value);
		return false;
	}
	if (quality && (strlen(quality) != 1 || !strchr("AES", quality[0]))) {
		cli_usage("--quality is S, E or A, not \"%s\".", quality);
		return false;
	}
	return cli_number(c, OPT_answer_interval_minutes, 0, &w->interval_minutes);
}

/* By the clock of the meter. */
static enum err read_range(struct cli *c, int64_t meter, struct edit_wanted *w)
{
	const struct tz *zone;
	enum err e = reading_zone(&c->ctx, meter, 0, &zone);
	if (!e)
		e = reading_parse_at(&c->ctx, "start", str_of(c->opt[OPT_start]), zone, true, false, &w->start);
	if (!e)
		e = reading_parse_at(&c->ctx, "end", str_of(c->opt[OPT_end]), zone, true, true, &w->end);
	return e;
}

static int make(struct cli *c, const char *action)
{
	struct edit_wanted w = {.action = str_of(action)};
	struct edit made;
	int64_t meter;
	if (!read_wanted(c, &w))
		return 2;
	enum err e = cli_user(c, &c->ctx.actor.user_id);
	if (!e)
		e = cli_meter(c, &meter);
	if (!e)
		e = read_range(c, meter, &w);
	if (!e)
		e = edit_add(&c->ctx, meter, &w, &made);
	if (e)
		return cli_failed(c, e);
	if (c->json)
		return print_json(&made);
	printf("%s %lld intervals of %lld minutes, of which %lld showed something else before. edit-undo %lld "
	       "takes it out again.\n",
	       w.has_value ? "Set" : "Excluded", (long long)made.intervals, (long long)made.interval_minutes,
	       (long long)made.intervals_changed, (long long)made.id);
	return 0;
}

int cmd_readings_set(struct cli *c)
{
	return make(c, "set");
}

int cmd_readings_exclude(struct cli *c)
{
	return make(c, "exclude");
}

/* ---- looking ---- */

static void put_line(struct cli *c, struct buf *b, const struct edit *e)
{
	char from[CIVIL_TIME_TEXT], until[CIVIL_TIME_TEXT];
	civil_format_at(e->start, from);
	civil_format_at(e->end, until);
	const char *what = e->value.n ? arena_printf(c->ctx.arena, "%.*s %.*s (%.*s)", STR_ARG(e->value),
	                                             STR_ARG(e->unit), STR_ARG(e->quality))
	                              : "excluded";
	buf_printf(b, "%6lld  %s  %s  %-9s  %-20s  %-9.*s  %4lld  %s: %.*s\n", (long long)e->id, from, until,
	           e->taken_out_at ? "taken out" : "holds", what, STR_ARG(e->channel),
	           (long long)e->interval_minutes,
	           e->made_by.n ? arena_strz(c->ctx.arena, e->made_by) : "the command line",
	           STR_ARG(utf8_line(c->ctx.arena, e->reason)));
}

int cmd_edit_list(struct cli *c)
{
	struct edit *all;
	size_t n;
	int64_t meter, limit, total;
	if (!cli_number(c, OPT_limit, LIMIT_DEFAULT, &limit))
		return 2;
	if (limit < 1 || limit > LIMIT_MAX)
		return cli_usage("--limit is 1 to %d.", LIMIT_MAX);
	enum err e = cli_meter(c, &meter);
	if (!e)
		e = edit_list(&c->ctx, meter, limit, 0, &all, &n, &total);
	if (e)
		return cli_failed(c, e);
	struct buf b = BUF_INIT(64 << 20);
	if (c->json) {
		struct json_out j;
		json_start(&j, &b);
		json_object(&j);
		json_key(&j, "items");
		json_array(&j);
		for (size_t i = 0; i < n; i++) {
			json_object(&j);
			json_rec(&j, &edit_desc, &all[i]);
			json_end_object(&j);
		}
		json_end_array(&j);
		json_key(&j, "total");
		json_int(&j, total);
		json_end_object(&j);
		buf_addc(&b, '\n');
	} else if (n == 0) {
		buf_addz(&b, "No edits.\n");
	} else {
		buf_printf(&b, "%6s  %-20s  %-20s  %-9s  %-20s  %-9s  %4s  %s\n", "ID", "FROM", "UNTIL",
		           "STATE", "SET TO", "CHANNEL", "MIN", "WHO AND WHY");
		for (size_t i = 0; i < n; i++)
			put_line(c, &b, &all[i]);
	}
	bool ok = cli_print(&b);
	buf_free(&b);
	return ok ? 0 : 1;
}

/* ---- out and back ---- */

typedef enum err edit_move_fn(struct ctx *c, int64_t meter_id, int64_t id, struct edit *out);

static int move(struct cli *c, edit_move_fn *to, const char *done)
{
	struct edit moved;
	int64_t id, meter = 0;
	if (!str_to_i64(str_of(c->arg[0]), &id))
		return cli_usage("ID is the number of an edit, not \"%s\": edit-list shows them.", c->arg[0]);
	enum err e = edit_meter(&c->ctx, id, &meter);
	if (!e)
		e = to(&c->ctx, meter, id, &moved);
	if (e)
		return cli_failed(c, e);
	if (c->json)
		return print_json(&moved);
	printf("%s\n", done);
	return 0;
}

int cmd_edit_undo(struct cli *c)
{
	return move(c, edit_take_out, "Taken out: what the edit covered shows again.");
}

int cmd_edit_redo(struct cli *c)
{
	return move(c, edit_put_back, "Put back at its place.");
}
