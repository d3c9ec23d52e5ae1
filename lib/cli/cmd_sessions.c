/* sessions-export: charging sessions as source A's CSV. (sessions-import is in cmd_import.c: it is an import.)
 */
#include <stdio.h>

#include "app/charging/charge_export.h"
#include "cli/cli.h"
#include "codec/json.h"

int cmd_sessions_export(struct cli *c);

static void say(struct cli *c, int64_t rows)
{
	struct buf b = BUF_INIT(4096);
	struct json_out j;
	if (!c->json || strcmp(c->opt[OPT_to], "-") == 0) {
		fprintf(stderr, "%lld charging sessions.\n", (long long)rows);
		return;
	}
	json_start(&j, &b);
	json_object(&j);
	json_key(&j, "file");
	json_str(&j, str_of(c->opt[OPT_to]));
	json_key(&j, "exported_rows");
	json_int(&j, rows);
	json_end_object(&j);
	buf_addc(&b, '\n');
	cli_print(&b);
	buf_free(&b);
}

static int put(struct cli *c, void *arg, int fd, const char *name)
{
	const struct charge_filter *f = arg;
	int64_t rows;
	enum err e = charge_export_to_fd(&c->ctx, f, c->opt[OPT_all_columns] != NULL, fd, &rows);
	if (e)
		fprintf(stderr, "wattledger: %s: ", name);
	else
		say(c, rows);
	return e ? cli_failed(c, e) : 0;
}

int cmd_sessions_export(struct cli *c)
{
	struct charge_filter f = {.from = REC_NONE, .to = REC_NONE};
	int32_t from = INT32_MIN, to = INT32_MAX;
	if (!cli_day(c, OPT_from, "from", &from) || !cli_day(c, OPT_to_date, "to-date", &to))
		return 2;
	if (to < from)
		return cli_usage("--to-date is before --from.");
	f.from = from;
	f.to = to;
	enum err e = cli_user(c, &f.user_id);
	if (!e)
		e = cli_car(c, f.user_id, &f.car_id);
	return e ? cli_failed(c, e) : cli_write_target(c, c->opt[OPT_to], &(struct cli_target){put, &f, false});
}
