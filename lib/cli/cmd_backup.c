/* backup-create, backup-verify, backup-restore. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "app/backup/backup.h"
#include "cli/cli.h"
#include "codec/json.h"

int cmd_backup_create(struct cli *c);
int cmd_backup_verify(struct cli *c);
int cmd_backup_restore(struct cli *c);

static bool print_json(const struct backup *b, bool dry, const char *kept)
{
	struct buf out = BUF_INIT(1 << 20);
	struct json_out j;
	json_start(&j, &out);
	json_object(&j);
	json_rec(&j, &backup_desc, b);
	json_key(&j, "dry_run");
	json_bool(&j, dry);
	json_key(&j, "backup_before");
	json_str(&j, str_of(kept));
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
	buf_printf(&out, "%s: %lld rows in %zu entries, %lld bytes, SHA-256 %.*s\n", did, (long long)b->rows,
	           b->n, (long long)b->size, STR_ARG(b->sha256));
	bool ok = cli_print(&out);
	buf_free(&out);
	return ok;
}

int cmd_backup_create(struct cli *c)
{
	struct backup b;
	enum err e = backup_create(&c->ctx, c->opt[OPT_to], &b);
	if (e)
		return cli_failed(c, e);
	return (c->json ? print_json(&b, false, NULL) : print_text(&b, "Written and read again as a whole"))
	               ? 0
	               : 1;
}

/* -1: it cannot be opened (said). */
static int open_archive(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fprintf(stderr, "wattledger: %s cannot be read: %s.\n", path, strerror(errno));
	return fd;
}

int cmd_backup_verify(struct cli *c)
{
	struct backup b;
	int fd = open_archive(c->opt[OPT_from]);
	if (fd < 0)
		return 1;
	enum err e = backup_check(&c->ctx, fd, &b);
	close(fd);
	if (e)
		return cli_failed(c, e);
	return (c->json ? print_json(&b, false, NULL) : print_text(&b, "Whole and sound")) ? 0 : 1;
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

/* backups/before-restore-20251107-103000.zip */
static const char *name_kept(struct cli *c)
{
	time_t now = (time_t)ctx_now(&c->ctx);
	char stamp[32], again[16] = "";
	const char *path;
	struct tm utc;
	gmtime_r(&now, &utc);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &utc);
	for (int n = 2;; n++) {
		path = storage_path(
		        &c->storage, c->ctx.arena,
		        arena_printf(c->ctx.arena, "backups/before-restore-%s%s.zip", stamp, again));
		if (access(path, F_OK) != 0)
			return path;
		snprintf(again, sizeof(again), "-%d", n);
	}
}

int cmd_backup_restore(struct cli *c)
{
	bool dry = c->opt[OPT_dry_run] != NULL;
	const char *kept = name_kept(c);
	struct backup b;
	int64_t was;
	if (strcmp(c->opt[OPT_mode], "replace") != 0)
		return cli_usage("This version restores with --mode replace.");
	if (!dry && !confirmed(c))
		return 1;
	int fd = open_archive(c->opt[OPT_from]);
	if (fd < 0)
		return 1;
	enum err e = backup_replace(&c->ctx, fd, kept, dry, &b, &was);
	close(fd);
	if (e)
		return cli_failed(c, e);
	if (c->json)
		return print_json(&b, dry, dry ? NULL : kept) ? 0 : 1;
	if (!dry)
		fprintf(stderr, "What there was, %lld rows, is in %s.\n", (long long)was, kept);
	return print_text(&b, dry ? "Would restore" : "Restored") ? 0 : 1;
}
