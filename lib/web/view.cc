/*
 * view: the thin C++ shim over Debian's ctemplate; see view.h for what it promises.
 *
 * struct view is a ctemplate::TemplateDictionary under another name: no wrapper is allocated. Variable names
 * are literals, so their TemplateString needs no copy either. No exception leaves this file: ctemplate throws
 * none of its own, and a failed allocation ends the process, as everywhere.
 */
#include <ctemplate/template.h>
#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary.h>
#include <ctemplate/template_emitter.h>

#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>

extern "C" {
#include "base/buf.h"
#include "base/civil.h"
#include "base/decimal.h"
#include "base/rec.h"
#include "web/asset.h"
}
#include "web/view.h"

using ctemplate::TemplateDictionary;
using ctemplate::TemplateString;

namespace
{

const ctemplate::Strip STRIP = ctemplate::STRIP_BLANK_LINES;
const char FOLDER[] = "templates/";

TemplateDictionary *dict(struct view *v)
{
	return reinterpret_cast<TemplateDictionary *>(v);
}
struct view *view_of(TemplateDictionary *d)
{
	return reinterpret_cast<struct view *>(d);
}

/* The registered name. Kept for the life of the process: there are as many as the code has names. */
TemplateString name_of(const char *z)
{
	using Sts = ctemplate::StaticTemplateString;
	struct Recent {
		const char *z;
		const Sts *name;
	};
	static std::unordered_map<std::string_view, const Sts *> known;
	static Recent recent[256]; /* by address: nearly all names are literals */
	Recent *place = &recent[(reinterpret_cast<uintptr_t>(z) * 0x9E3779B97F4A7C15u) >> 56];

	if (place->z == z && std::strcmp(place->name->do_not_use_directly_.ptr_, z) == 0)
		return TemplateString(*place->name);
	const std::string_view text(z);
	const auto found = known.find(text);

	if (found != known.end()) {
		*place = {z, found->second};
		return TemplateString(*found->second);
	}
	char *copy = new char[text.size() + 1];
	std::memcpy(copy, z, text.size() + 1);
	auto *made = new Sts{{copy, text.size(), 0}};
	ctemplate::StaticTemplateStringInitializer registered(made);
	known.emplace(std::string_view(copy, text.size()), made);
	return TemplateString(*made);
}

TemplateString slice(struct str s)
{
	return TemplateString(s.p ? s.p : "", s.n);
}

class BufEmitter : public ctemplate::ExpandEmitter
{
	struct buf *out_;

      public:
	explicit BufEmitter(struct buf *out) : out_(out) {}
	void Emit(char c) override { buf_addc(out_, c); }
	void Emit(const std::string &s) override { buf_add(out_, s.data(), s.size()); }
	void Emit(const char *s) override { buf_addz(out_, s); }
	void Emit(const char *s, size_t n) override { buf_add(out_, s, n); }
};

/* "batch_id" -> "BATCH_ID". Longer names than any descriptor has are cut. */
struct Name {
	char text[48];
	explicit Name(const char *lower)
	{
		size_t i = 0;

		for (; lower[i] && i + 1 < sizeof(text); i++)
			text[i] = lower[i] >= 'a' && lower[i] <= 'z' ? static_cast<char>(lower[i] - 32)
			                                             : lower[i];
		text[i] = '\0';
	}
};

void set_copy(TemplateDictionary *d, const char *name, const char *text)
{
	d->SetValue(name, text);
}

template <typename T> T member(const void *obj, size_t offset)
{
	T value;

	std::memcpy(&value, static_cast<const char *>(obj) + offset, sizeof(value));
	return value;
}

void set_field(TemplateDictionary *d, const char *name, const struct rec_field *f, const void *obj)
{
	char text[CIVIL_TIME_TEXT + DEC_TEXT] = "";

	if (f->flags & REC_MAYBE && rec_is_null(f, obj)) {
		d->SetValue(name_of(name), "");
		return;
	}
	switch (f->type) {
	case REC_TEXT:
		d->SetValueWithoutCopy(name_of(name), slice(member<struct str>(obj, f->offset)));
		return;
	case REC_BOOL:
		if (member<bool>(obj, f->offset))
			d->ShowSection(name_of(name));
		return;
	case REC_INT:
		d->SetIntValue(name_of(name), member<int64_t>(obj, f->offset));
		return;
	case REC_AT:
	case REC_AT_SQL: {
		int64_t at = member<int64_t>(obj, f->offset);

		if (at && f->type == REC_AT)
			civil_format_at(at, text);
		else if (at)
			civil_format_at_sql(at, text);
		break;
	}
	case REC_DEC:
		dec_format(member<int64_t>(obj, f->offset), text);
		break;
	case REC_DAY:
		civil_format_day(static_cast<int32_t>(member<int64_t>(obj, f->offset)), text);
		break;
	}
	set_copy(d, name, text);
}

} // namespace

struct views {
	ctemplate::TemplateCache cache;
};

extern "C" {

struct views *views_new(const char **bad)
{
	struct views *vs = new struct views;

	for (size_t i = 0; i < assets_count; i++) {
		const struct asset *a = &assets[i];

		if (std::strncmp(a->name, FOLDER, sizeof(FOLDER) - 1) != 0)
			continue;
		if (!vs->cache.StringToTemplateCache(a->name + sizeof(FOLDER) - 1, a->bytes, a->n, STRIP)) {
			*bad = a->name;
			delete vs;
			return nullptr;
		}
	}
	return vs;
}

void views_free(struct views *vs)
{
	delete vs;
}

struct view *view_new(void)
{
	return view_of(new TemplateDictionary("page"));
}

void view_free(struct view *v)
{
	delete dict(v);
}

void view_set(struct view *v, const char *name, struct str value)
{
	dict(v)->SetValueWithoutCopy(name_of(name), slice(value));
}

void view_setz(struct view *v, const char *name, const char *value)
{
	view_set(v, name, str_of(value));
}

void view_int(struct view *v, const char *name, int64_t value)
{
	dict(v)->SetIntValue(name_of(name), value);
}

void view_show(struct view *v, const char *section)
{
	dict(v)->ShowSection(name_of(section));
}

struct view *view_section(struct view *v, const char *section)
{
	return view_of(dict(v)->AddSectionDictionary(name_of(section)));
}

struct view *view_include(struct view *v, const char *name, const char *file)
{
	TemplateDictionary *d = dict(v)->AddIncludeDictionary(name_of(name));

	d->SetFilename(file);
	return view_of(d);
}

void view_global(struct view *page, const char *name, struct str value)
{
	dict(page)->SetTemplateGlobalValueWithoutCopy(name_of(name), slice(value));
}

void view_global_show(struct view *page, const char *section)
{
	dict(page)->ShowTemplateGlobalSection(name_of(section));
}

void view_rec(struct view *v, const struct rec_desc *d, const void *obj)
{
	for (size_t i = 0; i < d->count; i++) {
		if (!(d->field[i].flags & REC_HIDDEN))
			set_field(dict(v), Name(d->field[i].name).text, &d->field[i], obj);
	}
}

bool view_render(const struct views *vs, const char *file, struct view *page, struct buf *out)
{
	BufEmitter emitter(out);
	/* ExpandWithData may fill the cache, which is not a change that a caller could see. */
	ctemplate::TemplateCache &cache = const_cast<struct views *>(vs)->cache;

	return cache.ExpandWithData(file, STRIP, dict(page), nullptr, &emitter) && !out->over;
}

} // extern "C"
