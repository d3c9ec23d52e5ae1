/* gzip: any bytes end in a text or a reason, and read in pieces of any size they are the same text with the
 * same end; a file cut by one byte never ends well (but for padding). */
#include "codec/gzip.h"
#include "fuzz.h"
#include "zip_make.h"

#define LIMIT (4 << 20)

/* Reads all of it in pieces of up to `piece` bytes: a hash of the text; *good is whether its end was right. */
static uint64_t read_all(struct str file, size_t piece, bool *good, uint64_t *size)
{
	char p[4096];
	int fd = zip_make_file(file);
	struct gzip_in *g = gzip_in_open(fd, LIMIT);
	uint64_t h = 1, n = 0;
	ssize_t got;

	while ((got = gzip_in_read(g, p, piece)) > 0) {
		FUZZ_CHECK((size_t)got <= piece);
		for (ssize_t i = 0; i < got; i++)
			h = (h ^ (unsigned char)p[i]) * UINT64_C(1099511628211);
		n += (uint64_t)got;
	}
	FUZZ_CHECK(gzip_in_read(g, p, 1) == got && n <= LIMIT);
	FUZZ_CHECK((got < 0) == (gzip_in_why(g)[0] != 0));
	gzip_in_close(g);
	(void)close(fd);
	*good = got == 0;
	*size = n;
	return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str file = {(const char *)data, size};
	uint64_t n, m;
	bool whole, pieces, cut;

	uint64_t h = read_all(file, 4096, &whole, &n);
	uint64_t i = read_all(file, 1 + fuzz_hash(file) % 300, &pieces, &m);
	FUZZ_CHECK(whole == pieces && (!whole || (h == i && n == m)));
	if (size && data[size - 1] != 0) {
		(void)read_all(str_sub(file, 0, size - 1), 4096, &cut, &m);
		FUZZ_CHECK(!(whole && cut));
	}
	return 0;
}
