/* token-create, token-list, token-revoke. */
#include <stdio.h>

#include "app/token.h"
#include "base/civil.h"
#include "cli/cli.h"
#include "codec/json.h"

int cmd_token_create(struct cli *c);
int cmd_token_list(struct cli *c);
int cmd_token_revoke(struct cli *c);

int cmd_token_create(struct cli *c)
{
	char secret[TOKEN_TEXT];
	int64_t user, days;
	if (!cli_number(c, OPT_expires, 0, &days))
		return 2;
	enum err e = cli_user(c, &user);
	if (!e)
		e = token_create(&c->ctx, user, str_of(c->opt[OPT_name]),
		                 str_of(c->opt[OPT_scope] ? c->opt[OPT_scope] : "read"), days, secret);
	if (e)
		return cli_failed(c, e);
	if (c->json)
		printf("{\"token\":\"%s\"}\n", secret);
	else
		printf("%s\n", secret);
	fputs("Keep the token now: it is not shown again.\n", stderr);
	return 0;
}

static const char *day_of(int64_t at, const char *none, char text[CIVIL_DATE_TEXT])
{
	if (!at)
		return none;
	civil_format_day((int32_t)(at / 86400), text);
	return text;
}

int cmd_token_list(struct cli *c)
{
	struct token *tokens;
	size_t n;
	struct cli_list l;
	char until[CIVIL_DATE_TEXT], used[CIVIL_DATE_TEXT];
	enum err e = token_list(&c->ctx, &tokens, &n);
	cli_list_begin(&l, c);
	for (size_t i = 0; !e && i < n; i++) {
		const struct token *t = &tokens[i];
		if (!cli_list_row(&l, &token_desc, t))
			buf_printf(&l.b, "%lld  %.*s  %.*s  %.*s  ends %s, last used %s%s\n", (long long)t->id,
			           STR_ARG(t->user_email), STR_ARG(t->name), STR_ARG(t->scopes),
			           day_of(t->expires_at, "never", until),
			           day_of(t->last_used_at, "never", used), t->revoked_at ? ", revoked" : "");
	}
	return cli_list_end(&l, e, "No tokens.");
}

int cmd_token_revoke(struct cli *c)
{
	uint64_t id;
	if (!str_to_u64(str_of(c->arg[0]), INT64_MAX, &id))
		return cli_usage("a token is named by its number; token-list shows it.");
	enum err e = token_revoke(&c->ctx, (int64_t)id);
	if (e)
		return cli_failed(c, e);
	printf("Revoked.\n");
	return 0;
}
