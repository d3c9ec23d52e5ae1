/*
 * fds: the three standard descriptors, held.
 *
 * A program that was started with one of them closed would get its number for the next file it opens, and a
 * message meant for people would then be written into the database or the log.
 */
#ifndef WL_BASE_FDS_H
#define WL_BASE_FDS_H

/* /dev/null on each of 0, 1 and 2 that is closed. The first thing that main does. */
void fds_hold(void);

#endif
