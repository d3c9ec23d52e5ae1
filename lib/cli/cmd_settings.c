/* settings-list, settings-get, settings-set: the rows of settings.def. */
#include <stdio.h>

#include "app/setting.h"
#include "cli/cli.h"
#include "codec/json.h"

int cmd_settings_list(struct cli *c);
int cmd_settings_get(struct cli *c);
int cmd_settings_set(struct cli *c);

int cmd_settings_list(struct cli *c)
{
	struct buf b = BUF_INIT(1 << 20);
	struct json_out j;
	json_start(&j, &b);
	if (c->json)
		json_object(&j);
	for (enum setting_id id = 0; id < SETTING_COUNT; id++) {
		const struct setting_info *s = &setting_infos[id];
		struct str value = setting_text(&c->ctx, id);
		if (c->json) {
			json_key(&j, s->key);
			json_str(&j, value);
		} else {
			buf_printf(&b, "%-20s %-16.*s %s\n", s->key, STR_ARG(value), s->help);
		}
	}
	if (c->json) {
		json_end_object(&j);
		buf_addc(&b, '\n');
	}
	bool ok = cli_print(&b);
	buf_free(&b);
	return ok ? 0 : 1;
}

int cmd_settings_get(struct cli *c)
{
	for (enum setting_id id = 0; id < SETTING_COUNT; id++)
		if (strcmp(setting_infos[id].key, c->arg[0]) == 0) {
			printf("%.*s\n", STR_ARG(setting_text(&c->ctx, id)));
			return 0;
		}
	fprintf(stderr, "wattledger: there is no setting called %s. See settings-list.\n", c->arg[0]);
	return 1;
}

int cmd_settings_set(struct cli *c)
{
	enum err e = setting_set(&c->ctx, str_of(c->arg[0]), str_of(c->arg[1]));
	return e ? cli_failed(c, e) : 0;
}
