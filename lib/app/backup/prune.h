/* prune: what is not to be in an archive is taken out of the copy that it is made of (prune.c). */
#ifndef WL_APP_BACKUP_PRUNE_H
#define WL_APP_BACKUP_PRUNE_H

#include "app/ctx.h"

/* c->db is the copy. user_id: whose data alone is to stay; 0: everybody's. */
enum err backup_prune(struct ctx *c, int64_t user_id);

#endif
