/* answers: see answers.h. */
#include "app/import/answers.h"

#include "codec/json.h"

const struct answer_info answer_infos[ANSWERS] = {
#define ANSWER(id, option, kind, words, title, help) {#id, option, ANSWER_##kind, words, title, help},
#include "app/import/answers.def"
#undef ANSWER
};

enum answer_id answer_find(struct str id)
{
	int i = 0;
	while (i < ANSWERS && !str_eqz(id, answer_infos[i].id))
		i++;
	return (enum answer_id)i;
}

struct str answer_said(struct str word)
{
	static const struct {
		const char *word, *said;
	} other[] = {
	        {"dmy", "day, month, year"},
	        {"mdy", "month, day, year"},
	        {"ymd", "year, month, day"},
	        {"bar", "bar |"},
	        {"utf-8", "UTF-8"},
	        {"cp1252", "Windows-1252"},
	        {"utf-16le", "UTF-16, little end first"},
	        {"utf-16be", "UTF-16, big end first"},
	};
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		if (str_eqz(word, other[i].word))
			return str_of(other[i].said);
	return word;
}

static bool one_of(struct str value, const char *words)
{
	struct str rest = str_of(words);
	while (rest.p)
		if (str_eq(value, str_cut(&rest, ' ')))
			return true;
	return false;
}

static bool in_range(struct str value, const char *range)
{
	struct str high = str_of(range), low = str_cut(&high, ' ');
	uint64_t n, from = 0, to = 0;
	return str_to_u64(low, INT32_MAX, &from) && str_to_u64(high, INT32_MAX, &to) &&
	       str_to_u64(value, to, &n) && n >= from;
}

enum err answer_check(enum answer_id id, struct str value, struct fault *f)
{
	const struct answer_info *i = &answer_infos[id];
	bool right = value.n <= ANSWER_MAX;
	if (!value.n)
		return OK;
	switch (i->kind) {
	case ANSWER_TEXT:
	case ANSWER_COLUMN:
		break;
	case ANSWER_WORD:
		right = right && one_of(value, i->words);
		break;
	case ANSWER_NUMBER:
		right = right && in_range(value, i->words);
		break;
	}
	return right ? OK
	             : fault_set(f, ERR_INVALID, i->id, "\"%.*s\" cannot be an answer to \"%s\": %s.",
	                         STR_ARG(str_sub(value, 0, 40)), i->title, i->help);
}

enum err answers_check(const struct answers *all, struct fault *f)
{
	enum err e = OK;
	for (int i = 0; i < ANSWERS && !e; i++)
		e = answer_check((enum answer_id)i, all->given[i], f);
	return e;
}

int64_t answer_number(const struct answers *all, enum answer_id id)
{
	uint64_t n = 0;
	str_to_u64(all->given[id], INT32_MAX, &n);
	return (int64_t)n;
}

bool answer_is(const struct answers *all, enum answer_id id, const char *word)
{
	return str_eqz(all->given[id], word);
}

struct answers answers_merge(const struct answers *under, const struct answers *over)
{
	struct answers out = *under;
	for (int i = 0; i < ANSWERS; i++)
		if (over->given[i].n)
			out.given[i] = over->given[i];
	return out;
}

bool answers_any(const struct answers *all)
{
	bool any = false;
	for (int i = 0; i < ANSWERS; i++)
		any = any || all->given[i].n;
	return any;
}

struct str answers_write(struct arena *a, const struct answers *all)
{
	struct buf b = BUF_INIT(64 * 1024);
	struct json_out j;
	json_start(&j, &b);
	json_object(&j);
	for (int i = 0; i < ANSWERS; i++) {
		if (!all->given[i].n)
			continue;
		json_key(&j, answer_infos[i].id);
		json_str(&j, all->given[i]);
	}
	json_end_object(&j);
	struct str out = arena_str(a, buf_str(&b));
	buf_free(&b);
	return out;
}

enum err answers_read(struct arena *a, struct str text, struct answers *out, struct fault *f)
{
	char why[160] = "it is no object";
	*out = (struct answers){0};
	if (!text.n)
		return OK;
	struct json *root = json_parse(text, why);
	enum err e = root && json_kind(root) == JSON_OBJECT ? OK : ERR_INVALID;
	for (size_t i = 0; i < json_count(root) && !e; i++) {
		struct str key;
		const struct json *v = json_member_at(root, i, &key);
		enum answer_id id = answer_find(key);
		if (id == ANSWERS || json_kind(v) != JSON_STRING)
			e = fault_set(f, ERR_INVALID, "answers", "\"%.*s\" is no answer with a text.",
			              STR_ARG(str_sub(key, 0, 40)));
		else
			out->given[id] = arena_str(a, json_text(v));
	}
	if (!root || (e && !f->code))
		e = fault_set(f, ERR_INVALID, "answers", "The answers cannot be read: %s.", why);
	json_free(root);
	return e ? e : answers_check(out, f);
}
