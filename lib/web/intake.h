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

/* Calls `take` for each member of the JSON body, until one fails; text, numbers and truths come as text. */
typedef enum err intake_take_fn(struct ctx *c, void *arg, struct str name, struct str value);
enum err intake_json_each(struct request *r, intake_take_fn *take, void *arg);
/* The options of a JSON body: {"type":"hh","dry_run":true,...}. What it does not name stays as it is in `o`. */
enum err intake_json(struct request *r, struct intake_options *o);

/* A file of a form, and what became of it. */
struct intake_file {
	struct upload upload;
	struct job job;     /* of one that was taken */
	struct fault fault; /* why it was not; code OK: it was */
};
struct intake_files {
	struct intake_file *file; /* in the order of the form */
	size_t n, queued;         /* queued: how many of them were taken */
};

/* Reads the multipart body, streams its files into storage and queues a job for each. ERR_*: no file was taken,
 * and nothing is left behind; `o` holds what had been read, so that the form can be shown again. */
enum err intake_multipart(struct request *r, struct intake_options *o, struct intake_files *out);
/* Finishes an upload that is whole and queues the job. The options are looked at first: one that is wrong costs
 * nobody the upload. */
enum err intake_finish(struct request *r, struct upload *u, const struct intake_options *o, struct job *out);
/* Not in the background: waits a few seconds (a setting) for the end of the job, or of all jobs together.
 * Updates them. */
enum err intake_wait(struct request *r, struct job *j);
enum err intake_wait_all(struct request *r, struct intake_files *files);

#endif
