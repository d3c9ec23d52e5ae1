/* preset-save, preset-list, preset-rename, preset-delete, preset-export, preset-import. */
#include <stdio.h>
#include <unistd.h>

#include "app/preview.h"
#include "cli/cli.h"
#include "codec/json.h"
#include "codec/utf8.h"

int cmd_preset_save(struct cli *c);
int cmd_preset_list(struct cli *c);
int cmd_preset_rename(struct cli *c);
int cmd_preset_delete(struct cli *c);
int cmd_preset_export(struct cli *c);
int cmd_preset_import(struct cli *c);

#define PRESET_MAX (256 * 1024) /* bytes of an exported one */

static enum err find(struct cli *c, struct preset *p)
{
	enum err e = preset_by_name(&c->ctx, str_of(c->arg[0]), p);
	if (e == ERR_NOT_FOUND)
		ctx_fail(&c->ctx, e, "name", "There is no preset \"%.60s\". preset-list shows those there are.",
		         c->arg[0]);
	return e;
}

static int saved(struct cli *c, enum err e, const struct preset *p)
{
	if (e)
		return cli_failed(c, e);
	printf("Saved the preset \"%.*s\"%s.\n", STR_ARG(p->name),
	       p->fingerprint.n ? "" : "; its file has no header to know it by, so name it with --preset");
	return 0;
}

int cmd_preset_save(struct cli *c)
{
	struct import_options o = {.type = str_of(c->opt[OPT_type] ? c->opt[OPT_type] : "auto"),
	                           .time_zone = str_of(c->opt[OPT_time_zone]),
	                           .preset = STR("none"),
	                           .dry_run = true};
	struct preview *looked = ARENA_NEW(c->ctx.arena, struct preview);
	struct preset p;
	const char *path;
	if (!cli_answers(c, &o.answers))
		return 2;
	int fd = cli_open_source(c, c->opt[OPT_from], &path);
	if (fd < 0)
		return 1;
	o.filename = str_of(path);
	enum err e = preview_here(&c->ctx, &o, fd, looked);
	if (!e && !looked->readable)
		e = ctx_fail(&c->ctx, looked->why.code, looked->why.field, "%s", looked->why.message);
	if (!e)
		e = preview_keep(&c->ctx, looked, &o, str_of(c->arg[0]), &p);
	return saved(c, e, &p);
}

int cmd_preset_list(struct cli *c)
{
	struct preset *p;
	size_t n;
	struct cli_list l;
	enum err e = preset_list(&c->ctx, &p, &n);
	cli_list_begin(&l, c);
	for (size_t i = 0; !e && i < n; i++) {
		struct json_out *j = cli_list_json(&l);
		if (j) {
			json_object(j);
			json_rec(j, &preset_desc, &p[i]);
			json_key(j, "answers");
			json_raw(j, p[i].answers);
			json_end_object(j);
		} else {
			buf_printf(&l.b, "%.*s  %.*s  %.*s\n", STR_ARG(p[i].name), STR_ARG(p[i].import_type),
			           STR_ARG(utf8_line(c->ctx.arena, utf8_cut(p[i].header, 60))));
		}
	}
	return cli_list_end(&l, e, "No presets.");
}

int cmd_preset_rename(struct cli *c)
{
	struct preset p;
	enum err e = find(c, &p);
	if (!e)
		e = preset_rename(&c->ctx, p.id, str_of(c->arg[1]));
	if (e)
		return cli_failed(c, e);
	printf("Renamed.\n");
	return 0;
}

int cmd_preset_delete(struct cli *c)
{
	struct preset p;
	enum err e = find(c, &p);
	if (!e)
		e = preset_delete(&c->ctx, p.id);
	if (e)
		return cli_failed(c, e);
	printf("Deleted.\n");
	return 0;
}

int cmd_preset_export(struct cli *c)
{
	struct preset p;
	enum err e = find(c, &p);
	if (e)
		return cli_failed(c, e);
	struct str text = preset_export(c->ctx.arena, &p);
	return fwrite(text.p, 1, text.n, stdout) == text.n ? 0 : 1;
}

int cmd_preset_import(struct cli *c)
{
	struct preset p;
	const char *path;
	char *text = arena_alloc(c->ctx.arena, PRESET_MAX);
	size_t n = 0;
	ssize_t got = 1;
	int fd = cli_open_source(c, c->opt[OPT_from], &path);
	if (fd < 0)
		return 1;
	while (got > 0 && n < PRESET_MAX) {
		got = read(fd, text + n, PRESET_MAX - n);
		n += got > 0 ? (size_t)got : 0;
	}
	enum err e =
	        got ? ctx_fail(&c->ctx, ERR_INVALID, "file", "%s",
	                       got < 0 ? "The file cannot be read." : "The file is too large for a preset.")
	            : preset_import(&c->ctx, (struct str){text, n}, &p);
	return saved(c, e, &p);
}
