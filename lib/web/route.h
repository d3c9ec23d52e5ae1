/*
 * route: which handler answers what. The rows are routes.def, the table of contents of the web program.
 */
#ifndef WL_WEB_ROUTE_H
#define WL_WEB_ROUTE_H

#include "web/request.h"

struct reply;
typedef struct reply *handler_fn(struct request *r);

/* Who may: the role that a person needs and the scope that a token needs. */
enum access {
	ACCESS_OPEN,   /* anybody; no session is looked up, no database needed */
	ACCESS_PUBLIC, /* anybody; a session is looked up */
	ACCESS_READ,   /* viewers; scope read */
	ACCESS_IMPORT, /* editors; scope import */
	ACCESS_EXPORT, /* viewers; scope export */
	ACCESS_ADMIN,  /* admins; scope admin */
};

enum {
	/* the body that the route takes; none of them: it must be empty */
	BODY_FORM = 1,   /* urlencoded, read and CSRF-checked by the gate */
	BODY_JSON = 2,   /* read by the gate; CSRF by header */
	BODY_STREAM = 4, /* read by the handler in pieces; CSRF by header, or else by the handler as it comes */
	/* the rest */
	API = 8,         /* errors are problem+json, tokens are accepted */
	NAV = 16,        /* in the navigation, under its summary */
	BAD_IS_400 = 32, /* input that breaks a rule is 400 even where a field is named */
};

struct route {
	enum method method;
	const char *pattern; /* "/admin/imports/status/{batch}" */
	handler_fn *handler;
	enum access access;
	unsigned flags;
	const char *summary;
};
extern const struct route routes[];
extern const size_t routes_count;

enum match { MATCH_OK, MATCH_NO_PATH, MATCH_NO_METHOD };
/* Sets r->route and r->param. With MATCH_NO_METHOD `allow` (>= 64 bytes) holds the methods that would do, and
 * r->route is one of the rows of that path. */
enum match route_find(struct request *r, char allow[64]);

#endif
