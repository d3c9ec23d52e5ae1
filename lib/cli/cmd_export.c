/* readings-export: readings as CSV or as a workbook, to a file that appears only when it is whole, or to
 * standard output; and export-run, which keeps the file in the storage folder. */
#include <stdio.h>

#include "app/export_file.h"
#include "app/export_job.h"
#include "base/civil.h"
#include "cli/cli.h"
#include "codec/json.h"

int cmd_readings_export(struct cli *c);
int cmd_export_run(struct cli *c);

struct wanted {
	struct str shape, format;
	struct export_filter filter;
};

static int say(const struct export_counts *n)
{
	fprintf(stderr, "%lld readings in %lld rows.\n", (long long)n->readings, (long long)n->rows);
	if (n->skipped_series)
		fprintf(stderr, "%lld series do not fit this shape: --shape long carries them.\n",
		        (long long)n->skipped_series);
	return 0;
}

static int write_to(struct cli *c, void *arg, int fd, const char *name)
{
	const struct wanted *w = arg;
	struct export_counts counts;
	enum err e = export_readings_to_fd(&c->ctx, w->shape, w->format, &w->filter, fd, NULL, &counts);
	if (e)
		fprintf(stderr, "wattledger: %s: ", name);
	return e ? cli_failed(c, e) : say(&counts);
}

int cmd_readings_export(struct cli *c)
{
	struct wanted w = {.shape = str_of(c->opt[OPT_shape] ? c->opt[OPT_shape] : "long"),
	                   .format = str_of(c->opt[OPT_format] ? c->opt[OPT_format] : "csv"),
	                   .filter = {.first_day = EXPORT_FIRST_DAY, .last_day = EXPORT_LAST_DAY}};
	struct export_filter *f = &w.filter;
	const char *to = c->opt[OPT_to];
	if (!export_shape_known(w.shape))
		return cli_usage("--shape is " EXPORT_SHAPES ", not \"%s\".", c->opt[OPT_shape]);
	if (!export_format_known(w.format))
		return cli_usage("--format is csv or xlsx, not \"%s\".", c->opt[OPT_format]);
	if (!cli_day(c, OPT_from, "from", &f->first_day) || !cli_day(c, OPT_to_date, "to-date", &f->last_day) ||
	    !cli_number(c, OPT_property, 0, &f->property_id))
		return 2;
	if (f->last_day < f->first_day)
		return cli_usage("--to-date is before --from.");
	enum err e = cli_meter(c, &f->meter_id);
	if (e)
		return cli_failed(c, e);
	return cli_write_target(c, to, &(struct cli_target){write_to, &w, str_eqz(w.format, "xlsx")});
}

/* An export as the page and the API make them, kept in the storage folder: prints its id. */
int cmd_export_run(struct cli *c)
{
	struct export_wanted w = {.shape = str_of(c->opt[OPT_shape]),
	                          .format = str_of(c->opt[OPT_format]),
	                          .from = str_of(c->opt[OPT_from]),
	                          .to = str_of(c->opt[OPT_to_date])};
	struct export_job x;
	int64_t meter;
	if (!cli_number(c, OPT_property, 0, &w.property_id))
		return 2;
	enum err e = cli_user(c, &c->ctx.actor.user_id);
	if (!e)
		e = cli_meter(c, &meter);
	if (!e && meter) {
		w.meter = &meter;
		w.meters = 1;
	}
	if (!e)
		e = export_here(&c->ctx, &w, c->stop, &x);
	if (e)
		return cli_failed(c, e);
	struct buf b = BUF_INIT(65536);
	if (c->json) {
		struct json_out j;
		json_start(&j, &b);
		json_object(&j);
		json_rec(&j, &export_job_desc, &x);
		json_key(&j, "path");
		json_str(&j, str_of(storage_path(&c->storage, c->ctx.arena,
		                                 arena_strz(c->ctx.arena, x.file_path))));
		json_end_object(&j);
		buf_addc(&b, '\n');
	} else {
		buf_printf(&b, "%s\n",
		           storage_path(&c->storage, c->ctx.arena, arena_strz(c->ctx.arena, x.file_path)));
	}
	bool ok = cli_print(&b);
	buf_free(&b);
	say(&(struct export_counts){x.reading_count, x.record_count, x.skipped_series});
	return ok ? 0 : 1;
}
