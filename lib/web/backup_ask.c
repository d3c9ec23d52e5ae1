/* backup_ask: see backup_ask.h. */
#include "web/backup_ask.h"

#include "app/account.h"
#include "codec/utf8.h"
#include "web/file_form.h"

static const struct rec_field fields[] = {
        REC(struct backup_ask, mode, REC_TEXT),
        REC(struct backup_ask, dry_run, REC_BOOL),
        REC_FLAGS(struct backup_ask, passphrase, REC_TEXT, REC_RAW),
        REC(struct backup_ask, confirm, REC_TEXT),
        REC_FLAGS(struct backup_ask, password, REC_TEXT, REC_RAW),
};
const struct rec_desc backup_ask_desc = REC_DESC(struct backup_ask, fields);

/* What is not to be done by mistake, nor by somebody who found a browser signed in. */
static enum err confirmed(struct request *r, const struct backup_ask *a)
{
	if (!str_eq(a->confirm, a->mode))
		return ctx_fail(r->ctx, ERR_INVALID, "confirm",
		                "Type the word %.*s: so nobody does it by mistake.", STR_ARG(a->mode));
	return account_confirm(r->ctx, a->password, r->address);
}

enum err backup_ask_restore(struct request *r, int64_t backup_id, const struct backup_ask *a,
                            struct backup_job *out)
{
	struct backup_wanted w = {.backup_id = backup_id, .passphrase = a->passphrase, .dry = a->dry_run};
	struct shelved s;
	enum err e = shelf_get(r->ctx, backup_id, &s);

	if (e)
		return e;
	if (str_eqz(a->mode, "merge"))
		w.mode = "merge";
	else if (str_eqz(a->mode, "replace"))
		w.mode = "replace";
	else
		return ctx_fail(r->ctx, ERR_INVALID, "mode", "A mode is merge or replace.");
	if (s.is_encrypted && !a->passphrase.n)
		return ctx_fail(r->ctx, ERR_INVALID, "passphrase",
		                "The backup is encrypted: its passphrase is needed.");
	if (!a->dry_run)
		e = confirmed(r, a);
	return e ? e : backup_job_queue(r->ctx, &w, out);
}

static enum err take_field(struct ctx *c, void *arg, struct str name, struct str value)
{
	if (!str_eqz(name, "passphrase"))
		return ctx_fail(c, ERR_INVALID, "", "There is no field \"%.*s\" in this form.",
		                STR_ARG(utf8_cut(utf8_clean(c->arena, name), 40)));
	*(struct str *)arg = value;
	return OK;
}

enum err backup_ask_upload(struct request *r, struct shelved *out)
{
	struct backup_wanted w = {.mode = "verify"};
	struct file_form form;
	struct backup_job k;
	struct str rest;
	enum err e = file_form_read(r, take_field, &w.passphrase, &form);

	if (e)
		return e;
	for (size_t i = 1; i < form.n; i++)
		upload_abort(r->ctx, &form.file[i]);
	if (form.n > 1) {
		upload_abort(r->ctx, &form.file[0]);
		return ctx_fail(r->ctx, ERR_INVALID, "file", "One backup at a time.");
	}
	e = upload_finish(r->ctx, &form.file[0], &rest);
	if (!e)
		e = shelf_take_upload(r->ctx, arena_strz(r->ctx->arena, rest), out);
	w.backup_id = e ? 0 : out->id;
	return e ? e : backup_job_queue(r->ctx, &w, &k);
}

struct reply *backup_ask_file(struct request *r)
{
	struct shelved s;
	int64_t id, size;
	int fd;

	if (request_param_id(r, 0, "backup", &id) != OK || shelf_get(r->ctx, id, &s) != OK ||
	    shelf_open(r->ctx, &s, &fd, &size) != OK)
		return reply_fault(r);
	return reply_file(r, s.is_encrypted ? "application/octet-stream" : "application/zip", s.name, fd, size,
	                  s.sha256.n ? str_of(arena_printf(r->ctx->arena, "\"%.*s\"", STR_ARG(s.sha256)))
	                             : STR(""));
}
