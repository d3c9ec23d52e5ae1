/*
 * move: a whole file to another folder, under a name that nobody has yet, so that no death in between loses it
 * or leaves half of one under the new name.
 *
 * Within one file system it is a rename that overwrites nothing. Between two (a folder that is mounted for SFTP
 * users) it is a copy, synced under its new name before the old one goes: after a death both names may be
 * there, each with the whole content, and the caller decides which one counts.
 */
#ifndef WL_APP_MOVE_H
#define WL_APP_MOVE_H

#include <stdbool.h>

/* True: done, and both folders are synced. Else errno; EEXIST: `to` is taken. */
bool move_file(int from_fd, const char *from, int to_fd, const char *to);

#endif
