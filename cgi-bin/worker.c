/*
 * wattledger-worker: does the jobs. Run by cron (--once), started by the web program when something is queued
 * (--once), or kept running by a supervisor (--watch, which is also what it does without a word).
 *
 * It makes and migrates the database where that is needed, because the web program never does (DECISIONS 30).
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "app/job.h"
#include "app/setup.h"
#include "base/fds.h"

#define ARENA_LIMIT    (64u << 20)
#define WATCH_PAUSE_MS 500

static volatile int stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void usage(FILE *to)
{
	fputs("Usage: wattledger-worker [--storage DIR] [--once | --watch] [--limit N]\n\n"
	      "  --storage DIR  the storage folder (or the variable WATTLEDGER_STORAGE)\n"
	      "  --once         do what waits, then end: for cron\n"
	      "  --watch        stay and wait for more: for systemd or supervisord (the default)\n"
	      "  --limit N      at most N jobs at a time\n",
	      to);
}

static int failed(const struct fault *f)
{
	fprintf(stderr, "wattledger-worker: %s\n", f->message);
	return 1;
}

static int work(struct ctx *c, int64_t limit, bool once)
{
	int64_t done;
	for (;;) {
		enum err e = job_work(c, limit, &stop, &done);
		if (e && (once || !err_info(e)->again))
			return failed(&c->fault);
		if (once || stop)
			return 0;
		if (!done || e)
			nanosleep(&(struct timespec){0, WATCH_PAUSE_MS * 1000000L}, NULL);
	}
}

static int run(const char *dir, int64_t limit, bool once)
{
	struct arena *life = arena_new(ARENA_LIMIT); /* as long as the process */
	struct storage storage;
	struct ctx c = {.arena = arena_new(ARENA_LIMIT), .storage = &storage, .log = {.fd = -1}};
	int from, to;
	c.actor = (struct actor){.kind = ACTOR_SYSTEM, .role = ROLE_ADMIN, .scopes = SCOPE_ALL};
	enum err e = storage_open(life, dir, &storage, &c.fault);
	if (e)
		return failed(&c.fault);
	c.log = log_open(storage_path(&storage, life, "logs/wattledger.log"));
	e = storage_open_db(&storage, STORAGE_FOR_WORKER, &c.db, &c.fault);
	if (e == ERR_UNAVAILABLE)
		e = setup_prepare(&c, &storage, &from, &to);
	if (c.log.fd < 0) /* the folder for it is new */
		c.log = log_open(storage_path(&storage, life, "logs/wattledger.log"));
	int code = e ? failed(&c.fault) : work(&c, limit, once);
	storage_close_db(c.db);
	arena_free(c.arena);
	arena_free(life);
	return code;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
	        {"storage", required_argument, NULL, 's'}, {"once", no_argument, NULL, 'o'},
	        {"watch", no_argument, NULL, 'w'},         {"limit", required_argument, NULL, 'l'},
	        {"help", no_argument, NULL, 'h'},          {0}};
	struct sigaction end = {.sa_handler = on_signal};
	const char *dir = getenv("WATTLEDGER_STORAGE");
	uint64_t limit = 0;
	bool once = false;
	int k;
	fds_hold();
	while ((k = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (k == 's')
			dir = optarg;
		else if (k == 'o' || k == 'w')
			once = k == 'o';
		else if (k == 'l' && str_to_u64(str_of(optarg), 1000000, &limit) && limit > 0)
			continue;
		else {
			usage(k == 'h' ? stdout : stderr);
			return k == 'h' ? 0 : 2;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return 2;
	}
	umask(077);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return run(dir && *dir ? dir : "storage", (int64_t)limit, once);
}
