/*
 * inbox: the watched folder storage/inbox, for files that come by SFTP, rsync or a script.
 *
 * When is a file whole? Nobody says so. Many clients write in place, and some set the time of last change to
 * that of their own copy, so that one look at a file proves nothing, however old it claims to be. A file is
 * taken when
 *   - two looks, at least inbox_settle_seconds apart, found the same inode, size and times (the time of the
 *     inode's own last change among them, which no client can set), by this machine's clock; and
 *   - nobody has it open for writing, where the system can tell (a read lease is refused then), which holds for
 *     an upload that stalls.
 * What is no plain file, begins with a dot, has a second name (hard link) or ends in .part, .filepart, .tmp,
 * .crdownload or ~ is left alone. A sub-folder's name is that of a preset; deeper folders are not looked into.
 *
 * Taken, a file is an upload of the first admin like any other: moved into uploads/, its head looked at, its
 * job queued. What cannot be a job goes to inbox/refused, with a text beside it that says why.
 *
 * The row of the table inbox makes it happen once: (1) it says where the file shall go, (2) the file moves
 * there, (3) one transaction queues the job and removes the row; a refused file moves on and then the row goes.
 * Whatever dies in between, the next look finds the row, and where the file is tells how far it was.
 *
 * Disadvantages: a file that shows up is taken at the second tick of cron, not at the first; where leases are
 * not to be had (NFS, a file of another account) an upload that stalls for longer than the setting is taken too
 * early.
 */
#ifndef WL_APP_INBOX_H
#define WL_APP_INBOX_H

#include "app/ctx.h"

/* One look: remembers what is new, takes what is whole. One process at a time does it, for others it is OK at
 * once. A file's trouble is logged and stops no other file. */
enum err inbox_look(struct ctx *c);

#endif
