/* backup-create, backup-verify, backup-restore. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "app/backup/backup.h"
#include "cli/cli.h"
#include "codec/json.h"

int cmd_backup_create(struct cli *c);
int cmd_backup_verify(struct cli *c);
int cmd_backup_restore(struct cli *c);

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
	buf_printf(&out, "%s: %lld rows in %zu entries, %lld bytes, SHA-256 %.*s\n", did, (long long)b->rows,
	           b->n, (long long)b->size, STR_ARG(b->sha256));
	bool ok = cli_print(&out);
	buf_free(&out);
	return ok;
}

int cmd_backup_create(struct cli *c)
{
	struct backup b;
	const struct backup_order order = {.path = c->opt[OPT_to]};
	enum err e = backup_create(&c->ctx, &order, &b);
	if (e)
		return cli_failed(c, e);
	return (c->json ? print_json(&b) : print_text(&b, "Written and read again as a whole")) ? 0 : 1;
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
	enum err e = backup_check(&c->ctx, fd, STR(""), &b);
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

static bool print_report_text(const struct backup_report *r, bool merge, bool dry)
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
		buf_printf(&out, "%.*s\n", STR_ARG(r->note[i]));
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
	struct backup_wish wish = {.merge = strcmp(mode, "merge") == 0, .dry = c->opt[OPT_dry_run] != NULL};
	struct backup_report report;
	if (!wish.merge && strcmp(mode, "replace") != 0)
		return cli_usage("--mode is merge or replace.");
	if (!wish.dry && !wish.merge) {
		if (!confirmed(c))
			return 1;
		wish.keep = backup_keep_path(&c->ctx);
	}
	wish.fd = open_archive(c->opt[OPT_from]);
	if (wish.fd < 0)
		return 1;
	enum err e = backup_restore(&c->ctx, &wish, &report);
	close(wish.fd);
	if (e)
		return cli_failed(c, e);
	if (c->json)
		return print_report_json(&report, wish.merge, wish.dry, wish.keep) ? 0 : 1;
	if (wish.keep)
		fprintf(stderr, "What there was is in %s.\n", wish.keep);
	return print_report_text(&report, wish.merge, wish.dry) ? 0 : 1;
}
