/*
 * web: one request after the other, from the transport to the log line; see web.h.
 *
 * The storage folder and the database are opened at the first request, not at the start, because under
 * mod_fcgid the stub is known only from a request's variables, and because a missing database must still be
 * answered with a page (503) and not with a process that the server starts over and over. The program never
 * makes or migrates a database: it starts the worker for that (DECISIONS 30) and says "one moment".
 *
 * `serving` is the one static of this room: the panic hook has no argument, and must answer 500 before the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/job.h"
#include "base/panic.h"
#include "web/asset.h"
#include "web/gate.h"
#include "web/repeat.h"
#include "web/stub.h"
#include "web/web.h"

#define ARENA_LIMIT ((size_t)32 << 20)
#define BODY_LIMIT  ((size_t)8 << 20)
#define WIRE_LIMIT  ((size_t)128 << 10)
#ifdef ARENA_DEBUG /* the sanitizers keep freed memory: its size says nothing */
#define RESIDENT_MAX INT64_MAX
#else
#define RESIDENT_MAX ((int64_t)64 << 20) /* a process that has grown to this leaves */
#endif
#define DRAIN_MAX ((int64_t)1 << 20)

static const struct request *serving;

static void on_panic(const char *message)
{
	const struct request *r = serving;

	serving = NULL;
	if (!r)
		return;
	log_event(&r->ctx->log, LOG_ERROR, "panic", LOG_Z("message", message), LOG_STR("path", r->path));
	reply_last_words(r->transport);
}

const struct asset *asset_find(struct str folder, struct str name)
{
	for (size_t i = 0; i < assets_count; i++) {
		struct str have = str_of(assets[i].name);

		if (have.n == folder.n + name.n && str_starts(have, folder) && str_ends(have, name))
			return &assets[i];
	}
	return NULL;
}

void web_init(struct web *w, int argc, char **argv)
{
	const char *bad = "";
	ssize_t n;

	*w = (struct web){.stub = argc > 1 ? argv[1] : NULL, .log = {.fd = -1}};
	w->storage.dir_fd = -1;
	w->keep = arena_new((size_t)4 << 20);
	w->arena = arena_new(ARENA_LIMIT);
	buf_init(&w->body, BODY_LIMIT);
	buf_init(&w->wire, WIRE_LIMIT);
	panic_hook(on_panic);
	umask(077);
	w->views = views_new(&bad);
	if (!w->views)
		panic("the template %s is broken", bad);
	n = readlink("/proc/self/exe", w->program, sizeof(w->program) - 1);
	w->program[n > 0 ? n : 0] = '\0';
	if (stat(w->program, &w->program_stat) != 0)
		w->program[0] = '\0';
}

/* ---- opening ---- */

static enum err open_storage(struct web *w, struct ctx *c, const struct transport *t)
{
	const char *dir;
	enum err e;

	if (w->opened)
		return OK;
	storage_close(&w->storage);
	log_close(&w->log);
	arena_reset(w->keep);
	dir = stub_storage(w->keep, t, w->stub);
	if (!dir)
		return ctx_fail(c, ERR_UNAVAILABLE, "",
		                "The program does not know where its storage is. Name the folder in the stub's "
		                "\"storage:\" line, or in WATTLEDGER_STORAGE.");
	e = storage_open(w->keep, dir, &w->storage, &c->fault);
	if (e != OK) {
		/* paths and lines of a file are for the server's error log */
		fprintf(stderr, "wattledger: %s\n", c->fault.message);
		return ctx_fail(c, ERR_UNAVAILABLE, "",
		                "The program cannot open its storage. The web server's error log says why.");
	}
	w->opened = true;
	w->log = log_open(storage_path(&w->storage, w->keep, "logs/web.jsonl"));
	return OK;
}

static enum err open_db(struct web *w, struct ctx *c)
{
	enum err e = OK;

	if (!w->db)
		e = storage_open_db(&w->storage, STORAGE_FOR_WEB, &w->db, &c->fault);
	c->db = w->db;
	if (e == ERR_UNAVAILABLE) {
		job_wake_worker(c);
		c->fault.retry_after = 5;
		w->opened = false; /* the worker may make the key as well: it is read again */
	} else if (e != OK) {
		log_event(&c->log, LOG_ERROR, "database", LOG_Z("message", c->fault.message));
		ctx_fail(c, e, "", "The database cannot be opened. The program's log says why.");
	}
	return e;
}

/* ---- leaving ---- */

static int64_t resident_bytes(void)
{
	long long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%*d %lld", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

static bool may_go_on(struct web *w)
{
	struct stat now;

	if (w->program[0] && (stat(w->program, &now) != 0 || now.st_ino != w->program_stat.st_ino ||
	                      now.st_mtime != w->program_stat.st_mtime))
		return false;
	return ++w->served % 256 != 0 || resident_bytes() < RESIDENT_MAX;
}

/* ---- one request ---- */

/* The rest of a body that nobody wanted, if it is small: a server or a browser that is cut off while it sends
 * may never show our answer. */
static void drain(struct request *r)
{
	char piece[16384];

	while (r->length > 0 && r->length - r->consumed <= DRAIN_MAX &&
	       request_read(r, piece, sizeof(piece)) > 0)
		;
}

static void log_request(const struct request *r, const struct reply *p, int64_t started_ms, bool sent)
{
	log_event(&r->ctx->log, LOG_INFO, "request", LOG_STR("method", r->method_name),
	          LOG_STR("path", r->path), LOG_INT("status", reply_status(p)),
	          LOG_INT("ms", clock_ms() - started_ms), LOG_INT("user", r->ctx->actor.user_id),
	          LOG_INT("sent", sent));
}

static struct reply *gate_and_handle(struct request *r)
{
	struct reply *refused = gate_check(r);

	return refused ? refused : repeat_handle(r);
}

static struct reply *answer(struct web *w, struct request *r)
{
	struct reply *p;
	enum err e = open_storage(w, r->ctx, r->transport);

	r->ctx->log = w->log;
	if (e != OK) {
		struct fault kept = r->ctx->fault;

		request_parse(r); /* for the face of the answer */
		r->ctx->fault = kept;
		return reply_fault(r);
	}
	if (request_parse(r) != OK)
		return reply_fault(r);
	if (!str_starts(r->path, STR("/static/"))) {
		open_db(w, r->ctx);
		storage_touch_web(&w->storage);
	}
	if (r->method != METHOD_GET)
		return gate_and_handle(r);
	storage_read_begin(r->ctx->db);
	p = gate_and_handle(r);
	storage_read_end(r->ctx->db); /* before anything is sent: a slow client must not keep a writer out */
	return p;
}

bool web_serve(void *web, const struct transport *t)
{
	struct web *w = web;
	struct ctx c = {.arena = w->arena, .storage = &w->storage, .log = w->log};
	struct request r = {.ctx = &c, .web = w, .transport = t, .out = &w->body, .length = -1};
	int64_t started_ms = clock_ms();
	struct reply *p;
	bool sent;

	serving = &r;
	arena_reset(w->arena);
	buf_reset(&w->body);
	p = answer(w, &r);
	serving = NULL; /* from here on a 500 would come too late */
	drain(&r);
	sent = reply_send(&r, p);
	log_request(&r, p, started_ms, sent);
	view_free(r.view);
	return may_go_on(w);
}
