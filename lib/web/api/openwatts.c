/*
 * openwatts: the export API of source C as it stands: its request, replies, status words, messages, error codes
 * and rules. What it exports are real readings; the jobs are export_job's, the same that our own API and page
 * show.
 *
 * Its words: what is queued or processing is "pending", what was cancelled is "failed" with the code CANCELLED
 * (DECISIONS 25). A job that is not there, or somebody else's, is a 200 that says "not_found"; only its
 * download is a 404.
 */
#include "app/export_job.h"
#include "base/civil.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "web/api/bodies.h"
#include "web/export_view.h"
#include "web/fields.h"
#include "web/handlers.h"

#define RANGE_MIN    60 /* seconds */
#define ID_MAX_BYTES 255

struct asked {
	struct str smart_meter_id, start_datetime, end_datetime, format;
};
static const struct rec_field asked_fields[] = {
        REC_FLAGS(struct asked, smart_meter_id, REC_TEXT, REC_NOT_NULL),
        REC_FLAGS(struct asked, start_datetime, REC_TEXT, REC_NOT_NULL),
        REC_FLAGS(struct asked, end_datetime, REC_TEXT, REC_NOT_NULL),
        REC_FLAGS(struct asked, format, REC_TEXT, REC_NOT_NULL),
};
const struct rec_desc api_openwatts_asked_desc = REC_DESC(struct asked, asked_fields);
enum { GIVEN_METER = 1, GIVEN_START = 2, GIVEN_END = 4, GIVEN_FORMAT = 8 };

/* ---- the rules ---- */

static enum err wrong(struct request *r, const char *field, const char *why)
{
	return ctx_fail(r->ctx, ERR_INVALID, field, "%s", why);
}

static enum err read_instant(struct request *r, const char *field, struct str text, int64_t *at)
{
	if (civil_parse_at(text, at))
		return OK;
	return ctx_fail(r->ctx, ERR_INVALID, field,
	                "Invalid datetime format: \"%s\" is ISO 8601 with its offset from UTC, such as "
	                "2024-01-01T00:00:00Z.",
	                field);
}

/* The same clock reading a year later (of 29 February: 1 March). */
static int64_t year_later(int64_t at)
{
	int32_t day = (int32_t)((at >= 0 ? at : at - 86399) / 86400);
	struct civil d = civil_from_day(day);

	d.year++;
	if (!civil_valid(d.year, d.month, d.day)) {
		d.month = 3;
		d.day = 1;
	}
	return at + (int64_t)(civil_to_day(d) - day) * 86400;
}

static enum err check_range(struct request *r, int64_t start, int64_t end)
{
	int64_t now = ctx_now(r->ctx);

	if (start >= now)
		return wrong(r, "start_datetime", "The start datetime must be in the past.");
	if (end <= start)
		return wrong(r, "end_datetime", "The end datetime must be after the start datetime.");
	if (end > now)
		return wrong(r, "end_datetime", "The end datetime must not be in the future.");
	if (end - start < RANGE_MIN)
		return wrong(r, "end_datetime", "The date range is too small: the minimum is 1 minute.");
	if (end > year_later(start))
		return wrong(r, "end_datetime", "The date range is too large: the maximum is 1 year.");
	return OK;
}

static enum err check(struct request *r, const struct asked *a, uint64_t given, int64_t *start, int64_t *end)
{
	enum err e;

	if (!(given & GIVEN_METER) || a->smart_meter_id.n == 0)
		return wrong(r, "smart_meter_id", "The smart meter ID is required.");
	if (a->smart_meter_id.n > ID_MAX_BYTES ||
	    !str_eq(utf8_line(r->ctx->arena, a->smart_meter_id), a->smart_meter_id))
		return wrong(r, "smart_meter_id",
		             "Invalid smart meter ID: it is one line of at most 255 bytes.");
	if (!(given & GIVEN_START))
		return wrong(r, "start_datetime", "The start datetime is required.");
	if (!(given & GIVEN_END))
		return wrong(r, "end_datetime", "The end datetime is required.");
	if (given & GIVEN_FORMAT && !str_eqz(a->format, "csv"))
		return wrong(r, "format", "The format must be \"csv\".");
	e = read_instant(r, "start_datetime", a->start_datetime, start);
	if (!e)
		e = read_instant(r, "end_datetime", a->end_datetime, end);
	return e ? e : check_range(r, *start, *end);
}

static struct str instant(struct request *r, int64_t at)
{
	char text[CIVIL_TIME_TEXT];

	civil_format_at(at, text);
	return arena_str(r->ctx->arena, str_of(text));
}

/* ---- replies ---- */

static void member(struct json_out *j, const char *key, struct str value)
{
	json_key(j, key);
	json_str(j, value);
}

static void put_file_info(struct request *r, struct json_out *j, const struct export_job *x)
{
	json_key(j, "file_info");
	json_object(j);
	member(j, "filename", x->filename);
	member(j, "download_url", request_printf_link(r, "/api/export/download/%.*s", STR_ARG(x->job_id)));
	json_key(j, "file_size_bytes");
	json_int(j, x->file_size_bytes);
	json_key(j, "record_count");
	json_int(j, x->record_count);
	json_key(j, "export_period");
	json_object(j);
	member(j, "start", x->range_from);
	member(j, "end", x->range_to);
	json_end_object(j);
	json_end_object(j);
}

static void put_error(struct json_out *j, const struct export_job *x)
{
	struct str code = export_job_error(x);
	bool no_meter = str_eqz(code, "SMART_METER_NOT_FOUND"), cancelled = str_eqz(code, "CANCELLED");

	json_key(j, "error");
	json_object(j);
	member(j, "code", code);
	member(j, "message", cancelled ? STR("The export was cancelled") : x->error_message);
	member(j, "details",
	       no_meter    ? STR("The specified smart meter does not exist in the system")
	       : cancelled ? STR("It was cancelled before it was completed")
	                   : x->error_message);
	json_end_object(j);
}

struct reply *api_export_csv(struct request *r)
{
	struct asked a = {.format = STR("csv")};
	struct export_wanted w = {.shape = STR("openwatts"), .format = STR("csv")};
	struct export_job x;
	struct json_out j;
	uint64_t given;
	int64_t start, end;

	if (fields_json(r, &api_openwatts_asked_desc, &a, &given) != OK ||
	    check(r, &a, given, &start, &end) != OK)
		return reply_fault(r);
	w.smart_meter_id = a.smart_meter_id;
	w.from = instant(r, start);
	w.to = instant(r, end);
	if (export_queue(r->ctx, &w, &x) != OK)
		return reply_fault(r);
	job_wake_worker(r->ctx);
	json_start(&j, r->out);
	json_object(&j);
	member(&j, "job_id", x.job_id);
	member(&j, "status", STR("pending"));
	member(&j, "message", STR("Export job created successfully"));
	json_end_object(&j);
	return reply_json(r, 200);
}

static struct reply *not_found(struct request *r)
{
	struct json_out j;
	struct str id = utf8_cut(utf8_clean(r->ctx->arena, r->param[0]), 100);

	json_start(&j, r->out);
	json_object(&j);
	member(&j, "status", STR("not_found"));
	member(&j, "message", str_of(arena_printf(r->ctx->arena, "Job with ID '%.*s' not found", STR_ARG(id))));
	json_end_object(&j);
	return reply_json(r, 200);
}

struct reply *api_export_status(struct request *r)
{
	struct export_job x;
	struct json_out j;
	enum err e = export_get(r->ctx, r->param[0], &x);
	bool done, active;

	if (e)
		return e == ERR_NOT_FOUND ? not_found(r) : reply_fault(r);
	done = str_eqz(x.status, "completed");
	active = export_active(&x);
	json_start(&j, r->out);
	json_object(&j);
	member(&j, "job_id", x.job_id);
	member(&j, "status", active ? STR("pending") : done ? STR("completed") : STR("failed"));
	member(&j, "message",
	       active ? STR("Job is being processed")
	       : done ? STR("Export completed successfully")
	              : STR("Export failed"));
	member(&j, "created_at", instant(r, x.created_at));
	member(&j, "updated_at", instant(r, x.updated_at));
	if (done)
		put_file_info(r, &j, &x);
	else if (!active)
		put_error(&j, &x);
	json_end_object(&j);
	return reply_json(r, 200);
}

struct reply *api_export_download(struct request *r)
{
	return export_download(r, r->param[0]);
}
