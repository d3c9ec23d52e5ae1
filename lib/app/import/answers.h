/*
 * answers: what a person says about how a file is to be read, where the file says nothing or says it wrongly.
 *
 * answers.def is the list. An answer that is not given is found out from the file. Answers come from the
 * preview's form, the API, the command line and presets, are kept with the job as JSON ({"date_order":"mdy"})
 * so that a later run reads the file in the same way, and are settled into a layout by layout.c.
 */
#ifndef WL_APP_IMPORT_ANSWERS_H
#define WL_APP_IMPORT_ANSWERS_H

#include "base/arena.h"
#include "base/err.h"

enum answer_id {
#define ANSWER(id, option, kind, words, title, help) ANSWER_##id,
#include "app/import/answers.def"
#undef ANSWER
	ANSWERS
};

struct answers {
	struct str given[ANSWERS]; /* n == 0: to be found out */
};

enum answer_kind {
	ANSWER_TEXT,   /* at most ANSWER_MAX bytes */
	ANSWER_WORD,   /* one of the words */
	ANSWER_NUMBER, /* between the two of the words */
	ANSWER_COLUMN, /* a column's number, from 1, or its name in the header; "none" */
};

#define ANSWER_MAX 200

struct answer_info {
	const char *id, *option;
	enum answer_kind kind;
	const char *words, *title, *help;
};
extern const struct answer_info answer_infos[ANSWERS];

/* ANSWERS: there is no such question. */
enum answer_id answer_find(struct str id);
/* Whether an answer can be one at all; ERR_INVALID names its field. An empty one always can. */
enum err answer_check(enum answer_id id, struct str value, struct fault *f);
enum err answers_check(const struct answers *all, struct fault *f);
/* A word as a person would say it: "dmy" is "day, month, year"; most are said as they are. */
struct str answer_said(struct str word);
/* Its number; the answer must have been checked. */
int64_t answer_number(const struct answers *all, enum answer_id id);
bool answer_is(const struct answers *all, enum answer_id id, const char *word);

/* What is given in `over` wins. */
struct answers answers_merge(const struct answers *under, const struct answers *over);
bool answers_any(const struct answers *all);

/* {"delimiter":"tab",...}: what is given. */
struct str answers_write(struct arena *a, const struct answers *all);
/* Empty text is no answers. ERR_INVALID: it is no JSON object of answers. Copied into the arena. */
enum err answers_read(struct arena *a, struct str json, struct answers *out, struct fault *f);

#endif
