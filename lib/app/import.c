/* import: see import.h. */
#include "app/import.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/import/format.h"
#include "app/meter.h"
#include "app/preset.h"
#include "app/right.h"
#include "app/setting.h"
#include "app/storage.h"
#include "app/user.h"
#include "codec/utf8.h"
#include "db/db.h"

/* of a property, or of whom it belongs to; without one, of whom the import is by */
SQL(import_property_zone, "SELECT COALESCE(p.time_zone, u.time_zone, '') FROM properties p LEFT JOIN users u "
                          "ON u.id = p.owner_id WHERE "
                          "p.id = ? UNION ALL SELECT COALESCE(u.time_zone, '') FROM users u WHERE u.id = ? AND "
                          "CAST(? AS BIGINT) = 0");

bool import_type_known(struct str type)
{
	bool known = str_eqz(type, "auto");
	for (size_t i = 0; i < import_formats_count; i++)
		known = known || str_eqz(type, import_formats[i].name);
	return known;
}

/* ---- options ---- */

#define METER_MAX 64
#define CAR_MAX   240 /* bytes */

static bool text_fine(struct str s, size_t most)
{
	bool fine = s.n <= most && utf8_valid(s);
	for (size_t i = 0; i < s.n && fine; i++)
		fine = (unsigned char)s.p[i] >= 32 && s.p[i] != 127;
	return fine;
}

bool import_conflict_known(struct str word)
{
	enum series_policy unused;
	return series_policy_of(word, &unused);
}

enum err import_check(struct ctx *c, const struct import_options *o)
{
	enum series_policy p;
	if (!import_type_known(o->type))
		return ctx_fail(
		        c, ERR_INVALID, "type",
		        "The type is auto, hh, daily, interval, register, openwatts, nem12, nem13, sites or "
		        "sessions, "
		        "not \"%.*s\".",
		        STR_ARG(str_sub(o->type, 0, 30)));
	if (o->on_conflict.n && !series_policy_of(o->on_conflict, &p))
		return ctx_fail(c, ERR_INVALID, "on_conflict",
		                "On conflict is replace, keep or actual-wins, not \"%.*s\".",
		                STR_ARG(str_sub(o->on_conflict, 0, 30)));
	if (o->time_zone.n && !tz_load(o->time_zone))
		return ctx_fail(c, ERR_INVALID, "time_zone",
		                "There is no time zone \"%.*s\". Write it as Europe/London.",
		                STR_ARG(str_sub(o->time_zone, 0, 60)));
	if (!text_fine(o->meter, METER_MAX))
		return ctx_fail(c, ERR_INVALID, "meter",
		                "A meter's identifier has at most %d characters and no control characters.",
		                METER_MAX);
	if (!text_fine(o->car, CAR_MAX))
		return ctx_fail(c, ERR_INVALID, "car",
		                "A car's name has at most 60 characters and no control characters.");
	if (o->property_id) {
		enum err e = right_to_property(c, o->property_id, RIGHT_EDIT);
		if (e)
			return e;
	}
	return answers_check(&o->answers, &c->fault);
}

/* The zone of new meters: option > property > user > instance (DECISIONS 6). */
static const struct tz *zone_for(struct ctx *c, const struct job *j)
{
	struct db_cur cur;
	const struct tz *z = NULL;
	if (j->time_zone.n)
		return tz_load(j->time_zone);
	db_query(c->db, &cur, &sql_import_property_zone,
	         DB_ARGS(db_i(j->property_id), db_i(j->user_id), db_i(j->property_id)));
	if (db_next(&cur) && db_text(&cur, 0).n)
		z = tz_load(db_text(&cur, 0));
	db_done(&cur);
	return z ? z : setting_zone(c);
}

/* The identifier that the option means: one as it stands, or that of the meter with this number. */
static struct str meter_named(struct ctx *c, struct str option)
{
	struct meter m;
	uint64_t id;
	struct fault before = c->fault;
	struct str out = str_trim(option);
	if (out.n && meter_by_identifier(c, out, &m) == ERR_NOT_FOUND && str_to_u64(out, INT64_MAX, &id) &&
	    meter_get(c, (int64_t)id, &m) == OK)
		out = m.identifier;
	c->fault = before;
	return out;
}

/* Who asked for it when it was queued may not be who may do it now. */
static enum err by_whom(struct ctx *c, const struct job *j, int64_t *as_user)
{
	const struct actor self = c->actor;
	struct user u;
	enum err e = user_by_id(c, j->user_id, &u);
	if (e)
		return e;
	*as_user = role_of(u.role) == ROLE_ADMIN ? 0 : u.id;
	c->actor = user_actor(&u);
	e = u.is_active ? right_to_write(c) : ERR_FORBIDDEN;
	if (!e && j->property_id)
		e = right_to_property(c, j->property_id, RIGHT_EDIT);
	c->actor = self;
	if (e == ERR_FORBIDDEN || e == ERR_NOT_FOUND)
		return ctx_fail(c, ERR_INVALID, "", "%.*s may not import this, or not any more.",
		                STR_ARG(u.email));
	return e;
}

enum err import_prepare(struct ctx *c, struct job_run *run, struct import_run *r)
{
	const struct job *j = &run->job;
	*r = (struct import_run){.c = c, .run = run, .dry = j->dry_run, .property_id = j->property_id};
	if (!series_policy_of(j->on_conflict, &r->policy))
		r->policy = SERIES_ACTUAL_WINS;
	r->meter = meter_named(c, j->meter);
	r->strict = j->strict;
	r->ask = ARENA_NEW(c->arena, struct layout_ask);
	*r->ask = (struct layout_ask){.type = j->import_type, .meter_given = r->meter.n > 0};
	enum err e = answers_read(c->arena, j->answers, &r->ask->answers, &c->fault);
	if (e)
		return e;
	e = j->user_id ? by_whom(c, j, &r->as_user) : OK;
	if (e)
		return e;
	r->file_tz = j->time_zone.n ? tz_load(j->time_zone) : NULL;
	r->tz = zone_for(c, j);
	if (r->tz)
		r->ask->today = tz_day_of(r->tz, ctx_now(c));
	return r->tz ? OK
	             : ctx_fail(c, ERR_INVALID, "time_zone", "There is no time zone %.*s.",
	                        STR_ARG(j->time_zone));
}

static struct job job_of(const struct ctx *c, const struct import_options *o, struct str path, int64_t size)
{
	return (struct job){.kind = STR("import"),
	                    .filename = utf8_cut(utf8_line(c->arena, o->filename), 255),
	                    .file_path = path,
	                    .import_type = o->type,
	                    .dry_run = o->dry_run,
	                    .on_conflict = o->on_conflict.n ? o->on_conflict : STR("actual-wins"),
	                    .property_id = o->property_id,
	                    .meter = o->meter,
	                    .car = o->car,
	                    .time_zone = o->time_zone,
	                    .answers =
	                            answers_any(&o->answers) ? answers_write(c->arena, &o->answers) : STR(""),
	                    .preset = o->preset,
	                    .strict = o->strict,
	                    .bytes_total = size,
	                    .user_id = c->actor.user_id};
}

/* ---- options that come from elsewhere ---- */

static void take_preset(struct ctx *c, struct import_options *o, const struct preset *p)
{
	struct answers from;
	struct fault unused = {.code = OK};
	if (answers_read(c->arena, p->answers, &from, &unused) == OK)
		o->answers = answers_merge(&from, &o->answers);
	if (str_eqz(o->type, "auto"))
		o->type = p->import_type;
	if (!o->time_zone.n)
		o->time_zone = p->time_zone;
	o->preset = p->name;
}

/* The preset that fits the file. ERR_NOT_FOUND: none does, or the file cannot be read, which is said later. */
static enum err find_preset(struct ctx *c, const struct import_options *o, int fd, struct preset *out)
{
	struct source *s;
	if (source_open(c, fd, &o->answers, &s) != OK)
		return ERR_NOT_FOUND;
	enum err e = preset_for(c, source_head(s), out);
	source_close(s);
	return e;
}

/* What the options do not say is said by a preset: the one named, or the one that fits the file. */
static enum err settle_preset(struct ctx *c, struct import_options *o, int fd)
{
	struct preset p;
	struct fault before = c->fault;
	enum err e;
	if (str_eqz(o->preset, "none")) {
		o->preset = STR("");
		return OK;
	}
	e = o->preset.n ? preset_by_name(c, o->preset, &p) : find_preset(c, o, fd, &p);
	if (e == OK)
		take_preset(c, o, &p);
	if (e != ERR_NOT_FOUND)
		return e;
	c->fault = before;
	return o->preset.n ? ctx_fail(c, ERR_INVALID, "preset", "There is no preset \"%.*s\".",
	                              STR_ARG(str_sub(o->preset, 0, 60)))
	                   : OK;
}

/* Who did not name a preset must be told that one had its say. */
static enum err blame_preset(struct ctx *c, enum err e, const struct import_options *asked, struct str preset)
{
	const struct fault why = c->fault;
	if (e == ERR_INVALID && preset.n && !asked->preset.n)
		ctx_fail(c, e, why.field,
		         "The preset \"%.*s\" was used, because the header is its own (choose the preset none "
		         "to do "
		         "without). %s",
		         STR_ARG(preset), why.message);
	return e;
}

/* Mended rows are read as the file was that they came from. */
static enum err settle_fixes(struct ctx *c, struct import_options *o, int64_t *follows)
{
	struct job first;
	struct answers from;
	*follows = 0;
	if (!o->fixes.n)
		return OK;
	enum err e = job_get(c, o->fixes, &first);
	if (e == ERR_NOT_FOUND || (!e && !str_eqz(first.kind, "import")))
		e = ctx_fail(c, ERR_INVALID, "fixes", "There is no import %.*s.",
		             STR_ARG(str_sub(o->fixes, 0, 60)));
	if (!e)
		e = answers_read(c->arena, first.answers, &from, &c->fault);
	if (e)
		return e;
	/* what speaks of places in the first file says nothing of this one */
	from.given[ANSWER_header_line] = from.given[ANSWER_sheet] = from.given[ANSWER_encoding] = STR("");
	o->answers = answers_merge(&from, &o->answers);
	o->type = str_eqz(o->type, "auto") ? first.import_type : o->type;
	o->meter = o->meter.n ? o->meter : first.meter;
	o->car = o->car.n ? o->car : first.car;
	o->time_zone = o->time_zone.n ? o->time_zone : first.time_zone;
	o->on_conflict = o->on_conflict.n ? o->on_conflict : first.on_conflict;
	o->property_id = o->property_id ? o->property_id : first.property_id;
	*follows = first.id;
	return OK;
}

/* Checks the options, fills in what presets and an earlier import say, and makes the job that they mean. */
static enum err settle(struct ctx *c, struct import_options *o, int fd, struct str path, struct job *wanted)
{
	int64_t follows;
	struct stat st;
	enum err e = settle_fixes(c, o, &follows);
	if (!e)
		e = settle_preset(c, o, fd);
	if (!e)
		e = import_check(c, o);
	if (e)
		return e;
	*wanted = job_of(c, o, path, fstat(fd, &st) == 0 ? (int64_t)st.st_size : 0);
	wanted->follows_id = follows;
	return OK;
}

/* ---- into the queue ---- */

static enum err may_import(struct ctx *c)
{
	if (c->actor.kind != ACTOR_SYSTEM && (c->actor.role < ROLE_EDITOR || !(c->actor.scopes & SCOPE_IMPORT)))
		return ctx_fail(c, ERR_FORBIDDEN, "", "Your role does not allow imports.");
	return OK;
}

/* One that is looked at first may be no meter file yet: the answers are still to come. */
static enum err look_at_head(struct ctx *c, const struct import_options *o, int fd)
{
	struct layout l;
	struct layout_ask ask = {.type = o->type, .meter_given = o->meter.n > 0, .answers = o->answers};
	ask.today = tz_day_of(tz_load(STR("UTC")), ctx_now(c));
	struct source *s;
	enum err e = source_open(c, fd, &o->answers, &s);
	if (!e && !o->preview)
		e = layout_of(c, s, &ask, &l);
	source_close(s);
	return e;
}

enum err import_admit(struct ctx *c, const struct import_options *asked, int fd, struct str rest,
                      struct job *wanted)
{
	struct import_options o = *asked;
	enum err e = may_import(c);
	o.dry_run = o.dry_run || o.preview;
	if (!e)
		e = settle(c, &o, fd, rest, wanted);
	return e ? e : blame_preset(c, look_at_head(c, &o, fd), asked, o.preset);
}

enum err import_queue(struct ctx *c, const struct import_options *o, struct str rest, struct job *out)
{
	const char *path = arena_strz(c->arena, rest);
	struct job wanted;
	int fd = openat(c->storage->dir_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	enum err e =
	        fd >= 0 ? import_admit(c, o, fd, rest, &wanted)
	                : ctx_fail(c, ERR_IO, "file", "The stored file cannot be opened: %s.", strerror(errno));
	if (fd >= 0)
		close(fd);
	if (!e)
		e = ctx_begin(c, "adding an import");
	if (e)
		storage_remove(c->storage, path);
	/* a commit that failed on the disk may be found done: then a job has the file; else upload_clean
	 * removes it */
	return e ? e : ctx_end(c, job_queue(c, &wanted, out), "adding an import");
}

/* The dry run that may become an import. */
static enum err open_dry_run(struct ctx *c, struct str batch_id, struct job *out)
{
	struct str unused;
	enum err e = may_import(c);
	if (!e)
		e = job_get(c, batch_id, out);
	if (e)
		return e;
	const char *path = arena_strz(c->arena, out->file_path);
	if (!str_eqz(out->kind, "import") || !out->dry_run || !job_file_kept(out) ||
	    storage_get(c->storage, c->arena, path, 1, &unused) == ERR_NOT_FOUND)
		return ctx_fail(c, ERR_CONFLICT, "",
		                "This file has been imported already, or is not kept any more.");
	return OK;
}

enum err import_options_of(struct ctx *c, struct str batch_id, struct import_options *out)
{
	struct job j;
	enum err e = job_get(c, batch_id, &j);
	if (e)
		return e;
	*out = (struct import_options){.filename = j.filename,
	                               .type = j.import_type,
	                               .dry_run = j.dry_run,
	                               .on_conflict = j.on_conflict,
	                               .property_id = j.property_id,
	                               .meter = j.meter,
	                               .car = j.car,
	                               .time_zone = j.time_zone,
	                               .preset = j.preset,
	                               .strict = j.strict};
	return answers_read(c->arena, j.answers, &out->answers, &c->fault);
}

/* One that the job has been read by already is a name alone: an answer of it may have been taken back since. */
static enum err settle_other_preset(struct ctx *c, struct import_options *o, const struct job *now)
{
	return o->preset.n && !str_eq(o->preset, now->preset) ? settle_preset(c, o, -1) : OK;
}

/* What cannot be read by these answers stays a dry run, so that they can be corrected. */
static enum err look_at_stored(struct ctx *c, const struct import_options *o, struct str path)
{
	int fd = openat(c->storage->dir_fd, arena_strz(c->arena, path), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	enum err e =
	        fd >= 0 ? look_at_head(c, o, fd)
	                : ctx_fail(c, ERR_IO, "", "The stored file cannot be opened: %s.", strerror(errno));
	if (fd >= 0)
		close(fd);
	return e;
}

enum err import_again(struct ctx *c, struct str batch_id, const struct import_options *asked, struct job *out)
{
	struct import_options o = *asked;
	struct job now;
	enum err e = open_dry_run(c, batch_id, &now);
	if (!e)
		e = settle_other_preset(c, &o, &now);
	if (!e)
		e = import_check(c, &o);
	if (!e && !o.dry_run)
		e = look_at_stored(c, &o, now.file_path);
	if (e)
		return e;
	struct job wanted = job_of(c, &o, now.file_path, now.bytes_total);
	e = job_queue_again(c, &now, &wanted);
	return e ? e : job_get(c, batch_id, out);
}

enum err import_discard(struct ctx *c, struct str batch_id)
{
	struct job j;
	enum err e = open_dry_run(c, batch_id, &j);
	if (!e)
		e = job_discard(c, j.id);
	if (!e)
		storage_remove(c->storage, arena_strz(c->arena, j.file_path));
	return e;
}

/* ---- at once ---- */

static void copy_notes(struct ctx *c, const struct import_run *r, struct import_report *out)
{
	size_t n = 0;
	for (struct import_note *k = r->kept; k; k = k->next)
		n++;
	out->errors = ARENA_ARRAY(c->arena, struct job_error, n + 1);
	out->warnings = ARENA_ARRAY(c->arena, struct job_error, n + 1);
	for (struct import_note *k = r->kept; k; k = k->next)
		if (strcmp(k->severity, "error") == 0)
			out->errors[out->errors_count++] = k->e;
		else
			out->warnings[out->warnings_count++] = k->e;
	out->errors_kept = (int64_t)out->errors_count;
}

enum err import_job_here(struct ctx *c, const struct import_options *o, int fd, struct job *out)
{
	struct import_options settled = *o;
	return settle(c, &settled, fd, STR("-"), out);
}

enum err import_here(struct ctx *c, const struct import_options *o, int fd, struct str path,
                     const volatile int *stop, struct import_report *out)
{
	struct job wanted;
	struct job_run run = {.slot = -1};
	struct import_run *r = ARENA_NEW(c->arena, struct import_run);
	int lock = -1;
	*out = (struct import_report){0};
	enum err e = import_job_here(c, o, fd, &wanted);
	if (e)
		return e;
	wanted.file_path = path;
	run.job = wanted;
	run.job.status = STR("processing");
	if (!o->dry_run)
		e = job_start_here(c, &wanted, &run, &lock);
	run.stop = stop;
	run.progress = o->progress;
	run.progress_arg = o->progress_arg;
	if (!e)
		e = import_prepare(c, &run, r);
	if (!e)
		e = blame_preset(c, import_execute(r, fd, stop), o, wanted.preset);
	struct fault why = c->fault;
	out->job = run.job;
	if (r->layout) {
		out->header = r->layout->header;
		out->delimiter = r->layout->dialect.delimiter;
	}
	if (o->dry_run) {
		copy_notes(c, r, out);
		out->job.status = e ? STR("failed") : STR("completed");
		return e;
	}
	if (run.job.id) {
		/* nothing can take up a file that is read in place: what would wait for better times has failed
		 */
		job_end(c, &run, e && e != ERR_CONFLICT ? ERR_INVALID : e);
		struct job now;
		if (job_get(c, run.job.batch_id, &now) == OK)
			out->job = now;
		if (e && e != ERR_CONFLICT)
			out->job.status = STR("failed");
		job_errors(c, &out->job, setting_int(c, SETTING_errors_kept), 0, &out->errors,
		           &out->errors_count, &out->errors_kept);
		job_warnings(c, &out->job, 1000, &out->warnings, &out->warnings_count);
	}
	if (lock >= 0)
		close(lock);
	c->fault = why;
	return e;
}
