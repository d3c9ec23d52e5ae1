/*
 * upload: a file on its way into storage, streamed; constant memory.
 *
 * A plain form streams into uploads/ID.part and is finished in the same request. A resumable upload is a row
 * and an ID.part that grows chunk by chunk: the file's own size is the truth about how much has arrived, a
 * chunk is written only at exactly that offset, by the one request that holds the file's lock, and each is
 * fsynced before it is acknowledged. upload_finish syncs, renames to ID.csv and only then may a job refer to
 * it; what the file is, is the import's to say (import_queue). Anything not finished is removed by
 * upload_abort, or after 24 h by the worker.
 */
#ifndef WL_APP_UPLOAD_H
#define WL_APP_UPLOAD_H

#include "app/ctx.h"
#include "base/rec.h"

struct upload {
	struct str id;       /* 32 hex digits, generated */
	struct str filename; /* the user's own: data only */
	int64_t size;        /* announced bytes; -1: unknown (a plain form) */
	int64_t received;    /* bytes in ID.part */
	int64_t limit;       /* the largest that may be received */
	int fd;              /* open for writing, or -1 */
};

/* Starts one. size > the set limit: ERR_TOO_LARGE at once. resumable: a row is kept so that it can be found
 * again by upload_resume (only by the same user). */
enum err upload_begin(struct ctx *c, struct str filename, int64_t size, bool resumable, struct upload *out);
/* ERR_NOT_FOUND: not there or another's. */
enum err upload_resume(struct ctx *c, struct str id, struct upload *out);
/* The same to write, finish or abort it: held until upload_close. ERR_CONFLICT: another request holds it. */
enum err upload_hold(struct ctx *c, struct str id, struct upload *out);
/* Appends; ERR_TOO_LARGE past the limit or the announced size, ERR_FULL, ERR_IO. */
enum err upload_write(struct ctx *c, struct upload *u, const char *p, size_t n);
/* Makes what has been written so far durable (end of a chunk). */
enum err upload_sync(struct ctx *c, struct upload *u);
/* Whole: checks the size, syncs, renames. After OK: *rest is "uploads/ID.csv" (arena). On failure the
 * file is gone unless the fault is one that a further chunk can mend (ERR_CONFLICT: not all bytes are here). */
enum err upload_finish(struct ctx *c, struct upload *u, struct str *rest);
void upload_abort(struct ctx *c, struct upload *u); /* removes the file and the row; closes */
/* What may be imported at all: neither empty nor over the limit. */
enum err upload_check_size(struct ctx *c, int64_t size);
void upload_close(struct upload *u); /* keeps a resumable one for later */
/* Removes what was begun and not finished, and files that no job refers to, if untouched since then. */
enum err upload_clean(struct ctx *c, int64_t older_than_at, int64_t *removed);
/* The same of a folder of the storage alone: adds to *removed. */
enum err upload_sweep(struct ctx *c, const char *folder, int64_t older_than_at, int64_t *removed);

#endif
