/* settings-list, settings-get, settings-set, settings-unset, settings-rekey: the rows of settings.def. */
#include <stdio.h>

#include "app/setting_edit.h"
#include "base/civil.h"
#include "cli/cli.h"
#include "codec/json.h"

#define LINE_MAX_BYTES 8192

int cmd_settings_list(struct cli *c);
int cmd_settings_get(struct cli *c);
int cmd_settings_set(struct cli *c);
int cmd_settings_unset(struct cli *c);
int cmd_settings_rekey(struct cli *c);

/* What a line says of its value. */
static struct str said(struct cli *c, const struct setting_shown *s)
{
	char at[CIVIL_TIME_TEXT];
	if (!s->is_sealed)
		return s->value;
	if (!s->is_set)
		return STR("(not set)");
	civil_format_at(s->changed_at, at);
	return str_of(arena_printf(c->ctx.arena, "(sealed, set %s)", at));
}

static void put_text(struct cli *c, struct buf *b, const struct setting_shown *s, struct str *group)
{
	if (!str_eq(*group, s->group))
		buf_printf(b, "%s%.*s\n", group->n ? "\n" : "", STR_ARG(s->group));
	*group = s->group;
	buf_printf(b, "  %-26.*s %-16.*s %-9.*s %.*s\n", STR_ARG(s->key), STR_ARG(said(c, s)),
	           STR_ARG(s->source), STR_ARG(s->title));
}

int cmd_settings_list(struct cli *c)
{
	struct setting_shown *all;
	struct str group = {NULL, 0};
	struct cli_list l;
	size_t n;
	int64_t user, version;
	enum err e = cli_user(c, &user);
	if (!e)
		e = setting_list(&c->ctx, user, &all, &n, &version);
	cli_list_begin(&l, c);
	for (size_t i = 0; !e && i < n; i++)
		if (!cli_list_row(&l, &setting_shown_desc, &all[i]))
			put_text(c, &l.b, &all[i], &group);
	return cli_list_end(&l, e, "No settings.");
}

int cmd_settings_get(struct cli *c)
{
	struct setting_shown *all;
	size_t n;
	int64_t user, version;
	enum err e = cli_user(c, &user);
	if (!e)
		e = setting_list(&c->ctx, user, &all, &n, &version);
	if (e)
		return cli_failed(c, e);
	for (size_t i = 0; i < n; i++)
		if (str_eqz(all[i].key, c->arg[0])) {
			printf("%.*s\n", STR_ARG(said(c, &all[i])));
			return 0;
		}
	fprintf(stderr, "wattledger: there is no setting called %s%s. See settings-list.\n", c->arg[0],
	        user ? " that a user may have" : "");
	return 1;
}

static int change(struct cli *c, const struct setting_edit *edit)
{
	int64_t user;
	enum err e = cli_user(c, &user);
	if (!e)
		e = setting_change(&c->ctx, user, 0, edit, 1);
	return e ? cli_failed(c, e) : 0;
}

int cmd_settings_set(struct cli *c)
{
	char line[LINE_MAX_BYTES];
	struct setting_edit edit = {.key = str_of(c->arg[0]), .value = str_of(c->arg[1])};
	enum setting_id id;
	bool from_stdin = str_eqz(edit.value, "-");
	if (!from_stdin && setting_find(edit.key, &id) && setting_infos[id].flags & SETTING_SEALED)
		return cli_usage("%s is kept sealed: give it on standard input, where no shell remembers it: "
		                 "settings-set %s - < FILE",
		                 c->arg[0], c->arg[0]);
	if (from_stdin && !cli_line(line, sizeof(line)))
		return cli_usage("settings-set %s -: no line came on standard input.", c->arg[0]);
	if (from_stdin)
		edit.value = str_of(line);
	int code = change(c, &edit);
	explicit_bzero(line, sizeof(line));
	return code;
}

int cmd_settings_unset(struct cli *c)
{
	return change(c, &(struct setting_edit){.key = str_of(c->arg[0]), .unset = true});
}

int cmd_settings_rekey(struct cli *c)
{
	int64_t n;
	enum err e = setting_rekey(&c->ctx, &n);
	if (e)
		return cli_failed(c, e);
	if (c->json)
		printf("{\"sealed\":%lld}\n", (long long)n);
	else
		printf("Sealed anew: %lld.\n", (long long)n);
	return 0;
}
