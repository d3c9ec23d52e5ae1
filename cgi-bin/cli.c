/* wattledger: the command line. Ctrl-C ends an import after the piece it is at. */
#include <signal.h>
#include <sys/stat.h>

#include "base/fds.h"
#include "cli/cli.h"

static volatile int stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

int main(int argc, char **argv)
{
	struct sigaction end = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
	fds_hold();
	umask(077);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return cli_main(argc, argv, &stop);
}
