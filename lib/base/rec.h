/*
 * rec: a record described once.
 *
 * A row of the database becomes a C struct, and that struct becomes JSON, a template's values or a line of
 * the command line's table. One descriptor a struct, checked by the compiler, feeds them all: db_read
 * (db/db.h), json_rec (codec/json.h), view_rec (web/view.h), the command line. The order of the fields is
 * the order of the columns in the SELECT. If a field ever needs a callback, write code instead.
 * Learned from Dovecot's SQL_DEF_STRUCT and lwan.
 */
#ifndef WL_BASE_REC_H
#define WL_BASE_REC_H

#include "base/str.h"

enum rec_type {
	REC_INT,    /* int64_t */
	REC_BOOL,   /* bool */
	REC_TEXT,   /* struct str; p == NULL is null */
	REC_AT,     /* int64_t instant in seconds; 0 is null. JSON: RFC 3339 */
	REC_AT_SQL, /* the same, written "2025-11-07 10:30:00" (B's job JSON, DECISIONS 26) */
	REC_DEC,    /* int64_t millionths (base/decimal.h). JSON: a string */
	REC_DAY,    /* int64_t days since 1970; JSON: "2025-11-07" */
};

/* A number that is not there, in a field with REC_MAYBE. */
#define REC_NONE INT64_MIN

enum {
	REC_LONG = 32,     /* text that may be longer than a line or two */
	REC_MAYBE = 16,    /* a number whose null is REC_NONE, as its 0 is a number */
	REC_RAW = 8,       /* text whose blanks at both ends are part of it: passwords */
	REC_ZERO_NULL = 4, /* a number that is 0 is null in JSON: ids, and days of what has none */
	REC_NOT_NULL = 2,  /* a body that says null of it is refused */
	REC_HIDDEN = 1,    /* read from the database, never shown in JSON or a template */
};

struct rec_field {
	const char *name; /* of the column, the JSON member and, in capitals, the template's variable */
	enum rec_type type;
	unsigned flags;
	size_t offset;
};

struct rec_desc {
	const char *name;
	const struct rec_field *field;
	size_t count;
	size_t size; /* sizeof the struct */
};

/* The compiler refuses a descriptor whose type does not fit the member's. */
/* clang-format off */
#define REC_CHECK_(type, member, T)                                                                          \
	_Generic(&((type *)0)->member,                                                                       \
		int64_t *: ((T) == REC_INT || (T) == REC_AT || (T) == REC_AT_SQL || (T) == REC_DEC || (T) == REC_DAY), \
		bool *: (T) == REC_BOOL, struct str *: (T) == REC_TEXT)
#define REC_OFFSET_(type, member, T) \
	(offsetof(type, member) + 0 * sizeof(char[REC_CHECK_(type, member, T) ? 1 : -1]))
#define REC(type, member, T) {#member, (T), 0, REC_OFFSET_(type, member, T)}
#define REC_FLAGS(type, member, T, flags) {#member, (T), (flags), REC_OFFSET_(type, member, T)}
#define REC_DESC(type, fields) {#type, (fields), sizeof(fields) / sizeof((fields)[0]), sizeof(type)}
/* clang-format on */

/* Each field is null: REC_NONE, no text, 0, false. */
void rec_clear(const struct rec_desc *d, void *obj);
void rec_clear_field(const struct rec_field *f, void *obj);
/* Whether a number is null by its flags. */
bool rec_is_null(const struct rec_field *f, const void *obj);
/* Copies the fields whose bit is set (bit i: the i-th) from one record to another. */
void rec_merge(const struct rec_desc *d, void *to, const void *from, uint64_t bits);

#endif
