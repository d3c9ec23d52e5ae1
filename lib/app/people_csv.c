/* people_csv: see people_csv.h. */
#include "app/people_csv.h"

#include <stdio.h>

#include "app/setting.h"
#include "base/decimal.h"
#include "base/rec.h"

static char delimiter_of(struct str word)
{
	return str_eqz(word, "semicolon") ? ';' : str_eqz(word, "tab") ? '\t' : ',';
}

void people_csv_begin(struct ctx *c, struct people_csv *p, struct buf *b)
{
	const int64_t user = c->actor.user_id;
	*p = (struct people_csv){
	        .b = b,
	        .dialect = {delimiter_of(setting_text_of(c, user, SETTING_export_delimiter)), '"'},
	        .mark = str_eqz(setting_text_of(c, user, SETTING_export_decimal_mark), "comma") ? ',' : '.'};
}

static void next_cell(struct people_csv *p)
{
	if (p->in_a_row)
		buf_addc(p->b, p->dialect.delimiter);
	p->in_a_row = true;
}

void people_csv_text(struct people_csv *p, struct str text)
{
	next_cell(p);
	csv_put_text(p->b, text, p->dialect);
}

void people_csv_int(struct people_csv *p, int64_t n)
{
	next_cell(p);
	buf_printf(p->b, "%lld", (long long)n);
}

void people_csv_dec(struct people_csv *p, int64_t micro)
{
	char text[DEC_TEXT] = "";
	if (micro != REC_NONE)
		dec_format(micro, text);
	char *point = strchr(text, '.');
	if (point)
		*point = p->mark;
	next_cell(p);
	csv_put_cell(p->b, str_of(text), p->dialect);
}

void people_csv_end_row(struct people_csv *p)
{
	buf_addz(p->b, "\r\n");
	p->in_a_row = false;
}
