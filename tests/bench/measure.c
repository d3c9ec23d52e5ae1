/*
 * measure: runs a command and prints its wall seconds, peak memory in KiB and exit status on file descriptor 3.
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
	if (argc < 2)
		return 2;
	const double start = now();
	const pid_t pid = fork();
	if (pid == 0) {
		close(3);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	struct rusage use;
	int status = 0;
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
		return 1;
	dprintf(3, "%.6f %ld %d\n", now() - start, use.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return 0;
}
