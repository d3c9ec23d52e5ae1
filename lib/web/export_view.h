/*
 * export_view: what the API, the contract of C and the page have in common about exports.
 */
#ifndef WL_WEB_EXPORT_VIEW_H
#define WL_WEB_EXPORT_VIEW_H

#include "app/export_job.h"
#include "web/reply.h"

/* The file of a completed export, or a 404. */
struct reply *export_download(struct request *r, struct str job_id);
const char *export_media_type(struct str format);

#endif
