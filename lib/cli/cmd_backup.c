/* backup-create, backup-verify, backup-restore, backup-list. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "app/backup/backup_carry.h"
#include "app/backup/envelope.h"
#include "app/backup/shelf.h"
#include "app/storage.h"
#include "base/civil.h"
#include "base/rand.h"
#include "cli/cli.h"
#include "codec/json.h"
#include "codec/utf8.h"

int cmd_backup_create(struct cli *c);
int cmd_backup_verify(struct cli *c);
int cmd_backup_restore(struct cli *c);
int cmd_backup_list(struct cli *c);

static bool print_json(const struct backup *b)
{
	struct buf out = BUF_INIT(1 << 20);
	struct json_out j;
	json_start(&j, &out);
	json_object(&j);
	json_rec(&j, &backup_desc, b);
	json_key(&j, "tables");
	json_array(&j);
	for (size_t i = 0; i < b->n; i++) {
		json_object(&j);
		json_rec(&j, &backup_entry_desc, &b->entry[i]);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	buf_addc(&out, '\n');
	bool ok = cli_print(&out);
	buf_free(&out);
	return ok;
}

static bool print_text(const struct backup *b, const char *did)
{
	struct buf out = BUF_INIT(1 << 16);
	buf_printf(&out, "%s: %lld rows in %zu entries, %lld bytes%s, SHA-256 %.*s\n", did, (long long)b->rows,
	           b->n, (long long)b->size, b->is_encrypted ? ", encrypted" : "", STR_ARG(b->sha256));
	if (b->only_user.n)
		buf_printf(&out, "It holds the data of %.*s alone.\n", STR_ARG(b->only_user));
	bool ok = cli_print(&out);
	buf_free(&out);
	return ok;
}

/* Asked for before the work begins. */
static int new_passphrase(struct cli *c, char *passphrase, size_t size)
{
	if (!c->opt[OPT_encrypt] && !c->opt[OPT_passphrase_file])
		return 0;
	int code = cli_passphrase(c, true, passphrase, size);
	if (code)
		return code;
	enum err e = envelope_passphrase(&c->ctx, str_of(passphrase));
	return e ? cli_failed(c, e) : 0;
}

/* What is shown on a terminal from the first second on. */
struct progress {
	struct cli *c;
	const char *interrupted; /* what is so after Ctrl-C */
	int64_t since_ms;
	bool shown;
};

/* A backup_watch. */
static enum err progress(void *arg, int64_t done, int64_t all)
{
	struct progress *p = arg;
	if (*p->c->stop)
		return ctx_fail(&p->c->ctx, ERR_INTERRUPTED, "", "Interrupted: %s.", p->interrupted);
	p->shown = p->shown || (isatty(STDERR_FILENO) && clock_ms() - p->since_ms >= 1000);
	if (p->shown)
		fprintf(stderr, "\r%lld of %lld rows", (long long)done, (long long)all);
	return OK;
}

static void end_progress(const struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
}

/* From a file that only stood in the storage folder for as long as it took to make it. */
static int to_output(const char *path)
{
	char piece[65536];
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	unlink(path);
	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		if (!cli_write(STDOUT_FILENO, (struct str){piece, (size_t)n}))
			break;
	if (fd >= 0)
		close(fd);
	if (n)
		fprintf(stderr, "wattledger: standard output cannot be written: %s.\n", strerror(errno));
	return n ? 1 : 0;
}

int cmd_backup_create(struct cli *c)
{
	char passphrase[CLI_PASSWORD_MAX] = "", name[33];
	const bool piped = strcmp(c->opt[OPT_to], "-") == 0;
	struct progress p = {.c = c, .interrupted = "no backup was written"};
	const struct backup_watch watch = {progress, &p};
	struct backup_order o = {.path = c->opt[OPT_to], .watch = &watch};
	struct backup b;
	if (piped && (c->json || isatty(STDOUT_FILENO)))
		return cli_usage("--to - writes the backup itself to standard output: into a pipe or a file, "
		                 "and without --json.");
	rand_hex(name, 16);
	if (piped)
		o.path = storage_path(&c->storage, c->ctx.arena,
		                      arena_printf(c->ctx.arena, "backups/.%s.zip", name));
	enum err e = cli_user(c, &o.user_id);
	int code = e ? cli_failed(c, e) : new_passphrase(c, passphrase, sizeof(passphrase));
	o.passphrase = str_of(passphrase);
	p.since_ms = clock_ms();
	if (!code)
		e = backup_create(&c->ctx, &o, &b);
	explicit_bzero(passphrase, sizeof(passphrase));
	end_progress(&p);
	if (!code && e)
		code = cli_failed(c, e);
	if (code || piped)
		return code ? code : to_output(o.path);
	return (c->json ? print_json(&b) : print_text(&b, "Written and read again as a whole")) ? 0 : 1;
}

/* An archive to read and, if it is encrypted, its passphrase. The exit code (said); 0: *fd is to be closed. */
static int open_archive(struct cli *c, int *fd, char *passphrase, size_t size)
{
	const char *unused, *file = c->opt[OPT_passphrase_file];
	passphrase[0] = '\0';
	if (strcmp(c->opt[OPT_from], "-") == 0 && file && strcmp(file, "-") == 0)
		return cli_usage("--from and --passphrase-file cannot both be standard input.");
	*fd = cli_open_source(c, c->opt[OPT_from], &unused);
	if (*fd < 0)
		return 1;
	int code = envelope_is(*fd) ? cli_passphrase(c, false, passphrase, size) : 0;
	if (code)
		close(*fd);
	return code;
}

int cmd_backup_verify(struct cli *c)
{
	char passphrase[CLI_PASSWORD_MAX];
	struct backup b;
	int fd, code = open_archive(c, &fd, passphrase, sizeof(passphrase));
	if (code)
		return code;
	enum err e = backup_check(&c->ctx, fd, str_of(passphrase), &b);
	explicit_bzero(passphrase, sizeof(passphrase));
	close(fd);
	if (e)
		return cli_failed(c, e);
	return (c->json ? print_json(&b) : print_text(&b, "Whole and sound")) ? 0 : 1;
}

/* ---- restoring ---- */

static bool print_report_json(const struct backup_report *r, bool merge, bool dry, const char *kept)
{
	struct buf out = BUF_INIT(1 << 20);
	struct json_out j;
	json_start(&j, &out);
	json_object(&j);
	json_key(&j, "mode");
	json_str(&j, merge ? STR("merge") : STR("replace"));
	json_key(&j, "dry_run");
	json_bool(&j, dry);
	json_key(&j, "backup_before");
	json_str(&j, str_of(kept));
	json_rec(&j, &backup_desc, &r->backup);
	backup_put_report(&j, r);
	json_end_object(&j);
	buf_addc(&out, '\n');
	bool ok = cli_print(&out);
	buf_free(&out);
	return ok;
}

static bool print_report_text(struct cli *c, const struct backup_report *r, bool merge, bool dry)
{
	struct buf out = BUF_INIT(1 << 18);
	buf_printf(&out, "%-20s %10s %10s %10s %10s\n", "", "added", "changed", "left", "removed");
	for (size_t i = 0; i < r->n; i++) {
		const struct backup_change *t = &r->table[i];
		if (t->added || t->changed || t->left || t->removed)
			buf_printf(&out, "%-20.*s %10lld %10lld %10lld %10lld\n", STR_ARG(t->name),
			           (long long)t->added, (long long)t->changed, (long long)t->left,
			           (long long)t->removed);
	}
	for (size_t i = 0; i < r->notes; i++)
		buf_printf(&out, "%.*s\n", STR_ARG(utf8_line(c->ctx.arena, r->note[i])));
	buf_printf(&out, "%s %lld rows of a backup\n",
	           dry     ? merge ? "Would merge" : "Would restore"
	           : merge ? "Merged"
	                   : "Restored",
	           (long long)r->backup.rows);
	bool ok = cli_print(&out);
	buf_free(&out);
	return ok;
}

static bool confirmed(const struct cli *c)
{
	char answer[16] = "";
	if (c->opt[OPT_yes])
		return true;
	if (!isatty(STDIN_FILENO)) {
		fprintf(stderr, "wattledger: Replacing everything asks first: say --yes.\n");
		return false;
	}
	fprintf(stderr, "Everything in %s will be replaced; a backup of it is made first. Type yes: ", c->dir);
	if (!fgets(answer, sizeof(answer), stdin) || strcmp(answer, "yes\n") != 0) {
		fprintf(stderr, "wattledger: Nothing was changed.\n");
		return false;
	}
	return true;
}

int cmd_backup_restore(struct cli *c)
{
	const char *mode = c->opt[OPT_mode];
	struct progress p = {.c = c, .interrupted = "nothing was changed"};
	const struct backup_watch watch = {progress, &p};
	struct backup_report report;
	struct backup_carry carry = {.report = &report};
	struct backup_wish wish = {.carry = backup_carry,
	                           .kept = backup_carry_kept,
	                           .carry_arg = &carry,
	                           .merge = strcmp(mode, "merge") == 0,
	                           .dry = c->opt[OPT_dry_run] != NULL,
	                           .watch = &watch};
	char passphrase[CLI_PASSWORD_MAX];
	if (!wish.merge && strcmp(mode, "replace") != 0)
		return cli_usage("--mode is merge or replace.");
	int code = open_archive(c, &wish.fd, passphrase, sizeof(passphrase));
	if (code)
		return code;
	if (!wish.dry && !wish.merge) {
		if (!confirmed(c)) {
			close(wish.fd);
			return 1;
		}
		wish.keep = backup_keep_path(&c->ctx);
		carry.kept = strrchr(wish.keep, '/') + 1;
	}
	wish.passphrase = str_of(passphrase);
	p.since_ms = clock_ms();
	enum err e = backup_restore(&c->ctx, &wish, &report);
	end_progress(&p);
	explicit_bzero(passphrase, sizeof(passphrase));
	close(wish.fd);
	if (e)
		return cli_failed(c, e);
	if (c->json)
		return print_report_json(&report, wish.merge, wish.dry, wish.keep) ? 0 : 1;
	if (wish.keep)
		fprintf(stderr, "What there was is in %s.\n", wish.keep);
	return print_report_text(c, &report, wish.merge, wish.dry) ? 0 : 1;
}

/* ---- those that are kept ---- */

static void put_line(struct buf *b, const struct shelved *s)
{
	char made[CIVIL_TIME_TEXT] = "-", verified[CIVIL_TIME_TEXT] = "never";
	if (s->made_at)
		civil_format_at(s->made_at, made);
	if (s->verified_at)
		civil_format_at(s->verified_at, verified);
	buf_printf(b, "%lld  %.*s  %lld bytes  made %s  verified %s%s%s%.*s%s%.*s\n", (long long)s->id,
	           STR_ARG(s->name), (long long)s->size, made, verified, s->is_encrypted ? "  encrypted" : "",
	           s->only_user.n ? "  only " : "", STR_ARG(s->only_user), s->failure.n ? "  damaged: " : "",
	           STR_ARG(s->failure));
}

int cmd_backup_list(struct cli *c)
{
	struct cli_list l;
	struct shelved *s;
	size_t n;
	int64_t total = 1;
	enum err e = OK;
	cli_list_begin(&l, c);
	for (int64_t offset = 0; !e && offset < total; offset += CLI_LIST_PAGE) {
		e = shelf_list(&c->ctx, CLI_LIST_PAGE, offset, &s, &n, &total);
		for (size_t i = 0; !e && i < n; i++)
			if (!cli_list_row(&l, &shelved_desc, &s[i]))
				put_line(&l.b, &s[i]);
	}
	return cli_list_end(&l, e, "No backups are kept here.");
}
