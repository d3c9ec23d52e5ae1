/*
 * cleanup: what is kept of imports, and for how long.
 *
 * An uploaded file is kept so that its import can be looked into and tried again. After the days that the
 * setting uploads_kept_days names the import is cleaned up: its file goes, and with it its undo (DECISIONS 10).
 * What it stored stays; its row, counts, warnings and rejected rows stay too. Of an import that was undone
 * nothing is wanted any more, so that what it had stated goes as well; of a live one it is the ground under
 * later imports, and an undo of those shows it again.
 */
#ifndef WL_APP_CLEANUP_H
#define WL_APP_CLEANUP_H

#include "app/ctx.h"
#include "base/rec.h"

struct cleanup_report {
	int64_t imports, files, bytes;
};
/* Cleans up the imports that ended before an instant. */
enum err cleanup_before(struct ctx *c, int64_t at, struct cleanup_report *out);
/* What the worker does once an hour: cleans up by the setting, and removes the files that nothing refers to,
 * the replies that are kept for repeated requests, and old drafts. */
enum err cleanup_by_policy(struct ctx *c);

/* Removes the uploaded file of an import and nothing else. Who may import, and see the job. ERR_CONFLICT: it is
 * under way, or there is no file. */
enum err cleanup_file(struct ctx *c, struct str batch_id);

struct cleanup_kept {
	struct str batch_id, filename, user_name;
	int64_t size, queued_at;
};
extern const struct rec_desc cleanup_kept_desc;
/* The uploads that are kept, oldest first; *total and *bytes are of all. */
enum err cleanup_list(struct ctx *c, int64_t limit, int64_t offset, struct cleanup_kept **out, size_t *n,
                      int64_t *total, int64_t *bytes);

#endif
