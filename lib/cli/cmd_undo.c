/* import-undo, import-redo: at once, as an import is. */
#include <stdio.h>

#include "app/undo.h"
#include "cli/cli.h"
#include "codec/json.h"

int cmd_import_undo(struct cli *c);
int cmd_import_redo(struct cli *c);

static void put(struct json_out *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

static void print_json(const struct undo_report *r, bool dry)
{
	struct buf b = BUF_INIT(1 << 20);
	struct json_out j;
	json_start(&j, &b);
	json_object(&j);
	json_key(&j, "batch_id");
	json_str(&j, r->of.batch_id);
	json_key(&j, "job_batch_id");
	json_str(&j, r->job.batch_id);
	json_key(&j, "dry_run");
	json_bool(&j, dry);
	put(&j, "days", r->days);
	put(&j, "days_removed", r->days_removed);
	put(&j, "days_changed", r->days_changed);
	put(&j, "days_added", r->days_added);
	put(&j, "days_unchanged", r->days_same);
	put(&j, "meters", r->meters);
	put(&j, "cars", r->cars);
	put(&j, "sessions_edited", r->sessions_edited);
	json_end_object(&j);
	buf_addc(&b, '\n');
	cli_print(&b);
	buf_free(&b);
}

static void print_text(const struct undo_report *r, enum undo_what what, bool dry)
{
	static const char *const did[][2] = {{"Undone", "Would undo"}, {"Redone", "Would redo"}};
	printf("%s %.*s: %lld %s, %lld %s, %lld show other values, %lld stay as they are.\n", did[what][dry],
	       STR_ARG(r->of.filename), (long long)r->days,
	       str_eqz(r->of.import_type, "sessions") ? "charging sessions" : "days",
	       (long long)(what == UNDO ? r->days_removed : r->days_added), what == UNDO ? "go" : "come back",
	       (long long)r->days_changed, (long long)r->days_same);
	if (r->meters)
		printf("Meters that %s with it: %lld.\n", what == UNDO ? "go" : "come back",
		       (long long)r->meters);
	if (r->cars)
		printf("Cars that %s with it: %lld.\n", what == UNDO ? "go" : "come back", (long long)r->cars);
	if (r->sessions_edited)
		printf("Charging sessions that stay, as they have been changed by hand: %lld.\n",
		       (long long)r->sessions_edited);
	if (dry)
		printf("This was a dry run: nothing was changed.\n");
}

static int run(struct cli *c, enum undo_what what)
{
	bool dry = c->opt[OPT_dry_run] != NULL;
	struct undo_report r;
	enum err e = cli_open(c, dry ? STORAGE_FOR_READING : STORAGE_FOR_WORKER);
	if (e)
		return cli_failed(c, e);
	e = dry ? undo_foresee(&c->ctx, str_of(c->arg[0]), what, &r)
	        : undo_here(&c->ctx, str_of(c->arg[0]), what, c->stop, &r);
	if (e)
		return cli_failed(c, e);
	if (c->json)
		print_json(&r, dry);
	else
		print_text(&r, what, dry);
	return 0;
}

int cmd_import_undo(struct cli *c)
{
	return run(c, UNDO);
}

int cmd_import_redo(struct cli *c)
{
	return run(c, REDO);
}
