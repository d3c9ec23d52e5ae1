/* gzip: members, padding, cuts at every byte, damage at every byte, bombs and limits. */
#include <errno.h>
#include <fcntl.h>

#include "../fuzz/zip_make.h"
#include "codec/gzip.h"
#include "unit.h"

static const char plain[] = "date,kwh\n2025-01-13,1.5\n2025-01-14,2.5\n2025-01-15,3.5\n";
#define PLAIN (sizeof plain - 1)

/* Appends `data` as a member. */
static void member(struct buf *b, struct str data)
{
	struct str packed = zip_make_deflate(data);

	buf_add(b, "\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
	buf_adds(b, packed);
	zip_make_number(b, crc32(0, (const unsigned char *)data.p, (uInt)data.n), 4);
	zip_make_number(b, data.n, 4);
	free((void *)(uintptr_t)packed.p);
}

/* Reads all in pieces: the length, or -1; *why then has the reason. What came is at the start of `out`. */
static ssize_t unpacked(struct str file, size_t piece, uint64_t limit, char *out, size_t room, char why[100])
{
	int fd = zip_make_file(file);
	struct gzip_in *g = gzip_in_open(fd, limit);
	ssize_t got, sum = 0;

	while ((got = gzip_in_read(g, out ? out + sum : why, piece)) > 0) {
		sum += got;
		assert_true(!out || (size_t)sum <= room - piece);
	}
	int code = errno;
	assert_int_equal(gzip_in_read(g, why, 1), got);
	assert_true((got < 0) == (gzip_in_why(g)[0] != 0));
	(void)snprintf(why, 100, "%s", gzip_in_why(g));
	gzip_in_close(g);
	(void)close(fd);
	errno = code;
	return got < 0 ? got : sum;
}

static void members_and_padding(void **state)
{
	struct buf b = BUF_INIT(4096);
	char out[1024], why[100];

	(void)state;
	member(&b, (struct str){plain, PLAIN});
	assert_true(gzip_starts(buf_str(&b)) && !gzip_starts(STR("\x1f")) && !gzip_starts(STR("PK")));
	for (int n = 1; n <= 3; n++) {
		for (size_t piece = 1; piece < 80; piece += 7) {
			assert_int_equal(unpacked(buf_str(&b), piece, 1000, out, sizeof out, why), n * PLAIN);
			for (int i = 0; i < n; i++)
				assert_memory_equal(out + (size_t)i * PLAIN, plain, PLAIN);
		}
		member(&b, STR("")); /* an empty one is nothing */
		member(&b, (struct str){plain, PLAIN});
	}
	size_t n = b.n;
	buf_add(&b, "\0\0\0\0", 4);
	assert_int_equal(unpacked(buf_str(&b), 100, 1000, out, sizeof out, why), 4 * PLAIN);
	buf_addc(&b, '\x1f');
	assert_int_equal(unpacked(buf_str(&b), 100, 1000, out, sizeof out, why), -1);
	b.n = n;
	buf_addz(&b, "more");
	assert_int_equal(unpacked(buf_str(&b), 100, 1000, out, sizeof out, why), -1);
	assert_string_equal(why, "Something that is not gzip follows the gzip data.");
	buf_free(&b);
}

static void cut_and_damaged(void **state)
{
	struct buf b = BUF_INIT(4096);
	char out[1024], why[100];

	(void)state;
	member(&b, (struct str){plain, PLAIN});
	for (size_t n = 0; n < b.n; n++) {
		assert_int_equal(unpacked(str_sub(buf_str(&b), 0, n), 64, 1000, out, sizeof out, why), -1);
		assert_int_equal(errno, EBADMSG);
		assert_string_equal(why, "This gzip file ends too early.");
	}
	for (size_t i = 10; i < b.n; i++) {
		b.p[i] ^= 4;
		assert_int_equal(unpacked(buf_str(&b), 64, 10000, out, sizeof out, why), -1);
		b.p[i] ^= 4;
	}
	assert_int_equal(unpacked(STR("plain,text\n"), 64, 1000, out, sizeof out, why), -1);
	assert_string_equal(why, "This gzip file is damaged.");
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct gzip_in *g = gzip_in_open(fd, 1000);
	assert_int_equal(gzip_in_read(g, out, 1), -1);
	assert_int_equal(errno, EISDIR);
	gzip_in_close(g);
	(void)close(fd);
	buf_free(&b);
}

static void bombs(void **state)
{
	const size_t size = 64 << 20;
	struct buf b = BUF_INIT(1 << 20);
	char why[100], sink[4096];

	(void)state;
	char *zeros = calloc(1, size);
	member(&b, (struct str){zeros, size});
	free(zeros);
	int fd = zip_make_file(buf_str(&b));
	struct gzip_in *g = gzip_in_open(fd, UINT64_MAX);
	ssize_t got;
	while ((got = gzip_in_read(g, sink, sizeof sink)) > 0)
		;
	assert_int_equal(got, -1);
	assert_int_equal(errno, EFBIG);
	assert_string_equal(gzip_in_why(g), "This gzip file is packed too densely to be real.");
	gzip_in_close(g);
	(void)close(fd);
	buf_reset(&b);
	member(&b, (struct str){plain, PLAIN});
	assert_int_equal(unpacked(buf_str(&b), 8, PLAIN, sink, sizeof sink, why), PLAIN);
	assert_int_equal(unpacked(buf_str(&b), 8, PLAIN - 1, sink, sizeof sink, why), -1);
	assert_int_equal(errno, EFBIG);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(members_and_padding),
	        cmocka_unit_test(cut_and_damaged),
	        cmocka_unit_test(bombs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
