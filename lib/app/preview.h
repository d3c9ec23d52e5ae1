/*
 * preview: how a stored file is read, before anything of it is stored.
 *
 * It looks at the file's head alone, so that it answers at once whatever the file's size: the sentences with
 * the answers that would correct them, what is left open, and the first rows beside what the import makes of
 * them (the engine's own functions make it, in a batch that is thrown away). The counts over the whole file are
 * those of the job, a dry run by the worker.
 */
#ifndef WL_APP_PREVIEW_H
#define WL_APP_PREVIEW_H

#include "app/import.h"
#include "app/import/format.h"
#include "app/preset.h"

#define PREVIEW_ROWS 10

struct preview_row {
	uint64_t line;
	const struct str *cell; /* as UTF-8 */
	size_t cells;
	bool failed;
	struct str said; /* what it becomes; or why it is rejected */
};

struct preview {
	struct job job;
	bool open;     /* a dry run whose file is kept: it may be read again, and imported */
	bool readable; /* else why */
	struct fault why;
	struct layout layout;        /* readable or not: the line that came nearest to a header */
	struct answers given, found; /* found: what was found out, in the words of answers.def */
	struct layout_sentence sentence[SENTENCES_MAX];
	size_t sentences;
	struct layout_doubt doubt[DOUBTS_MAX];
	size_t doubts;
	struct preview_row row[PREVIEW_ROWS];
	size_t rows;
};

/* `instead` of what the job was made with, or NULL. ERR_NOT_FOUND; ERR_CONFLICT: the job is no import, or its
 * file is not kept. All in c's arena. */
enum err preview_of(struct ctx *c, struct str batch_id, const struct import_options *instead,
                    struct preview *out);
/* Its members, into an object that the caller has opened: readable, read_as, answers, found, doubts, columns,
 * rows. */
struct json_out;
void preview_json(struct arena *a, struct json_out *j, const struct preview *p);
/* The same of an open file for which there is no job yet (a dry run on the command line). */
enum err preview_here(struct ctx *c, const struct import_options *o, int fd, struct preview *out);

/* Keeps the options under a name, to be found again by the header of the file that was looked at. */
enum err preview_keep(struct ctx *c, const struct preview *p, const struct import_options *o, struct str name,
                      struct preset *out);

#endif
