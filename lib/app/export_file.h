/*
 * export_file: an export into a file that is open for writing, as CSV or as a workbook (app/export/workbook.h).
 */
#ifndef WL_APP_EXPORT_FILE_H
#define WL_APP_EXPORT_FILE_H

#include "app/export.h"

bool export_format_known(struct str format); /* csv, xlsx */

/* Puts the lines of an export into a sink, whole ones at each call. */
typedef enum err export_source_fn(struct ctx *c, const struct export_sink *sink, void *arg);
/* A workbook needs a file that can be read and written at any place. ERR_INVALID: it has no room for so many
 * rows; or the library for it is missing; what the disk said (ERR_FULL, ERR_IO); or the source's failure. */
enum err export_to_fd(struct ctx *c, struct str format, int fd, export_source_fn *source, void *arg);

/* Readings in a shape (export_readings). */
enum err export_readings_to_fd(struct ctx *c, struct str shape, struct str format,
                               const struct export_filter *f, int fd, const struct export_watch *watch,
                               struct export_counts *counts);

/* A file without a name in the storage folder, which ends with its descriptor. ERR_FULL, ERR_IO. */
enum err export_spool(struct ctx *c, int *fd);

#endif
