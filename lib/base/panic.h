/*
 * panic: the end of a process that has met the impossible.
 *
 * Expected failures return (base/err.h). What cannot happen unless the program is wrong is logged and
 * the process ends: the next request gets a fresh one. A hook lets the web program answer 500 first.
 */
#ifndef WL_BASE_PANIC_H
#define WL_BASE_PANIC_H

__attribute__((noreturn, format(printf, 3, 4))) void panic_at(const char *file, int line, const char *fmt, ...);
#define panic(...) panic_at(__FILE__, __LINE__, __VA_ARGS__)
/* Called once, before the process ends, with the message; NULL for none. Must not allocate. */
void panic_hook(void (*hook)(const char *message));

#endif
