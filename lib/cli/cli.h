/*
 * cli: the command line. cmds.def is its table of contents; each command is a function cmd_NAME(struct cli *).
 *
 * Exit 0: done; 1: it failed, or a row was rejected; 2: the command was written wrongly. What was asked for
 * goes to stdout (JSON with --json), everything else to stderr.
 */
#ifndef WL_CLI_CLI_H
#define WL_CLI_CLI_H

#include "app/ctx.h"
#include "app/storage.h"
#include "base/buf.h"
#include "codec/json.h"

/* Every option of every command, with a word for its value (NULL: it takes none) and its help. */
enum cli_opt {
#define OPT(id, name, value, help) OPT_##id,
#include "cli/opts.def"
#undef OPT
	OPT_COUNT
};

struct cli {
	struct ctx ctx;
	struct storage storage;
	const char *dir;
	bool json;
	const char *opt[OPT_COUNT]; /* the value, "" for one without, NULL: not given */
	const char **arg;           /* the arguments, as many as the command takes */
	int args;
	const volatile int *stop;
};

enum cli_needs { NEEDS_NOTHING, NEEDS_READING, NEEDS_WRITING }; /* of the database */

struct cli_cmd {
	const char *name;
	int (*run)(struct cli *c);
	enum cli_needs needs;
	const char *args; /* a word for each argument: "KEY VALUE"; "[FILE...]": any number; NULL: none */
	const char *
	        options; /* names between blanks; one with ! must be given; ANSWERS: all answers to questions */
	const char *help;
};
extern const struct cli_cmd cli_cmds[];
extern const size_t cli_cmds_count;

int cli_main(int argc, char **argv, const volatile int *stop);

/* Says why on stderr and returns the exit code. */
int cli_failed(struct cli *c, enum err e);
__attribute__((format(printf, 1, 2))) int cli_usage(const char *fmt, ...);
/* Opens the database as the command needs it. */
enum err cli_open(struct cli *c, enum storage_use use);
/* A whole number option; false: it is none (said). */
bool cli_number(const struct cli *c, enum cli_opt opt, int64_t dflt, int64_t *out);
/* A password by --password-stdin or from the terminal, with a NUL; else the exit code (said). */
#define CLI_PASSWORD_MAX 1100
int cli_password(const struct cli *c, char *password, size_t size);
/* The same of a passphrase, by --passphrase-file or from the terminal; twice: it is a new one. */
int cli_passphrase(const struct cli *c, bool twice, char *passphrase, size_t size);
/* The first line of standard input, with a NUL; false: there is none, or it is longer. */
bool cli_line(char *out, size_t size);
/* Prints a buffer to stdout; false: it could not (a full disk, a closed pipe), which cli_main says. */
bool cli_print(const struct buf *b);
/* All of it, by write(2); false: errno. */
bool cli_write(int fd, struct str piece);
/* Opens a file for reading, "-" is standard input; *path: its absolute name, or "-". -1: it cannot be read
 * (said). A pipe has no places to come back to: it is copied to a file without a name in the storage folder. */
int cli_open_source(struct cli *c, const char *name, const char **path);
/* A list on standard output: begin, a row for each thing, end. */
#define CLI_LIST_PAGE 500 /* as many are read at a time */
struct cli_list {
	struct cli *c;
	struct buf b; /* where lines go */
	struct json_out j;
	bool any;
};
void cli_list_begin(struct cli_list *l, struct cli *c);
/* A row as JSON; false: a line of text is wanted, which the caller puts into l->b. */
bool cli_list_row(struct cli_list *l, const struct rec_desc *d, const void *row);
/* The same for the caller to write: where to, NULL: a line is wanted. */
struct json_out *cli_list_json(struct cli_list *l);
/* Prints it, unless reading it failed with `e`; `none`: what is said of none. The exit code. */
int cli_list_end(struct cli_list *l, enum err e, const char *none);
/* A file to write: `put` writes it all and returns the exit code, having said why it failed. */
struct cli_target {
	int (*put)(struct cli *c, void *arg, int fd, const char *name);
	void *arg;
	bool places; /* it has to come back to places of the file, as a workbook does */
};
/* To a file, which appears when it is whole, or to "-", standard output. Returns the exit code. */
int cli_write_target(struct cli *c, const char *to, const struct cli_target *t);
/* A day; false: it is none (said). */
bool cli_day(const struct cli *c, enum cli_opt opt, const char *name, int32_t *day);
/* The options of answers.def. False: one cannot be an answer (said). */
struct answers;
bool cli_answers(const struct cli *c, struct answers *out);
/* --user: an e-mail or a number, of a user who must exist; 0 where it was not given. */
enum err cli_user(struct cli *c, int64_t *id);
/* --car: a name, or a number, of one that must exist; 0 where it was not given. `user_id`: whose; 0: anybody's.
 */
enum err cli_car(struct cli *c, int64_t user_id, int64_t *id);
/* --meter: any of its identifiers, or its number; 0 where it was not given. */
enum err cli_meter(struct cli *c, int64_t *id);

#endif
