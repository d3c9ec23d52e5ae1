/* user-list, user-disable, user-enable, password-reset. */
#include <stdio.h>

#include "app/account.h"
#include "app/user.h"
#include "cli/cli.h"
#include "codec/json.h"
#include "codec/utf8.h"

int cmd_user_list(struct cli *c);
int cmd_user_disable(struct cli *c);
int cmd_user_enable(struct cli *c);
int cmd_password_reset(struct cli *c);

static void put_line(struct cli *c, struct buf *b, const struct account *a)
{
	buf_printf(b, "%lld  %.*s  %.*s  %.*s%s\n", (long long)a->id, STR_ARG(a->email),
	           STR_ARG(utf8_line(c->ctx.arena, a->name)), STR_ARG(a->role),
	           a->is_active ? "" : "  disabled");
}

int cmd_user_list(struct cli *c)
{
	struct cli_list l;
	struct account *a;
	size_t n;
	int64_t total = 1;
	enum err e = OK;
	cli_list_begin(&l, c);
	for (int64_t offset = 0; !e && offset < total; offset += CLI_LIST_PAGE) {
		e = account_list(&c->ctx, STR(""), CLI_LIST_PAGE, offset, &a, &n, &total);
		for (size_t i = 0; !e && i < n; i++)
			if (!cli_list_row(&l, &account_desc, &a[i]))
				put_line(c, &l.b, &a[i]);
	}
	return cli_list_end(&l, e, "No users.");
}

static int set(struct cli *c, const struct account_wanted *wanted, uint64_t given, const char *done)
{
	struct user u;
	struct account a;
	enum err e = user_by_email(&c->ctx, str_of(c->arg[0]), &u);
	if (!e)
		e = account_set(&c->ctx, u.id, wanted, given, &a);
	if (e)
		return cli_failed(c, e);
	printf("%.*s %s\n", STR_ARG(a.email), done);
	return 0;
}

int cmd_user_disable(struct cli *c)
{
	const struct account_wanted wanted = {.is_active = false};
	return set(c, &wanted, ACCOUNT_IS_ACTIVE, "may not sign in any more.");
}

int cmd_user_enable(struct cli *c)
{
	const struct account_wanted wanted = {.is_active = true};
	return set(c, &wanted, ACCOUNT_IS_ACTIVE, "may sign in.");
}

int cmd_password_reset(struct cli *c)
{
	char password[CLI_PASSWORD_MAX];
	int code = cli_password(c, password, sizeof(password));
	if (code)
		return code;
	const struct account_wanted wanted = {.password = str_of(password)};
	code = set(c, &wanted, ACCOUNT_PASSWORD,
	           "has a new password; wherever they were signed in, that has ended.");
	explicit_bzero(password, sizeof(password));
	return code;
}
