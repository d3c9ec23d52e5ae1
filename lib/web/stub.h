/*
 * stub: where the storage folder is, for a program that must not read options.
 *
 * On shared hosting a two-line text file in the web root is all there is (HOSTING.md 7):
 *     #!/home/USER/wattledger/wattledger.fcgi
 *     storage: /home/USER/wattledger/storage
 * The kernel runs the program with that file's path as argv[1]. But Apache also passes a query string without
 * "=" as arguments, so argv[1] counts only if it is the very file that the server says it runs,
 * SCRIPT_FILENAME.
 */
#ifndef WL_WEB_STUB_H
#define WL_WEB_STUB_H

#include "base/arena.h"
#include "web/transport.h"

/* The stub's "storage:" line, else WATTLEDGER_STORAGE of the server's parameters or the environment, else NULL.
 */
const char *stub_storage(struct arena *a, const struct transport *t, const char *argv1);

#endif
