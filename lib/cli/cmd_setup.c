/* init, migrate, admin-create: from an empty folder to the first admin. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "app/setup.h"
#include "app/user.h"
#include "cli/cli.h"
#include "codec/json.h"
#include "codec/utf8.h"

int cmd_init(struct cli *c);
int cmd_migrate(struct cli *c);
int cmd_admin_create(struct cli *c);

static void print_prepared(const struct cli *c, int from, int to)
{
	struct buf b = BUF_INIT(1 << 16);
	struct json_out j;
	json_start(&j, &b);
	json_object(&j);
	json_key(&j, "storage");
	json_str(&j, utf8_clean(c->ctx.arena, c->storage.dir));
	json_key(&j, "from");
	json_int(&j, from);
	json_key(&j, "to");
	json_int(&j, to);
	json_end_object(&j);
	buf_addc(&b, '\n');
	cli_print(&b);
	buf_free(&b);
}

static int migrate(struct cli *c)
{
	int from, to;
	struct fault *f = &c->ctx.fault;
	enum err e = storage_open(c->ctx.arena, c->dir, &c->storage, f);
	if (!e) {
		c->ctx.storage = &c->storage;
		e = setup_prepare(&c->ctx, &c->storage, &from, &to);
	}
	if (e)
		return cli_failed(c, e);
	if (c->json)
		print_prepared(c, from, to);
	else if (from == to)
		printf("The database is up to date (version %d).\n", to);
	else
		printf("The database went from version %d to %d.\n", from, to);
	return 0;
}

int cmd_init(struct cli *c)
{
	enum err e = storage_init(c->ctx.arena, c->dir, c->opt[OPT_development] != NULL, &c->ctx.fault);
	return e ? cli_failed(c, e) : migrate(c);
}

int cmd_migrate(struct cli *c)
{
	return migrate(c);
}

static void print_admin(const struct user *u)
{
	struct buf b = BUF_INIT(1 << 16);
	struct json_out j;
	json_start(&j, &b);
	json_object(&j);
	json_key(&j, "id");
	json_int(&j, u->id);
	json_key(&j, "email");
	json_str(&j, u->email);
	json_key(&j, "role");
	json_str(&j, u->role);
	json_end_object(&j);
	buf_addc(&b, '\n');
	cli_print(&b);
	buf_free(&b);
}

int cmd_admin_create(struct cli *c)
{
	char password[CLI_PASSWORD_MAX];
	struct user u;
	int code = cli_password(c, password, sizeof(password));
	if (code)
		return code;
	enum err e =
	        user_create(&c->ctx, str_of(c->opt[OPT_email]),
	                    str_of(c->opt[OPT_name] ? c->opt[OPT_name] : ""), str_of(password), ROLE_ADMIN, &u);
	explicit_bzero(password, sizeof(password));
	if (e)
		return cli_failed(c, e);
	if (c->json)
		print_admin(&u);
	else
		printf("%.*s is an admin now.\n", STR_ARG(u.email));
	return 0;
}
