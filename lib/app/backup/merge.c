/* merge: see merge.h. */
#include "app/backup/merge.h"

enum err merge(struct ctx *c, const struct backup_wish *w, struct stage *s, struct db *staged,
               struct backup_report *out)
{
	(void)w, (void)s, (void)staged, (void)out;
	return ctx_fail(c, ERR_INVALID, "mode", "This version restores with --mode replace.");
}
