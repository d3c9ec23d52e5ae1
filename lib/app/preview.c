/* preview: see preview.h. */
#include "app/preview.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "app/import/source.h"
#include "app/storage.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "codec/json.h"
#include "codec/utf8.h"

/* ---- what a row becomes ---- */

static const char *quality_words(char q)
{
	switch (q) {
	case 'A':
		return ", actual";
	case 'E':
		return ", estimated";
	case 'S':
		return ", substituted";
	case 'U':
		return ", of unknown quality";
	}
	return "";
}

/* "2025-11-07 00:30" on the meter's clock. */
static const char *clock_words(struct arena *a, const struct tz *z, int64_t at)
{
	char day[CIVIL_DATE_TEXT];
	int64_t local = at + tz_offset_at(z, at), seconds = (local % 86400 + 86400) % 86400;
	civil_format_day((int32_t)((local - seconds) / 86400), day);
	return arena_printf(a, "%s %02d:%02d", day, (int)(seconds / 3600), (int)(seconds / 60 % 60));
}

/* One day: a single reading with its time, or how many of them and their sum. */
static const char *day_words(struct arena *a, const struct import_day *d)
{
	int64_t sum = 0;
	int count = 0, first = -1;
	char text[DEC_TEXT], day[CIVIL_DATE_TEXT];
	bool fits = true;
	for (int i = 0; i < d->n; i++) {
		if (!d->quality[i])
			continue;
		first = first < 0 ? i : first;
		count++;
		fits = fits && dec_add(sum, d->value[i], &sum);
	}
	const char *unit = d->series->unit;
	dec_format(sum, text);
	civil_format_day(d->day, day);
	if (!count)
		return arena_printf(a, "%s: no readings", day);
	if (d->n == 1)
		return arena_printf(a, "%s, the day: %s %s%s", day, text, unit,
		                    quality_words(d->quality[first]));
	if (count == 1)
		return arena_printf(
		        a, "%s, %lld min: %s %s%s",
		        clock_words(a, d->meter->tz,
		                    tz_day_start(d->meter->tz, d->day) + first * d->series->minutes * 60),
		        (long long)d->series->minutes, text, unit, quality_words(d->quality[first]));
	return arena_printf(a, "%s: %d of %d readings of %lld min, %s %s", day, count, d->n,
	                    (long long)d->series->minutes, fits ? text : "a very large sum of", unit);
}

static const char *reading_words(struct arena *a, const struct import_reading *g)
{
	char text[DEC_TEXT];
	dec_format(g->stated.value, text);
	return arena_printf(a, "%s: register at %s %s%s", clock_words(a, g->meter->tz, g->stated.at), text,
	                    g->series->unit, quality_words(g->stated.quality));
}

static struct str meter_words(struct arena *a, const struct import_meter *m, const struct import_series *s,
                              const char *rest)
{
	bool usual = str_eqz(s->channel, "import");
	return utf8_clean(a,
	                  str_of(arena_printf(a, "%.*s%s%.*s%s: %s", STR_ARG(m->identifier), usual ? "" : " (",
	                                      STR_ARG(usual ? STR("") : s->channel), usual ? "" : ")", rest)));
}

static void add_words(struct arena *a, struct str *said, struct str more)
{
	*said = said->n ? str_of(arena_printf(a, "%.*s; %.*s", STR_ARG(*said), STR_ARG(more))) : more;
}

static struct str row_words(struct arena *a, const struct import_run *r, bool *failed)
{
	struct str said = {NULL, 0};
	for (const struct import_note *n = r->notes; n; n = n->next)
		if (strcmp(n->severity, "error") == 0) {
			*failed = true;
			return arena_str(a, n->e.message);
		}
	for (const struct import_day *d = r->day; d; d = d->behind)
		add_words(a, &said, meter_words(a, d->meter, d->series, day_words(a, d)));
	for (const struct import_reading *g = r->readings; g; g = g->next)
		add_words(a, &said, meter_words(a, g->meter, g->series, reading_words(a, g)));
	for (const struct import_session *s = r->sessions; s; s = s->next)
		add_words(a, &said, session_words(a, s));
	return said.n ? said : STR("nothing to store");
}

/* ---- the sample ---- */

static struct str cell_text(struct arena *a, struct str s)
{
	return utf8_valid(s) ? utf8_line(a, arena_str(a, s)) : utf8_line(a, utf8_from_cp1252(a, s));
}

static struct preview_row *add_row(struct arena *a, struct preview *p, const struct csv_row *row)
{
	struct preview_row *out = &p->row[p->rows++];
	struct str *cell = ARENA_ARRAY(a, struct str, row->n);
	for (size_t i = 0; i < row->n; i++)
		cell[i] = cell_text(a, row->cell[i]);
	*out = (struct preview_row){.line = row->line, .cell = cell, .cells = row->n};
	return out;
}

static bool take_sample(void *arg, struct import_run *r, const struct csv_row *row)
{
	struct preview *p = arg;
	struct preview_row *out = add_row(r->c->arena, p, row);
	out->said = row_words(r->c->arena, r, &out->failed);
	return p->rows < PREVIEW_ROWS;
}

/* What cannot be read is shown as it stands, split as far as that is known. */
static void take_raw(struct ctx *c, struct str head, struct preview *p)
{
	struct csv_row row;
	struct csv_reader *in = csv_open(p->layout.dialect, csv_read_str, &head, 0, 1);
	while (p->rows < PREVIEW_ROWS && csv_next(in, &row) == CSV_ROW)
		if (!row_is_blank(&row))
			add_row(c->arena, p, &row);
	csv_close(in);
}

/* What can be said while the source is open. */
static enum err look(struct ctx *c, struct import_run *r, struct preview *out)
{
	enum err e = import_sample(r, &out->layout, take_sample, out);
	out->readable = e == OK;
	if (e && e != ERR_INVALID)
		return e;
	if (e) {
		out->why = c->fault;
		c->fault = (struct fault){.code = OK};
		out->rows = 0;
		take_raw(c, source_head(r->source), out);
		return OK;
	}
	out->found = layout_answers(c->arena, &out->layout);
	out->sentences = layout_sentences(c->arena, &out->layout, out->sentence);
	out->doubts = layout_doubts(&out->layout, out->doubt);
	return OK;
}

static enum err fill(struct ctx *c, struct job_run *run, int fd, struct preview *out)
{
	struct import_run *r = ARENA_NEW(c->arena, struct import_run);
	enum err e = import_prepare(c, run, r);
	if (e)
		return e;
	r->dry = true;
	out->given = r->ask->answers;
	e = source_open(c, fd, &out->given, &r->source);
	if (!e)
		e = look(c, r, out);
	else if (e == ERR_INVALID) { /* no such sheet, say */
		out->why = c->fault;
		c->fault = (struct fault){.code = OK};
		e = OK;
	}
	out->layout.source = NULL;
	source_close(r->source);
	return e;
}

enum err preview_of(struct ctx *c, struct str batch_id, const struct import_options *instead,
                    struct preview *out)
{
	struct job_run run = {.slot = -1};
	*out = (struct preview){.open = false};
	enum err e = job_get(c, batch_id, &out->job);
	if (e)
		return e;
	const char *path = arena_strz(c->arena, out->job.file_path);
	if (!str_eqz(out->job.kind, "import") || path[0] == '/' || path[0] == '-')
		return ctx_fail(c, ERR_CONFLICT, "", "There is no stored file of this job to look at.");
	int fd = openat(c->storage->dir_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return ctx_fail(c, errno == ENOENT ? ERR_CONFLICT : ERR_IO, "",
		                "The uploaded file is not kept any more: upload it again.");
	run.job = out->job;
	if (instead) {
		run.job.import_type = instead->type;
		run.job.meter = instead->meter;
		run.job.car = instead->car;
		run.job.time_zone = instead->time_zone;
		run.job.answers = answers_write(c->arena, &instead->answers);
	}
	e = fill(c, &run, fd, out);
	close(fd);
	out->open = out->job.dry_run && !out->job.cleaned_at;
	return e;
}

enum err preview_here(struct ctx *c, const struct import_options *o, int fd, struct preview *out)
{
	struct job_run run = {.slot = -1};
	*out = (struct preview){.open = false};
	enum err e = import_job_here(c, o, fd, &run.job);
	return e ? e : fill(c, &run, fd, out);
}

/* ---- as JSON ---- */

static void json_strings(struct json_out *j, const struct str *s, size_t n)
{
	json_array(j);
	for (size_t i = 0; i < n; i++)
		json_str(j, s[i]);
	json_end_array(j);
}

static void json_columns(struct arena *a, struct json_out *j, const struct layout *l)
{
	json_key(j, "columns");
	json_array(j);
	for (size_t i = 0; i < l->columns; i++) {
		json_object(j);
		json_key(j, "name");
		json_str(j, utf8_clean(a, l->name[i]));
		json_key(j, "used_as");
		json_str(j, str_of(layout_column_title(a, l, (int)i)));
		json_end_object(j);
	}
	json_end_array(j);
}

static void json_rows(struct json_out *j, const struct preview *p)
{
	json_key(j, "rows");
	json_array(j);
	for (size_t i = 0; i < p->rows; i++) {
		json_object(j);
		json_key(j, "line");
		json_int(j, (int64_t)p->row[i].line);
		json_key(j, "cells");
		json_strings(j, p->row[i].cell, p->row[i].cells);
		json_key(j, "rejected");
		json_bool(j, p->row[i].failed);
		json_key(j, "becomes");
		json_str(j, p->row[i].said);
		json_end_object(j);
	}
	json_end_array(j);
}

void preview_json(struct arena *a, struct json_out *j, const struct preview *p)
{
	json_key(j, "readable");
	json_bool(j, p->readable);
	json_key(j, "why_not");
	json_str(j, p->readable ? (struct str){NULL, 0} : str_of(p->why.message));
	json_key(j, "read_as");
	json_array(j);
	for (size_t i = 0; i < p->sentences; i++)
		json_str(j, p->sentence[i].text);
	json_end_array(j);
	json_key(j, "answers");
	json_raw(j, answers_write(a, &p->given));
	json_key(j, "found");
	json_raw(j, answers_write(a, &p->found));
	json_key(j, "doubts");
	json_array(j);
	for (size_t i = 0; i < p->doubts; i++)
		json_str(j, str_of(p->doubt[i].text));
	json_end_array(j);
	if (p->readable)
		json_columns(a, j, &p->layout);
	json_rows(j, p);
}

enum err preview_keep(struct ctx *c, const struct preview *p, const struct import_options *o, struct str name,
                      struct preset *out)
{
	struct str header = p->layout.header;
	struct preset wanted = {.name = name,
	                        .header = utf8_valid(header) ? header : utf8_from_cp1252(c->arena, header),
	                        .fingerprint = preset_fingerprint(c->arena, header),
	                        .import_type = o->type,
	                        .time_zone = o->time_zone,
	                        .answers = answers_write(c->arena, &o->answers)};
	return preset_save(c, &wanted, out);
}
