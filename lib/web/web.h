/*
 * web: the web program as a process: what lives longer than one request.
 */
#ifndef WL_WEB_WEB_H
#define WL_WEB_WEB_H

#include <sys/stat.h>

#include "app/storage.h"
#include "web/transport.h"
#include "web/view.h"

struct web {
	const char *stub;       /* argv[1], or NULL: perhaps the stub (stub.h) */
	struct arena *keep;     /* for the life of the process: storage's strings */
	struct arena *arena;    /* for one request */
	struct storage storage; /* zero until opened */
	bool opened;
	struct db *db;   /* NULL until it could be opened */
	bool setup_done; /* a user exists: that never changes back */
	struct views *views;
	struct buf body, wire; /* of the reply; memory kept between requests */
	struct log log;
	char program[4096]; /* path of the running binary */
	struct stat program_stat;
	uint64_t served;
};

void web_init(struct web *w, int argc, char **argv);
/* Serves one request. False: the binary was replaced or memory has grown; end the process. */
bool web_serve(void *web, const struct transport *t);

#endif
