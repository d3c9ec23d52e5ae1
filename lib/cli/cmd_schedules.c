/* schedule-add, schedule-list, schedule-remove, schedule-run. */
#include <stdio.h>

#include "app/schedule.h"
#include "base/civil.h"
#include "cli/cli.h"
#include "codec/json.h"
#include "codec/utf8.h"

int cmd_schedule_add(struct cli *c);
int cmd_schedule_list(struct cli *c);
int cmd_schedule_remove(struct cli *c);
int cmd_schedule_run(struct cli *c);

static int print_one(struct cli *c, const struct schedule *s, const char *text)
{
	struct buf b = BUF_INIT(1 << 20);
	struct json_out j;
	if (c->json) {
		json_start(&j, &b);
		schedule_json(&j, s);
		buf_addc(&b, '\n');
	} else {
		buf_printf(&b, "Schedule %lld: %s\n", (long long)s->id, text);
	}
	bool ok = cli_print(&b);
	buf_free(&b);
	return ok ? 0 : 1;
}

static const char *when(int64_t at, char text[CIVIL_TIME_TEXT])
{
	if (!at)
		return "never";
	civil_format_at(at, text);
	return text;
}

int cmd_schedule_add(struct cli *c)
{
	struct import_options o = {.type = str_of(c->opt[OPT_type] ? c->opt[OPT_type] : "auto"),
	                           .on_conflict = str_of(c->opt[OPT_on_conflict]),
	                           .meter = str_of(c->opt[OPT_meter]),
	                           .car = str_of(c->opt[OPT_car]),
	                           .time_zone = str_of(c->opt[OPT_time_zone]),
	                           .preset = str_of(c->opt[OPT_preset]),
	                           .strict = c->opt[OPT_strict] != NULL};
	struct schedule s;
	char next[CIVIL_TIME_TEXT];
	if (!cli_number(c, OPT_property, 0, &o.property_id) || !cli_answers(c, &o.answers))
		return 2;
	enum err e = cli_user(c, &c->ctx.actor.user_id);
	if (!e)
		e = schedule_add(&c->ctx, str_of(c->opt[OPT_address]), str_of(c->opt[OPT_cron]), &o, &s);
	if (e)
		return cli_failed(c, e);
	return print_one(c, &s, arena_printf(c->ctx.arena, "the first time is %s.", when(s.next_run_at, next)));
}

int cmd_schedule_list(struct cli *c)
{
	struct schedule *s;
	size_t n;
	char last[CIVIL_TIME_TEXT], next[CIVIL_TIME_TEXT];
	struct cli_list l;
	enum err e = schedule_list(&c->ctx, &s, &n);
	cli_list_begin(&l, c);
	for (size_t i = 0; !e && i < n; i++) {
		struct json_out *j = cli_list_json(&l);
		if (j)
			schedule_json(j, &s[i]);
		else
			buf_printf(&l.b, "%lld  %.*s  %.*s  %.*s\n    next %s, last %s%s%.*s\n",
			           (long long)s[i].id, STR_ARG(s[i].cron), STR_ARG(s[i].address),
			           STR_ARG(s[i].user_email),
			           s[i].is_enabled ? when(s[i].next_run_at, next) : "never: it is paused",
			           when(s[i].last_run_at, last), s[i].last_outcome.n ? ": " : "",
			           STR_ARG(utf8_line(c->ctx.arena, s[i].last_outcome)));
	}
	return cli_list_end(&l, e, "No schedules.");
}

static bool number(const struct cli *c, int64_t *id)
{
	return str_to_i64(str_of(c->arg[0]), id) ||
	       (cli_usage("a schedule is named by its number; schedule-list shows it."), false);
}

int cmd_schedule_remove(struct cli *c)
{
	int64_t id;
	if (!number(c, &id))
		return 2;
	enum err e = schedule_remove(&c->ctx, id);
	if (e)
		return cli_failed(c, e);
	printf("Removed.\n");
	return 0;
}

int cmd_schedule_run(struct cli *c)
{
	struct schedule s;
	int64_t id;
	if (!number(c, &id))
		return 2;
	enum err e = schedule_run(&c->ctx, id, c->stop, &s);
	if (e)
		return cli_failed(c, e);
	job_wake_worker(&c->ctx);
	return print_one(c, &s, arena_strz(c->ctx.arena, s.last_outcome));
}
