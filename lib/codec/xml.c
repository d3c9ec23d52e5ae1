/*
 * xml: the one home of expat.
 *
 * Expat keeps three things that a stranger can make large: the elements that are open, a token that has not
 * ended, and every different name it has met. The first is counted here, the second is measured after each
 * piece of input (what was fed less what was understood), and for the third a bitmap of 64 Ki name hashes tells
 * roughly how many there have been: 8 KiB instead of a table, and it can only count too few where hashes fall
 * together.
 *
 * A pause is expat's own (XML_StopParser, resumable). Expat may still call a hook or two after it was stopped
 * (the end of an empty element, attributes' text); `quiet` keeps a stopped caller from hearing of a failure's
 * aftermath.
 *
 * Owns the parser and the bitmap; the input buffer is the parser's. Disadvantage: prefixes are cut off rather
 * than resolved, so two elements of one name in two namespaces look alike; callers go by where an element
 * stands.
 */
#include <errno.h>
#include <expat.h>
#include <stdlib.h>

#include "base/panic.h"
#include "codec/xml.h"

#define PIECE (64 * 1024)

struct xml {
	XML_Parser parser;
	struct xml_hooks hooks;
	void *arg;
	xml_read_fn *read;
	void *read_arg;
	int depth;
	bool paused;
	bool ended;
	bool last;       /* the last piece has been given to expat */
	const char *why; /* NULL: nothing is wrong */
	uint64_t fed;
	unsigned names; /* different ones, roughly */
	uint64_t seen[65536 / 64];
};

/* Behind the prefix. */
static struct str local(const char *name)
{
	const char *colon = strrchr(name, ':');

	return str_of(colon ? colon + 1 : name);
}

struct str xml_attr(struct xml_attrs attrs, const char *name)
{
	for (const char *const *p = attrs.pair; p[0]; p += 2)
		if (str_eqz(local(p[0]), name))
			return str_of(p[1]);
	return (struct str){NULL, 0};
}

void xml_pause(struct xml *x)
{
	x->paused = true;
	(void)XML_StopParser(x->parser, XML_TRUE);
}

void xml_fail(struct xml *x, const char *why)
{
	if (!x->why)
		x->why = why;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

const char *xml_why(const struct xml *x)
{
	return x->why ? x->why : "";
}

static void count_name(struct xml *x, const char *name)
{
	uint32_t h = 2166136261U;

	while (*name)
		h = (h ^ (unsigned char)*name++) * 16777619U;
	h ^= h >> 16;
	uint64_t *word = &x->seen[(h & 0xffff) / 64], bit = UINT64_C(1) << (h & 63);
	x->names += !(*word & bit);
	*word |= bit;
	if (x->names > XML_NAMES_MAX)
		xml_fail(x, "there are too many different names in it");
}

static void XMLCALL on_start(void *arg, const XML_Char *name, const XML_Char **attrs)
{
	struct xml *x = arg;

	count_name(x, name);
	for (const XML_Char **p = attrs; p[0]; p += 2)
		count_name(x, p[0]);
	if (++x->depth > XML_DEPTH_MAX)
		xml_fail(x, "it is nested too deeply");
	if (!x->why && x->hooks.start)
		x->hooks.start(x->arg, local(name), (struct xml_attrs){attrs});
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
	struct xml *x = arg;

	x->depth--;
	if (!x->why && x->hooks.end)
		x->hooks.end(x->arg, local(name));
}

static void XMLCALL on_text(void *arg, const XML_Char *p, int n)
{
	struct xml *x = arg;

	if (!x->why && x->hooks.text)
		x->hooks.text(x->arg, (struct str){p, (size_t)n});
}

static void XMLCALL on_doctype(void *arg, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                               int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	xml_fail(arg, "it declares a document type, which is not allowed");
}

struct xml *xml_open(const struct xml_hooks *hooks, void *arg, xml_read_fn *read, void *read_arg)
{
	struct xml *x = calloc(1, sizeof *x);

	if (!x || !(x->parser = XML_ParserCreate(NULL)))
		panic("out of memory");
	x->hooks = *hooks;
	x->arg = arg;
	x->read = read;
	x->read_arg = read_arg;
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	return x;
}

void xml_close(struct xml *x)
{
	if (x)
		XML_ParserFree(x->parser);
	free(x);
}

/* Gives expat the next piece of input. */
static enum XML_Status feed(struct xml *x)
{
	void *room = XML_GetBuffer(x->parser, PIECE);
	ssize_t got;

	if (!room)
		panic("out of memory");
	got = x->read(x->read_arg, room, PIECE);
	if (got < 0) {
		x->why = errno == EBADMSG ? "its content is damaged" : "it cannot be read";
		return XML_STATUS_ERROR;
	}
	x->last = got == 0;
	x->fed += (uint64_t)got;
	return XML_ParseBuffer(x->parser, (int)got, x->last);
}

static enum xml_state failed(struct xml *x)
{
	if (!x->why)
		x->why = XML_ErrorString(XML_GetErrorCode(x->parser));
	return XML_FAILED;
}

enum xml_state xml_run(struct xml *x)
{
	bool resume = x->paused;

	if (x->why)
		return XML_FAILED;
	if (x->ended)
		return XML_ENDED;
	x->paused = false;
	for (;;) {
		enum XML_Status said = resume ? XML_ResumeParser(x->parser) : feed(x);
		resume = false;
		if (x->why || said == XML_STATUS_ERROR)
			return failed(x);
		if (said == XML_STATUS_SUSPENDED)
			return XML_PAUSED;
		XML_Index understood = XML_GetCurrentByteIndex(x->parser);
		if (understood >= 0 && x->fed - (uint64_t)understood > XML_TOKEN_MAX + PIECE)
			xml_fail(x, "a tag or a comment in it is too long");
		x->ended = x->last;
		if (x->why)
			return XML_FAILED;
		if (x->ended)
			return XML_ENDED;
	}
}
