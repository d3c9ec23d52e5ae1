/* The small rooms of base: arena, buf, err, clock, rand, log, panic. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/panic.h"
#include "base/rand.h"
#include "unit.h"

/* Runs `what` in a child and says whether it ended by abort(), its standard error thrown away. */
static bool panics(void (*what)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);
		if (null >= 0)
			(void)dup2(null, 2);
		(void)signal(SIGABRT, SIG_DFL);
		what();
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void over_the_limit(void)
{
	struct arena *a = arena_new(1000);

	(void)arena_alloc(a, 900);
	(void)arena_alloc(a, 101);
}

static void array_overflow(void)
{
	(void)arena_array(arena_new(SIZE_MAX), SIZE_MAX / 2, 3);
}

static void hook_exits(const char *message)
{
	_exit(strstr(message, "the impossible") ? 0 : 3);
}

static void hooked(void)
{
	panic_hook(hook_exits);
	panic("the impossible, number %d", 7);
}

static void hook_panics(const char *message)
{
	(void)message;
	panic("again");
}

static void panics_twice(void)
{
	panic_hook(hook_panics);
	panic("once");
}

static void arenas(void **state)
{
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t n = 0; n < 700; n++) {
			char *p = arena_alloc(a, n);
			assert_non_null(p);
			assert_int_equal((uintptr_t)p % 16, 0);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(p[i], 0);
			if (n)
				memset(p, 0xee, n);
		}
		assert_int_equal(arena_used(a), 699 * 700 / 2);
		char *big = arena_alloc(a, 500000);
		assert_int_equal(big[499999], 0);
		arena_reset(a);
		assert_int_equal(arena_used(a), 0);
	}
	struct str copy = arena_str(a, STR("abc"));
	assert_str(copy, "abc");
	assert_int_equal(copy.p[3], 0);
	assert_string_equal(arena_strz(a, (struct str){NULL, 0}), "");
	assert_string_equal(arena_printf(a, "%s-%d", "x", 42), "x-42");
	arena_free(a);
	arena_free(NULL);
	assert_true(panics(over_the_limit));
	assert_true(panics(array_overflow));
}

static void buffers(void **state)
{
	struct buf b = BUF_INIT(10);

	(void)state;
	assert_int_equal(buf_str(&b).n, 0);
	buf_add(&b, "", 0);
	buf_addz(&b, "12345");
	buf_addc(&b, '6');
	buf_printf(&b, "%d", 7890);
	assert_false(b.over);
	assert_str(buf_str(&b), "1234567890");
	buf_addc(&b, 'x');
	assert_true(b.over);
	assert_str(buf_str(&b), "1234567890");
	buf_reset(&b);
	assert_false(b.over);
	buf_addz(&b, "123456789");
	buf_addz(&b, "ab");
	assert_true(b.over);
	buf_addc(&b, 'c'); /* would fit, but leaves no hole */
	assert_str(buf_str(&b), "123456789");
	buf_free(&b);
	assert_null(b.p);
	assert_int_equal(b.max, 10);

	buf_init(&b, 1 << 20);
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, (char)('a' + i % 26));
	for (size_t i = 0; i < b.n; i++)
		assert_int_equal(b.p[i], 'a' + i % 26);
	buf_printf(&b, "%0500d", 0);
	assert_int_equal(b.n, 100500);
	char *room = buf_room(&b, 3);
	memcpy(room, "end", 3);
	b.n += 3;
	assert_true(str_ends(buf_str(&b), STR("0end")));
	assert_null(buf_room(&b, SIZE_MAX));
	assert_true(b.over);
	buf_free(&b);
}

static void errors(void **state)
{
	struct fault f = {.retry_after = 9};
	char longer[600];

	(void)state;
	for (int e = 0; e < ERR_COUNT; e++) {
		assert_non_null(err_info((enum err)e)->slug);
		assert_non_null(err_info((enum err)e)->title);
		assert_in_range(err_info((enum err)e)->http, 200, 599);
	}
	assert_int_equal(err_info(OK)->exit_code, 0);
	assert_int_equal(err_info(ERR_USAGE)->exit_code, 2);
	assert_int_equal(err_info(ERR_INVALID)->exit_code, 1);
	assert_int_equal(err_info(ERR_FULL)->http, 507);
	assert_true(err_info(ERR_FULL)->again);
	assert_false(err_info(ERR_CORRUPT)->again);
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	assert_int_equal(fault_set(&f, ERR_INVALID, longer, "%s", longer), ERR_INVALID);
	assert_int_equal(f.code, ERR_INVALID);
	assert_int_equal(strlen(f.message), sizeof f.message - 1);
	assert_int_equal(strlen(f.field), sizeof f.field - 1);
	assert_int_equal(f.retry_after, 0);
	fault_set(&f, ERR_BUSY, NULL, "%d", 3);
	assert_string_equal(f.message, "3");
	assert_string_equal(f.field, "");
}

static void clocks(void **state)
{
	const struct clock fixed = {1762511400}, real = {0};

	(void)state;
	assert_int_equal(clock_now(&fixed), 1762511400);
	assert_true(llabs((long long)(clock_now(&real) - time(NULL))) <= 1);
	assert_true(llabs((long long)(clock_now(NULL) - time(NULL))) <= 1);
	int64_t before = clock_ms();
	assert_true(clock_ms() >= before);
}

static void randomness(void **state)
{
	char hex[2 * 100 + 1], uuid[37], again[37], text[1001];
	unsigned seen[3] = {0, 0, 0};

	(void)state;
	rand_hex(hex, 100);
	assert_int_equal(strlen(hex), 200);
	assert_int_equal(strspn(hex, "0123456789abcdef"), 200);
	rand_uuid(uuid);
	rand_uuid(again);
	assert_int_equal(strlen(uuid), 36);
	assert_int_equal(uuid[14], '4');
	assert_non_null(strchr("89ab", uuid[19]));
	for (int i = 0; i < 36; i++)
		assert_int_equal(uuid[i] == '-', i == 8 || i == 13 || i == 18 || i == 23);
	assert_string_not_equal(uuid, again);
	rand_base62(text, 1000);
	assert_int_equal(strlen(text), 1000);
	for (const char *p = "09AZaz"; *p; p++)
		assert_non_null(strchr(text, *p));
	for (int i = 0; i < 3000; i++)
		seen[rand_below(3)]++;
	for (int i = 0; i < 3; i++)
		assert_in_range(seen[i], 800, 1200);
	assert_int_equal(rand_below(1), 0);
}

/* The line that one log_event writes. */
static void logged(char *line, size_t size, const struct log_pair *pairs, size_t n, const char *event)
{
	char path[] = "/tmp/wl-test-log-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	struct log l = log_open(path);
	assert_true(l.fd >= 0);
	(void)snprintf(l.request, sizeof l.request, "req-1");
	log_write(&l, LOG_WARN, event, pairs, n);
	ssize_t got = read(fd, line, size - 1);
	assert_true(got > 0);
	line[got] = '\0';
	close(l.fd);
	close(fd);
	unlink(path);
}

static void logs(void **state)
{
	static char line[8192], large[10000];
	struct log_pair pairs[] = {
	        LOG_STR("text", STR("a\"b\\c\n\x01\xff\xc3\xa9")),
	        LOG_INT("n", -5),
	        LOG_STR("none", STR("")),
	};

	(void)state;
	logged(line, sizeof line, pairs, 3, "test");
	assert_int_equal(strspn(line + 7, "0123456789-T:.Z"), 24);
	assert_non_null(strstr(line, "\"level\":\"warn\",\"event\":\"test\",\"pid\":"));
	assert_non_null(strstr(line, ",\"request\":\"req-1\",\"text\":\"a\\\"b\\\\c\\u000a\\u0001"
	                             "\xef\xbf\xbd\xc3\xa9\",\"n\":-5,\"none\":\"\"}\n"));

	/* whatever its length, a line is at most 4096 bytes and closes; all alignments of a two-byte character
	 */
	for (size_t n = 3900; n < 4200; n++) {
		for (size_t i = 0; i < n; i++)
			large[i] = i % 2 ? '\xa9' : '\xc3';
		struct log_pair p[] = {
		        {"long", {large, n}, 0}, LOG_INT("number", INT64_MIN), LOG_Z("after", "x")};
		logged(line, sizeof line, p, 3, "test");
		size_t len = strlen(line);
		assert_true(len <= 4096);
		assert_non_null(strstr(line, ",\"long\":\"\xc3\xa9")); /* cut, not left out */
		assert_true(str_ends(str_of(line), STR(",\"cut\":true}\n")) ||
		            str_ends(str_of(line), STR("\"}\n")));
		for (struct str rest = {line, len}; rest.n;) {
			size_t step = str_utf8_step(rest);
			assert_true(step > 0);
			rest = str_sub(rest, step, rest.n);
		}
		if (n > 4090)
			assert_true(str_ends(str_of(line), STR(",\"cut\":true}\n")));
	}
	memset(large, '"', sizeof large);
	large[sizeof large - 1] = '\0';
	logged(line, sizeof line, NULL, 0, large);
	assert_true(strlen(line) <= 4096);
	log_write(&(struct log){-1, ""}, LOG_INFO, "nowhere", NULL, 0);
	assert_int_equal(log_open("/nonexistent/x.log").fd, -1);
}

static void panicking(void **state)
{
	(void)state;
	assert_false(panics(hooked)); /* the hook saw the message and left with 0 */
	assert_true(panics(panics_twice));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(arenas),    cmocka_unit_test(buffers),    cmocka_unit_test(errors),
	        cmocka_unit_test(clocks),    cmocka_unit_test(randomness), cmocka_unit_test(logs),
	        cmocka_unit_test(panicking),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
