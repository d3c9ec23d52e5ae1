/* password: a password from the first line of standard input, a passphrase from that of a file, or asked on the
 * terminal. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/cli.h"

static bool line_of(FILE *f, char *out, size_t size)
{
	if (!fgets(out, (int)size, f))
		return false;
	size_t n = strcspn(out, "\r\n");
	bool whole = out[n] != '\0' || feof(f);
	out[n] = '\0';
	return whole;
}

bool cli_line(char *out, size_t size)
{
	return line_of(stdin, out, size);
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

/* A new one, in which nobody has mistyped; else the exit code (said). */
static int ask_twice(const char *prompt, const char *what, char *out, size_t size)
{
	char again[CLI_PASSWORD_MAX] = "";
	int code = 0;
	if (!ask(prompt, out, size) || !ask("Once more: ", again, sizeof(again)))
		code = cli_usage("no %s was given.", what);
	else if (strcmp(out, again) != 0)
		code = cli_usage("the two %ss differ.", what);
	explicit_bzero(again, sizeof(again));
	return code;
}

int cli_password(const struct cli *c, char *password, size_t size)
{
	if (c->opt[OPT_password]) {
		if (!cli_line(password, size))
			return cli_usage("--password-stdin: no password came on standard input.");
	} else if (!isatty(STDIN_FILENO)) {
		return cli_usage("the password is asked for on a terminal; elsewhere use --password-stdin.");
	} else {
		return ask_twice("Password (at least 12 characters): ", "password", password, size);
	}
	return 0;
}

/* Of --passphrase-file. */
static int passphrase_from(const char *name, char *passphrase, size_t size)
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	if (!f) {
		fprintf(stderr, "wattledger: %s cannot be read: %s.\n", name, strerror(errno));
		return 1;
	}
	setvbuf(f, NULL, _IONBF, 0); /* no second copy of it in memory */
	bool fine = line_of(f, passphrase, size);
	if (f != stdin)
		fclose(f);
	return fine ? 0 : cli_usage("--passphrase-file: its first line is no passphrase.");
}

int cli_passphrase(const struct cli *c, bool twice, char *passphrase, size_t size)
{
	const char *name = c->opt[OPT_passphrase_file];
	if (name)
		return passphrase_from(name, passphrase, size);
	if (!isatty(STDIN_FILENO))
		return cli_usage("%s passphrase is asked for on a terminal; elsewhere use --passphrase-file.",
		                 twice ? "the" : "the backup is encrypted, and its");
	if (twice)
		return ask_twice("Passphrase (at least 8 characters): ", "passphrase", passphrase, size);
	return ask("Passphrase: ", passphrase, size) ? 0 : cli_usage("no passphrase was given.");
}
