/*
 * session: files of charging sessions: sessions.c (whether a file is one, and where its columns are),
 * session_cells.c (from a row to a session), sessions_put.c (cars, and into the ledger), session_words.c (how
 * it is read, for people).
 *
 * Source A's CSV is the form; the exports of chargers, cars and networks are read by the same columns, found by
 * the words of the trade. What they do not say is worked out where that can be done, and the report says so.
 */
#ifndef WL_APP_IMPORT_SESSION_H
#define WL_APP_IMPORT_SESSION_H

#include "base/str.h"

enum session_column {
#define SESSION(id, title, kind, names) SESSION_##id,
#include "app/import/session_columns.def"
#undef SESSION
	SESSION_COLUMNS
};

struct session_column_info {
	const char *field, *title, *names;
};
extern const struct session_column_info session_columns[SESSION_COLUMNS];
/* SESSION_COLUMNS: there is no such field. */
enum session_column session_column_find(struct str field);

enum session_duration { SESSION_MINUTES, SESSION_SECONDS, SESSION_HOURS };

struct session_layout {
	bool found; /* the file is one of sessions */
	int at[SESSION_COLUMNS];
	bool own;                       /* source A's columns, as we export them */
	bool km;                        /* the odometer, which is kept in miles */
	bool other_money;               /* nothing says that amounts are pounds */
	const char *network;            /* whose header it is; NULL: of nobody we know */
	enum session_duration duration; /* of a bare number */
};

struct arena;
struct layout;
struct layout_sentence;
struct import_session;
struct import_run;

/* ---- session_words.c ---- */

/* Sentences about a file of sessions; returns how many. */
size_t session_sentences(struct arena *a, const struct layout *l, struct layout_sentence *out);
/* "2025-01-07, Zoe: 30 kWh AC, 12000 miles". */
struct str session_words(struct arena *a, const struct import_session *s);

/* ---- sessions_put.c ---- */

/* The car of the row being read: by that name, or, empty, the one that goes without saying. NULL: the row was
 * rejected, or r's context has the fault. */
struct import_car *session_car(struct import_run *r, struct str name);
struct str session_car_name(const struct import_car *car);

#endif
