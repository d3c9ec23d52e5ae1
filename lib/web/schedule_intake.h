/*
 * schedule_intake: what a form or a JSON body says of a new schedule: address, cron and the options of an
 * upload.
 */
#ifndef WL_WEB_SCHEDULE_INTAKE_H
#define WL_WEB_SCHEDULE_INTAKE_H

#include "web/intake.h"

struct schedule_intake {
	struct str address, cron;
	struct intake_options options;
};

/* One field by its name, for intake_json_each; `arg` is the struct, which starts with intake_defaults. */
enum err schedule_intake_take(struct ctx *c, void *arg, struct str name, struct str value);

#endif
