/*
 * sanitize: what the sanitized web program (SAN=1) is told, linked into it so that it holds under every web
 * server.
 *
 * It frees nothing at its end: a request's memory belongs to an arena, a process's to the process, and
 * ctemplate keeps its templates and names by design. So leaks are not looked for at exit here (the case "memory
 * stays flat" of the HTTP cases watches the processes instead); in the command line, the worker and the unit
 * tests they are.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
