/* multipart: a body told whole and in pieces is the same parts; begin, data and end come in order; an
 * unfinished body is never OK. The first line of the input is the Content-Type. */
#include "base/buf.h"
#include "codec/multipart.h"
#include "fuzz.h"

struct told {
	struct buf b;
	bool in_part;
	unsigned parts;
};

static bool on_begin(void *arg, const struct multipart_part *part)
{
	struct told *t = arg;

	FUZZ_CHECK(!t->in_part && ++t->parts <= MULTIPART_PARTS_MAX && part->name.p && part->type.p);
	t->in_part = true;
	buf_addz(&t->b, "{");
	buf_adds(&t->b, part->name);
	buf_addz(&t->b, "|");
	buf_adds(&t->b, part->filename);
	buf_addz(&t->b, "|");
	buf_adds(&t->b, part->type);
	buf_addz(&t->b, ":");
	return true;
}

static bool on_data(void *arg, const char *p, size_t n)
{
	struct told *t = arg;

	FUZZ_CHECK(t->in_part && n > 0);
	buf_add(&t->b, p, n);
	return true;
}

static bool on_end(void *arg)
{
	struct told *t = arg;

	FUZZ_CHECK(t->in_part);
	t->in_part = false;
	buf_addz(&t->b, "}");
	return true;
}

static enum multipart_result feed(struct told *t, struct str type, struct str body, uint64_t random)
{
	static const struct multipart_hooks hooks = {on_begin, on_data, on_end};
	struct multipart *m = multipart_new(type, &hooks, t);
	enum multipart_result r = MULTIPART_OK;

	if (!m)
		return MULTIPART_BAD;
	while (body.n && r == MULTIPART_OK) {
		size_t n = random ? 1 + fuzz_random(&random) % 9 : body.n;
		n = n < body.n ? n : body.n;
		r = multipart_feed(m, body.p, n);
		body = str_sub(body, n, body.n);
	}
	r = multipart_end(m);
	FUZZ_CHECK(r != MULTIPART_STOPPED && (r != MULTIPART_OK || !t->in_part));
	multipart_free(m);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str body = {(const char *)data, size}, type = str_cut(&body, '\n');
	struct told whole = {.b = BUF_INIT(1 << 24)}, pieces = {.b = BUF_INIT(1 << 24)};
	enum multipart_result a = feed(&whole, type, body, 0), b = feed(&pieces, type, body, fuzz_hash(body));

	FUZZ_CHECK(a == b && str_eq(buf_str(&whole.b), buf_str(&pieces.b)));
	buf_free(&whole.b);
	buf_free(&pieces.b);
	return 0;
}
