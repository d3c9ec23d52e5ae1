/* backup_view: see backup_view.h. */
#include "web/backup_view.h"

#include "codec/json.h"
#include "web/frame.h"
#include "web/job_view.h"

static const char *what(const struct backup_job *k)
{
	if (str_eqz(k->mode, "create"))
		return "Making a backup";
	if (str_eqz(k->mode, "verify"))
		return "Verifying a backup";
	if (k->dry_run)
		return "Looking what a restore would change";
	return str_eqz(k->mode, "merge") ? "Merging a backup" : "Restoring a backup";
}

void backup_view_job(struct request *r, struct view *v, const struct backup_job *k)
{
	const struct job status = {.status = k->status,
	                           .cancel_requested = k->cancel_requested,
	                           .total_rows = k->total_rows,
	                           .processed_rows = k->processed_rows};
	int tenths = job_progress(&status);

	view_set(v, "HREF", request_join(r, STR("/admin/backups/jobs/"), k->job_id));
	view_setz(v, "WHAT", what(k));
	view_set(v, "STATUS", k->status);
	view_setz(v, "STATUS_LABEL", job_view_status(&status));
	view_setz(v, "PERCENT", arena_printf(r->ctx->arena, "%d.%d", tenths / 10, tenths % 10));
	view_int(v, "PROGRESS", tenths);
}

/* What people call a table: "charging_sessions" -> "Charging sessions". */
static const char *title(struct request *r, struct str table)
{
	static const struct {
		const char *table, *title;
	} other[] = {
	        {"series", "Channels of meters"},
	        {"days", "Days of readings"},
	        {"day_layers", "Days stated again"},
	        {"job_series", "Ranges of imports"},
	        {"job_errors", "Rejected rows"},
	        {"site_layers", "Sites in files"},
	        {"edits", "Edits of readings"},
	        {"schedules", "Scheduled imports"},
	        {"export_schedules", "Scheduled exports"},
	        {"tokens", "API tokens"},
	        {"charging_stated", "Sessions stated again"},
	        {"audit", "Audit log"},
	};

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		if (str_eqz(table, other[i].table))
			return other[i].title;
	char *s = arena_printf(r->ctx->arena, "%.*s", STR_ARG(table));

	for (char *p = s; *p; p++)
		*p = *p == '_' ? ' ' : *p;
	if (*s >= 'a' && *s <= 'z')
		*s = (char)(*s - 'a' + 'A');
	return s;
}

static void count(struct request *r, struct view *v, const char *name, const struct json *table,
                  const char *member)
{
	int64_t n = json_number(json_member(table, member));

	view_set(v, name, n ? frame_number(r, n) : STR(""));
}

/* Tables in which there is nothing are left out. */
static bool is_empty(const struct json *t)
{
	return !json_number(json_member(t, "added")) && !json_number(json_member(t, "changed")) &&
	       !json_number(json_member(t, "left")) && !json_number(json_member(t, "removed"));
}

static void show_tables(struct request *r, struct view *v, const struct json *tables)
{
	size_t shown = 0;

	for (size_t i = 0; i < json_count(tables); i++) {
		const struct json *t = json_item(tables, i);

		if (is_empty(t))
			continue;
		struct view *row = view_section(v, "TABLE");

		shown++;
		view_setz(row, "NAME", title(r, json_text(json_member(t, "name"))));
		count(r, row, "ADDED", t, "added");
		count(r, row, "CHANGED", t, "changed");
		count(r, row, "LEFT", t, "left");
		count(r, row, "REMOVED", t, "removed");
	}
	if (!shown)
		view_show(v, "NO_TABLE");
}

void backup_view_report(struct request *r, struct view *v, const struct backup_job *k)
{
	char why[160];
	struct json *root = k->report.n ? json_parse(k->report, why) : NULL;

	if (!root)
		return;
	const struct json *notes = json_member(root, "notes");
	struct view *report = view_section(v, "REPORT");

	view_show(report, k->dry_run ? "WOULD" : "DID");
	show_tables(r, report, json_member(root, "tables"));
	if (json_count(notes) > 0) {
		struct view *list = view_section(report, "NOTES");

		for (size_t i = 0; i < json_count(notes); i++)
			view_set(view_section(list, "NOTE"), "TEXT",
			         arena_str(r->ctx->arena, json_text(json_item(notes, i))));
	}
	json_free(root);
}
