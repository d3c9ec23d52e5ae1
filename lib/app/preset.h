/*
 * preset: answers about how a kind of file is to be read, kept under a name and found again by the file's
 * header.
 *
 * A preset holds answers (import/answers.h), a form and a time zone. Its fingerprint is that of the header
 * line: the first 16 bytes of SHA-256 over the line's letters and digits in lower case, in hexadecimal, so that
 * another delimiter, quotes or blanks make no difference; a file without a header has none and is found by name
 * alone. A job keeps a copy of what its preset said: changing or deleting a preset changes no import.
 */
#ifndef WL_APP_PRESET_H
#define WL_APP_PRESET_H

#include "app/ctx.h"
#include "app/import/answers.h"
#include "base/rec.h"

struct preset {
	int64_t id;
	struct str name;        /* 1 to 60 characters, unique in the instance whatever its case */
	struct str fingerprint; /* empty: none */
	struct str header;      /* the line it was made from, for people; may be empty */
	struct str import_type; /* auto, or a form */
	struct str time_zone;   /* null: each meter's own */
	struct str answers;     /* JSON */
	int64_t user_id;        /* who made it; 0: the system */
	struct str user_email;  /* null: the system */
	int64_t created_at;
};
extern const struct rec_desc preset_desc;

/* In the order of their names. All who may import see all. */
enum err preset_list(struct ctx *c, struct preset **out, size_t *n);
enum err preset_get(struct ctx *c, int64_t id, struct preset *out); /* ERR_NOT_FOUND */
enum err preset_by_name(struct ctx *c, struct str name, struct preset *out);
/* The latest whose fingerprint is that of one of the first lines of a file. ERR_NOT_FOUND: none fits. */
enum err preset_for(struct ctx *c, struct str head, struct preset *out);

/* Keeps one under its name; one that is there already is replaced by who made it or by an admin, others get
 * ERR_CONFLICT. ERR_INVALID: the name, a time zone, a form or an answer. */
enum err preset_save(struct ctx *c, const struct preset *wanted, struct preset *out);
/* Who made it, or an admin; for others ERR_FORBIDDEN. ERR_CONFLICT: the name is taken. */
enum err preset_rename(struct ctx *c, int64_t id, struct str name);
enum err preset_delete(struct ctx *c, int64_t id);

/* As a file to take to another installation, and back: {"wattledger_preset":1,"name":...,"answers":{...}}. */
struct str preset_export(struct arena *a, const struct preset *p);
enum err preset_import(struct ctx *c, struct str json, struct preset *out);

/* The fingerprint of a line; empty if there is no letter in it. */
struct str preset_fingerprint(struct arena *a, struct str line);

#endif
