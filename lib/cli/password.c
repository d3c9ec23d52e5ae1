/* password: a password from the first line of standard input, or asked on the terminal. */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/cli.h"

bool cli_line(char *out, size_t size)
{
	if (!fgets(out, (int)size, stdin))
		return false;
	size_t n = strcspn(out, "\r\n");
	bool whole = out[n] != '\0' || feof(stdin);
	out[n] = '\0';
	return whole;
}

/* Asked on the terminal, without showing it. */
static bool ask(const char *prompt, char *out, size_t size)
{
	struct termios shown, hidden;
	if (tcgetattr(STDIN_FILENO, &shown) < 0)
		return false;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	fputs(prompt, stderr);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	bool ok = cli_line(out, size);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	fputs("\n", stderr);
	return ok;
}

int cli_password(const struct cli *c, char *password, size_t size)
{
	char again[CLI_PASSWORD_MAX];
	if (c->opt[OPT_password]) {
		if (!cli_line(password, size))
			return cli_usage("--password-stdin: no password came on standard input.");
	} else if (!isatty(STDIN_FILENO)) {
		return cli_usage("the password is asked for on a terminal; elsewhere use --password-stdin.");
	} else {
		if (!ask("Password (at least 12 characters): ", password, size) ||
		    !ask("Once more: ", again, sizeof(again)))
			return cli_usage("no password was given.");
		if (strcmp(password, again) != 0)
			return cli_usage("the two passwords differ.");
	}
	explicit_bzero(again, sizeof(again));
	return 0;
}
