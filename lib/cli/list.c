/* list: what the commands that list things share: a line for each, or with --json an array of objects. */
#include "cli/cli.h"
#include "codec/json.h"

#define LIST_MAX (64u << 20) /* bytes */

void cli_list_begin(struct cli_list *l, struct cli *c)
{
	*l = (struct cli_list){.c = c};
	buf_init(&l->b, LIST_MAX);
	json_start(&l->j, &l->b);
	if (c->json)
		json_array(&l->j);
}

struct json_out *cli_list_json(struct cli_list *l)
{
	l->any = true;
	return l->c->json ? &l->j : NULL;
}

bool cli_list_row(struct cli_list *l, const struct rec_desc *d, const void *row)
{
	struct json_out *j = cli_list_json(l);
	if (!j)
		return false;
	json_object(j);
	json_rec(j, d, row);
	json_end_object(j);
	return true;
}

int cli_list_end(struct cli_list *l, enum err e, const char *none)
{
	if (l->c->json) {
		json_end_array(&l->j);
		buf_addc(&l->b, '\n');
	} else if (!l->any) {
		buf_printf(&l->b, "%s\n", none);
	}
	bool ok = !e && cli_print(&l->b);
	buf_free(&l->b);
	return e ? cli_failed(l->c, e) : ok ? 0 : 1;
}
