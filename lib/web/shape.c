/* shape: see shape.h. */
#include "web/shape.h"

#include <stdio.h>

#include "app/account.h"
#include "app/audit.h"
#include "app/backup/backup_job.h"
#include "app/backup/shelf.h"
#include "app/charging/car.h"
#include "app/charging/charge.h"
#include "app/charging/charge_report.h"
#include "app/charging/charger.h"
#include "app/charging/tariff.h"
#include "app/dashboard.h"
#include "app/draft.h"
#include "app/edit.h"
#include "app/entry.h"
#include "app/export_schedule.h"
#include "app/import/answers.h"
#include "app/meter.h"
#include "app/meter_event.h"
#include "app/preset.h"
#include "app/property.h"
#include "app/quality.h"
#include "app/schedule.h"
#include "app/setting_edit.h"
#include "app/token.h"
#include "web/api/bodies.h"
#include "web/backup_ask.h"
#include "web/job_json.h"

enum kind {
	KIND_END,
	KIND_RECORD,   /* the fields of a descriptor */
	KIND_SCALAR,   /* of a rec_type */
	KIND_NUMBER,   /* a JSON number that is not whole */
	KIND_WORDS,    /* a list of texts */
	KIND_NUMBERS,  /* a list of whole numbers */
	KIND_ANY,      /* a handler reads it in several forms */
	KIND_THINGS,   /* an object whose members have names of their own */
	KIND_ONE,      /* an object of another shape */
	KIND_LIST,     /* a list of them */
	KIND_OR,       /* the whole is one of these */
	KIND_BYTES,    /* a file of a form */
	KIND_NEEDS,    /* a body must hold the member `name`, or `other` in its place */
	KIND_OPTIONS,  /* of an import: intake.c, and the answers of answers.def */
	KIND_SETTINGS, /* the rows of settings.def of the scopes from `flags` to `last` */
	KIND_MORE,     /* and members that are not named */
};

enum { NULLABLE = 1, ABSENT = 2 /* it is not always there */ };

struct member {
	enum kind kind;
	const char *name, *other;
	const struct rec_desc *desc;
	enum rec_type type;
	unsigned flags, last;
	enum shape_id of;
};

/* clang-format off */
#define RECORD(d)              {.kind = KIND_RECORD, .desc = &d}
#define HAS(n, t, f)           {.kind = KIND_SCALAR, .name = n, .type = t, .flags = f}
#define NUMBER(n)              {.kind = KIND_NUMBER, .name = n}
#define WORDS(n)               {.kind = KIND_WORDS, .name = n}
#define NUMBERS(n)             {.kind = KIND_NUMBERS, .name = n}
#define ANY(n)                 {.kind = KIND_ANY, .name = n}
#define THINGS(n)              {.kind = KIND_THINGS, .name = n}
#define ONE(n, id, f)          {.kind = KIND_ONE, .name = n, .of = SHAPE_##id, .flags = f}
#define LIST(n, id, f)         {.kind = KIND_LIST, .name = n, .of = SHAPE_##id, .flags = f}
#define OR(id)                 {.kind = KIND_OR, .of = SHAPE_##id}
#define BYTES(n)               {.kind = KIND_BYTES, .name = n}
#define NEEDS(n, instead)      {.kind = KIND_NEEDS, .name = n, .other = instead}
#define IMPORT_OPTIONS         {.kind = KIND_OPTIONS}
#define SETTINGS(a, b)         {.kind = KIND_SETTINGS, .flags = a, .last = b}
#define MORE                   {.kind = KIND_MORE}
#define NONE                   {.kind = KIND_END}
#define SHAPE(id, ...)         static const struct member made_of_##id[] = {__VA_ARGS__, {.kind = KIND_END}};
#define BODY(id, ...)          SHAPE(id, __VA_ARGS__)
#include "web/shapes.def"
#undef SHAPE
#undef BODY

static const struct {
	const char *name;
	const struct member *member;
	bool given; /* by the client: a body */
} shapes[SHAPES] = {
#define SHAPE(id, ...) [SHAPE_##id] = {#id, made_of_##id, false},
#define BODY(id, ...)  [SHAPE_##id] = {#id, made_of_##id, true},
#include "web/shapes.def"
#undef SHAPE
#undef BODY
};
static const struct member option_members[] = {
	HAS("type", REC_TEXT, NULLABLE), HAS("dry_run", REC_BOOL, NULLABLE), HAS("background", REC_BOOL, NULLABLE),
	HAS("preview", REC_BOOL, NULLABLE), HAS("strict", REC_BOOL, NULLABLE), HAS("on_conflict", REC_TEXT, NULLABLE),
	HAS("property", REC_INT, NULLABLE), HAS("meter", REC_TEXT, NULLABLE), HAS("time_zone", REC_TEXT, NULLABLE),
	HAS("preset", REC_TEXT, NULLABLE), HAS("fixes", REC_TEXT, NULLABLE), {.kind = KIND_END},
};
/* clang-format on */

/* ---- each member as the JSON has it, records and options taken apart ---- */

typedef void each_fn(void *arg, const struct member *m, bool given);

static bool field_nullable(const struct rec_field *f, bool given)
{
	if (f->flags & REC_NOT_NULL)
		return false;
	return given || f->type == REC_TEXT || f->type == REC_AT || f->type == REC_AT_SQL ||
	       f->flags & (REC_ZERO_NULL | REC_MAYBE);
}

static void each_field(const struct rec_desc *d, bool given, each_fn *each, void *arg)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct rec_field *f = &d->field[i];

		if (!(f->flags & REC_HIDDEN))
			each(arg,
			     &(struct member){.kind = KIND_SCALAR,
			                      .name = f->name,
			                      .type = f->type,
			                      .flags = field_nullable(f, given) ? NULLABLE : 0},
			     given);
	}
}

static void each_setting(const struct member *m, bool given, each_fn *each, void *arg)
{
	for (size_t i = 0; i < SETTING_COUNT; i++)
		if (setting_infos[i].scope >= m->flags && setting_infos[i].scope <= m->last)
			each(arg,
			     &(struct member){.kind = KIND_SCALAR,
			                      .name = setting_infos[i].key,
			                      .type = REC_TEXT,
			                      .flags = NULLABLE},
			     given);
}

static void each_member(const struct member *m, bool given, each_fn *each, void *arg)
{
	for (; m->kind != KIND_END; m++) {
		if (m->kind == KIND_RECORD) {
			each_field(m->desc, given, each, arg);
		} else if (m->kind == KIND_OPTIONS) {
			each_member(option_members, given, each, arg);
			for (size_t i = 0; i < ANSWERS; i++)
				each(arg,
				     &(struct member){.kind = KIND_SCALAR,
				                      .name = answer_infos[i].id,
				                      .type = REC_TEXT,
				                      .flags = NULLABLE},
				     given);
		} else if (m->kind == KIND_SETTINGS) {
			each_setting(m, given, each, arg);
		} else if (m->name && m->kind != KIND_NEEDS) {
			each(arg, m, given);
		}
	}
}

static const struct member *find_kind(const struct member *m, enum kind kind)
{
	while (m->kind != KIND_END && m->kind != kind)
		m++;
	return m->kind == kind ? m : NULL;
}

/* ---- JSON Schema ---- */

static void pair(struct json_out *j, const char *key, const char *value)
{
	json_key(j, key);
	json_str(j, str_of(value));
}

void shape_title(enum shape_id id, char out[SHAPE_TITLE])
{
	size_t n = 0;
	bool capital = true;

	for (const char *p = shapes[id].name; *p && n + 1 < SHAPE_TITLE; p++) {
		if (*p != '_')
			out[n++] = capital && *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
		capital = *p == '_';
	}
	out[n] = '\0';
}

void shape_reference(struct json_out *j, enum shape_id id)
{
	char title[SHAPE_TITLE], text[SHAPE_TITLE + 32];

	shape_title(id, title);
	snprintf(text, sizeof(text), "#/components/schemas/%s", title);
	json_object(j);
	pair(j, "$ref", text);
	json_end_object(j);
}

static const struct {
	const char *type, *also, *format, *pattern, *said; /* also: a second type that a body may have */
} scalars[] = {
        [REC_INT] = {"integer", NULL, "int64", NULL, "whole number"},
        [REC_BOOL] = {"boolean", NULL, NULL, NULL, "true or false"},
        [REC_TEXT] = {"string", NULL, NULL, NULL, "text"},
        [REC_AT] = {"string", NULL, "date-time", NULL, "instant"},
        [REC_AT_SQL] = {"string", NULL, NULL, "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$", "time in UTC"},
        [REC_DEC] = {"string", "number", NULL, "^-?\\d+(\\.\\d+)?$", "decimal"},
        [REC_DAY] = {"string", NULL, "date", NULL, "date"},
};

void shape_scalar(struct json_out *j, enum rec_type type, bool nullable, bool given)
{
	const char *also = given ? scalars[type].also : NULL;

	json_object(j);
	json_key(j, "type");
	if (also || nullable) {
		json_array(j);
		json_str(j, str_of(scalars[type].type));
		if (also)
			json_str(j, str_of(also));
		if (nullable)
			json_str(j, STR("null"));
		json_end_array(j);
	} else {
		json_str(j, str_of(scalars[type].type));
	}
	if (scalars[type].format)
		pair(j, "format", scalars[type].format);
	if (scalars[type].pattern)
		pair(j, "pattern", scalars[type].pattern);
	json_end_object(j);
}

static void one_schema(struct json_out *j, const struct member *m)
{
	if (!(m->flags & NULLABLE)) {
		shape_reference(j, m->of);
		return;
	}
	json_object(j);
	json_key(j, "anyOf");
	json_array(j);
	shape_reference(j, m->of);
	json_object(j);
	pair(j, "type", "null");
	json_end_object(j);
	json_end_array(j);
	json_end_object(j);
}

static void list_schema(struct json_out *j, const struct member *m)
{
	json_object(j);
	pair(j, "type", "array");
	json_key(j, "items");
	if (m->kind == KIND_LIST)
		shape_reference(j, m->of);
	else
		shape_scalar(j, m->kind == KIND_WORDS ? REC_TEXT : REC_INT, false, false);
	json_end_object(j);
}

static void simple_schema(struct json_out *j, const char *type, const char *media_type)
{
	json_object(j);
	pair(j, "type", type);
	if (media_type)
		pair(j, "contentMediaType", media_type);
	json_end_object(j);
}

static void property_schema(void *arg, const struct member *m, bool given)
{
	struct json_out *j = arg;

	json_key(j, m->name);
	switch (m->kind) {
	case KIND_SCALAR:
		shape_scalar(j, m->type, m->flags & NULLABLE, given);
		break;
	case KIND_NUMBER:
		simple_schema(j, "number", NULL);
		break;
	case KIND_ANY:
		json_object(j);
		json_end_object(j);
		break;
	case KIND_WORDS:
	case KIND_NUMBERS:
	case KIND_LIST:
		list_schema(j, m);
		break;
	case KIND_THINGS:
		simple_schema(j, "object", NULL);
		break;
	case KIND_BYTES:
		simple_schema(j, "string", "application/octet-stream");
		break;
	case KIND_ONE:
		one_schema(j, m);
		break;
	case KIND_END:
	case KIND_RECORD:
	case KIND_OR:
	case KIND_NEEDS:
	case KIND_OPTIONS:
	case KIND_SETTINGS:
	case KIND_MORE:
		break; /* each_member takes them apart */
	}
}

static void required_name(void *arg, const struct member *m, bool given)
{
	if (!given && !(m->flags & ABSENT))
		json_str(arg, str_of(m->name));
}

static void any_schema(struct json_out *j, const struct member *m)
{
	json_object(j);
	json_key(j, "anyOf");
	json_array(j);
	for (; m->kind == KIND_OR; m++)
		shape_reference(j, m->of);
	json_end_array(j);
	json_end_object(j);
}

static void required_one(struct json_out *j, const char *name)
{
	json_key(j, "required");
	json_array(j);
	json_str(j, str_of(name));
	json_end_array(j);
}

/* Of a reply all members but those that are not always there; of a body those that it needs. */
static void required(struct json_out *j, enum shape_id id)
{
	const struct member *either = NULL;

	json_key(j, "required");
	json_array(j);
	each_member(shapes[id].member, shapes[id].given, required_name, j);
	for (const struct member *m = shapes[id].member; m->kind != KIND_END; m++) {
		if (m->kind == KIND_NEEDS && m->other)
			either = m;
		else if (m->kind == KIND_NEEDS)
			json_str(j, str_of(m->name));
	}
	json_end_array(j);
	if (!either)
		return;
	json_key(j, "anyOf");
	json_array(j);
	json_object(j);
	required_one(j, either->name);
	json_end_object(j);
	json_object(j);
	required_one(j, either->other);
	json_end_object(j);
	json_end_array(j);
}

void shape_schema(struct json_out *j, enum shape_id id)
{
	const struct member *m = shapes[id].member;

	if (m->kind == KIND_OR) {
		any_schema(j, m);
		return;
	}
	json_object(j);
	pair(j, "type", "object");
	json_key(j, "properties");
	json_object(j);
	each_member(m, shapes[id].given, property_schema, j);
	json_end_object(j);
	required(j, id);
	if (shapes[id].given) {
		json_key(j, "additionalProperties");
		json_bool(j, false);
	} else if (find_kind(m, KIND_MORE)) {
		json_key(j, "additionalProperties");
		json_bool(j, true);
	}
	json_end_object(j);
}

/* ---- for people ---- */

const char *shape_scalar_said(enum rec_type type)
{
	return scalars[type].said;
}

static const char *said(const struct member *m)
{
	switch (m->kind) {
	case KIND_SCALAR:
		return scalars[m->type].said;
	case KIND_NUMBER:
		return "number";
	case KIND_WORDS:
		return "list of texts";
	case KIND_NUMBERS:
		return "list of whole numbers";
	case KIND_THINGS:
		return "object";
	case KIND_LIST:
		return "list of";
	case KIND_BYTES:
		return "file";
	case KIND_ANY:
		return "number, text or list";
	case KIND_ONE:
	case KIND_OR:
	case KIND_END:
	case KIND_RECORD:
	case KIND_NEEDS:
	case KIND_OPTIONS:
	case KIND_SETTINGS:
	case KIND_MORE:
		break;
	}
	return "";
}

static bool is_needed(const struct member *m, const char *name)
{
	for (; m->kind != KIND_END; m++)
		if (m->kind == KIND_NEEDS && !strcmp(m->name, name))
			return true;
	return false;
}

struct rows {
	enum shape_id id;
	shape_each_fn *each;
	void *arg;
};

static void row_of(void *arg, const struct member *m, bool given)
{
	const struct rows *to = arg;

	to->each(to->arg, &(struct shape_row){.name = m->name,
	                                      .type = said(m),
	                                      .of = m->of,
	                                      .nullable = m->flags & NULLABLE,
	                                      .absent = m->flags & ABSENT,
	                                      .needed = given && is_needed(shapes[to->id].member, m->name)});
}

void shape_each(enum shape_id id, shape_each_fn *each, void *arg)
{
	for (const struct member *m = shapes[id].member; m->kind == KIND_OR; m++)
		each(arg, &(struct shape_row){.name = "", .type = said(m), .of = m->of});
	each_member(shapes[id].member, shapes[id].given, row_of, &(struct rows){id, each, arg});
}

struct example {
	struct json_out *j;
	const struct member *all;
	bool all_optional, some;
};

static void example_value(struct json_out *j, enum rec_type type)
{
	switch (type) {
	case REC_INT:
		json_int(j, 1);
		return;
	case REC_BOOL:
		json_bool(j, true);
		return;
	case REC_TEXT:
		json_str(j, STR("..."));
		return;
	case REC_DEC:
		json_str(j, STR("12.5"));
		return;
	case REC_AT:
	case REC_AT_SQL:
		json_str(j, STR("2025-11-07T10:30:00Z"));
		return;
	case REC_DAY:
		json_str(j, STR("2025-11-07"));
		return;
	}
}

static void example_member(void *arg, const struct member *m, bool given)
{
	struct example *x = arg;

	(void)given;
	if (m->kind != KIND_SCALAR || (x->all_optional ? x->some : !is_needed(x->all, m->name)))
		return;
	x->some = true;
	json_key(x->j, m->name);
	example_value(x->j, m->type);
}

void shape_example(struct json_out *j, enum shape_id id)
{
	const struct member *m = shapes[id].member;
	struct example x = {j, m, !find_kind(m, KIND_NEEDS), false};

	json_object(j);
	each_member(m, true, example_member, &x);
	json_end_object(j);
}
