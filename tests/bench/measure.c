/*
 * measure FILE COMMAND...: runs a command and writes its wall seconds, peak memory in KiB and exit status to
 * FILE.
 *
 * A program of its own because Linux counts the memory of whoever forked (before exec) into the child's peak,
 * and the bench script is larger than what it measures.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	const double start = now();
	const pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	struct rusage use;
	int status = 0;
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
		return 1;
	const double seconds = now() - start;
	FILE *out = fopen(argv[1], "w");
	if (!out)
		return 1;
	fprintf(out, "%.6f %ld %d\n", seconds, use.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return fclose(out) == 0 ? 0 : 1;
}
