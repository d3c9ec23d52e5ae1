/*
 * import: the service that the upload page, the API, the command line and the worker call.
 */
#ifndef WL_APP_IMPORT_H
#define WL_APP_IMPORT_H

#include "app/job.h"

struct import_options {
	struct str filename;    /* as the user named it */
	struct str type;        /* auto, or a name of imports.def: hh, daily */
	bool dry_run;
	struct str on_conflict; /* empty: actual-wins */
	int64_t property_id;    /* 0: the default property */
	int64_t meter_id;       /* 0: the file names its meters */
	struct str time_zone;   /* empty: by precedence */
};
bool import_type_known(struct str type); /* auto too */

/* Makes the queued job for a finished upload (path relative to storage). Editors and admins. */
enum err import_queue(struct ctx *c, const struct import_options *o, struct str rest, struct job *out);

#endif
