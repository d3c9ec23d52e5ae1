/*
 * intake: a file on its way from a request into a job: the multipart form of the page and of the API, and the
 * options of a resumable upload.
 */
#ifndef WL_WEB_INTAKE_H
#define WL_WEB_INTAKE_H

#include "app/import.h"
#include "app/upload.h"
#include "web/request.h"

struct intake_options {
	struct import_options import;
	bool background;
};

void intake_defaults(struct intake_options *o);
/* One option by its name. ERR_INVALID with the field named: no such option, or no such value. `value` must live
 * as long as the options. */
enum err intake_option(struct ctx *c, struct intake_options *o, struct str name, struct str value);

/* The options of a JSON body: {"type":"hh","dry_run":true,...}. */
enum err intake_json(struct request *r, struct intake_options *o);

/* Reads the multipart body, streams its file into storage and queues the job. On failure nothing is left
 * behind; `o` holds what had been read, so that the form can be shown again. */
enum err intake_multipart(struct request *r, struct intake_options *o, struct job *out);
/* Finishes an upload that is whole and queues the job. The options are looked at first: one that is wrong costs
 * nobody the upload. */
enum err intake_finish(struct request *r, struct upload *u, const struct intake_options *o, struct job *out);
/* Not in the background: waits a few seconds (a setting) for the job's end. Updates `j`. */
enum err intake_wait(struct request *r, struct job *j);

#endif
