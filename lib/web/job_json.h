/*
 * job_json: a job in JSON, for every endpoint that answers with one (api/job.c).
 */
#ifndef WL_WEB_JOB_JSON_H
#define WL_WEB_JOB_JSON_H

#include "app/job.h"
#include "codec/json.h"
#include "web/reply.h"

/* The members that are a job's own, before and after progress_percent. */
extern const struct rec_desc job_head_desc, job_tail_desc;

void job_json(struct request *r, struct json_out *j, const struct job *job);
struct reply *job_json_reply(struct request *r, int status, const struct job *job);
/* A new job: 202 while it waits or works, 201 when it has ended already; Location says where it is. */
struct reply *job_json_queued(struct request *r, const struct job *job);

#endif
