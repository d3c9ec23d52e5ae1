/* audit-list: who did what; with --verify whether anybody has altered that. */
#include <stdio.h>

#include "app/audit.h"
#include "app/reading.h"
#include "app/setting.h"
#include "base/civil.h"
#include "base/tz.h"
#include "cli/cli.h"
#include "codec/json.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     100000

int cmd_audit_list(struct cli *c);

static int verify(struct cli *c)
{
	struct audit_check k;
	enum err e = audit_verify(&c->ctx, &k);
	if (e)
		return cli_failed(c, e);
	if (c->json)
		printf("{\"rows\":%lld,\"broken\":%lld,\"last_hash\":\"%s\"}\n", (long long)k.rows,
		       (long long)k.broken, k.last);
	else if (!k.broken)
		printf("The %lld rows follow from one another. The last hash, to be kept elsewhere: %s\n",
		       (long long)k.rows, k.last);
	if (k.broken)
		fprintf(stderr,
		        "wattledger: the audit log was altered: row %lld does not follow from the one before. "
		        "Compare "
		        "it with a backup.\n",
		        (long long)k.broken);
	return k.broken ? 1 : 0;
}

static void put(struct buf *b, const struct audit_row *r)
{
	char at[CIVIL_TIME_TEXT];
	civil_format_at(r->at, at);
	buf_printf(b, "%lld  %s  %.*s  %.*s  %.*s%s%.*s\n", (long long)r->id, at, STR_ARG(r->actor),
	           STR_ARG(r->action), STR_ARG(r->subject), r->detail.n ? ": " : "", STR_ARG(r->detail));
}

static int print(struct cli *c, const struct audit_row *rows, size_t n)
{
	struct cli_list l;
	cli_list_begin(&l, c);
	for (size_t i = 0; i < n; i++)
		if (!cli_list_row(&l, &audit_desc, &rows[i]))
			put(&l.b, &rows[i]);
	return cli_list_end(&l, OK, "Nothing.");
}

int cmd_audit_list(struct cli *c)
{
	struct audit_filter f = {.actor = str_of(c->opt[OPT_actor]), .action = str_of(c->opt[OPT_action])};
	struct audit_row *rows;
	const struct tz *zone = setting_zone(&c->ctx);
	size_t n;
	int64_t total;
	enum err e = OK;
	if (c->opt[OPT_verify])
		return verify(c);
	if (!cli_number(c, OPT_limit, LIMIT_DEFAULT, &f.limit))
		return 2;
	f.limit = f.limit > LIMIT_MAX ? LIMIT_MAX : f.limit;
	if (c->opt[OPT_from])
		e = reading_parse_at(&c->ctx, "from", str_of(c->opt[OPT_from]), zone, true, false, &f.from_at);
	if (!e && c->opt[OPT_to_date])
		e = reading_parse_at(&c->ctx, "to-date", str_of(c->opt[OPT_to_date]), zone, true, true,
		                     &f.to_at);
	if (!e)
		e = audit_list(&c->ctx, &f, &rows, &n, &total);
	return e ? cli_failed(c, e) : print(c, rows, n);
}
