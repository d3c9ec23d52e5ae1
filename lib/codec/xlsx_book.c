/*
 * xlsx_book: the parts of a workbook that must be known before its cells can be.
 *
 * A part is found as the format wants it, over the relations (/_rels/.rels names the workbook, its own
 * relations name the rest), never by a guessed name: other programs name them otherwise. Relations that lead
 * out of the archive are not followed. Each part is read once, as a stream; kept are fixed tables (the kind of
 * each cell style takes a byte) and the shared texts end to end in one buffer with their ends in another,
 * because there can be a million.
 *
 * Owns the archive and those buffers. Disadvantage: the shared texts of the whole workbook are loaded even
 * where the sheet asked for uses few of them; nothing in the file says which.
 */
#include <stdio.h>

#include "codec/xlsx_book.h"
#include "codec/xml.h"

#define TEXTS_MAX (4 * 1024 * 1024) /* number of shared texts */

/* One reading of one part. */
struct part {
	struct xlsx_book *book;
	struct xml *xml;
	const char *base; /* the part that relations are of */
	bool listing;     /* inside the list that is being read */
	bool in_text;
	bool phonetic;
	size_t begin; /* of the text being read */
};

/* Copies into a fixed array; false (and empty) if it does not fit. */
static bool copy(char *to, size_t room, struct str s)
{
	bool fits = s.n < room;

	if (fits && s.n)
		memcpy(to, s.p, s.n);
	to[fits ? s.n : 0] = 0;
	return fits;
}

/* `target` as seen from the part `base`, without . and .. ; false if it leads out or is too long. */
static bool resolve(const char *base, struct str target, char out[XLSX_PATH_MAX])
{
	const char *slash = strrchr(base, '/');
	size_t n = slash ? (size_t)(slash - base) : 0;

	if (target.n && target.p[0] == '/')
		n = 0;
	memcpy(out, base, n);
	while (target.p) {
		struct str step = str_cut(&target, '/');
		if (step.n == 0 || str_eq(step, STR(".")))
			continue;
		if (str_eq(step, STR(".."))) {
			if (n == 0)
				return false;
			while (n && out[--n] != '/')
				;
			continue;
		}
		if (n + 1 + step.n >= XLSX_PATH_MAX)
			return false;
		if (n)
			out[n++] = '/';
		memcpy(out + n, step.p, step.n);
		n += step.n;
	}
	out[n] = 0;
	return n > 0;
}

/* Runs a part through the hooks. */
static bool read_part(struct part *p, const char *path, const struct xml_hooks *hooks, char why[XLSX_WHY])
{
	const struct zip_in_entry *entry = zip_in_find(p->book->zip, str_of(path));
	struct zip_in_file *file = entry ? zip_in_file_open(p->book->zip, entry) : NULL;

	if (!file) {
		(void)snprintf(why, XLSX_WHY, "This workbook lacks its part %.80s", path);
		return false;
	}
	p->xml = xml_open(hooks, p, zip_in_read, file);
	bool good = xml_run(p->xml) == XML_ENDED;
	if (!good)
		(void)snprintf(why, XLSX_WHY, "This workbook's part %.80s is not right: %.80s", path,
		               xml_why(p->xml));
	xml_close(p->xml);
	zip_in_file_close(file);
	return good;
}

/* One relation of a workbook: to a sheet, or to one of the parts that are read. */
static void relate(struct part *p, struct str type, struct str id, struct str target)
{
	struct xlsx_book *b = p->book;
	char path[XLSX_PATH_MAX];

	if (!resolve(p->base, target, path)) {
		xml_fail(p->xml, "a relation in it leads out of the workbook");
		return;
	}
	struct str s = str_of(path);
	if (str_ends(type, STR("/officeDocument")))
		(void)copy(b->path, sizeof b->path, s);
	else if (str_ends(type, STR("/styles")))
		(void)copy(b->styles_path, sizeof b->styles_path, s);
	else if (str_ends(type, STR("/sharedStrings")))
		(void)copy(b->texts_path, sizeof b->texts_path, s);
	else if (str_ends(type, STR("/worksheet")))
		for (size_t i = 0; i < b->sheets; i++)
			if (str_eqz(id, b->sheet[i].relation))
				(void)copy(b->sheet[i].path, sizeof b->sheet[i].path, s);
}

static void on_relation(void *arg, struct str name, struct xml_attrs attrs)
{
	if (str_eqz(name, "Relationship") && !str_eqz(xml_attr(attrs, "TargetMode"), "External"))
		relate(arg, xml_attr(attrs, "Type"), xml_attr(attrs, "Id"), xml_attr(attrs, "Target"));
}

static void on_workbook(void *arg, struct str name, struct xml_attrs attrs)
{
	struct part *p = arg;
	struct xlsx_book *b = p->book;

	if (str_eqz(name, "workbookPr") && xml_attr(attrs, "date1904").p) {
		struct str v = xml_attr(attrs, "date1904");
		b->from_1904 = str_eqz(v, "1") || str_eqz(v, "true");
	}
	if (str_eqz(name, "sheets"))
		p->listing = true;
	if (!p->listing || !str_eqz(name, "sheet"))
		return;
	if (b->sheets == ZIP_IN_ENTRIES_MAX) {
		xml_fail(p->xml, "there are more than 64 sheets");
		return;
	}
	struct xlsx_sheet *s = &b->sheet[b->sheets++];
	struct str state = xml_attr(attrs, "state");
	s->hidden = state.n && !str_eqz(state, "visible");
	if (!copy(s->name, sizeof s->name, xml_attr(attrs, "name")) ||
	    !copy(s->relation, sizeof s->relation, xml_attr(attrs, "id")))
		xml_fail(p->xml, "the name of a sheet is too long");
}

static void on_workbook_end(void *arg, struct str name)
{
	struct part *p = arg;

	if (str_eqz(name, "sheets"))
		p->listing = false;
}

static void on_style(void *arg, struct str name, struct xml_attrs attrs)
{
	struct part *p = arg;
	struct xlsx_book *b = p->book;
	uint64_t id = 0;

	if (str_eqz(name, "cellXfs"))
		p->listing = true;
	bool format = str_eqz(name, "numFmt"), style = p->listing && str_eqz(name, "xf");
	if (!format && !style)
		return;
	bool known = str_to_u64(xml_attr(attrs, "numFmtId"), XLSX_STYLES_MAX - 1, &id);
	if (format && known)
		b->format[id] = 1 + (uint8_t)xlsx_kind_of_code(xml_attr(attrs, "formatCode"));
	if (style && b->styles == XLSX_STYLES_MAX)
		xml_fail(p->xml, "there are too many styles");
	else if (style)
		b->style[b->styles++] =
		        b->format[id] ? b->format[id] - 1 : (uint8_t)xlsx_kind_of_id((unsigned)id);
}

static void on_style_end(void *arg, struct str name)
{
	struct part *p = arg;

	if (str_eqz(name, "cellXfs"))
		p->listing = false;
}

static void on_text_start(void *arg, struct str name, struct xml_attrs attrs)
{
	struct part *p = arg;

	(void)attrs;
	if (str_eqz(name, "si"))
		p->begin = p->book->texts.n;
	if (str_eqz(name, "rPh"))
		p->phonetic = true;
	p->in_text = str_eqz(name, "t") && !p->phonetic;
}

static void on_text(void *arg, struct str text)
{
	struct part *p = arg;

	if (p->in_text)
		buf_adds(&p->book->texts, text);
}

static void on_text_end(void *arg, struct str name)
{
	struct part *p = arg;
	struct xlsx_book *b = p->book;

	p->in_text = false;
	if (str_eqz(name, "rPh"))
		p->phonetic = false;
	if (b->texts.over || b->ends.over)
		xml_fail(p->xml, "it holds more text than can be read");
	if (!str_eqz(name, "si"))
		return;
	if (b->texts.n > p->begin)
		b->texts.n = p->begin + xlsx_unescape(b->texts.p + p->begin, b->texts.n - p->begin);
	p->begin = b->texts.n;
	uint32_t end = (uint32_t)b->texts.n;
	buf_add(&b->ends, &end, sizeof end);
}

static const struct xml_hooks relations = {on_relation, NULL, NULL};
static const struct xml_hooks workbook = {on_workbook, on_workbook_end, NULL};
static const struct xml_hooks styles = {on_style, on_style_end, NULL};
static const struct xml_hooks texts = {on_text_start, on_text_end, on_text};

/* "xl/workbook.xml" has its relations in "xl/_rels/workbook.xml.rels". */
static bool relations_of(const char *path, char out[XLSX_PATH_MAX + 16])
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash + 1 - path) : 0;

	return snprintf(out, XLSX_PATH_MAX + 16, "%.*s_rels/%s.rels", folder, path, path + folder) > 0;
}

bool xlsx_book_open(struct xlsx_book *b, int fd, char why[XLSX_WHY])
{
	struct part root = {.book = b, .base = ""}, list = {.book = b}, related = {.book = b, .base = b->path};
	char path[XLSX_PATH_MAX + 16];

	buf_init(&b->texts, XLSX_TEXTS_MAX);
	buf_init(&b->ends, TEXTS_MAX * sizeof(uint32_t));
	b->zip = zip_in_open(fd, XLSX_PART_MAX, why);
	if (!b->zip || !read_part(&root, "_rels/.rels", &relations, why))
		return false;
	if (!b->path[0]) {
		(void)snprintf(why, XLSX_WHY, "This ZIP file is not a workbook");
		return false;
	}
	return read_part(&list, b->path, &workbook, why) && relations_of(b->path, path) &&
	       read_part(&related, path, &relations, why);
}

bool xlsx_book_load(struct xlsx_book *b, char why[XLSX_WHY])
{
	struct part p = {.book = b}, q = {.book = b};

	return (!b->styles_path[0] || read_part(&p, b->styles_path, &styles, why)) &&
	       (!b->texts_path[0] || read_part(&q, b->texts_path, &texts, why));
}

void xlsx_book_close(struct xlsx_book *b)
{
	zip_in_close(b->zip);
	buf_free(&b->texts);
	buf_free(&b->ends);
}

struct str xlsx_book_text(const struct xlsx_book *b, uint64_t i)
{
	uint32_t from = 0, to;

	if (i >= b->ends.n / sizeof to)
		return (struct str){NULL, 0};
	if (i > 0)
		memcpy(&from, b->ends.p + (i - 1) * sizeof from, sizeof from);
	memcpy(&to, b->ends.p + i * sizeof to, sizeof to);
	return (struct str){b->texts.p ? b->texts.p + from : "", to - from};
}
