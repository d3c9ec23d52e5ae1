/* xlsx_write: what our own reader makes of the workbooks that it writes, and disks that are full. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/civil.h"
#include "codec/xlsx.h"
#include "codec/xlsx_write.h"
#include "unit.h"

static int empty_file(void)
{
	int fd = open("/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	return fd;
}

/* Rows end with /, texts are in []. */
static const char *shown(int fd)
{
	static char out[65536];
	struct buf b = BUF_INIT(sizeof out - 1);
	char why[XLSX_WHY] = "";
	struct xlsx_reader *r = xlsx_open(fd, STR(""), why);
	struct csv_row row;

	assert_non_null(r);
	while (xlsx_next(r, &row) == CSV_ROW) {
		for (size_t i = 0; i < row.n; i++)
			buf_printf(&b, row.quoted[i] ? "%s[%.*s]" : "%s%.*s", i ? "|" : "",
			           STR_ARG(row.cell[i]));
		buf_addc(&b, '/');
	}
	xlsx_close(r);
	memset(out, 0, sizeof out);
	memcpy(out, b.p, b.n);
	buf_free(&b);
	return out;
}

static void cells_of_every_kind(void **state)
{
	int fd = empty_file();
	char why[XLSX_OUT_WHY] = "";
	struct xlsx_out *x = xlsx_out_open(fd, "/tmp", "Readings", why);
	int64_t at;

	(void)state;
	assert_non_null(x);
	assert_true(civil_parse_at(STR("2025-10-26T00:30:00Z"), &at));
	xlsx_out_title(x, 0, STR("meter"), 18);
	xlsx_out_title(x, 1, STR("at (UTC)"), 18);
	xlsx_out_title(x, 2, STR("value"), 12);
	xlsx_out_text(x, 1, 0, STR("1234567890123"));
	xlsx_out_at(x, 1, 1, at);
	xlsx_out_number(x, 1, 2, STR("9.2"));
	xlsx_out_text(x, 2, 0, STR("=1+1"));
	xlsx_out_day(x, 2, 1, (int32_t)(at / 86400));
	xlsx_out_number(x, 2, 2, STR("-0.000001"));
	xlsx_out_text(x, 3, 0, STR("a<b & \"c\"\x01\xc3\xa9"));
	xlsx_out_number(x, 3, 2, STR("9223372036854.775807"));
	xlsx_out_number(x, 4, 2, STR("999999999.999999"));
	assert_true(xlsx_out_close(x, true, why));
	assert_string_equal(shown(fd), "[meter]|[at (UTC)]|[value]/[1234567890123]|2025-10-26 00:30:00|9.2/"
	                               "[=1+1]|2025-10-26|-0.000001/[a<b & \"c\" \xc3\xa9]||"
	                               "[9223372036854.775807]/||999999999.999999/");
	close(fd);
}

/* Every half hour of a year is the instant that it was, to the second. */
static void instants_stay_exact(void **state)
{
	int fd = empty_file();
	char why[XLSX_OUT_WHY] = "";
	struct xlsx_out *x = xlsx_out_open(fd, "/tmp", "Readings", why);
	struct xlsx_reader *r;
	struct csv_row row;
	uint32_t n = 0;

	(void)state;
	assert_non_null(x);
	for (uint32_t i = 0; i < 17520; i++)
		xlsx_out_at(x, i, 0, INT64_C(1735689600) + i * INT64_C(1801));
	assert_true(xlsx_out_close(x, true, why));
	r = xlsx_open(fd, STR(""), why);
	assert_non_null(r);
	for (; xlsx_next(r, &row) == CSV_ROW; n++) {
		char want[CIVIL_TIME_TEXT];

		civil_format_at_sql(INT64_C(1735689600) + n * INT64_C(1801), want);
		assert_str(row.cell[0], want);
	}
	assert_int_equal(n, 17520);
	xlsx_close(r);
	close(fd);
}

static void given_up(void **state)
{
	int fd = empty_file();
	char why[XLSX_OUT_WHY] = "";
	struct xlsx_out *x = xlsx_out_open(fd, "/tmp", "Readings", why);

	(void)state;
	assert_non_null(x);
	xlsx_out_text(x, 0, 0, STR("a"));
	assert_false(xlsx_out_close(x, false, why));
	close(fd);
}

/* No file may grow beyond so much: at each size below the whole, writing must not be taken for done. */
static void a_full_disk_is_noticed(void **state)
{
	struct rlimit before, low;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	low = before;
	for (rlim_t size = 512; size < 60000; size += 4999) {
		int fd = empty_file();
		char why[XLSX_OUT_WHY] = "";

		low.rlim_cur = size;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
		struct xlsx_out *x = xlsx_out_open(fd, "/tmp", "Readings", why);
		for (uint32_t i = 0; x && i < 2000; i++)
			xlsx_out_number(x, i, i % 3, STR("123.456"));
		bool ok = x && xlsx_out_close(x, true, why);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
		assert_false(ok);
		assert_true(why[0] != '\0');
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(cells_of_every_kind),
	        cmocka_unit_test(instants_stay_exact),
	        cmocka_unit_test(given_up),
	        cmocka_unit_test(a_full_disk_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
