/*
 * settings: one's own settings, and for admins those of this installation: a form each, made from settings.def.
 *
 * Beside each field goes what the form showed (was_KEY): only what a person changed is stored, so that two tabs
 * in which different settings were changed do not meet. Where somebody else has changed the same one meanwhile
 * the form comes back as 412, as in versioned.h, with both values; sent once more it stores what was typed.
 * What was typed into a sealed field is never sent back.
 */
#include "app/right.h"
#include "app/setting_edit.h"
#include "web/frame.h"
#include "web/handlers.h"

struct field {
	const struct setting_shown *s;
	struct str typed, was, stored; /* of a sealed one `was` and `stored` are when it was set */
	bool unset;                    /* "back to the default" was ticked */
	bool changed;                  /* by the person who sent the form */
};
struct form_state {
	struct field *field;
	size_t n;
	int64_t user_id, version;
	bool sent;
	struct fault refused; /* code 0: it was not */
	bool conflict;
};

static bool same(const struct setting_shown *s, struct str a, struct str b)
{
	int64_t x, y;

	return str_eq(a, b) || (str_eqz(s->type, "decimal") && setting_read(&setting_infos[s->id], a, &x) &&
	                        setting_read(&setting_infos[s->id], b, &y) && x == y);
}

static enum err read_stored(struct request *r, struct form_state *f)
{
	struct setting_shown *all;
	enum err e = setting_list(r->ctx, f->user_id, &all, &f->n, &f->version);

	f->field = ARENA_ARRAY(r->ctx->arena, struct field, f->n + 1);
	for (size_t i = 0; !e && i < f->n; i++) {
		struct field *d = &f->field[i];

		d->s = &all[i];
		d->stored = d->s->is_sealed
		                    ? str_of(arena_printf(r->ctx->arena, "%lld", (long long)d->s->changed_at))
		                    : d->s->value;
		d->was = d->stored;
	}
	return e;
}

static struct field *find(struct form_state *f, struct str key)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->field[i].s->key, key))
			return &f->field[i];
	return NULL;
}

/* Each field of the form belongs to a setting. */
static enum err read_typed(struct request *r, struct form_state *f)
{
	for (size_t i = 0; i < r->form.n; i++) {
		const struct form_pair *p = &r->form.pair[i];
		bool unset = str_starts(p->name, STR("unset_")), was = str_starts(p->name, STR("was_"));
		struct field *d = find(f, str_sub(p->name, unset ? 6 : was ? 4 : 0, p->name.n));

		if (!d && str_eqz(p->name, "csrf"))
			continue;
		if (!d)
			return ctx_fail(r->ctx, ERR_INVALID, "", "There is no field \"%.*s\" here.",
			                STR_ARG(str_sub(p->name, 0, 40)));
		if (unset)
			d->unset = true;
		else if (was)
			d->was = p->value;
		else
			d->typed = str_trim(p->value);
	}
	for (size_t i = 0; i < f->n; i++) {
		struct field *d = &f->field[i];

		d->changed = d->unset ||
		             (d->typed.p && (d->s->is_sealed ? d->typed.n > 0 : !same(d->s, d->typed, d->was)));
		/* two that ask for the same are in no conflict */
		if (d->changed && !same(d->s, d->was, d->stored) && !(d->unset && !d->s->is_set) &&
		    (d->s->is_sealed || d->unset || !same(d->s, d->typed, d->stored)))
			f->conflict = true;
	}
	return OK;
}

static enum err save(struct request *r, struct form_state *f)
{
	struct setting_edit *edits = ARENA_ARRAY(r->ctx->arena, struct setting_edit, f->n + 1);
	size_t n = 0;
	enum err e = read_typed(r, f);

	for (size_t i = 0; i < f->n; i++)
		if (f->field[i].changed)
			edits[n++] = (struct setting_edit){.key = f->field[i].s->key,
			                                   .value = f->field[i].typed,
			                                   .unset = f->field[i].unset};
	if (!e && f->conflict)
		e = ctx_fail(r->ctx, ERR_PRECONDITION, "", "The settings were changed meanwhile.");
	return e ? e : setting_change(r->ctx, f->user_id, f->version, edits, n);
}

/* ---- the page ---- */

static void put_option(struct view *v, const char *value, const char *name, struct str chosen)
{
	struct view *o = view_section(v, "OPTION");

	view_setz(o, "VALUE", value);
	view_setz(o, "NAME", name);
	if (str_eqz(chosen, value))
		view_show(o, "SELECTED");
}

static void put_control(struct request *r, struct view *row, const struct field *d, struct str value)
{
	const struct setting_info *s = &setting_infos[d->s->id];
	struct view *v;

	switch (s->type) {
	case SETTING_BOOL:
		v = view_section(row, "SELECT");
		put_option(v, "1", "Yes", value);
		put_option(v, "0", "No", value);
		return;
	case SETTING_CHOICE:
		v = view_section(row, "SELECT");
		for (struct str rest = str_of(s->unit); rest.p;) {
			const char *word = arena_strz(r->ctx->arena, str_cut(&rest, ' '));

			put_option(v, word, word, value);
		}
		return;
	case SETTING_INT:
	case SETTING_DECIMAL:
		v = view_section(row, "NUMBER");
		view_setz(v, "MODE", s->type == SETTING_INT ? "numeric" : "decimal");
		view_set(v, "VALUE", value);
		if (s->unit[0])
			view_setz(view_section(v, "UNIT"), "TEXT", s->unit);
		return;
	case SETTING_TEXT:
	case SETTING_ZONE:
	case SETTING_CRON:
		v = view_section(row, d->s->is_sealed ? "SECRET" : "LINE");
		if (!d->s->is_sealed)
			view_set(v, "VALUE", value);
		return;
	}
}

static struct str default_of(const struct setting_shown *s)
{
	if (setting_infos[s->id].type == SETTING_BOOL)
		return str_eqz(s->default_value, "1") ? STR("yes") : STR("no");
	return s->default_value.n ? s->default_value : STR("(nothing)");
}

/* Where the value comes from, and the box that takes back one's own. */
static void put_source(struct request *r, struct view *row, const struct field *d)
{
	const struct setting_shown *s = d->s;
	const char *section = s->is_sealed                     ? s->is_set ? "REMOVABLE" : "NOT_SET"
	                      : s->is_set                      ? "RESETTABLE"
	                      : str_eqz(s->source, "instance") ? "FROM_INSTANCE"
	                                                       : "IS_DEFAULT";
	struct view *v = view_section(row, section);

	view_set(v, "DEFAULT", default_of(s));
	if (d->unset)
		view_show(v, "TICKED");
	if (s->is_sealed)
		frame_at(r, v, "SET", s->changed_at);
}

static void put_field(struct request *r, struct view *group, const struct form_state *f, const struct field *d)
{
	struct view *row = view_section(group, "FIELD");
	bool wrong = f->refused.field[0] && str_eqz(d->s->key, f->refused.field);

	view_set(row, "KEY", d->s->key);
	view_set(row, "TITLE", d->s->title);
	view_set(row, "HELP", d->s->help);
	view_set(row, "WAS", d->stored);
	put_control(r, row, d, f->refused.code && d->changed && !d->unset ? d->typed : d->s->value);
	put_source(r, row, d);
	if (wrong) {
		view_setz(view_section(row, "WRONG"), "MESSAGE", f->refused.message);
		view_show(row, "INVALID");
	}
}

static void put_conflict(struct request *r, struct view *v, const struct form_state *f, struct str href)
{
	struct view *part = view_include(v, "CONFLICT", "part/conflict.tpl");

	view_set(part, "HREF", href);
	for (size_t i = 0; i < f->n; i++) {
		const struct field *d = &f->field[i];
		struct view *row;

		if (!d->changed || same(d->s, d->was, d->stored))
			continue;
		row = view_section(part, "DIFFERS");
		view_set(row, "LABEL", d->s->title);
		view_set(row, "TYPED",
		         d->unset          ? STR("back to the default")
		         : d->s->is_sealed ? STR("another value: type it again")
		         : d->typed.n      ? d->typed
		                           : STR("(nothing)"));
		view_set(row, "STORED",
		         !d->s->is_sealed ? d->stored.n ? d->stored : STR("(nothing)")
		         : d->s->is_set ? frame_when(r, d->s->changed_at, &(struct str){NULL, 0})
		                          : STR("(nothing)"));
	}
}

static struct reply *show(struct request *r, struct form_state *f)
{
	const char *path = f->user_id ? "/admin/settings" : "/admin/settings/instance";
	struct view *v = frame_begin(r, "page/settings.tpl",
	                             f->user_id ? "Your settings" : "Settings of this installation");
	struct view *group = NULL;
	struct str name = {NULL, 0};

	view_set(v, "ACTION", request_link(r, path));
	view_show(v, f->user_id ? "OWN" : "INSTANCE");
	if (right_to_all(r->ctx))
		view_show(view_section(v, "IS_ADMIN"), f->user_id ? "OWN_HERE" : "INSTANCE_HERE");
	for (size_t i = 0; i < f->n; i++) {
		if (!str_eq(name, f->field[i].s->group)) {
			struct view *link = view_section(v, "LINK");

			name = f->field[i].s->group;
			group = view_section(v, "GROUP");
			view_set(group, "NAME", name);
			view_int(group, "NUMBER", (int64_t)i);
			view_set(link, "NAME", name);
			view_int(link, "NUMBER", (int64_t)i);
		}
		put_field(r, group, f, &f->field[i]);
	}
	view_setz(v, "SAVE", f->conflict && f->refused.code == ERR_PRECONDITION ? "Save mine anyway" : "Save");
	if (f->refused.code == ERR_PRECONDITION)
		put_conflict(r, v, f, request_link(r, path));
	else if (f->refused.code && !f->refused.field[0])
		view_setz(view_section(v, "REFUSED"), "MESSAGE", f->refused.message);
	else if (f->refused.code)
		view_show(v, "SOME_WRONG");
	else if (f->sent)
		view_show(v, "SAVED");
	r->ctx->fault = f->refused;
	return reply_page(r, f->refused.code ? reply_fault_status(r) : 200);
}

static struct reply *get(struct request *r, int64_t user_id)
{
	struct form_state f = {.user_id = user_id};

	return read_stored(r, &f) == OK ? show(r, &f) : reply_fault(r);
}

static struct reply *post(struct request *r, int64_t user_id)
{
	struct form_state f = {.user_id = user_id, .sent = true};
	enum err e = read_stored(r, &f);

	if (e)
		return reply_fault(r);
	e = save(r, &f);
	f.refused = r->ctx->fault;
	if (e)
		return show(r, &f);
	r->zone = NULL;
	return read_stored(r, &f) == OK ? show(r, &f) : reply_fault(r);
}

struct reply *page_settings(struct request *r)
{
	return get(r, r->ctx->actor.user_id);
}

struct reply *page_settings_post(struct request *r)
{
	return post(r, r->ctx->actor.user_id);
}

struct reply *page_settings_instance(struct request *r)
{
	return get(r, 0);
}

struct reply *page_settings_instance_post(struct request *r)
{
	return post(r, 0);
}
