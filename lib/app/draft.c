/* draft: see draft.h. Owns the table drafts. */
#include "app/draft.h"

#include "app/charging/car.h"
#include "app/right.h"
#include "app/setting.h"
#include "base/rand.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "db/db.h"

#define DAY       86400
#define TITLE_MAX 120 /* bytes */

#define HEAD                                                                                                \
	"d.id, d.form, d.subject, d.title, d.device, d.forked_from, d.created_at, d.updated_at, CAST(? AS " \
	"BIGINT) - d.updated_at, d.version"
#define MINE   "FROM drafts d WHERE d.user_id = ? AND d.updated_at >= ? "
#define LISTED MINE "AND (CAST(? AS TEXT) = '' OR d.form = ?) AND (CAST(? AS BIGINT) = 1 OR d.subject = ?) "

SQL(draft_list,
    "SELECT " HEAD ", NULL " LISTED "ORDER BY d.updated_at DESC, d.created_at DESC, d.id LIMIT ? OFFSET ?");
SQL(draft_count, "SELECT COUNT(*) " LISTED);
SQL(draft_get, "SELECT " HEAD ", d.fields " MINE "AND d.id = ?");
SQL(draft_insert, "INSERT INTO drafts (id, user_id, form, subject, title, device, fields, forked_from, "
                  "created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
SQL(draft_update, "UPDATE drafts SET title = ?, device = ?, fields = ?, updated_at = ?, version = version + 1 "
                  "WHERE id = ?");
SQL(draft_drop, "DELETE FROM drafts WHERE id = ?");
SQL(draft_stale, "SELECT COUNT(*) FROM drafts WHERE updated_at < ?");
SQL(draft_sweep, "DELETE FROM drafts WHERE updated_at < ?");

static const struct rec_field fields[] = {
        REC(struct draft, id, REC_TEXT),
        REC(struct draft, form, REC_TEXT),
        REC(struct draft, subject, REC_TEXT),
        REC(struct draft, title, REC_TEXT),
        REC(struct draft, device, REC_TEXT),
        REC(struct draft, forked_from, REC_TEXT),
        REC(struct draft, created_at, REC_AT),
        REC(struct draft, updated_at, REC_AT),
        REC(struct draft, age_seconds, REC_INT),
        REC(struct draft, version, REC_INT),
        REC_FLAGS(struct draft, fields, REC_TEXT, REC_HIDDEN),
};
const struct rec_desc draft_desc = REC_DESC(struct draft, fields);

static const struct {
	const char *name, *title;
} forms[DRAFT_FORMS] = {
#define DRAFT_FORM(id, title) {#id, title},
#include "app/draft_forms.def"
#undef DRAFT_FORM
};

const char *draft_form_name(enum draft_form form)
{
	return forms[form].name;
}

enum draft_form draft_form_of(struct str name)
{
	int i = 0;
	while (i < DRAFT_FORMS && !str_eqz(name, forms[i].name))
		i++;
	return (enum draft_form)i;
}

/* ---- the texts ---- */

static bool came_before(const struct form *f, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(f->pair[k].name, f->pair[i].name))
			return true;
	return false;
}

/* As JSON, in the arena. Of a name that comes twice the first is taken, as form_get does. */
static enum err fields_text(struct ctx *c, const struct form *f, struct str *out)
{
	struct json_out j;
	struct buf b;
	enum err e = OK;
	if (f->n > FORM_FIELDS_MAX)
		return ctx_fail(c, ERR_INVALID, "fields", "A form has at most %d fields.", FORM_FIELDS_MAX);
	buf_init(&b, DRAFT_FIELDS_MAX);
	json_start(&j, &b);
	json_object(&j);
	for (size_t i = 0; i < f->n; i++) {
		if (came_before(f, i))
			continue;
		json_key(&j, arena_strz(c->arena, f->pair[i].name));
		json_str(&j, f->pair[i].value.p ? f->pair[i].value : STR(""));
	}
	json_end_object(&j);
	if (b.over)
		e = ctx_fail(c, ERR_TOO_LARGE, "fields",
		             "What was typed has more than %zu KiB, and a draft keeps no more than that.",
		             DRAFT_FIELDS_MAX / 1024);
	else
		*out = arena_str(c->arena, buf_str(&b));
	buf_free(&b);
	return e;
}

enum err draft_fields(struct ctx *c, const struct draft *d, struct form *out)
{
	char why[160];
	struct json *root = json_parse(d->fields, why);
	if (!root)
		return ctx_fail(c, ERR_CORRUPT, "", "The draft cannot be read.");
	*out = (struct form){.pair = ARENA_ARRAY(c->arena, struct form_pair, json_count(root) + 1)};
	for (size_t i = 0; i < json_count(root); i++) {
		struct form_pair *p = &out->pair[out->n++];
		const struct json *v = json_member_at(root, i, &p->name);
		p->name = arena_str(c->arena, p->name);
		p->value = arena_str(c->arena, json_text(v));
	}
	json_free(root);
	return OK;
}

/* "Zoe, 2025-11-07", as far as it is known. */
static struct str car_and_day(struct ctx *c, const struct form *f)
{
	const struct fault kept = c->fault;
	struct str day = str_trim(form_get(f, "date")), name = STR("");
	struct car car;
	int64_t id;
	if (str_to_i64(form_get(f, "car_id"), &id) && car_get(c, id, &car) == OK)
		name = car.name;
	c->fault = kept;
	return str_of(
	        arena_printf(c->arena, "%.*s%s%.*s", STR_ARG(name), name.n && day.n ? ", " : "", STR_ARG(day)));
}

static struct str title_of(struct ctx *c, enum draft_form form, const struct form *f)
{
	static const char *const names[DRAFT_FORMS][2] = {
	        [DRAFT_session] = {"location_label", "location_label"},
	        [DRAFT_property] = {"name", "address"},
	        [DRAFT_meter] = {"name", "identifier"},
	        [DRAFT_export_schedule] = {"meter", "meter"},
	};
	struct str title = str_trim(form_get(f, names[form][0]));
	if (!title.n)
		title = str_trim(form_get(f, names[form][1]));
	if (!title.n && form == DRAFT_session)
		title = car_and_day(c, f);
	return title.n ? utf8_cut(utf8_line(c->arena, title), TITLE_MAX) : str_of(forms[form].title);
}

/* ---- looking ---- */

static int64_t oldest(struct ctx *c)
{
	return ctx_now(c) - setting_int(c, SETTING_drafts_kept_days) * DAY;
}

enum err draft_sweep(struct ctx *c)
{
	int64_t stale = 0, before = oldest(c);
	enum err e = db_one_int(c->db, &sql_draft_stale, DB_ARGS(db_i(before)), &stale);
	if (!e && stale)
		e = db_run(c->db, &sql_draft_sweep, DB_ARGS(db_i(before)));
	return e ? ctx_db_failed(c, e, "cleaning up drafts") : OK;
}

enum err draft_list(struct ctx *c, const struct draft_filter *f, struct draft **out, size_t *n, int64_t *total)
{
	const struct db_val args[] = {db_i(ctx_now(c)),
	                              db_i(c->actor.user_id),
	                              db_i(oldest(c)),
	                              db_t(f->form.n ? f->form : STR("")),
	                              db_t(f->form.n ? f->form : STR("")),
	                              db_i(!f->subject.p),
	                              db_t(f->subject.p ? f->subject : STR("")),
	                              db_i(f->limit),
	                              db_i(f->offset)};
	enum err e;
	*n = 0;
	if (f->form.n && draft_form_of(f->form) == DRAFT_FORMS)
		return ctx_fail(c, ERR_INVALID, "form", "There is no form that is called so.");
	if (draft_sweep(c) != OK) /* a page that reads may leave it to the next one */
		c->fault = (struct fault){.code = OK};
	*out = db_all(c->db, &sql_draft_list, sizeof(args) / sizeof(args[0]), args, c->arena, &draft_desc, n,
	              &e);
	if (!e)
		e = db_one_int(c->db, &sql_draft_count, sizeof(args) / sizeof(args[0]) - 3, args + 1, total);
	return e ? ctx_db_failed(c, e, "listing drafts") : OK;
}

enum err draft_get(struct ctx *c, struct str id, struct draft *out)
{
	enum err e = db_one(
	        c->db, &sql_draft_get,
	        DB_ARGS(db_i(ctx_now(c)), db_i(c->actor.user_id), db_i(oldest(c)), db_t(id.n ? id : STR(""))),
	        c->arena, &draft_desc, out);
	if (e == ERR_NOT_FOUND)
		return ctx_fail(c, e, "draft",
		                "There is no such draft: it was sent or discarded, or it is too old.");
	return e ? ctx_db_failed(c, e, "reading a draft") : OK;
}

/* ---- changing ---- */

/* What is kept of a draft that comes in, checked and cut. */
struct put {
	enum draft_form form;
	struct str title, device, fields, forked_from;
};

/* A number or an id: it stands in addresses. */
static bool is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'z') || s.p[i] == '-'))
			return false;
	return s.n <= DRAFT_ID_MAX;
}

static enum err settle(struct ctx *c, const struct draft_given *g, enum draft_form form, struct put *out)
{
	if (!is_id(g->subject))
		return ctx_fail(c, ERR_INVALID, "subject",
		                "The subject is the number or the id of what is changed.");
	if (!is_id(g->forked_from))
		return ctx_fail(c, ERR_INVALID, "forked_from", "\"forked_from\" is the id of a draft.");
	*out = (struct put){.form = form,
	                    .title = title_of(c, form, &g->fields),
	                    .device = utf8_cut(utf8_line(c->arena, str_trim(g->device)), TITLE_MAX),
	                    .forked_from = g->forked_from};
	return fields_text(c, &g->fields, &out->fields);
}

static enum err insert(struct ctx *c, struct str id, const struct draft_given *g, const struct put *p)
{
	const struct db_val mine[] = {db_i(c->actor.user_id), db_i(0), db_t(STR("")),
	                              db_t(STR("")),          db_i(1), db_t(STR(""))};
	int64_t count = 0;
	enum err e = db_one_int(c->db, &sql_draft_count, sizeof(mine) / sizeof(mine[0]), mine, &count);
	if (!e && count >= DRAFTS_MAX)
		return ctx_fail(
		        c, ERR_CONFLICT, "",
		        "You have %d drafts already, and there is no room for more: discard some first.",
		        DRAFTS_MAX);
	if (!e)
		e = db_run(c->db, &sql_draft_insert,
		           DB_ARGS(db_t(id), db_i(c->actor.user_id), db_z(forms[p->form].name),
		                   db_t(g->subject.n ? g->subject : STR("")), db_t(p->title), db_t0(p->device),
		                   db_t(p->fields), db_t0(p->forked_from), db_i(ctx_now(c)), db_i(ctx_now(c))));
	return e ? ctx_db_failed(c, e, "saving a draft") : OK;
}

/* Who has no account types nothing; who may not write has nothing to send. */
static enum err may(struct ctx *c)
{
	if (!c->actor.user_id)
		return ctx_fail(c, ERR_FORBIDDEN, "",
		                "Drafts belong to people, and nobody in particular is asking.");
	return right_to_write(c);
}

enum err draft_create(struct ctx *c, const struct draft_given *g, struct draft *out)
{
	enum draft_form form = draft_form_of(g->form);
	char made[37];
	struct put p;
	enum err e = may(c);
	if (!e && form == DRAFT_FORMS)
		e = ctx_fail(c, ERR_INVALID, "form", "There is no form that is called so.");
	if (!e)
		e = settle(c, g, form, &p);
	if (!e)
		e = ctx_begin(c, "saving a draft");
	if (e)
		return e;
	rand_uuid(made);
	e = ctx_end(c, insert(c, str_of(made), g, &p), "saving a draft");
	return e ? e : draft_get(c, arena_str(c->arena, str_of(made)), out);
}

static enum err fits(struct ctx *c, const struct draft *d, int64_t version)
{
	return !version || d->version == version ? OK
	                                         : ctx_fail(c, ERR_PRECONDITION, "",
	                                                    "The draft was changed meanwhile, perhaps in "
	                                                    "another tab or on another device.");
}

static enum err update(struct ctx *c, struct str id, int64_t version, const struct draft_given *g)
{
	struct draft now;
	struct put p;
	enum err e = draft_get(c, id, &now);
	if (!e)
		e = fits(c, &now, version);
	if (!e)
		e = settle(c, g, draft_form_of(now.form), &p);
	if (e)
		return e;
	e = db_run(c->db, &sql_draft_update,
	           DB_ARGS(db_t(p.title), db_t0(p.device), db_t(p.fields), db_i(ctx_now(c)), db_t(id)));
	return e ? ctx_db_failed(c, e, "saving a draft") : OK;
}

enum err draft_update(struct ctx *c, struct str id, int64_t version, const struct draft_given *g,
                      struct draft *out)
{
	enum err e = may(c);
	if (!e)
		e = ctx_begin(c, "saving a draft");
	if (!e)
		e = ctx_end(c, update(c, id, version, g), "saving a draft");
	return e ? e : draft_get(c, id, out);
}

static enum err drop(struct ctx *c, struct str id)
{
	enum err e = db_run(c->db, &sql_draft_drop, DB_ARGS(db_t(id)));
	return e ? ctx_db_failed(c, e, "removing a draft") : OK;
}

static enum err remove_one(struct ctx *c, struct str id, int64_t version)
{
	struct draft d;
	enum err e = draft_get(c, id, &d);
	if (!e)
		e = fits(c, &d, version);
	return e ? e : drop(c, id);
}

enum err draft_remove(struct ctx *c, struct str id, int64_t version)
{
	enum err e = may(c);
	if (!e)
		e = ctx_begin(c, "removing a draft");
	return e ? e : ctx_end(c, remove_one(c, id, version), "removing a draft");
}

enum err draft_spend(struct ctx *c, struct str id, int64_t version, enum draft_form form)
{
	struct draft d;
	enum err e = draft_get(c, id, &d);
	if (!e && (draft_form_of(d.form) != form || d.subject.n))
		return ctx_fail(c, ERR_NOT_FOUND, "draft", "This is not a draft of something new.");
	if (!e)
		e = fits(c, &d, version);
	return e ? e : drop(c, id);
}
