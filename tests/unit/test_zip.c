/* zip: what is read from honest archives, and which lies are found out, before or while reading. */
#include <errno.h>
#include <sys/stat.h>

#include "../fuzz/zip_make.h"
#include "codec/zip.h"
#include "unit.h"

#define MEGA (1 << 20)

static const struct zip_lie honest = {.size = 0}, deflated = {.deflate = true};

/* Opens what was made; the words that the reason must have, or NULL if it must open. */
static struct zip_in *opened(struct zip_make *m, const char *words)
{
	char why[ZIP_IN_WHY] = "";
	int fd = zip_make_end(m);
	struct zip_in *z = zip_in_open(fd, 4 * MEGA, why);

	(void)close(fd);
	if ((words == NULL) != (z != NULL) || (words && !strstr(why, words)))
		print_error("\"%s\" instead of \"%s\"\n", why, words ? words : "");
	assert_true((words == NULL) == (z != NULL));
	assert_true(!words || strstr(why, words));
	return z;
}

static void refused(const char *name, struct str data, struct zip_lie lie, const char *words)
{
	struct zip_make m;

	zip_make_init(&m);
	zip_make_add(&m, "first", STR("1"), honest);
	zip_make_add(&m, name, data, lie);
	assert_null(opened(&m, words));
}

/* Reads an entry in pieces of `piece`: its bytes, or -1 with errno. */
static ssize_t read_all(struct zip_in *z, const char *name, size_t piece, char *out, size_t room)
{
	struct zip_in_file *f = zip_in_file_open(z, zip_in_find(z, str_of(name)));
	ssize_t got, sum = 0;

	assert_non_null(f);
	while ((got = zip_in_read(f, out + sum, room - (size_t)sum < piece ? room - (size_t)sum : piece)) > 0)
		sum += got;
	assert_int_equal(zip_in_read(f, out, 1), got); /* and says so again */
	zip_in_file_close(f);
	return got < 0 ? got : sum;
}

static void honest_archives(void **state)
{
	struct zip_make m;
	char got[64];

	(void)state;
	zip_make_init(&m);
	zip_make_add(&m, "a/b.txt", STR("hello, hello, hello, hello"), deflated);
	zip_make_add(&m, "folder/", STR(""), honest);
	zip_make_add(&m, "c", STR("plain"), honest);
	struct zip_in *z = opened(&m, NULL);
	assert_int_equal(zip_in_count(z), 3);
	assert_str(zip_in_entry(z, 0)->name, "a/b.txt");
	assert_int_equal(zip_in_entry(z, 0)->size, 26);
	assert_null(zip_in_entry(z, 3));
	assert_null(zip_in_find(z, STR("b.txt")));
	for (size_t piece = 1; piece < 40; piece++) {
		assert_int_equal(read_all(z, "A/B.TXT", piece, got, sizeof got), 26);
		assert_memory_equal(got, "hello, hello, hello, hello", 26);
		assert_int_equal(read_all(z, "folder/", piece, got, sizeof got), 0);
		assert_int_equal(read_all(z, "c", piece, got, sizeof got), 5);
	}
	zip_in_close(z);
	zip_make_init(&m);
	z = opened(&m, NULL);
	assert_int_equal(zip_in_count(z), 0);
	zip_in_close(z);
}

static void refused_at_once(void **state)
{
	char *zeros = calloc(1, 5 * MEGA);

	(void)state;
	refused("/etc/passwd", STR("x"), honest, "unsafe name");
	refused("../x", STR("x"), honest, "unsafe name");
	refused("a/../../x", STR("x"), honest, "unsafe name");
	refused("a/./x", STR("x"), honest, "unsafe name");
	refused("a\\x", STR("x"), honest, "unsafe name");
	refused("C:x", STR("x"), honest, "unsafe name");
	refused("a\nb", STR("x"), honest, "unsafe name");
	refused("", STR("x"), honest, "unsafe name");
	refused("first", STR("x"), honest, "same name");
	refused("FIRST", STR("x"), honest, "same name");
	refused("x", STR("x"), (struct zip_lie){.flags = 1}, "encrypted");
	refused("x", STR("x"), (struct zip_lie){.method = 12}, "unusual way");
	refused("x", STR("/etc/passwd"), (struct zip_lie){.mode = S_IFLNK | 0777}, "link");
	refused("x", (struct str){zeros, 5 * MEGA}, deflated, "too large");
	refused("x", (struct str){zeros, MEGA}, deflated, "too densely");
	refused("x", STR("x"), (struct zip_lie){.size = MEGA}, "ZIP file");
	free(zeros);
}

static void too_many(void **state)
{
	struct zip_make m;
	char name[16];

	(void)state;
	for (int n = 64; n <= 66; n++) {
		zip_make_init(&m);
		for (int i = 0; i < n; i++) {
			(void)snprintf(name, sizeof name, "%d", i);
			zip_make_add(&m, name, STR("x"), honest);
		}
		m.n_stated = n == 66 ? 3 : 0; /* says less than there are */
		zip_in_close(opened(&m, n == 64 ? NULL : n == 65 ? "more than 64" : "ZIP file"));
	}
}

static void not_archives(void **state)
{
	char why[ZIP_IN_WHY];
	struct str texts[] = {STR(""), STR("PK"), STR("a,b\n1,2\n"),
	                      STR("PK\3\4 and no more of it, nothing at all")};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		int fd = zip_make_file(texts[i]);
		assert_null(zip_in_open(fd, MEGA, why));
		assert_string_equal(why, "This is not a whole ZIP file");
		(void)close(fd);
	}
}

/* libzip 1.7.3 alone would let the first two pass when read to their stated size. */
static void damage_is_found(void **state)
{
	struct zip_make m;
	char got[64];

	(void)state;
	for (size_t piece = 1; piece < 40; piece += 3) {
		zip_make_init(&m);
		zip_make_add(&m, "stored", STR("some text"), (struct zip_lie){.crc = 1});
		zip_make_add(&m, "packed", STR("some text, some text"),
		             (struct zip_lie){.crc = 1, .deflate = true});
		zip_make_add(&m, "longer", STR("some text, some text"),
		             (struct zip_lie){.size = 9, .deflate = true});
		zip_make_add(&m, "shorter", STR("some text"), (struct zip_lie){.size = 20, .deflate = true});
		zip_make_add(&m, "noise", STR("\xff\xff\xff\xff"), (struct zip_lie){.method = 8});
		struct zip_in *z = opened(&m, NULL);
		for (size_t i = 0; i < zip_in_count(z); i++) {
			errno = 0;
			assert_int_equal(read_all(z, zip_in_entry(z, i)->name.p, piece, got, sizeof got), -1);
			assert_int_equal(errno, EBADMSG);
		}
		zip_in_close(z);
	}
}

static void entries_over_each_other(void **state)
{
	struct zip_make m;
	struct str noise = STR("0123456789abcdefghijklmnopqrstuvwxyz");

	(void)state;
	zip_make_init(&m);
	zip_make_add(&m, "a", noise, honest);
	for (int i = 0; i < 9; i++) { /* the same list entry again under other names, over the same bytes */
		struct str one = {m.list.p, 46 + 1};
		char *copy = malloc(one.n);
		memcpy(copy, one.p, one.n);
		copy[46] = (char)('b' + i);
		buf_add(&m.list, copy, one.n);
		free(copy);
		m.n++;
	}
	assert_null(opened(&m, "ZIP file")); /* their own headers have another name */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(honest_archives), cmocka_unit_test(refused_at_once),
	        cmocka_unit_test(too_many),        cmocka_unit_test(not_archives),
	        cmocka_unit_test(damage_is_found), cmocka_unit_test(entries_over_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
