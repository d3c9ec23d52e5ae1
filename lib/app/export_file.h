/*
 * export_file: an export of readings into a file that is open for writing, in one of its formats.
 */
#ifndef WL_APP_EXPORT_FILE_H
#define WL_APP_EXPORT_FILE_H

#include "app/export.h"

/* sink: its `step` and `arg` count, its `put` does not; or NULL. Besides the failures of export_readings: what
 * the disk said (ERR_FULL, ERR_IO); ERR_INVALID: there is no such format. *bytes: that were written. */
enum err export_to_fd(struct ctx *c, struct str shape, struct str format, const struct export_filter *f, int fd,
                      const struct export_sink *watch, struct export_counts *counts);
bool export_format_known(struct str format);

#endif
