/* schedule_intake: see schedule_intake.h. */
#include "web/schedule_intake.h"

enum err schedule_intake_take(struct ctx *c, void *arg, struct str name, struct str value)
{
	struct schedule_intake *in = arg;

	if (str_eqz(name, "address"))
		in->address = str_trim(value);
	else if (str_eqz(name, "cron"))
		in->cron = str_trim(value);
	else
		return intake_option(c, &in->options, name, value);
	return OK;
}
