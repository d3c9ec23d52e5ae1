/*
 * gate: the order of the checks is the design.
 *
 *   route (404, 405) > HTTPS > who (cookie or token) > may (role and scope) > query > body > who, still > CSRF
 *
 * CSRF has three layers, each assumed to be the one that fails: SameSite=Lax cookies, Sec-Fetch-Site or Origin,
 * and a token bound to the session (or, before sign-in, to a random cookie). A form that is refused only
 * because its token has grown old, or because its session has ended, comes back with what was typed in it
 * (again.h); one that came from another site does not, because then somebody else typed it.
 */
#include <stdio.h>

#include "app/session.h"
#include "app/token.h"
#include "app/user.h"
#include "base/rand.h"
#include "web/again.h"
#include "web/cors.h"
#include "web/gate.h"
#include "web/op.h"
#include "web/web.h"

#define SECRET_HEX 64
#define NEXT_MAX   1024 /* bytes of the address of the sign-in page with its way back */

/* ---- cookies (DECISIONS 31) ---- */

enum cookie_kind { COOKIE_SESSION, COOKIE_FORM };

static const char *cookie_name(const struct request *r, enum cookie_kind kind)
{
	static const char *const names[][2] = {
	        {"wattledger", "wattledger-form"},
	        {"__Secure-wattledger", "__Secure-wattledger-form"},
	        {"__Host-wattledger", "__Host-wattledger-form"},
	};
	int row = !r->https ? 0 : r->ctx->storage->config.base_path.n > 0 ? 1 : 2;

	return names[row][kind];
}

static void cookie_set(struct request *r, enum cookie_kind kind, struct str value)
{
	struct str path = r->ctx->storage->config.base_path;

	reply_cookie(r, str_of(arena_printf(r->ctx->arena, "%s=%.*s; Path=%.*s/%s; HttpOnly; SameSite=Lax%s",
	                                    cookie_name(r, kind), STR_ARG(value), STR_ARG(path),
	                                    r->https ? "; Secure" : "", value.n ? "" : "; Max-Age=0")));
}

static struct str cookie_get(const struct request *r, enum cookie_kind kind)
{
	struct str s = form_get(&r->cookies, cookie_name(r, kind));

	if (s.n != SECRET_HEX)
		return (struct str){NULL, 0};
	for (size_t i = 0; i < s.n; i++) {
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return (struct str){NULL, 0};
	}
	return s;
}

void gate_signed_in(struct request *r, struct str secret)
{
	cookie_set(r, COOKIE_SESSION, arena_str(r->ctx->arena, secret));
	cookie_set(r, COOKIE_FORM, STR(""));
}

void gate_signed_out(struct request *r)
{
	cookie_set(r, COOKIE_SESSION, STR(""));
}

struct str gate_next(struct request *r, struct str next)
{
	bool ours = next.n > 1 && next.p[0] == '/' && next.p[1] != '/' && next.p[1] != '\\';

	for (size_t i = 0; ours && i < next.n; i++)
		ours = (unsigned char)next.p[i] > 0x20 && (unsigned char)next.p[i] < 0x7f;
	return ours ? request_printf_link(r, "%.*s", STR_ARG(next)) : request_link(r, "/admin");
}

/* ---- CSRF ---- */

struct str gate_csrf(struct request *r)
{
	char text[CSRF_TEXT], made[SECRET_HEX + 1];

	if (!r->ctx->storage->has_key)
		return STR("");
	if (r->secret.n == 0) {
		rand_hex(made, SECRET_HEX / 2);
		r->secret = arena_str(r->ctx->arena, str_of(made));
		cookie_set(r, COOKIE_FORM, r->secret);
	}
	session_csrf(r->ctx, r->secret, text);
	return arena_str(r->ctx->arena, str_of(text));
}

static bool token_right(const struct request *r, struct str token)
{
	return r->secret.n > 0 && token.n > 0 && session_csrf_ok(r->ctx, r->secret, token);
}

enum err gate_csrf_field(struct request *r, struct str token)
{
	if (token_right(r, token))
		r->csrf_ok = true;
	if (r->csrf_ok)
		return OK;
	return ctx_fail(r->ctx, ERR_FORBIDDEN, "",
	                "This page had been open for too long, or you signed in again meanwhile. Nothing was "
	                "stored: please send it once more.");
}

/* Did the browser say that the request comes from another place than our own pages? */
static bool from_elsewhere(const struct request *r)
{
	struct str site = request_header(r, "Sec-Fetch-Site"), origin = request_header(r, "Origin");
	struct str host = request_header(r, "Host");
	ptrdiff_t at;

	if (site.n > 0)
		return !str_eqz(site, "same-origin") && !str_eqz(site, "none");
	if (origin.n == 0)
		return false;
	at = str_search(origin, STR("://"));
	return at < 0 || !str_eq_nocase(str_sub(origin, (size_t)at + 3, origin.n), host);
}

static struct reply *check_csrf(struct request *r)
{
	struct str token = request_header(r, "X-CSRF-Token");

	if (r->ctx->actor.kind == ACTOR_TOKEN || r->method == METHOD_GET) {
		r->csrf_ok = true;
		return NULL;
	}
	if (from_elsewhere(r) && (!r->cors.n || r->by_cookie))
		return reply_error(r, 403, "csrf", "Refused",
		                   "The request came from another site. Nothing was changed.");
	if (token.n == 0)
		token = form_get(&r->form, "csrf");
	/* a program without a cookie has nothing that another site could make use of */
	r->csrf_ok = token_right(r, token) || ((r->route->flags & API) && !r->by_cookie);
	if (r->csrf_ok || ((r->route->flags & BODY_STREAM) && request_is_type(r, "multipart/form-data")))
		return NULL; /* a streamed form brings its token in the body: gate_csrf_field */
	if (r->route->flags & BODY_FORM)
		return again_form(
		        r, 403, "Please send it once more",
		        "This page had been open for too long, so it was refused for your safety. Nothing "
		        "was changed. This is what you had typed.");
	return reply_error(r, 403, "csrf", "Refused",
	                   "The X-CSRF-Token header is missing or of another session. Nothing was changed.");
}

/* ---- who ---- */

static struct str bearer(const struct request *r)
{
	struct str auth = request_header(r, "Authorization");

	if (auth.n > 7 && str_eq_nocase(str_sub(auth, 0, 7), STR("Bearer ")))
		return str_trim(str_sub(auth, 7, auth.n));
	return request_header(r, "X-API-Key");
}

/* Fills ctx->actor as far as the request says who it is. Only a token that is not right is a failure. */
static enum err find_actor(struct request *r)
{
	struct str token = r->route->flags & API ? bearer(r) : (struct str){NULL, 0};
	enum err e;

	if (token.n > 0)
		return token_resume(r->ctx, token);
	r->secret = cookie_get(r, COOKIE_SESSION);
	if (r->secret.n > 0) {
		e = session_resume(r->ctx, r->secret);
		if (e == OK)
			r->by_cookie = true;
		if (e != ERR_UNAUTHORIZED)
			return e;
		r->ctx->fault = (struct fault){0};
	}
	r->secret = r->by_cookie ? r->secret : cookie_get(r, COOKIE_FORM);
	return OK;
}

static struct reply *ask_to_sign_in(struct request *r)
{
	struct buf b;
	struct str location;

	if (!r->web->setup_done) {
		r->web->setup_done = !user_setup_open(r->ctx);
		if (!r->web->setup_done && !(r->route->flags & API))
			return reply_redirect(r, request_link(r, "/setup"));
	}
	if (r->route->flags & API)
		return reply_error(r, 401, "unauthorized", "Not signed in",
		                   "Send an API token as \"Authorization: Bearer wl_...\" or \"X-API-Key\".");
	if (r->route->flags & BODY_FORM && !from_elsewhere(r) && request_form(r) == OK)
		return again_signed_out(r);
	buf_init(&b, NEXT_MAX);
	buf_addz(&b, "/login");
	if (r->method == METHOD_GET && !str_eqz(r->path, "/admin")) {
		ptrdiff_t query = str_find(r->raw_uri, '?');

		buf_addz(&b, "?next=");
		form_put_encoded(&b, r->path);
		if (query >= 0)
			form_put_encoded(&b, str_sub(r->raw_uri, (size_t)query, r->raw_uri.n));
	}
	/* a longer way back is not cut but left out: servers have no room for a long header */
	location = b.over ? request_link(r, "/login") : request_printf_link(r, "%.*s", STR_ARG(buf_str(&b)));
	buf_free(&b);
	return reply_redirect(r, location);
}

/* ---- may ---- */

static const struct {
	enum role role;
	unsigned scope;
	const char *who;
} needs[] = {
        [ACCESS_OPEN] = {ROLE_NONE, 0, ""},
        [ACCESS_PUBLIC] = {ROLE_NONE, 0, ""},
        [ACCESS_READ] = {ROLE_VIEWER, SCOPE_READ, "viewers"},
        [ACCESS_IMPORT] = {ROLE_EDITOR, SCOPE_IMPORT, "editors"},
        [ACCESS_EXPORT] = {ROLE_VIEWER, SCOPE_EXPORT, "viewers"},
        [ACCESS_ADMIN] = {ROLE_ADMIN, SCOPE_ADMIN, "admins"},
};

static struct reply *check_access(struct request *r)
{
	const struct actor *a = &r->ctx->actor;
	enum access access = r->route->access;

	if (needs[access].role == ROLE_NONE)
		return NULL;
	if (a->kind == ACTOR_NOBODY)
		return ask_to_sign_in(r);
	if (a->role < needs[access].role) {
		ctx_fail(r->ctx, ERR_FORBIDDEN, "", "This is for %s and above; you are a %s.",
		         needs[access].who, role_name(a->role));
		return reply_fault(r);
	}
	if (a->kind == ACTOR_TOKEN && !(a->scopes & (needs[access].scope | SCOPE_ADMIN))) {
		ctx_fail(r->ctx, ERR_FORBIDDEN, "", "This token does not have the scope that is needed here.");
		return reply_fault(r);
	}
	return NULL;
}

/* ---- the rest ---- */

static struct reply *check_https(struct request *r)
{
	const struct config *conf = &r->ctx->storage->config;

	if (r->https || conf->development || r->route->access == ACCESS_OPEN)
		return NULL;
	if (r->method == METHOD_GET && str_starts(conf->base_url, STR("https://"))) {
		struct str origin = str_sub(conf->base_url, 0, conf->base_url.n - conf->base_path.n);
		struct reply *p = reply_empty(r, 308);

		return reply_header(
		        p, "Location",
		        str_of(arena_printf(r->ctx->arena, "%.*s%.*s", STR_ARG(origin), STR_ARG(r->raw_uri))));
	}
	return reply_error(
	        r, 403, "https", "HTTPS is needed",
	        "Passwords and readings are not sent unprotected: open this address with https://. (For "
	        "trying things out on your own machine, set \"mode = development\" in wattledger.conf.)");
}

static struct reply *check_body(struct request *r)
{
	unsigned flags = r->route->flags;

	if (flags & BODY_STREAM || r->method == METHOD_GET)
		return NULL;
	if (flags & BODY_FORM) {
		if (r->length > 0 && !request_is_type(r, "application/x-www-form-urlencoded"))
			return reply_error(r, 415, "media-type", "Unsupported media type",
			                   "A form is expected as application/x-www-form-urlencoded.");
		return r->form.n || request_form(r) == OK ? NULL : reply_fault(r);
	}
	if (flags & BODY_JSON) {
		if (r->length > 0 && !request_is_type(r, "application/json"))
			return reply_error(r, 415, "media-type", "Unsupported media type",
			                   "A body is expected as application/json.");
		return request_text(r) == OK && op_check_body(r) == OK ? NULL : reply_fault(r);
	}
	return NULL;
}

/* Pages read what they know of their query; programs are told what they got wrong. */
static struct reply *check_query(struct request *r)
{
	return r->route->flags & API && op_check_query(r) != OK ? reply_fault(r) : NULL;
}

static struct reply *refuse_method(struct request *r, const char *allow)
{
	struct reply *p =
	        reply_error(r, 405, "method", "Not that way",
	                    "This address does not take that method. The Allow header lists those it takes.");

	return reply_header(p, "Allow", arena_str(r->ctx->arena, str_of(allow)));
}

/* Nobody could be asked who it is. A form comes back as it was typed, to be sent once more. */
static struct reply *refuse_for_now(struct request *r)
{
	const struct fault why = r->ctx->fault;
	struct reply *p;

	if ((why.code != ERR_BUSY && why.code != ERR_UNAVAILABLE) || !(r->route->flags & BODY_FORM) ||
	    from_elsewhere(r) || request_form(r) != OK) {
		r->ctx->fault = why;
		return reply_fault(r);
	}
	r->secret = cookie_get(r, COOKIE_SESSION);
	p = again_form(r, err_info(why.code)->http, "Please send it once more",
	               arena_printf(r->ctx->arena, "%s Nothing was changed. This is what you had typed.",
	                            why.message));
	return why.retry_after ? reply_header(p, "Retry-After",
	                                      str_of(arena_printf(r->ctx->arena, "%d", why.retry_after)))
	                       : p;
}

/* A body may have taken its time. */
static struct reply *check_still(struct request *r)
{
	enum err e = r->method == METHOD_GET ? OK : ctx_check_actor(r->ctx);

	if (e != ERR_UNAUTHORIZED)
		return e ? refuse_for_now(r) : NULL;
	r->ctx->fault = (struct fault){.code = OK};
	r->ctx->actor = (struct actor){.kind = ACTOR_NOBODY};
	r->by_cookie = false;
	r->secret = cookie_get(r, COOKIE_FORM);
	return ask_to_sign_in(r);
}

struct reply *gate_check(struct request *r)
{
	struct reply *refused;
	char allow[64];

	switch (route_find(r, allow)) {
	case MATCH_OK:
		break;
	case MATCH_NO_METHOD:
		cors_look(r);
		if (r->route->flags & API && str_eqz(r->method_name, "OPTIONS"))
			return cors_preflight(r, allow);
		return refuse_method(r, allow);
	case MATCH_NO_PATH:
		ctx_fail(r->ctx, ERR_NOT_FOUND, "", "There is nothing at this address.");
		return reply_fault(r);
	}
	cors_look(r);
	if ((refused = check_https(r)))
		return refused;
	if (r->route->access == ACCESS_OPEN)
		return check_query(r);
	if (!r->ctx->db) /* web.c has said why */
		return refuse_for_now(r);
	if (find_actor(r) != OK)
		return refuse_for_now(r);
	if ((refused = check_access(r)))
		return refused;
	if ((refused = check_query(r)) || (refused = check_body(r)) || (refused = check_still(r)) ||
	    (refused = check_csrf(r)))
		return refused;
	return NULL;
}
