/* tz against Python's zoneinfo (tz_oracle.py beside this): some 70 zones around every change from 1910 to 2119.
 * Skipped where there is no python3 with zoneinfo. Run from the repository's top. */
#include <sys/wait.h>
#include <unistd.h>

#include "base/tz.h"
#include "unit.h"

/* Starts the oracle; its output is to be read from the returned stream. */
static FILE *start_oracle(uint64_t seed, pid_t *child)
{
	char text[24];
	int pipes[2];

	(void)snprintf(text, sizeof text, "%llu", (unsigned long long)seed);
	assert_int_equal(pipe(pipes), 0);
	*child = fork();
	if (*child == 0) {
		(void)dup2(pipes[1], 1);
		(void)close(pipes[0]);
		(void)close(pipes[1]);
		(void)execlp("python3", "python3", "tests/unit/tz_oracle.py", text, (char *)NULL);
		_exit(127);
	}
	assert_true(*child > 0);
	(void)close(pipes[1]);
	FILE *f = fdopen(pipes[0], "r");
	assert_non_null(f);
	return f;
}

static void compare(FILE *f, size_t *compared)
{
	const struct tz *z = NULL;
	char line[200], name[100];
	long long at, want;

	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "zone %99s", name) == 1) {
			z = tz_load(str_of(name));
			if (!z) /* Python may bring zones of its own that the system does not have */
				print_message("no zone %s\n", name);
		} else if (z && sscanf(line, "offset %lld %lld", &at, &want) == 2) {
			if (tz_offset_at(z, at) != want)
				fail_msg("%s at %lld: %d, want %lld", name, at, tz_offset_at(z, at), want);
			++*compared;
		} else if (z && sscanf(line, "day %lld %lld", &at, &want) == 2) {
			if (tz_day_start(z, (int32_t)at) != want)
				fail_msg("%s day %lld: %lld, want %lld", name, at,
				         (long long)tz_day_start(z, (int32_t)at), want);
			++*compared;
		}
	}
}

static void agrees_with_python(void **state)
{
	uint64_t seed = unit_seed();
	size_t compared = 0;
	int status = 0;
	pid_t child;
	FILE *f = start_oracle(seed, &child);

	(void)state;
	compare(f, &compared);
	(void)fclose(f);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status != 0 && compared == 0)
		skip();
	assert_int_equal(status, 0);
	print_message("%zu answers compared\n", compared);
	assert_true(compared > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_python)};

	return cmocka_run_group_tests_name("tz_oracle", tests, NULL, NULL);
}
