/*
 * preview: how a file is read, sentence by sentence, each with the controls that correct it; then import it, or
 * not.
 *
 * The page is made from the file's head and answers at once; the counts come from the job, a dry run by the
 * worker, and renew themselves where there is JavaScript (elsewhere by a link: a page that reloads by itself
 * would throw away what has been typed).
 */
#include "app/preview.h"
#include "app/preset.h"
#include "app/storage.h"
#include "codec/utf8.h"
#include "web/frame.h"
#include "web/handlers.h"
#include "web/intake.h"
#include "web/job_view.h"

#define COLUMNS_SHOWN 64

/* ---- one control ---- */

static void add_option(struct view *choice, struct str value, const char *label, bool selected)
{
	struct view *o = view_section(choice, "OPTION");

	view_set(o, "VALUE", value);
	view_setz(o, "LABEL", label);
	if (selected)
		view_show(o, "SELECTED");
}

static void add_words(struct view *choice, const struct answer_info *i, struct str given, struct arena *a)
{
	for (struct str rest = str_of(i->words); rest.p;) {
		struct str word = str_cut(&rest, ' ');

		add_option(choice, word, arena_strz(a, answer_said(word)), str_eq(word, given));
	}
}

static void add_columns(struct view *choice, const struct layout *l, struct str given, struct arena *a)
{
	bool listed = !given.n || str_eqz(given, "none");

	add_option(choice, STR("none"), "none", str_eqz(given, "none"));
	for (size_t i = 0; i < l->columns; i++) {
		struct str number = str_of(arena_printf(a, "%zu", i + 1));
		bool mine = str_eq(number, given) || (l->name[i].n && str_eq_nocase(l->name[i], given));

		add_option(choice, number,
		           arena_printf(a, "%zu. %.*s", i + 1, STR_ARG(utf8_clean(a, l->name[i]))), mine);
		listed = listed || mine;
	}
	if (!listed)
		add_option(choice, given, arena_strz(a, given), true);
}

/* The option that leaves a question to the file. */
static const char *as_found(const struct preview *p, enum answer_id id, struct arena *a)
{
	struct str found = p->found.given[id];
	uint64_t column;

	if (answer_infos[id].kind == ANSWER_COLUMN && str_to_u64(found, p->layout.columns, &column) && column)
		return arena_printf(a, "as found: %llu. %.*s", (unsigned long long)column,
		                    STR_ARG(utf8_clean(a, p->layout.name[column - 1])));
	return found.n ? arena_printf(a, "as found: %.*s", STR_ARG(answer_said(found))) : "as found";
}

static void control(struct request *r, struct view *v, const struct preview *p, enum answer_id id)
{
	const struct answer_info *i = &answer_infos[id];
	struct arena *a = r->ctx->arena;
	struct view *field = view_include(view_section(v, "CONTROL"), "FIELD", "part/answer.tpl");
	struct str given = p->given.given[id], found = p->found.given[id];
	bool choice = i->kind == ANSWER_WORD || (i->kind == ANSWER_COLUMN && p->layout.columns);
	struct view *part = view_section(field, choice ? "CHOICE" : "TEXT");

	view_setz(field, "ID", i->id);
	view_setz(field, "TITLE", i->title);
	if (!choice) {
		view_set(part, "VALUE", given);
		view_set(part, "FOUND", found);
		return;
	}
	add_option(part, STR(""), as_found(p, id, a), !given.n);
	if (i->kind == ANSWER_WORD)
		add_words(part, i, given, a);
	else
		add_columns(part, &p->layout, given, a);
}

/* ---- the parts of the page ---- */

static void show_sentences(struct request *r, struct view *v, const struct preview *p)
{
	bool shown[ANSWERS] = {false};

	for (size_t i = 0; i < p->sentences; i++) {
		struct view *s = view_section(v, "SENTENCE");
		struct view *controls = p->sentence[i].answers ? view_section(s, "CONTROLS") : NULL;

		view_set(s, "TEXT", p->sentence[i].text);
		for (int k = 0; k < p->sentence[i].answers; k++) {
			control(r, controls, p, p->sentence[i].about[k]);
			shown[p->sentence[i].about[k]] = true;
		}
	}
	for (int id = 0; id < ANSWERS; id++)
		if (!shown[id])
			control(r, v, p, (enum answer_id)id);
	struct view *doubts = p->doubts ? view_section(v, "DOUBTS") : NULL;

	for (size_t i = 0; i < p->doubts; i++)
		view_setz(view_section(doubts, "DOUBT"), "TEXT", p->doubt[i].text);
}

static void show_types(struct view *v, struct str given)
{
	struct view *t = view_section(v, "TYPE");

	view_setz(t, "VALUE", "auto");
	view_setz(t, "LABEL", "Find out from the file");
	for (size_t i = 0; i < import_formats_count; i++) {
		t = view_section(v, "TYPE");
		view_setz(t, "VALUE", import_formats[i].name);
		view_setz(t, "LABEL", import_formats[i].title);
		if (str_eqz(given, import_formats[i].name))
			view_show(t, "SELECTED");
	}
}

static void show_rows(struct request *r, struct view *v, const struct preview *p)
{
	const struct layout *l = &p->layout;
	struct arena *a = r->ctx->arena;
	size_t columns = p->readable ? l->columns : 0;

	for (size_t i = 0; i < p->rows; i++)
		columns = p->row[i].cells > columns ? p->row[i].cells : columns;
	columns = columns < COLUMNS_SHOWN ? columns : COLUMNS_SHOWN;
	for (size_t i = 0; i < columns; i++) {
		struct view *c = view_section(v, "COLUMN");
		const char *title = p->readable && i < l->columns ? layout_column_title(a, l, (int)i) : "";

		view_int(c, "NUMBER", (int64_t)i + 1);
		view_set(c, "NAME", i < l->columns ? utf8_clean(a, l->name[i]) : STR(""));
		if (title[0])
			view_setz(view_section(c, "ROLE"), "TITLE", title);
	}
	for (size_t i = 0; i < p->rows; i++) {
		struct view *row = view_section(v, "ROW");

		view_int(row, "LINE", (int64_t)p->row[i].line);
		view_set(row, "SAID", p->row[i].said);
		if (p->row[i].failed)
			view_show(row, "BAD");
		for (size_t k = 0; k < columns; k++)
			view_set(view_section(row, "CELL"), "TEXT",
			         k < p->row[i].cells ? p->row[i].cell[k] : STR(""));
	}
}

static void show_counts(struct request *r, struct view *v, const struct job *j)
{
	view_set(v, "INTERVALS_NEW", frame_number(r, j->intervals_new));
	view_set(v, "INTERVALS_IDENTICAL", frame_number(r, j->intervals_identical));
	view_set(v, "INTERVALS_CHANGED", frame_number(r, j->intervals_changed));
	view_set(v, "INTERVALS_KEPT", frame_number(r, j->intervals_kept));
	view_set(v, "METERS_KNOWN", frame_number(r, j->meters_known));
	view_set(v, "METERS_NEW", frame_number(r, j->meters_new));
	view_set(v, "VALUES_BLANK", frame_number(r, j->values_blank));
	view_set(v, "VALUES_NEGATIVE", frame_number(r, j->values_negative));
	view_set(v, "VALUES_SENTINEL", frame_number(r, j->values_sentinel));
	view_set(v, "VALUES_OUT_OF_RANGE", frame_number(r, j->values_out_of_range));
	if (str_eqz(j->status, "failed") && j->error_message.n)
		view_set(view_section(v, "FAILURE"), "MESSAGE", j->error_message);
	view_show(v, str_eqz(j->on_conflict, "replace") ? "REPLACE"
	             : str_eqz(j->on_conflict, "keep")  ? "KEEP"
	                                                : "ACTUAL_WINS");
}

static struct reply *show(struct request *r, struct str saved, int status)
{
	struct fault kept = r->ctx->fault;
	struct preview *p = ARENA_NEW(r->ctx->arena, struct preview);
	struct view *v;

	r->ctx->fault = (struct fault){.code = OK};
	if (preview_of(r->ctx, r->param[0], NULL, p) != OK)
		return reply_fault(r);
	v = frame_begin(r, "page/preview.tpl",
	                arena_printf(r->ctx->arena, "How %.*s is read", STR_ARG(p->job.filename)));
	job_view(r, v, &p->job);
	view_set(v, "STATUS_HREF",
	         request_printf_link(r, "/admin/imports/status/%.*s", STR_ARG(p->job.batch_id)));
	view_set(v, "HREF", request_printf_link(r, "/admin/imports/%.*s/preview", STR_ARG(p->job.batch_id)));
	if (status != 200 && str_eqz(str_of(kept.field), "name"))
		view_setz(view_section(v, "NAME_ERROR"), "MESSAGE", kept.message);
	else if (status != 200)
		view_setz(view_section(v, "REFUSED"), "MESSAGE", kept.message);
	if (saved.n)
		view_set(view_section(v, "SAVED"), "NAME", saved);
	view_show(v, p->open ? "OPEN" : "DONE");
	if (!job_active(&p->job))
		view_show(v, "COUNTED");
	if (!p->readable)
		view_setz(view_section(v, "UNREADABLE"), "MESSAGE", p->why.message);
	if (p->job.preset.n)
		view_set(view_section(v, "PRESET"), "NAME", p->job.preset);
	view_set(v, "PRESET_NAME", p->job.preset);
	view_set(v, "METER", p->job.meter);
	view_set(v, "CAR_GIVEN", p->job.car);
	view_set(v, "TIME_ZONE_GIVEN", p->job.time_zone);
	show_sentences(r, v, p);
	show_types(v, p->job.import_type);
	view_show(v, p->readable && p->layout.sessions.found ? "OF_SESSIONS" : "OF_READINGS");
	show_counts(r, v, &p->job);
	show_rows(r, v, p);
	return reply_page(r, status);
}

struct reply *page_preview(struct request *r)
{
	return show(r, STR(""), 200);
}

/* ---- the form ---- */

struct posted {
	struct import_options o;
	struct str act, name;
};

static enum err read_form(struct request *r, struct posted *p)
{
	struct intake_options o = {.background = false};
	enum err e = import_options_of(r->ctx, r->param[0], &o.import); /* what the form has no field for */

	*p = (struct posted){.act = form_get(&r->form, "do"), .name = form_get(&r->form, "preset_name")};
	for (size_t i = 0; i < r->form.n && e == OK; i++) {
		struct str name = r->form.pair[i].name;

		if (!str_eqz(name, "csrf") && !str_eqz(name, "do") && !str_eqz(name, "preset_name"))
			e = intake_option(r->ctx, &o, name, str_trim(r->form.pair[i].value));
	}
	p->o = o.import;
	return e ? e : answers_check(&p->o.answers, &r->ctx->fault);
}

static enum err save_preset(struct request *r, const struct posted *f, struct preset *out)
{
	struct preview *p = ARENA_NEW(r->ctx->arena, struct preview);
	enum err e = preview_of(r->ctx, r->param[0], &f->o, p); /* the header by these answers */

	return e == OK ? preview_keep(r->ctx, p, &f->o, f->name, out) : e;
}

struct reply *page_preview_post(struct request *r)
{
	struct posted f;
	struct preset kept = {.name = STR("")};
	struct job j;
	enum err e = read_form(r, &f);
	bool import = str_eqz(f.act, "import"), save = str_eqz(f.act, "save");

	if (e == OK && str_eqz(f.act, "discard")) {
		e = import_discard(r->ctx, r->param[0]);
		if (e == OK)
			return reply_redirect(r, request_link(r, "/admin/imports"));
	}
	if (e == OK && save)
		e = save_preset(r, &f, &kept);
	if (save && e == OK)
		f.o.preset = kept.name;
	f.o.dry_run = !import;
	if (e == OK)
		e = import_again(r->ctx, r->param[0], &f.o, &j);
	if (save && e == ERR_CONFLICT && kept.id) /* of a file that has been imported: the preset is kept */
		return show(r, kept.name, 200);
	if (e != OK)
		return e == ERR_NOT_FOUND || e == ERR_FORBIDDEN ? reply_fault(r)
		                                                : show(r, STR(""), reply_fault_status(r));
	job_wake_worker(r->ctx);
	if (save)
		return show(r, kept.name, 200);
	return reply_redirect(
	        r, import ? request_printf_link(r, "/admin/imports/status/%.*s", STR_ARG(j.batch_id))
	                  : request_printf_link(r, "/admin/imports/%.*s/preview", STR_ARG(j.batch_id)));
}
