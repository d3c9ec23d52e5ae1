/* export-schedule-add, -list, -pause, -resume, -remove, -run: exports at set times. */
#include <stdio.h>

#include "app/export_period.h"
#include "app/export_schedule.h"
#include "base/civil.h"
#include "cli/cli.h"
#include "codec/json.h"
#include "codec/utf8.h"

int cmd_export_schedule_add(struct cli *c);
int cmd_export_schedule_list(struct cli *c);
int cmd_export_schedule_pause(struct cli *c);
int cmd_export_schedule_resume(struct cli *c);
int cmd_export_schedule_remove(struct cli *c);
int cmd_export_schedule_run(struct cli *c);

static void put_json(struct json_out *j, const struct export_schedule *s)
{
	json_object(j);
	json_rec(j, &export_schedule_desc, s);
	json_end_object(j);
}

static int print_one(struct cli *c, enum err e, const struct export_schedule *s, const char *text)
{
	struct buf b = BUF_INIT(65536);
	struct json_out j;
	if (e)
		return cli_failed(c, e);
	if (c->json) {
		json_start(&j, &b);
		put_json(&j, s);
		buf_addc(&b, '\n');
	} else {
		buf_printf(&b, "Scheduled export %lld: %s\n", (long long)s->id, text);
	}
	bool ok = cli_print(&b);
	buf_free(&b);
	return ok ? 0 : 1;
}

static const char *when(struct cli *c, int64_t at)
{
	char text[CIVIL_TIME_TEXT];
	if (!at)
		return "never";
	civil_format_at(at, text);
	return arena_printf(c->ctx.arena, "%s", text);
}

static const char *next_time(struct cli *c, const struct export_schedule *s)
{
	return arena_printf(c->ctx.arena, "the next time is %s.", when(c, s->next_run_at));
}

int cmd_export_schedule_add(struct cli *c)
{
	struct export_schedule_edit d = EXPORT_SCHEDULE_NEW;
	struct export_schedule s;
	d.cron = str_of(c->opt[OPT_cron]);
	d.period = str_of(c->opt[OPT_period]);
	if (c->opt[OPT_shape])
		d.shape = str_of(c->opt[OPT_shape]);
	if (c->opt[OPT_format])
		d.format = str_of(c->opt[OPT_format]);
	if (!cli_number(c, OPT_property, 0, &d.property_id) || !cli_number(c, OPT_days, 0, &d.days) ||
	    !cli_number(c, OPT_keep, d.keep, &d.keep))
		return 2;
	enum err e = cli_user(c, &c->ctx.actor.user_id);
	if (!e)
		e = cli_meter(c, &d.meter_id);
	if (!e)
		e = export_schedule_create(&c->ctx, &d, &s);
	return print_one(c, e, &s, e ? "" : next_time(c, &s));
}

static void put_line(struct cli *c, struct buf *b, const struct export_schedule *s)
{
	struct arena *a = c->ctx.arena;
	char period[EXPORT_PERIOD_TEXT];
	export_period_text(s->period, s->days, period);
	buf_printf(b, "%lld  %.*s %.*s  ", (long long)s->id, STR_ARG(s->shape), STR_ARG(s->format));
	if (s->meter_id)
		buf_printf(b, "meter %.*s", STR_ARG(utf8_line(a, s->meter)));
	else if (s->property_id)
		buf_printf(b, "property %lld %.*s", (long long)s->property_id,
		           STR_ARG(utf8_line(a, s->property_name)));
	else
		buf_addz(b, "all properties");
	buf_printf(b, "  %s  %.*s %.*s  %.*s\n    next %s, last %s%s%.*s%s%.*s\n", period, STR_ARG(s->cron),
	           STR_ARG(s->time_zone), STR_ARG(s->user_email),
	           s->is_enabled ? when(c, s->next_run_at) : "never: it is paused", when(c, s->last_run_at),
	           s->last_outcome.n ? ": " : "", STR_ARG(utf8_line(a, s->last_outcome)),
	           s->last_job_status.n ? " Its last job: " : "", STR_ARG(s->last_job_status));
}

int cmd_export_schedule_list(struct cli *c)
{
	struct cli_list l;
	struct export_schedule *s;
	size_t n;
	int64_t total = 1;
	enum err e = OK;
	cli_list_begin(&l, c);
	for (int64_t offset = 0; !e && offset < total; offset += CLI_LIST_PAGE) {
		e = export_schedule_list(&c->ctx, CLI_LIST_PAGE, offset, &s, &n, &total);
		for (size_t i = 0; !e && i < n; i++)
			if (!cli_list_row(&l, &export_schedule_desc, &s[i]))
				put_line(c, &l.b, &s[i]);
	}
	return cli_list_end(&l, e, "No scheduled exports.");
}

static bool number(const struct cli *c, int64_t *id)
{
	return str_to_i64(str_of(c->arg[0]), id) ||
	       (cli_usage("a scheduled export is named by its number; export-schedule-list shows it."), false);
}

static int enable(struct cli *c, bool on)
{
	struct export_schedule s;
	int64_t id;
	if (!number(c, &id))
		return 2;
	enum err e = export_schedule_enable(&c->ctx, id, on, &s);
	return print_one(c, e, &s, e ? "" : on ? next_time(c, &s) : "paused.");
}

int cmd_export_schedule_pause(struct cli *c)
{
	return enable(c, false);
}

int cmd_export_schedule_resume(struct cli *c)
{
	return enable(c, true);
}

int cmd_export_schedule_remove(struct cli *c)
{
	int64_t id;
	if (!number(c, &id))
		return 2;
	enum err e = export_schedule_remove(&c->ctx, id);
	if (e)
		return cli_failed(c, e);
	printf("Removed.\n");
	return 0;
}

int cmd_export_schedule_run(struct cli *c)
{
	struct export_schedule s;
	int64_t id;
	if (!number(c, &id))
		return 2;
	enum err e = export_schedule_ask(&c->ctx, id, &s);
	if (!e)
		job_wake_worker(&c->ctx);
	return print_one(c, e, &s, e ? "" : arena_strz(c->ctx.arena, s.last_outcome));
}
