/*
 * wattledger.fcgi and wattledger.cgi: the web program, one binary under two names.
 *
 * It reads no options: a web server may pass parts of an address as arguments (HOSTING.md 6). The one argument
 * that it looks at is the stub's path, see web/stub.h.
 */
#include "web/web.h"

int main(int argc, char **argv)
{
	struct web w;

	web_init(&w, argc, argv);
	return transport_is_cgi() ? transport_cgi_run(web_serve, &w) : transport_fcgi_run(web_serve, &w);
}
