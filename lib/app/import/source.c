/*
 * source: the layers over a file's bytes, each a csv_read_fn over the one below.
 *
 * source_open finds out from the outside in what there is: gzip or a workbook or neither; then, of what comes
 * out, whether it is UTF-16 and whether it has NUL bytes. Each finding is a flag, and `pour` sets up the layers
 * that the flags name, from the file's start; so going back is closing them and pouring again.
 *
 * Owns the decoders, 400 KiB at most beside a workbook's shared texts; not the descriptor. Disadvantages: a run
 * that goes on in a packed file unpacks what it has already read; NUL bytes that begin beyond the head stay,
 * and are then cells that hold no number.
 */
#include "app/import/source.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/setting.h"
#include "app/storage.h"
#include "codec/gzip.h"
#include "codec/recode.h"
#include "codec/xlsx_text.h"
#include "codec/zip.h"

#define SAID_MAX 4

struct source {
	struct ctx *c;
	int fd;
	int64_t size;
	const struct answers *asked;
	uint64_t limit; /* of what is unpacked */

	/* what has been found */
	bool packed, workbook, recoded, has_nul;
	enum recode_from from;
	struct str head;
	struct str sheet;
	size_t sheets;
	const char *said[SAID_MAX];
	enum answer_id about[SAID_MAX];
	size_t said_n;

	/* the layers; the topmost is read, and the one that strips reads below */
	struct gzip_in *gzip;
	struct xlsx_text *book;
	struct recode *recode;
	csv_read_fn *read, *below;
	void *arg, *below_arg;
	struct csv_reader *rows;
};

/* ---- the layers ---- */

static ssize_t read_stripped(void *source, char *p, size_t n)
{
	struct source *s = source;
	ssize_t got, kept = 0;
	do {
		got = s->below(s->below_arg, p, n);
		for (ssize_t i = 0; i < got; i++)
			if (p[i])
				p[kept++] = p[i];
	} while (got > 0 && kept == 0);
	return got > 0 ? kept : got;
}

static void dry_up(struct source *s)
{
	csv_close(s->rows);
	recode_close(s->recode);
	xlsx_text_close(s->book);
	gzip_in_close(s->gzip);
	s->rows = NULL;
	s->recode = NULL;
	s->book = NULL;
	s->gzip = NULL;
}

static enum err book_failed(struct source *s, const char *why)
{
	if (strcmp(why, ZIP_IN_MISSING) == 0)
		return ctx_fail(s->c, ERR_INVALID, "file",
		                "XLSX files cannot be read on this machine: %s. Save the sheet as CSV.", why);
	if (str_starts(str_of(why), STR(XLSX_NO_SHEET)))
		return ctx_fail(s->c, ERR_INVALID, "sheet", "%s.", why);
	return ctx_fail(
	        s->c, ERR_INVALID, "file",
	        "This file is an archive (ZIP) that cannot be read as a workbook. %s. Save the sheet as "
	        "CSV.",
	        why);
}

/* Sets up the layers that have been found, from the file's start. */
static enum err pour(struct source *s)
{
	char why[XLSX_WHY] = "";
	dry_up(s);
	if (lseek(s->fd, 0, SEEK_SET) < 0)
		return source_failed(s);
	s->read = csv_read_fd;
	s->arg = &s->fd;
	if (s->packed) {
		s->arg = s->gzip = gzip_in_open(s->fd, s->limit);
		s->read = gzip_in_read;
	} else if (s->workbook) {
		s->arg = s->book = xlsx_text_open(s->fd, s->asked->given[ANSWER_sheet], why);
		s->read = xlsx_text_read;
	}
	if (s->workbook && !s->book)
		return book_failed(s, why);
	if (s->recoded) {
		s->arg = s->recode = recode_open(s->from, s->read, s->arg);
		s->read = recode_read;
	}
	if (s->has_nul) {
		s->below = s->read;
		s->below_arg = s->arg;
		s->read = read_stripped;
		s->arg = s;
	}
	return OK;
}

/* The head as the layers give it. */
static enum err look(struct source *s)
{
	size_t have = 0;
	ssize_t got = 1;
	enum err e = pour(s);
	if (e)
		return e;
	char *p = arena_alloc(s->c->arena, SOURCE_HEAD);
	while (have < SOURCE_HEAD && (got = s->read(s->arg, p + have, SOURCE_HEAD - have)) > 0)
		have += (size_t)got;
	s->head = (struct str){p, have};
	return got < 0 ? source_failed(s) : OK;
}

/* ---- what it is ---- */

static const char *binary(struct str head)
{
	static const struct {
		const char *magic;
		size_t n;
		const char *is;
	} kinds[] = {
	        {"PK\x05\x06", 4, "an empty archive (ZIP)"},
	        {"\x89PNG", 4, "a picture (PNG)"},
	        {"\xff\xd8\xff", 3, "a picture (JPEG)"},
	        {"GIF8", 4, "a picture (GIF)"},
	        {"%PDF", 4, "a PDF document"},
	        {"\xd0\xcf\x11\xe0", 4, "an old workbook (XLS), or one with a password"},
	        {"SQLite format 3", 15, "a database"},
	        {"BZh", 3, "compressed with bzip2"},
	        {"7z\xbc\xaf", 4, "an archive (7z)"},
	        {"\xfd"
	         "7zXZ",
	         5, "compressed with xz"},
	        {"\x28\xb5\x2f\xfd", 4, "compressed with zstd"},
	        {"\x7f"
	         "ELF",
	         4, "a program"},
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (head.n >= kinds[i].n && memcmp(head.p, kinds[i].magic, kinds[i].n) == 0)
			return kinds[i].is;
	return NULL;
}

/* What the decoded head says of a file that cannot be a CSV; NULL: nothing against it. */
static const char *not_text(struct str head)
{
	struct str text = str_trim(head);
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_trim(str_sub(text, 3, text.n));
	if (text.n && text.p[0] == '<')
		return "a web page or XML";
	size_t odd = 0;
	for (size_t i = 0; i < head.n; i++) {
		unsigned char ch = (unsigned char)head.p[i];
		odd += ch < 9 || (ch > 13 && ch < 32);
	}
	/* files are sent with stray NULs in them; a tenth of control characters is no text */
	return odd > head.n / 10 ? "not text" : NULL;
}

static enum err refuse(struct source *s, const char *is)
{
	return ctx_fail(s->c, ERR_INVALID, "file",
	                "This file is %s%s, not a CSV file or a workbook (XLSX). Save it as CSV first.",
	                s->packed ? "compressed with gzip, and what is in it is " : "", is);
}

static void say(struct source *s, enum answer_id about, const char *sentence)
{
	s->about[s->said_n] = about;
	s->said[s->said_n++] = sentence;
}

/* ---- the wrapping ---- */

static enum err unwrap(struct source *s)
{
	enum err e = look(s);
	if (!e && gzip_starts(s->head)) {
		s->packed = true;
		e = look(s);
		say(s, ANSWERS, "The file is compressed with gzip.");
		if (!e && gzip_starts(s->head))
			return refuse(s, "compressed with gzip once more");
		if (!e && str_starts(s->head, STR("PK\x03\x04")))
			return ctx_fail(
			        s->c, ERR_INVALID, "file",
			        "This file is compressed with gzip, and in it is an archive or a workbook "
			        "(ZIP, XLSX). Unpack it and import the workbook itself.");
	} else if (!e && str_starts(s->head, STR("PK\x03\x04"))) {
		s->workbook = true;
		e = look(s);
		if (e)
			return e;
		s->sheet = arena_str(s->c->arena, str_of(xlsx_sheet(xlsx_text_rows(s->book), &s->sheets)));
		say(s, ANSWER_sheet,
		    arena_printf(s->c->arena, "The file is a workbook of %zu sheet%s; \"%.*s\" is read.",
		                 s->sheets, s->sheets == 1 ? "" : "s", STR_ARG(s->sheet)));
	}
	return e;
}

static enum err choose_encoding(struct source *s)
{
	static const struct {
		const char *word;
		enum recode_from from;
		const char *title;
	} encodings[] = {
	        {"utf-16le", RECODE_UTF16_LE, "UTF-16, the little end first"},
	        {"utf-16be", RECODE_UTF16_BE, "UTF-16, the big end first"},
	        {"cp1252", RECODE_CP1252, "code page 1252 (Windows)"},
	};
	struct str asked = s->asked->given[ANSWER_encoding];
	if (s->workbook || str_eqz(asked, "utf-8"))
		return OK;
	s->recoded = !asked.n && recode_is_utf16(s->head, &s->from);
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
		if (asked.n ? !str_eqz(asked, encodings[i].word) : !s->recoded || s->from != encodings[i].from)
			continue;
		s->recoded = true;
		s->from = encodings[i].from;
		say(s, ANSWER_encoding, arena_printf(s->c->arena, "The text is in %s.", encodings[i].title));
		return look(s);
	}
	if (asked.n)
		return ctx_fail(s->c, ERR_INVALID, "encoding",
		                "The encoding is utf-8, cp1252, utf-16le or utf-16be, not \"%.*s\".",
		                STR_ARG(str_sub(asked, 0, 30)));
	return OK;
}

static enum err find_out(struct source *s)
{
	enum err e = unwrap(s);
	if (e)
		return e;
	if (s->asked->given[ANSWER_sheet].n && !s->workbook)
		return ctx_fail(s->c, ERR_INVALID, "sheet",
		                "The file is no workbook, so it has no sheets: leave the sheet out.");
	const char *is = s->workbook ? NULL : binary(s->head);
	if (!is)
		e = choose_encoding(s);
	if (!is && !e)
		is = not_text(s->head);
	if (e || is)
		return e ? e : refuse(s, is);
	if (!s->head.n || !memchr(s->head.p, 0, s->head.n))
		return OK;
	s->has_nul = true;
	say(s, ANSWERS, "The file has NUL bytes, which were left out.");
	return look(s);
}

enum err source_open(struct ctx *c, int fd, const struct answers *asked, struct source **out)
{
	struct stat st;
	struct source *s = ARENA_NEW(c->arena, struct source);
	*s = (struct source){.c = c, .fd = fd, .asked = asked};
	s->limit = (uint64_t)setting_int(c, SETTING_upload_max_mib) * SOURCE_UNPACKED << 20;
	s->size = fstat(fd, &st) == 0 ? (int64_t)st.st_size : 0;
	enum err e = find_out(s);
	if (e)
		dry_up(s);
	*out = e ? NULL : s;
	return e;
}

void source_close(struct source *s)
{
	if (s)
		dry_up(s);
}

struct str source_head(const struct source *s)
{
	return s->head;
}

const char *source_said(const struct source *s, size_t i, enum answer_id *about)
{
	*about = i < s->said_n ? s->about[i] : ANSWERS;
	return i < s->said_n ? s->said[i] : NULL;
}

bool source_lost_bytes(const struct source *s)
{
	return s->has_nul;
}

struct str source_sheet(const struct source *s, size_t *of)
{
	*of = s->sheets;
	return s->sheet;
}

/* ---- rows ---- */

static bool plain(const struct source *s)
{
	return !s->packed && !s->workbook && !s->recoded && !s->has_nul;
}

enum err source_seek(struct source *s, struct csv_dialect d, uint64_t offset, uint64_t line)
{
	uint64_t left = plain(s) ? 0 : offset;
	char *p = left ? arena_alloc(s->c->arena, SOURCE_HEAD) : NULL;
	enum err e = pour(s);
	if (!e && plain(s) && lseek(s->fd, (off_t)offset, SEEK_SET) < 0)
		e = source_failed(s);
	while (!e && left) {
		ssize_t got = s->read(s->arg, p, left < SOURCE_HEAD ? (size_t)left : SOURCE_HEAD);
		if (got < 0)
			e = source_failed(s);
		else if (got == 0)
			e = ctx_fail(s->c, ERR_INVALID, "file",
			             "The stored file is shorter than it was when its import began.");
		else
			left -= (uint64_t)got;
	}
	if (!e)
		s->rows = csv_open(d, s->read, s->arg, offset, line);
	return e;
}

enum csv_next source_next(struct source *s, struct csv_row *row)
{
	return csv_next(s->rows, row);
}

enum err source_failed(struct source *s)
{
	int err = errno;
	bool damaged = err == EBADMSG || err == EFBIG;
	if (damaged && s->gzip)
		return ctx_fail(s->c, ERR_INVALID, "file", "%s", gzip_in_why(s->gzip));
	if (damaged && s->book)
		return ctx_fail(s->c, ERR_INVALID, "file", "%s.", xlsx_why(xlsx_text_rows(s->book)));
	enum err e = storage_errno(err);
	return ctx_fail(s->c, e == ERR_NOT_FOUND ? ERR_IO : e, "file", "The file cannot be read: %s.",
	                strerror(err));
}

int64_t source_size(const struct source *s)
{
	return s->size;
}

int64_t source_done(const struct source *s, uint64_t next)
{
	if (plain(s))
		return (int64_t)next;
	if (s->book)
		return s->size * xlsx_done(xlsx_text_rows(s->book)) / 1000;
	off_t at = lseek(s->fd, 0, SEEK_CUR);
	return at > s->size ? s->size : at;
}
