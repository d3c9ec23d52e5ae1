/* rows: whatever a file holds, an import of it comes to its end: every row is new, there already, or rejected
 * with a reason; or the file is refused with a sentence. What is looked at first is read in the same way. All
 * formats; dry runs over an empty database, which is made once and removed at the end. */
#include <ftw.h>
#include <unistd.h>

#include "app/import.h"
#include "app/preview.h"
#include "app/setting.h"
#include "app/storage.h"
#include "fuzz.h"
#include "zip_make.h"

struct world {
	char dir[64];
	struct arena *arena;
	struct storage storage;
	struct db *db;
};

static struct world *the_world(void)
{
	static struct world w;

	return &w;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	(void)st;
	(void)kind;
	(void)f;
	return remove(path);
}

static void end_world(void)
{
	struct world *w = the_world();

	storage_close_db(w->db);
	storage_close(&w->storage);
	arena_free(w->arena);
	(void)nftw(w->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const struct world *begin_world(void)
{
	struct world *w = the_world();
	struct fault f;
	int from, to;

	if (w->db)
		return w;
	(void)snprintf(w->dir, sizeof w->dir, "/tmp/wattledger-fuzz-XXXXXX");
	FUZZ_CHECK(mkdtemp(w->dir));
	w->arena = arena_new(1u << 20);
	FUZZ_CHECK(storage_init(w->arena, w->dir, true, &f) == OK);
	FUZZ_CHECK(storage_open(w->arena, w->dir, &w->storage, &f) == OK);
	FUZZ_CHECK(storage_migrate(&w->storage, &from, &to, &f) == OK);
	FUZZ_CHECK(storage_open_db(&w->storage, STORAGE_FOR_READING, &w->db, &f) == OK);
	(void)atexit(end_world);
	return w;
}

static void check_report(const struct import_report *r)
{
	const struct job *j = &r->job;

	FUZZ_CHECK(j->processed_rows == j->imported_rows + j->unchanged_rows + j->failed_rows);
	FUZZ_CHECK(j->total_rows == j->processed_rows);
	FUZZ_CHECK((j->failed_rows > 0) == (r->errors_count > 0));
	FUZZ_CHECK(j->intervals_changed == 0 || j->intervals_new > 0); /* the database is empty */
	for (size_t i = 0; i < r->errors_count; i++)
		FUZZ_CHECK(r->errors[i].code.n && r->errors[i].message.n && r->errors[i].row > 0);
}

static void run(struct ctx *c, const struct import_options *o, int fd)
{
	const volatile int stop = 0;
	struct import_report *report = ARENA_NEW(c->arena, struct import_report);
	struct preview *p = ARENA_NEW(c->arena, struct preview);
	enum err e = preview_here(c, o, fd, p);

	FUZZ_CHECK(e == OK || (e == ERR_INVALID && c->fault.message[0]));
	c->fault = (struct fault){.code = OK};
	e = import_here(c, o, fd, STR("-"), &stop, report);
	FUZZ_CHECK(e == OK || (e == ERR_INVALID && c->fault.message[0]));
	FUZZ_CHECK(p->readable || e != OK);
	if (e == OK)
		check_report(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = {"auto",     "auto",     "auto",  "nem12",   "nem13",
	                                    "register", "interval", "sites", "sessions"};
	const struct world *w = begin_world();
	struct str defaults[SETTING_COUNT], file = {(const char *)data, size};
	uint64_t seed = fuzz_hash(file);
	struct ctx c = {.arena = arena_new(256u << 20),
	                .db = w->db,
	                .storage = &w->storage,
	                .actor = {.kind = ACTOR_SYSTEM},
	                .settings = defaults};
	struct import_options o = {.filename = STR("fuzz"), .dry_run = true, .type = str_of(types[seed % 9])};
	int fd = zip_make_file(file);

	for (size_t i = 0; i < SETTING_COUNT; i++)
		defaults[i] = str_of(setting_infos[i].dflt);
	for (int i = 0; i < ANSWERS; i++)
		if (answer_infos[i].kind == ANSWER_COLUMN && (seed >> (8 + i)) % 4 == 3)
			o.answers.given[i] = seed >> (30 + i) & 1 ? STR("2") : STR("3");
	run(&c, &o, fd);
	(void)close(fd);
	arena_free(c.arena);
	return 0;
}
