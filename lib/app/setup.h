/*
 * setup: from a storage folder to an installation that can be used, or set up in the browser by its first
 * admin.
 */
#ifndef WL_APP_SETUP_H
#define WL_APP_SETUP_H

#include "app/storage.h"

/* Makes whatever is missing of an opened storage (folders, key, configuration, database), brings the database
 * up to date and opens it for writing into c->db. While there is no user, the file setup-token.txt is made too.
 * Safe for several processes at once. */
enum err setup_prepare(struct ctx *c, const struct storage *s, int *from, int *to);

#endif
