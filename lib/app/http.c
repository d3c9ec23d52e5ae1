/*
 * http: see http.h.
 *
 * libcurl is loaded (dlopen) when the first file is fetched and not linked, as libzip is (codec/zip.c says
 * why); its functions are called through the table that LIBCURL lists, with the types of curl.h. An option that
 * the library does not know ends the fetch: a limit that cannot be set is no limit.
 *
 * Owns the handle and the list of header lines of one fetch. Disadvantage: names are resolved within the
 * connection's 5 s by a thread of libcurl, which may live a little longer than the fetch.
 */
#define CURL_DISABLE_TYPECHECK
#include "app/http.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/setting.h"
#include "base/netaddr.h"

#define CONNECT_SECONDS 5
#define ADDRESS_MAX     2000
#define VALIDATOR_MAX   200 /* bytes of an ETag or Last-Modified that are kept */

/* clang-format off */
#define LIBCURL(F) \
	F(curl_easy_init) F(curl_easy_setopt) F(curl_easy_perform) F(curl_easy_getinfo) F(curl_easy_cleanup) \
	F(curl_easy_strerror) F(curl_slist_append) F(curl_slist_free_all)
/* clang-format on */

#define MEMBER(f) __typeof__(f) *f;
struct libcurl {
	void *handle;
	LIBCURL(MEMBER)
};

struct fetch {
	struct ctx *c;
	struct libcurl lib;
	const struct http_get *q;
	struct http_reply *reply;
	CURL *easy;
	struct curl_slist *lines;
	bool any_address; /* not only public ones */
	bool refused;     /* an address was not public */
	bool put_failed;  /* put has said why */
	char why[CURL_ERROR_SIZE];
};

enum err http_check_address(struct ctx *c, struct str address)
{
	struct str rest = str_sub(address, strlen("https://"), address.n);
	struct str host = rest;
	if (!str_starts(address, STR("https://")) || address.n > ADDRESS_MAX)
		return ctx_fail(c, ERR_INVALID, "address",
		                "The address begins with https:// and has at most %d characters.", ADDRESS_MAX);
	for (size_t i = 0; i < address.n; i++)
		if (address.p[i] <= ' ' || address.p[i] > '~')
			return ctx_fail(c, ERR_INVALID, "address",
			                "The address has a character in it that must be written as %%XX.");
	for (size_t i = 0; i < host.n; i++)
		if (strchr("/?#", host.p[i]))
			host.n = i;
	if (!host.n || str_find(host, '@') >= 0)
		return ctx_fail(c, ERR_INVALID, "address",
		                host.n ? "Leave the user's name and password out of the address."
		                       : "The address names no host.");
	return OK;
}

struct str http_host(struct ctx *c, struct str address)
{
	struct str host = str_sub(address, strlen("https://"), address.n);
	bool v6 = host.n && host.p[0] == '[';
	for (size_t i = 0; i < host.n; i++)
		if (strchr(v6 ? "/?#" : "/?#:", host.p[i]))
			host.n = i;
	return arena_lower(c->arena, host);
}

/* ---- what libcurl calls ---- */

/* A socket for an address that may be reached, or none. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct fetch *f = arg;
	if (purpose != CURLSOCKTYPE_IPCXN ||
	    (!f->any_address && (!netaddr_public(&a->addr) || netaddr_own(&a->addr)))) {
		f->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static size_t take_body(char *p, size_t each, size_t count, void *arg)
{
	struct fetch *f = arg;
	long status = 0;
	f->lib.curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200) /* what another reply says is nobody's business */
		return each * count;
	f->put_failed = !f->q->put(f->q->arg, p, each * count);
	return f->put_failed ? 0 : each * count;
}

static void take_validator(struct fetch *f, struct str line, struct str name, struct str *out)
{
	if (line.n <= name.n || !str_eq_nocase(str_sub(line, 0, name.n), name))
		return;
	struct str value = str_trim(str_sub(line, name.n, line.n));
	bool fine = value.n > 0 && value.n <= VALIDATOR_MAX;
	for (size_t i = 0; i < value.n; i++)
		fine = fine && value.p[i] >= ' ' && value.p[i] <= '~';
	*out = fine ? arena_str(f->c->arena, value) : (struct str){NULL, 0};
}

static size_t take_header(char *p, size_t each, size_t count, void *arg)
{
	struct fetch *f = arg;
	struct str line = {p, each * count};
	take_validator(f, line, STR("etag:"), &f->reply->etag);
	take_validator(f, line, STR("last-modified:"), &f->reply->last_modified);
	return each * count;
}

static int look_up(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct fetch *f = arg;
	(void)a, (void)b, (void)c, (void)d;
	return f->q->stop && *f->q->stop;
}

/* ---- one fetch ---- */

static enum err load(struct ctx *c, struct libcurl *lib)
{
	const int how = RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE;
	lib->handle = dlopen("libcurl.so.4", how);
	if (!lib->handle)
		lib->handle = dlopen("libcurl-gnutls.so.4", how);
	if (!lib->handle)
		return ctx_fail(c, ERR_UNAVAILABLE, "",
		                "The library libcurl is not on this machine: install the package libcurl4.");
#define FIND(f)                                                     \
	if (!(lib->f = (__typeof__(lib->f))dlsym(lib->handle, #f))) \
		return ctx_fail(c, ERR_UNAVAILABLE, "", "The library libcurl of this machine lacks " #f ".");
	LIBCURL(FIND)
#undef FIND
	return OK;
}

static bool add_line(struct fetch *f, const char *name, struct str value)
{
	if (!value.n)
		return true;
	struct curl_slist *more =
	        f->lib.curl_slist_append(f->lines, arena_printf(f->c->arena, "%s: %.*s", name, STR_ARG(value)));
	if (more)
		f->lines = more;
	return more;
}

#define SET(option, value) (f->lib.curl_easy_setopt(f->easy, option, value) == CURLE_OK)

static bool set_limits(struct fetch *f)
{
	struct ctx *c = f->c;
	struct str ca = setting_text(c, SETTING_fetch_ca_file);
	return SET(CURLOPT_PROTOCOLS_STR, "https") && SET(CURLOPT_FOLLOWLOCATION, 0L) &&
	       SET(CURLOPT_PROXY, "") && SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) &&
	       SET(CURLOPT_SSL_VERIFYPEER, 1L) && SET(CURLOPT_SSL_VERIFYHOST, 2L) &&
	       SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
	       (!ca.n || SET(CURLOPT_CAINFO, arena_strz(c->arena, ca))) && SET(CURLOPT_NOSIGNAL, 1L) &&
	       SET(CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS) &&
	       SET(CURLOPT_TIMEOUT, (long)setting_int(c, SETTING_fetch_max_seconds)) &&
	       SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)setting_int(c, SETTING_upload_max_mib) << 20) &&
	       SET(CURLOPT_OPENSOCKETFUNCTION, open_socket) && SET(CURLOPT_OPENSOCKETDATA, f);
}

static bool set_request(struct fetch *f)
{
	return add_line(f, "If-None-Match", f->q->etag) && add_line(f, "Authorization", f->q->authorization) &&
	       add_line(f, "If-Modified-Since", f->q->last_modified) && SET(CURLOPT_URL, f->q->address) &&
	       SET(CURLOPT_HTTPHEADER, f->lines) && SET(CURLOPT_USERAGENT, "Wattledger/" WATTLEDGER_VERSION) &&
	       SET(CURLOPT_ERRORBUFFER, f->why) && SET(CURLOPT_WRITEFUNCTION, take_body) &&
	       SET(CURLOPT_WRITEDATA, f) && SET(CURLOPT_HEADERFUNCTION, take_header) &&
	       SET(CURLOPT_HEADERDATA, f) && SET(CURLOPT_NOPROGRESS, 0L) &&
	       SET(CURLOPT_XFERINFOFUNCTION, look_up) && SET(CURLOPT_XFERINFODATA, f);
}

/* Why there was no reply, or none to the end. */
static enum err no_reply(struct fetch *f, CURLcode code)
{
	struct ctx *c = f->c;
	if (f->put_failed)
		return c->fault.code;
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return ctx_fail(c, ERR_INTERRUPTED, "", "The fetch was stopped.");
	if (f->refused && code == CURLE_COULDNT_CONNECT)
		return ctx_fail(c, ERR_UNAVAILABLE, "address",
		                "The address leads into a private network. An admin can allow that: "
		                "wattledger settings-set fetch_allow_private 1");
	if (code == CURLE_FILESIZE_EXCEEDED)
		return ctx_fail(c, ERR_UNAVAILABLE, "file", "The file is larger than the limit of %lld MiB.",
		                (long long)setting_int(c, SETTING_upload_max_mib));
	return ctx_fail(c, ERR_UNAVAILABLE, "address", "The file could not be fetched: %s.",
	                f->why[0] ? f->why : f->lib.curl_easy_strerror(code));
}

static enum err judge(struct fetch *f)
{
	long status = 0;
	f->lib.curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	f->reply->not_changed = status == 304;
	if (status == 200 || status == 304)
		return OK;
	if (status >= 300 && status < 400)
		return ctx_fail(f->c, ERR_UNAVAILABLE, "address",
		                "The server sends us to another address (%ld). Give that address here.",
		                status);
	return ctx_fail(f->c, ERR_UNAVAILABLE, "address", "The server answered with the status %ld%s.", status,
	                status == 401 || status == 403 ? ": it does not let us have the file"
	                : status == 404                ? ": it has no such file"
	                                               : "");
}

enum err http_get(struct ctx *c, const struct http_get *q, struct http_reply *out)
{
	struct fetch *f = ARENA_NEW(c->arena, struct fetch);
	*out = (struct http_reply){0};
	*f = (struct fetch){
	        .c = c, .q = q, .reply = out, .any_address = setting_int(c, SETTING_fetch_allow_private) != 0};
	enum err e = load(c, &f->lib);
	if (e)
		return e;
	f->easy = f->lib.curl_easy_init();
	if (!f->easy || !set_limits(f) || !set_request(f)) {
		e = ctx_fail(c, ERR_UNAVAILABLE, "",
		             "The library libcurl of this machine is too old: 7.85 is needed.");
	} else {
		CURLcode code = f->lib.curl_easy_perform(f->easy);
		e = code == CURLE_OK ? judge(f) : no_reply(f, code);
	}
	if (f->easy)
		f->lib.curl_easy_cleanup(f->easy);
	f->lib.curl_slist_free_all(f->lines);
	return e;
}
