/* cli: reads the command line by the tables opts.def and cmds.def, opens what the command needs, runs it. */
#include "cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/charging/car.h"
#include "app/import/answers.h"
#include "app/meter.h"
#include "app/user.h"
#include "base/civil.h"
#include "codec/utf8.h"

#define ARENA_LIMIT (256u << 20)
#define FIRST_OPT   256 /* getopt's codes below are characters */

#define CMD(name, function, needs, args, options, help) int function(struct cli *c);
#include "cli/cmds.def"
#undef CMD
const struct cli_cmd cli_cmds[] = {
#define CMD(name, function, needs, args, options, help) {name, function, needs, args, options, help},
#include "cli/cmds.def"
#undef CMD
};
const size_t cli_cmds_count = sizeof(cli_cmds) / sizeof(cli_cmds[0]);

static const struct {
	const char *name, *value, *help;
} opts[OPT_COUNT] = {
#define OPT(id, name, value, help) {name, value, help},
#include "cli/opts.def"
#undef OPT
};

/* ---- saying ---- */

int cli_usage(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	fputs("wattledger: ", stderr);
	vfprintf(stderr, fmt, args);
	fputs("\n", stderr);
	va_end(args);
	return 2;
}

int cli_failed(struct cli *c, enum err e)
{
	const char *why = c->ctx.fault.message[0] ? c->ctx.fault.message : err_info(e)->title;
	/* what files and archives say cannot command a terminal */
	fprintf(stderr, "wattledger: %.*s\n", STR_ARG(utf8_clean(c->ctx.arena, str_of(why))));
	return err_info(e)->exit_code ? err_info(e)->exit_code : 1;
}

bool cli_print(const struct buf *b)
{
	return fwrite(b->p, 1, b->n, stdout) == b->n && fflush(stdout) == 0;
}

/* The exit code once all that was printed has gone out: a report that nobody got is no success. */
static int printed(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	fprintf(stderr, "wattledger: the output could not be written: %s.\n", strerror(errno));
	return code ? code : 1;
}

bool cli_write(int fd, struct str piece)
{
	while (piece.n) {
		ssize_t n = write(fd, piece.p, piece.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		piece = str_sub(piece, (size_t)n, piece.n);
	}
	return true;
}

/* Whether a command takes an option; *must: it has to be given. */
static bool takes(const struct cli_cmd *cmd, int opt, bool *must)
{
	const char *name = opts[opt].name;
	bool is_answer = opt >= OPT_answer_sheet && opt < OPT_answer_sheet + ANSWERS;
	struct str rest = str_of(cmd->options);
	*must = false;
	if (strcmp(name, "storage") == 0 || strcmp(name, "json") == 0 || strcmp(name, "help") == 0)
		return true;
	while (rest.p) {
		struct str one = str_cut(&rest, ' ');
		*must = str_ends(one, STR("!"));
		one.n -= *must;
		if (one.n && (str_eqz(one, name) || (is_answer && str_eqz(one, "ANSWERS"))))
			return true;
	}
	*must = false;
	return false;
}

static void print_overview(FILE *to)
{
	fputs("Usage: wattledger [--storage DIR] COMMAND [OPTIONS]\n\n", to);
	for (size_t i = 0; i < cli_cmds_count; i++)
		fprintf(to, "  %-16s %s\n", cli_cmds[i].name, cli_cmds[i].help);
	fputs("\n'wattledger COMMAND --help' says more. Exit status: 0 done, 1 failed or rows rejected, 2 "
	      "wrong usage.\n",
	      to);
}

static void print_help(const struct cli_cmd *cmd)
{
	bool must;
	printf("Usage: wattledger [--storage DIR] %s%s%s [OPTIONS]\n\n%s\n\n", cmd->name, cmd->args ? " " : "",
	       cmd->args ? cmd->args : "", cmd->help);
	for (int i = 0; i < OPT_COUNT; i++) {
		char left[40];
		if (!takes(cmd, i, &must))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", opts[i].name, opts[i].value ? " " : "",
		         opts[i].value ? opts[i].value : "");
		printf("  %-26s %s%s\n", left, opts[i].help, must ? " (required)" : "");
	}
}

/* ---- reading ---- */

static const struct cli_cmd *find(const char *name)
{
	for (size_t i = 0; i < cli_cmds_count; i++)
		if (strcmp(cli_cmds[i].name, name) == 0)
			return &cli_cmds[i];
	return NULL;
}

/* Of two values one would be lost without a word. */
static bool given_otherwise(const struct cli *c, int opt, const char *value)
{
	return c->opt[opt] && value && strcmp(c->opt[opt], value) != 0;
}

static int parse(struct cli *c, int argc, char **argv, const struct cli_cmd **cmd)
{
	struct option longs[OPT_COUNT + 1] = {{0}};
	int k;
	c->arg = ARENA_ARRAY(c->ctx.arena, const char *, (size_t)argc + 1);
	for (int i = 0; i < OPT_COUNT; i++)
		longs[i] = (struct option){opts[i].name, opts[i].value ? required_argument : no_argument, NULL,
		                           FIRST_OPT + i};
	opterr = 0;
	/* '-' first: words come in their order, between the options */
	while ((k = getopt_long(argc, argv, "-:h", longs, NULL)) != -1) {
		if (k == 1 && *cmd)
			c->arg[c->args++] = optarg;
		else if (k == 1 && !(*cmd = find(optarg)))
			return cli_usage("there is no command \"%s\". See wattledger --help.", optarg);
		else if (k == 'h')
			c->opt[OPT_help] = "";
		else if (k == ':')
			return cli_usage("%s needs a value.", argv[optind - 1]);
		else if (k == '?')
			return cli_usage("there is no option %s. See wattledger%s%s --help.", argv[optind - 1],
			                 *cmd ? " " : "", *cmd ? (*cmd)->name : "");
		else if (k >= FIRST_OPT && given_otherwise(c, k - FIRST_OPT, optarg))
			return cli_usage("--%s is given twice.", opts[k - FIRST_OPT].name);
		else if (k >= FIRST_OPT)
			c->opt[k - FIRST_OPT] = optarg ? optarg : "";
	}
	return 0;
}

static int words_in(const char *args)
{
	int n = args != NULL;
	for (; args && *args; args++)
		n += *args == ' ';
	return n;
}

static int check(const struct cli *c, const struct cli_cmd *cmd)
{
	bool must;
	bool any = cmd->args && cmd->args[0] == '[';
	int need = any ? 0 : words_in(cmd->args);
	for (int i = 0; i < OPT_COUNT; i++) {
		bool fits = takes(cmd, i, &must);
		if (c->opt[i] && !fits)
			return cli_usage("%s does not take --%s. See wattledger %s --help.", cmd->name,
			                 opts[i].name, cmd->name);
		if (!c->opt[i] && must)
			return cli_usage("%s needs --%s %s. See wattledger %s --help.", cmd->name, opts[i].name,
			                 opts[i].value ? opts[i].value : "", cmd->name);
	}
	if (c->args < need)
		return cli_usage("%s needs %s.", cmd->name, cmd->args);
	if (c->args > need && !any)
		return cli_usage("%s: \"%s\" is one word too many.", cmd->name, c->arg[need]);
	return 0;
}

bool cli_number(const struct cli *c, enum cli_opt opt, int64_t dflt, int64_t *out)
{
	*out = dflt;
	if (!c->opt[opt])
		return true;
	uint64_t n;
	if (!str_to_u64(str_of(c->opt[opt]), INT64_MAX, &n)) {
		cli_usage("--%s is a whole number, not \"%s\".", opts[opt].name, c->opt[opt]);
		return false;
	}
	*out = (int64_t)n;
	return true;
}

bool cli_day(const struct cli *c, enum cli_opt opt, const char *name, int32_t *day)
{
	if (!c->opt[opt] || civil_parse_day(str_of(c->opt[opt]), day))
		return true;
	cli_usage("--%s is a day written as 2025-11-07, not \"%s\".", name, c->opt[opt]);
	return false;
}

/* ---- running ---- */

enum err cli_open(struct cli *c, enum storage_use use)
{
	struct fault *f = &c->ctx.fault;
	enum err e = storage_open(c->ctx.arena, c->dir, &c->storage, f);
	if (!e) {
		c->ctx.storage = &c->storage;
		if (c->ctx.log.fd < 0)
			c->ctx.log = log_open(storage_path(&c->storage, c->ctx.arena, "logs/wattledger.log"));
		e = storage_open_db(&c->storage, use, &c->ctx.db, f);
	}
	return e;
}

enum err cli_user(struct cli *c, int64_t *id)
{
	struct user u;
	uint64_t n;
	const char *who = c->opt[OPT_user];
	*id = 0;
	if (!who)
		return OK;
	enum err e = str_to_u64(str_of(who), INT64_MAX, &n) ? user_by_id(&c->ctx, (int64_t)n, &u)
	                                                    : user_by_email(&c->ctx, str_of(who), &u);
	if (!e)
		*id = u.id;
	return e;
}

enum err cli_meter(struct cli *c, int64_t *id)
{
	const char *name = c->opt[OPT_meter];
	struct meter m;
	uint64_t n;
	*id = 0;
	if (!name)
		return OK;
	enum err e = meter_by_identifier(&c->ctx, str_of(name), &m);
	if (e == ERR_NOT_FOUND && str_to_u64(str_of(name), INT64_MAX, &n))
		e = meter_get(&c->ctx, (int64_t)n, &m);
	if (!e)
		*id = m.id;
	return e;
}

enum err cli_car(struct cli *c, int64_t user_id, int64_t *id)
{
	const char *name = c->opt[OPT_car];
	struct car k;
	uint64_t n;
	*id = 0;
	if (!name)
		return OK;
	enum err e = car_called(&c->ctx, user_id, str_of(name), &k);
	if (e == ERR_NOT_FOUND && str_to_u64(str_of(name), INT64_MAX, &n))
		e = car_get(&c->ctx, (int64_t)n, &k);
	if (!e)
		*id = k.id;
	return e;
}

static int run(struct cli *c, const struct cli_cmd *cmd)
{
	enum err e = OK;
	switch (cmd->needs) {
	case NEEDS_NOTHING:
		break;
	case NEEDS_READING:
		e = cli_open(c, STORAGE_FOR_READING);
		break;
	case NEEDS_WRITING:
		e = cli_open(c, STORAGE_FOR_WORKER);
		break;
	}
	int code = e ? cli_failed(c, e) : cmd->run(c);
	storage_close_db(c->ctx.db);
	return code;
}

int cli_main(int argc, char **argv, const volatile int *stop)
{
	const struct cli_cmd *cmd = NULL;
	struct cli c = {.stop = stop, .ctx = {.arena = arena_new(ARENA_LIMIT), .log = {.fd = -1}}};
	c.ctx.actor = (struct actor){.kind = ACTOR_SYSTEM, .role = ROLE_ADMIN, .scopes = SCOPE_ALL};
	int code = parse(&c, argc, argv, &cmd);
	if (!code && !cmd) {
		print_overview(c.opt[OPT_help] ? stdout : stderr);
		code = c.opt[OPT_help] ? 0 : 2;
	} else if (!code && c.opt[OPT_help]) {
		print_help(cmd);
	} else if (!code && (code = check(&c, cmd)) == 0) {
		const char *dir = getenv("WATTLEDGER_STORAGE");
		c.dir = c.opt[OPT_storage] ? c.opt[OPT_storage] : dir && *dir ? dir : "storage";
		c.json = c.opt[OPT_json] != NULL;
		code = run(&c, cmd);
	}
	arena_free(c.ctx.arena);
	return printed(code);
}
