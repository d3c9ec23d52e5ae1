/* check: rules that many fields share. Each answers ERR_INVALID with the field named. */
#ifndef WL_APP_CHECK_H
#define WL_APP_CHECK_H

#include "app/ctx.h"

/* One line of text: no control characters, at most so many characters; empty is fine. */
enum err check_line(struct ctx *c, const char *field, struct str s, size_t most);
/* A time zone of the system's zone files; empty is fine. */
enum err check_zone(struct ctx *c, const char *field, struct str s);

#endif
